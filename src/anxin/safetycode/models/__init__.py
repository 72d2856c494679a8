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

__all__ = [
    "HANDLE_BYTES",
    "SafetyCode",
    "SafetyCodeMoved",
    "Scan",
    "Series",
    "Tally",
    "new_handle",
    "new_secret",
]
