"""The desks' side: agency, association, bureau; and what the facts move by themselves."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from django.db import transaction

from anxin.kit.actor import Actor
from anxin.kit.models import NotAllowed, allow
from anxin.safetycode.actions.applying.refusals import WhyMissing
from anxin.safetycode.actions.applying.stepping import at_turn, complete, found, seated, step
from anxin.safetycode.actions.codes import issue, renew
from anxin.safetycode.models import Application
from anxin.safetycode.queries.applications import conditions
from anxin.safetycode.queries.codes import code_of
from anxin.safetycode.rules.applying import unmet
from anxin.safetycode.states import ApplicationState as A
from anxin.safetycode.states import CodeState
from anxin.safetycode.values.applying import DESK_OF, Desk


@transaction.atomic
def forward(*, application_id: UUID, by: Actor, at: datetime) -> Application:
    """The agency's first review is passed; it submits to the association (D-5a steps 2 and 3).

    Refuses: NoApplication, NotYourTurn, OwnCase, NotAllowed, NeedsMissing.
    """
    row = at_turn(application_id, Desk.AGENCY, "forward", by, at)
    complete(row, at)
    return step(row, A.ASSOCIATION_REVIEW, "forward", by=by, at=at)


@transaction.atomic
def pass_on(*, application_id: UUID, by: Actor, at: datetime) -> Application:
    """The association found it complete; the bureau checks credit information. Refuses as `forward`."""
    row = at_turn(application_id, Desk.ASSOCIATION, "pass", by, at)
    complete(row, at)
    return step(row, A.BUREAU_REVIEW, "pass", by=by, at=at)


@transaction.atomic
def clear(*, application_id: UUID, by: Actor, at: datetime) -> Application:
    """The bureau found nothing against the worker (step 4); agency and worker hear it (step 5). Refuses as `forward`.

    A health check or an insurance that is valid already is not asked for again.
    """
    row = at_turn(application_id, Desk.BUREAU, "clear", by, at)
    complete(row, at)
    return _followed(step(row, A.EXAM_PENDING, "clear", by=by, at=at), by=by, at=at)


@transaction.atomic
def follow(*, worker_id: UUID, by: Actor, at: datetime) -> Application | None:
    """Papers changed: an application that waited for them goes on by itself (steps 5 and 6). Its row, if one did."""
    row = (
        Application.objects.select_for_update(no_key=True, of=("self",))
        .select_related("worker__person", "organisation")
        .filter(worker=worker_id, state__in=[str(A.EXAM_PENDING), str(A.INSURANCE_PENDING)])
        .first()
    )
    return _followed(row, by=by, at=at) if row else None


def _followed(row: Application, *, by: Actor, at: datetime) -> Application:
    told = conditions(row, at)
    if row.state == A.EXAM_PENDING and not unmet(told, row.state):
        step(row, A.INSURANCE_PENDING, "examine", by=by, at=at)
    if row.state == A.INSURANCE_PENDING and not unmet(told, row.state):
        step(row, A.APPROVED, "insure", by=by, at=at)
    return row


@transaction.atomic
def issue_applied(*, application_id: UUID, by: Actor, at: datetime) -> Application:
    """Who is entrusted with issuing generates code and card in one act, if every condition is met today (step 7).

    A code that is still used and ends soon is replaced. Refuses: as `forward`, MayNotIssue.
    """
    row = at_turn(application_id, Desk.ISSUER, "issue", by, at)
    complete(row, at)
    held = code_of(row.worker_id)
    again = held is not None and held.state == CodeState.ISSUED
    code = (renew if again else issue)(worker_id=row.worker_id, by=by, at=at, issuer_id=by.organisation_id)
    return step(row, A.ISSUED, "issue", by=by, at=at, code=code)


@transaction.atomic
def hand_down(*, application_id: UUID, by: Actor, at: datetime) -> Application:
    """The agency has handed the card to the worker; the case is closed (step 8). Refuses as `forward`."""
    row = at_turn(application_id, Desk.AGENCY, "hand_down", by, at)
    return step(row, A.DELIVERED, "hand_down", by=by, at=at)


# What leads forward from a state in which a desk decides.
FORWARD = {
    A.AGENCY_REVIEW: forward,
    A.ASSOCIATION_REVIEW: pass_on,
    A.BUREAU_REVIEW: clear,
    A.APPROVED: issue_applied,
    A.ISSUED: hand_down,
}


def forward_from(state: str) -> Callable[..., Application]:
    """The action that leads on from a state. Refuses NotAllowed where nobody decides, but the facts do."""
    act = FORWARD.get(A(state))
    if act is None:
        raise NotAllowed
    return act


@transaction.atomic
def forward_application(*, application_id: UUID, by: Actor, at: datetime) -> Application:
    """Whatever leads on from where the application stands. Refuses as the step itself, NoApplication, NotAllowed."""
    return forward_from(found(application_id, by).state)(application_id=application_id, by=by, at=at)


@transaction.atomic
def send_back(*, application_id: UUID, why: str, by: Actor, at: datetime) -> Application:
    """Return it for correction, by the desk whose turn it is; the clock stands still meanwhile.

    Refuses: NoApplication, NotYourTurn, OwnCase, NotAllowed, WhyMissing.
    """
    return _out(application_id, A.RETURNED, "return", why, by=by, at=at)


@transaction.atomic
def reject(*, application_id: UUID, why: str, by: Actor, at: datetime) -> Application:
    """Refuse it, with the reason; the worker may appeal. Refuses as `send_back`.

    While the agency arranges check and insurance, the association may refuse.
    """
    return _out(application_id, A.REJECTED, "reject", why, by=by, at=at)


def _out(application_id: UUID, to: A, verb: str, why: str, *, by: Actor, at: datetime) -> Application:
    row = found(application_id, by)
    allow(row, verb)
    if verb == "reject" and row.state in (A.EXAM_PENDING, A.INSURANCE_PENDING):
        # The agency arranges these; whether somebody is fit is not its decision.
        seated(row, Desk.ASSOCIATION, by, at)
    else:
        seated(row, DESK_OF[A(row.state)], by, at)
    if not why.strip():
        raise WhyMissing("why")
    return step(row, to, verb, by=by, at=at, why=why.strip(), sent_from=row.state)
