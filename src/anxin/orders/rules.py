"""Decisions about orders as pure functions: cancelling, rescheduling, warnings, entry."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from anxin.kit.geo import Point, distance_m
from anxin.kit.text import gettext_noop
from anxin.orders.states import ORDER, OrderState, VisitState
from anxin.orders.values import Side, WarningKind

MOBILE = re.compile(r"(?<!\d)1\d{10}(?!\d)")
UNTAKEN = (OrderState.SUBMITTED, OrderState.UNANSWERED)
# Taken, and its service is not over.
AHEAD = (OrderState.ACCEPTED, OrderState.CONTRACTING, OrderState.SIGNED, OrderState.IN_SERVICE)
BEFORE_CONTRACT = (OrderState.SUBMITTED, OrderState.UNANSWERED, OrderState.ACCEPTED)
UNREADY = (OrderState.ACCEPTED, OrderState.CONTRACTING)
ON_THE_WAY = (VisitState.EN_ROUTE, VisitState.ARRIVED)
OUTSIDE = (VisitState.PLANNED, *ON_THE_WAY)
UNDER_WAY = (VisitState.IN_SERVICE, VisitState.DONE, VisitState.CONFIRMED)


def contact_in(words: str) -> dict[str, str]:
    """Who is to be asked for on the spot, and their mobile number, out of one line; only what it holds."""
    phone = MOBILE.search(words)
    name = " ".join(MOBILE.sub(" ", words, count=1).split()).strip("，,、：:（）() ")
    return ({"contact": name} if name else {}) | ({"phone": phone[0]} if phone else {})


def door_in(words: str, *, village: str) -> dict[str, str]:
    """Village and door out of one line that begins with the village, or names none or another."""
    door = words.removeprefix(village).strip()
    return {"detail": door} if words.startswith(village) and door else {"detail": words, "village": ""}


def opens_for(opens_at: datetime, steps: Iterable[Sequence[int]], credit: int) -> datetime:
    """From when an open offer may be taken with this credit score. steps: (least score, minutes later) (E-8)."""
    later = (minutes for least, minutes in steps if least <= credit)
    return opens_at + timedelta(minutes=min(later, default=0))


# Nothing is left to cancel or to move, and why: who comes back to a page they had open reads what is so.
OVER: Mapping[str, str] = {
    OrderState.COMPLETED: gettext_noop("服务已经结束。"),
    OrderState.BILLED: gettext_noop("服务已经结束。"),
    OrderState.PAID: gettext_noop("服务已经结束。"),
    OrderState.CANCELLED: gettext_noop("订单已经取消。"),
    OrderState.CLOSED: gettext_noop("订单已经结束。"),
}


@dataclass(frozen=True)
class CancelPolicy:
    """The operator's numbers; shares in basis points of the agreed total."""

    free_hours: int
    short_hours: int
    late_bp: int
    short_bp: int
    door_bp: int


@dataclass(frozen=True)
class CancelTerms:
    """What cancelling now would mean. fee_bp: paid by the customer; compensation_bp: paid by the agency."""

    allowed: bool
    fee_bp: int
    compensation_bp: int
    reason: str


