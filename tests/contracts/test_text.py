"""The plain-text form of a template."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anxin.contracts.engine.text import BLANK, TextError, check, fill, plain, read
from anxin.contracts.rules import MANDATORY, missing
from anxin.contracts.values import CLAUSES, FACTS, TABLES
from tests.contracts.material import TEXTS, facts, filled

SMALL = """title: 合同
[要点]
谁: {worker.name}
[正文]
# 第一条 权利 <rights>
甲方{customer.name}付款。
! 限制。
@prices
"""


@pytest.mark.parametrize("name", sorted(p.name for p in TEXTS.glob("*.txt")))
@pytest.mark.requirement("B-7.3.2")
def test_our_own_texts_use_known_markers_and_cover_the_mandatory_subjects(name: str) -> None:
    text = read((TEXTS / name).read_text())
    assert check(text, markers=frozenset(FACTS), tables=TABLES, tags=frozenset(CLAUSES)) == []
    assert missing(facts(), text.tags) == []


def test_the_text_for_one_visit_highlights_what_limits_liability() -> None:
    limits = [plain(b.runs) for b in filled().blocks if b.kind == "limit"]
    assert len(limits) == 2
    assert any("赔偿" in words for words in limits)
    assert any("取消" in words for words in limits)


def test_an_unknown_marker_table_and_a_missing_subject_are_named() -> None:
    text = read(SMALL.replace("{customer.name}", "{customer.nmae}").replace("@prices", "@price"))
    assert check(text, markers=frozenset(FACTS), tables=TABLES, tags=frozenset({"dispute"})) == [
        "不认识的标记 {customer.nmae}",
        "不认识的表格 @price",
        "缺少必备条款 <dispute>",
    ]


@pytest.mark.parametrize(
    ("source", "line"),
    [
        ("", 0),
        ("合同", 1),
        ("title: x\n[要点]\n没有冒号", 3),
        ("title: x\n[要点]\na: b\n[正文]\n没有标题", 5),
    ],
)
def test_a_broken_text_is_refused_with_its_line(source: str, line: int) -> None:
    with pytest.raises(TextError) as refused:
        read(source)
    assert refused.value.line == line


def test_what_is_not_known_yet_is_a_visible_blank() -> None:
    assert BLANK in plain(fill(read(SMALL), {}, {}).blocks[1].runs)


@given(st.text(max_size=40))
def test_a_value_is_never_read_for_markers_or_markup(typed: str) -> None:
    value = typed + "{worker.name} # ! @prices"
    blocks = fill(read(SMALL), {"customer.name": value, "worker.name": "甲"}, {}).blocks
    assert [b.kind for b in blocks] == ["heading", "para", "limit"]
    assert blocks[1].runs[1] == ("v", value)


@given(
    st.dictionaries(st.sampled_from(sorted(FACTS)), st.sampled_from(["", " ", "\u3000", "有"])),
    st.sets(st.sampled_from(sorted(CLAUSES))),
)
@pytest.mark.requirement("B-7.3.2")
def test_missing_names_exactly_the_mandatory_items_that_say_nothing(
    given: dict[str, str], clauses: set[str]
) -> None:
    found = {item.key for item in missing(given, clauses)}
    for item in MANDATORY:
        said = item.key.removeprefix("clause.") in clauses or bool(given.get(item.key, "").strip())
        assert (item.key in found) is not said
    assert found <= {item.key for item in MANDATORY}
    assert all(item.label for item in MANDATORY)


@given(st.sampled_from([item.key for item in MANDATORY if not item.key.startswith("clause.")]))
def test_each_mandatory_fact_alone_is_enough_to_refuse(key: str) -> None:
    assert [item.key for item in missing(facts() | {key: "  "}, set(CLAUSES))] == [key]
