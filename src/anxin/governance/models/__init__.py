"""Who looked at whom, and what people asked about their own data."""

from anxin.governance.models.asked import (
    Closing,
    ClosingMoved,
    Copy,
    CopyMoved,
    Correction,
    CorrectionMoved,
)
from anxin.governance.models.looks import Look
from anxin.governance.models.sweeps import Sweep

__all__ = [
    "Closing",
    "ClosingMoved",
    "Copy",
    "CopyMoved",
    "Correction",
    "CorrectionMoved",
    "Look",
    "Sweep",
]
