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
from anxin.kit.access import SIGNED_IN, Request, holds, page
from anxin.orders import public as orders
from anxin.orders.values import VISIT_LABELS, OrderState, VisitState
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
    """What is due first, each with the one thing to do about it."""
    at, actor = clock.now(), request.actor
    counts = orders.counts(actor)
    signatures = contracts.counts(actor)
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
    context = {
        "stats": [
            (_("待答复"), len(sent), reverse("orders:hall")),
            (_("待选派"), counts.get("accepted", 0), reverse("matching:board")),
            (_("待盖章"), signatures.get(str(ContractState.CUSTOMER_SIGNED), 0), reverse("contracts:desk")),
            (_("服务中"), counts.get("in_service", 0), reverse("orders:board") + "?state=in_service"),
            (_("待付款"), counts.get("billed", 0), reverse("orders:board") + "?state=billed"),
        ],
        "sent": sent, "choosing": choosing, "running": running,
        "warnings": list(orders.open_warnings(actor)[:8]) if actor.holds("orders.warnings") else [],
        "topics": ["hall"],
    }  # fmt: skip
    return render(request, "web/agency_desk.html", context)


@page(holds("operator.desk"))
def operator_desk(request: Request) -> HttpResponse:
    """The operator's queues, as this post may open them."""
    doors = [
        ("agencies.verify", _("入驻审核"), _("待审核的机构申请和资料"), "agencies:applications", "checklist"),
        ("payments.reconcile", _("对账"), _("与支付渠道逐日核对"), "payments:reconciliation", "arrows-exchange"),
        ("policies.change", _("规则与权重"), _("时限、费率、排序权重，改动留痕"), "policies:desk", "scale"),
        ("contracts.template", _("合同范本"), _("替换文本，旧合同不受影响"), "contracts:templates", "file-description"),
        ("reviews.manage", _("评价管理"), _("依法隐藏、恢复、查看匿名"), "reviews:manage", "star"),
    ]  # fmt: skip
    allowed = [door[1:] for door in doors if request.actor.holds(door[0])]
    return render(request, "web/operator_desk.html", {"doors": allowed})
