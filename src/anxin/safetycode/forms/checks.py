"""Forms of background checks and of the match of person and card."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from anxin.safetycode.values.checks import CHANNEL_LABELS, Channel


class AskForm(forms.Form):
    number = forms.CharField(label=_("服务员编号"), max_length=24)
    channel = forms.ChoiceField(
        label=_("怎样送核"), choices=lambda: [(str(c), gettext(label)) for c, label in CHANNEL_LABELS.items()]
    )

    def way(self) -> Channel:
        return Channel(self.cleaned_data["channel"])


class AnswersForm(forms.Form):
    file = forms.FileField(
        label=_("答复文件"), help_text=_("核查方发回的 .txt 文件，原样上传，不要打开改动。")
    )


class FaceForm(forms.Form):
    """`sample` is offered in the demo alone: a generated shape in place of a photograph."""

    picture = forms.FileField(
        label=_("当场拍一张"),
        required=False,
        help_text=_("正面、不戴口罩、光线充足。JPG 或 PNG，不超过 8 MB。"),
    )
    sample = forms.ChoiceField(
        label=_("演示图形"), required=False,
        choices=[("", _("不用")), ("own", _("本人的图形")), ("other", _("别人的图形"))],
    )  # fmt: skip
