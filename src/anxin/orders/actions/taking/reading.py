"""Where a demand stands, and how the worker stands who grabs it. Who comes too late costs one read of one row."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from anxin.agencies.public import CREDIT_SQL, SERVING_SQL
from anxin.catalogue import public as catalogue
from anxin.kit import prepared
from anxin.kit.actor import Actor
from anxin.kit.clock import local, local_date
from anxin.kit.ids import new_id
from anxin.orders.actions import refusals
from anxin.orders.models import Order
from anxin.orders.queries import wanted
from anxin.orders.states import OrderState
from anxin.orders.values import CUSTOMER_HOURS
from anxin.places import public as places
from anxin.places.values import DayKind
from anxin.policies import public as policies
from anxin.safetycode import public as safetycode
from anxin.safetycode.values import CodeFacts
from anxin.workers import public as workers
from anxin.workers.values import Gate

# An offer that is laid before {organisation} and still open.
_LAID = """
  f.state = 'open' AND f.expires_at > %(at)s
  AND (f.organisation_id IS NULL OR f.organisation_id = {organisation})
"""
# From when it may be taken with the credit score {credit}: `rules.opens_for`, worked out by the database (E-8).
_OPENS = """
  f.opens_at + make_interval(mins => coalesce((
    SELECT min((step ->> 1)::int) FROM jsonb_array_elements(f.opens_by_credit) step
    WHERE (step ->> 0)::int <= ({credit})), 0))
"""
LAID = f"{_LAID} AND {_OPENS} <= %(at)s"
_OPEN = f"""
  (SELECT {_OPENS} FROM orders_offer f WHERE f.order_id = o.id AND {_LAID}) AS opens,
  ({SERVING_SQL.format(item="o.item_code", organisation="{organisation}")}) AS serving,
  ({places.LISTED_DAYS_SQL}) AS days
"""  # nosec B608  # only our own constants and placeholders

_AGENCY = "%(organisation)s"
# An order that was taken is told by its own row alone: losers cost one read of one row, the rest is not run.
STANDING = f"""
SELECT o.state, r.opens, r.serving, r.days
FROM orders_order o
LEFT JOIN LATERAL (
  SELECT {_OPEN.format(organisation=_AGENCY, credit=CREDIT_SQL.format(organisation=_AGENCY))}
) r ON o.state = 'submitted'
WHERE o.id = %(order)s
"""  # nosec B608  # only our own constants and placeholders

# A worker's own standing is dear to ask for: before it, whether the demand is still open at all.
STATE = "SELECT state FROM orders_order WHERE id = %(order)s"

GRABBING = f"""
SELECT o.state, g.may_grab, g.worker_id, g.organisation_id, g.city_code,
  ({catalogue.ITEM_SQL.format(code="o.item_code", at="o.created_at")}) AS item_id,
  json_build_array(
    ({policies.STORED_SQL.format(key=CUSTOMER_HOURS.key)}), ({safetycode.FACTS_SQL.format(worker="g.worker_id")})
  ) AS known,
  {_OPEN.format(organisation="g.organisation_id", credit=workers.CREDIT_SQL.format(worker="g.worker_id"))},
  g.passed, g.left_at, g.left_lat, g.left_lng, g.next_at, g.next_lat, g.next_lng
FROM orders_order o LEFT JOIN ({workers.GRABBER_SQL}) g ON true
WHERE o.id = %(order)s
"""  # nosec B608  # only our own constants and placeholders


@dataclass(frozen=True)
class Standing:
    """Where a demand stands at a moment: its state, and from when whoever asks may take it; opens: None if no open
    offer is laid before them.

    serving: the version under which the organisation offers the item now, None if it does not. calendar: the
    kinds of the days of the service.
    """

    state: str
    opens: datetime | None
    serving: UUID | None
    calendar: dict[date, DayKind]

    def check_open(self, at: datetime) -> None:
        """Refuses: AlreadyTaken, NotOpenYet."""
        if self.opens is None:
            raise refusals.AlreadyTaken
        if self.opens > at:
            raise refusals.NotOpenYet(opens=local(self.opens).strftime("%H:%M"))


@dataclass(frozen=True)
class Grabber:
    """The worker who grabs, for which agency, and how they stand towards this demand.

    hours: how long the customer may look at the card. values: what `writing` books their time by.
    """

    worker_id: UUID
    organisation_id: UUID
    failed: tuple[Gate, ...]
    facts: CodeFacts
    hours: int
    values: dict[str, Any]


def standing(order: Order, organisation_id: UUID, at: datetime) -> Standing:
    """One read by key."""
    values = {"order": order.pk, "organisation": organisation_id, "at": at, **_days(order)}
    [(state, opens, serving, days)] = prepared.fetch(STANDING, values)
    return Standing(state, opens, serving, _calendar(values, days))


# Which item a code meant last: the read says which it is, so a new edition of the catalogue costs a second read.
_last_item: dict[str, UUID] = {}


def grabbing(order: Order, *, by: Actor, at: datetime) -> tuple[Standing, Grabber]:
    """Both, by keys. Refuses: AlreadyTaken when there is no more to be said, MayNotGrab."""
    [(state,)] = prepared.fetch(STATE, {"order": order.pk})
    if state != OrderState.SUBMITTED:
        raise refusals.AlreadyTaken
    item_id = _last_item.get(order.item_code) or catalogue.item(order.item_code, order.created_at).id
    while True:
        need = wanted(order, item=catalogue.frozen_item(item_id), excluded=())
        fit_values = workers.fit_values(need)
        values = {**fit_values, **_days(order), "order": order.pk, "person": by.person_id, "at": at}
        [row] = prepared.fetch(GRABBING, values)
        state, may_grab, worker_id, organisation_id, city, item_now, known, opens, serving, days, *fit = row
        if not may_grab:
            raise refusals.MayNotGrab
        if state != OrderState.SUBMITTED:
            raise refusals.AlreadyTaken
        if item_now == item_id:
            break
        item_id = item_now
    _last_item[order.item_code] = item_id
    (hours, facts), found = known, workers.fitness(tuple(fit), need)
    booking = workers.hold_values(worker_id=worker_id, booking=new_id(), city_code=city, fit=found)
    return Standing(state, opens, serving, _calendar(values, days)), Grabber(
        worker_id, organisation_id, found.failed, safetycode.facts_from(facts),
        policies.value_of(CUSTOMER_HOURS, hours), {**fit_values, **booking},
    )  # fmt: skip


def _days(order: Order) -> dict[str, date]:
    last = max(order.starts_at, order.ends_at - timedelta(microseconds=1))
    return {"first_day": local_date(order.starts_at), "last_day": local_date(last)}


def _calendar(values: dict[str, Any], listed: dict[str, str] | None) -> dict[date, DayKind]:
    first, last = values["first_day"], values["last_day"]
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    return places.kinds_of(days, listed or {})
