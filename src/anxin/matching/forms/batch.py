"""What a desk says when it asks for a batch."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from anxin.matching.values import FAIRNESS_LABELS, Fairness

USUAL_LIMIT = 35


class BatchForm(forms.Form):
    """What is held fair, and its bound in percent."""

    fairness = forms.ChoiceField(
        label=_("公平线"), choices=[(str(code), _(words)) for code, words in FAIRNESS_LABELS.items()]
    )
    percent = forms.FloatField(
        label=_("公平线（%）"), min_value=0, max_value=1000, initial=USUAL_LIMIT, required=False,
        help_text=_("只在设公平线时使用。越严，满意度可能越低；结果里写明低了多少。"),
    )  # fmt: skip

    @property
    def chosen(self) -> tuple[Fairness, float]:
        """The measure and its bound as a share, of a valid form."""
        percent = self.cleaned_data["percent"]
        return Fairness(self.cleaned_data["fairness"]), (USUAL_LIMIT if percent is None else percent) / 100
