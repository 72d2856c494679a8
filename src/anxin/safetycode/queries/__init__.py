"""Every read of the safety code."""

from anxin.safetycode.queries.codes import (
    code_for,
    code_of,
    everybody,
    green_ids,
    judge,
    judge_many,
    scans_of,
)

__all__ = ["code_for", "code_of", "everybody", "green_ids", "judge", "judge_many", "scans_of"]
