"""What matching keeps: the batches that a desk asked for, and its day plans."""

from anxin.matching.models.batch import Batch
from anxin.matching.models.dayplan import DayPlan, DayPlanHistory

__all__ = ["Batch", "DayPlan", "DayPlanHistory"]
