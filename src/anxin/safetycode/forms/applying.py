"""Forms of applications and appeals."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from anxin.catalogue.values import HEALTH_TIER_LABELS, HealthTier
from anxin.kit.forms import UploadField
from anxin.safetycode.values.applying import CAUSE_LABELS, Cause

WHY = {"required": _("请写明理由，会原样告诉本人。")}


class OpenForm(forms.Form):
    """What a worker applies for."""

    tier = forms.TypedChoiceField(
        label=_("体检类别"), coerce=int, help_text=_("按您要做的服务选；做母婴、养老照护的要选对应类别。")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["tier"]
        assert isinstance(field, forms.TypedChoiceField)
        field.choices = [(int(tier), gettext(HEALTH_TIER_LABELS[tier])) for tier in HealthTier]
        field.initial = int(HealthTier.GENERAL)


class OpenForForm(OpenForm):
    """The same, by the agency for one of its workers."""

    number = forms.CharField(
        label=_("家政员编号"), max_length=24, error_messages={"required": _("请填写家政员编号。")},
        help_text=_("在“家政员”里可以查到。申领要由本人在手机上确认后才提交。"),
    )  # fmt: skip
    field_order = ["number", "tier"]


class DeclareForm(forms.Form):
    """The worker's own word."""

    declared = forms.BooleanField(
        label=_("我确认以上资料属实，并且只通过这一家机构申领安心码"),
        error_messages={"required": _("请核对资料后勾选声明，才能提交。")},
    )


class NoteForm(forms.Form):
    note = forms.CharField(
        label=_("补正了什么"), max_length=200, required=False, help_text=_("选填，办理人员看得到。")
    )


class DecisionForm(forms.Form):
    """What a desk decides."""

    verdict = forms.ChoiceField(label=_("决定"), error_messages={"required": _("请选择一项。")})
    why = forms.CharField(
        label=_("退回或不通过的理由"), max_length=400, required=False, help_text=_("会原样告诉本人。"),
        widget=forms.Textarea(attrs={"rows": 3}),
    )  # fmt: skip

    def __init__(self, choices: list[tuple[str, str]], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["verdict"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices


class PauseForm(forms.Form):
    cause = forms.ChoiceField(label=_("等待谁"))
    whom = forms.CharField(
        label=_("单位名称"), max_length=120, required=False, help_text=_("等待外部单位时填写。")
    )
    why = forms.CharField(label=_("原因"), max_length=200, error_messages=WHY)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["cause"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(str(one), gettext(CAUSE_LABELS[one])) for one in (Cause.WORKER, Cause.INSTITUTION)]


class ExtendForm(forms.Form):
    days = forms.IntegerField(label=_("延长几个工作日"), min_value=1, max_value=60)
    why = forms.CharField(
        label=_("理由"), max_length=300, error_messages=WHY, help_text=_("会以通知和短信告诉本人。")
    )


class FileForm(forms.Form):
    file = forms.FileField(
        label=_("申领表"), help_text=_("XLSX 或 CSV，最多 2 MB、2000 行；第一行是表头。"),
        error_messages={"required": _("请选择文件。")},
        widget=forms.FileInput(attrs={"accept": ".xlsx,.csv", "data-max-bytes": 2 * 1024 * 1024}),
    )  # fmt: skip


class AppealForm(forms.Form):
    statement = forms.CharField(
        label=_("您的理由"), max_length=2000, widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("写清哪里不对、事实是什么。请不要写体检数值或案情细节。"),
        error_messages={"required": _("请写明您的理由。")},
    )  # fmt: skip
    upload = UploadField(
        kind="credential", label=_("证明材料"), required=False, help_text=_("选填，照片或 PDF，最多 20 MB。")
    )


class SayForm(forms.Form):
    text = forms.CharField(
        label=_("内容"), max_length=2000, widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": _("请写明内容。")},
    )  # fmt: skip


class ReplyForm(SayForm):
    text = forms.CharField(
        label=_("您的陈述"), max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("没有补充的，可以不填直接提交，尽快进入裁定。"),
    )  # fmt: skip


class RulingForm(forms.Form):
    upheld = forms.ChoiceField(
        label=_("裁定"), choices=[("1", _("申诉成立\n撤销原决定，立即恢复")), ("0", _("申诉不成立\n维持原决定"))],
        error_messages={"required": _("请选择一项。")},
    )  # fmt: skip
    ruling = forms.CharField(
        label=_("理由"), max_length=2000, widget=forms.Textarea(attrs={"rows": 4}), error_messages=WHY
    )
