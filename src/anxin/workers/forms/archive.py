"""Forms of the archive: signing and taking back, leaving, practice, rewards and penalties."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from anxin.kit.forms import SigningForm, UploadField
from anxin.workers.values.archive import (
    CONDUCT_LABELS,
    EDUCATION_LABELS,
    ITEM_LABELS,
    ArchiveItem,
    ConductKind,
)


class AuthorisationForm(SigningForm):
    """The items one by one, the signature, drawn or typed, the one-time code; `version` is the text that was read."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    items = forms.MultipleChoiceField(
        label=_("授权事项"), widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("请至少勾选“基本信息”。")},
    )  # fmt: skip
    code = forms.CharField(
        label=_("短信验证码"), max_length=6, min_length=6,
        error_messages={"required": _("请填写短信里的 6 位验证码。"), "min_length": _("验证码是 6 位数字。")},
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(str(item), gettext(ITEM_LABELS[item])) for item in ArchiveItem]
        self.fields["items"].choices = choices  # type: ignore[attr-defined]

    def given(self) -> frozenset[ArchiveItem]:
        """The items that were ticked."""
        return frozenset(ArchiveItem(item) for item in self.cleaned_data["items"])


class LeavingForm(forms.Form):
    """That the consequences were read."""

    read = forms.BooleanField(
        label=_("我已看清上面的后果，确认离开"),
        error_messages={"required": _("请先勾选确认，再办理离开。")},
    )


class OwnLeavingForm(LeavingForm):
    """The worker's own: from the agency (if there is one), or from the platform altogether."""

    AGENCY, PLATFORM = "agency", "platform"
    whither = forms.ChoiceField(
        label=_("离开哪里"), required=False, initial=AGENCY, widget=forms.RadioSelect,
        choices=[(AGENCY, _("只离开这家机构，以后还做家政")), (PLATFORM, _("离开平台，不再做家政"))],
    )  # fmt: skip
    field_order = ["whither", "read"]

    def __init__(self, *args: Any, affiliated: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.affiliated = affiliated
        if not affiliated:
            del self.fields["whither"]

    @property
    def for_good(self) -> bool:
        return not self.affiliated or self.cleaned_data["whither"] == self.PLATFORM


class EducationForm(forms.Form):
    education = forms.ChoiceField(label=_("学历"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [("", gettext("不填写")), *((str(k), gettext(v)) for k, v in EDUCATION_LABELS.items())]
        self.fields["education"].choices = choices  # type: ignore[attr-defined]


class PracticeForm(forms.Form):
    place = forms.CharField(
        label=_("工作单位"), max_length=120, error_messages={"required": _("请填写在哪里工作。")}
    )
    duty = forms.CharField(
        label=_("做什么"), max_length=120, error_messages={"required": _("请填写做什么工作。")}
    )
    since = forms.DateField(
        label=_("从哪天起"), widget=forms.DateInput(), error_messages={"required": _("请填写开始日期。")}
    )
    until = forms.DateField(
        label=_("到哪天止"), widget=forms.DateInput(), required=False, help_text=_("现在还在做，可以不填。")
    )


class ConductForm(forms.Form):
    kind = forms.ChoiceField(label=_("种类"), widget=forms.RadioSelect)
    title = forms.CharField(label=_("事由"), max_length=120, error_messages={"required": _("请填写事由。")})
    basis = forms.CharField(
        label=_("依据"), max_length=300, widget=forms.Textarea(attrs={"rows": "3"}),
        help_text=_("写明制度或规定的条款；不写健康情况和案情。"),
        error_messages={"required": _("请写明依据。")},
    )  # fmt: skip
    given_on = forms.DateField(
        label=_("作出日期"), widget=forms.DateInput(), error_messages={"required": _("请填写作出日期。")}
    )
    valid_to = forms.DateField(
        label=_("有效至"), widget=forms.DateInput(), required=False, help_text=_("不填表示长期。")
    )
    evidence = UploadField(kind="credential", label=_("证据材料"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(str(k), gettext(v)) for k, v in CONDUCT_LABELS.items()]
        self.fields["kind"].choices = choices  # type: ignore[attr-defined]
        self.fields["kind"].initial = str(ConductKind.REWARD)


class ReplyForm(forms.Form):
    reply = forms.CharField(
        label=_("您的意见"), max_length=500, widget=forms.Textarea(attrs={"rows": "4"}),
        error_messages={"required": _("请写明您的意见和理由。")},
    )  # fmt: skip
    evidence = UploadField(kind="credential", label=_("证据材料"), required=False)


class ReasonForm(forms.Form):
    """Why somebody decides as they do."""

    why = forms.CharField(
        label=_("理由"), max_length=500, widget=forms.Textarea(attrs={"rows": "2"}),
        error_messages={"required": _("请写明理由。")},
    )  # fmt: skip
