"""What people type into fields: numbers, codes, names, amounts, days. Nothing breaks, and what is taken is taken as it
is kept: once normal, always normal."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.utils.translation import override
from hypothesis import example, given
from hypothesis import strategies as st

from anxin.accounts.actions.identity import clean_id_number, clean_name
from anxin.accounts.actions.people import clean_phone
from anxin.accounts.rules.factors import RECOVERY_ALPHABET, normal_recovery, step_of
from anxin.accounts.rules.idcard import CHECK, IdRefused, check_character, id_facts, normal_id
from anxin.accounts.rules.sign_in import is_phone, normal_phone
from anxin.accounts.rules.uscc import ALPHABET, UsccRefused, normal_uscc, parse_uscc
from anxin.kit.errors import Refusal
from anxin.kit.inputs import day, page_number
from anxin.kit.models import uuid_or_none
from anxin.kit.moments import said
from anxin.kit.money import parse_yuan, yuan
from anxin.orders.forms.fields import MoneyField
from anxin.payments.forms import FenField
from anxin.policies.rules import parse
from anxin.policies.values import Unfit, declared
from tests.cast import NOON, id_number, phone, uscc
from tests.fuzz.register import examples, fuzzes

TODAY = date(2026, 3, 18)
WILD = "０１２３４５６７８９ｘＸ٣४ \u3000\u200b-—()（）+¥￥,，.。eE_∞\0\n"


def near(*right: str, alphabet: str = "0123456789X" + WILD) -> st.SearchStrategy[str]:
    """Anything; something made of the right characters; something right with a slip in it."""
    slip = st.builds(
        lambda text, at, new, old: text[: at % (len(text) + 1)] + new + text[at % (len(text) + 1) + old :],
        st.sampled_from(right),
        st.integers(0, 40),
        st.text(alphabet, max_size=3),
        st.integers(0, 2),
    )
    return st.one_of(st.text(max_size=60), st.text(alphabet, max_size=40), slip, st.sampled_from(right))


@fuzzes(
    "accounts.rules.idcard.id_facts",
    "accounts.rules.idcard.normal_id",
    "accounts.actions.identity.clean_id_number",
)
@examples
@given(near(id_number(1), id_number(32, birth=date(2000, 2, 29)), "33019919881231003x"))
@example("1" * 10_000)
def test_an_identity_number(text: str) -> None:
    assert normal_id(normal_id(text)) == normal_id(text)
    try:
        facts = id_facts(text, TODAY)
    except IdRefused:
        with pytest.raises(Refusal):
            clean_id_number(text, NOON)
        return
    number = normal_id(text)
    assert len(number) == 18
    assert set(number) <= set(CHECK)
    assert number.isascii()
    assert check_character(number[:17]) == number[17]
    assert number[6:14] == f"{facts.birth_date:%Y%m%d}"
    assert number[:6] == facts.county_code
    assert clean_id_number(text, NOON) == number


@fuzzes("accounts.rules.uscc.parse_uscc", "accounts.rules.uscc.normal_uscc")
@examples
@given(near(uscc(1), uscc(778), alphabet=ALPHABET + ALPHABET.lower() + WILD))
def test_a_credit_code(text: str) -> None:
    assert normal_uscc(normal_uscc(text)) == normal_uscc(text)
    try:
        found = parse_uscc(text)
    except UsccRefused:
        return
    assert set(normal_uscc(text)) <= set(ALPHABET)
    assert parse_uscc(normal_uscc(text)) == found


@fuzzes(
    "accounts.rules.sign_in.normal_phone",
    "accounts.rules.sign_in.is_phone",
    "accounts.actions.people.clean_phone",
)
@examples
@given(near(phone(1), "+86" + phone(2), "86 199-0000-0003"))
def test_a_mobile_number(text: str) -> None:
    try:
        kept = clean_phone(text)
    except Refusal:
        return
    assert is_phone(kept)
    assert kept.isascii()
    assert normal_phone(kept) == clean_phone(kept) == kept


@fuzzes("accounts.actions.identity.clean_name")
@examples
@given(st.text(max_size=80))
def test_a_persons_name(text: str) -> None:
    try:
        kept = clean_name(text)
    except Refusal:
        return
    assert kept.strip()
    assert clean_name(kept) == kept


@fuzzes("accounts.rules.factors.normal_recovery")
@examples
@given(near("ABCDE-FGHJK", alphabet=RECOVERY_ALPHABET + "-—0OIıſß" + WILD))
def test_a_recovery_code(text: str) -> None:
    kept = normal_recovery(text)
    assert kept == "" or (len(kept) == 10 and normal_recovery(kept) == kept)


@fuzzes("accounts.actions.totp.confirm_totp", "accounts.actions.totp.use_totp")
@examples
@given(near("123456"), st.binary(min_size=20, max_size=20))
def test_an_authenticators_code(text: str, secret: bytes) -> None:
    found = step_of(text, secret, NOON)
    assert found is None or abs(found - int(NOON.timestamp()) // 30) <= 1


@fuzzes("kit.money.parse_yuan", "payments.forms.FenField.to_python")
@examples
@given(near("128.50", "¥1,280", "0.01", "1，000.5"))
@example("1e30")
@example("9" * 5000)
@example("0." + "0" * 5000)
@example("Infinity")
@example("sNaN")
@example("1,28")
def test_an_amount(text: str) -> None:
    try:
        fen = parse_yuan(text)
    except ValueError:
        fen = None
    else:
        assert abs(fen) < 10**15
        assert parse_yuan(yuan(fen)) == fen
    for field in (FenField(required=False), MoneyField(required=False)):
        try:
            kept = field.clean(text)
        except ValidationError:
            continue
        assert kept is None or kept == fen


@fuzzes("policies.rules.parse")
@examples
@given(st.data())
def test_a_policys_value(data: st.DataObject) -> None:
    policy = data.draw(st.sampled_from(sorted(declared().values(), key=lambda one: one.key)))
    typed = near("1", "0.5", "1,2,3", "true", "1e400", "nan", "-1", "22:00", "9" * 400)
    parts = {name: data.draw(typed) for name in policy.default} if isinstance(policy.default, Mapping) else {}
    try:
        form = parse(policy, data.draw(typed), parts)
        value = policy.fit(form)
    except Unfit:
        return
    assert policy.fit(policy.to_json(value)) == value


@fuzzes("kit.inputs.day", "kit.inputs.page_number", "workers.pages.record.week_context")
@examples
@given(
    near(
        "2026-03-18",
        "2026-03-18T10:00:00+08:00",
        "20260318",
        "2026-W12-3",
        "0001-01-01T00:00:00+14:00",
        alphabet="0123456789-:TWZ+.",
    )
)
@example("9999-12-31T23:59:59-23:59")
@example("٢٠٢٦-٠٣-١٨")
@example("9" * 5000)
def test_a_day_a_page(text: str) -> None:
    found = day(text)
    assert found is None or found.isoformat() == text
    assert 1 <= page_number(text) < 1_000_000


@fuzzes("kit.models.uuid_or_none")
@examples
@given(
    st.one_of(
        st.uuids().map(str),
        st.uuids().map(lambda one: one.hex),
        st.uuids().map(lambda one: one.urn),
        st.text(max_size=50),
    )
)
def test_a_key(text: str) -> None:
    found = uuid_or_none(text)
    assert found is None or str(found) == text.lower()


@fuzzes("agencies.values.pricing.plain")
@examples
@given(st.decimals(allow_nan=False, allow_infinity=False, places=4, min_value=0, max_value=10**9))
def test_a_quantity_is_told_as_it_was_typed(quantity: Decimal) -> None:
    from anxin.agencies.values.pricing import plain

    assert Decimal(plain(quantity)) == quantity


@fuzzes("kit.moments.said")
@examples
@given(
    st.one_of(
        st.text(max_size=60),
        st.datetimes(timezones=st.timezones()).map(lambda at: at.isoformat()),
        near("2026-03-18T10:00:00+08:00", alphabet="0123456789-:.+TZ"),
    )
)
@example("0001-01-01T00:00:00+14:00")
@example("9999-12-31T23:59:59-12:00")
def test_what_stands_in_a_place_of_a_kept_text(text: str) -> None:
    """A reason that somebody typed stands there too, whatever it looks like."""
    with override("zh-hans"):
        told = said(text)
        assert bool(told) == bool(text)
        assert told == text or datetime.fromisoformat(text).tzinfo is not None


def test_a_moment_is_said_as_people_say_it() -> None:
    assert said("2026-03-18T02:00:00+00:00") == "3月18日 周三 10:00"
    assert said("2026-03-18") == "2026-03-18"
