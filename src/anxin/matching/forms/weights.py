"""The form in which the operator tries and announces a version of the ranking."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from anxin.matching.actions import fitted_rules
from anxin.matching.values import COMPONENT_LABELS, NUMBERS, WEIGHTS, Component, Rules
from anxin.policies.public import ValueUnfit

PLAIN = [policy for policy in NUMBERS if policy is not WEIGHTS]


class RulesForm(forms.Form):
    """Weights in per cent, then the numbers of the components. `rules` after `is_valid`."""

    rules: Rules

    def __init__(self, now: Rules, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for part, words in COMPONENT_LABELS.items():
            start = f"{100 * now.weights[part]:g}"
            self.fields[str(part)] = forms.DecimalField(
                label=_(words), initial=start, min_value=0, max_value=100, decimal_places=2
            )
        values = now.values()
        for policy in PLAIN:
            kind: type[forms.Field] = (
                forms.IntegerField if isinstance(policy.default, int) else forms.FloatField
            )
            self.fields[policy.key.removeprefix("matching.")] = kind(
                label=_(policy.meaning), initial=values[policy.key], help_text=_(policy.unit)
            )

    @property
    def shares(self) -> list[forms.BoundField]:
        return [self[str(part)] for part in Component]

    @property
    def numbers(self) -> list[forms.BoundField]:
        return [self[policy.key.removeprefix("matching.")] for policy in PLAIN]

    def clean(self) -> dict[str, Any]:
        """Set `rules`."""
        data = super().clean() or self.cleaned_data
        if self.errors:
            return data
        weights = {str(part): float(data[str(part)] / Decimal(100)) for part in Component}
        typed = {policy.key: data[policy.key.removeprefix("matching.")] for policy in PLAIN}
        try:
            self.rules = fitted_rules(typed | {WEIGHTS.key: weights})
        except ValueUnfit as refusal:
            field = (refusal.field or "").removeprefix("matching.")
            self.add_error(field if field in self.fields else None, str(refusal))
        return data


class AnnounceForm(RulesForm):
    """A version with its reason and its moment."""

    reason = forms.CharField(
        label=gettext_lazy("修改原因"), max_length=500, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("会随规则一起公示，请写清楚依据和影响。"),
    )  # fmt: skip
    valid_from = forms.DateTimeField(
        label=gettext_lazy("从何时起生效"), required=False,
        help_text=gettext_lazy("不填表示 7 天后生效；不能更早。"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )  # fmt: skip
