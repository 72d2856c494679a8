"""What an agency fills in: who it is, its papers, submission; and what the operator decides."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _text
from django.utils.translation import gettext_lazy as _

from anxin.agencies.actions import Paper, Profile
from anxin.agencies.models import Agency
from anxin.agencies.values import DOCUMENT_LABELS, MODE_LABELS, Mode
from anxin.kit.errors import Refusal
from anxin.kit.forms import UploadField

MODE_NOTES = {
    Mode.EMPLOYER: _("服务员是本单位员工，由单位派去服务"),
    Mode.BROKER: _("为客户介绍服务员，客户和服务员直接约定"),
    Mode.DISPATCH: _("服务员由劳务派遣单位派来"),
}


def told(form: forms.Form, refusal: Refusal, fields: dict[str, str] | None = None) -> None:
    """Put a refusal's words at the fields they concern."""
    problems = getattr(refusal, "problems", None) or [(refusal.field, str(refusal))]
    for name, text in problems:
        field = (fields or {}).get(name, name)
        form.add_error(field if field in form.fields else None, text)


class ProfileForm(forms.Form):
    mode = forms.ChoiceField(label=_("用工方式"), widget=forms.RadioSelect)
    legal_representative = forms.CharField(
        label=_("法定代表人（经营者）"), max_length=40, help_text=_("只用于审核和合同，不公开。")
    )
    phone = forms.CharField(label=_("服务电话"), max_length=20, help_text=_("公开，客户会打这个电话。"))
    town_code = forms.ChoiceField(label=_("所在镇街"))
    address = forms.CharField(label=_("详细地址"), max_length=200)
    intro = forms.CharField(
        label=_("机构介绍"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("公开。说说做了几年、擅长什么。"),
    )  # fmt: skip

    def __init__(self, *args: Any, towns: list[tuple[str, Any]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["town_code"].choices = towns  # type: ignore[attr-defined]
        self.fields["mode"].choices = [  # type: ignore[attr-defined]
            (str(mode), f"{_text(MODE_LABELS[mode])}\n{MODE_NOTES[mode]}") for mode in Mode
        ]

    @property
    def profile(self) -> Profile:
        data = self.cleaned_data
        return Profile(**{name: data[name] for name in ProfileForm.base_fields})

    @staticmethod
    def starting(row: Agency) -> dict[str, Any]:
        return {name: getattr(row, name) for name in ProfileForm.base_fields}


class ApplyForm(ProfileForm):
    name = forms.CharField(label=_("单位名称"), max_length=120, help_text=_("与营业执照完全一致。"))
    uscc = forms.CharField(
        label=_("统一社会信用代码"), max_length=24, help_text=_("18 位，在营业执照上方。会当场核对校验位。")
    )
    field_order = ("name", "uscc", "mode", "legal_representative", "phone", "town_code", "address", "intro")


class DocumentForm(forms.Form):
    kind = forms.ChoiceField(
        label=_("类别"), choices=lambda: [(str(k), _text(label)) for k, label in DOCUMENT_LABELS.items()]
    )
    title = forms.CharField(
        label=_("名称"),
        max_length=120,
        help_text=_("例如：营业执照、人力资源服务许可证、诚信家政企业；等级填 A 到 AAAAA。"),
    )
    issuer = forms.CharField(label=_("发证机关"), max_length=120)
    number = forms.CharField(label=_("编号"), max_length=80, required=False)
    valid_from = forms.DateField(label=_("有效期从"), required=False, widget=forms.DateInput)
    valid_to = forms.DateField(
        label=_("有效期到"), required=False, widget=forms.DateInput, help_text=_("长期有效请留空。")
    )
    file = UploadField(
        kind="document", label=_("照片或 PDF"), help_text=_("JPG、PNG、WEBP 或 PDF，最大 20 MB。")
    )

    @property
    def paper(self) -> Paper:
        return Paper(**{name: self.cleaned_data[name] for name in DocumentForm.base_fields if name != "file"})


class SubmitForm(forms.Form):
    agreed = forms.BooleanField(
        label=_("我已阅读并同意《平台入驻协议》，保证所交资料真实有效"), required=False
    )


class WhyForm(forms.Form):
    why = forms.CharField(
        label=_("理由"), required=False, max_length=500, widget=forms.Textarea(attrs={"rows": 3})
    )


class DecisionForm(WhyForm):
    verdict = forms.ChoiceField(
        label=_("决定"),
        widget=forms.RadioSelect,
        choices=[
            ("approve", _("通过，上线")),
            ("return", _("退回补正")),
            ("reject", _("不予通过")),
        ],
    )


class CheckForm(forms.Form):
    """The result of checking one document."""

    passed = forms.ChoiceField(choices=[("1", _("属实")), ("0", _("不属实"))])
    how = forms.CharField(label=_("怎样核实的"), required=False, max_length=200)
