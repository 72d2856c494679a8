"""Which day, from when, until when: dates, weekdays, 后天, 三天后, 月底前, 国庆后."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from anxin.matching.engine.words import months
from anxin.matching.engine.words.numbers import WHOLE, whole
from anxin.matching.engine.words.pieces import Clash, Days, Draft, Field
from anxin.matching.engine.words.rhythm import DAYS, WEEK

BEFORE = r"(?:之前|以前|前(?!天)|之内)"
AFTER = r"(?:之后|以后|过后|后(?!天)|起|开始)"
_D = "[一二三四五六日天1-7]"
_FREE = "(?!休息|休|放假|不)"
_NEXT = r"(?:下下个?|下个?|这个?|本)"
_WORDS: tuple[tuple[str, int, int], ...] = (
    ("大后天", 3, 3), ("明后两?天", 1, 2), ("今明两?天", 0, 1), ("后天|後天", 2, 2),
    ("明天|明日|明(?=[早晚上下中])|明儿", 1, 1), ("今天|今日|今(?=[早晚])|今儿", 0, 0),
    ("前天", -2, -2), ("昨天|昨日", -1, -1),
)  # fmt: skip
_ASAP = re.compile(
    r"尽快|尽早|马上|立刻|立即|现在(?=就|能|马上|立刻|来|过来|要|有人|可以|急|[,。;!?\s]|$)(?:就|能)?|越快越好|赶紧|赶快|(?<![不别着])急(?:用|!|$)|(?<![不别])着急|加急|急急|急死|急求|火速|(?<![不别着])急[,。]|(?<![不别着])急(?= )"
)


@dataclass(frozen=True)
class _Said:
    start: int
    end: int
    days: Days
    # "weekday" and "date" may speak of the same day; "past" counts only alone.
    kind: str


def read(draft: Draft) -> None:
    """Take what is said of days: at most one window, one limit, one beginning."""
    months.read_festivals(draft, _bound)
    said: list[_Said] = []
    for grammar in (_dates, _relative, _week, _words):
        grammar(draft, said)
    _due(draft, said)
    _settle(draft, said)


def _bound(draft: Draft, start: int, end: int, days: Days) -> bool:
    """A limit or a beginning, where 前, 后, 起 stand behind the day. True if it was one."""
    rest, before = draft.left[end:], draft.left[max(0, start - 2) : start]
    if match := re.match(rf"的?(?:那天)?(?:{BEFORE}|以?内(?![部容衣]))", rest):
        draft.take(Field.UNTIL, start, end + match.end(), days.last)
    elif before.endswith("到") and not before.startswith("\0") and not _FROM.search(draft.said[: start - 1]):
        draft.take(Field.UNTIL, start - 1, end, days.last)
    elif match := re.match(rf"的?(?:那天)?{AFTER}", rest):
        draft.take(Field.SINCE, start, end + match.end(), days.first)
    elif match := re.match("(?:早上?|晚上?|上午|下午|中午)(?P<from>起|开始)", rest):
        draft.take(Field.SINCE, start, end, days.first)
        draft.blank(end + match.start("from"), end + match.end())
    else:
        return False
    return True


_NOT_THEN = re.compile("(?:不要|除了|除开|避开|不能|别|不行)(?:在)?$")
# 后天到下周二 is a window, 干到月底 a limit.
_FROM = re.compile(rf"(?:[今明后昨前]天|[今明]日|明儿|今儿|{WHOLE}[号日]|{WEEK}{_D})$")


def _say(draft: Draft, said: list[_Said], start: int, end: int, days: Days, kind: str) -> None:
    if not _bound(draft, start, end, days):
        said.append(_Said(start, end, days, kind))
        draft.blank(start, end)


def _dates(draft: Draft, said: list[_Said]) -> None:
    for start, end, days in months.dates(draft):
        _say(draft, said, start, end, days, "date")


_AHEAD: tuple[tuple[str, Callable[[int], timedelta]], ...] = (
    (rf"(?P<n>{WHOLE})天", lambda n: timedelta(days=n)),
    (rf"(?P<n>{WHOLE})个?{WEEK}", lambda n: timedelta(days=7 * n)),
    (r"(?P<n>半)个月", lambda n: timedelta(days=15)),
    (rf"(?P<n>{WHOLE})个月", lambda n: timedelta(days=30 * n)),
)


def _relative(draft: Draft, said: list[_Said]) -> None:
    """三天后, 过两天, 一周内, 十天之内."""
    for pattern, length in _AHEAD:
        for match in re.finditer(
            rf"过{pattern}|{pattern.replace('<n>', '<m>')}(?P<tail>之后|以后|后(?!天)|之内|以内|内)",
            draft.left,
        ):
            count = whole(match["n"] or match["m"]) or 1
            if count > 366:
                continue
            day = draft.today + length(count)
            if match["tail"] in ("之内", "以内", "内"):
                draft.take(Field.UNTIL, match.start(), match.end(), day)
            else:
                _say(draft, said, match.start(), match.end(), Days(day, day), "date")
    for match in re.finditer("这两天|这几天|最近几天|近两天|近期", draft.left):
        last = draft.today + timedelta(days=1 if "两" in match[0] else 4)
        _say(draft, said, match.start(), match.end(), Days(draft.today, last), "date")


def _monday(draft: Draft, which: str) -> date:
    """The Monday of this week, the next, the one after."""
    weeks = which.count("下")
    return draft.today - timedelta(days=draft.today.weekday()) + timedelta(days=7 * weeks)


def _week(draft: Draft, said: list[_Said]) -> None:
    """这周五, 下周三, 周末, 周六或者周日, 下下周一到下下周五, 下周."""
    one = rf"(?P<{{0}}>{_NEXT})?{WEEK}(?P<{{1}}>{_D})(?!\d(?!\d?[:点])|月|点){_FREE}"
    span = rf"{one.format('w', 'a')}(?:(?:、|和|跟|或者?|还是|,|到|-|~)?{one.format('v', 'b')}|(?:到|-|~|、|和|或者?)(?P<c>{_D})(?![\d月点号个]))"
    for match in re.finditer(span, draft.left):
        first = _weekday(draft, match["w"] or "", match["a"])
        last = _weekday(draft, match["v"] or match["w"] or "", match["b"] or match["c"])
        if last >= first:
            _say(draft, said, match.start(), match.end(), Days(first, last), "weekday")
    for match in re.finditer(rf"(?P<w>{_NEXT})?{WEEK}末", draft.left):
        saturday = _monday(draft, match["w"] or "") + timedelta(days=5)
        _say(draft, said, match.start(), match.end(), Days(saturday, saturday + timedelta(days=1)), "window")
    for match in re.finditer(one.format("w", "a"), draft.left):
        if _NOT_THEN.search(draft.said[: match.start()]):
            draft.blank(match.start(), match.end())
            continue
        day = _weekday(draft, match["w"] or "", match["a"])
        _say(draft, said, match.start(), match.end(), Days(day, day), "weekday")
    for match in re.finditer(rf"(?P<w>下下个?|下个?|这个?|本){WEEK}(?![一二三四五六日天末\d])", draft.left):
        monday = _monday(draft, match["w"])
        first = max(monday, draft.today)
        _say(draft, said, match.start(), match.end(), Days(first, monday + timedelta(days=6)), "window")


def _weekday(draft: Draft, which: str, sign: str) -> date:
    """The day of the week named; without a word, the next one that has not gone by."""
    day = _monday(draft, which) + timedelta(days=DAYS[sign] - 1)
    return day + timedelta(days=7) if day < draft.today and not which else day


def _words(draft: Draft, said: list[_Said]) -> None:
    for pattern, first, last in _WORDS:
        for match in re.finditer(pattern, draft.left):
            days = Days(draft.today + timedelta(days=first), draft.today + timedelta(days=last))
            _say(draft, said, match.start(), match.end(), days, "past" if last < 0 else "date")
    if not said and (soon := _ASAP.search(draft.left)):
        _say(draft, said, soon.start(), soon.end(), Days(draft.today, draft.today, asap=True), "date")


def _due(draft: Draft, said: list[_Said]) -> None:
    """预产期5月20号 is when a child is born, not when somebody comes."""
    for one in list(said):
        before, after = draft.said[max(0, one.start - 6) : one.start], draft.said[one.end : one.end + 2]
        if re.search(r"预产期?[^,。;]{0,3}$", before) or after == "预产" or re.match("生(?!日)", after):
            said.remove(one)
            due = str(one.days.first) if one.days.first == one.days.last else f"{one.days.first:%Y-%m}"
            draft.note(Field.DUE, one.start, one.end, due)


def _settle(draft: Draft, said: list[_Said]) -> None:
    """Of several days one is meant; what else was said is kept beside it, and told where it does not agree."""
    said = _joined(draft, sorted(said, key=lambda one: one.start))
    living = [one for one in said if one.days.last >= draft.today]
    if not living:
        for one in said[:1]:
            draft.clash(Clash.PAST, one.start, one.end)
            draft.note(Field.DAY, one.start, one.end, one.days)
        return
    dated = [one for one in living if one.kind == "date"]
    chosen = next((one for one in dated if not one.days.asap), None) or _finest(dated or living)
    for one in living:
        # 后天, 不对, 大后天
        if one.start > chosen.end and _TAKEN_BACK.search(draft.said[chosen.end : one.start]):
            living.remove(chosen)
            chosen = one
            break
    others = [one for one in living if one is not chosen]
    for one in others:
        _compare(draft, chosen, one)
    draft.note(
        Field.DAY, chosen.start, chosen.end, chosen.days, 0.6 if chosen.days.asap else 0.95,
        tuple(one.days for one in others),
    )  # fmt: skip


_TAKEN_BACK = re.compile("不对|不是|改成|改到|算了|要不")


def _finest(said: list[_Said]) -> _Said:
    """周末, 周六下午: the first, or the day within it."""
    days = said[0].days
    inside = [one for one in said if days.first <= one.days.first and one.days.last <= days.last]
    return min(inside, key=lambda one: one.days.last - one.days.first)


def _joined(draft: Draft, said: list[_Said]) -> list[_Said]:
    """3月25日到28日, 周四或周五 are one window."""
    found: list[_Said] = []
    for one in said:
        last = found[-1] if found else None
        between = draft.said[last.end : one.start] if last else ""
        if last and re.fullmatch("到|-|~|或者?|、|和", between) and last.days.first <= one.days.first:
            found[-1] = _Said(last.start, one.end, Days(last.days.first, one.days.last), last.kind)
        else:
            found.append(one)
    return found


def _compare(draft: Draft, chosen: _Said, other: _Said) -> None:
    inside = other.days.first <= chosen.days.first and chosen.days.last <= other.days.last
    a_weekday = {chosen.kind, other.kind} == {"date", "weekday"}
    same = a_weekday and chosen.days.first.weekday() == other.days.first.weekday()
    long = other.days.last - other.days.first > timedelta(days=3)
    if inside or same or long:
        return
    beside = min(abs(other.end - chosen.start), abs(chosen.end - other.start)) <= 2
    if a_weekday and beside:
        draft.clash(Clash.WEEKDAY, min(chosen.start, other.start), max(chosen.end, other.end))
    else:
        draft.clash(Clash.TWO_DAYS, other.start, other.end)