def cancel_terms(
    *,
    side: Side,
    state: str,
    visit_states: Iterable[str],
    until_start: timedelta,
    policy: CancelPolicy,
    at_fault: Side | None = None,
    signed: bool = True,
    left_alone: bool = False,
) -> CancelTerms:
    """One table for both sides, by stage: before the contract free; after it by the time left; at the door half.

    `at_fault` is the side whose failing leads to the cancelling (no-show, code not green): it pays, and the
    other side pays nothing. `signed`: whether a contract has ever stood; until then it is free. `left_alone`: two were
    to come at the same time, and the agency has ended the other one's order: then this one is free for the customer.
    """
    if (over := OVER.get(state)) is not None:
        return CancelTerms(False, 0, 0, over)
    visits = set(visit_states)
    if not ORDER.allows(state, OrderState.CANCELLED) or visits & {str(v) for v in UNDER_WAY}:
        return CancelTerms(False, 0, 0, gettext_noop("服务已经开始，不能取消；可以与对方协商提前结束。"))
    # Back at choosing after a signed contract, because a worker was lost: the side at fault still answers for it.
    if not signed or (state in BEFORE_CONTRACT and at_fault is None):
        return CancelTerms(True, 0, 0, gettext_noop("合同签订前可以免费取消。"))
    if left_alone and side == Side.CUSTOMER and at_fault is None:
        return CancelTerms(True, 0, 0, gettext_noop("原定两位一起来，另一单由机构取消：这一单可以免费取消。"))
    share, reason = _share(visits, until_start, policy)
    payer = at_fault or side
    if payer == Side.CUSTOMER:
        return CancelTerms(True, share, 0, reason)
    if payer == Side.PLATFORM:
        return CancelTerms(True, 0, 0, gettext_noop("平台原因取消，双方都不收费。"))
    if side == Side.CUSTOMER:
        reason = gettext_noop("服务员没有按时到达，或安心码不是绿码：由机构承担。")
    return CancelTerms(True, 0, share, reason)


def agency_fault(
    *,
    visit_states: Iterable[str],
    since_start: timedelta,
    no_show: timedelta,
    code_warned: bool,
    customer_signs: bool = False,
) -> bool:
    """Whether the agency failed: nobody came in time, or whoever comes must not enter for their code's colour.

    customer_signs: the paper waits for the customer's own signature, and without it nobody may set out.
    """
    waiting = {str(VisitState.PLANNED), str(VisitState.EN_ROUTE)}
    nobody = since_start >= no_show and bool(waiting.intersection(map(str, visit_states)))
    return code_warned or (nobody and not customer_signs)


NO_WORKER_AGENCY = gettext_noop("过了约定时间仍未选定服务员，系统关闭订单。责任方：机构")
NO_WORKER_CUSTOMER = gettext_noop("客户没有答复推荐的服务员，过了约定时间，系统关闭订单。责任方：客户")
UNSIGNED_AGENCY = gettext_noop("过了约定时间机构仍未备好合同或盖章，系统关闭订单。责任方：机构")
UNSIGNED_CUSTOMER = gettext_noop("过了约定时间客户仍未签名，系统关闭订单。责任方：客户")


def unready_fault(*, state: str, waits_for: str, card_unanswered: bool) -> tuple[Side, str]:
    """Whose failing it is that an accepted order is not ready at its start, and why in words.

    waits_for: whose turn it was with the contract. card_unanswered: the last card lapsed before the customer. Everybody
    else's delay, the worker's among them, is the agency's.
    """
    if state == OrderState.ACCEPTED:
        return (Side.CUSTOMER, NO_WORKER_CUSTOMER) if card_unanswered else (Side.AGENCY, NO_WORKER_AGENCY)
    return (
        (Side.CUSTOMER, UNSIGNED_CUSTOMER) if waits_for == Side.CUSTOMER else (Side.AGENCY, UNSIGNED_AGENCY)
    )


def _share(visits: set[str], until_start: timedelta, policy: CancelPolicy) -> tuple[int, str]:
    if visits & {str(v) for v in ON_THE_WAY}:
        return policy.door_bp, gettext_noop("服务员已经出发。")
    if until_start < timedelta(hours=policy.short_hours):
        return policy.short_bp, gettext_noop("离上门时间已经很近。")
    if until_start < timedelta(hours=policy.free_hours):
        return policy.late_bp, gettext_noop("离上门时间不足一天。")
    return 0, gettext_noop("离上门还早，可以免费取消。")


@dataclass(frozen=True)
class ChangeTerms:
    """Whether a side may move a visit now, whether the other side must agree first, and whether a new price then
    needs an addendum to the contract."""

    allowed: bool
    needs_consent: bool
    reason: str
    addendum: bool = False


@dataclass(frozen=True)
class ChangeRow:
    """One row of the published table: at which stage, in words, and what each side may do."""

    states: tuple[OrderState, ...]
    when: str
    customer: ChangeTerms
    agency: ChangeTerms


