"""The colour as it was judged at any moment, from histories: only what was known then counts. Plain."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from uuid import UUID

from anxin.kit.clock import at_local, local_date
from anxin.safetycode.rules.colour import colour, marks
from anxin.safetycode.rules.sets import SHIPPED, Book
from anxin.safetycode.states import CodeState
from anxin.safetycode.values import Cause, CauseKind, Change, Chosen, CodeFacts, Credit, Judgement, Part
from anxin.workers.values import PaperPast, Papers


@dataclass(frozen=True, slots=True)
class Move:
    """From a moment on a code was in this state, with this last day, by this issuer."""

    at: datetime
    state: CodeState
    valid_to: date | None
    issuer: UUID | None


@dataclass(frozen=True, slots=True)
class Made:
    """A choice of an issuer, and when it was made known."""

    at: datetime
    chosen: Chosen


@dataclass(frozen=True, slots=True)
class Said:
    """What credit said of the worker over a half-open time; until None = still."""

    since: datetime
    until: datetime | None
    credit: Credit


@dataclass(frozen=True)
class Past:
    """All that the colours of one worker were ever decided from. Moves and choices in the order of time."""

    moves: tuple[Move, ...] = ()
    papers: tuple[PaperPast, ...] = ()
    made: Mapping[UUID, tuple[Made, ...]] = field(default_factory=dict)
    said: tuple[Said, ...] = ()


def facts_at(past: Past, at: datetime) -> CodeFacts:
    """The facts as they were known at a moment."""
    move = next((one for one in reversed(past.moves) if one.at <= at), None)
    papers = Papers(tuple(facts for one in past.papers if (facts := one.known_at(at))))
    if move is None:
        return CodeFacts(papers=papers)
    made = past.made.get(move.issuer, ()) if move.issuer else ()
    said = (one.credit for one in past.said if one.since <= at and (one.until is None or at < one.until))
    return CodeFacts(
        move.state,
        move.valid_to,
        papers,
        tuple(one.chosen for one in made if one.at <= at),
        next(said, Credit()),
    )


def judged_at(past: Past, at: datetime, book: Book = SHIPPED) -> Judgement:
    """The colour that was shown at a moment."""
    return colour(facts_at(past, at), local_date(at), book)


def changes(past: Past, until: datetime, book: Book = SHIPPED) -> list[Change]:
    """Every judgement that was another than the one before, oldest first, with what brought it about.

    Begins with the first issue; before it there was no code to be judged.
    """
    if not past.moves:
        return []
    causes = _causes(past)
    for midnight, found in _midnights(past, until, book).items():
        causes.setdefault(midnight, []).extend(found)
    rows: list[Change] = []
    shown = None
    for moment in sorted(one for one in causes if past.moves[0].at <= one <= until):
        judgement = judged_at(past, moment, book)
        showing = (judgement.colour, judgement.reasons, judgement.rule_set, judgement.rule_version)
        if showing != shown:
            rows.append(Change(moment, judgement, tuple(dict.fromkeys(causes[moment]))))
        shown = showing
    return rows


def _causes(past: Past) -> dict[datetime, list[Cause]]:
    """What happened at which moment."""
    found: dict[datetime, list[Cause]] = {}
    for move in past.moves:
        found.setdefault(move.at, []).append(Cause(CauseKind.CODE_MOVED, Part.CODE, state=move.state))
    for paper in past.papers:
        part = Part(str(paper.facts.kind)) if str(paper.facts.kind) in set(Part) else None
        if part is None:
            continue
        found.setdefault(paper.created_at, []).append(Cause(CauseKind.PAPER_ADDED, part))
        if paper.verified_at:
            found.setdefault(paper.verified_at, []).append(Cause(CauseKind.PAPER_VERIFIED, part))
        if paper.withdrawn_at:
            found.setdefault(paper.withdrawn_at, []).append(Cause(CauseKind.PAPER_WITHDRAWN, part))
    for said in past.said:
        found.setdefault(said.since, []).append(Cause(CauseKind.CREDIT_SAID))
        if said.until:
            found.setdefault(said.until, []).append(Cause(CauseKind.CREDIT_SAID))
    for made in past.made.values():
        # Announced ahead of its day, so the moment itself changes nothing.
        for one in made:
            found.setdefault(one.at, []).append(Cause(CauseKind.RULES_CHANGED))
    return found


def _midnights(past: Past, until: datetime, book: Book) -> dict[datetime, list[Cause]]:
    """The midnights at which something that was known by then began or ended."""
    found: dict[datetime, list[Cause]] = {}
    days = {day for moment in {*_causes(past), until} for day in marks(facts_at(past, moment), book)}
    for day in days:
        if day <= local_date(until):
            midnight = at_local(day, 0)
            found[midnight] = _begun(facts_at(past, midnight), day, book)
    return found


def _begun(facts: CodeFacts, day: date, book: Book) -> list[Cause]:
    one = timedelta(days=1)
    found = []
    if facts.valid_to and facts.valid_to + one == day:
        found.append(Cause(CauseKind.CODE_ENDED, Part.CODE))
    for paper in facts.papers.credentials:
        if str(paper.kind) not in set(Part):
            continue
        part = Part(str(paper.kind))
        if paper.valid_from == day:
            found.append(Cause(CauseKind.PAPER_BEGAN, part))
        if any(paper.valid_to + one * (grace + 1) == day for grace in book.graces(part)):
            found.append(Cause(CauseKind.PAPER_ENDED, part))
    if any(choice.valid_from == day for choice in facts.chosen) or any(
        each.valid_from == day for each in book.sets
    ):
        found.append(Cause(CauseKind.RULES_CHANGED))
    since = facts.credit.breach_on
    if since and any(since + one * days == day for days in book.breach_days):
        found.append(Cause(CauseKind.BREACH_OVER, Part.BREACH))
    return found or [Cause(CauseKind.DAY_BEGAN)]
