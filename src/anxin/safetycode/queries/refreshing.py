"""The half-yearly refresh as lists: what is due, and what each fact says today."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from anxin.kit.actor import Actor
from anxin.kit.clock import local_date
from anxin.policies.public import read
from anxin.safetycode.models import Refresh, RefreshFact, SafetyCode
from anxin.safetycode.states import CodeState, RefreshState
from anxin.safetycode.values.care import FACT_PAPERS, REFRESH_DAYS, STALE_DAYS, Answer, Fact
from anxin.workers.public import papers_of
from anxin.workers.values import PaperState

WAITING = (RefreshState.OPEN, RefreshState.LAPSED)


@dataclass(frozen=True)
class FactRow:
    """One fact: what was answered, and what the archive says against it ("" = nothing)."""

    fact: Fact
    answer: str
    note: str
    at: datetime | None
    against: str
    day: date | None


def due(at: datetime) -> QuerySet[SafetyCode]:
    """The codes in force whose facts were verified too long ago and that have no task yet."""
    since = at - timedelta(days=read(REFRESH_DAYS, at=at))
    waiting = Refresh.objects.filter(code=OuterRef("pk"), state__in=WAITING)
    rows: QuerySet[SafetyCode] = SafetyCode.objects.filter(
        ~Exists(waiting), state=CodeState.ISSUED, last_verified_at__lt=since
    )
    return rows


def stale(at: datetime) -> QuerySet[SafetyCode]:
    """The codes in force whose facts were verified so long ago that they are suspended."""
    since = at - timedelta(days=read(STALE_DAYS, at=at))
    rows: QuerySet[SafetyCode] = SafetyCode.objects.filter(state=CodeState.ISSUED, last_verified_at__lt=since)
    return rows


def listed(actor: Actor, *, state: str = "") -> QuerySet[Refresh]:
    """The tasks that an actor may see, by what is due first; `state` = "" for those that wait."""
    rows: QuerySet[Refresh] = Refresh.objects.visible_to(actor)
    rows = rows.filter(state=state) if state else rows.filter(state__in=WAITING)
    return rows.select_related("code__worker__person", "organisation").annotate(
        right=Count("facts", filter=Q(facts__answer=Answer.RIGHT)),
        wrong=Count("facts", filter=Q(facts__answer=Answer.WRONG)),
    ).order_by("due_on", "id")  # fmt: skip


def one(actor: Actor, refresh_id: UUID) -> Refresh | None:
    """A task, if the actor may see it. One query."""
    rows = Refresh.objects.visible_to(actor).select_related("code__worker__person", "organisation")
    found: Refresh | None = rows.filter(pk=refresh_id).first()
    return found


def waiting_at(organisation_ids: Iterable[UUID]) -> dict[UUID, int]:
    """How many tasks wait at each agency. One query."""
    rows = Refresh.objects.filter(organisation__in=list(organisation_ids), state__in=WAITING)
    return dict(rows.order_by().values_list("organisation").annotate(n=Count("pk")))


def facts_of(refresh: Refresh, at: datetime) -> list[FactRow]:
    """Every fact with its answer, and with what the archive says against it today. Three queries."""
    told = {row.fact: row for row in RefreshFact.objects.filter(refresh=refresh)}
    against = objections(refresh.code, at)
    rows = []
    for fact in Fact:
        row, (why, day) = told.get(fact), against.get(fact, ("", None))
        rows.append(
            FactRow(
                fact, row.answer if row else "", row.note if row else "", row.at if row else None, why, day
            )
        )
    return rows


def objections(code: SafetyCode, at: datetime) -> dict[Fact, tuple[str, date | None]]:
    """The facts that the archive knows not to be so today: fact → (state of the paper or "missing", its day)."""
    found: dict[Fact, tuple[str, date | None]] = {}
    papers = papers_of([code.worker_id])[code.worker_id]
    for fact, kind in FACT_PAPERS.items():
        state, day = papers.on(kind, local_date(at))
        if state is not PaperState.VALID:
            found[fact] = (str(state), day)
    worker = code.worker
    if worker.photo_id is None:
        found[Fact.PHOTO] = (str(PaperState.MISSING), None)
    if not worker.affiliations.filter(period__contains=at).exists():
        found[Fact.AGENCY] = (str(PaperState.MISSING), None)
    if not worker.person.is_verified:
        found[Fact.IDENTITY] = (str(PaperState.MISSING), None)
    return found
