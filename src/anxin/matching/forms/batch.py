"""What a desk says when it asks for a batch, once or kept rolling."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from anxin.matching.values import FAIRNESS_LABELS, Fairness
from anxin.matching.values.rolling import LEAST_WINDOW, MOST_WINDOW, USUAL_WINDOW

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


class RollingForm(BatchForm):
    """The same, and how often what waits is decided anew."""

    window_minutes = forms.IntegerField(
        label=_("每隔多少分钟重算一次"), min_value=LEAST_WINDOW, max_value=MOST_WINDOW, initial=USUAL_WINDOW,
        help_text=_("间隔里新接的单攒到一起算。间隔长，派得更好；间隔短，等得更少。"),
    )  # fmt: skip
