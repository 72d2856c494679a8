"""Days of the calendar: 3月25日, 二十五号, 月底, 下个月初, 六月, and the festivals as they were announced."""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable, Iterator
from datetime import date, timedelta

from anxin.matching.engine.words.numbers import WHOLE, whole
from anxin.matching.engine.words.pieces import Clash, Days, Draft, Field

Bound = Callable[[Draft, int, int, Days], bool]
_FULL = re.compile(
    rf"(?:(?P<y>20\d\d)[年\-/.])?(?P<m>{WHOLE})(?:月|(?P<sign>[/.\-]))(?P<d>{WHOLE})(?:日|号)?(?![\d万千元块%小个平])"
)
_SHORT = r"(?P<p>初|上旬|中旬?|下旬|底|末)"
_MONTH = re.compile(rf"(?<!\d)(?P<m>{WHOLE})月份?(?:{_SHORT})?(?!\d|大)")
_RELATIVE = re.compile(rf"(?P<w>这个?|本|下下个?|下个?)月(?:份)?(?:的)?(?:(?P<d>{WHOLE})[号日]|{_SHORT})?")
_ALONE = re.compile(r"(?<![个每\d一二三四五六七八九十])月(?P<p>底|末|初|中)")
_NUMBERED = re.compile(rf"(?<![第\d.:月])(?P<d>{WHOLE})[号日](?![楼线院店门房单元路馆])")
_YEAR_END = re.compile("年底(?!打扫|保洁)|年末")
_THIRDS = {"初": (1, 10), "上": (1, 10), "中": (11, 20), "下": (21, 31), "底": (27, 31), "末": (27, 31)}
_FESTIVALS = {"元旦": "元旦", "春节": "春节", "过年": "春节", "大年": "春节", "清明": "清明节", "五一": "劳动节",
              "劳动节": "劳动节", "端午": "端午节", "中秋": "中秋节", "国庆": "国庆节", "十一": "国庆节", "年前": "春节",
              "年后": "春节"}  # fmt: skip
# Where a year is not announced yet, those that do not follow the moon.
_FIXED = {"元旦": (1, 1, 1), "清明节": (4, 4, 3), "劳动节": (5, 1, 5), "国庆节": (10, 1, 7)}
_FESTIVAL = re.compile(
    r"(?:过完|过了)(?P<g>年|春节|元旦|五一|国庆|端午|中秋|清明)节?(?:以后|之后|后)?|(?P<f>元旦|春节|过年|清明|五一|劳动节|端午|中秋|国庆|(?<![一二三四五六七八九\d])十一(?=前|后|期间|假期|长假|黄金周)"
    r"|(?<![\d一二两三四五六七八九十今明去前半])年(?=[前后]))节?(?P<t>之前|以前|前(?!天)|之后|以后|过后|后(?!天)|期间|假期|长假|当天|那天)?"
)


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _last(year: int, month: int) -> int:
    return calendar.monthrange(year, month)[1]


def _ahead(today: date, month: int) -> int:
    """The year in which that month comes next, or is."""
    return today.year if month >= today.month else today.year + 1


def _next_month(today: date, ahead: int) -> tuple[int, int]:
    at = today.year * 12 + today.month - 1 + ahead
    return at // 12, at % 12 + 1


def _third(year: int, month: int, part: str | None) -> Days:
    """初, 中旬, 底 of a month; the whole of it."""
    last = _last(year, month)
    low, high = _THIRDS[part[0]] if part else (1, last)
    return Days(date(year, month, low), date(year, month, min(high, last)))


