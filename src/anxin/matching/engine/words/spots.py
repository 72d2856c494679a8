"""Where: towns, villages, estates and buildings by name, one's own home."""

from __future__ import annotations

import re

from anxin.matching.engine.words.numbers import alike
from anxin.matching.engine.words.pieces import Draft, Field, Place, Spot, Vocabulary

_COUNTY, _TOWN = 6, 9
# What somebody else may write for a sign that few keyboards give.
_VARIANTS = (("於", "于"),)
# Names that are words of their own: only behind 在, 住, 到 … or with what they are.
_WORDS = frozenset({"太阳"})
_STANDS = "(?:在|住|住在|到|去|来|临安|是)"
_OWN: tuple[tuple[str, str], ...] = (
    ("parents", r"(?:去|给|到)?(?:我|老)?(?:爸妈|父母|妈妈?|爸爸?|婆婆|公婆|丈母娘|岳父母?|外婆|奶奶|爷爷)(?:她|他)?家(?!里?有|里?的)"),
    ("home", r"(?:来|到|去|上|在|回)?(?:我家|我们家|自己家|咱家)(?!里?有|里?养|的)|(?:来|到|(?<![晚早])上)家里(?!有)"),
)  # fmt: skip
_KINDS = "小区|花园|家园|公寓|名邸|府邸|雅苑|新村|山庄|嘉园|华府|名苑|广场|大厦"
_SHORT = "国际|(?<!公|乐|儿|校|农)园|(?<!医)苑"
_AFTER = r"$|[,。;、!?\s\0\d]|里|内|附近|门口|旁|[一二三四五六七八九十]+[幢号栋]|这|那|找|要|想|的"
_ESTATE = re.compile(rf"(?P<name>[\u4e00-\u9fff]{{1,8}}?(?:{_KINDS}|(?:{_SHORT})(?={_AFTER})))")
_LEAD = re.compile(r"^(?:.*(?:地址在|住在|人在|就在|家住|地址是|位于|在|住|到|去|给|是|的))")
_NO_ESTATE = re.compile("公园|幼儿园|医院|游乐园|房子|老家")


def read(draft: Draft) -> None:
    """Take one place: the finest that was named, with the town it lies in."""
    named = _named(draft)
    estate = _estate(draft)
    if estate:
        start, end, name = estate
        code = named[2].code if named else ""
        draft.take(Field.PLACE, start, end, Place(code=code, estate=name), 0.6)
        return
    if named:
        start, end, spot, others = named
        sure = 0.95 if not others else 0.6
        draft.take(Field.PLACE, start, end, Place(code=spot.code), sure, others)
        return
    for own, pattern in _OWN:
        if match := re.search(pattern, draft.said):
            draft.note(Field.PLACE, match.start(), match.end(), Place(own=own), 0.8)
            return


def _named(draft: Draft) -> tuple[int, int, Spot, tuple[Place, ...]] | None:
    words, pattern = draft.known.once("spots", _index)
    if not words:
        return None
    found: list[tuple[int, int, list[Spot]]] = []
    for match in pattern.finditer(draft.left):
        bare = match[0] in _WORDS
        if bare and not re.search(_STANDS + "$", draft.said[: match.start()]):
            continue
        found.append((match.start(), match.end(), words[match[0]]))
    if not found:
        return None
    for start, end, _spots in found:
        draft.blank(start, end)
    finest = max(found, key=lambda one: len(one[2][0].code))
    towns = {spot.code for _s, _e, spots in found for spot in spots if len(spot.code) == _TOWN}
    inside = [spot for spot in finest[2] if spot.code[:_TOWN] in towns]
    spot, *rest = inside or finest[2]
    others = () if inside else tuple(Place(code=one.code) for one in rest)
    return finest[0], finest[1], spot, others


def _index(known: Vocabulary) -> tuple[dict[str, list[Spot]], re.Pattern[str]]:
    words: dict[str, list[Spot]] = {}
    for spot in known.spots:
        for name in _names(spot):
            words.setdefault(alike(name), []).append(spot)
    longest = sorted(words, key=lambda word: (-len(word), word))
    return words, re.compile("|".join(map(re.escape, longest)))


def _names(spot: Spot) -> set[str]:
    """All that a place is called: 白牛村委会 is 白牛村, 锦城街道 is 锦城."""
    name = spot.name
    found = {name}
    if len(spot.code) > _TOWN:
        base = re.sub("(?:社区居委会|居委会|村委会|社区|村)$", "", name)
        found |= {base + "社区"} if "社区" in name else {base + "村", base + "村委会"}
        if name.endswith("村村委会"):
            found.add(name.removesuffix("委会").removesuffix("村"))
        if len(base) >= 3:
            found.add(base)
    else:
        base = re.sub("(?:街道|镇|乡|区|市|县)$", "", name)
        if len(base) >= 2:
            found |= {base, base + "镇"} if len(spot.code) == _TOWN and "镇" in name else {base}
    return found | {one.replace(old, new) for one in found for old, new in _VARIANTS}


def _estate(draft: Draft) -> tuple[int, int, str] | None:
    for match in _ESTATE.finditer(draft.left):
        name = _LEAD.sub("", match["name"])
        if len(name) >= 3 and not _NO_ESTATE.search(name):
            return match.end("name") - len(name), match.end("name"), name
    return None
