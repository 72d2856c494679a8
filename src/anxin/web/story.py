"""One order as a story: the one next step for whoever reads, and what happened so far."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from anxin.contracts.public import ContractFacts
from anxin.orders.public import Assignment, Order, Visit
from anxin.orders.values import AssignmentState, OrderState, Side, VisitState
from anxin.payments.values import BillFacts, BillKind


@dataclass(frozen=True)
class Next:
    """What to do now: words, and a button (an address to go to, or to post to)."""

    title: str
    text: str = ""
    button: str = ""
    url: str = ""
    post: bool = False
    tone: str = "info"
    place: bool = False


@dataclass(frozen=True)
class Facts:
    """What the next step is worked out from."""

    order: Order
    side: Side
    visit: Visit
    assignment: Assignment | None
    contract: ContractFacts | None
    bill: BillFacts | None
    to_review: bool
    extra_asked: bool = False
    green: bool = True
    """Whether the code of who is agreed to come is green on every day of the visit, as far as is known now."""
    no_show_minutes: int | None = None
    """Where the time of the visit has come: how long after it the agency answers for nobody's being there."""


def next_step(facts: Facts) -> Next:
    """The one next step of this reader."""
    table = _CUSTOMER if facts.side is Side.CUSTOMER else _WORKER if facts.side is Side.WORKER else _AGENCY
    state = OrderState(facts.order.state)
    if state in (OrderState.CONTRACTING, OrderState.SIGNED) and _open(facts.assignment):
        # A replacement after the choice asks its own people, whatever stage the order had reached.
        state = OrderState.ACCEPTED
    return table[state](facts)


def _open(assignment: Assignment | None) -> bool:
    return assignment is not None and assignment.state in (AssignmentState.PROPOSED, AssignmentState.CARDED)


def _to(name: str, *args: Any) -> str:
    return reverse(name, args=args)


# ── the customer ────────────────────────────────────────────────────────────────────────────────────
def _submitted(f: Facts) -> Next:
    if f.order.way == "open":
        return Next(_("正在等机构或服务员接单"), _("接单后会马上通知您，通常 20 分钟内有答复。"), tone="wait")
    return Next(_("需求已送到机构，等待答复"), _("超过时限没有答复，会自动询问下一家。"), tone="wait")


def _unanswered(f: Facts) -> Next:
    return Next(
        _("暂时没有机构接单"), _("换个时间或提高一点预算，成功率会高很多。"),
        _("换个时间再试"), _to("orders:again", f.order.number), tone="bad",
    )  # fmt: skip


def _choosing(f: Facts) -> Next:
    if f.assignment and f.assignment.state == AssignmentState.CARDED:
        if f.assignment.asked:
            return Next(
                _("机构想换时间，也换服务员"), _("您同意之前，时间和服务员都不变。"), _("去答复"), "#change"
            )
        return Next(
            _("请看看这位服务员合不合适"),
            _instead(f) if f.assignment.replaces_id else _("确认后就可以签合同；不合适可以要求重选。"),
            _("就选这位"), _to("orders:agree", f.order.number), post=True,
        )  # fmt: skip
    if f.assignment and f.assignment.replaces_id and not f.green:
        return Next(
            _("正在为您换一位服务员"),
            _("原来约定的服务员安心码不是绿码，不能入户。等新的服务员本人确认，再请您看名片。"),
            tone="wait",
        )
    if f.assignment and f.assignment.replaces_id:
        return Next(
            _("机构想换一位服务员"),
            _("等新的服务员本人确认，再请您看名片；您同意之前，原来约定的服务员不变。"),
            tone="wait",
        )
    if f.assignment:
        return Next(_("等服务员本人确认"), _("服务员看过您的全部要求后会答复。"), tone="wait")
    return Next(_("机构正在为您选派服务员"), _("按距离、评价、经验和信用公开排序。"), tone="wait")


def _instead(f: Facts) -> str:
    if f.green:
        return _("确认后原来约定的服务员就不来了，另签补充协议或新合同；不合适就仍是原来那位。")
    return _(
        "原来约定的服务员安心码不是绿码，不能入户。确认后由这位上门，另签补充协议或新合同；不合适请机构再换一位。"
    )


