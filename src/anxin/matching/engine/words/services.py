"""Which services of the catalogue are meant."""

from __future__ import annotations

import re
from dataclasses import dataclass

from anxin.matching.engine.words import likeness, people, situations
from anxin.matching.engine.words.lexicon import ABLE, DOING, HINTS, PATTERNS, THINGS, WEAK
from anxin.matching.engine.words.numbers import alike
from anxin.matching.engine.words.pieces import Draft, Field, Vocabulary

_SITUATIONS = (
    *situations.CLEANING, *situations.REPAIRS, *situations.HOUSEWORK, *people.MOTHERS, *people.CHILDREN,
    *people.ELDERS, *people.SICK, *people.DESK,
)  # fmt: skip
_PATTERNS = [
    (code, strength, re.compile(pattern), re.compile(unless) if unless else None)
    for code, strength, pattern, unless in (*((*one, "") for one in PATTERNS), *_SITUATIONS)
]
_HINTS = [(code, others, re.compile(pattern)) for code, others, pattern in HINTS]
_THINGS = [(code, others, re.compile(pattern)) for code, others, pattern in THINGS]
NAME, SYNONYM, ABLE_TO = 3.0, 2.0, 1.5
GUESSED = 0.4
CARERS = {"0201", "0202", "0301", "0302", "0401", "0405", "0501", "0502"}
DUTIES = {"0101", "0203", "0204"}
# 年底打扫 and 24小时保姆 name a service, not a time.
_TIMELY = re.compile("年|节|小时")
_BACK = re.compile("说错了?|写错了?|不对|哦不|更正|改成|应该是|口误")
# 能住家 is no skill.
_LIVING = {"0201", "0202"}
_NOT = re.compile(
    r"(?<!是)(?:不要|不用|别|不需要|不想要?|不是|无需|不找|不必|(?<![是要能好会得可])不(?=$))(?:那种|这种|再|找|请|叫|帮我|什么)?$"
)
_NOT_BEHIND = re.compile("(?:就|都|也)?(?:不用|不需要|免了|不必)(?:了|做|管)?(?=[,。;!]|$)")
_SURE = {5: 0.95, 4: 0.95, 3: 0.95, 2: 0.85}


@dataclass(frozen=True, slots=True)
class _Found:
    code: str
    start: int
    end: int
    strength: float
    # A word of the catalogue itself, not a job that other words stand in the middle of.
    whole: bool = False


def read(draft: Draft) -> None:
    """Take the services that are named most plainly; what a weaker word says of another service is kept as doubt."""
    found = _found(draft)
    if not found:
        _guess(draft)
        return
    top = max(one.strength for one in found)
    kept: list[_Found] = []
    for one in sorted(found, key=lambda f: (f.start, -f.end)):
        if one.strength > top - 0.4 and one.code not in {k.code for k in kept}:
            kept.append(one)
    kept = _put_right(draft.said, kept)
    # Whoever cares for somebody cooks and cleans beside it.
    if any(one.code in CARERS for one in kept):
        kept = [one for one in kept if one.code not in DUTIES or one.strength >= NAME]
    # A job and its name of equal strength at one place: 深度保洁 is no 保洁 beside it.
    kept = [one for one in kept if not any(_hides(other, one) for other in kept)]
    doubts = tuple(
        dict.fromkeys(f.code for f in sorted(found, key=lambda f: -f.strength) if f.strength <= top - 0.4)
    )
    for one in kept:
        others = tuple(code for code in doubts if code not in {k.code for k in kept})
        sure = _SURE.get(int(top), 0.6)
        draft.note(Field.SERVICE, one.start, one.end, one.code, sure, others[:3])
        if one.whole and _TIMELY.search(draft.said[one.start : one.end]):
            draft.blank(one.start, one.end)


def _found(draft: Draft) -> list[_Found]:
    known = draft.known.once("codes", lambda v: frozenset(one.code for one in v.services))
    found: list[_Found] = []
    for code, strength, pattern, unless in _PATTERNS:
        if code not in known:
            continue
        matches = list(pattern.finditer(draft.said))
        if matches and unless is not None and unless.search(draft.said):
            continue
        found += [
            _Found(code, m.start(), m.end(), _able(draft.said, m.start(), strength, code))
            for m in matches
            if not _denied(draft.said, m.start(), m.end())
        ]
    words, pattern = draft.known.once("services", _named)
    for match in pattern.finditer(draft.said) if words else ():
        if _denied(draft.said, match.start(), match.end()):
            continue
        for code, strength in words[match[0]]:
            sure = _able(draft.said, match.start(), strength, code)
            found.append(_Found(code, match.start(), match.end(), sure, whole=True))
    # What lies within a stronger, longer word of another service is part of that word.
    return [one for one in found if not any(_hides(other, one) for other in found)]


def _hides(other: _Found, one: _Found) -> bool:
    inside = other.start <= one.start and one.end <= other.end
    longer = other.end - other.start > one.end - one.start
    return other.code != one.code and inside and longer and other.strength >= one.strength


def _put_right(said: str, kept: list[_Found]) -> list[_Found]:
    """月嫂, 不对, 育儿嫂: only what was said last."""
    for back in _BACK.finditer(said):
        behind = [one for one in kept if back.end() <= one.start <= back.end() + 8]
        before = [one for one in kept if back.start() - 6 <= one.end <= back.start()]
        if behind and before:
            kept = [one for one in kept if one not in before]
    return kept


def _denied(said: str, start: int, end: int) -> bool:
    """不要住家的, 不用做饭; 做饭就不用了."""
    return bool(_NOT.search(said[max(0, start - 8) : start]) or _NOT_BEHIND.match(said[end : end + 6]))


def _able(said: str, start: int, strength: float, code: str) -> float:
    """会做川菜 asks for a skill; it decides only where nothing else does."""
    before = said[max(0, start - 2) : start]
    able = before.endswith(ABLE) or before[:1] in ABLE and before[1:] in DOING
    return ABLE_TO if 2 <= strength <= 4 and able and code not in _LIVING else strength


def _named(known: Vocabulary) -> tuple[dict[str, list[tuple[str, float]]], re.Pattern[str]]:
    words: dict[str, list[tuple[str, float]]] = {}
    for one in known.services:
        words.setdefault(alike(one.name), []).append((one.code, NAME))
        for word in one.synonyms:
            if word not in WEAK and len(word) > 1 and word != one.name:
                words.setdefault(alike(word), []).append((one.code, SYNONYM))
    longest = sorted(words, key=lambda word: (-len(word), word))
    return words, re.compile("|".join(map(re.escape, longest)))


def _guess(draft: Draft) -> None:
    """Where no rule speaks: what the words are most like, else what a thing alone speaks of most often. Both are told
    as guesses, by a confidence below one half."""
    if _hint(draft, _HINTS):
        return
    if like := likeness.guess(draft.said, draft.known):
        draft.note(Field.SERVICE, 0, len(draft.said), like[0], GUESSED, like[1])
        return
    _hint(draft, _THINGS)


def _hint(draft: Draft, hints: list[tuple[str, tuple[str, ...], re.Pattern[str]]]) -> bool:
    known = {one.code for one in draft.known.services}
    for code, others, pattern in hints:
        if code in known and (match := pattern.search(draft.said)):
            others = tuple(other for other in others if other in known)
            draft.note(Field.SERVICE, match.start(), match.end(), code, GUESSED, others)
            return True
    return False
