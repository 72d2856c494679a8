"""A desk's plan for one day or some days in a row."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext

from anxin.kit.actor import Actor
from anxin.kit.models import HistoryRow, Stateful, Visible, state_check
from anxin.matching.states import PLAN, PLAN_LABELS, PlanState
from anxin.matching.values.dayplan import MOST_DAYS


class DayPlanQuerySet(Visible):
    def visible_to(self, actor: Actor) -> Self:
        """The agency's dispatchers."""
        if actor.holds("orders.dispatch") and actor.organisation_id:
            return self.filter(organisation=actor.organisation_id)
        return self.none()


class DayPlanHistory(HistoryRow):
    row = models.ForeignKey("matching.DayPlan", on_delete=models.PROTECT, related_name="history")


class DayPlan(Stateful):
    """Who goes where and when. Ids, minutes and prices only: names and places are read from where they belong.

    facts: the problem as it was read last (`rules.dayplan.Facts`); plan: routes, who is left, the cost in parts.
    wishes: what the desk asked for by visit, who is away from when. version counts every change, so that of two who
    change at once one is told. base: the published plan that this one changes.
    """

    MACHINE = PLAN
    HISTORY = DayPlanHistory
    RETENTION = "business"

    organisation = models.ForeignKey(
        "accounts.Organisation", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    first_date = models.DateField()
    days = models.SmallIntegerField(default=1)
    asked_at = models.DateTimeField()
    by_person = models.UUIDField(null=True)
    base = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="+")
    why = models.CharField(max_length=12, blank=True)
    prices = models.JSONField()
    wishes = models.JSONField(default=dict)
    seed = models.IntegerField(default=1)
    facts = models.JSONField(null=True)
    plan = models.JSONField(null=True)
    progress = models.FloatField(default=0)
    best_cost = models.FloatField(null=True)
    stop_asked = models.BooleanField(default=False)
    trouble = models.CharField(max_length=300, blank=True)
    version = models.IntegerField(default=1)

    objects = DayPlanQuerySet.as_manager()

    class Meta:
        constraints = [
            state_check(PLAN, "matching_dayplan_state"),
            models.CheckConstraint(condition=Q(days__range=(1, MOST_DAYS)), name="matching_dayplan_days"),
            models.CheckConstraint(
                condition=Q(progress__gte=0, progress__lte=1), name="matching_dayplan_progress"
            ),
        ]
        indexes = [models.Index(fields=["organisation", "-asked_at"], name="matching_dayplan_desk")]

    @property
    def last_date(self) -> date:
        return self.first_date + timedelta(days=self.days - 1)

    @property
    def state_label(self) -> str:
        """The state in words, in the reader's language."""
        return gettext(PLAN_LABELS[PlanState(self.state)])