_ASKS = ChangeTerms(True, True, gettext_noop("需要对方同意后改期。"))
_ADDS = ChangeTerms(
    True, True, gettext_noop("需要对方同意后改期；价格有变化的，双方再签一份补充合同。"), True
)
_NOT_YOURS = ChangeTerms(False, False, gettext_noop("还没有机构接单，只有客户可以改期。"))
_TOO_LATE = ChangeTerms(False, False, gettext_noop("服务员已经出发或服务已经开始，不能改期。"))
CHANGE_TABLE = (
    ChangeRow(
        (OrderState.SUBMITTED, OrderState.UNANSWERED), gettext_noop("还没有机构接单"),
        ChangeTerms(True, False, gettext_noop("还没有机构接单，可以直接改期。")), _NOT_YOURS,
    ),
    ChangeRow(
        (OrderState.ACCEPTED, OrderState.CONTRACTING), gettext_noop("已接单，合同还没有签好"), _ASKS, _ASKS
    ),
    ChangeRow((OrderState.SIGNED,), gettext_noop("合同已签，服务员还没有出发"), _ADDS, _ADDS),
    ChangeRow((), gettext_noop("服务员出发以后"), _TOO_LATE, _TOO_LATE),
)  # fmt: skip


def change_terms(*, state: str, visit_state: str, side: Side = Side.CUSTOMER) -> ChangeTerms:
    """The same table for moving a visit: free while nobody has taken it, by consent after, never once on the way."""
    if (over := OVER.get(state)) is not None:
        return ChangeTerms(False, False, over)
    stage = next((row for row in CHANGE_TABLE if state in row.states), CHANGE_TABLE[-1])
    if visit_state != VisitState.PLANNED:
        stage = CHANGE_TABLE[-1]
    return stage.customer if side is Side.CUSTOMER else stage.agency


# What a worker reads besides what was told to them or done by them: the order's own milestones.
MILESTONES = frozenset({"submitted", "accepted", "signed", "entered", "done", "confirmed", "closed"})
# How the demand looked for a provider, and who turned it down, is no business of who took it.
SEARCH = frozenset({"offered", "opened", "declined", "lapsed", "unanswered"})
# It would tell agency and worker who wrote an anonymous review, or what was hidden of one.
OF_CUSTOMER_ALONE = frozenset({"reviewed_unnamed", "review_hidden", "review_shown"})
# What a worker says to the agency alone.
BETWEEN_AGENCY_AND_WORKER = frozenset({"worker_declined"})


# Lines that ask the customer for something, as the agency and the worker read them.
TO_OTHERS: Mapping[str, str] = {
    "offered": gettext_noop("有客户的新需求，请在时限内答复"),
    "arrived": gettext_noop("服务员已到门口，等客户扫码确认入户"),
    "done": gettext_noop("服务已完成，等客户验收确认"),
    "billed": gettext_noop("账单已发给客户核对"),
    "paid": gettext_noop("客户已付款"),
}


def words_for(kind: str, text: str, *, customer: bool) -> str:
    """The source text of a line for this reader."""
    return text if customer else TO_OTHERS.get(kind, text)


def acted_at(told: datetime | None, at: datetime, *, after: Sequence[datetime | None]) -> datetime:
    """When an act of a visit was done: as its phone told, but not after it arrived (`at`) nor before what came
    before it. A clock that was set back does not make the time worked negative: it is what is billed."""
    return max([min(told or at, at), *(moment for moment in after if moment is not None)])


def may_read(*, side: Side, kind: str, audience: str, own: bool, before_assignment: bool) -> bool:
    """Whether a line of the timeline is for this side. own: they did it; before_assignment: older than the reader's
    part in the order. A worker reads no reasons about others; an agency not who declined before it."""
    to = audience.split()
    if own:
        return True
    if kind in OF_CUSTOMER_ALONE:
        return side is Side.CUSTOMER
    if side is Side.WORKER:
        return kind in MILESTONES or ("worker" in to and not before_assignment)
    if side is Side.AGENCY:
        return kind not in SEARCH
    if side is Side.CUSTOMER:
        return kind not in BETWEEN_AGENCY_AND_WORKER and not (
            kind.startswith("warning_") and "customer" not in to
        )
    return True