def _held_up(f: Facts) -> Next | None:
    """The contract lacks something that somebody must give: each side reads what, and where."""
    if f.contract is None or not f.contract.held_up:
        return None
    text = _("缺少：%(items)s。补齐后合同会自动拟好。") % {"items": "、".join(f.contract.missing)}
    if f.side is Side.WORKER and not f.contract.tripartite:
        # Unless three sign, the paper is none of the worker's.
        return Next(_("合同还不能签"), text, tone="bad")
    where = _to("contracts:contract", f.contract.number)
    return Next(_("合同还不能签"), text, _("去看合同"), where, tone="bad")


def _contracting(f: Facts) -> Next:
    if held := _held_up(f):
        return held
    if f.contract and f.contract.waits_for_customer:
        return Next(
            _("请阅读并签署合同"), _("先看要点，再看全文；签名时会收到短信验证码。"),
            _("去看合同"), _to("contracts:contract", f.contract.number),
        )  # fmt: skip
    if f.contract and f.contract.waits_for_agency:
        return Next(_("您已签名，等机构盖章"), _("盖章后合同生效，会马上通知您。"), tone="wait")
    if f.contract and f.contract.waits_for_worker:
        return Next(_("您已签名，等服务员签名"), _("三方都签好后合同生效，会马上通知您。"), tone="wait")
    return Next(_("合同正在生成"), _("马上就好。"), tone="wait")


def _waiting(f: Facts) -> Next:
    if f.bill and f.bill.kind == BillKind.DEPOSIT and f.bill.open_fen and f.visit.state == VisitState.PLANNED:
        return Next(
            _("请支付押金"), _("服务结清时抵扣费用，余款原路退还。"), _("看账单"),
            _to("payments:bill", f.bill.number),
        )  # fmt: skip
    match f.visit.state:
        case VisitState.EN_ROUTE:
            return Next(_("服务员在路上"), _("到达时会提醒您。"), tone="wait")
        case VisitState.ARRIVED:
            return Next(
                _("服务员已到门口"), _("请让服务员出示安心码，扫码核验后再开门。"),
                _("扫码确认入户"), _to("orders:entry", f.visit.pk),
            )  # fmt: skip
    if not f.green:
        return Next(
            _("服务员的安心码在服务那天不是绿码"),
            _("机构要在上门前办好，或换一位服务员；到时扫码仍不是绿码，请不要让人入户。"),
            tone="bad",
        )
    if f.no_show_minutes is not None:
        return Next(
            _("已到约定时间，服务员还没有出发"),
            _("请给机构打电话问一问。过了约定时间 %(n)s 分钟还没有人到，可以取消，由机构承担。")
            % {"n": f.no_show_minutes},
            tone="bad",
        )  # fmt: skip
    if f.visit.contacted_at:
        return Next(_("一切就绪，等待上门"), _("服务员已和您联系过，出发时会提醒您。"), tone="good")
    return Next(_("一切就绪，等待上门"), _("上门前服务员会联系您。"), tone="good")


def _serving(f: Facts) -> Next:
    if f.visit.state == VisitState.DONE:
        return Next(
            _("服务已完成，请验收"), _("逐项看看，满意就确认；48 小时未答复会自动确认。"),
            _("验收确认"), _to("orders:confirm_visit", f.visit.pk), post=True,
        )  # fmt: skip
    if f.extra_asked:
        return Next(
            _("有一个加项等您答复"),
            _("您同意了才做、才计费；不需要也不影响已约定的服务。"),
            _("去答复"),
            "#extras",
        )
    return Next(_("服务进行中"), _("可以随时查看进度和照片。"), tone="wait")


def _completed(f: Facts) -> Next:
    return Next(_("账单正在生成"), _("按合同和实际服务计算，马上就好。"), tone="wait")


