"""Forms of codes, their rules and their past."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from anxin.accounts.public import Organisation
from anxin.kit import clock
from anxin.safetycode.rules import SHIPPED


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


class MomentForm(forms.Form):
    """A day and a time of the past, as they are here."""

    day = forms.DateField(label=_("日期"), widget=forms.DateInput())
    time = forms.TimeField(
        label=_("时间"),
        required=False,
        help_text=_("不填为当天结束时。"),
        widget=forms.TimeInput(),
    )

    def clean_day(self) -> date:
        day: date = self.cleaned_data["day"]
        if not date(2020, 1, 1) <= day <= clock.local_date(clock.now()):
            raise forms.ValidationError(_("只能查今天或以前的日子。"))
        return day

    def moment(self, now: datetime) -> datetime:
        """The last instant of the minute that was named, not after now."""
        named: time = self.cleaned_data["time"] or time(23, 59)
        start = clock.at_local(self.cleaned_data["day"], named.hour, named.minute)
        # A midnight is asked for as it begins; any other minute with all that happened in it.
        return min(start if named == time(0, 0) else start + timedelta(seconds=59.999999), now)


class ChooseForm(forms.Form):
    """By which rule set an issuer's codes are judged, and from when."""

    issuer = forms.ChoiceField(label=_("发码单位"))
    rule_set = forms.ChoiceField(label=_("赋码规则"))
    credit = forms.BooleanField(
        label=_("叠加信用"), required=False, help_text=_("信用只会使颜色变差，不会变好。默认不叠加。")
    )
    valid_from = forms.DateField(
        label=_("从哪天起"),
        widget=forms.DateInput(),
        help_text=_("最早从明天零时起，以便提前公布。"),
    )
    reason = forms.CharField(
        label=_("修改原因"),
        max_length=300,
        help_text=_("会随规则一起公示，请写清楚依据和影响。"),
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("请写明修改原因，它会随规则一起公示。")},
    )

    def __init__(self, issuers: Sequence[Organisation], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        issuer, rule_set = self.fields["issuer"], self.fields["rule_set"]
        assert isinstance(issuer, forms.ChoiceField) and isinstance(rule_set, forms.ChoiceField)
        issuer.choices = [(str(one.pk), one.name) for one in issuers]
        named = {one.id: one.name for one in SHIPPED.sets}
        rule_set.choices = [(name, f"{gettext(named[name])}（{name}）") for name in SHIPPED.choices]


class IssueForm(forms.Form):
    valid_to = forms.DateField(
        label=_("有效期至"),
        widget=forms.DateInput(),
        required=False,
        help_text=_("不填为一年。"),
    )
