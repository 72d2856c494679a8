"""What moving a visit would mean: what it costs then, what stands in the way, and when it would go instead."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext

from anxin.agencies import public as agencies
from anxin.agencies.values import PriceList
from anxin.catalogue import public as catalogue
from anxin.kit.clock import SHANGHAI, local
from anxin.kit.geo import Point
from anxin.kit.text import gettext_noop
from anxin.orders.models import Assignment, Change, Order, Visit
from anxin.orders.queries.choosing import obstacles
from anxin.orders.queries.pricing import price_range, usage_of
from anxin.orders.rules import AHEAD, UNTAKEN, ChangeTerms, change_terms
from anxin.orders.states import ChangeState, OrderState
from anxin.orders.values import MIN_NOTICE_MINUTES, Side, Way
from anxin.places.values import DayKind
from anxin.policies import public as policies
from anxin.safetycode import public as safetycode
from anxin.workers import public as workers
from anxin.workers.values import Span

DAYS_AHEAD, MOST_TIMES = 7, 4
FIRST_HOUR, LAST_HOUR = 6, 22


@dataclass(frozen=True)
class Planned:
    """The demand at its new time, as pricing takes it."""

    item_code: str
    unit: str
    quantity: Decimal
    starts_at: datetime
    ends_at: datetime
    headcount: int


@dataclass(frozen=True)
class Moving:
    """A move as it would be agreed to. Money in fen, None where nothing is priced yet; `terms` are the new usage and
    quote (or, before acceptance, the new estimate); `reasons` are translated words and none when it can be moved.
    """

    span: Span
    before_fen: int | None
    after_fen: int | None
    terms: dict[str, Any]
    reasons: tuple[str, ...] = ()

    @property
    def repriced(self) -> bool:
        return self.before_fen != self.after_fen


def moving(
    order: Order, visit: Visit, starts_at: datetime, at: datetime, *, side: Side, staying: bool = True
) -> Moving:
    """The visit at another time, its length kept: priced for the new day, and checked against the agency's hours and
    towns, and (if the worker stays) their shift, bookings and travel, and the code on that day. A fixed number of
    queries.
    """
    span = Span(starts_at, starts_at + (visit.ends_at - visit.starts_at))
    found = _estimated(order, span, at) if order.state in UNTAKEN else _priced(order, span)
    workers_ = _worker_reasons(order, visit, span, at, side) if staying else ()
    return replace(found, reasons=(*_agency_reasons(order, span), *workers_))


def visits_together(visit: Visit) -> list[Visit]:
    """The visit and, while both are ahead, the one of the other half of its pair. One query for a pair."""
    if visit.order.party is None:
        return [visit]
    others = Visit.objects.filter(order__party=visit.order.party, order__state__in=[*UNTAKEN, *AHEAD])
    return [
        visit,
        *others.exclude(order=visit.order_id).select_related("order", "order__customer", "order__provider"),
    ]


def asked_beside(change: Change) -> list[Change]:
    """The open request for the other half of the pair, which is answered with this one. One query for a pair."""
    if change.order.party is None:
        return []
    beside = Change.objects.filter(order__party=change.order.party, state=ChangeState.ASKED)
    return list(beside.exclude(order=change.order_id).select_related("order", "order__customer", "visit"))


def change_terms_of(visits: Sequence[Visit], side: Side) -> ChangeTerms:
    """Whether these visits (one, or both of a pair) may be moved now: each of them has to be."""
    found = [change_terms(state=v.order.state, visit_state=v.state, side=side) for v in visits]
    return next((terms for terms in found if not terms.allowed), found[0])


def change_waits(visits: Sequence[Visit], at: datetime) -> bool:
    """Whether a request for another time of these visits waits for an answer that can still be given. One query."""
    asked = Change.objects.filter(visit__in=visits, state=ChangeState.ASKED)
    return asked.filter(Q(starts_at__gt=at) | Q(assignments__isnull=False)).exists()


def agreeable_until(change: Change, at: datetime) -> datetime:
    """Until when the other side can agree: a new time needs the operator's notice."""
    minutes: int = policies.read(MIN_NOTICE_MINUTES, at=at)
    return change.starts_at - timedelta(minutes=minutes)


def prices_of(moves: Sequence[Moving] | Sequence[Change]) -> tuple[int | None, int | None]:
    """What they cost together before and after; None where nothing is priced yet."""
    before, after = [one.before_fen for one in moves], [one.after_fen for one in moves]
    return _sum(before), _sum(after)


def _sum(prices: Sequence[int | None]) -> int | None:
    known = [fen for fen in prices if fen is not None]
    return sum(known) if len(known) == len(prices) else None


def _planned(order: Order, span: Span) -> Planned:
    return Planned(order.item_code, order.unit, order.quantity, span.start, span.end, order.headcount)


def prices_at(moves: Iterable[tuple[Order, datetime]]) -> dict[UUID, tuple[int | None, int | None]]:
    """By order what it costs now and would cost when it begins at another time, in fen. One query for all of them.

    Only of orders that an agency has taken: before that nothing is agreed that could change.
    """
    spans = [(order, Span(begins, begins + (order.ends_at - order.starts_at))) for order, begins in moves]
    calendar = agencies.calendar_for((span.start, span.end) for _, span in spans)
    found = {order.pk: _priced(order, span, calendar) for order, span in spans if order.state not in UNTAKEN}
    return {pk: (one.before_fen, one.after_fen) for pk, one in found.items()}