def _billed(f: Facts) -> Next:
    if f.bill is None:
        return _completed(f)
    where = _to("payments:bill", f.bill.number)
    if f.bill.state == "questioned":
        return Next(
            _("机构正在核对您的疑问"),
            _("答复或调整后会通知您，现在不用付款。"),
            _("看账单"),
            where,
            tone="wait",
        )
    if f.bill.state == "accepted":
        return Next(_("请付款"), _("账单您已核对过。"), _("看账单"), where)
    return Next(_("请核对账单并付款"), _("有疑问先点“我有疑问”，机构答复后再付。"), _("看账单"), where)


def _paid(f: Facts) -> Next:
    if f.to_review:
        return Next(_("说说这次服务怎么样"), _("评价会影响服务员和机构的排序。"), _("去评价"),
                    _to("reviews:write", f.order.number))  # fmt: skip
    return _once_more(f, _("感谢您的评价"), _("合同、账单和记录都保存在这里。"), "good")


def _closed(f: Facts) -> Next:
    return _once_more(f, _("这张订单已结束"), _("合同、账单和记录都保存在这里。"), "good")


def _once_more(f: Facts, title: str, text: str, tone: str) -> Next:
    """An order at its end leads to the next one."""
    return Next(title, text, _("再约一次"), _to("orders:ask_item", f.order.item_code), tone=tone)


def _cancelled(f: Facts) -> Next:
    # A deposit that nobody paid is taken back a moment later.
    if f.bill and f.bill.open_fen and f.bill.kind != BillKind.DEPOSIT and f.side is Side.CUSTOMER:
        return Next(
            _("订单已取消，有一笔费用待付"), "", _("看账单"), _to("payments:bill", f.bill.number), tone="bad"
        )
    if f.side is Side.CUSTOMER:
        return _once_more(f, _("订单已取消"), _("还需要服务的话，可以换个时间重新下单。"), "bad")
    if f.side is Side.WORKER:
        return Next(
            _("订单已取消"), _("这段时间已经空出来了。"), _("看今天的安排"), _to("web:today"), tone="bad"
        )
    return Next(_("订单已取消"), "", tone="bad")


# ── the worker ──────────────────────────────────────────────────────────────────────────────────────
def _worker_choosing(f: Facts) -> Next:
    if f.assignment and f.assignment.state == AssignmentState.PROPOSED:
        return Next(
            _("机构派给您一单，请看完要求后答复"), _("确认后您的名片会送给客户，这段时间为您留着。"), _("我确认接单"),
            _to("orders:confirm_proposal", f.order.number), post=True,
        )  # fmt: skip
    return Next(_("等客户看名片"), _("客户确认后会通知您。"), tone="wait")


def _worker_waiting(f: Facts) -> Next:
    match f.visit.state:
        case VisitState.PLANNED if f.visit.contacted_at is None:
            return Next(
                _("先给客户打个电话"),
                _("约好时间、停车和注意事项，再登记一下。"),
                _("登记已联系"),
                "#contact",
            )
        case VisitState.PLANNED:
            return Next(
                _("准备好就出发"),
                _("出发时点一下，客户会收到提醒。"),
                _("我出发了"),
                _to("orders:depart", f.visit.pk),
                post=True,
            )
        case VisitState.EN_ROUTE:
            return Next(
                _("到了请点一下"),
                _("点了客户才知道您到门口了。"),
                _("我到了"),
                _to("orders:arrive", f.visit.pk),
                post=True,
                place=True,
            )
    return Next(_("请主动出示安心码"), _("客户扫码确认后才能进门。"), _("亮出安心码"), _to("safetycode:mine"))


def _worker_serving(f: Facts) -> Next:
    if f.visit.state == VisitState.IN_SERVICE:
        return Next(_("按清单逐项完成"), _("要拍照的先拍照；全部完成后点“全部做完了”。"))
    return Next(_("等客户验收"), _("客户验收后自动出账单，您可以去忙下一单。"), tone="good")


def _worker_rest(f: Facts) -> Next:
    return Next(
        _("这一单完成了，辛苦了"),
        _("客户的评价会显示在您的名片上。"),
        _("看今天的安排"),
        _to("web:today"),
        tone="good",
    )


