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
from anxin.safetycode.models.checks import AnswerFile, BackgroundCheck, FaceMatch, RequestBatch
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
from anxin.safetycode.models.exams import ExamAppointment, ExamSlot
from anxin.safetycode.models.filings import InsurancePolicy, InsuredWorker
from anxin.safetycode.models.funds import CardCost, Claim, ClaimLine, ClaimMoved, MinistryRecord
from anxin.safetycode.models.issuing import Delegation, Issue
from anxin.safetycode.models.looks import Ask, LookCount

__all__ = [
    "HANDLE_BYTES",
    "AnswerFile",
    "Appeal",
    "AppealMoved",
    "Application",
    "ApplicationMoved",
    "Ask",
    "BackgroundCheck",
    "Card",
    "CardBatch",
    "CardCost",
    "CardPart",
    "CardStock",
    "Claim",
    "ClaimLine",
    "ClaimMoved",
    "CreditOverlay",
    "Delegation",
    "Due",
    "ExamAppointment",
    "ExamSlot",
    "Extension",
    "FaceMatch",
    "Fault",
    "FaultRun",
    "InsurancePolicy",
    "InsuredWorker",
    "Issue",
    "Judged",
    "LookCount",
    "Measure",
    "MinistryRecord",
    "Pause",
    "Refresh",
    "RefreshFact",
    "RefreshMoved",
    "RequestBatch",
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
