"""What the safety code keeps."""

from anxin.safetycode.models.applications import (
    Appeal,
    AppealMoved,
    Application,
    ApplicationMoved,
    Extension,
    Pause,
    Upload,
)
from anxin.safetycode.models.cards import Card, CardBatch, CardPart, CardStock
from anxin.safetycode.models.care import Fault, FaultRun, Measure, Refresh, RefreshFact, RefreshMoved
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
from anxin.safetycode.models.funds import CardCost, Claim, ClaimLine, ClaimMoved, MinistryRecord
from anxin.safetycode.models.issuing import Delegation, Issue
from anxin.safetycode.models.looks import Ask, LookCount

__all__ = [
    "HANDLE_BYTES",
    "Ask",
    "Card",
    "CardBatch",
    "CardCost",
    "CardPart",
    "CardStock",
    "Claim",
    "ClaimLine",
    "ClaimMoved",
    "Appeal",
    "AppealMoved",
    "Application",
    "ApplicationMoved",
    "CreditOverlay",
    "Delegation",
    "Due",
    "Fault",
    "FaultRun",
    "Issue",
    "Judged",
    "LookCount",
    "Measure",
    "MinistryRecord",
    "Refresh",
    "RefreshFact",
    "RefreshMoved",
    "Extension",
    "Judged",
    "LookCount",
    "Pause",
    "RuleChoice",
    "SafetyCode",
    "SafetyCodeMoved",
    "Scan",
    "Series",
    "Tally",
    "Upload",
    "new_handle",
    "new_secret",
]
