"""The batches that an agency keeps rolling."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext

from anxin.kit.models import Base, HistoryRow, Stateful, state_check
from anxin.matching.models.batch import BatchQuerySet
from anxin.matching.states import ROLLING, ROLLING_LABELS, RollingState
from anxin.matching.values import Fairness
from anxin.matching.values.rolling import MOST_WINDOW, Ended, Trouble


class RollingHistory(HistoryRow):
    row = models.ForeignKey("matching.Rolling", on_delete=models.PROTECT, related_name="history")


class Rolling(Stateful):
    """What waits for a worker is decided anew every `window_minutes`; a round that changes something is kept.

    due_at: the next round. working_since: a round is being worked out since then, by one job only. looked_at: the last
    round that came to its end, changed or not. skipped: rounds that did not come about; trouble: why the latest not.
    """

    MACHINE = ROLLING
    HISTORY = RollingHistory
    RETENTION = "business"

    organisation = models.ForeignKey(
        "accounts.Organisation", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    asked_at = models.DateTimeField()
    by_person = models.UUIDField(null=True)
    fairness = models.CharField(max_length=8)
    limit = models.FloatField()
    window_minutes = models.SmallIntegerField()
    due_at = models.DateTimeField()
    working_since = models.DateTimeField(null=True)
    looked_at = models.DateTimeField(null=True)
    rounds = models.IntegerField(default=0)
    skipped = models.IntegerField(default=0)
    trouble = models.CharField(max_length=16, blank=True)
    ended = models.CharField(max_length=12, blank=True)

    objects = BatchQuerySet.as_manager()

    class Meta:
        constraints = [
            state_check(ROLLING, "matching_rolling_state"),
            models.CheckConstraint(
                condition=Q(fairness__in=[str(f) for f in Fairness]), name="matching_rolling_fairness"
            ),
            models.CheckConstraint(condition=Q(limit__range=(0, 10)), name="matching_rolling_limit"),
            models.CheckConstraint(
                condition=Q(window_minutes__range=(1, MOST_WINDOW)), name="matching_rolling_window"
            ),
            models.CheckConstraint(
                condition=Q(trouble__in=["", *map(str, Trouble)]), name="matching_rolling_trouble"
            ),
            models.CheckConstraint(
                condition=Q(ended__in=["", *map(str, Ended)]), name="matching_rolling_ended"
            ),
            # Two of one agency would each decide about the same demands.
            models.UniqueConstraint(
                fields=["organisation"], condition=Q(state=RollingState.ON), name="matching_rolling_one"
            ),
        ]
        indexes = [
            models.Index(fields=["organisation", "-asked_at"], name="matching_rolling_desk"),
            models.Index(fields=["due_at"], condition=Q(state=RollingState.ON), name="matching_rolling_due"),
        ]

    @property
    def state_label(self) -> str:
        """The state in words, in the reader's language."""
        return gettext(ROLLING_LABELS[RollingState(self.state)])


class Round(Base):
    """A round of a rolling batch. batch: its plan, as of any; changes: what it changed against the round before."""

    RETENTION = "business"

    rolling = models.ForeignKey(Rolling, on_delete=models.PROTECT, related_name="+", db_index=False)
    batch = models.OneToOneField("matching.Batch", on_delete=models.PROTECT, related_name="round")
    number = models.IntegerField()
    changes = models.JSONField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["rolling", "number"], name="matching_round_number"),
            models.CheckConstraint(condition=Q(number__gt=0), name="matching_round_counts"),
        ]
