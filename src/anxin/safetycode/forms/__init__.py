"""Forms of the safety code."""

from anxin.safetycode.forms.cards import PrintForm, ReprintForm, StockForm
from anxin.safetycode.forms.codes import CheckForm, ChooseForm, IssueForm, MomentForm, WhyForm

__all__ = [
    "PrintForm",
    "ReprintForm",
    "StockForm",
    "CheckForm",
    "ChooseForm",
    "IssueForm",
    "MomentForm",
    "WhyForm",
]
