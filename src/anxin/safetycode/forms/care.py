"""Forms of the care of codes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext, gettext_lazy
from django.utils.translation import gettext_lazy as _

from anxin.accounts.public import Organisation
from anxin.kit import clock
from anxin.safetycode.values.care import (
    GROUND_LABELS,
    GROUNDS,
    TASK_LABELS,
    Answer,
    Fact,
    Ground,
    MeasureKind,
)

WHY_MISSING = _("请写明原因。")


class MeasureForm(forms.Form):
    """Ground, words and evidence of one measure; `until` for a suspension, `valid_to` for an update."""

    ground = forms.ChoiceField(label=_("事由"))
    why = forms.CharField(
        label=_("原因"),
        max_length=300,
        help_text=_("会通知服务员和所属机构，并记入历史。"),
        error_messages={"required": WHY_MISSING},
    )
    evidence = forms.CharField(
        label=_("依据"), max_length=300, required=False, help_text=_("如投诉单号、核查记录编号。")
    )
    until = forms.DateField(
        label=_("暂停到哪天"), required=False, widget=forms.DateInput(), help_text=_("含当天；不填为直到手工恢复。")
    )  # fmt: skip
    valid_to = forms.DateField(
        label=_("有效期至"), required=False, widget=forms.DateInput(), help_text=_("不填为不变；最长为今天起一年。")
    )  # fmt: skip

    def __init__(self, kind: MeasureKind, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        ground = self.fields["ground"]
        assert isinstance(ground, forms.ChoiceField)
        ground.choices = [(str(one), gettext(GROUND_LABELS[one])) for one in GROUNDS[kind]]
        if kind is not MeasureKind.SUSPEND:
            del self.fields["until"]
        if kind is not MeasureKind.UPDATE:
            del self.fields["valid_to"]
        if kind is MeasureKind.RESUME:
            del self.fields["evidence"]

    def given(self) -> dict[str, Any]:
        """What the action of this kind takes."""
        data = dict(self.cleaned_data)
        return data | {"ground": Ground(data["ground"])}


class EntrustForm(forms.Form):
    """A delegation: to whom, with what, where, from when until when, by which document."""

    issuer = forms.ChoiceField(label=_("受托单位"))
    tasks = forms.MultipleChoiceField(
        label=_("委托什么"), choices=[(str(task), gettext_lazy(words)) for task, words in TASK_LABELS.items()],
        widget=forms.CheckboxSelectMultiple(), help_text=_("可以只委托一项；没有委托的一项，受托单位不能办理。"),
        error_messages={"required": _("请选择委托复核、发码，或两者都委托。")},
    )  # fmt: skip
    area = forms.ChoiceField(label=_("地区"))
    starts_on = forms.DateField(label=_("从哪天起"), widget=forms.DateInput())
    ends_on = forms.DateField(
        label=_("到哪天止"), required=False, widget=forms.DateInput(), help_text=_("含当天；不填为直到收回。")
    )  # fmt: skip
    document = forms.CharField(label=_("文号"), max_length=80, error_messages={"required": _("请填写文号。")})
    reason = forms.CharField(
        label=_("说明"), max_length=300, widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": _("请写明为什么委托。")},
    )  # fmt: skip

    def __init__(
        self, issuers: Sequence[Organisation], areas: Iterable[tuple[str, str]], *args: Any, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        issuer, area = self.fields["issuer"], self.fields["area"]
        assert isinstance(issuer, forms.ChoiceField) and isinstance(area, forms.ChoiceField)
        issuer.choices = [(str(one.pk), one.name) for one in issuers]
        area.choices = list(areas)


class ReasonForm(forms.Form):
    """Words alone."""

    why = forms.CharField(label=_("原因"), max_length=200, error_messages={"required": WHY_MISSING})


class AnswerForm(forms.Form):
    """One fact of a refresh."""

    fact = forms.ChoiceField(choices=[(str(one), str(one)) for one in Fact])
    answer = forms.ChoiceField(choices=[(str(one), str(one)) for one in Answer])
    note = forms.CharField(label=_("有什么变化"), max_length=200, required=False)


class ClaimForm(forms.Form):
    """For which year a subsidy is claimed: this one or the last."""

    year = forms.TypedChoiceField(label=_("年度"), coerce=int)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["year"]
        assert isinstance(field, forms.TypedChoiceField)
        now = clock.local_date(clock.now()).year
        field.choices = [(now, str(now)), (now - 1, str(now - 1))]


class DecideForm(forms.Form):
    """Why a batch is approved or returned."""

    why = forms.CharField(label=_("意见"), max_length=200, required=False, help_text=_("退回时必须写明。"))


class PayForm(forms.Form):
    """That the treasury paid."""

    reference = forms.CharField(
        label=_("拨付凭证号"), max_length=64, error_messages={"required": _("请填写拨付凭证号。")}
    )
    paid_on = forms.DateField(label=_("拨付日期"), widget=forms.DateInput())


class ReclaimForm(forms.Form):
    """A paid line is taken back in this batch."""

    number = forms.CharField(label=_("原申领单号"), max_length=24)
    code = forms.CharField(label=_("安心码号码"), max_length=24)
    why = forms.CharField(label=_("原因"), max_length=200, error_messages={"required": WHY_MISSING})
