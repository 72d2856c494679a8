"""What the operator types to enter a credit score."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from anxin.matching.values import CREDIT_OF_LABELS, CreditOf


class CreditForm(forms.Form):
    of = forms.ChoiceField(label=gettext_lazy("谁的信用分"))
    number = forms.CharField(
        label=gettext_lazy("编号"),
        max_length=32,
        help_text=gettext_lazy("服务员填编号，机构填统一社会信用代码。"),
    )
    score = forms.IntegerField(label=gettext_lazy("信用分"), min_value=0, max_value=100)
    source = forms.CharField(
        label=gettext_lazy("依据从哪里来"),
        max_length=100,
        help_text=gettext_lazy("例如：区级信用评价，以及日期。"),
    )
    reason = forms.CharField(
        label=gettext_lazy("为什么是这个分数"), max_length=200, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        choice = self.fields["of"]
        if isinstance(choice, forms.ChoiceField):
            choice.choices = [(str(one), _(words)) for one, words in CREDIT_OF_LABELS.items()]

    @property
    def asked(self) -> dict[str, Any]:
        return {**self.cleaned_data, "of": CreditOf(self.cleaned_data["of"])}
