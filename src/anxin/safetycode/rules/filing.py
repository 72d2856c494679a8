"""What is to be told of an insurance policy before it is confirmed (standards §3.6). Plain: no ORM, no clock."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, timedelta

from anxin.kit.money import yuan
from anxin.safetycode.values.filings import LIMIT_LABELS, LIMITS_OF, Cover, Finding, Limit, Terms, Told


def findings(
    terms: Terms, *, least: Mapping[Limit, int], covers: Iterable[Cover], insured: int, today: date, soon: int
) -> list[Told]:
    """What a person who confirms should know.

    least: fen; covers: what other confirmed policies give the same workers; insured: how many are on the roster;
    soon: fewer days left than these are told of.
    """
    told = [*_limits(terms, least), *_overlaps(terms, covers := list(covers)), *_gaps(terms, covers)]
    left = (terms.valid_to - today).days
    if left < soon:
        told.append(Told(Finding.ENDS_SOON, {"day": terms.valid_to, "n": max(left, 0)}))
    if not insured:
        told.append(Told(Finding.EMPTY))
    return told


def _limits(terms: Terms, least: Mapping[Limit, int]) -> Iterable[Told]:
    for limit in LIMITS_OF[terms.product]:
        given, wanted = terms.limits.get(limit), least.get(limit, 0)
        words = {"what": LIMIT_LABELS[limit], "least": yuan(wanted)}
        if given is None:
            yield Told(Finding.LIMIT_MISSING, words)
        elif given < wanted:
            yield Told(Finding.LIMIT_LOW, {**words, "given": yuan(given)})


def _overlaps(terms: Terms, covers: Iterable[Cover]) -> Iterable[Told]:
    """Whom another policy insures for the same class or a higher one in the same days."""
    found: dict[str, set[object]] = defaultdict(set)
    for one in covers:
        meets = one.valid_from <= terms.valid_to and one.valid_to >= terms.valid_from
        if meets and one.occupation_class >= terms.occupation_class:
            found[one.number].add(one.worker_id)
    for number, who in sorted(found.items()):
        yield Told(Finding.OVERLAP, {"n": len(who), "number": number})


def _gaps(terms: Terms, covers: Iterable[Cover]) -> Iterable[Told]:
    """Whose last cover ends before this one begins, with days between."""
    last: dict[object, date] = {}
    for one in covers:
        if one.valid_from < terms.valid_from:
            last[one.worker_id] = max(one.valid_to, last.get(one.worker_id, one.valid_to))
    ends: dict[date, int] = defaultdict(int)
    for day in last.values():
        if day + timedelta(days=1) < terms.valid_from:
            ends[day] += 1
    for day, n in sorted(ends.items()):
        yield Told(Finding.GAP, {"n": n, "day": day, "days": (terms.valid_from - day).days - 1})
