"""Reads of appeals: what may be contested, who answers, who decides, who had a part in it."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from django.db.models import F, QuerySet

from anxin.kit.actor import Actor
from anxin.kit.clock import local_date
from anxin.kit.errors import NotFound
from anxin.safetycode.models import (
    Appeal,
    AppealMoved,
    Application,
    ApplicationMoved,
    CreditOverlay,
    Measure,
    SafetyCodeMoved,
)
from anxin.safetycode.queries.applications.desks import PERMISSIONS
from anxin.safetycode.queries.codes import code_of, facts_of
from anxin.safetycode.rules import colour
from anxin.safetycode.states import AppealState, ApplicationState, CodeState
from anxin.safetycode.values import Colour
from anxin.safetycode.values.applying import DESK_OF, Contested, Desk, Ground
from anxin.safetycode.values.care import ADVERSE
from anxin.workers.public import Worker, failed_of

OPEN = (AppealState.FILED, AppealState.ANSWERED, AppealState.READY)
DECIDE = "safetycode.appeals"


def refusal(row: Application) -> Contested | None:
    """A refused application as what is contested. One query."""
    last = (
        ApplicationMoved.objects.filter(row=row, to_state=ApplicationState.REJECTED).order_by("-id").first()
    )
    if last is None:
        return None
    at_desk = DESK_OF.get(ApplicationState(row.sent_from))
    evidence: dict[str, object] = {
        "ground": str(Ground.REFUSED), "of": str(row.pk), "state": row.sent_from, "why": last.why,
        "since": last.at.isoformat(),
    }  # fmt: skip
    desk = (
        Desk.ASSOCIATION
        if at_desk is Desk.AGENCY and last.by_organisation == row.organisation_id
        else Desk.BUREAU
    )
    return Contested(Ground.REFUSED, evidence, last.by_organisation, desk)


def redness(worker: Worker, at: datetime) -> Contested | None:
    """A red code as what is contested; None if there is no code or it is not red. Five queries at most."""
    code = code_of(worker.pk)
    if code is None:
        return None
    judged = colour(facts_of([worker.pk])[worker.pk], local_date(at))
    if judged.colour is not Colour.RED:
        return None
    by_hand = measure_of(code.pk) if code.state in (CodeState.SUSPENDED, CodeState.REVOKED) else None
    evidence: dict[str, object] = {
        "ground": str(Ground.RED), "rule_set": judged.rule_set, "version": judged.rule_version,
        "day": judged.day.isoformat(),
        "reasons": [[str(r.code), r.day.isoformat() if r.day else ""] for r in judged.reasons],
        "why": by_hand.why if by_hand else "", "of": str(by_hand.pk if by_hand else code.pk),
        "measure": str(by_hand.pk) if by_hand else "", "since": code.state_at.isoformat(),
    }  # fmt: skip
    if by_hand is None:
        return Contested(Ground.RED, evidence, None, Desk.BUREAU)
    return Contested(Ground.RED, evidence, by_hand.by_organisation, Desk.BUREAU, by_hand.appeal_until)


def measure_of(code_id: UUID) -> Measure | None:
    """The measure by which a code is out of force now. One query."""
    return Measure.objects.filter(code=code_id, kind__in=ADVERSE, ended_at=None).order_by("-at").first()


def appealed(worker_id: UUID, cause: Contested) -> bool:
    """Whether this very decision was contested before, or another appeal is open. One query.

    A red that the facts decide may be contested again when its reasons are others.
    """
    rows = Appeal.objects.filter(worker=worker_id)
    same = rows.exclude(state=AppealState.WITHDRAWN).filter(evidence__of=cause.evidence["of"])
    if cause.ground is Ground.RED:
        same = same.filter(evidence__reasons=cause.evidence["reasons"])
    else:
        same = same.filter(evidence__since=cause.evidence["since"])
    return (rows.filter(state__in=[str(s) for s in OPEN]) | same).exists()


def town_of(worker: Worker, agency: object) -> str:
    """Where an appeal belongs: the agency's town, else the worker's city."""
    organisation = getattr(agency, "organisation", None)
    return (organisation.town_code if organisation else "") or worker.city_code


def answers(actor: Actor, row: Appeal) -> bool:
    """Whether the actor speaks for who decided."""
    if row.against_id is None or actor.organisation_id != row.against_id:
        return False
    return any(actor.holds(permission) for permission in PERMISSIONS.values())


def decides(actor: Actor, row: Appeal) -> bool:
    """Whether the actor's post decides this appeal: the association an agency's refusal, else the bureau."""
    if actor.is_system or not actor.holds(DECIDE) or not actor.within(row.town_code):
        return False
    return row.desk == Desk.ASSOCIATION or actor.holds(PERMISSIONS[Desk.BUREAU])


def involved(row: Appeal) -> set[UUID]:
    """Who had a part in what is contested, or answered for it. Four queries at most."""
    people = {p for p in AppealMoved.objects.filter(row=row).values_list("by_person", flat=True) if p}
    steps = ApplicationMoved.objects.filter(row=row.application_id)
    issues = SafetyCodeMoved.objects.filter(row__worker=row.worker_id)
    moved = (steps if row.application_id else issues).values_list("by_person", flat=True)
    return people | {p for p in moved if p} | {p for _, p in failed_of(row.worker_id) if p}


def failed_papers(row: Appeal) -> list[UUID]:
    """The papers that were found failed and made the code red, if the appeal is about them. One query."""
    kinds = {
        code.removesuffix("_failed")
        for code, _ in row.evidence.get("reasons", ())
        if code.endswith("_failed")
    }
    return [pk for pk, _ in failed_of(row.worker_id, kinds)] if kinds else []


def barred(row: Appeal) -> bool:
    """Whether credit made it red and still says so. One query."""
    if not any(code.startswith("credit_") for code, _ in row.evidence.get("reasons", ())):
        return False
    return CreditOverlay.objects.filter(worker=row.worker_id, ended_at=None).exists()


def appeal_for(actor: Actor, number: str) -> Appeal:
    """One appeal with its history. Two queries. NotFound."""
    rows = Appeal.objects.visible_to(actor).select_related(
        "worker__person", "application", "organisation", "against", "file"
    )
    row: Appeal | None = rows.prefetch_related("history").filter(number=number).first()
    if row is None:
        raise NotFound
    return row


def appeals_listed(actor: Actor, *, state: str = "", today: date | None = None) -> QuerySet[Appeal]:
    """Appeals the actor may see, what is due first on top. `today`: only those past their day. One query."""
    rows: QuerySet[Appeal] = Appeal.objects.visible_to(actor).select_related(
        "worker__person", "organisation", "against"
    )
    if state:
        rows = rows.filter(state=state) if state != "open" else rows.filter(state__in=[str(s) for s in OPEN])
    if today:
        rows = rows.filter(due_on__lt=today, state__in=[str(s) for s in OPEN])
    return rows.order_by(F("due_on").asc(), "id") if state == "open" else rows.order_by("-created_at", "-id")


def about(row: Application) -> list[Appeal]:
    """The appeals against refusals of an application, newest first. One query."""
    return list(Appeal.objects.filter(application=row).order_by("-created_at", "-id"))


def latest_about(row: Application) -> Appeal | None:
    """The latest of them. One query."""
    return next(iter(about(row)), None)
