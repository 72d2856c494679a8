"""Several rows at once: each by itself, each told, others' rows like rows that do not exist."""

from __future__ import annotations

import pytest
from django.http import QueryDict

from anxin.accounts.models import Organisation
from anxin.kit.batch import LIMIT, NothingChosen, Outcome, TooManyChosen, chosen, each
from anxin.kit.errors import Conflict, NotFound


def test_each_number_counts_once_and_in_one_order() -> None:
    assert chosen(QueryDict("row=B2&row=B1&row=B2&row=")) == ["B1", "B2"]


def test_nothing_and_too_much_are_refused() -> None:
    with pytest.raises(NothingChosen):
        chosen(QueryDict("row=&other=1"))
    with pytest.raises(TooManyChosen):
        chosen(QueryDict("&".join(f"row={n}" for n in range(LIMIT + 1))))


def test_a_refused_row_leaves_nothing_and_stops_no_other(jia: Organisation, yi: Organisation) -> None:
    def rename(row: Organisation) -> None:
        Organisation.objects.filter(pk=row.pk).update(name=f"{row.name}（新）")
        if row.pk == jia.pk:
            raise Conflict

    before = jia.name, yi.name
    outcomes = each(["a", "b", "c"], {"a": jia, "c": yi}, rename)
    assert outcomes == [Outcome("a", str(Conflict())), Outcome("b", str(NotFound())), Outcome("c")]
    jia.refresh_from_db()
    yi.refresh_from_db()
    assert (jia.name, yi.name) == (before[0], f"{before[1]}（新）")


def test_a_mistake_of_ours_is_no_outcome(jia: Organisation) -> None:
    def fail(row: Organisation) -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        each(["a"], {"a": jia}, fail)
