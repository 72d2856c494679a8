"""One act on several chosen rows of a list: each by itself, so that what one row refuses stops no other.

The rows come from ticked boxes of the name ROW; what became of each is told afterwards, row by row.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from django.db import transaction
from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from anxin.kit.access import Request
from anxin.kit.errors import Invalid, NotFound, Refusal

ROW = "row"
# A request must end in time; a page of a list is shorter.
LIMIT = 100
T = TypeVar("T")
Missing = Callable[[str], Refusal | None]


class NothingChosen(Invalid):
    code = "nothing_chosen"
    message = _("还没有勾选。请先勾选要办理的行，再按一次。")


class TooManyChosen(Invalid):
    code = "too_many_chosen"
    message = _("一次最多办理 %(n)s 行，请分几次。")


@dataclass(frozen=True)
class Outcome:
    """What became of one row; `refusal` in words, "" if it was done."""

    number: str
    refusal: str = ""


def chosen(sent: QueryDict) -> list[str]:
    """The numbers that were ticked, each once, in one order for all: two batches then never wait for each other.

    Refuses: NothingChosen, TooManyChosen.
    """
    numbers = sorted({value[:40] for value in sent.getlist(ROW) if value})
    if not numbers:
        raise NothingChosen
    if len(numbers) > LIMIT:
        raise TooManyChosen(n=LIMIT)
    return numbers


def _not_found(number: str) -> Refusal | None:
    return None


def each(
    numbers: Sequence[str],
    rows: Mapping[str, T],
    act: Callable[[T], object],
    *,
    missing: Missing = _not_found,
) -> list[Outcome]:
    """Call `act` for each number, in a savepoint of its own. `rows`: those the actor may see; others are not found,
    or what `missing` tells of them.

    Only a Refusal is an outcome. Any other trouble is a mistake of ours: then nothing of the batch stays.
    """
    return [_one(number, rows, act, missing) for number in numbers]


def _one(number: str, rows: Mapping[str, T], act: Callable[[T], object], missing: Missing) -> Outcome:
    try:
        with transaction.atomic():
            if number not in rows:
                raise missing(number) or NotFound
            act(rows[number])
    except Refusal as refusal:
        return Outcome(number, str(refusal))
    return Outcome(number)


def tell(request: Request, outcomes: Sequence[Outcome], *, title: Any, link: str, back: str) -> HttpResponse:
    """The page that says what became of each row. `link`: the named address of one row; `back`: of the list.

    It answers the POST itself: with the form's key a reload gets the same answer, and nothing is done twice.
    """
    context = {
        "title": title, "link": link, "back": back, "outcomes": outcomes,
        "done": sum(not one.refusal for one in outcomes), "refused": sum(bool(one.refusal) for one in outcomes),
    }  # fmt: skip
    return render(request, "web/outcomes.html", context)
