"""Words of the trade that were typed by their sound with a wrong sign: 报洁, 空条, 月扫, 按装, 保母."""

from __future__ import annotations

import re

from anxin.matching.engine.words.pieces import Vocabulary

WORDS = (
    "保洁", "保姆", "月嫂", "育儿嫂", "育婴师", "育婴嫂", "钟点工", "小时工", "空调", "油烟机", "洗衣机", "热水器", "冰箱", "马桶", "疏通",
    "催乳", "通乳", "开荒", "擦窗", "擦玻璃", "护工", "护理", "陪诊", "陪护", "陪聊", "收纳", "整理", "搬家", "管家", "助浴", "打扫", "大扫除",
    "除螨", "打蜡", "地毯", "沙发", "床垫", "装修", "月子", "做饭", "烧饭", "水管", "水龙头", "跳闸", "插座", "遛狗", "喂猫", "民宿", "农家乐",
    "接送", "玻璃", "卫生", "安装", "维修", "清洗", "家电", "家政", "灯泡", "下水道", "衣柜", "窗帘", "窗户", "送餐", "洗澡", "住院", "瘫痪",
    "痴呆", "投诉", "培训", "求职", "阿姨", "电工", "晾衣架",
)  # fmt: skip
# Words of their own that sound like one of those.
_REAL = frozenset(
    ["为生", "有生", "民俗", "地摊", "大嫂", "官家", "投宿", "求知", "求治", "腔调", "盒装", "打落", "解送", "乐子", "保价", "家丁", "正理", "清晰",
     "住远", "住园", "加电", "点工", "一柜", "关家", "洗早", "整里", "水关", "通入", "收那", "窗糊"]
)  # fmt: skip


def mended(said: str, known: Vocabulary) -> str:
    """The words with the right signs, one for one, so that places in the text stay."""
    pattern, words = known.once("sounds", _index)
    for match in pattern.finditer(said):
        typed, word = match[0], words[match.lastgroup or ""]
        alike = sum(a == b for a, b in zip(typed, word, strict=True))
        if typed != word and alike >= len(word) - 1 and typed not in _REAL:
            said = said[: match.start()] + word + said[match.end() :]
    return said


def _index(_known: Vocabulary) -> tuple[re.Pattern[str], dict[str, str]]:
    """One pattern of all words, each sign standing for every sign of its sound."""
    from pypinyin import lazy_pinyin  # costs a fifth of a second of every start
    from pypinyin.pinyin_dict import pinyin_dict

    spoken = {word: [_plain(sound) for sound in lazy_pinyin(word)] for word in WORDS}
    signs: dict[str, set[str]] = {sound: set() for sounds in spoken.values() for sound in sounds}
    for code, several in pinyin_dict.items():
        sound = _plain(several.split(",")[0])
        if 0x4E00 <= code <= 0x9FFF and sound in signs:
            signs[sound].add(chr(code))
    names = {f"w{n}": word for n, word in enumerate(sorted(WORDS, key=lambda w: (-len(w), w)))}
    parts = [
        f"(?P<{name}>"
        + "".join(f"[{sign}{''.join(sorted(signs[s]))}]" for sign, s in zip(word, spoken[word], strict=True))
        + ")"
        for name, word in names.items()
    ]
    return re.compile("|".join(parts)), names


def _plain(sound: str) -> str:
    """A syllable without its tone."""
    return "".join(_TONES.get(sign, sign) for sign in sound)


_TONES = {
    toned: plain
    for plain, several in {
        "a": "āáǎà",
        "e": "ēéěè",
        "i": "īíǐì",
        "o": "ōóǒò",
        "u": "ūúǔù",
        "ü": "ǖǘǚǜ",
        "n": "ńňǹ",
        "m": "ḿ",
    }.items()
    for toned in several
}
