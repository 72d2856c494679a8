"""What was understood, in the reader's language: for the chips, the marked sentence and the contradictions."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from anxin.kit.money import yuan
from anxin.matching.engine.words import Budget, Clash, Clock, Days, Field, Piece, Place, Understood

FIELDS = {
    Field.SERVICE: gettext_lazy("服务"), Field.DAY: gettext_lazy("日子"), Field.UNTIL: gettext_lazy("最晚"),
    Field.SINCE: gettext_lazy("从哪天起"), Field.EVERY: gettext_lazy("多久一次"), Field.TIME: gettext_lazy("时间"),
    Field.HOURS: gettext_lazy("每次多久"), Field.TERM: gettext_lazy("一共多久"), Field.PLACE: gettext_lazy("地点"),
    Field.PEOPLE: gettext_lazy("几个人来"), Field.BUDGET: gettext_lazy("预算"), Field.WISH: gettext_lazy("希望"),
    Field.ASIDE: gettext_lazy("不用来挑人"), Field.AREA: gettext_lazy("面积"), Field.ROOMS: gettext_lazy("几室"),
    Field.BATHS: gettext_lazy("卫生间"), Field.FLOOR: gettext_lazy("楼层"), Field.LIFT: gettext_lazy("电梯"),
    Field.VOLUME: gettext_lazy("东西多少"), Field.PETS: gettext_lazy("宠物"), Field.CHILD: gettext_lazy("孩子"),
    Field.ELDER: gettext_lazy("老人年龄"), Field.CARE: gettext_lazy("自理程度"), Field.WEIGHT: gettext_lazy("体重"),
    Field.FAMILY: gettext_lazy("家里几口人"), Field.EATERS: gettext_lazy("几个人吃"),
    Field.DISHES: gettext_lazy("几个菜"),
    Field.PIECES: gettext_lazy("几件"), Field.KINDS: gettext_lazy("电器"), Field.BABIES: gettext_lazy("几个宝宝"),
    Field.DUE: gettext_lazy("预产期"),
}  # fmt: skip
CLASHES = {
    Clash.BACKWARDS: gettext_lazy("结束时间在开始之前"), Clash.PAST: gettext_lazy("这一天已经过去了"),
    Clash.NO_SUCH_DAY: gettext_lazy("没有这一天"), Clash.WEEKDAY: gettext_lazy("星期和日期对不上"),
    Clash.BUDGET: gettext_lazy("预算的上下限颠倒了"), Clash.LENGTH: gettext_lazy("时长比这段时间还长"),
    Clash.TWO_DAYS: gettext_lazy("说了不止一天，先按前面的"),
    Clash.UNLISTED: gettext_lazy("这个节日的放假安排还没公布，请直接选日子"),
}  # fmt: skip
UNITS = {
    "hour": gettext_lazy("每小时"), "day": gettext_lazy("每天"), "month": gettext_lazy("每月"),
    "visit": gettext_lazy("每次"),
    "sqm": gettext_lazy("每平方米"), "year": gettext_lazy("每年"),
}  # fmt: skip
PARTS = {
    "morning": gettext_lazy("上午"), "noon": gettext_lazy("中午"), "afternoon": gettext_lazy("下午"),
    "evening": gettext_lazy("晚上"),
}  # fmt: skip
OWN = {"home": gettext_lazy("我家"), "parents": gettext_lazy("父母家")}
_A_GUESS = 0.5
# What has a field of its own on the form, or is told by itself.
_BESIDE = {Field.SERVICE, Field.DAY, Field.TIME, Field.HOURS, Field.PLACE, Field.BUDGET, Field.ASIDE}
# A rhythm, a limit, a wish is told in the words that said it: they go into the demand as they are.
_IN_WORDS = {Field.EVERY, Field.TERM, Field.WISH, Field.UNTIL, Field.SINCE}


def value_words(piece: Piece, text: str, names: Mapping[str, str]) -> str:
    """What a piece means; where the words say it best, the words."""
    value = piece.value
    if isinstance(value, Days):
        return _("尽快") if value.asap else _days(value)
    if isinstance(value, Clock):
        return str(PARTS[value.part]) if value.start is None else str(value).replace("-", "–")
    if isinstance(value, Budget):
        return budget_words(value)
    if isinstance(value, Place):
        return value.estate or str(OWN.get(value.own, "")) or names.get(value.code, value.code)
    if piece.field is Field.SERVICE:
        return names.get(str(value), str(value))
    return text[piece.start : piece.end]


def _days(value: Days) -> str:
    first, last = (date_format(day, "MONTH_DAY_FORMAT") for day in (value.first, value.last))
    return first if first == last else f"{first}–{last}"


def budget_words(value: Budget) -> str:
    """¥300 以内, 约 ¥40 每小时."""
    high = yuan(value.high or 0)
    if value.low is None:
        told = _("¥%(high)s 以内") % {"high": high}
    elif value.low != value.high:
        told = f"¥{yuan(value.low)}–{high}"
    else:
        told = _("约 ¥%(high)s") % {"high": high} if value.about else f"¥{high}"
    return f"{told} {UNITS[value.unit]}" if value.unit else told


def facts(said: Understood, names: Mapping[str, str]) -> list[tuple[str, str]]:
    """Everything beside the form's own fields: its key, and what it says."""
    return [
        (
            f"{piece.field}-{piece.start}",
            f"{FIELDS[piece.field]}{_('：')}{value_words(piece, said.text, names)}",
        )
        for piece in said.pieces
        if piece.field not in _BESIDE
    ]


def dropped(said: Understood, kept: set[str]) -> Understood:
    """Without the facts whose tick was taken away."""
    pieces = tuple(one for one in said.pieces if one.field in _BESIDE or f"{one.field}-{one.start}" in kept)
    return Understood(said.text, pieces, said.clashes)


def marked(said: Understood) -> Iterator[tuple[str, str]]:
    """The sentence in stretches: the words, and what they were understood as ("" = nothing)."""
    at = 0
    for piece in said.pieces:
        if piece.start < at or piece.confidence < _A_GUESS:
            continue
        if piece.start > at:
            yield said.text[at : piece.start], ""
        yield said.text[piece.start : piece.end], str(FIELDS[piece.field])
        at = piece.end
    if at < len(said.text):
        yield said.text[at:], ""


# 要 before 四十岁以下 goes with it.
_ASKED = re.compile("(?:只?要|最好是?|希望是?)$")


def without_aside(said: Understood) -> str:
    """The words as they go to whoever comes: without the traits that nobody is chosen by."""
    text = said.text
    for piece in sorted(said.of(Field.ASIDE), key=lambda one: -one.start):
        text = _ASKED.sub("", text[: piece.start]) + text[piece.end :]
    return text.replace("，，", "，").strip(" ，,、。")


def told(said: Understood) -> dict[str, Any]:
    """For a page: the marked sentence, what was set aside, what cannot be, whether the service is only a guess."""
    return {
        "guessed": any(one.confidence < _A_GUESS for one in said.of(Field.SERVICE)),
        "marked": list(marked(said)),
        "aside": list(dict.fromkeys(said.text[one.start : one.end] for one in said.of(Field.ASIDE))),
        "clashes": [(said.text[one.start : one.end], CLASHES[one.clash]) for one in said.clashes],
    }
