"""Codes and their colours, at any moment that is asked about."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import connection

from anxin.kit.actor import Actor
from anxin.kit.clock import local_date
from anxin.safetycode import rules
from anxin.safetycode.models import SafetyCode, Scan
from anxin.safetycode.values import Chosen, CodeFacts, CodeState, Credit, Judgement
from anxin.workers.public import papers_from, papers_of, papers_sql
from anxin.workers.values import Papers


def code_of(worker_id: UUID) -> SafetyCode | None:
    """The worker's code, whatever its state."""
    return SafetyCode.objects.select_related("issuer").filter(worker=worker_id).first()


def code_for(actor: Actor, number: str) -> SafetyCode | None:
    """The code of that number, if the actor may see it."""
    rows = SafetyCode.objects.visible_to(actor).select_related("issuer", "worker__person")
    return rows.filter(number=number).first()


def code_numbered(number: str) -> SafetyCode | None:
    """The code of that number, for who was shown its signed form. One query."""
    return SafetyCode.objects.select_related("issuer", "worker__person").filter(number=number).first()


def code_by_number(number: str, name: str) -> SafetyCode | None:
    """The code of that number, if the name is its worker's: numbers run in sequence, so they alone show nothing."""
    row = (
        SafetyCode.objects.select_related("issuer", "worker__person")
        .filter(number=number.strip().upper())
        .first()
    )
    return row if row and row.worker.person.name == name.strip() else None


def facts_of(worker_ids: Iterable[UUID], *, every_paper: bool = True) -> dict[UUID, CodeFacts]:
    """What each worker's colour is decided from; every id has an entry. Two queries.

    `every_paper=False` leaves out what the rule does not read.
    """
    ids = list(worker_ids)
    with connection.cursor() as cursor:
        cursor.execute(_CODES_SQL, [ids])
        codes = {worker_id: found for worker_id, *found in cursor.fetchall()}
    papers = papers_of(ids, None if every_paper else rules.DECIDING) if ids else {}
    return {worker_id: _facts(codes.get(worker_id), papers[worker_id]) for worker_id in ids}


def _facts(code: Sequence[Any] | None, papers: Papers) -> CodeFacts:
    """From a row of state, last day, choices and credit as the statements below give them."""
    if code is None:
        return CodeFacts(papers=papers)
    state, valid_to, chosen, credit = code
    return CodeFacts(
        state=CodeState(state), valid_to=_day(valid_to), papers=papers,
        chosen=tuple(Chosen(date.fromisoformat(since), name, on) for since, name, on in chosen or ()),
        credit=Credit(credit[0], _day(credit[1]), credit[2]) if credit else Credit(),
    )  # fmt: skip


def _day(found: date | str | None) -> date | None:
    return date.fromisoformat(found) if isinstance(found, str) else found


# What the issuer of k had chosen, and what credit says of k's worker: as JSON.
_CHOSEN = "json_agg(json_build_array(h.valid_from, h.rule_set, h.credit) ORDER BY h.created_at, h.id)"
_CREDIT = (
    "SELECT json_build_array(o.score, o.breach_on, o.barred) FROM safetycode_creditoverlay o"
    " WHERE o.worker_id = k.worker_id AND o.ended_at IS NULL"
)
_CODES_SQL = f"""
  SELECT k.worker_id, k.state, k.valid_to, h.chosen, ({_CREDIT})
  FROM safetycode_safetycode k
  LEFT JOIN (
    SELECT h.issuer_id, {_CHOSEN} AS chosen FROM safetycode_rulechoice h GROUP BY 1
  ) h ON h.issuer_id = k.issuer_id
  WHERE k.worker_id = ANY(%s)
"""  # nosec B608  # only our own constants and placeholders
# What `facts_from` reads of {worker}, as JSON: a scalar subquery for a higher area's one statement.
FACTS_SQL = (
    "SELECT json_build_object('code', (SELECT json_build_array(k.state, k.valid_to,"
    f" (SELECT {_CHOSEN} FROM safetycode_rulechoice h WHERE h.issuer_id = k.issuer_id), ({_CREDIT}))"
    " FROM safetycode_safetycode k WHERE k.worker_id = {worker}), "
    "'papers', (" + papers_sql(rules.DECIDING) + "))"  # nosec B608  # only our own constants and placeholders
)


def facts_from(found: dict[str, Any]) -> CodeFacts:
    """The same facts from what `FACTS_SQL` found. No query."""
    return _facts(found["code"], papers_from(found["papers"]))


def green_through(facts: CodeFacts, first: date, last: date) -> bool:
    """Whether facts read before give green on every day from `first` to `last` (inclusive; local days). No query."""
    return all(rules.colour(facts, day).is_green for day in rules.turning_days(facts, first, last))


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
    found = facts_of(worker_ids, every_paper=False)
    return {worker_id for worker_id, facts in found.items() if green_through(facts, first, last or first)}


def scans_of(actor: Actor, code: SafetyCode, *, limit: int = 20) -> list[Scan]:
    """The latest scans of a code that the actor may see. One query."""
    return list(Scan.objects.visible_to(actor).filter(code=code).order_by("-at")[:limit])
