"""Posting: once, balanced in every book, never changed."""

from __future__ import annotations

import threading
from uuid import uuid4

import pytest
from django.db import DatabaseError, IntegrityError, connection, connections, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from anxin.accounts.public import Organisation
from anxin.kit.actor import SYSTEM, Actor
from anxin.ledger.actions import PostedOtherwise, Unbalanced
from anxin.ledger.models import Account, Entry, Posting
from anxin.ledger.public import balance, balances, entries, post, reverse, trial_balance
from anxin.ledger.values import AccountRef, Code, Line, credit, debit
from tests import thorough
from tests.cast import NOON

CLEARING = AccountRef(Code.CHANNEL_CLEARING)
UNALLOCATED = AccountRef(Code.UNALLOCATED)


def _agency(name: str = "绿叶家政") -> Organisation:
    return Organisation.objects.create(kind="agency", name=name, city_code="3301", created_at=NOON)


def _post(source_id: object, *lines: Line) -> Entry:
    return post(what="收款", source="test", source_id=str(source_id), lines=lines, by=SYSTEM, at=NOON)


@pytest.mark.requirement("A-6.3.3b")
@pytest.mark.django_db
def test_an_entry_moves_money_and_the_books_stay_at_zero() -> None:
    _post(1, debit(CLEARING, 12850), credit(UNALLOCATED, 12850))
    assert balance(CLEARING) == 12850
    assert balance(UNALLOCATED) == -12850
    assert set(trial_balance().values()) == {0}


@pytest.mark.django_db
def test_the_same_source_posts_once() -> None:
    first = _post(1, debit(CLEARING, 100), credit(UNALLOCATED, 100))
    assert _post(1, credit(UNALLOCATED, 100), debit(CLEARING, 100)) == first
    assert Posting.objects.count() == 2
    with pytest.raises(PostedOtherwise):
        _post(1, debit(CLEARING, 101), credit(UNALLOCATED, 101))
    assert balance(CLEARING) == 100


@pytest.mark.django_db
def test_what_does_not_balance_is_refused_and_nothing_is_written() -> None:
    agency = _agency()
    own = AccountRef(Code.SERVICE_INCOME, organisation_id=agency.pk)
    for lines in (
        [debit(CLEARING, 100), credit(UNALLOCATED, 99)],
        [debit(CLEARING, 100), credit(own, 100)],  # zero in all, but not in each book
        [],
        [debit(CLEARING, 0)],
    ):
        with pytest.raises(Unbalanced):
            _post(2, *lines)
    assert not Entry.objects.exists()
    assert not Account.objects.exists()


@pytest.mark.requirement("A-6.3.3b")
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("amounts", [(100, -99), (100,), ()])
def test_the_database_itself_refuses_an_unbalanced_entry(amounts: tuple[int, ...]) -> None:
    _post(1, debit(CLEARING, 1), credit(UNALLOCATED, 1))
    accounts = list(Account.objects.order_by("code"))
    with pytest.raises(IntegrityError, match="does not balance"), transaction.atomic():
        entry = Entry.objects.create(at=NOON, what="直接写库", source="raw", source_id="1")
        for account, amount in zip(accounts, amounts, strict=False):
            Posting.objects.create(entry=entry, account=account, amount_fen=amount)
    assert Entry.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_the_database_refuses_a_line_added_to_an_old_entry() -> None:
    entry = _post(1, debit(CLEARING, 100), credit(UNALLOCATED, 100))
    account = Account.objects.get(code="channel_clearing")
    with pytest.raises(IntegrityError, match="does not balance"):
        Posting.objects.create(entry=entry, account=account, amount_fen=5)
    assert balance(CLEARING) == 100


@pytest.mark.django_db
@pytest.mark.parametrize("table", ["ledger_entry", "ledger_posting", "ledger_account"])
@pytest.mark.parametrize("statement", ["UPDATE {} SET id = id", "DELETE FROM {}"])
def test_nothing_posted_can_be_changed_or_removed(table: str, statement: str) -> None:
    _post(1, debit(CLEARING, 100), credit(UNALLOCATED, 100))
    with (
        pytest.raises(DatabaseError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement.format(table))
    assert balance(CLEARING) == 100


@pytest.mark.django_db
def test_a_reversal_brings_the_accounts_back_and_happens_once() -> None:
    entry = _post(1, debit(CLEARING, 777), credit(UNALLOCATED, 777))
    undone = reverse(entry=entry, what="冲正", by=SYSTEM, at=NOON)
    assert reverse(entry=entry, what="冲正", by=SYSTEM, at=NOON) == undone
    assert balance(CLEARING) == balance(UNALLOCATED) == 0
    assert Entry.objects.count() == 2


@pytest.mark.requirement("A-6.3.3b")
@pytest.mark.django_db
@settings(
    max_examples=thorough.examples(30),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(list(Code)),
            st.sampled_from(list(Code)),
            st.integers(min_value=1, max_value=10**12),
            st.booleans(),
        ),
        max_size=6,
    )
)
def test_whatever_is_posted_every_book_stays_at_zero(
    moves: list[tuple[Code, Code, int, bool]],
) -> None:
    agency = Organisation.objects.filter(kind="agency").first() or _agency()
    for left, right, amount, own in moves:
        book = agency.pk if own else None
        _post(
            uuid4(),
            debit(AccountRef(left, organisation_id=book), amount),
            credit(AccountRef(right, organisation_id=book), amount),
        )
    assert set(trial_balance().values()) <= {0}
    for book in (None, agency.pk):
        assert sum(b.raw_fen for b in balances(SYSTEM, organisation_id=book)) == 0


@pytest.mark.django_db(transaction=True)
def test_of_many_who_post_the_same_at_once_one_entry_remains() -> None:
    seen: list[object] = []

    def one() -> None:
        try:
            seen.append(_post("same", debit(CLEARING, 100), credit(UNALLOCATED, 100)).pk)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=one) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(seen) == 8
    assert len(set(seen)) == 1
    assert balance(CLEARING) == 100


@pytest.mark.django_db
def test_an_agency_reads_its_own_book_only(django_assert_num_queries) -> None:
    one, other = _agency(), _agency("杜鹃家政")
    for index, agency in enumerate((one, other)):
        _post(
            index,
            debit(AccountRef(Code.PLATFORM_RECEIVABLE, organisation_id=agency.pk), 100 + index),
            credit(AccountRef(Code.SERVICE_INCOME, organisation_id=agency.pk), 100 + index),
            debit(CLEARING, 100 + index),
            credit(AccountRef(Code.AGENCY_PAYABLE, about_organisation_id=agency.pk), 100 + index),
        )
    keeper = Actor(person_id=uuid4(), organisation_id=one.pk, permissions=frozenset({"ledger.read"}))
    stranger = Actor(person_id=uuid4())
    assert [b.amount_fen for b in balances(keeper, organisation_id=one.pk)] == [100, 100]
    assert balances(keeper, organisation_id=other.pk) == []
    assert balances(keeper, organisation_id=None) == []
    assert balances(stranger, organisation_id=one.pk) == []
    with django_assert_num_queries(2):
        [entry] = list(entries(keeper, organisation_id=one.pk))
        assert len(entry.own_postings) == 2
    assert not entries(stranger, organisation_id=one.pk)
