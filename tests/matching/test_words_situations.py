"""Services that are asked for by what ails a home or its people, in sentences of no set."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anxin.matching.engine import words
from anxin.matching.engine.words import Field, likeness, sound
from benchmarks import words as benchmark
from tests import thorough
from tests.matching.words import KNOWN, NOW, first

pytestmark = pytest.mark.requirement("E-5", "B-7.4.2")
ALL = benchmark.vocabulary()


def services(text: str) -> list[str]:
    return list(words.understand(text, ALL, NOW).all(Field.SERVICE))


@pytest.mark.parametrize(
    ("text", "code"),
    [
        # A thing and its dirt, its fault, its place.
        ("滚筒里老有黑色的碎屑，一股臭味", "0105"), ("滚筒脱水时抖得厉害", "0601"), ("纱窗积了厚厚一层灰", "0104"), ("地毯上打翻了红酒", "0106"),
        ("衣服多得柜子关不上", "0107"), ("洗菜池的水半天下不去", "0603"), ("马桶水箱一直哗哗流", "0602"), ("新买的电视想挂墙上", "0604"),
        ("厨房瓷砖上一层油", "0102"), ("新家马上要入住，地上还有油漆点", "0103"), ("二手冰箱要人帮忙抬上楼", "0701"),
        # People and what they need.
        ("爷爷起夜要人扶", "0401"), ("奶奶老是忘记关煤气，出门找不到家", "0405"), ("老妈电话打不通，快去看看", "0407"), ("天天一个人在家，老人没人说话", "0406"),
        ("老两口做不动饭了", "0402"), ("瘫在床上的妈妈想擦个身", "0403"), ("老爸去杭州复诊，要人跟着", "0404"), ("老公腿打了石膏，白天没人管", "0501"),
        ("ICU出来转普通病房，要护工", "0502"), ("产假快结束了，孩子没人带", "0302"), ("胸口胀奶疼得发烧了", "0303"), ("坐月子家里人不会做饭", "0304"),
        ("生完以后老是想哭", "0306"), ("老婆下周剖，缺人伺候月子", "0301"), ("我下班赶不上接小孩", "0305"), ("兔子要人照顾几天", "0902"),
    ],
)  # fmt: skip
def test_a_service_is_known_by_what_is_wrong_or_wanted(text: str, code: str) -> None:
    assert services(text) == [code]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("你们还招保洁员吗", "1002"), ("我是做饭阿姨，有合适的人家介绍一下", "1002"), ("想学护理老人，考个证", "1001"), ("阿姨把我花瓶打碎了不认账", "1003"),
        ("保姆干了三天跑了，公司不退钱", "1003"),
    ],
)  # fmt: skip
def test_who_looks_for_work_learns_or_complains_asks_for_no_help_at_home(text: str, code: str) -> None:
    assert services(text) == [code]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("不要月嫂，找育儿嫂", ["0302"]), ("不用做饭，只要打扫", ["0101"]), ("不住家的保姆", ["0202"]), ("打扫，做饭就不用了", ["0101"]),
        ("月嫂，说错了，是育儿嫂", ["0302"]), ("想找保姆，要住家", ["0201"]), ("是不是保姆都要住家", ["0201"]),
    ],
)  # fmt: skip
def test_what_is_not_wanted_or_was_taken_back_is_not_asked_for(text: str, found: list[str]) -> None:
    assert services(text) == found


@pytest.mark.parametrize(
    ("text", "right"),
    [("终点工一次几个小时", "钟点工一次几个小时"), ("保母", "保姆"), ("按装吊灯", "安装吊灯"), ("空条", "空调"), ("地摊生意", "地摊生意"), ("钟点工", "钟点工")],
)  # fmt: skip
def test_a_wrong_sign_of_the_right_sound_is_read_as_it_was_meant(text: str, right: str) -> None:
    assert sound.mended(text, ALL) == right


def test_what_no_rule_knows_is_guessed_and_told_as_a_guess() -> None:
    [piece] = words.understand("脐带护理和抚触", ALL, NOW).of(Field.SERVICE)
    assert (piece.value, piece.confidence < 0.5) == ("0301", True)
    assert likeness.guess("脐带护理和抚触", KNOWN) is None  # a catalogue that says nothing of itself


@pytest.mark.parametrize(
    "text", ["你好在吗", "怎么收费的", "可以取消吗", "今天天气不错", "锦城街道", "我想咨询一下"]
)
def test_nothing_is_guessed_from_nothing(text: str) -> None:
    assert services(text) == []


@pytest.mark.parametrize(
    ("text", "field", "value"),
    [
        ("孩子两岁三个月，找育儿嫂", Field.CHILD, "27"), ("我妈今年81，要人照顾", Field.ELDER, "81"), ("老爸快九十了，陪聊", Field.ELDER, "90"),
        ("八十二岁半自理，要护工", Field.CARE, "half"), ("钟点工 45/h", Field.BUDGET, "45/hour"), ("日结220，护工", Field.BUDGET, "220/day"),
        ("打扫，别超过一百八", Field.BUDGET, "<=180"), ("打扫，两百六封顶", Field.BUDGET, "<=260"), ("每周二四9:00打扫", Field.EVERY, "w2,4"),
        ("先做两个星期护工", Field.TERM, "2w"), ("先做两个星期护工", Field.EVERY, None), ("保姆做了八天", Field.TERM, None), ("打扫，干净一点", Field.TIME, None),
        ("地板一点光都没有", Field.TIME, None), ("今天到下周一喂猫", Field.DAY, "2026-03-18..2026-03-23"), ("打扫到月底", Field.UNTIL, "2026-03-31"),
        ("打扫60平，写错了，160平", Field.AREA, "160"), ("下午三点，不对，四点打扫", Field.TIME, "16:00"), ("来三个有力气的师傅", Field.PEOPLE, "3"),
        ("一个细心的阿姨", Field.PEOPLE, None), ("现在住的地方要打扫", Field.DAY, None), ("不着急，打扫", Field.DAY, None), ("打扫，急", Field.DAY, "2026-03-18"),
        ("晚上家里请客，做饭", Field.PLACE, None), ("不要新手，做饭", Field.WISH, "experience"), ("别换人，打扫", Field.WISH, "same"), ("打扫，别迟到", Field.WISH, "punctual"),
        ("怕猫的别来，打扫", Field.WISH, "pets_ok"), ("打扫，能开票", Field.WISH, "invoice"), ("做饭不放葱姜", Field.WISH, "taste"), ("打扫，不要抽烟的", Field.WISH, "smoke_free"),
    ],
)  # fmt: skip
def test_one_more_piece(text: str, field: Field, value: str | None) -> None:
    found = words.understand(text, ALL, NOW).first(field)
    assert (None if found is None else str(found)) == value


PARTS = st.sampled_from(
    [
        "老人",
        "孩子",
        "空调",
        "马桶",
        "窗户",
        "沙发",
        "猫",
        "医院",
        "月子",
        "奶",
        "不要",
        "别",
        "说错了",
        "不对",
        "是",
        "坏",
        "堵",
        "脏",
        "没人",
        "照顾",
        "洗",
        "修",
        "装",
        "搬",
        "摔",
        "住家",
        "一岁",
        "三个月",
        "八十",
        "了",
        "/h",
        "日结",
        "一点",
        "晚上",
        "走",
        "，",
        "。",
        "到",
    ]
)


@settings(max_examples=thorough.examples(300))
@given(st.lists(PARTS, max_size=16).map("".join))
def test_no_situation_breaks_it(text: str) -> None:
    found = words.understand(text, ALL, NOW)
    assert all(0 <= one.start < one.end <= len(text) for one in found.pieces)
    assert len(sound.mended(text, KNOWN)) == len(text)
    assert first(text, Field.SERVICE) in {None, *(one.code for one in KNOWN.services)}
