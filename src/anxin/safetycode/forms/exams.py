"""Forms of health checks. A conclusion is chosen, not written: no field takes a finding or a value."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from anxin.kit import clock
from anxin.safetycode.values.exams import EXAM_CONCLUSION_LABELS, ExamConclusion, ExamResult, NewSlot
from anxin.workers.values import HEALTH_TIER_LABELS, HealthTier


def tiers() -> list[tuple[str, str]]:
    return [(str(int(tier)), gettext(label)) for tier, label in HEALTH_TIER_LABELS.items()]


class TierField(forms.ChoiceField):
    """The cleaned value is a HealthTier."""

    def __init__(self, **options: Any) -> None:
        super().__init__(choices=tiers, **options)

    def clean(self, value: Any) -> Any:
        return HealthTier(int(super().clean(value)))


class SlotForm(forms.Form):
    day = forms.DateField(label=_("日期"), widget=forms.DateInput())
    since = forms.TimeField(label=_("开始"), widget=forms.TimeInput())
    until = forms.TimeField(label=_("结束"), widget=forms.TimeInput())
    tier = TierField(label=_("最严做到哪一类"), help_text=_("严的一类包括宽的。"))
    capacity = forms.IntegerField(label=_("名额"), min_value=1, max_value=500)
    place = forms.CharField(label=_("地点"), max_length=120)
    opens = forms.DateField(
        label=_("哪天开放预约"), widget=forms.DateInput(), required=False, help_text=_("不填就是现在。")
    )

    def slot(self, at: datetime) -> NewSlot:
        data = self.cleaned_data
        opens = clock.at_local(data["opens"], 0) if data["opens"] else at
        return NewSlot(
            clock.at_local(data["day"], data["since"].hour, data["since"].minute),
            clock.at_local(data["day"], data["until"].hour, data["until"].minute),
            data["tier"], data["capacity"], opens,
        )  # fmt: skip


class ConclusionForm(forms.Form):
    tier = TierField(label=_("体检类别"))
    conclusion = forms.ChoiceField(
        label=_("结论"),
        choices=lambda: [(str(c), gettext(label)) for c, label in EXAM_CONCLUSION_LABELS.items()],
    )
    exam_date = forms.DateField(label=_("体检日期"), widget=forms.DateInput())
    report_no = forms.CharField(
        label=_("报告编号"),
        max_length=20,
        help_text=_("2–4 个大写字母加 8–16 位数字，例如 TJ2026031800012。"),
    )
    valid_until = forms.DateField(
        label=_("有效期至"), widget=forms.DateInput(), required=False, help_text=_("不填按规定的有效期算。")
    )

    def result(self) -> ExamResult:
        data = self.cleaned_data
        return ExamResult(
            data["tier"], ExamConclusion(data["conclusion"]), data["exam_date"], data["report_no"].strip(),
            data["valid_until"],
        )  # fmt: skip


class BookForm(forms.Form):
    """The session is one of those that were shown."""

    slot = forms.UUIDField(widget=forms.HiddenInput(), error_messages={"required": _("请选一场体检。")})
