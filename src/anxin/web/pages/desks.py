"""Where each kind of staff and each worker begins the day."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from anxin.agencies import public as agencies
from anxin.audit import public as audit
from anxin.contracts import public as contracts
from anxin.contracts.values import ContractState
from anxin.kit import clock
from anxin.kit.access import SIGNED_IN, Request, holds, page
from anxin.messaging import public as messaging
from anxin.orders import public as orders
from anxin.orders.values import VISIT_LABELS, OrderState, VisitState
from anxin.payments import public as payments
from anxin.places import public as places
from anxin.reviews import public as reviews
from anxin.safetycode import public as safetycode
from anxin.workers import public as workers


def _day(at: datetime) -> tuple[datetime, datetime]:
    """The calendar day here on which `at` falls, half-open."""
    start = datetime.combine(clock.local_date(at), time(), tzinfo=clock.SHANGHAI)
    return start, start + timedelta(days=1)


@page(SIGNED_IN)
def today(request: Request) -> HttpResponse:
    """A worker's day: proposals to answer, the next visit on top, the rest of the week below."""
    at = clock.now()
    worker = workers.worker_of(request.actor.person_id)
    start, end = _day(at)
    visits = list(orders.worker_visits(request.actor, start, end + timedelta(days=6)))
    open_visits = [
        v for v in visits if v.state not in (VisitState.CONFIRMED, VisitState.CANCELLED, VisitState.DONE)
    ]
    context: dict[str, Any] = {
        "worker": worker,
        "code": safetycode.judge(worker.pk, at) if worker else None,
        "proposals": list(orders.worker_proposals(request.actor, at)),
        "next": open_visits[0] if open_visits else None,
        "visits": [(visit, _(VISIT_LABELS[VisitState(visit.state)])) for visit in visits],
        "topics": [f"inbox:{request.actor.person_id}"],
    }
    return render(request, "web/today.html", context)


@page(holds("orders.read"))
def agency_desk(request: Request) -> HttpResponse:
    """What is due first, each with the one thing to do about it; each post sees its own queues."""
    at, actor = clock.now(), request.actor
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
    context = {
        "stats": _agency_stats(request, len(sent)), "sent": sent, "choosing": choosing, "running": running,
        "warnings": warnings, "topics": ["hall"], "may_accept": actor.holds("orders.accept"),
        "may_dispatch": actor.holds("orders.dispatch"), "may_warn": actor.holds("orders.warnings"),
    }  # fmt: skip
    return render(request, "web/agency_desk.html", context)


def _agency_stats(request: Request, sent: int) -> list[tuple[str, int, str]]:
    """What waits, as this post may deal with it: words, how many, where."""
    actor = request.actor
    counts, board = orders.counts(actor), reverse("orders:board")
    rows: list[tuple[str, int, str]] = []
    if actor.holds("orders.accept"):
        rows.append((_("待答复"), sent, reverse("orders:hall")))
    if actor.holds("orders.dispatch"):
        rows.append((_("待选派"), counts.get("accepted", 0), reverse("matching:board")))
    if actor.holds("contracts.seal"):
        waiting = contracts.counts(actor).get(str(ContractState.CUSTOMER_SIGNED), 0)
        rows.append((_("待盖章"), waiting, reverse("contracts:desk")))
    rows.append((_("服务中"), counts.get("in_service", 0), f"{board}?state=in_service"))
    rows.append((_("待付款"), counts.get("billed", 0), f"{board}?state=billed"))
    if actor.holds("payments.bill"):
        money = payments.desk_counts(actor)
        rows.append((_("账单有疑问"), money["questioned"], reverse("payments:bills") + "?state=questioned"))
        rows.append((_("待开发票"), money["invoices"], reverse("payments:invoices")))
    if actor.holds("reviews.answer"):
        rows.append(
            (_("待回复评价"), reviews.unanswered(actor), reverse("reviews:desk") + "?answered=no&words=yes")
        )
    return rows


@page(holds("operator.desk"))
def operator_desk(request: Request) -> HttpResponse:
    """The operator's queues, as this post may open them, with how much waits in each."""
    actor, at = request.actor, clock.now()
    context = {
        "stats": _operator_stats(request),
        "applications": list(agencies.queue(actor, state="verifying")[:8]) if actor.holds("agencies.verify") else [],
        "verifies": actor.holds("agencies.verify"),
        "check": audit.last_check() if actor.holds("audit.read") else None,
        "audits": actor.holds("audit.read"),
        "week": reviews.tally(at - timedelta(days=7)) if actor.holds("reviews.manage") else None,
    }  # fmt: skip
    return render(request, "web/operator_desk.html", context)


def _operator_stats(request: Request) -> list[tuple[str, int, str]]:
    actor = request.actor
    rows: list[tuple[str, int, str]] = []
    if actor.holds("agencies.verify"):
        counts, queue = agencies.counts(actor), reverse("agencies:applications")
        rows.append((_("待审核机构"), counts.get("verifying", 0), f"{queue}?state=verifying"))
        rows.append((_("正常服务机构"), counts.get("live", 0), f"{queue}?state=live"))
        rows.append((_("已暂停机构"), counts.get("suspended", 0), f"{queue}?state=suspended"))
    if actor.holds("payments.reconcile"):
        rows.append((_("对账差异"), payments.open_differences(actor), reverse("payments:reconciliation")))
    if actor.holds("messaging.read"):
        failed = sum(n for state, n in messaging.counts().items() if state == "failed")
        rows.append((_("发送失败的短信"), failed, reverse("messaging:outbox")))
    return rows
