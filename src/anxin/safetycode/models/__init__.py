"""What the safety code keeps."""

from anxin.safetycode.models.cards import Card, CardBatch, CardPart, CardStock
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
from anxin.safetycode.models.looks import Ask, LookCount

__all__ = [
    "HANDLE_BYTES",
    "Ask",
    "Card",
    "CardBatch",
    "CardPart",
    "CardStock",
    "CreditOverlay",
    "Due",
    "Judged",
    "LookCount",
    "RuleChoice",
    "SafetyCode",
    "SafetyCodeMoved",
    "Scan",
    "Series",
    "Tally",
    "new_handle",
    "new_secret",
]
