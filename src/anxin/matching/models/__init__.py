"""What matching keeps: the batches that a desk asked for or keeps rolling, and its day plans."""

from anxin.matching.models.batch import Batch
from anxin.matching.models.dayplan import DayPlan, DayPlanHistory
from anxin.matching.models.rolling import Rolling, RollingHistory, Round

__all__ = ["Batch", "DayPlan", "DayPlanHistory", "Rolling", "RollingHistory", "Round"]
