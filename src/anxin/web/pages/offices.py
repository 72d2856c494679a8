"""Where the operator's posts, associations and bureaus begin the day: what waits, what is late, what is warned of.

Every figure leads to the rows it counts.
"""

from __future__ import annotations

from datetime import timedelta

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from anxin.accounts import public as accounts
from anxin.agencies import public as agencies
from anxin.agencies.values import AGENCY_LABELS, AgencyState
from anxin.audit import public as audit
from anxin.governance import public as governance
from anxin.kit import clock
from anxin.kit.access import Request, any_of, holds, page
from anxin.messaging import public as messaging
from anxin.orders import public as orders
from anxin.orders.values import OrderState
from anxin.payments import public as payments
from anxin.reviews import public as reviews
from anxin.safetycode import public as safetycode
from anxin.web.figures import Figure, figure

FIRST = 8


@page(any_of(holds("governance.supervise"), holds("safetycode.manage")))
def supervision_desk(request: Request) -> HttpResponse:
    """A region's desk: codes that are red or run out, agencies that wait for a decision or are suspended."""
    actor, at = request.actor, clock.now()
    today = clock.local_date(at)
    supervises = actor.holds("governance.supervise")
    context = {
        "figures": _region_figures(request),
        "lists": [
            (_("红码：不得上门"), "alert-octagon", _codes("red"), _("没有红码"),
             safetycode.desk_rows(safetycode.listed(actor, today=today, colour="red")[:FIRST], at)),
            (_("30 天内到期"), "alarm", _codes("ending"), _("30 天内没有到期的安心码"),
             safetycode.desk_rows(safetycode.listed(actor, today=today, colour="ending")[:FIRST], at)),
        ],
        "agencies": _agencies(request, "suspended", "verifying") if supervises else [],
        "supervises": supervises,
    }  # fmt: skip
    return render(request, "web/supervision_desk.html", context)


@page(holds("operator.desk"))
def operator_desk(request: Request) -> HttpResponse:
    """The operator's queues, as this post may open them, with how much waits in each."""
    actor, at = request.actor, clock.now()
    verifies, reads = actor.holds("agencies.verify"), actor.holds("messaging.read")
    context = {
        "figures": _operator_figures(request),
        "applications": _agencies(request, "verifying") if verifies else [],
        "verifies": verifies,
        "requests": accounts.waiting_requests(actor)[:FIRST] if actor.holds("accounts.organise") else [],
        "organises": actor.holds("accounts.organise"),
        "differences": payments.latest_differences(actor, FIRST) if actor.holds("payments.reconcile") else [],
        "reconciles": actor.holds("payments.reconcile"),
        "unsent": list(messaging.recent(state="failed")[:FIRST]) if reads else [],
        "reads": reads,
        "check": audit.last_check() if actor.holds("audit.read") else None,
        "audits": actor.holds("audit.read"),
        "week": reviews.tally(at - timedelta(days=7)) if actor.holds("reviews.manage") else None,
    }  # fmt: skip
    return render(request, "web/operator_desk.html", context)


def _region_figures(request: Request) -> list[Figure]:
    actor = request.actor
    rows = _code_figures(request)
    if actor.holds("governance.supervise"):
        rows += _agency_figures(request)
    if actor.holds("orders.oversee"):
        counts, found = orders.overseen_counts(actor, clock.now()), reverse("orders:overseen")
        for state, words, tone in (
            (OrderState.UNANSWERED, _("30 天无人接单"), "bad"),
            (OrderState.CANCELLED, _("30 天取消"), ""),
            (OrderState.IN_SERVICE, _("服务中"), ""),
        ):
            rows.append(figure(words, counts.get(state, 0), f"{found}?state={state}", tone))
    return rows


def _agencies(request: Request, *states: str) -> list[tuple[agencies.Agency, str]]:
    """The first agencies of each state, with the word of the state."""
    return [
        (row, _(AGENCY_LABELS[AgencyState(row.state)]))
        for state in states
        for row in agencies.queue(request.actor, state=state)[:FIRST]
    ]


def _operator_figures(request: Request) -> list[Figure]:
    actor, at = request.actor, clock.now()
    rows: list[Figure] = []
    if actor.holds("agencies.verify"):
        rows += _agency_figures(request)
    if actor.holds("workers.oversee"):
        rows += _code_figures(request)
    if actor.holds("accounts.organise"):
        asked = governance.waiting_corrections(actor, at)
        rows.append(
            figure(
                _("权限申请待批"),
                len(accounts.waiting_requests(actor)),
                reverse("accounts:rights"),
                "wait",
            )
        )
        rows.append(figure(_("个人信息申请"), asked.every, reverse("governance:desk"), "wait"))
        rows.append(figure(_("其中已逾期"), asked.late, reverse("governance:desk"), "bad"))
    if actor.holds("audit.read") or actor.holds("accounts.organise"):
        rows.append(figure(_("今天看全"), governance.looks_today(actor, at), reverse("governance:watched")))
    if actor.holds("payments.reconcile"):
        count = payments.open_differences(actor)
        rows.append(figure(_("对账差异"), count, reverse("payments:reconciliation"), "bad"))
    if actor.holds("messaging.read"):
        sent, outbox = messaging.counts(), reverse("messaging:outbox")
        for state, words, tone in (
            ("failed", _("失败短信"), "bad"),
            ("queued", _("待发短信"), "wait"),
        ):
            count = sum(n for one, n in sent.items() if one == state)
            rows.append(figure(words, count, f"{outbox}?state={state}", tone))
    return rows


def _agency_figures(request: Request) -> list[Figure]:
    counts, queue = agencies.counts(request.actor), reverse("agencies:applications")
    return [
        figure(_("待审核机构"), counts.get("verifying", 0), f"{queue}?state=verifying", "wait"),
        figure(_("已暂停机构"), counts.get("suspended", 0), f"{queue}?state=suspended", "bad"),
        figure(_("正常服务机构"), counts.get("live", 0), f"{queue}?state=live"),
    ]


def _code_figures(request: Request) -> list[Figure]:
    at = clock.now()
    counts = safetycode.counts(request.actor, clock.local_date(at))
    applied, queue = safetycode.application_figures(request.actor, at), reverse("safetycode:applications")
    return [
        figure(_("待办的安心码申领"), applied.mine, queue, "wait"),
        figure(_("超期的安心码申领"), applied.late, f"{queue}?view=late", "bad"),
        figure(_("红码"), counts.get("red", 0), _codes("red"), "bad"),
        figure(_("黄码"), counts.get("yellow", 0), _codes("yellow"), "wait"),
        figure(_("30 天内到期"), counts["ending"], _codes("ending"), "wait"),
        figure(_("未发码"), counts.get("none", 0), _codes("none"), "wait"),
        figure(_("绿码"), counts.get("green", 0), _codes("green")),
    ]


def _codes(colour: str) -> str:
    return reverse("safetycode:codes") + f"?colour={colour}"
