"""Identity numbers and credit codes: every level refuses with its own words, and no slip of one key passes."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anxin.accounts.rules import IdRefused, UsccRefused, id_facts, parse_uscc
from anxin.accounts.rules.idcard import PROVINCES, check_character
from anxin.accounts.rules.uscc import ALPHABET, organisation_check
from anxin.accounts.rules.uscc import check_character as uscc_check
from anxin.accounts.values import IdFault, Sex, UsccFault

TODAY = date(2026, 3, 18)
pytestmark = pytest.mark.requirement("B-7.2.1")

numbers = st.builds(
    lambda province, county, birth, sequence: (
        (first := f"{province}{county:04d}{birth:%Y%m%d}{sequence:03d}") + check_character(first)
    ),
    st.sampled_from(sorted(PROVINCES)),
    st.integers(0, 9999),
    st.dates(date(1910, 1, 1), date(2025, 12, 31)),
    st.integers(0, 999),
)
codes = st.builds(
    lambda category, region, organisation: (
        (first := f"{category}{region:06d}{organisation}{organisation_check(organisation)}")
        + uscc_check(first)
    ),
    st.sampled_from(["91", "92", "93", "51", "52", "53", "11", "12", "N1", "54"]),
    st.integers(110000, 659999),
    st.text(ALPHABET, min_size=8, max_size=8),
)


@pytest.mark.parametrize(
    ("number", "birth", "sex"),
    [
        ("330199198501010013", date(1985, 1, 1), Sex.MALE),
        ("330199199002280021", date(1990, 2, 28), Sex.FEMALE),
        ("330199197506150045", date(1975, 6, 15), Sex.FEMALE),
        ("33019919881231003X", date(1988, 12, 31), Sex.MALE),
        ("33019919881231003x", date(1988, 12, 31), Sex.MALE),
        ("330199200002290065", date(2000, 2, 29), Sex.FEMALE),
        (" 330199 19850101 0013 ", date(1985, 1, 1), Sex.MALE),
        ("３３０１９９１９８５０１０１００１３", date(1985, 1, 1), Sex.MALE),
        ("11010519491231002X", date(1949, 12, 31), Sex.FEMALE),
    ],
)
def test_valid_numbers_tell_birthday_and_sex(number, birth, sex):
    facts = id_facts(number, TODAY)
    assert (facts.birth_date, facts.sex) == (birth, sex)


@pytest.mark.parametrize(
    ("number", "fault"),
    [
        ("330199850101001", IdFault.OLD),
        ("", IdFault.LENGTH),
        ("33019919850101001", IdFault.LENGTH),
        ("3301991985010100130", IdFault.LENGTH),
        ("33019919850101001A", IdFault.FORM),
        ("3301991985O1010013", IdFault.FORM),
        ("٣٣٠١٩٩١٩٨٥٠١٠١٠٠١٣", IdFault.FORM),
        ("160199198501010013", IdFault.PROVINCE),
        ("330199198502300013", IdFault.DATE),
        ("330199200102290065", IdFault.DATE),
        ("330199000001010013", IdFault.DATE),
        ("330199202612310013", IdFault.FUTURE),
        ("330199190501010013", IdFault.AGE),
        ("330199198501010014", IdFault.CHECKSUM),
    ],
)
def test_each_fault_is_told_apart(number, fault):
    with pytest.raises(IdRefused) as refused:
        id_facts(number, TODAY)
    assert refused.value.fault == fault


@given(numbers)
def test_every_well_made_number_passes_whatever_its_county(number):
    assert id_facts(number, TODAY).birth_date.strftime("%Y%m%d") == number[6:14]


@given(numbers, st.integers(0, 17), st.sampled_from("0123456789X"))
def test_no_single_wrong_character_passes(number, place, other):
    if number[place] == other:
        return
    with pytest.raises(IdRefused):
        id_facts(number[:place] + other + number[place + 1 :], TODAY)


@given(numbers, st.integers(0, 15))
def test_no_swap_of_two_neighbours_passes(number, place):
    a, b = number[place], number[place + 1]
    if a == b:
        return
    with pytest.raises(IdRefused):
        id_facts(number[:place] + b + a + number[place + 2 :], TODAY)


@given(st.text(max_size=40))
def test_no_text_whatever_breaks_the_check(text):
    try:
        id_facts(text, TODAY)
    except IdRefused:
        pass


def test_age_counts_full_years():
    facts = id_facts("330199200002290065", TODAY)
    assert facts.age_on(date(2018, 2, 28)) == 17
    assert facts.age_on(date(2018, 3, 1)) == 18


@pytest.mark.parametrize(
    "code",
    [
        "91330199MATE5T0178",
        "92330199MA0T0002XM",
        "52330199MJ90000306",
        "91110000600037341L",
        " 91330199mate5t0178 ",
    ],
)
def test_valid_codes_pass(code):
    assert parse_uscc(code).organisation_ok


@pytest.mark.parametrize(
    ("code", "fault"),
    [
        ("", UsccFault.LENGTH),
        ("91330199MATE5T017", UsccFault.LENGTH),
        ("91330199MATE5TO178", UsccFault.ALPHABET),
        ("91330199MATE5T0179", UsccFault.CHECKSUM),
        ("913301A9MATE5T0178", UsccFault.FORM),
    ],
)
def test_each_fault_of_a_code_is_told_apart(code, fault):
    with pytest.raises(UsccRefused) as refused:
        parse_uscc(code)
    assert refused.value.fault == fault


@given(codes, st.integers(0, 17), st.sampled_from(ALPHABET))
def test_no_single_wrong_character_of_a_code_passes(code, place, other):
    assert parse_uscc(code).code == code
    if code[place] == other:
        return
    with pytest.raises(UsccRefused):
        parse_uscc(code[:place] + other + code[place + 1 :])


def test_a_wrong_organisation_code_inside_only_warns():
    wrong = "91330199MATE5T018"
    assert not parse_uscc(wrong + uscc_check(wrong)).organisation_ok
