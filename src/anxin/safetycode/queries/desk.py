"""Lists of the issuer's and the agency's desk."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Count, Q, QuerySet

from anxin.kit.actor import Actor
from anxin.kit.clock import local_date
from anxin.safetycode import rules
from anxin.safetycode.models import Measure, SafetyCode, SafetyCodeMoved
from anxin.safetycode.queries.codes import facts_of
from anxin.safetycode.states import CodeState
from anxin.safetycode.values import Judgement
from anxin.workers.public import Worker, listed_workers

ENDING = "ending"
ENDS_SOON = timedelta(days=30)


@dataclass(frozen=True)
class DeskRow:
    """One line of the list: worker, agency, code, and today's judgement."""

    worker: Worker
    name: str
    agency: str
    number: str
    state: CodeState | None
    valid_to: date | None
    judgement: Judgement


def listed(actor: Actor, *, today: date, text: str = "", colour: str = "") -> QuerySet[Worker]:
    """Workers the actor may see, by exact name, phone, number or code number, and by last judged colour.

    `colour` may also be "none" (no code) or "ending" (an issued code that runs out within 30 days).
    """
    if text.strip().upper().startswith("ZJ-"):
        owners = SafetyCode.objects.filter(number=text.strip().upper()).values("worker")
        rows = listed_workers(actor).filter(pk__in=owners)
    else:
        rows = listed_workers(actor, text=text)
    if colour == "none":
        return rows.filter(Q(standing__colour="") | Q(standing=None))
    if colour == ENDING:
        return rows.filter(pk__in=_ending(today).values("worker"))
    return rows.filter(standing__colour=colour) if colour else rows


def _ending(today: date) -> QuerySet[SafetyCode]:
    return SafetyCode.objects.filter(
        state=CodeState.ISSUED, valid_to__gte=today, valid_to__lt=today + ENDS_SOON
    )


def counts(actor: Actor, today: date) -> dict[str, int]:
    """How many workers the actor sees of each colour, "none" and "ending", as `listed` lists them. Two queries."""
    rows = Worker.objects.visible_to(actor)
    shades: dict[str, int] = {}
    for shade, n in rows.order_by().values_list("standing__colour").annotate(n=Count("pk")):
        shades[shade or "none"] = shades.get(shade or "none", 0) + n
    shades[ENDING] = rows.filter(pk__in=_ending(today).values("worker")).count()
    return shades


def desk_rows(workers: Iterable[Worker], at: datetime) -> list[DeskRow]:
    """The page's workers with code and colour. Three queries beside the page's own."""
    found = list(workers)
    ids = [row.pk for row in found]
    codes = {code.worker_id: code for code in SafetyCode.objects.filter(worker__in=ids)}
    facts = facts_of(ids)
    rows = []
    for row in found:
        code = codes.get(row.pk)
        current = next(iter(row.current), None)  # type: ignore[attr-defined]
        rows.append(
            DeskRow(
                worker=row,
                name=row.person.name,
                agency=current.organisation.name if current else "",
                number=code.number if code else "",
                state=CodeState(code.state) if code else None,
                valid_to=code.valid_to if code else None,
                judgement=rules.colour(facts[row.pk], local_date(at)),
            )
        )
    return rows


def history_of(code: SafetyCode) -> list[SafetyCodeMoved]:
    """How the code came to its state, newest first. One query."""
    return list(SafetyCodeMoved.objects.filter(row=code).order_by("-id")[:50])


def measures_of(code: SafetyCode) -> list[Measure]:
    """What was done about the code, newest first. One query."""
    return list(Measure.objects.filter(code=code).order_by("-at", "-id")[:50])
