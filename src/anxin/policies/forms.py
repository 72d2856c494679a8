"""The form in which the operator changes a rule."""

from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from anxin.policies import rules
from anxin.policies.values import Policy, Unfit

_PART = "part_"


class ChangeForm(forms.Form):
    """New value, moment and reason. The control fits the rule's type; weights have one control a part."""

    valid_from = forms.DateTimeField(
        label=gettext_lazy("从何时起生效"),
        required=False,
        help_text=gettext_lazy("不填表示立即生效。生效前发生的业务仍按原规则。"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )
    reason = forms.CharField(
        label=gettext_lazy("修改原因"),
        max_length=500,
        help_text=gettext_lazy("会随规则一起公示，请写清楚依据和影响。"),
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, policy: Policy[Any], value: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.policy = policy
        if policy.ahead_days:
            told = _("不填表示 %(days)s 天后生效：这条规则的修改要提前 %(days)s 天公布。") % {
                "days": policy.ahead_days
            }
            self.fields["valid_from"].help_text = told
        typed = self._controls(value)
        self.fields = {**typed, **self.fields}

    def _controls(self, value: Any) -> dict[str, forms.Field]:
        default, policy = self.policy.default, self.policy
        if isinstance(default, dict) or hasattr(default, "keys"):
            return {
                _PART + part: forms.CharField(
                    label=_(policy.labels.get(part, part)), initial=f"{value[part]:g}"
                )
                for part in default
            }
        label = _("新值")
        if isinstance(default, bool):
            choices: list[tuple[str, str]] = [("true", _("是")), ("false", _("否"))]
            start = "true" if value else "false"
            return {"value": forms.ChoiceField(label=label, choices=choices, initial=start)}
        if policy.choices:
            choices = [(choice, _(policy.labels.get(choice, choice))) for choice in policy.choices]
            return {"value": forms.ChoiceField(label=label, choices=choices, initial=value)}
        if isinstance(default, tuple):
            start = ", ".join(str(part) for part in value)
            return {"value": forms.CharField(label=label, initial=start)}
        return {"value": forms.CharField(label=label, initial=value)}

    def clean(self) -> dict[str, Any]:
        """Add `stored`, the JSON form of what was typed."""
        data = super().clean() or self.cleaned_data
        if self.errors:
            return data
        parts = {name.removeprefix(_PART): text for name, text in data.items() if name.startswith(_PART)}
        try:
            data["stored"] = rules.parse(self.policy, str(data.get("value", "")), parts)
            self.policy.fit(data["stored"])
        except Unfit as unfit:
            self.add_error("value" if "value" in self.fields else None, _(unfit.message) % unfit.params)
        return data

    def moment(self, at: datetime) -> datetime:
        """From when the new value holds: what was chosen, or as soon as it may."""
        chosen: datetime | None = self.cleaned_data["valid_from"]
        return chosen or self.policy.earliest(at)
