"""Understanding words for programs."""

from __future__ import annotations

from typing import Any

from ninja import Router, Schema
from pydantic import Field

from anxin.kit import clock
from anxin.kit.access import PUBLIC, ruled
from anxin.matching.engine.words import LONGEST
from anxin.matching.queries import words

router = Router(tags=["matching"])


class WordsIn(Schema):
    """One's own words; they are posted so that they stand in no address, and are kept nowhere."""

    text: str = Field(max_length=LONGEST)


class PieceOut(Schema):
    """text[start:end] says `value` about `field`; confidence 0–1; what else it could be."""

    field: str
    start: int
    end: int
    text: str
    value: str
    confidence: float
    others: list[str]


class ClashOut(Schema):
    """What cannot be so."""

    clash: str
    start: int
    end: int


class UnderstoodOut(Schema):
    pieces: list[PieceOut]
    clashes: list[ClashOut]


@router.post("/words/", response=UnderstoodOut)
@ruled(PUBLIC, reads=True)
def understand(request: Any, body: WordsIn) -> UnderstoodOut:
    """What the words say: service, time, place, number, wishes, budget, the home. A trait that nobody is chosen by is
    an `aside`."""
    found = words.understood(body.text, clock.now())
    pieces = [
        PieceOut(
            field=str(one.field), start=one.start, end=one.end, text=found.text[one.start : one.end],
            value=str(one.value), confidence=one.confidence, others=[str(other) for other in one.others],
        )
        for one in found.pieces
    ]  # fmt: skip
    clashes = [ClashOut(clash=str(one.clash), start=one.start, end=one.end) for one in found.clashes]
    return UnderstoodOut(pieces=pieces, clashes=clashes)
