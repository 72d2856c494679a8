"""Forms of announcements."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from anxin.notices.values import BODY_LENGTH, PURPOSE_LABELS, TITLE_LENGTH, Audience, Purpose


class AnnouncementForm(forms.Form):
    audience = forms.ChoiceField(label=gettext_lazy("发给谁"), widget=forms.RadioSelect)
    purpose = forms.ChoiceField(
        label=gettext_lazy("类型"), widget=forms.RadioSelect, initial=str(Purpose.SERVICE),
        help_text=gettext_lazy("推广消息不发给已退订的人，也不发短信。"),
    )  # fmt: skip
    title = forms.CharField(label=gettext_lazy("标题"), max_length=TITLE_LENGTH)
    body = forms.CharField(
        label=gettext_lazy("正文"), max_length=BODY_LENGTH, widget=forms.Textarea(attrs={"rows": 5}),
        help_text=gettext_lazy("末尾自动注明本单位名称。"),
    )  # fmt: skip
    sms = forms.BooleanField(label=gettext_lazy("同时发短信（夜里的留到早上发）"), required=False)

    def __init__(self, *given: Any, audiences: Iterable[Audience], **named: Any) -> None:
        super().__init__(*given, **named)
        self.fields["audience"].choices = [(one.code, _(one.label)) for one in audiences]  # type: ignore[attr-defined]
        self.fields["purpose"].choices = [(str(p), _(words)) for p, words in PURPOSE_LABELS.items()]  # type: ignore[attr-defined]

    @property
    def given(self) -> dict[str, Any]:
        """What the action takes."""
        return {**self.cleaned_data, "purpose": Purpose(self.cleaned_data["purpose"])}
