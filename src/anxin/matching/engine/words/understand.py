"""The whole: each grammar reads what the ones before it have left, the surest first."""

from __future__ import annotations

import re
from datetime import datetime

from anxin.matching.engine.words import days, home, hours, money, rhythm, services, spots, wishes
from anxin.matching.engine.words.numbers import WHOLE, alike, whole
from anxin.matching.engine.words.pieces import Draft, Field, Understood, Vocabulary

LONGEST = 500
_WORKER = "(?:阿姨|师傅|保洁员?|工人|帮工|钟点工|小时工|护工|保姆|服务员|小工|搬运工|帮厨|厨师)"
_PEOPLE = [
    re.compile(rf"(?P<n>{WHOLE})(?:个|位|名)?{_WORKER}"),
    re.compile(rf"(?P<n>{WHOLE})(?:个人|位|人|名)(?=来|做|打扫|上门|就够|一起|帮|干|去|擦|搬|洗|$|[,。;])"),
    re.compile(rf"{_WORKER}(?P<n>{WHOLE})(?:名|位|个)"),
    re.compile(rf"(?:要|需要|来|请|派)(?P<n>{WHOLE})(?:个人|人|位|名)"),
]


def understand(text: str, known: Vocabulary, now: datetime) -> Understood:
    """What the words say. now: local, with its zone. Only the first LONGEST signs are read; nothing is refused."""
    said = alike(text[:LONGEST])
    draft = Draft(said=said, left=said, now=now, known=known)
    services.read(draft)
    wishes.read_aside(draft)
    wishes.read(draft)
    money.read(draft)
    home.read(draft)
    rhythm.read(draft)
    days.read(draft)
    hours.read(draft)
    spots.read(draft)
    _people(draft)
    pieces = tuple(sorted(draft.pieces, key=lambda piece: (piece.start, piece.end, piece.field)))
    clashes = tuple(sorted(draft.clashes, key=lambda one: (one.start, one.end, one.clash)))
    return Understood(text, pieces, clashes)


def _people(draft: Draft) -> None:
    """How many are to come."""
    for pattern in _PEOPLE:
        if match := pattern.search(draft.left):
            many = whole(match["n"])
            if many and 1 <= many <= 20:
                draft.take(Field.PEOPLE, match.start(), match.end(), many, 0.9)
                return