def _priced(order: Order, span: Span, calendar: Mapping[date, DayKind] | None = None) -> Moving:
    """By the frozen price list, so that only the day can change the price."""
    usage = usage_of(_planned(order, span), order.town_code, calendar)
    quote = agencies.price(PriceList.from_json(order.terms["price_list"]), usage)
    terms = {"usage": usage.to_json(), "quote": quote.to_json()}
    return Moving(span, order.total_fen, quote.total_fen, terms)


def _estimated(order: Order, span: Span, at: datetime) -> Moving:
    planned, before = _planned(order, span), order.estimate.get("low_fen")
    if order.way == Way.SENT and order.version_id:
        quote = agencies.quoted(agencies.frozen_version(order.version_id), usage_of(planned, order.town_code))
        total = quote.total_fen
        estimate = {"quote": quote.to_json(), "low_fen": total, "high_fen": total, "offers": 1}
        return Moving(span, before, total, {"estimate": estimate})
    ranged = estimate_for_all(order, span.start, span.end, at)
    return Moving(span, before, ranged["low_fen"], {"estimate": ranged})


def estimate_for_all(order: Order, starts_at: datetime, ends_at: datetime, at: datetime) -> dict[str, Any]:
    """What a demand that is open to all would cost at a time: see `price_range`."""
    planned = _planned(order, Span(starts_at, ends_at))
    return price_range(planned, order.town_code, at)


def _agency_reasons(order: Order, span: Span) -> Iterator[str]:
    if order.version_id is None or order.state == OrderState.UNANSWERED:
        return
    version = agencies.frozen_version(order.version_id)
    if not agencies.covers(version, order.town_code):
        yield gettext("机构不服务这个地点")
    if not agencies.covers(version, order.town_code, (span.start, span.end)):
        yield gettext("机构在这个时间不提供这项服务")


def _worker_reasons(order: Order, visit: Visit, span: Span, at: datetime, side: Side) -> Iterator[str]:
    seen: set[str] = set()
    for one in Assignment.objects.filter(visit=visit).live():
        for reason in obstacles(order, [one.worker_id], at, span=span, moving=one.pk)[one.worker_id]:
            if reason not in seen:
                seen.add(reason)
                yield gettext(_for_customers(reason) if side is Side.CUSTOMER else reason)


def _for_customers(reason: str) -> str:
    """A customer learns that the worker cannot come then, not what else is in their calendar or papers."""
    return _PLAIN.get(reason, gettext_noop("服务员那天不能上门"))


_PLAIN = {
    gettext_noop("不在服务员的可服务时段内"): gettext_noop("不在服务员的可服务时段内"),
    gettext_noop("该时段已有安排"): gettext_noop("服务员那时已有安排"),
    gettext_noop("与前后安排之间来不及赶路"): gettext_noop("服务员那时赶不过来"),
    gettext_noop("服务日安心码不是绿码"): gettext_noop("服务员那天的安心码不是绿码"),
}


def free_instead(visits: Sequence[Visit], starts_at: datetime, at: datetime) -> list[datetime]:
    """Up to four starts on the day wanted, else on the first day of the week after it that has any: within the
    agency's hours, and with room in the calendars of all who are to come (visits: one, or both of a pair), green on the
    day."""
    visit = visits[0]
    order = visit.order
    length = visit.ends_at - visit.starts_at
    soonest = at + timedelta(minutes=policies.read(MIN_NOTICE_MINUTES, at=at))
    item = catalogue.item(order.item_code, order.created_at)
    version = agencies.frozen_version(order.version_id) if order.version_id else None
    live = list(Assignment.objects.filter(visit__in=visits).live())
    ids = {one.worker_id for one in live}
    for ahead in range(DAYS_AHEAD + 1):
        starts = _starts(local(starts_at) + timedelta(days=ahead))
        spans = [Span(start, start + length) for start in starts if start >= soonest]
        if version is not None:
            spans = [s for s in spans if agencies.covers(version, order.town_code, (s.start, s.end))]
        if spans and ids and ids - safetycode.green_ids(ids, spans[0].days()[0], spans[-1].days()[1]):
            continue
        for one in live:
            spans = workers.free_spans(
                one.worker_id, spans, Point(order.lat, order.lng), item.turnover_minutes, without=one.pk
            )
        if spans:
            nearest = sorted(spans, key=lambda s: abs(_minute(s.start) - _minute(starts_at)))[:MOST_TIMES]
            return sorted(s.start for s in nearest)
    return []


def _starts(day: datetime) -> list[datetime]:
    hours = range(FIRST_HOUR, LAST_HOUR)
    return [datetime.combine(day.date(), time(h, m), tzinfo=SHANGHAI) for h in hours for m in (0, 30)]


def _minute(moment: datetime) -> int:
    here = local(moment)
    return here.hour * 60 + here.minute
