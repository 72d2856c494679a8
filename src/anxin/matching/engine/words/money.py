"""What may be spent: a limit, a range, about so much; for the hour, the day, the month, the square metre or in all."""

from __future__ import annotations

import re

from anxin.matching.engine.words.numbers import NUMBER, number
from anxin.matching.engine.words.pieces import Budget, Clash, Draft, Field

_MEASURE = r"(?![\d一二两三四五六七八九十百千万])(?!\s*(?:个|小时|钟头|点|号|天|次|位|名|人|平|台|岁|月|周|星期|礼拜|楼|层|斤|公斤|半|餐|顿|遍|趟|口|室|厅|卫|菜|道|年|只|条|件|居|分|刻|:|日))"
_YUAN = r"(?:元|块钱?|圆|¥)"
_ABOUT = r"(?:大概|大约|约|差不多)?"
_LIMIT = r"(?:不超过|不要超过?|不能超过?|不可超过|别超过?|最多|最高|顶多|至多|上限|封顶|控制在|低于|少于|不高于|不要高于|别高于)"
_BELOW, _NEAR = r"(?:以内|之内|以下|封顶|打住|到顶|顶天|内)", r"(?:左右|上下|的样子|出头|光景)"
_UNIT = r"(?P<per>个?小时|个?钟头?|hr?(?![a-z])|天|日|晚|个?月|次|平方米?|平米?|平|㎡)"
_PLAIN = rf"¥?(?P<low>{NUMBER})(?:{_YUAN}?(?:-|~|到)(?P<high>{NUMBER}))?(?P<yuan>{_YUAN}(?P<jiao>[1-9一二三四五六七八九](?!个))?)?"
_AMOUNT = rf"(?P<cue>{_LIMIT}|大概|大约|约|差不多)?(?:出|给|是|在)?{_PLAIN}(?P<tail>{_BELOW}|{_NEAR})?"
_PER = {
    "时": "hour",
    "h": "hour",
    "r": "hour",
    "钟": "hour",
    "头": "hour",
    "天": "day",
    "日": "day",
    "晚": "day",
    "月": "month",
    "次": "visit",
}
_WAGE = {"时薪": "hour", "日薪": "day", "日工资": "day", "日结": "day", "按天": "day", "年薪": "year"}

_PATTERNS = [
    # 一小时四十, 每天三百, 一个月七千五, 每平米2块5
    re.compile(rf"(?:一|每|1){_UNIT}\s*(?:工资|工钱)?{_AMOUNT}{_MEASURE}"),
    # 40一小时, 60块/小时, 五千五一个月
    re.compile(rf"(?<![\d月]){_AMOUNT}\s*(?:/|每|一|(?<!\d)1){_UNIT}(?P<after>{_BELOW}|{_NEAR})?(?!的时间|[次遍趟])"),
    # 月薪8000, 工资一个月五千到六千
    re.compile(rf"(?P<wage>月薪|月工资|薪水|薪资|工资|工钱|时薪|日薪|日工资|日结|月结|按天)(?:一个月|每月|每个月)?[:是]?{_AMOUNT}{_MEASURE}"),
    # 预算300以内, 不超过一百五, 最多出八百
    re.compile(rf"(?:预算|价格|价钱|费用|报价|出价)(?:是|在|大概|大约|约|:|一共|总共)?{_AMOUNT}{_MEASURE}"),
    re.compile(rf"(?P<cue>{_LIMIT})(?:出|给|在|到)?{_PLAIN}(?P<tail>{_BELOW})?{_MEASURE}"),
]  # fmt: skip
# 两百块以内, 200到300, 三百五以内, 五六百块, 1.2万
_LOOSE = re.compile(rf"(?P<cue>大概|大约|约|差不多)?{_PLAIN}(?P<tail>{_BELOW}|{_NEAR})?{_MEASURE}")
_BETWEEN = re.compile(
    r"(?:(?:一|每)(?P<per>个?月|天|个?小时))?(?P<low>[一二三四五六七八九])(?P<high>[一二三四五六七八九])(?P<of>[百千万])(?:元|块钱?|圆|多)?"
)
# 5500 alone in its clause, or behind how long.
_BARE = re.compile(r"(?:(?<=[,。;\s])|(?<=小时)|^)(?P<low>\d{2,5})(?=$|[,。;\s!])")
_LEAST, _MOST = 2000, 10_000_000_00


def read(draft: Draft) -> None:
    """Take the first amount that is a budget."""
    if _between(draft):
        return
    for pattern in _PATTERNS:
        for match in pattern.finditer(draft.left):
            if _keep(draft, match, loose=False):
                return
    for match in _LOOSE.finditer(draft.left):
        if _is_money(match) and _keep(draft, match, loose=True):
            return
    for match in _BARE.finditer(draft.left):
        if _keep(draft, match, loose=True):
            return


def _between(draft: Draft) -> bool:
    """五六百块."""
    if not (match := _BETWEEN.search(draft.left)):
        return False
    low, high = (number(sign + match["of"]) for sign in (match["low"], match["high"]))
    if low is None or high is None or low >= high:
        return False
    unit = _PER.get(match["per"][-1], "") if match["per"] else ""
    value = Budget(round(low * 100), round(high * 100), unit)
    draft.take(Field.BUDGET, match.start(), match.end(), value, 0.9)
    return True


def _is_money(match: re.Match[str]) -> bool:
    """A bare number is an amount if it has a unit of money, a limit behind it, or is said as amounts are."""
    if match["yuan"] or match["tail"] in ("左右", "上下"):
        return True
    if match["tail"] or match["high"]:
        return (number(match["low"]) or 0) >= 50
    return bool(re.search(r"[千万kw]", match["low"]))


def _fen(text: str, jiao: str | None = None) -> int | None:
    value = number(text)
    if value is None:
        return None
    tenths = number(jiao) if jiao else 0
    return round(value * 100 + (tenths or 0) * 10)


def _keep(draft: Draft, match: re.Match[str], *, loose: bool) -> bool:
    groups = match.groupdict()
    low = _fen(groups["low"], groups.get("jiao") if not groups.get("high") else None)
    high = _fen(groups["high"], groups.get("jiao")) if groups.get("high") else low
    if low is None or high is None or not 0 < max(low, high) <= _MOST:
        return False
    # 3到5千
    if groups.get("high") and low < 10_00 and high >= 1000_00 and re.search(r"[千万kw]", groups["high"]):
        low *= 1000 if re.search("[千k]", groups["high"]) else 10_000
    unit = _unit(groups)
    if not unit and max(low, high) < _LEAST:
        return False
    tail = groups.get("tail") or groups.get("after") or ""
    limit = bool(re.fullmatch(_BELOW, tail)) or bool(re.fullmatch(_LIMIT, groups.get("cue") or ""))
    about = not limit and (bool(tail) or bool(groups.get("cue")))
    value = Budget(None if limit and low == high else low, high, unit, about)
    if low > high:
        draft.clash(Clash.BUDGET, match.start(), match.end())
    draft.take(Field.BUDGET, match.start(), match.end(), value, 0.8 if loose else 0.95)
    return True


def _unit(groups: dict[str, str | None]) -> str:
    if wage := groups.get("wage"):
        return _WAGE.get(wage, "month")
    if per := groups.get("per"):
        return _PER.get(per[-1], "sqm")
    return ""
