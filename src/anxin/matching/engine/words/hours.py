"""What time of day, and how long: 下午两点到五点, 上午, 三个半小时; and how long altogether: 一个月, 五天."""

from __future__ import annotations

import re

from anxin.matching.engine.words.numbers import WHOLE, number, whole
from anxin.matching.engine.words.pieces import Clash, Clock, Draft, Field
from anxin.matching.engine.words.rhythm import WEEK

_PARTS = {
    "morning": "早上|早晨|上午|一早|清晨|清早|大清早|凌晨|早(?=[七八九六五\\d])|早(?=[,。 ]|$)|(?<=\0)早(?!餐|饭|教|晚|出)",
    "noon": "中午|午间", "afternoon": "下午|午后", "evening": "(?<!一)晚上(?!走|回|睡|不|没|总|老|哭|闹|都睡|也|要起|起|得起|常|经常|咳|尿)|傍晚|夜晚|(?<![一每两三])晚(?=[七八九六五十]|\\d(?!\\d\\d))|(?<![一每两二三四五六七八九十几])晚(?=[,。 ]|$)|(?<=\0)晚(?!餐|饭|期)",
}  # fmt: skip
_PART = "|".join(f"(?P<{code}{{0}}>{words})" for code, words in _PARTS.items())
_CLOCK = r"(?P<h{0}>\d{{1,2}}|[一二两三四五六七八九十]{{1,3}})(?:(?:点钟?|时(?![间薪]))(?:(?P<half{0}>半)|(?P<quarter{0}>[一三1-3]刻)|(?P<m{0}>\d{{1,2}}|[一二三四五零]?十?[一二三四五六七八九]?)分?(?![个小]))?|:(?P<c{0}>\d{{2}}))"
_FROM, _TO = (
    f"(?:{_PART.format('1')})?的?{_CLOCK.format('1')}",
    f"(?:{_PART.format('2')})?的?{_CLOCK.format('2')}",
)
_RANGE = re.compile(rf"{_FROM}(?:开始|左右)?(?:到|-+|~)(?:{WEEK}.)?{_TO}")
_SINGLE = re.compile(_FROM)
_ONLY = re.compile(rf"(?:{_PART.format('1')})(?![饭餐点])")
_EARLY, _NOON, _EVENING, _DAY = 7, 12, 17 * 60, 24 * 60
_HALF_DAY = 4.0
# 准时一点, 快一点: a little, not one o'clock.
_A_LITTLE = tuple("时宜近好快净轻大小多细心慢准早晚淡咸甜辣软硬贵高低少薄厚松紧浓烂熟亮暗有")
_OF_CLOCK = re.compile(r"[钟半整到\-~左前后之以来过开多,。;!?\s\0上下]|$|[能可]")
_LENGTH = [
    (re.compile(rf"(?P<n>{WHOLE})个半(?:小时|钟头|钟)"), 0.5),
    (re.compile(rf"(?<!钱)(?P<n>\d+\.\d|{WHOLE})个?(?:小时|钟头|钟(?!点))(?P<more>半)?"), 0.0),
]
_TERM = [
    (re.compile(rf"(?<![每第一\d了过前这])(?P<n>{WHOLE})天(?![后内之以了没大不])"), "d"),
    (re.compile(rf"(?<![了过前\d])(?P<n>{WHOLE})个?{WEEK}(?![后内之以一二三四五六日天末])"), "w"),
    (re.compile(rf"(?<![前了过孕怀\d岁])(?P<n>{WHOLE})个月(?![后内之以大嫂没])"), "m"),
]  # fmt: skip
_YEARS = re.compile(
    r"(?:做|干|请|签|要|用|预计|至少)(?:(?P<half>半)|(?P<n>[一两二三\d]))年(?![前后内以级多])"
)


def read(draft: Draft) -> None:
    """Take one time of day, one length of a visit, one length of the whole."""
    _clock(draft)
    _length(draft)
    _term(draft)


def _minutes(match: re.Match[str], which: str) -> int | None:
    """Hour and minute as they were said, nothing added for the afternoon."""
    hour = whole(match[f"h{which}"])
    if hour is None or hour > 24:
        return None
    if match[f"half{which}"]:
        minute = 30
    elif quarter := match[f"quarter{which}"]:
        minute = 15 * (whole(quarter[0]) or 0)
    elif text := match[f"c{which}"] or match[f"m{which}"]:
        minute = whole(text.lstrip("零") or "0") or 0
    else:
        minute = 0
    return hour * 60 + minute if minute < 60 else None


def _part(match: re.Match[str], which: str) -> str:
    return next((code for code in _PARTS if match[f"{code}{which}"]), "")


