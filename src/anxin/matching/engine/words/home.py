"""The home and its people, as far as a service asks for them: area, rooms, floor, pets, ages, how many eat."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from anxin.matching.engine.words.numbers import WHOLE, number, whole
from anxin.matching.engine.words.pieces import Draft, Field

_CHILD_WORDS = r"(?:宝宝|小囡|毛头|闺女|外孙女?|小家伙|二宝|大宝|小宝|老大|老二|孩子|小孩子?|娃娃?|宝贝|小朋友|儿子|女儿|婴儿|孙子|孙女)"
_ELDER_WORDS = (
    r"(?:老人家?|老妈|老爸|妈妈?|爸爸?|父亲|母亲|爷爷|奶奶|外公|外婆|公公|婆婆|老伴|老太太|老爷子|病人)"
)
_YEARS = rf"(?P<years>{WHOLE})周?岁(?:(?P<half>半)(?![自失身边个天])|零?(?P<odd>{WHOLE})个月)?"
_MONTHS = rf"(?P<months>{WHOLE})个(?P<mid>半)?月(?:大|了)?"
_CHILD_AGE = [
    re.compile(rf"{_CHILD_WORDS}[^,。;]{{0,4}}?(?:{_YEARS}|{_MONTHS}|(?P<moon>刚?满月)|(?P<sixth>半岁))"),
    re.compile(rf"(?:{_YEARS}|{_MONTHS}大?)的?(?:小)?{_CHILD_WORDS}"),
]
_AGE = re.compile(_YEARS)
_ELDER_AGE = re.compile(
    rf"{_ELDER_WORDS}(?:今年|都|已经|快)?(?P<years>{WHOLE})(?:多?岁|了)?(?![个\d.,]?[平元块天次月小])"
)
# 七十六了, 今年81: where somebody old is spoken of.
_TURNED = re.compile(
    r"(?P<years>[五六七八九]十[一二三四五六七八九]?|(?<![\d.])[5-9]\d)(?:多|岁)?(?:了|高龄)|今年(?:都|快|已经)?(?P<now>[五六七八九]十[一二三四五六七八九]?|[5-9]\d)(?![\d块元万千])"
)
_OF_THE_OLD = ("02", "04", "05")
# Who looks for work or a class speaks of their own age.
_OWN_AGE = {"1001", "1002"}
_CHILD_SERVICES, _OLD, _OLDEST, _GROWN = ("03",), 50, 125, 18

Value = Callable[[re.Match[str]], Any]


def _number(match: re.Match[str]) -> float | int | None:
    found = number(match["n"])
    return int(found) if found is not None and found == int(found) else found


def _half(match: re.Match[str]) -> float | None:
    """斤 is half a kilogram."""
    found = number(match["n"])
    return None if found is None else int(found / 2) if found % 2 == 0 else found / 2


def _const(value: Any) -> Value:
    return lambda _match: value


# Field, pattern, value, least and most.
_FACTS: tuple[tuple[Field, str, Value, float, float], ...] = (
    (Field.AREA, rf"(?P<n>{WHOLE}|\d+\.\d)多?(?:平方米|平方|平米|平(?!常|时)|㎡|个平方|方(?![便式法向案面]))(?:左右)?", _number, 3, 5000),
    (Field.VOLUME, r"[一1单]居室?", _const("single"), 0, 0),
    (Field.VOLUME, r"[两二2]居室?", _const("double"), 0, 0),
    (Field.VOLUME, r"[三3]居室?", _const("triple"), 0, 0),
    (Field.ROOMS, rf"(?P<n>{WHOLE})(?:室|房(?!间))", _number, 1, 20),
    (Field.BATHS, rf"(?P<n>{WHOLE})个?(?:卫生间|卫(?!星|浴)|洗手间|厕所|浴室)", _number, 1, 20),
    (Field.FLOOR, rf"第?(?P<n>{WHOLE})(?:楼|层(?!楼))", _number, 1, 100),
    (Field.LIFT, r"(?:没有?|无|不带)电梯|步梯|楼梯房", _const("no"), 0, 0),
    (Field.LIFT, r"(?:有|带)电梯|电梯房", _const("yes"), 0, 0),
    (Field.CARE, r"半自理|半失能|部分自理", _const("half"), 0, 0),
    (Field.CARE, r"(?:生活)?(?:完全)?(?:不能|无法|不会|没法|不)自理", _const("none"), 0, 0),
    (Field.CARE, r"(?:生活)?(?:能|可以|能够|基本|会|完全|生活)自理", _const("self"), 0, 0),
    (Field.WEIGHT, rf"(?P<n>{WHOLE})(?:公斤|kg|千克)", _number, 20, 250),
    (Field.WEIGHT, rf"(?P<n>{WHOLE})斤", _half, 20, 250),
    (Field.BABIES, r"(?<!带过)(?:双胞胎|龙凤胎|两个宝宝)", _const(2), 0, 0),
    (Field.BABIES, r"三胞胎", _const(3), 0, 0),
    (Field.DISHES, rf"(?P<n>{WHOLE})[个道]?菜(?:{WHOLE}(?:个)?汤)?", _number, 1, 40),
    (Field.FAMILY, rf"(?P<n>{WHOLE})口(?:之家|人)?", _number, 1, 20),
    (Field.FAMILY, rf"家里(?:有|一共)?(?P<n>{WHOLE})个?人", _number, 1, 20),
    (Field.EATERS, rf"(?P<n>{WHOLE})个?人(?:吃饭?|用餐|就餐|份)", _number, 1, 100),
)  # fmt: skip
_COMPILED = [(field, re.compile(pattern), value, low, high) for field, pattern, value, low, high in _FACTS]
_ADDED = re.compile(rf"(?P<a>{WHOLE})大(?P<b>{WHOLE})小(?:{WHOLE}口人?)?")
_PETS = re.compile(
    r"(?:养了?|有(?![人没谁空])|[一二两三四五几\d是](?:只|条|个))[^,。;猫狗]{0,4}?(?P<cat>猫|英短|美短|布偶|橘猫|加菲|暹罗)|(?:养了?|有(?![人没谁空])|[一二两三四五几\d是](?:只|条|个))"
    r"[^,。;猫狗]{0,4}?(?P<dog>狗|犬|金毛|泰迪|拉布拉多|哈士奇|柯基|边牧|柴犬|贵宾|雪纳瑞|比熊|博美|法斗|萨摩耶|阿拉斯加|毛孩子)|(?:养了?|有)[^,。;]{0,2}(?P<other>宠物)"
)
_MACHINES = {
    "ac": "空调|挂机|柜机", "hood": "油?烟机", "washer": "洗衣机|滚筒|波轮", "fridge": "冰[箱柜]", "heater": "热水器",
    "microwave": "微波炉|烤箱", "tv": "电视",
}  # fmt: skip
_MACHINE = re.compile("|".join(f"(?P<{code}>{words})" for code, words in _MACHINES.items()))
_OF_MACHINES, _OF_PIECES, _OF_MEALS = {"0105", "0601"}, {"0105", "0106", "0601", "0604"}, {"0204"}
_PIECES = re.compile(
    rf"(?P<n>{WHOLE})(?:台|件|张|组|套|块(?!钱|\d)|个(?!人|月|小时|钟|卫|阿姨|师傅|平|菜|宝宝|孩子))"
)
_GUESTS = re.compile(rf"(?P<n>{WHOLE})(?:个人|位(?:客人)?|人)(?!来|做|打扫|上门|就够|一起|力)")


def read(draft: Draft) -> None:
    """Take the facts of the home. Those that hang on the service come after it is known."""
    _people(draft)
    if match := _ADDED.search(draft.left):
        grown, small = whole(match["a"]), whole(match["b"])
        if grown and small:
            draft.take(Field.FAMILY, match.start(), match.end(), grown + small)
    had: set[Field] = {piece.field for piece in draft.pieces}
    for field, pattern, value, low, high in _COMPILED:
        if field in had:
            continue
        for match in pattern.finditer(draft.left):
            found = value(match)
            if found is not None and (not high or low <= found <= high):
                draft.take(field, match.start(), match.end(), found)
                had.add(field)
                break
    for match in _PETS.finditer(draft.said):
        draft.note(Field.PETS, match.start(), match.end(), next(k for k, v in match.groupdict().items() if v))
    _things(draft)


def _people(draft: Draft) -> None:
    """Ages: of a child in months, of an old person in years."""
    for pattern in _CHILD_AGE:
        if match := pattern.search(draft.left):
            months = _months(match)
            if months is not None and 0 < months < _GROWN * 12:
                draft.take(Field.CHILD, match.start(), match.end(), months)
                break
    if draft.services() & _OWN_AGE:
        return
    for match in _AGE.finditer(draft.left):
        years = whole(match["years"])
        if years is not None and _OLD <= years <= _OLDEST:
            draft.take(Field.ELDER, match.start(), match.end(), years)
            return
        child = years is not None and 0 < years < _GROWN
        if child and any(code.startswith(_CHILD_SERVICES) for code in draft.services()):
            draft.take(Field.CHILD, match.start(), match.end(), _months(match), 0.8)
            return
    if match := _ELDER_AGE.search(draft.left):
        years = whole(match["years"])
        if years is not None and _OLD <= years <= _OLDEST:
            draft.take(Field.ELDER, match.start("years"), match.end(), years, 0.8)
            return
    if any(code.startswith(_OF_THE_OLD) for code in draft.services()) and (
        match := _TURNED.search(draft.left)
    ):
        years = whole(match["years"] or match["now"])
        draft.take(Field.ELDER, match.start(), match.end(), years, 0.8)


def _months(match: re.Match[str]) -> int | None:
    groups = match.groupdict()
    if groups.get("moon"):
        return 1
    if groups.get("sixth"):
        return 6
    if groups.get("years"):
        years = whole(groups["years"] or "")
        odd = 6 if groups.get("half") else whole(groups.get("odd") or "") or 0
        return None if years is None or odd > 11 else years * 12 + odd
    return whole(groups.get("months") or "")


def _things(draft: Draft) -> None:
    """Machines, pieces and guests, where the service asks for them."""
    services = draft.services()
    if services & _OF_MACHINES:
        for match in _MACHINE.finditer(draft.said):
            draft.note(
                Field.KINDS, match.start(), match.end(), next(k for k, v in match.groupdict().items() if v)
            )
    if services & _OF_PIECES:
        found = [(m, whole(m["n"])) for m in _PIECES.finditer(draft.left)]
        counted = [(m, n) for m, n in found if n and n <= 50]
        if counted:
            total = sum(n for _m, n in counted)
            draft.take(Field.PIECES, counted[0][0].start(), counted[0][0].end(), total)
            for match, _n in counted[1:]:
                draft.blank(match.start(), match.end())
    had = {piece.field for piece in draft.pieces}
    if services & _OF_MEALS and not had & {Field.EATERS, Field.FAMILY}:
        for match in _GUESTS.finditer(draft.left):
            many = whole(match["n"])
            if many and 2 <= many <= 100:
                draft.take(Field.EATERS, match.start(), match.end(), many, 0.8)
                return
