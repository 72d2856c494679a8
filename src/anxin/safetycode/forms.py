"""Forms of the safety code."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _


class CheckForm(forms.Form):
    number = forms.CharField(
        label=_("安心码号码"),
        max_length=24,
        help_text=_("印在居家上门服务证上，形如 ZJ-3301-2026-000001。"),
        error_messages={"required": _("请填写安心码号码，或改用扫码。")},
    )
    name = forms.CharField(
        label=_("服务员姓名"),
        max_length=60,
        help_text=_("与号码一致才显示结果，防止他人按号码批量查询。"),
        error_messages={"required": _("请填写服务员姓名。")},
    )


class WhyForm(forms.Form):
    why = forms.CharField(
        label=_("原因"),
        max_length=200,
        help_text=_("会记入历史，服务员和所属机构看得到。"),
        error_messages={"required": _("请写明原因。")},
    )


class IssueForm(forms.Form):
    valid_to = forms.DateField(
        label=_("有效期至"),
        widget=forms.DateInput(),
        required=False,
        help_text=_("不填为一年。"),
    )