def _on_the_day(minutes: int, part: str) -> int:
    """The minute of the day that is meant; without a word, the hour at which people have somebody come."""
    hour = minutes // 60
    if part in ("afternoon", "evening") and hour < _NOON:
        return minutes + _NOON * 60
    if part == "noon" and hour < _NOON - 2:
        return minutes + _NOON * 60
    if not part and hour < _EARLY and hour:
        return minutes + _NOON * 60
    return minutes


_EARLY_TO_LATE = re.compile(rf"[早朝](?:上)?(?P<a>{WHOLE})点?(?:到|-)?晚(?:上)?(?P<b>{WHOLE})点?(?!天|个|次)")


def _clock(draft: Draft) -> None:
    if not _range(draft) and not _single(draft) and (part := _ONLY.search(draft.left)):
        draft.take(Field.TIME, part.start(), part.end(), Clock(part=_part(part, "1")), 0.9)


def _range(draft: Draft) -> bool:
    """下午两点到五点, 早九晚五."""
    if found := _EARLY_TO_LATE.search(draft.left):
        morning, evening = whole(found["a"]) or 0, whole(found["b"]) or 0
        if 5 <= morning <= 11 and 1 <= evening <= 11:
            value = Clock(morning * 60, evening * 60 + 720)
            draft.take(Field.TIME, found.start(), found.end(), value, 0.95)
            return True
    for match in _RANGE.finditer(draft.left):
        first, last = _minutes(match, "1"), _minutes(match, "2")
        if first is None or last is None:
            continue
        start, own = _on_the_day(first, _part(match, "1")), _part(match, "2")
        ends = [_on_the_day(last, own)] if own else sorted({last, last + 720})
        later = [end for end in ends if start < end <= _DAY]
        end = later[0] if later else _on_the_day(last, own or _part(match, "1"))
        # 晚上十点到早上六点 goes over midnight.
        if not later and not (own == "morning" and start >= _EVENING):
            draft.clash(Clash.BACKWARDS, match.start(), match.end())
        draft.take(Field.TIME, match.start(), match.end(), Clock(start % _DAY, end), 0.95)
        return True
    return False


def _single(draft: Draft) -> bool:
    """下午三点半; what else an hour without a part of the day could be is kept."""
    for match in _SINGLE.finditer(draft.left):
        said = _minutes(match, "1")
        if said is None or (match[0] == "一点" and _a_little(draft.said, match.start(), match.end())):
            continue
        part = _part(match, "1") or _elsewhere(draft)
        start = _on_the_day(said, part) % _DAY
        doubt = () if part or said >= _NOON * 60 else (Clock((start + 720) % _DAY),)
        draft.take(Field.TIME, match.start(), match.end(), Clock(start), 0.95 if not doubt else 0.8, doubt)
        for other in _ONLY.finditer(draft.left):
            draft.blank(other.start(), other.end())
        return True
    return False


def _a_little(said: str, start: int, end: int) -> bool:
    """近一点, 一点光泽: a little, not one o'clock."""
    return said[:start].endswith(_A_LITTLE) or not _OF_CLOCK.match(said, end)


def _elsewhere(draft: Draft) -> str:
    """明晚八点: the part stands with the day."""
    found = re.search(r"[今明后当](?:天)?(?:(?P<e>晚)|(?P<m>早)|(?P<a>下午))", draft.said)
    if not found:
        return ""
    return "evening" if found["e"] else "morning" if found["m"] else "afternoon"


def _length(draft: Draft) -> None:
    for pattern, more in _LENGTH:
        for match in pattern.finditer(draft.left):
            hours = number(match["n"])
            if hours is None:
                continue
            hours += more + (0.5 if match.groupdict().get("more") else 0)
            if 0 < hours <= 12:
                draft.take(Field.HOURS, match.start(), match.end(), hours)
                _agrees(draft, match, hours)
                return
    for words, hours in (("半个?小时", 0.5), ("半天", _HALF_DAY)):
        if found := re.search(words, draft.left):
            draft.take(Field.HOURS, found.start(), found.end(), hours, 0.8)
            return


def _agrees(draft: Draft, match: re.Match[str], hours: float) -> None:
    clock = next((piece.value for piece in draft.pieces if piece.field is Field.TIME), None)
    if clock is None or clock.end is None or clock.end <= clock.start:
        return
    # 每次两小时 within a longer time that suits is no contradiction; longer than the time is.
    if hours * 60 > clock.end - clock.start:
        draft.clash(Clash.LENGTH, match.start(), match.end())


def _term(draft: Draft) -> None:
    for pattern, unit in _TERM:
        for match in pattern.finditer(draft.left):
            many = whole(match["n"])
            if many and 1 <= many <= 400 and not (unit == "d" and many == 1):
                draft.take(Field.TERM, match.start(), match.end(), f"{many}{unit}")
                return
    if found := _YEARS.search(draft.left):
        draft.take(Field.TERM, found.start(), found.end(), "6m" if found["half"] else f"{whole(found['n'])}y")
