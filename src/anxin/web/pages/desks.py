"""Where each kind of staff and each worker begins the day."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from anxin.contracts import public as contracts
from anxin.contracts.values import ContractState
from anxin.kit import clock
from anxin.kit.access import ONESELF, Request, holds, page
from anxin.kit.geo import Point, travel_minutes
from anxin.orders import public as orders
from anxin.orders.values import VISIT_LABELS, OrderState, VisitState
from anxin.payments import public as payments
from anxin.places import public as places
from anxin.reviews import public as reviews
from anxin.safetycode import public as safetycode
from anxin.web.figures import Figure, figure
from anxin.workers import public as workers


def _day(at: datetime) -> tuple[datetime, datetime]:
    """The calendar day here on which `at` falls, half-open."""
    start = datetime.combine(clock.local_date(at), time(), tzinfo=clock.SHANGHAI)
    return start, start + timedelta(days=1)


@page(ONESELF)
def today(request: Request) -> HttpResponse:
    """A worker's day: proposals to answer, the next visit on top, the rest of the week below."""
    return render(request, "web/today.html", _today(request, clock.now()))


@page(ONESELF)
def today_live(request: Request) -> HttpResponse:
    """The day, fetched again when the worker was told something."""
    return render(request, "web/_today.html", _today(request, clock.now()))


def _today(request: Request, at: datetime) -> dict[str, Any]:
    worker = workers.worker_of(request.actor.person_id)
    start, end = _day(at)
    visits = list(orders.worker_visits(request.actor, start, end + timedelta(days=6)))
    open_visits = [
        v for v in visits if v.state not in (VisitState.CONFIRMED, VisitState.CANCELLED, VisitState.DONE)
    ]
    return {
        "worker": worker,
        "code": safetycode.judge(worker.pk, at) if worker else None,
        "proposals": list(orders.worker_proposals(request.actor, at)),
        "next": open_visits[0] if open_visits else None,
        "visits": [
            (visit, _(VISIT_LABELS[VisitState(visit.state)]), way)
            for visit, way in zip(visits, _ways(worker.point if worker else None, visits), strict=True)
        ],
        "topics": [f"inbox:{request.actor.person_id}"],
    }


def _ways(base: Point | None, visits: list[orders.Visit]) -> list[int]:
    """Minutes to each visit from the one before, on each day first from the worker's base; 0 where that is unknown."""
    ways: list[int] = []
    here, day = base, None
    for visit in visits:
        if clock.local_date(visit.starts_at) != day:
            here, day = base, clock.local_date(visit.starts_at)
        door = Point(visit.order.lat, visit.order.lng)
        ways.append(travel_minutes(here, door) if here else 0)
        here = door
    return ways


@page(holds("orders.read"))
def agency_desk(request: Request) -> HttpResponse:
    """What is due first, each with the one thing to do about it; each post sees its own queues."""
    return render(request, "web/agency_desk.html", _agency_desk(request, clock.now()))


@page(holds("orders.read"))
def agency_desk_live(request: Request) -> HttpResponse:
    """The queues, fetched again when one of their orders changed or this person was told something."""
    return render(request, "web/_agency_desk.html", _agency_desk(request, clock.now()))


def _agency_desk(request: Request, at: datetime) -> dict[str, Any]:
    actor = request.actor
    start, end = _day(at)
    sent = list(orders.sent_to(actor, at)) if actor.holds("orders.accept") else []
    choosing = (
        list(orders.board(actor, (str(OrderState.ACCEPTED),))[:8]) if actor.holds("orders.dispatch") else []
    )
    running = [
        order
        for order in orders.board(actor, (str(OrderState.SIGNED), str(OrderState.IN_SERVICE)))[:40]
        if order.starts_at < end and order.ends_at > start
    ]
    warnings = list(orders.open_warnings(actor)[:8]) if actor.holds("orders.warnings") else []
    towns = places.named({order.town_code for order in (*(o.order for o in sent), *choosing, *running)})
    for order in (*(offer.order for offer in sent), *choosing, *running):
        order.town = towns.get(order.town_code, "")  # type: ignore[attr-defined]  # for the page alone
    # What was sent to the agency is taken or lapses in the hall; what is its own by now changes as an order.
    topics = {f"order:{order.pk}" for order in (*choosing, *running)} | ({"hall"} if sent else set())
    return {
        "figures": _agency_figures(request, len(sent)), "sent": sent, "choosing": choosing, "running": running,
        "warnings": warnings, "topics": [f"inbox:{actor.person_id}", *sorted(topics)],
        "may_accept": actor.holds("orders.accept"), "may_dispatch": actor.holds("orders.dispatch"),
        "may_warn": actor.holds("orders.warnings"),
    }  # fmt: skip


def _agency_figures(request: Request, sent: int) -> list[Figure]:
    """What waits, as this post may deal with it: words, how many, where."""
    actor = request.actor
    counts, board = orders.counts(actor), reverse("orders:board")
    rows: list[Figure] = []
    if actor.holds("orders.accept"):
        rows.append(figure(_("待答复"), sent, reverse("orders:hall"), "wait"))
    if actor.holds("orders.dispatch"):
        rows.append(figure(_("待选派"), counts.get("accepted", 0), reverse("matching:board"), "wait"))
    if actor.holds("contracts.seal"):
        waiting = contracts.counts(actor).get(str(ContractState.CUSTOMER_SIGNED), 0)
        rows.append(figure(_("待盖章"), waiting, reverse("contracts:desk"), "wait"))
    rows.append(figure(_("服务中"), counts.get("in_service", 0), f"{board}?state=in_service"))
    rows.append(figure(_("待付款"), counts.get("billed", 0), f"{board}?state=billed"))
    if actor.holds("payments.bill"):
        money = payments.desk_counts(actor)
        questioned = reverse("payments:bills") + "?state=questioned"
        rows.append(figure(_("账单有疑问"), money["questioned"], questioned, "bad"))
        rows.append(figure(_("待开发票"), money["invoices"], reverse("payments:invoices"), "wait"))
        if money["to_reverse"]:
            to_reverse = reverse("payments:invoices") + "?state=to_reverse"
            rows.append(figure(_("待红冲发票"), money["to_reverse"], to_reverse, "wait"))
    if actor.holds("reviews.answer"):
        unanswered = reverse("reviews:desk") + "?answered=no&words=yes"
        rows.append(figure(_("待回复评价"), reviews.unanswered(actor), unanswered, "wait"))
    return rows
