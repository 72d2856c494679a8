"""The whole: each grammar reads what the ones before it have left, the surest first."""

from __future__ import annotations

import re
from datetime import datetime

from anxin.matching.engine.words import days, home, hours, money, rhythm, services, sound, spots, wishes
from anxin.matching.engine.words.numbers import CHINESE, WHOLE, alike, whole
from anxin.matching.engine.words.pieces import Draft, Field, Understood, Vocabulary

LONGEST = 500
_WORKER = "(?:阿姨|师傅|保洁员?|工人|帮工|钟点工|小时工|护工|保姆|服务员|小工|搬运工|帮厨|厨师)"
_SEVERAL = rf"(?P<n>(?!一)(?:[2-9]|1\d|[{CHINESE}]{{1,2}}))"
_PEOPLE = [
    re.compile(rf"(?P<n>{WHOLE})(?:个|位|名)?{_WORKER}"),
    re.compile(rf"(?P<n>{WHOLE})(?:个人|位|人|名)(?=来|做|打扫|上门|就够|一起|帮|干|去|擦|搬|洗|$|[,。;])"),
    re.compile(rf"{_WORKER}要?(?P<n>{WHOLE})(?:名|位|个(?![班月小钟星礼半]))"),
    re.compile(rf"(?:要|需要|来|请|派|叫|缺)(?P<n>{WHOLE})(?:个人|人|位|名)"),
    # 来两个力气大的师傅; 一个细心的阿姨 counts nobody.
    re.compile(rf"{_SEVERAL}(?:个|位|名)[^,。;\d一二两三四五六七八九十]{{1,6}}{_WORKER}"),
    re.compile(
        rf"(?:月嫂|育儿嫂|护理员)要?{_SEVERAL}(?:名|位|个(?![班月小钟星礼半]))|{_SEVERAL.replace('<n>', '<m>')}(?:个|名|位)(?:月嫂|育儿嫂|护理员)"
    ),
    re.compile(rf"{_SEVERAL}个?人(?=(?:搞|弄|抬)(?!不)|一天|半天)"),
    re.compile(rf"(?:要|来|请|派|缺|找){_SEVERAL}(?:个|位|名)[^,。;]{{1,6}}的(?=[,。;!]|$)"),
]
# 90方, 说错了, 是190方: what was taken back, of the same kind as what stands behind.
_TAKEN_BACK = re.compile(
    "说错了?|写错了?|打错了?|搞错了?|弄错了?|不对|哦不|噢不|更正|改成|改为|应该是|口误|不不"
)
_KINDS = [
    re.compile(rf"(?:{WHOLE})个?(?:{kind})")
    for kind in (
        "平方米?|平米?|方|㎡",
        "点半?",
        "小时|钟头",
        "块钱?|元",
        "人|阿姨|师傅",
        "室|房",
        "台|件|张",
        "岁",
        "楼|层",
        "天",
    )
]


def understand(text: str, known: Vocabulary, now: datetime) -> Understood:
    """What the words say. now: local, with its zone. Only the first LONGEST signs are read; nothing is refused."""
    said = sound.mended(alike(text[:LONGEST]), known)
    draft = Draft(said=said, left=said, now=now, known=known)
    services.read(draft)
    _take_back(draft)
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


def _take_back(draft: Draft) -> None:
    """Blank out what was put right a moment later."""
    for back in _TAKEN_BACK.finditer(draft.said):
        for kind in _KINDS:
            before = list(kind.finditer(draft.left, max(0, back.start() - 16), back.start()))
            if before and kind.search(draft.left, back.end(), back.end() + 10):
                draft.blank(before[-1].start(), before[-1].end())


def _people(draft: Draft) -> None:
    """How many are to come."""
    for pattern in _PEOPLE:
        if match := pattern.search(draft.left):
            many = whole(next(filter(None, match.groups())))
            if many and 1 <= many <= 20:
                draft.take(Field.PEOPLE, match.start(), match.end(), many, 0.9)
                return
