"""A batch kept rolling, for the dispatcher: turn it on and off, see the latest round and what each round changed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from anxin.kit import clock
from anxin.kit.access import Request, holds, page
from anxin.kit.errors import NotFound, Refusal
from anxin.kit.forms import DONE, attempt, sent
from anxin.kit.models import uuid_or_not_found
from anxin.kit.redirects import see_other
from anxin.matching import actions, queries
from anxin.matching.forms import RollingForm
from anxin.matching.models import Rolling, Round
from anxin.matching.pages.batch import shown, told_fairness
from anxin.matching.values.rolling import (
    ENDED_LABELS,
    TROUBLE_LABELS,
    TURN_LABELS,
    WHY_LABELS,
    Ended,
    Trouble,
    Turn,
    Why,
)
from anxin.orders import public as orders
from anxin.workers import public as workers

DISPATCH = holds("orders.dispatch")
MOST_SHOWN = 20


@page(DISPATCH, methods=("GET", "POST"))
def rollings(request: Request) -> HttpResponse:
    """Turn one on; the earlier ones."""
    form = RollingForm(sent(request))
    made: list[Rolling] = []

    def keep() -> None:
        fairness, limit = form.chosen
        made.append(
            actions.keep_rolling(
                fairness=fairness, limit=limit, window_minutes=form.cleaned_data["window_minutes"], by=request.actor,
                at=clock.now(),
            )
        )  # fmt: skip

    status = attempt(form, keep)
    if status == DONE:
        return see_other(reverse("matching:rolling", args=[made[0].pk]))
    context = {
        "form": form, "running": queries.running(request.actor.organisation_id),
        "rollings": [(one, told_fairness(one)) for one in queries.rollings(request.actor)[:MOST_SHOWN]],
    }  # fmt: skip
    return render(request, "matching/rollings.html", context, status=status)


@page(DISPATCH)
def rolling(request: Request, rolling_id: str) -> HttpResponse:
    return render(request, "matching/rolling.html", _context(request, _rolling(request, rolling_id)))


@page(DISPATCH)
def progress(request: Request, rolling_id: str) -> HttpResponse:
    """The part of the page that changes with every round."""
    return render(request, "matching/_rolling.html", _context(request, _rolling(request, rolling_id)))


@page(DISPATCH, methods=("POST",))
def end(request: Request, rolling_id: str) -> HttpResponse:
    found = _rolling(request, rolling_id)
    try:
        actions.end_rolling(rolling_id=found.pk, by=request.actor, at=clock.now())
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("滚动派单已关闭。已派出的不变，最后一轮的结果仍可采纳。"))
    return see_other(reverse("matching:rolling", args=[found.pk]))


def _rolling(request: Request, rolling_id: str) -> Rolling:
    found = queries.rolling(uuid_or_not_found(rolling_id), request.actor)
    if found is None:
        raise NotFound
    return found


def _context(request: Request, found: Rolling) -> dict[str, Any]:
    last = queries.last_round(found.pk)
    # "again", "topic" of the rolling batch, not of its round.
    return (shown(request, last.batch) if last else {}) | {
        "rolling": found, "last": last, "told_fairness": told_fairness(found),
        "rounds": _rounds(request, queries.rounds_of(found)[:MOST_SHOWN]),
        "trouble": _(TROUBLE_LABELS[Trouble(found.trouble)]) if found.trouble else "",
        "ended": _(ENDED_LABELS[Ended(found.ended)]) if found.ended else "",
        "topic": f"rolling:{found.pk}", "again": reverse("matching:rolling_progress", args=[found.pk]),
    }  # fmt: skip


def _rounds(request: Request, rows: Iterable[Round]) -> list[tuple[Round, list[dict[str, Any]]]]:
    """Each round with what it changed, in words. A fixed number of queries."""
    rounds = list(rows)
    every = [change for one in rounds for change in one.changes]
    known = orders.board(request.actor).filter(
        pk__in={c[key] for c in every for key in ("order", "other") if c[key]}
    )
    numbers = {str(order.pk): order for order in known}
    names = workers.named({UUID(c[key]) for c in every for key in ("worker", "before") if c[key]})
    return [(one, [_change_row(change, numbers, names) for change in one.changes]) for one in rounds]


def _change_row(
    change: dict[str, str], numbers: dict[str, orders.Order], names: dict[UUID, tuple[str, str]]
) -> dict[str, Any]:
    def name(key: str) -> str:
        return names.get(UUID(change[key]), ("", _("已离开")))[1] if change[key] else ""

    other = numbers.get(change["other"])
    words = {
        "worker": name("worker"), "before": name("before"), "other": other.number if other else _("另一单"),
    }  # fmt: skip
    turn = Turn(change["turn"])
    return {
        "order": numbers.get(change["order"]), "turn": _(TURN_LABELS[turn]),
        "why": _(WHY_LABELS[Why(change["why"])]) % words, "worker": "" if turn is Turn.GONE else words["worker"],
    }  # fmt: skip
