"""Forms of workers. What is right is the actions' to say; these read what was typed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import time
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from anxin.catalogue.values import (
    CREDENTIAL_LABELS,
    HEALTH_TIER_LABELS,
    CredentialKind,
    HealthTier,
    ItemFacts,
)
from anxin.kit.forms import UploadField, UploadInput
from anxin.places.values import DivisionFacts
from anxin.workers.models import Shift
from anxin.workers.values import (
    AFFILIATION_LABELS,
    CONCLUSION_LABELS,
    SKILL_LEVEL_LABELS,
    WEEKDAY_LABELS,
    AffiliationKind,
    Conclusion,
)

OCCUPATIONS = {
    1: _("1 类（管理）"),
    2: _("2 类（保洁、护理、保姆等）"),
    3: _("3 类（厨师、家电清洗等）"),
    4: _("4 类（搬家、水电、疏通等）"),
}


def _words(labels: dict[Any, str], *, empty: str = "") -> list[tuple[Any, str]]:
    first = [("", empty)] if empty else []
    return [*first, *((key, gettext(text)) for key, text in labels.items())]


class EnrolmentForm(forms.Form):
    home_town = forms.ChoiceField(label=_("常住镇街"), error_messages={"required": _("请选择常住镇街。")})
    practising_since = forms.DateField(
        label=_("从业起始日期"), widget=forms.DateInput(), required=False, help_text=_("用来计算从业年限。")
    )
    intro = forms.CharField(
        label=_("自我介绍"),
        widget=forms.Textarea(attrs={"rows": "3"}),
        max_length=500,
        required=False,
        help_text=_("客户会在名片上看到，请勿填写电话、住址。"),
    )

    def __init__(self, *args: Any, towns: Iterable[DivisionFacts], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [("", gettext("请选择")), *((town.code, town.name) for town in towns)]
        self.fields["home_town"].choices = choices  # type: ignore[attr-defined]


class StaffForm(forms.Form):
    """Take a verified person on: found by phone and name together, so that numbers cannot be probed."""

    phone = forms.CharField(
        label=_("手机号"), max_length=20, error_messages={"required": _("请填写手机号。")}
    )
    name = forms.CharField(label=_("姓名"), max_length=60, error_messages={"required": _("请填写姓名。")})
    kind = forms.ChoiceField(label=_("用工方式"), widget=forms.RadioSelect)
    may_grab = forms.BooleanField(label=_("允许在接单大厅自行抢单（由机构签约）"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = _words(dict(AFFILIATION_LABELS))  # type: ignore[attr-defined]
        self.fields["kind"].initial = str(AffiliationKind.EMPLOYEE)


class PaperForm(forms.Form):
    kind = forms.ChoiceField(label=_("种类"))
    title = forms.CharField(
        label=_("名称"), max_length=120, help_text=_("只写名称和结论，不写体检项目和数值。"),
        error_messages={"required": _("请填写名称。")},
    )  # fmt: skip
    issuer = forms.CharField(
        label=_("出具单位"), max_length=120, error_messages={"required": _("请填写出具单位。")}
    )
    number = forms.CharField(label=_("编号"), max_length=64, required=False)
    conclusion = forms.ChoiceField(label=_("结论"), initial="passed")
    valid_from = forms.DateField(
        label=_("有效期起"), widget=forms.DateInput(), error_messages={"required": _("请填写开始日期。")}
    )
    valid_to = forms.DateField(
        label=_("有效期止（含当日）"),
        widget=forms.DateInput(),
        error_messages={"required": _("请填写截止日期。")},
    )
    health_tier = forms.TypedChoiceField(
        label=_("体检类别"), coerce=lambda v: HealthTier(int(v)), empty_value=None, required=False,
        help_text=_("仅健康体检填写。"),
    )  # fmt: skip
    occupation_class = forms.TypedChoiceField(
        label=_("保单职业类别"),
        coerce=int,
        empty_value=None,
        required=False,
        help_text=_("仅家政责任险填写。"),
    )
    level = forms.TypedChoiceField(
        label=_("等级"), coerce=int, empty_value="0", required=False, help_text=_("仅职业证书填写。")
    )
    upload = UploadField(
        kind="credential",
        label=_("证件照片"),
        required=False,
        help_text=_("选填。健康体检只登记结论，请勿上传体检报告。"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices: dict[str, list[tuple[Any, str]]] = {
            "kind": _words(dict(CREDENTIAL_LABELS), empty=gettext("请选择")),
            "conclusion": _words(dict(CONCLUSION_LABELS)),
            "health_tier": [
                ("", gettext("请选择")),
                *((int(k), gettext(v)) for k, v in HEALTH_TIER_LABELS.items()),
            ],
            "occupation_class": [("", gettext("请选择")), *((k, str(v)) for k, v in OCCUPATIONS.items())],
            "level": _words(dict(SKILL_LEVEL_LABELS)),
        }
        for name, rows in choices.items():
            self.fields[name].choices = rows  # type: ignore[attr-defined]

    def paper(self) -> dict[str, Any]:
        """What the action takes, without the upload."""
        data = dict(self.cleaned_data)
        data.pop("upload")
        data["level"] = int(data["level"])
        return data | {
            "kind": CredentialKind(data["kind"]),
            "conclusion": Conclusion(data["conclusion"]),
        }


class PhotoForm(forms.Form):
    """The worker's own picture, for the card that customers see."""

    photo = UploadField(
        kind="avatar", label=_("照片"), widget=UploadInput(attrs={"accept": "image/jpeg,image/png,image/webp"}),
        help_text=_("正面、免冠、看得清脸，5 MB 以内。照片里的拍摄地点会自动去掉。"),
    )  # fmt: skip


