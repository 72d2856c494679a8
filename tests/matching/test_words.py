"""What somebody's own words ask for: piece by piece, and that no words break it."""

from __future__ import annotations

import time
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anxin.matching.engine import words
from anxin.matching.engine.words import Clash, Field, Place
from anxin.matching.engine.words.numbers import alike, number
from benchmarks import words as benchmark
from tests import thorough
from tests.matching.words import KNOWN, NOW, first, read

pytestmark = pytest.mark.requirement("E-5", "B-7.4.2")
PARTS = st.sampled_from(
    ["明天", "下周三", "每周二四", "上午", "下午两点", "到五点", "三小时", "月底前", "国庆后", "锦城街道", "我家", "打扫", "擦玻璃",
     "月嫂", "预算", "300以内", "一小时四十", "90平", "八十岁", "孩子两岁", "不能自理", "有经验", "要女的", "，", "、", "到", "前", "后", " ",
     "一", "二十", "13", "2月30号", "半", "个", "周", "号", "点", "岁", "块", "\0", "３", "：", "-"]
)  # fmt: skip


@pytest.mark.parametrize(
    ("text", "field", "value"),
    [
        ("明天下午两点到五点打扫", Field.TIME, "14:00-17:00"), ("八点到五点", Field.TIME, "08:00-17:00"),
        ("下午２：３０打扫", Field.TIME, "14:30"), ("三点三刻", Field.TIME, "15:45"), ("早九晚五", Field.TIME, "09:00-17:00"),
        ("上午打扫", Field.TIME, "morning"), ("做早饭", Field.TIME, None), ("准时一点", Field.TIME, None),
        ("下周三擦窗", Field.DAY, "2026-03-25"), ("周三打扫", Field.DAY, "2026-03-18"), ("三天后", Field.DAY, "2026-03-21"),
        ("25号打扫", Field.DAY, "2026-03-25"), ("5号打扫", Field.DAY, "2026-04-05"), ("12月3号", Field.DAY, "2026-12-03"),
        ("1月8日", Field.DAY, "2027-01-08"), ("周六周日都可以", Field.DAY, "2026-03-21..2026-03-22"),
        ("后天，不对，大后天", Field.DAY, "2026-03-21"), ("月底前", Field.UNTIL, "2026-03-31"), ("一周内", Field.UNTIL, "2026-03-25"),
        ("清明前", Field.UNTIL, "2026-04-03"), ("国庆后", Field.SINCE, "2026-10-08"), ("下个月5号开始", Field.SINCE, "2026-04-05"),
        ("每周二四上午", Field.EVERY, "w2,4"), ("周一三五晚上", Field.EVERY, "w1,3,5"), ("一周两次", Field.EVERY, "2pw"),
        ("隔周周六", Field.EVERY, "2w6"), ("每周三次", Field.EVERY, "3pw"), ("每周三打扫", Field.EVERY, "w3"),
        ("两个半小时", Field.HOURS, "2.5"), ("24小时保姆", Field.HOURS, None), ("做一个月", Field.TERM, "1m"),
        ("一小时四十", Field.BUDGET, "40/hour"), ("40一小时", Field.BUDGET, "40/hour"), ("月薪8000", Field.BUDGET, "8000/month"),
        ("三百五以内", Field.BUDGET, "<=350"), ("200到300", Field.BUDGET, "200-300"), ("每次两小时", Field.BUDGET, None),
        ("4月11日搬家", Field.BUDGET, None), ("锦城附近", Field.PLACE, "330112006"), ("于潜找人", Field.PLACE, "330112104"),
        ("太阳好的时候擦窗", Field.PLACE, None), ("住太阳镇", Field.PLACE, "330112106"), ("锦城万马社区", Field.PLACE, "330112006008"),
        ("来我家打扫", Field.PLACE, "home"), ("我家有猫", Field.PLACE, None), ("碧桂园小区保洁", Field.PLACE, "~碧桂园小区"),
        ("孩子一岁半", Field.CHILD, "18"), ("外婆八十六", Field.ELDER, "86"), ("不能自理", Field.CARE, "none"),
        ("能自理", Field.CARE, "self"), ("两大一小", Field.FAMILY, "3"), ("两个阿姨打扫", Field.PEOPLE, "2"),
        ("固定一个人打扫", Field.PEOPLE, None), ("月嫂要会做月子餐", Field.SERVICE, "0301"),
        ("预产期5月20号", Field.DUE, "2026-05-20"), ("预产期5月20号", Field.DAY, None),
    ],
)  # fmt: skip
def test_one_piece(text: str, field: Field, value: str | None) -> None:
    assert first(text, field) == value


def test_several_services_stand_in_the_order_they_were_said() -> None:
    assert read("打扫加做饭").all(Field.SERVICE) == ["0101", "0204"]
    assert read("钟点工打扫").all(Field.SERVICE) == ["0203"]


def test_a_vague_word_is_doubtful_and_says_what_else_it_could_be() -> None:
    [piece] = read("阿姨").of(Field.SERVICE)
    assert piece.confidence < 0.5
    assert piece.others == ("0203", "0201")  # of those that this catalogue has


