"""Codes and their colours, at any moment that is asked about."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from anxin.kit.actor import Actor
from anxin.kit.clock import local_date
from anxin.safetycode import rules
from anxin.safetycode.models import SafetyCode, Scan
from anxin.safetycode.values import CodeFacts, CodeState, Judgement
from anxin.workers.public import papers_from, papers_of, papers_sql


def code_of(worker_id: UUID) -> SafetyCode | None:
    """The worker's code, whatever its state."""
    return SafetyCode.objects.select_related("issuer").filter(worker=worker_id).first()


def code_for(actor: Actor, number: str) -> SafetyCode | None:
    """The code of that number, if the actor may see it."""
    rows = SafetyCode.objects.visible_to(actor).select_related("issuer", "worker__person")
    return rows.filter(number=number).first()


def code_by_number(number: str, name: str) -> SafetyCode | None:
    """The code of that number, if the name is its worker's: numbers run in sequence, so they alone show nothing."""
    row = (
        SafetyCode.objects.select_related("issuer", "worker__person")
        .filter(number=number.strip().upper())
        .first()
    )
    return row if row and row.worker.person.name == name.strip() else None


def facts_of(
    worker_ids: Iterable[UUID], *, every_paper: bool = True, coded_only: bool = False
) -> dict[UUID, CodeFacts]:
    """What each worker's colour is decided from; every id has an entry. Two queries.

    `every_paper=False` leaves out what the rule does not read, `coded_only` those who never had a code.
    """
    ids = list(worker_ids)
    rows = SafetyCode.objects.filter(worker__in=ids).values_list("worker_id", "state", "valid_to")
    codes = {worker_id: (CodeState(state), valid_to) for worker_id, state, valid_to in rows}
    if coded_only:
        ids = [worker_id for worker_id in ids if worker_id in codes]
    papers = papers_of(ids, None if every_paper else rules.DECIDING) if ids else {}
    facts = {}
    for worker_id in ids:
        state, valid_to = codes.get(worker_id, (None, None))
        facts[worker_id] = CodeFacts(state=state, valid_to=valid_to, papers=papers[worker_id])
    return facts


# What `facts_from` reads of {worker}, as JSON: a scalar subquery for a higher area's one statement.
FACTS_SQL = (
    "SELECT json_build_object("
    "'code', (SELECT json_build_array(k.state, k.valid_to) FROM safetycode_safetycode k"
    " WHERE k.worker_id = {worker}), 'papers', (" + papers_sql(rules.DECIDING) + "))"  # nosec B608  # only our own constants and placeholders
)


def facts_from(found: dict[str, Any]) -> CodeFacts:
    """The same facts from what `FACTS_SQL` found. No query."""
    state, valid_to = found["code"] or (None, None)
    return CodeFacts(
        state=CodeState(state) if state else None,
        valid_to=date.fromisoformat(valid_to) if valid_to else None,
        papers=papers_from(found["papers"]),
    )


def judge_facts(facts: CodeFacts, at: datetime) -> Judgement:
    """The colour that facts read before give at a moment. No query."""
    return rules.colour(facts, local_date(at))


def judge(worker_id: UUID, at: datetime) -> Judgement:
    """The colour of one worker at a moment. Two queries."""
    return judge_many([worker_id], at)[worker_id]


def judge_many(worker_ids: Iterable[UUID], at: datetime) -> dict[UUID, Judgement]:
    """The colour of each worker at a moment; every id has one (never issued = red). Two queries."""
    day = local_date(at)
    return {
        worker_id: rules.colour(facts, day)
        for worker_id, facts in facts_of(worker_ids, every_paper=False).items()
    }


def green_ids(worker_ids: Iterable[UUID], first: date, last: date | None = None) -> set[UUID]:
    """Those whose code is green on every day from `first` to `last` (inclusive; local days). Two queries."""
    until = last or first
    return {
        worker_id
        for worker_id, facts in facts_of(worker_ids, every_paper=False).items()
        if all(rules.colour(facts, day).is_green for day in turning_days(facts, first, until))
    }


def turning_days(facts: CodeFacts, first: date, last: date) -> list[date]:
    """The days of a period on which the colour can change: the first, and those on which a date begins or ends."""
    if first == last:
        return [first]
    marks = {first, last}
    for paper in facts.papers.credentials:
        marks |= {paper.valid_from, paper.valid_to + timedelta(days=1)}
    if facts.valid_to:
        marks.add(facts.valid_to + timedelta(days=1))
    return sorted(day for day in marks if first <= day <= last)


def everybody(*, size: int) -> Iterator[list[UUID]]:
    """The ids of all who have a code, in batches."""
    last: UUID | None = None
    while True:
        rows = SafetyCode.objects.order_by("worker_id")
        batch = list(
            (rows.filter(worker_id__gt=last) if last else rows).values_list("worker_id", flat=True)[:size]
        )
        if not batch:
            return
        yield batch
        last = batch[-1]


def scans_of(actor: Actor, code: SafetyCode, *, limit: int = 20) -> list[Scan]:
    """The latest scans of a code that the actor may see. One query."""
    return list(Scan.objects.visible_to(actor).filter(code=code).order_by("-at")[:limit])