def _worker_contracting(f: Facts) -> Next:
    if held := _held_up(f):
        return held
    if f.contract and f.contract.waits_for_worker:
        return Next(
            _("请阅读并签署三方合同"), _("客户已经签名；签名时会收到短信验证码。"),
            _("去看合同"), _to("contracts:contract", f.contract.number),
        )  # fmt: skip
    return Next(_("客户已选定您，等合同签好"), _("签好后会通知您，时间已为您留着。"), tone="wait")


# ── the agency ──────────────────────────────────────────────────────────────────────────────────────
def _agency_choosing(f: Facts) -> Next:
    if f.assignment is None:
        return Next(
            _("请选派服务员"),
            _("系统已按公开规则排好候选人。"),
            _("去选派"),
            _to("matching:candidates", f.order.number),
        )
    if f.assignment.state == AssignmentState.PROPOSED:
        return Next(_("等服务员确认"), _("超时未答复会退回，届时请另派。"), tone="wait")
    return Next(_("名片已送出，等客户确认"), _("客户不合适时会写明希望，再选下一位。"), tone="wait")


def _agency_contracting(f: Facts) -> Next:
    if held := _held_up(f):
        return held
    if f.contract and f.contract.waits_for_agency:
        return Next(_("客户已签名，请盖章"), "", _("去盖章"), _to("contracts:sealing", f.contract.number))
    if f.contract and f.contract.waits_for_worker:
        return Next(_("等服务员签署三方合同"), _("服务员签名后就可以盖章。"), tone="wait")
    return Next(_("等客户签署合同"), "", tone="wait")


def _agency_rest(f: Facts) -> Next:
    if f.bill and f.bill.state == "questioned":
        return Next(_("客户对账单有疑问"), _("答复或调整账单后，客户才能付款。"), tone="wait")
    words = {
        OrderState.SIGNED: _("等待上门"), OrderState.IN_SERVICE: _("服务进行中"),
        OrderState.COMPLETED: _("服务已完成"), OrderState.BILLED: _("等客户付款"),
        OrderState.PAID: _("客户已付款"), OrderState.CLOSED: _("订单已结束"),
        OrderState.SUBMITTED: _("等待答复"), OrderState.UNANSWERED: _("无人接单"),
    }  # fmt: skip
    return Next(words.get(OrderState(f.order.state), ""), "", tone="wait")


Table = dict[OrderState, Callable[[Facts], Next]]
S = OrderState
_CUSTOMER: Table = {
    S.SUBMITTED: _submitted, S.UNANSWERED: _unanswered, S.ACCEPTED: _choosing, S.CONTRACTING: _contracting,
    S.SIGNED: _waiting, S.IN_SERVICE: _serving, S.COMPLETED: _completed, S.BILLED: _billed, S.PAID: _paid,
    S.CLOSED: _closed, S.CANCELLED: _cancelled,
}  # fmt: skip
_WORKER: Table = {
    **dict.fromkeys(S, _worker_rest), S.ACCEPTED: _worker_choosing, S.CONTRACTING: _worker_contracting,
    S.SIGNED: _worker_waiting, S.IN_SERVICE: _worker_serving, S.CANCELLED: _cancelled,
}  # fmt: skip
_AGENCY: Table = {
    **dict.fromkeys(S, _agency_rest), S.ACCEPTED: _agency_choosing, S.CONTRACTING: _agency_contracting,
    S.CANCELLED: _cancelled,
}  # fmt: skip
STAGES = (
    (gettext_noop("提交"), (S.SUBMITTED, S.UNANSWERED)),
    (gettext_noop("选人"), (S.ACCEPTED,)),
    (gettext_noop("签约"), (S.CONTRACTING,)),
    (gettext_noop("上门"), (S.SIGNED, S.IN_SERVICE)),
    (gettext_noop("付款"), (S.COMPLETED, S.BILLED)),
    (gettext_noop("评价"), (S.PAID, S.CLOSED)),
)


def stage(state: str) -> int:
    """Which of the six stages (from 1) an order is in; 0 when it was cancelled."""
    return next((n for n, (_words, states) in enumerate(STAGES, start=1) if state in states), 0)
