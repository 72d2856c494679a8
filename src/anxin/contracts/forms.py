"""Forms of contracts."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from anxin.contracts.values import FORM_LABELS, Form
from anxin.kit.forms import SigningForm

NUMBER = re.compile(r"[A-Z0-9-]+", re.ASCII)


class CorrectionForm(forms.Form):
    """What is the customer's own to put right."""

    place_detail = forms.CharField(
        label=_("详细地址"), max_length=100, help_text=_("小区、楼号、单元、门牌号"), required=True
    )
    contact = forms.CharField(label=_("现场联系人和电话"), max_length=60, required=False)
    remarks = forms.CharField(
        label=_("给服务人员的备注"), max_length=300, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )

    @property
    def wishes(self) -> dict[str, str]:
        return {f"service.{name}": text for name, text in self.cleaned_data.items()}


class SignForm(SigningForm):
    """The signature, drawn or typed, the one-time code, the consent; `seen` is the document that was read."""

    seen = forms.CharField(widget=forms.HiddenInput)
    code = forms.CharField(
        label=_("短信验证码"), max_length=6, min_length=6,
        error_messages={"required": _("请填写短信里的 6 位验证码。"), "min_length": _("验证码是 6 位数字。")},
    )  # fmt: skip
    consent = forms.BooleanField(
        label=_("我已阅读并同意合同全部内容，特别是标出的限制责任条款，同意用电子签名订立合同"),
        error_messages={"required": _("请先勾选“我已阅读并同意”，再签名。")},
    )


class SealForm(forms.Form):
    """The agency's confirmation that it seals what it has read."""

    seen = forms.CharField(widget=forms.HiddenInput)
    confirm = forms.BooleanField(
        label=_("本机构已核对合同内容，同意加盖电子印章"),
        error_messages={"required": _("请先勾选确认，再盖章。")},
    )


class ReasonForm(forms.Form):
    reason = forms.CharField(label=_("原因"), max_length=200)


class FileForm(forms.Form):
    """A contract to check, as a PDF file of at most 10 MB."""

    file = forms.FileField(
        label=_("合同文件（PDF）"), error_messages={"required": _("请选择要核对的 PDF 文件。")}
    )

    def clean_file(self) -> Any:
        found = self.cleaned_data["file"]
        if found.size > 10 * 1024 * 1024:
            raise forms.ValidationError(_("文件超过 10 MB，不是平台签署的合同。"))
        return found


class NumberForm(forms.Form):
    number = forms.CharField(label=_("合同编号"), max_length=24, help_text=_("合同第一页标题下面，以 C 开头"))

    def clean_number(self) -> str:
        """It becomes part of an address, which holds no other characters."""
        number = str(self.cleaned_data["number"]).upper()
        if not NUMBER.fullmatch(number):
            raise forms.ValidationError(
                gettext("合同编号由字母 C、数字、字母和短横组成，比如 C261123-JPFM2DC8。")
            )
        return number


class TextForm(forms.Form):
    """A new version of a contract text."""

    form = forms.ChoiceField(label=_("合同种类"))
    code = forms.CharField(label=_("范本编号"), max_length=32, help_text=_("例如 ZJ-2026-01"))
    version = forms.CharField(label=_("版本"), max_length=16, help_text=_("例如 1.1"))
    official = forms.BooleanField(
        label=_("这是政府部门发布的示范文本"), required=False,
        help_text=_("勾选后，合同上不再注明“平台自拟文本”"),
    )  # fmt: skip
    source = forms.CharField(label=_("文本"), widget=forms.Textarea(attrs={"rows": 24}), max_length=60_000)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["form"].choices = [(str(f), FORM_LABELS[f]) for f in Form]  # type: ignore[attr-defined]
