"""What is typed into the pages of matching."""

from anxin.matching.forms.batch import BatchForm, RollingForm
from anxin.matching.forms.credit import CreditForm
from anxin.matching.forms.dayplan import DayPlanForm, PricesForm, ReplanForm, VisitForm
from anxin.matching.forms.finding import UnderstoodForm, WordsForm, WorkersForm
from anxin.matching.forms.weights import AnnounceForm, RulesForm

__all__ = [
    "AnnounceForm",
    "BatchForm",
    "CreditForm",
    "DayPlanForm",
    "PricesForm",
    "ReplanForm",
    "RollingForm",
    "RulesForm",
    "UnderstoodForm",
    "VisitForm",
    "WordsForm",
    "WorkersForm",
]
