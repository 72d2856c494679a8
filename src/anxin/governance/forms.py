"""What people fill in about personal data. The actions decide; forms only carry."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from anxin.governance.values.corrections import MOST_WORDS, WHAT_LABELS
from anxin.governance.values.looks import CHOOSABLE, LOOK_REASON_LABELS


class LookForm(forms.Form):
    """Why somebody must be seen whole."""

    reason = forms.ChoiceField(label=_("理由"))
    words = forms.CharField(
        label=_("说明"), max_length=300, help_text=_("写明具体的事，例如“客户要求改时间，电话确认”。本人会看到。"),
        widget=forms.Textarea(attrs={"rows": 2}),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["reason"]
        field.choices = [("", gettext("请选择"))] + [(r, gettext(LOOK_REASON_LABELS[r])) for r in CHOOSABLE]


class CorrectionForm(forms.Form):
    """What is wrong, and how it should read."""

    what = forms.ChoiceField(label=_("哪一项不对"))
    wanted = forms.CharField(label=_("应该是"), max_length=MOST_WORDS)
    why = forms.CharField(
        label=_("为什么"), max_length=MOST_WORDS, help_text=_("例如“已在派出所改名，新身份证可查验”。"),
        widget=forms.Textarea(attrs={"rows": 3}),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["what"]
        field.choices = [("", gettext("请选择"))] + [
            (one, gettext(words)) for one, words in WHAT_LABELS.items()
        ]
