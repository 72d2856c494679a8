"""Rule sets of the colour: data shipped beside the code, one file a version, checked when they are read.

A rule set lists, for red and for yellow, combinations of parts that are not in order; the first colour of which one
combination holds is the colour, else green. So more that is out of order never gives a better colour, whatever the
data say. "part" means for any reason, "part:failed" (or several, with "|") for these reasons only.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property, lru_cache
from importlib.resources import files
from typing import Any, NamedTuple

from anxin.safetycode.values import (
    CREDIT,
    PAPER_PARTS,
    REASONS_OF,
    RULE_SET,
    Chosen,
    Colour,
    Part,
    ReasonCode,
)
from anxin.workers.values import CredentialKind, PaperState

KEYS = {"id", "version", "valid_from", "name", "source", "red", "yellow"}
MORE = {"grace_days", "overlay", "limits"}
CREDIT_PARTS = frozenset({Part.BARRED, Part.BREACH, Part.SCORE})
LIMITS = {"least_score": range(101), "breach_days": range(1, 3661)}


class Unsound(ValueError):
    """A rule set that cannot be obeyed."""


@dataclass(frozen=True)
class Condition:
    """A part that is out of order for one of these reasons."""

    part: Part
    reasons: frozenset[ReasonCode]


Combination = tuple[Condition, ...]


@dataclass(frozen=True, eq=False)
class RuleSet:
    """One version of a rule set. grace: days that a paper still counts after its last day.

    An overlay is laid over the issuer's rule set and can only make a colour worse.
    """

    id: str
    version: int
    valid_from: date
    name: str
    source: str
    red: tuple[Combination, ...]
    yellow: tuple[Combination, ...]
    grace: Mapping[Part, int] = field(default_factory=dict)
    overlay: bool = False
    least_score: int = 0
    breach_days: int = 0

    @property
    def parts(self) -> frozenset[Part]:
        """The parts that decide."""
        return frozenset(one.part for line in (*self.red, *self.yellow) for one in line)

    def shade(self, found: Mapping[Part, ReasonCode]) -> Colour:
        """The colour, given the parts that are out of order and why."""
        for colour, lines in ((Colour.RED, self.red), (Colour.YELLOW, self.yellow)):
            if any(all(found.get(one.part) in one.reasons for one in line) for line in lines):
                return colour
        return Colour.GREEN


@dataclass(frozen=True, eq=False)
class Book:
    """Every version of every rule set, and which one an issuer's choice means on a day."""

    sets: tuple[RuleSet, ...]

    def version(self, name: str, day: date) -> RuleSet:
        """The version in force on a day; the first one before that, the default where there is no such set."""
        versions = [one for one in self.sets if one.id == name] or [
            one for one in self.sets if one.id == RULE_SET
        ]
        return max(
            (one for one in versions if one.valid_from <= day),
            key=lambda one: one.valid_from,
            default=min(versions, key=lambda one: one.valid_from),
        )

    @property
    def choices(self) -> tuple[str, ...]:
        """The rule sets that an issuer can choose from, the default first."""
        names = dict.fromkeys(one.id for one in self.sets if not one.overlay)
        return tuple(sorted(names, key=lambda name: (name != RULE_SET, name)))

    def graces(self, part: Part) -> frozenset[int]:
        """All the days of grace that any rule set gives a paper."""
        return frozenset(one.grace.get(part, 0) for one in self.sets if not one.overlay)

    @property
    def breach_days(self) -> frozenset[int]:
        return frozenset(one.breach_days for one in self.sets if one.overlay)


class ReadPaper(NamedTuple):
    """A paper that decides, its days of grace, and the reason that each state of it is."""

    part: Part
    kind: CredentialKind
    grace: timedelta
    reasons: Mapping[PaperState, ReasonCode]


@dataclass(frozen=True, eq=False)
class InForce:
    """What a choice means on a day: the rule set, and the overlay where it is on."""

    base: RuleSet
    credit: RuleSet | None
    papers: tuple[ReadPaper, ...]

    @cached_property
    def name(self) -> str:
        return f"{self.base.id}+{self.credit.id}" if self.credit else self.base.id

    @cached_property
    def version(self) -> str:
        return f"{self.base.version}+{self.credit.version}" if self.credit else str(self.base.version)

    def shade(self, found: Mapping[Part, ReasonCode]) -> Colour:
        """The worse of the two."""
        shades = {one.shade(found) for one in (self.base, self.credit) if one}
        return next(one for one in (Colour.RED, Colour.YELLOW, Colour.GREEN) if one in shades)


