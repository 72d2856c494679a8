"""What comes again: every day, twice a week, Mondays and Thursdays, every other Saturday.

Written `daily`, `workday`, `weekend`, `w` (weekly), `w2,4` (days of the week), `2w` (every two weeks), `2w6`,
`3pw` (times a week), `1pm` (times a month), `m15` (day of the month).
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from anxin.matching.engine.words.numbers import WHOLE, whole
from anxin.matching.engine.words.pieces import Draft, Field

WEEK = "(?:周|星期|礼拜)"
_DAY = "[一二三四五六日天1-7]"
DAYS = {"一": 1, "二": 2, "三": 3, "四": 4, "五": 5, "六": 6, "日": 7, "天": 7} | {
    str(n): n for n in range(1, 8)
}
_AND = rf"(?:[、,和跟及与/]*(?:{WEEK})?)"
_PARTS = "(?:早上|早晨|上午|中午|下午|傍晚|晚上|晚)"
# 周六或者周日, 周三到周五哪天都可以: one of them, not each.
_ANY = r"(?:[^,。;]{0,6}(?:哪天|都可以|都行|均可|任选|随便))"

_TIMES_WEEK = re.compile(
    rf"(?:每|一){{1}}个?{WEEK}(?:[^,。;\d一二两三四五六七八九十]{{0,4}})(?P<n>{WHOLE})(?:次|回|趟)"
)
_TIMES_MONTH = re.compile(rf"(?:每|一)个?月(?:来|做|上门)?(?P<n>{WHOLE})(?:次|回|趟)")
_APART = re.compile(
    rf"(?P<each>隔|每隔一?个?|每[两二2]个?|[两二2]个?){WEEK}(?:的?{WEEK}(?P<a>{_DAY})|[^,。;]{{0,2}}(?P<once>一次|一回)|(?P<bare>(?=[,。;来做打]|$)))"
)
_RANGE = re.compile(
    rf"(?P<each>每个?)?(?<![上下这本])(?<!下个)(?<!这个){WEEK}(?P<a>{_DAY})(?:到|-|~){WEEK}?(?P<b>{_DAY})(?P<any>{_ANY})?"
)
_LISTED = re.compile(
    rf"(?P<each>每个?)?(?<![上下这本])(?<!下个)(?<!这个){WEEK}(?P<days>{_DAY}(?:{_AND}{_DAY})*)(?![个号月点:次回趟]|\d(?!\d?[:点])|小时)(?P<any>{_ANY})?"
)
_BARE = re.compile(
    rf"(?<![周期拜第十百])(?P<days>[一二三四五六]{{2,6}}|[一二三四五六](?:[、][一二三四五六日])+)(?={_PARTS}|早|晚|\d{{1,2}}[:点])"
)
# 每月第一个周六: no rhythm that can be written, and no Saturday of this week either.
_NTH = re.compile(rf"第[一二三四1-4]个{WEEK}[一二三四五六日天末]")
_SIMPLE: tuple[tuple[str, str], ...] = (
    ("weekend", rf"每个?(?:周末|双休日?)|双休日|每逢周末|每{WEEK}末"),
    ("workday", r"(?:平时|每个?)?工作日(?:每天)?|平日里?"),
    ("daily", r"每天|每日|天天|每晚(?!上)|每早"),
    ("w", rf"每(?:个)?{WEEK}(?![一二三四五六日天末1-7\d])(?:一次)?"),
)
_COMPILED = [(code, re.compile(pattern)) for code, pattern in _SIMPLE]


def read(draft: Draft) -> None:
    """Take one rhythm; days of the week say more than `daily` or 一周三次."""
    for said in _NTH.finditer(draft.left):
        draft.blank(said.start(), said.end())
    if any(len(_several(match["days"])) > 2 for match in _LISTED.finditer(draft.left)) and _weekdays(draft):
        for pattern in (_TIMES_WEEK, *(simple for _code, simple in _COMPILED)):
            for said in pattern.finditer(draft.left):
                draft.blank(said.start(), said.end())
        return
    for name, pattern in (("pw", _TIMES_WEEK), ("pm", _TIMES_MONTH)):
        if match := pattern.search(draft.left):
            times = whole(match["n"])
            if times and 1 <= times <= 14:
                draft.take(Field.EVERY, match.start(), match.end(), f"{times}{name}")
                return
    if (match := re.search(rf"每个?月的?(?P<d>{WHOLE})[号日]", draft.left)) and 1 <= (
        whole(match["d"]) or 0
    ) <= 31:
        draft.take(Field.EVERY, match.start(), match.end(), f"m{whole(match['d'])}")
        return
    if match := re.search(r"每个?月(?=[^,。;\d]{0,4}一次)[^,。;\d]{0,4}一次", draft.left):
        draft.take(Field.EVERY, match.start(), match.end(), "1pm")
        return
    apart = _APART.search(draft.left)
    # 先做两个星期 is a length.
    if apart and (apart["bare"] is None or apart["each"][0] in "每隔"):
        draft.take(Field.EVERY, apart.start(), apart.end(), f"2w{DAYS[apart['a']]}" if apart["a"] else "2w")
        return
    if _weekdays(draft):
        _drop_daily(draft)
        return
    for code, pattern in _COMPILED:
        if match := pattern.search(draft.left):
            draft.take(Field.EVERY, match.start(), match.end(), code)
            return


def _weekdays(draft: Draft) -> bool:
    match = _RANGE.search(draft.left)
    if match and not match["any"] and (match["each"] or (match["a"] == "一" and match["b"] in "五六日天")):
        first, last = DAYS[match["a"]], DAYS[match["b"]]
        if first < last:
            draft.take(
                Field.EVERY,
                match.start(),
                match.end(),
                _week(range(first, last + 1)),
                0.95 if match["each"] else 0.8,
            )
            return True
    for match in _LISTED.finditer(draft.left):
        days = _several(match["days"])
        if days and (match["each"] or (len(days) > 1 and not match["any"] and not _a_weekend(days))):
            draft.take(
                Field.EVERY, match.start(), match.end(), _week(days),
                0.95 if match["each"] else 0.8,
            )  # fmt: skip
            return True
    if match := _BARE.search(draft.left):
        days = _several(match["days"])
        if len(days) > 1:
            draft.take(Field.EVERY, match.start(), match.end(), _week(days), 0.8)
            return True
    return False


def _week(days: Iterable[int]) -> str:
    return "w" + ",".join(map(str, days))


def _several(text: str) -> list[int]:
    """The days of a list in their order; nothing if it does not rise, as 五三 does not."""
    days = [DAYS[sign] for sign in text if sign in DAYS]
    return days if days == sorted(set(days)) else []


def _a_weekend(days: list[int]) -> bool:
    return days == [6, 7]


def _drop_daily(draft: Draft) -> None:
    """每天下午四点半，周一到周五: the days are those of the week."""
    for _code, pattern in _COMPILED[1:3]:
        for match in pattern.finditer(draft.left):
            draft.blank(match.start(), match.end())
