"""What was understood of somebody's words: pieces with their place in the text, and what speaks against each other."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any


class Field(StrEnum):
    """What a piece says something about. The facts of a home carry the names of the catalogue's questions."""

    SERVICE = "service"
    DAY = "day"
    UNTIL = "until"
    SINCE = "since"
    EVERY = "every"
    TIME = "time"
    HOURS = "hours"
    TERM = "term"
    PLACE = "place"
    PEOPLE = "people"
    BUDGET = "budget"
    WISH = "wish"
    ASIDE = "aside"
    AREA = "area"
    ROOMS = "rooms"
    BATHS = "baths"
    FLOOR = "floor"
    LIFT = "lift"
    VOLUME = "volume"
    PETS = "pets"
    CHILD = "child"
    ELDER = "elder"
    CARE = "care"
    WEIGHT = "weight"
    FAMILY = "family"
    EATERS = "eaters"
    DISHES = "dishes"
    PIECES = "pieces"
    KINDS = "kinds"
    BABIES = "babies"
    DUE = "due"


class Clash(StrEnum):
    """What cannot be so, or not both."""

    BACKWARDS = "backwards"
    PAST = "past"
    NO_SUCH_DAY = "no_such_day"
    WEEKDAY = "weekday"
    BUDGET = "budget"
    LENGTH = "length"
    TWO_DAYS = "two_days"
    UNLISTED = "unlisted"


@dataclass(frozen=True, slots=True)
class Days:
    """From the first to the last day, both included. asap: as soon as can be."""

    first: date
    last: date
    asap: bool = False

    def __str__(self) -> str:
        return str(self.first) if self.first == self.last else f"{self.first}..{self.last}"


@dataclass(frozen=True, slots=True)
class Clock:
    """Minutes after midnight, or a part of the day by name; `end` may be missing, and lie before `start` if that was
    said."""

    start: int | None = None
    end: int | None = None
    part: str = ""

    def __str__(self) -> str:
        if self.start is None:
            return self.part
        told = f"{self.start // 60:02d}:{self.start % 60:02d}"
        return told if self.end is None else f"{told}-{self.end // 60:02d}:{self.end % 60:02d}"


@dataclass(frozen=True, slots=True)
class Budget:
    """Fen, for a `unit` (hour, day, month, visit, sqm, or "" for the whole). high alone is a limit."""

    low: int | None
    high: int | None
    unit: str = ""
    about: bool = False

    def __str__(self) -> str:
        if self.low is None:
            told = f"<={self._yuan(self.high)}"
        elif self.low == self.high:
            told = ("~" if self.about else "") + self._yuan(self.low)
        else:
            told = f"{self._yuan(self.low)}-{self._yuan(self.high)}"
        return f"{told}/{self.unit}" if self.unit else told

    @staticmethod
    def _yuan(fen: int | None) -> str:
        return f"{(fen or 0) / 100:.2f}".rstrip("0").rstrip(".")


@dataclass(frozen=True, slots=True)
class Place:
    """A division's code, the name of an estate or a building, or one of the speaker's own addresses by what it is
    called (home, parents)."""

    code: str = ""
    estate: str = ""
    own: str = ""

    def __str__(self) -> str:
        return f"~{self.estate}" if self.estate else self.own or self.code


@dataclass(frozen=True, slots=True)
class Piece:
    """One thing that was understood: text[start:end] says `value`. confidence 0–1; others: what else it could be."""

    field: Field
    start: int
    end: int
    value: Any
    confidence: float = 1.0
    others: tuple[Any, ...] = ()


@dataclass(frozen=True, slots=True)
class Contradiction:
    """What cannot be so, and where it stands."""

    clash: Clash
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Understood:
    """The words as they were said, the pieces in the order of the text, and the contradictions."""

    text: str
    pieces: tuple[Piece, ...]
    clashes: tuple[Contradiction, ...] = ()

    def of(self, name: Field) -> Iterator[Piece]:
        return (piece for piece in self.pieces if piece.field is name)

    def first(self, name: Field) -> Any:
        """The value of the first piece of a field, None if nothing was said."""
        return next((piece.value for piece in self.of(name)), None)

    def all(self, name: Field) -> list[Any]:
        """Values of a field, each once, in the order of the text."""
        return list(dict.fromkeys(piece.value for piece in self.of(name)))


@dataclass(frozen=True, slots=True)
class Service:
    """An item of the catalogue as far as words go: its code, its name, everyday words for it, what it says of itself."""

    code: str
    name: str
    synonyms: tuple[str, ...] = ()
    texts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Spot:
    """A county, town or village: code, and name as the statistics write it (锦城街道, 白牛村委会)."""

    code: str
    name: str


@dataclass(frozen=True)
class Vocabulary:
    """All that is to be known beside the words: the catalogue's items, the places, the days off of each festival."""

    services: tuple[Service, ...] = ()
    spots: tuple[Spot, ...] = ()
    # Festival and its days off, for each year that was announced.
    festivals: tuple[tuple[str, tuple[date, ...]], ...] = ()
    _made: dict[str, Any] = field(default_factory=dict, compare=False, repr=False)

    def once(self, name: str, make: Any) -> Any:
        """What a grammar prepares from the vocabulary, prepared once."""
        if name not in self._made:
            self._made[name] = make(self)
        return self._made[name]


@dataclass(slots=True)
class Draft:
    """The words while they are read: what a grammar has taken is blanked out for the next one, all spans stay.

    said: the words made alike (width, case), as long as the original. left: what nobody has taken yet.
    """

    said: str
    left: str
    now: datetime
    known: Vocabulary
    pieces: list[Piece] = field(default_factory=list)
    clashes: list[Contradiction] = field(default_factory=list)

    @property
    def today(self) -> date:
        return self.now.date()

    def take(
        self, name: Field, start: int, end: int, value: Any, confidence: float = 1.0,
        others: tuple[Any, ...] = (),
    ) -> None:  # fmt: skip
        """Keep a piece and blank its words out."""
        self.note(name, start, end, value, confidence, others)
        self.blank(start, end)

    def note(
        self, name: Field, start: int, end: int, value: Any, confidence: float = 1.0,
        others: tuple[Any, ...] = (),
    ) -> None:  # fmt: skip
        """Keep a piece and leave its words to others too."""
        self.pieces.append(Piece(name, start, end, value, confidence, others))

    def blank(self, start: int, end: int) -> None:
        self.left = self.left[:start] + "\0" * (end - start) + self.left[end:]

    def clash(self, kind: Clash, start: int, end: int) -> None:
        self.clashes.append(Contradiction(kind, start, end))

    def services(self) -> set[str]:
        return {piece.value for piece in self.pieces if piece.field is Field.SERVICE}
