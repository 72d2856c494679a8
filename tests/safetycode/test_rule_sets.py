"""Rule sets as data: what each reads and gives, which are refused, and what holds of any that may be shipped."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anxin.safetycode.rules import SHIPPED, colour, turns_on
from anxin.safetycode.rules.sets import Book, Unsound, read_book, read_set
from anxin.safetycode.values import (
    PAPER_PARTS,
    REASONS_OF,
    Chosen,
    CodeFacts,
    CodeState,
    Colour,
    Credit,
    Judgement,
    Part,
    ReasonCode,
    Remedy,
)
from anxin.workers.values import Conclusion, CredentialFacts, Papers, PaperState
from tests.safetycode.combinations import (
    CODES,
    DAY,
    FACTS,
    KINDS,
    NEAR,
    ORDER,
    B,
    H,
    I,
    books,
    days,
    every,
    mended,
    paper,
)

VALID, MISSING, EXPIRED, FAILED = PaperState.VALID, PaperState.MISSING, PaperState.EXPIRED, PaperState.FAILED
PARTS_OF = {
    Remedy.RENEW_HEALTH: Part.HEALTH, Remedy.RENEW_INSURANCE: Part.INSURANCE, Remedy.PASS_BACKGROUND: Part.BACKGROUND,
    Remedy.LIFT_BAR: Part.BARRED, Remedy.MEND_BREACH: Part.BREACH, Remedy.RAISE_SCORE: Part.SCORE,
}  # fmt: skip


def judged(
    rule_set: str,
    health: PaperState = VALID,
    insurance: PaperState = VALID,
    background: PaperState = VALID,
    *,
    code: tuple[CodeState | None, date | None] = CODES[0],
    credit: Credit | None = None,
) -> Judgement:
    papers = Papers((*paper(H, health), *paper(I, insurance), *paper(B, background)))
    chosen = Chosen(date.min, rule_set, credit is not None)
    return colour(CodeFacts(*code, papers, (chosen,), credit or Credit()), DAY)


@pytest.mark.requirement("D-3a")
@pytest.mark.parametrize(
    ("health", "insurance", "background", "zhejiang", "ningbo", "jiaxing"),
    [
        (VALID, VALID, VALID, "green", "green", "green"),
        (EXPIRED, VALID, VALID, "yellow", "yellow", "yellow"),
        (VALID, MISSING, VALID, "yellow", "yellow", "yellow"),
        (EXPIRED, MISSING, VALID, "red", "yellow", "yellow"),
        (FAILED, VALID, VALID, "yellow", "yellow", "red"),
        (VALID, VALID, FAILED, "red", "red", "red"),
        (VALID, VALID, MISSING, "red", "red", "yellow"),
        (VALID, VALID, EXPIRED, "red", "red", "yellow"),
        (MISSING, MISSING, MISSING, "red", "red", "yellow"),
    ],
)
def test_the_readings_of_the_cities(
    health: PaperState,
    insurance: PaperState,
    background: PaperState,
    zhejiang: str,
    ningbo: str,
    jiaxing: str,
) -> None:
    names = ("ZJ-2020", "NB-2020", "JX-2020")
    found = [judged(name, health, insurance, background) for name in names]
    assert [str(one.colour) for one in found] == [zhejiang, ningbo, jiaxing]
    assert [(one.rule_set, one.rule_version) for one in found] == [(name, "1") for name in names]
    assert len({one.reasons for one in found}) == 1


@pytest.mark.requirement("D-3a")
@pytest.mark.parametrize("name", SHIPPED.choices)
@pytest.mark.parametrize("code", [(None, None), *CODES[1:]])
def test_a_code_out_of_force_is_red_everywhere(name: str, code: tuple[CodeState | None, date | None]) -> None:
    assert judged(name, code=code).colour is Colour.RED


@pytest.mark.requirement("D-3a")
@pytest.mark.parametrize(
    ("credit", "shade", "reason"),
    [
        (Credit(), "green", None),
        (Credit(score=60), "green", None),
        (Credit(score=59), "yellow", ReasonCode.CREDIT_LOW),
        (Credit(breach_on=DAY), "yellow", ReasonCode.CREDIT_BREACH),
        (Credit(breach_on=DAY - days(364)), "yellow", ReasonCode.CREDIT_BREACH),
        (Credit(breach_on=DAY - days(365)), "green", None),
        (Credit(barred=True), "red", ReasonCode.CREDIT_BARRED),
    ],
)
def test_credit_counts_only_where_the_issuer_lays_it_over(
    credit: Credit, shade: str, reason: ReasonCode | None
) -> None:
    laid = judged("ZJ-2020", credit=credit)
    assert (str(laid.colour), laid.rule_set, laid.rule_version) == (shade, "ZJ-2020+CREDIT", "1+1")
    assert [one.code for one in laid.reasons] == ([reason] if reason else [])
    papers = Papers(tuple(one for kind in KINDS for one in paper(kind, VALID)))
    assert colour(CodeFacts(*CODES[0], papers, (), credit), DAY).is_green


def test_an_issuers_choice_holds_from_its_day_on_and_the_later_of_two_wins() -> None:
    papers = Papers((*paper(B, VALID),))
    chosen = (Chosen(DAY, "NB-2020"), Chosen(DAY - days(5), "JX-2020"), Chosen(DAY, "JX-2020"))
    facts = CodeFacts(CodeState.ISSUED, DAY + days(9), papers, chosen)
    names = [colour(facts, DAY + days(n)).rule_set for n in (-6, -5, -1, 0, 3)]
    assert names == ["ZJ-2020", "JX-2020", "JX-2020", "JX-2020", "JX-2020"]
    assert colour(replace(facts, chosen=chosen[:2]), DAY).rule_set == "NB-2020"


GOOD: dict[str, Any] = {
    "id": "XX-2026", "version": 1, "valid_from": "2026-01-01", "name": "试行", "source": "文号",
    "red": [["code"], ["background_check"], ["health_check", "insurance"]],
    "yellow": [["health_check"], ["insurance"]], "grace_days": {"insurance": 3},
}  # fmt: skip


@pytest.mark.parametrize(
    "spoilt",
    [
        {"colour": []},
        {"name": ""},
        {"version": 0},
        {"red": [["background_check"]]},  # a dead code would pass
        {"yellow": [["health_check"]]},  # insurance alone would pass
        {"yellow": [["health_check"], ["insurance:failed"]]},
        {
            "yellow": [["health_check"], ["insurance"], ["insurance:expired", "health_check"]]
        },  # failing would help
        {"red": [["code"], []]},
        {"red": [["code"], ["health_check", "health_check"]]},
        {"red": [["code"], ["virtue"]]},
        {"red": [["code"], ["insurance:lapsed"]]},
        {"yellow": [["health_check"], ["insurance"], ["credit_score"]]},  # credit is the overlay's
        {"overlay": True},
        {"grace_days": {"insurance": -1}},
        {"grace_days": {"code": 3}},
        {"limits": {"least_score": 60, "breach_days": 365}},
    ],
)
def test_data_that_are_unclear_or_let_a_flaw_pass_are_refused(spoilt: dict[str, Any]) -> None:
    assert read_set(GOOD).grace == {Part.INSURANCE: 3}
    with pytest.raises(Unsound):
        read_set(GOOD | spoilt)


def test_versions_follow_each_other_and_the_default_is_there() -> None:
    with pytest.raises(Unsound):
        read_book([])
    first = next(one for one in SHIPPED.sets if one.id == "ZJ-2020")
    second = replace(
        first, version=2, valid_from=DAY, yellow=(*first.yellow, *first.red[1:2]), red=first.red[:1]
    )
    book = Book((*SHIPPED.sets, second))
    facts = CodeFacts(*CODES[0], Papers((*paper(H, VALID), *paper(I, VALID))))
    then, now = colour(facts, DAY - days(1), book), colour(facts, DAY, book)
    assert (then.rule_version, then.colour) == ("1", Colour.RED)
    assert (now.rule_version, now.colour) == ("2", Colour.YELLOW)
    assert turns_on(facts, DAY - days(1), book) == DAY


def worse(a: Colour, b: Colour) -> bool:
    return ORDER.index(a) > ORDER.index(b)


@pytest.mark.requirement("D-3a")
@pytest.mark.parametrize("rules", SHIPPED.sets, ids=lambda one: one.id)
def test_no_flaw_less_and_no_failure_less_makes_a_colour_worse(rules: Any) -> None:
    parts = sorted(rules.parts)
    for found in product(*((None, *REASONS_OF[part]) for part in parts)):
        flaws = {part: reason for part, reason in zip(parts, found, strict=True) if reason}
        shade = rules.shade(flaws)
        assert (shade is Colour.GREEN) is not bool(flaws)
        for part in flaws:
            without = {other: reason for other, reason in flaws.items() if other is not part}
            assert not worse(rules.shade(without), shade)
            if part in PAPER_PARTS:
                for milder in REASONS_OF[part]:
                    failed = rules.shade(flaws | {part: ReasonCode(f"{part}_failed")})
                    assert not worse(rules.shade(flaws | {part: milder}), failed)


@pytest.mark.requirement("D-3a")
@given(FACTS, NEAR, books() | st.just(SHIPPED), st.sets(st.sampled_from(Part)))
def test_a_better_fact_never_gives_a_worse_colour(
    facts: CodeFacts, day: date, book: Book, parts: set[Part]
) -> None:
    before = colour(facts, day, book).colour
    assert not worse(colour(mended(facts, day, parts), day, book).colour, before)
    longer = Papers(
        tuple(
            replace(c, valid_to=c.valid_to + days(2)) if c.conclusion is Conclusion.PASSED else c
            for c in facts.papers.credentials
        )
    )
    assert not worse(colour(replace(facts, papers=longer), day, book).colour, before)
    clear = Papers(tuple(c for c in facts.papers.credentials if c.conclusion is not Conclusion.FAILED))
    assert not worse(colour(replace(facts, papers=clear), day, book).colour, before)


@pytest.mark.requirement("D-3a")
@given(FACTS, NEAR, books() | st.just(SHIPPED))
def test_reasons_are_complete_and_their_remedies_turn_it_green(
    facts: CodeFacts, day: date, book: Book
) -> None:
    found = colour(facts, day, book)
    assert bool(found.reasons) is not found.is_green
    assert len(found.reasons) == len(set(found.would_turn_green)) == len(found.would_turn_green)
    parts = {PARTS_OF.get(remedy, Part.CODE) for remedy in found.would_turn_green}
    assert colour(mended(facts, day, parts), day, book).is_green
    for part in parts:  # each of them is needed
        assert not colour(mended(facts, day, parts - {part}), day, book).is_green


@given(FACTS, NEAR, books() | st.just(SHIPPED))
def test_a_judgement_stands_until_the_day_it_says(facts: CodeFacts, day: date, book: Book) -> None:
    found, until = colour(facts, day, book), turns_on(facts, day, book)
    assert until is None or until > day
    last = until - days(1) if until else day + days(400)
    for later in {day + days(1), day + days(2), last} if last > day else set():
        if later <= last:
            assert replace(colour(facts, later, book), day=day) == found


@given(st.integers(0, 3), st.sampled_from(KINDS), st.integers(-5, 5))
def test_days_of_grace_are_inclusive_and_spare_only_what_ran_out(grace: int, kind: Any, shift: int) -> None:
    raw = GOOD | {"id": "ZJ-2020", "grace_days": {str(kind): grace}}
    book = Book((*(one for one in SHIPPED.sets if one.overlay), read_set(raw)))
    others = tuple(
        CredentialFacts(other, DAY - days(30), DAY + days(30), Conclusion.PASSED, True) for other in KINDS
    )
    last = DAY + days(shift)
    mine = CredentialFacts(kind, DAY - days(30), last, Conclusion.PASSED, True)
    papers = Papers((mine, *(one for one in others if one.kind != kind)))
    facts = CodeFacts(CodeState.ISSUED, DAY + days(30), papers)
    assert colour(facts, DAY, book).is_green is (last + days(grace) >= DAY)
    failed = Papers((*papers.credentials, *paper(kind, FAILED)))
    assert not colour(replace(facts, papers=failed), DAY, book).is_green


def test_every_combination_has_a_colour_a_rule_set_and_matching_reasons() -> None:
    seen = set()
    for facts in every():
        found = colour(facts, DAY)
        assert found.is_green is not bool(found.reasons)
        seen.add((found.rule_set, found.colour))
    assert (
        len(seen) == 3 * 2 * 3 - 2
    )  # credit alone, the flaw laid over the other two, never leaves them green
