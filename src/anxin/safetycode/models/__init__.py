"""What the safety code keeps."""

from anxin.safetycode.models.codes import (
    HANDLE_BYTES,
    SafetyCode,
    SafetyCodeMoved,
    Scan,
    Series,
    Tally,
    new_handle,
    new_secret,
)
from anxin.safetycode.models.colour import CreditOverlay, Due, Judged, RuleChoice

__all__ = [
    "HANDLE_BYTES",
    "CreditOverlay",
    "Due",
    "Judged",
    "RuleChoice",
    "SafetyCode",
    "SafetyCodeMoved",
    "Scan",
    "Series",
    "Tally",
    "new_handle",
    "new_secret",
]