class VerifyForm(forms.Form):
    how = forms.CharField(
        label=_("怎样核验的"),
        max_length=120,
        error_messages={"required": _("请写明怎样核验的，如“查验原件”。")},
    )


class WithdrawForm(forms.Form):
    why = forms.CharField(label=_("撤回原因"), max_length=200, error_messages={"required": _("请写明原因。")})


class AreasForm(forms.Form):
    towns = forms.MultipleChoiceField(
        label=_("愿意去的镇街"), widget=forms.CheckboxSelectMultiple, required=False,
        help_text=_("只有这些镇街的订单会找到您。"),
    )  # fmt: skip

    def __init__(self, *args: Any, towns: Iterable[DivisionFacts], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["towns"].choices = [(t.code, t.name) for t in towns]  # type: ignore[attr-defined]


class SkillsForm(forms.Form):
    """One choice for each catalogue item: not done, done without a level, or at a level."""

    def __init__(self, *args: Any, items: Iterable[ItemFacts], levels: dict[str, int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        words = [("", gettext("不做")), *((str(k), gettext(v)) for k, v in SKILL_LEVEL_LABELS.items())]
        self.groups: dict[str, list[str]] = {}
        for item in items:
            name = f"item_{item.code}"
            self.fields[name] = forms.ChoiceField(
                label=item.name,
                choices=words,
                required=False,
                initial=str(levels.get(item.code, "")),
                widget=forms.Select(attrs={"class": "form-select"}),
            )
            self.groups.setdefault(item.category_name, []).append(name)

    def grouped(self) -> list[tuple[str, list[Any]]]:
        """Category → bound fields, for the template."""
        return [(category, [self[name] for name in names]) for category, names in self.groups.items()]

    def levels(self) -> dict[str, int]:
        """Item code → level of what is done."""
        return {
            name.removeprefix("item_"): int(value) for name, value in self.cleaned_data.items() if value != ""
        }


class ShiftsForm(forms.Form):
    """From and to for each weekday; both empty = free day; 00:00 as the end means midnight."""

    def __init__(self, *args: Any, shifts: Iterable[Shift], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        by_day = {shift.weekday: shift for shift in shifts}
        for day in range(7):
            shift = by_day.get(day)
            minutes = (shift.from_minute, shift.to_minute) if shift else (None, None)
            for name, minute in zip(("from", "to"), minutes, strict=True):
                self.fields[f"{name}_{day}"] = forms.TimeField(
                    label=gettext(WEEKDAY_LABELS[day]) + (gettext("从") if name == "from" else gettext("到")),
                    widget=forms.TimeInput(
                        format="%H:%M", attrs={"class": "form-control", "type": "time", "step": "300"}
                    ),
                    required=False,
                    initial=None if minute is None else time(minute // 60 % 24, minute % 60),
                )  # fmt: skip

    def days(self) -> list[tuple[str, Any, Any]]:
        return [(gettext(WEEKDAY_LABELS[day]), self[f"from_{day}"], self[f"to_{day}"]) for day in range(7)]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        for day in range(7):
            if (data.get(f"from_{day}") is None) != (data.get(f"to_{day}") is None):
                self.add_error(f"to_{day}", _("开始和结束要一起填；休息日两个都不填。"))
        return data

    def shifts(self) -> list[tuple[int, int, int]]:
        """(weekday, from minute, to minute) of the days worked."""
        found = []
        for day in range(7):
            start, end = self.cleaned_data[f"from_{day}"], self.cleaned_data[f"to_{day}"]
            if start is not None:
                found.append((day, start.hour * 60 + start.minute, end.hour * 60 + end.minute or 1440))
        return found


class LeaveForm(forms.Form):
    since = forms.DateTimeField(
        label=_("从"), widget=forms.DateTimeInput(), error_messages={"required": _("请选择开始时间。")}
    )
    until = forms.DateTimeField(
        label=_("到"), widget=forms.DateTimeInput(), error_messages={"required": _("请选择结束时间。")}
    )
    note = forms.CharField(label=_("事由"), max_length=200, required=False, help_text=_("选填，不必写病情。"))

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("since") and data.get("until") and data["until"] <= data["since"]:
            self.add_error("until", _("结束时间要晚于开始时间。"))
        return data
