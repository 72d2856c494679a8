"""The order: a customer's demand and what becomes of it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext

from anxin.catalogue.values import Mode, Unit
from anxin.kit.actor import Actor
from anxin.kit.fields import EncryptedField, EncryptedJSONField
from anxin.kit.models import HistoryRow, Stateful, Visible, state_check
from anxin.orders.states import LIVE_ASSIGNMENTS, ORDER, OrderState
from anxin.orders.values import MOVED_LABELS, ORDER_LABELS, Timing, Way


def amount_told(quantity: Decimal, unit: str) -> str:
    """How much is asked for, with its unit where that was asked: 3 小时."""
    number = f"{quantity.normalize():f}"
    return (
        gettext("%(number)s %(unit)s") % {"number": number, "unit": gettext(Unit(unit).counted)}
        if unit
        else number
    )


class OrderQuerySet(Visible):
    def visible_to(self, actor: Actor) -> Self:
        """The customer; the agency that has it (staff who may read orders); the workers assigned to it.

        An open offer shows only what `queries.hall` selects, never the order itself.
        """
        if actor.is_system or actor.holds("orders.supervise"):
            return self
        if actor.organisation_id:
            return self.filter(provider=actor.organisation_id) if actor.holds("orders.read") else self.none()
        if actor.person_id is None:
            return self.none()
        from anxin.orders.models.visit import Assignment

        mine = Assignment.objects.filter(
            order=OuterRef("pk"), worker__person=actor.person_id, state__in=[str(s) for s in LIVE_ASSIGNMENTS]
        )
        return self.filter(Q(customer__person=actor.person_id) | Exists(mine))

    def overseen_by(self, actor: Actor) -> Self:
        """Those whose service lies in the region the actor answers for, for lists of masked rows.

        Not part of `visible_to`, which opens the order itself with all that the parties wrote.
        """
        if not actor.region or not actor.holds("orders.oversee"):
            return self.none()
        return self.filter(town_code__startswith=actor.region)


class OrderHistory(HistoryRow):
    row = models.ForeignKey("orders.Order", on_delete=models.PROTECT, related_name="history")


class Order(Stateful):
    """One demand (B-7.2.3) and its life. `number` is for people; `terms` are frozen at acceptance.

    terms: {"version": id, "item": name, "price_list": {...}, "usage": {...}, "quote": {...}} as
    agencies.values writes them. scope: answers to the item's questions. quantity in `unit`, which is
    the one its price is in; empty in orders of before it was asked for, which meant the item's usual one.
    party: shared by the two orders of a pair (two workers at one home at the same time, each an order of its own);
    part: 1 or 2 within it, 0 alone.
    """

    MACHINE = ORDER
    HISTORY = OrderHistory

    number = models.CharField(max_length=20, unique=True)
    city_code = models.CharField(max_length=4)
    customer = models.ForeignKey(
        "customers.Customer", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    provider = models.ForeignKey(
        "accounts.Organisation", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    version = models.ForeignKey(
        "agencies.ServiceVersion", null=True, on_delete=models.PROTECT, related_name="+"
    )
    way = models.CharField(max_length=8)
    channel = models.CharField(max_length=16)
    entered_by = models.UUIDField()
    # ── the demand ──
    item_code = models.CharField(max_length=8)
    item_name = models.CharField(max_length=60)
    mode = models.CharField(max_length=16)
    quantity = models.DecimalField(max_digits=8, decimal_places=2)
    unit = models.CharField(max_length=16, blank=True, db_default="")
    scope = models.JSONField(default=dict)
    timing = models.CharField(max_length=12, default=str(Timing.ONCE))
    recurrence = models.JSONField(default=dict)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    headcount = models.SmallIntegerField(default=1)
    party = models.UUIDField(null=True)
    part = models.SmallIntegerField(default=0, db_default=0)
    qualifications = ArrayField(models.CharField(max_length=32), default=list)
    min_level = models.SmallIntegerField(default=0)
    wishes = EncryptedField()
    budget_fen = models.BigIntegerField(null=True)
    estimate = models.JSONField(default=dict)
    # ── the place ──
    address = models.ForeignKey("customers.Address", on_delete=models.PROTECT, related_name="+")
    place = EncryptedJSONField()
    town_code = models.CharField(max_length=9)
    village_code = models.CharField(max_length=12, blank=True)
    lat = models.FloatField()
    lng = models.FloatField()
    # ── what was agreed ──
    terms = models.JSONField(default=dict)
    accepted_at = models.DateTimeField(null=True)
    round = models.SmallIntegerField(default=1)
    selection_reasons = models.JSONField(default=list)
    # Whose turn it is while the contract is drawn up and signed (a Side); contracts keeps it.
    waits_for = models.CharField(max_length=12, blank=True, db_default="")
    cancelled_by = models.CharField(max_length=12, blank=True)
    # The side whose failing ended the order, where the clock found one; who pays follows the table of cancelling.
    at_fault = models.CharField(max_length=12, blank=True, db_default="")
    fee_fen = models.BigIntegerField(default=0)
    compensation_fen = models.BigIntegerField(default=0)
    due_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()

    RETENTION = "deal"
    objects = OrderQuerySet.as_manager()

    class Meta:
        constraints = [
            state_check(ORDER, "orders_order_state"),
            models.CheckConstraint(condition=Q(way__in=[str(w) for w in Way]), name="orders_order_way"),
            models.CheckConstraint(
                condition=Q(timing__in=[str(t) for t in Timing]), name="orders_order_timing"
            ),
            models.CheckConstraint(condition=Q(ends_at__gt=models.F("starts_at")), name="orders_order_span"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="orders_order_quantity"),
            models.CheckConstraint(
                condition=Q(party__isnull=True, part=0) | Q(party__isnull=False, part__in=(1, 2)),
                name="orders_order_pair",
            ),
            models.UniqueConstraint(
                fields=["party", "part"], condition=Q(party__isnull=False), name="orders_order_halves"
            ),
            models.CheckConstraint(
                condition=Q(provider__isnull=False)
                | Q(
                    state__in=[
                        OrderState.SUBMITTED,
                        OrderState.UNANSWERED,
                        OrderState.CANCELLED,
                        OrderState.CLOSED,
                    ]
                ),
                name="orders_order_has_provider",
            ),
        ]
        indexes = [
            models.Index(fields=["customer", "-created_at"], name="orders_order_customer"),
            models.Index(fields=["provider", "state", "starts_at"], name="orders_order_board"),
            models.Index(fields=["provider", "-created_at"], name="orders_order_provider"),
            models.Index(fields=["-created_at"], name="orders_order_newest"),
            models.Index(
                fields=["town_code", "item_code", "starts_at"],
                condition=Q(state="submitted"),
                name="orders_order_hall",
            ),
            models.Index(fields=["due_at"], condition=Q(due_at__isnull=False), name="orders_order_due"),
            models.Index(
                fields=["starts_at"],
                condition=Q(state__in=[OrderState.ACCEPTED, OrderState.CONTRACTING]),
                name="orders_order_unready",
            ),
        ]

    @property
    def total_fen(self) -> int:
        """The agreed total of the frozen terms, 0 before acceptance."""
        return int(self.terms.get("quote", {}).get("total_fen", 0))

    @property
    def state_label(self) -> str:
        """The state in words, in the reader's language."""
        return gettext(ORDER_LABELS[OrderState(self.state)])

    @property
    def now_label(self) -> str:
        """For lists that have loaded the visits: once the worker has moved, where they are instead of 等待上门."""
        if self.state in (OrderState.SIGNED, OrderState.IN_SERVICE):
            words = [MOVED_LABELS[v.state] for v in self.visits.all() if v.state in MOVED_LABELS]
            if words:
                return gettext(words[0])
        return self.state_label

    @property
    def mode_told(self) -> Mode:
        """How the worker is there, with its label."""
        return Mode(self.mode)

    @property
    def amount_told(self) -> str:
        """How much is asked for, in words."""
        return amount_told(self.quantity, self.unit)

    @property
    def leads(self) -> bool:
        """Whether people are told of the whole demand on this order: it is alone, or the first of a pair."""
        return self.part != 2

    @property
    def people(self) -> int:
        """How many come to the home by the whole demand."""
        return 1 if self.party is None else 2

    @property
    def topics(self) -> list[str]:
        return [f"order:{self.pk}"]

    def __str__(self) -> str:
        return self.number

    def place_value(self, name: str) -> Any:
        """One value of the frozen place: contact, phone, detail, label."""
        return self.place.get(name, "")