def test_an_hour_without_a_part_of_the_day_says_the_other_one() -> None:
    [piece] = read("九点打扫").of(Field.TIME)
    assert [str(other) for other in piece.others] == ["21:00"]


def test_a_village_of_two_towns_is_not_decided_in_secret() -> None:
    [doubtful] = read("同名村打扫").of(Field.PLACE)
    assert doubtful.others == (Place(code="330112106999"),)
    [sure] = read("太阳镇同名村打扫").of(Field.PLACE)
    assert (sure.value.code, sure.others) == ("330112106999", ())


def test_a_festival_that_nobody_has_announced_is_told() -> None:
    assert [one.clash for one in read("春节前打扫").clashes] == [Clash.UNLISTED]


@pytest.mark.parametrize(
    ("text", "clash"),
    [
        ("下午两点到一点擦玻璃", Clash.BACKWARDS), ("昨天打扫", Clash.PAST), ("2月30号打扫", Clash.NO_SUCH_DAY),
        ("下周三26号打扫", Clash.WEEKDAY), ("五百到三百块", Clash.BUDGET), ("下午两点到五点，四个小时", Clash.LENGTH),
        ("明天打扫，后天打扫", Clash.TWO_DAYS),
    ],
)  # fmt: skip
def test_what_cannot_be_is_told(text: str, clash: Clash) -> None:
    assert [one.clash for one in read(text).clashes] == [clash]


@pytest.mark.parametrize(
    "text", ["周三（25号）打扫", "晚上十点到早上六点", "周末，周六下午", "明天下午两点到五点，三小时"]
)
def test_what_can_be_is_not_called_a_contradiction(text: str) -> None:
    assert read(text).clashes == ()


@pytest.mark.parametrize(
    ("text", "trait"),
    [("四十岁以下的保姆", "age"), ("不要外地人", "origin"), ("要女的，打扫", "sex"), ("属虎的不要", "zodiac"), ("已婚的月嫂", "marriage")],
)  # fmt: skip
def test_traits_are_set_aside_and_are_no_wish(text: str, trait: str) -> None:
    found = read(text)
    assert found.all(Field.ASIDE) == [trait]
    assert found.all(Field.WISH) == []
    assert found.all(Field.ELDER) == found.all(Field.CHILD) == []


def test_who_is_washed_may_wish_by_whom() -> None:
    found = read("找个女护工给我妈洗澡")
    assert (found.all(Field.WISH), found.all(Field.ASIDE)) == (["care_sex"], [])


@pytest.mark.parametrize(
    ("text", "worth"),
    [("三百五", 350), ("一万二", 12000), ("1.2万", 12000), ("二十五", 25), ("三百零五", 305), ("俩", 2), ("一一", None), ("十百", None)],
)  # fmt: skip
def test_numbers(text: str, worth: float | None) -> None:
    assert number(text) == worth


@settings(max_examples=thorough.examples(300))
@given(st.one_of(st.text(max_size=80), st.lists(PARTS, max_size=14).map("".join)))
def test_no_words_break_it_and_every_piece_lies_in_the_text(text: str) -> None:
    found = words.understand(text, KNOWN, NOW)
    assert found.text == text
    for piece in (*found.pieces, *found.clashes):
        assert 0 <= piece.start < piece.end <= len(text)
    for piece in found.pieces:
        assert 0 < piece.confidence <= 1
        assert str(piece.value)
    assert len(alike(text)) == len(text)
    assert words.understand(text, KNOWN, NOW) == found


@settings(max_examples=thorough.examples(60))
@given(st.lists(PARTS, min_size=1, max_size=8).map("".join), st.integers(0, 400))
def test_on_every_day_of_the_year_what_lies_ahead_lies_ahead(text: str, days: int) -> None:
    now = NOW + timedelta(days=days)
    found = words.understand(text, KNOWN, now)
    for piece in found.of(Field.DAY):
        assert piece.value.first <= piece.value.last
        assert piece.value.last >= now.date()


@pytest.mark.parametrize(
    "text",
    ["一" * 500, "每周一三五" * 100, "1" * 500, "到" * 500, "周一到" * 160, "下午两点到" * 100, "老人" * 250],
)
def test_long_words_take_no_long_time(text: str) -> None:
    read(text)
    began = time.process_time()
    read(text)
    # Far above what it takes, far below what a pattern that backtracks would.
    assert time.process_time() - began < 1


def test_more_than_anybody_says_is_left_unread_and_kept() -> None:
    text = "啊" * words.LONGEST + "打扫"
    found = read(text)
    assert (found.text, found.pieces) == (text, ())


@pytest.mark.parametrize(
    ("name", "least"),
    [("dev", 0.97), ("later", 0.97), ("heldout", 0.93), ("last", 0.9), ("spoken", 0.97), ("apart", 0.85)],
)
def test_the_sentences_of_the_benchmark_are_understood(name: str, least: float) -> None:
    known = benchmark.vocabulary()
    results = [
        (one, benchmark.told(words.understand(one.text, known, one.now))) for one in benchmark.sentences(name)
    ]
    _table, exact, count = benchmark.score(results)
    assert exact >= least * count