@dataclass(frozen=True)
class VisitClock:
    """What the warning rules look at; all moments UTC, missing ones None."""

    order_state: str
    state: str
    starts_at: datetime
    ends_at: datetime
    travel_minutes: int
    contacted_at: datetime | None
    arrived_at: datetime | None
    done_at: datetime | None
    has_worker: bool


@dataclass(frozen=True)
class Grace:
    """The operator's grace periods, in minutes."""

    contact_before: int
    depart: int
    entry: int
    overrun: int
    confirm: int = 24 * 60


def due_warnings(visit: VisitClock, at: datetime, grace: Grace) -> frozenset[WarningKind]:
    """Which early warnings stand at a moment (C-5.4.6)."""
    found: set[WarningKind] = set()

    def past(moment: datetime, minutes: int) -> bool:
        return at >= moment + timedelta(minutes=minutes)

    if visit.order_state in (OrderState.ACCEPTED, OrderState.CONTRACTING) and past(visit.starts_at, -240):
        found.add(WarningKind.UNSIGNED if visit.has_worker else WarningKind.NO_WORKER)
        if past(visit.starts_at, 0):
            found.add(WarningKind.CLOSING)
    if visit.order_state not in (OrderState.SIGNED, OrderState.IN_SERVICE):
        return frozenset(found)
    if visit.state == VisitState.PLANNED:
        # Once the worker is late, a call beforehand is no longer what anybody could make up for.
        callable_ = past(visit.starts_at, -grace.contact_before) and not past(visit.starts_at, grace.depart)
        if visit.contacted_at is None and callable_:
            found.add(WarningKind.NOT_CONTACTED)
        if past(visit.starts_at, grace.depart - visit.travel_minutes):
            found.add(WarningKind.LATE_DEPARTURE)
    if visit.state in (VisitState.PLANNED, VisitState.EN_ROUTE) and past(visit.starts_at, grace.depart):
        found.add(WarningKind.LATE_ARRIVAL)
    if visit.state == VisitState.ARRIVED and visit.arrived_at and past(visit.arrived_at, grace.entry):
        found.add(WarningKind.NO_ENTRY)
    if visit.state == VisitState.IN_SERVICE and past(visit.ends_at, grace.overrun):
        found.add(WarningKind.OVERRUN)
    if visit.state == VisitState.DONE and visit.done_at and past(visit.done_at, grace.confirm):
        found.add(WarningKind.UNCONFIRMED)
    return frozenset(found)


@dataclass(frozen=True)
class EntryFacts:
    """What is known at the door when the customer scans: the code's worker, the order's worker, colour, place."""

    code_worker: str
    assigned_workers: frozenset[str]
    green: bool
    visit_state: str
    here: Point | None
    door: Point
    radius_m: int
    place_required: bool = False
    far_allowed: bool = False

    @property
    def distance_m(self) -> int | None:
        """How far from the door whoever scans is; None = unknown."""
        return None if self.here is None else round(distance_m(self.here, self.door))

    @property
    def place(self) -> str:
        """known (at the door), far, or unknown."""
        if self.distance_m is None:
            return "unknown"
        return "far" if self.distance_m > self.radius_m else "known"


def entry_refusal(facts: EntryFacts) -> str | None:
    """Why this code must not open this door now, or None. The order of the checks is the order of gravity."""
    if facts.code_worker not in facts.assigned_workers:
        return "wrong_worker"
    if facts.visit_state not in OUTSIDE:
        return "not_awaited"
    if not facts.green:
        return "not_green"
    if facts.visit_state != VisitState.ARRIVED:
        return "not_arrived"
    if facts.place == "unknown" and facts.place_required:
        return "place_unknown"
    if facts.place == "far" and not facts.far_allowed:
        return "wrong_place"
    return None