def dates(draft: Draft) -> Iterator[tuple[int, int, Days]]:
    """Every day of the calendar that is named. What cannot be is told and not given."""
    yield from _full(draft)
    for match in _RELATIVE.finditer(draft.left):
        year, month = _next_month(draft.today, match["w"].count("下"))
        if match["d"]:
            yield from _one(draft, match, year, month, whole(match["d"]))
        else:
            yield _bounded(draft, match, _third(year, month, match["p"]))
    for match in _MONTH.finditer(draft.left):
        month = whole(match["m"]) or 0
        if 1 <= month <= 12:
            yield match.start(), match.end(), _third(_ahead(draft.today, month), month, match["p"])
    for match in _ALONE.finditer(draft.left):
        yield _bounded(draft, match, _third(draft.today.year, draft.today.month, match["p"]))
    for match in _NUMBERED.finditer(draft.left):
        number = whole(match["d"]) or 0
        if 1 <= number <= 31:
            year, month = draft.today.year, draft.today.month
            if number < draft.today.day:
                year, month = _next_month(draft.today, 1)
            yield from _one(draft, match, year, month, number)
    for match in _YEAR_END.finditer(draft.left):
        yield match.start(), match.end(), Days(date(draft.today.year, 12, 21), date(draft.today.year, 12, 31))


def _bounded(draft: Draft, match: re.Match[str], days: Days) -> tuple[int, int, Days]:
    """Of the present month only what is left of it."""
    first = max(days.first, draft.today) if days.last >= draft.today else days.first
    return match.start(), match.end(), Days(first, days.last)


def _full(draft: Draft) -> Iterator[tuple[int, int, Days]]:
    for match in _FULL.finditer(draft.left):
        month, day = whole(match["m"]), whole(match["d"])
        if not month or not day:
            continue
        if month > 12:
            if match[0][-1] in "号日":
                draft.clash(Clash.NO_SUCH_DAY, match.start(), match.end())
                draft.blank(match.start(), match.end())
            continue
        if match["sign"] and (not re.fullmatch(r"\d{1,2}", match["m"] + "") or day > 31):
            continue
        if match["sign"] == "-" and not match["y"]:
            continue
        if (
            not match["sign"]
            and not re.search(r"[日号]$", match[0])
            and not match["d"].isdigit()
            and len(match["d"]) < 2
        ):
            # 六月一个人: the number belongs to what follows.
            continue
        year = int(match["y"]) if match["y"] else _ahead(draft.today, month)
        found = _day(year, month, day)
        if found and not match["y"] and found < draft.today:
            year += 1
        yield from _one(draft, match, year, month, day)


def _one(
    draft: Draft, match: re.Match[str], year: int, month: int, day: int | None
) -> Iterator[tuple[int, int, Days]]:
    found = _day(year, month, day or 0)
    if found is None and not 1 <= (day or 0) <= 31:
        return
    if found is None:
        draft.clash(Clash.NO_SUCH_DAY, match.start(), match.end())
        draft.blank(match.start(), match.end())
        return
    yield match.start(), match.end(), Days(found, found)


def festival(draft: Draft, name: str) -> Days | None:
    """The next days off of a festival that are not over, as announced; None if nobody knows them yet."""
    for known, days in draft.known.festivals:
        if known == name and days and max(days) >= draft.today:
            return Days(min(days), max(days))
    if name not in _FIXED:
        return None
    month, day, many = _FIXED[name]
    for year in (draft.today.year, draft.today.year + 1):
        first = date(year, month, day)
        if first + timedelta(days=many - 1) >= draft.today:
            return Days(first, first + timedelta(days=many - 1))
    return None


def read_festivals(draft: Draft, bound: Bound) -> None:
    """国庆后, 春节前, 五一期间: a beginning, a limit, a window."""
    for match in _FESTIVAL.finditer(draft.left):
        name, tail = match["f"] or match["g"], match["t"] or ("后" if match["g"] else "")
        days = festival(draft, _FESTIVALS["年前" if name == "年" else name])
        if days is None:
            draft.clash(Clash.UNLISTED, match.start(), match.end())
            draft.blank(match.start(), match.end())
        elif tail.endswith("前"):
            draft.take(Field.UNTIL, match.start(), match.end(), days.first - timedelta(days=1))
        elif tail.endswith("后"):
            draft.take(Field.SINCE, match.start(), match.end(), days.last + timedelta(days=1))
        elif not bound(draft, match.start(), match.end(), days):
            draft.take(Field.DAY, match.start(), match.end(), days, 0.9)
