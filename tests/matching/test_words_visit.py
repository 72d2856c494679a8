"""From what was understood to what a form takes: the first visit, and answers to an item's own questions."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings

from anxin.catalogue.values import AnswerKind, Question
from anxin.matching.engine import words
from tests import thorough
from tests.matching.test_words import PARTS, st
from tests.matching.words import KNOWN, NOW, read

pytestmark = pytest.mark.requirement("B-7.4.2")
TODAY = NOW.date()


@pytest.mark.parametrize(
    ("text", "day", "start", "hours"),
    [
        ("下周三下午两点到五点打扫", date(2026, 3, 25), "14:00", 3),
        ("每周二四上午打扫", date(2026, 3, 19), "09:00", None),
        ("周末打扫", date(2026, 3, 21), "", None),
        ("月底前打扫", date(2026, 3, 19), "", None),
        ("国庆后打扫，每周一", date(2026, 10, 12), "", None),
        ("下个月5号开始，工作日打扫", date(2026, 4, 6), "", None),
        ("一周两次，每次两小时", None, "", 2),
        ("明天三点一刻打扫", date(2026, 3, 19), "15:00", None),
        ("晚上十点到早上六点", None, "21:30", None),
        ("昨天打扫", None, "", None),
        ("打扫", None, "", None),
    ],
)
def test_the_first_visit(text: str, day: date | None, start: str, hours: float | None) -> None:
    found = words.first_visit(read(text), TODAY)
    assert (found.day, found.start_text, found.hours) == (day, start, hours)


@settings(max_examples=thorough.examples(150))
@given(st.lists(PARTS, max_size=10).map("".join))
def test_no_first_visit_lies_in_the_past_or_outside_the_hours_of_the_form(text: str) -> None:
    found = words.first_visit(words.understand(text, KNOWN, NOW), TODAY)
    assert found.day is None or found.day >= TODAY
    assert found.start is None or (360 <= found.start <= 1290 and found.start % 30 == 0)


def asked(*codes: str) -> list[Question]:
    return [Question(code, code, AnswerKind.TEXT) for code in codes]


@pytest.mark.parametrize(
    ("text", "item", "answers"),
    [
        ("打扫，90平，三室，家里有猫", "0101", {"area": 90, "rooms": "3", "pets": "yes"}),
        ("六室", "0101", {"rooms": "4"}),
        ("孩子一岁半，带孩子", "0302", {"age_months": 18}),
        ("孩子八岁半，接送", "0305", {"age": 8}),
        ("外婆八十六，不能自理", "0401", {"age": 86, "dependency": "none"}),
        ("洗空调和油烟机，空调两台", "0105", {"kinds": ["ac_wall", "hood"], "pieces": 2}),
        ("做饭，四菜一汤，五个人吃，不吃辣", "0204", {"people": 5, "dishes": 4, "taste": "不吃辣"}),
        ("打扫三小时", "0101", {"hours": 3}),
        ("打扫两个半小时", "0101", {}),
        ("你好", "0101", {}),
    ],
)
def test_answers_to_the_questions_that_are_asked(text: str, item: str, answers: dict[str, object]) -> None:
    questions = asked(
        "area", "rooms", "pets", "age_months", "age", "dependency", "kinds", "pieces", "people", "dishes",
        "taste", "hours", "colour",
    )  # fmt: skip
    found = words.answers(read(text), item, questions)
    assert {key: found.get(key) for key in answers} == answers
    assert "colour" not in found
    if not answers:
        assert found == {}
