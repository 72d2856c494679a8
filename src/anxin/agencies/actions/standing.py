"""What higher areas report of an agency: ratings and finished orders."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from anxin.agencies.models import AgencyStanding
from anxin.agencies.values import Dimension
from anxin.audit.public import record
from anxin.kit.actor import Actor
from anxin.kit.errors import Invalid


class ScoreUnfit(Invalid):
    code = "score_unfit"
    message = _("每项评分都要是 1 到 5 之间的整数。")


@transaction.atomic
def record_rating(
    agency_id: UUID, scores: Mapping[str, int], *, by: Actor, at: datetime, undo: bool = False
) -> None:
    """Add one review's scores (each Dimension, 1 to 5) to the agency's sums; `undo` takes them out again.

    Called by the area that keeps the review, in its transaction. Refuses: ScoreUnfit. Source: B-7.7.1.
    """
    wanted = {str(dimension) for dimension in Dimension}
    if set(scores) != wanted or any(
        isinstance(score, bool) or not isinstance(score, int) or not 1 <= score <= 5
        for score in scores.values()
    ):
        raise ScoreUnfit
    sign = -1 if undo else 1
    AgencyStanding.objects.get_or_create(agency_id=agency_id)
    AgencyStanding.objects.filter(agency_id=agency_id).update(
        reviews=F("reviews") + sign,
        **{f"{name}_sum": F(f"{name}_sum") + sign * score for name, score in scores.items()},
    )


@transaction.atomic
def set_credit(agency_id: UUID, *, score: int, by: Actor, at: datetime) -> None:
    """Write the credit score (0–100) that the credit area worked out."""
    if not 0 <= score <= 100:
        raise ValueError("a credit score is 0 to 100")
    AgencyStanding.objects.get_or_create(agency_id=agency_id)
    AgencyStanding.objects.filter(agency_id=agency_id).update(credit_score=score)
    record(
        "agencies.set_credit", by=by, at=at, subject="agency", subject_id=agency_id, detail={"score": score}
    )


@transaction.atomic
def record_completed(agency_id: UUID, *, by: Actor, at: datetime) -> None:
    """Count one finished order of the agency."""
    AgencyStanding.objects.get_or_create(agency_id=agency_id)
    AgencyStanding.objects.filter(agency_id=agency_id).update(completed=F("completed") + 1)
