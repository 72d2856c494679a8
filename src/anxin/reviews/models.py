"""Reviews of agencies and workers, their photos, and each look behind an anonymous one."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext

from anxin.kit.actor import Actor
from anxin.kit.models import Base, HistoryRow, Stateful, Visible, state_check
from anxin.reviews.states import REVIEW, ReviewState
from anxin.reviews.values import HIDE_GROUND_LABELS, Dimension, HideGround, Target


class ReviewQuerySet(Visible):
    def visible_to(self, actor: Actor) -> Self:
        """Shown ones are public; hidden ones only for their author and the post that manages reviews."""
        if actor.is_system or actor.holds("reviews.manage"):
            return self
        shown = Q(state=ReviewState.SHOWN)
        return self.filter(shown | Q(author=actor.person_id)) if actor.person_id else self.filter(shown)

    def overseen_by(self, actor: Actor) -> Self:
        """Those of orders in the region the actor answers for, hidden ones too; an anonymous author stays unknown."""
        if not actor.region or not actor.holds("reviews.oversee"):
            return self.none()
        return self.filter(order__town_code__startswith=actor.region)


class ReviewHistory(HistoryRow):
    row = models.ForeignKey("reviews.Review", on_delete=models.PROTECT, related_name="history")


class Review(Stateful):
    """One customer's review of one target of one order: four dimensions 1–5 (B-7.7.1), words, photos.

    `author` is kept for an anonymous review too; only `reviews.manage` may look, and each look is logged.
    """

    MACHINE = REVIEW
    HISTORY = ReviewHistory

    order = models.ForeignKey("orders.Order", on_delete=models.PROTECT, related_name="+", db_index=False)
    target = models.CharField(max_length=8)
    agency = models.ForeignKey("agencies.Agency", null=True, on_delete=models.PROTECT, related_name="+")
    worker = models.ForeignKey("workers.Worker", null=True, on_delete=models.PROTECT, related_name="+")
    item_code = models.CharField(max_length=8)
    author = models.ForeignKey("accounts.Person", on_delete=models.PROTECT, related_name="+")
    anonymous = models.BooleanField()
    content = models.SmallIntegerField()
    scope = models.SmallIntegerField()
    quality = models.SmallIntegerField()
    fee = models.SmallIntegerField()
    words = models.CharField(max_length=500, blank=True)
    answer = models.CharField(max_length=500, blank=True)
    answered_at = models.DateTimeField(null=True)
    hide_ground = models.CharField(max_length=16, blank=True)
    hide_reason = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField()

    RETENTION = "deal"
    objects = ReviewQuerySet.as_manager()

    class Meta:
        constraints = [
            state_check(REVIEW, "reviews_review_state"),
            models.UniqueConstraint(fields=["order", "target"], name="reviews_review_once"),
            models.CheckConstraint(
                condition=Q(target=Target.AGENCY, agency__isnull=False, worker__isnull=True)
                | Q(target=Target.WORKER, worker__isnull=False, agency__isnull=True),
                name="reviews_review_target",
            ),
            models.CheckConstraint(
                condition=Q(**{f"{d}__range": (1, 5) for d in Dimension}), name="reviews_review_scores"
            ),
            models.CheckConstraint(
                condition=Q(hide_ground__in=["", *[str(g) for g in HideGround]]), name="reviews_review_ground"
            ),
        ]
        indexes = [
            models.Index(
                fields=["agency", "-created_at"], condition=Q(state="shown"), name="reviews_review_agency"
            ),
            models.Index(
                fields=["worker", "-created_at"], condition=Q(state="shown"), name="reviews_review_worker"
            ),
            models.Index(fields=["-created_at"], name="reviews_review_newest"),
        ]

    @property
    def scores(self) -> dict[str, int]:
        return {str(d): getattr(self, str(d)) for d in Dimension}

    @property
    def ground_words(self) -> str:
        """The ground of law on which it is hidden, as people read it; empty where it is shown."""
        return gettext(HIDE_GROUND_LABELS[HideGround(self.hide_ground)]) if self.hide_ground else ""

    @property
    def stars(self) -> float:
        return sum(self.scores.values()) / len(Dimension)


class ReviewPhoto(Base):
    review = models.ForeignKey(Review, on_delete=models.PROTECT, related_name="photos")
    file = models.ForeignKey("files.StoredFile", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()


class LookBehind(Base):
    """Who looked behind an anonymous review, when and why (B-7.7.2)."""

    review = models.ForeignKey(Review, on_delete=models.PROTECT, related_name="looks")
    by_person = models.UUIDField()
    at = models.DateTimeField()
    reason = models.CharField(max_length=300)