@lru_cache(maxsize=1024)
def in_force(book: Book, chosen: Chosen, day: date) -> InForce:
    """The rule set and overlay that a choice means on a day."""
    base = book.version(chosen.rule_set, day)
    credit = book.version(CREDIT, day) if chosen.credit else None
    papers = tuple(
        ReadPaper(
            part, CredentialKind(str(part)), timedelta(days=base.grace.get(part, 0)),
            {state: ReasonCode(f"{part}_{state}") for state in PaperState if state is not PaperState.VALID},
        )
        for part in Part
        if part in PAPER_PARTS and part in base.parts
    )  # fmt: skip
    return InForce(base, credit, papers)


def read_set(raw: Mapping[str, Any]) -> RuleSet:
    """A rule set from its data. Raises Unsound for one that is unclear, or under which a flaw would not show.

    Each part that is named also has a line of its own, so whatever is out of order keeps a code from green; a line
    for some reasons counts a failure in, so nothing gets better by failing; a code out of force is red.
    """
    if not KEYS <= set(raw) <= KEYS | MORE:
        raise Unsound(f"unknown or missing keys: {sorted(set(raw) ^ KEYS)}")
    overlay = bool(raw.get("overlay", False))
    grace = {Part(name): int(days) for name, days in raw.get("grace_days", {}).items()}
    limits = raw.get("limits", {})
    found = RuleSet(
        id=str(raw["id"]), version=int(raw["version"]), valid_from=date.fromisoformat(raw["valid_from"]),
        name=str(raw["name"]), source=str(raw["source"]), red=_lines(raw["red"]), yellow=_lines(raw["yellow"]),
        grace=grace, overlay=overlay, least_score=limits.get("least_score", 0),
        breach_days=limits.get("breach_days", 0),
    )  # fmt: skip
    if found.version < 1 or not found.name or not found.source:
        raise Unsound(f"{found.id}: version, name and source are needed")
    if set(grace) - set(PAPER_PARTS) or any(not 0 <= days <= 366 for days in grace.values()):
        raise Unsound(f"{found.id}: days of grace are for papers, 0 to 366")
    if overlay != (found.id == CREDIT) or (
        found.parts - CREDIT_PARTS if overlay else found.parts & CREDIT_PARTS
    ):
        raise Unsound(f"{found.id}: an overlay reads credit and nothing else does")
    if set(limits) != (set(LIMITS) if overlay else set()):
        raise Unsound(f"{found.id}: limits are for the overlay")
    if any(limits[name] not in allowed for name, allowed in LIMITS.items() if overlay):
        raise Unsound(f"{found.id}: a limit is out of bounds")
    alone = {line[0].part for line in (*found.red, *found.yellow) if len(line) == 1 and _any(line[0])}
    if found.parts - alone:
        raise Unsound(f"{found.id}: {sorted(found.parts - alone)} out of order alone would pass for green")
    if not overlay and not any(len(line) == 1 and line[0] == _condition("code") for line in found.red):
        raise Unsound(f"{found.id}: a code out of force must be red")
    return found


def _any(one: Condition) -> bool:
    return one.reasons == frozenset(REASONS_OF[one.part])


def _lines(raw: Iterable[Iterable[str]]) -> tuple[Combination, ...]:
    lines = tuple(tuple(_condition(text) for text in line) for line in raw)
    if not all(lines) or any(len({one.part for one in line}) < len(line) for line in lines):
        raise Unsound("a combination is empty or names a part twice")
    return lines


def _condition(text: str) -> Condition:
    name, _, some = text.partition(":")
    try:
        part = Part(name)
        if not some:
            return Condition(part, frozenset(REASONS_OF[part]))
        states = [PaperState(state) for state in some.split("|")]
        reasons = frozenset(ReasonCode(f"{part}_{state}") for state in states)
    except ValueError as error:
        raise Unsound(f"no such part or reason: {text}") from error
    if PaperState.FAILED not in states:
        raise Unsound(f"{text}: a failure would count for less")
    return Condition(part, reasons)


def read_book(texts: Iterable[str]) -> Book:
    """All rule sets. Raises Unsound where one is, where two are the same version, or default or overlay is missing."""
    sets = tuple(read_set(json.loads(text)) for text in texts)
    for name in {one.id for one in sets}:
        versions = sorted((one for one in sets if one.id == name), key=lambda one: one.version)
        days = [one.valid_from for one in versions]
        if [one.version for one in versions] != [*range(1, len(versions) + 1)] or days != sorted(set(days)):
            raise Unsound(f"{name}: versions run from 1 on, each from a later day")
    if not {RULE_SET, CREDIT} <= {one.id for one in sets}:
        raise Unsound("the default rule set and the overlay are needed")
    return Book(sets)


def _shipped() -> Book:
    folder = files("anxin.safetycode") / "data" / "rule_sets"
    return read_book(
        one.read_text("utf-8") for one in sorted(folder.iterdir(), key=str) if one.name.endswith(".json")
    )


SHIPPED = _shipped()
