"""What people type to come in and to say who they are. The actions decide; forms only carry."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from anxin.accounts.values import KIND_LABELS, POSTS, Ways


class PhoneForm(forms.Form):
    phone = forms.CharField(label=_("手机号"), max_length=24)


class CodeForm(forms.Form):
    code = forms.CharField(label=_("验证码"), max_length=12, help_text=_("短信中的 6 位数字，5 分钟内有效"))


class PasswordSignInForm(forms.Form):
    phone = forms.CharField(label=_("手机号"), max_length=24)
    password = forms.CharField(
        label=_("密码"),
        max_length=200,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )


class SecondForm(forms.Form):
    answer = forms.CharField(
        label=_("动态口令或恢复码"),
        max_length=24,
        required=False,
        help_text=_("验证器 App 里此刻显示的 6 位数字；手机不在身边时可用一个恢复码"),
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "spellcheck": "false"}),
    )
    passkey = forms.CharField(max_length=20_000, required=False, widget=forms.HiddenInput)


class StepUpForm(forms.Form):
    """The fields go along with those of the form that is being confirmed, hence the long names."""

    step_up_answer = forms.CharField(
        label=_("验证码"),
        max_length=24,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "spellcheck": "false"}),
    )
    step_up_password = forms.CharField(
        label=_("或者输入登录密码"),
        max_length=200,
        strip=False,
        required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    step_up_passkey = forms.CharField(max_length=20_000, required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, ways: Ways, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        answer = self.fields["step_up_answer"]
        answer.required = not (ways.passkeys or ways.password)
        if ways.has_second:
            answer.label = _("动态口令或恢复码")


class TotpForm(forms.Form):
    code = forms.CharField(label=_("动态口令"), max_length=12, help_text=_("验证器 App 里显示的 6 位数字"))


class PasskeyForm(forms.Form):
    name = forms.CharField(label=_("名称"), max_length=40, help_text=_("方便您日后辨认，例如“办公电脑”"))
    credential = forms.CharField(max_length=20_000, widget=forms.HiddenInput, required=False)


class PasswordForm(forms.Form):
    code = forms.CharField(label=_("验证码"), max_length=12, help_text=_("发到您登录手机的 6 位数字"))
    password = forms.CharField(
        label=_("新密码"),
        max_length=200,
        strip=False,
        help_text=_("至少 8 个字符（平台、协会、主管部门岗位至少 10 个），含大小写字母、数字、符号中的三类"),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )


class RealNameForm(forms.Form):
    name = forms.CharField(
        label=_("姓名"),
        max_length=60,
        help_text=_("与身份证一致"),
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    id_number = forms.CharField(
        label=_("身份证号码"),
        max_length=40,
        help_text=_("18 位，最后一位可能是 X"),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )


class StaffForm(forms.Form):
    """A colleague by phone, and the post of this kind of organisation."""

    phone = forms.CharField(label=_("手机号"), max_length=24, help_text=_("对方用这个号码收验证码登录"))
    name = forms.CharField(label=_("姓名"), max_length=30)
    post = forms.ChoiceField(label=_("岗位"))

    def __init__(self, *args: Any, kind: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["post"].choices = [  # type: ignore[attr-defined]
            (key, gettext(post.label)) for key, post in POSTS.items() if post.kind == kind
        ]


class FoundForm(forms.Form):
    """An organisation of any kind, and the county or city that it answers for, if its kind does."""

    kind = forms.ChoiceField(label=_("单位类别"))
    name = forms.CharField(label=_("单位名称"), max_length=120, help_text=_("与营业执照或登记证书一致"))
    uscc = forms.CharField(label=_("统一社会信用代码"), max_length=24, required=False)
    region = forms.ChoiceField(
        label=_("所在区县"), help_text=_("协会和主管部门只看得到这里选的区县；选全市则看全市")
    )

    def __init__(self, *args: Any, regions: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [(str(k), gettext(words)) for k, words in KIND_LABELS.items()]  # type: ignore[attr-defined]
        self.fields["region"].choices = regions  # type: ignore[attr-defined]


class StandInForm(forms.Form):
    """Which colleague, for which rights, from which day to which (both inclusive)."""

    colleague = forms.TypedChoiceField(label=_("由谁代理"), coerce=UUID)
    permissions = forms.MultipleChoiceField(
        label=_("委托哪些权限"),
        widget=forms.CheckboxSelectMultiple,
        help_text=_("只能委托自己现在拥有的权限"),
    )
    begins = forms.DateField(label=_("从哪天起"), widget=forms.DateInput(attrs={"type": "date"}))
    ends = forms.DateField(
        label=_("到哪天止"),
        help_text=_("当天结束，最长 90 天"),
        widget=forms.DateInput(attrs={"type": "date"}),
    )
    why = forms.CharField(label=_("事由"), max_length=200, required=False)

    def __init__(self, *args: Any, colleagues: list[Any], held: list[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["colleague"].choices = [(str(key), name) for key, name in colleagues]  # type: ignore[attr-defined]
        self.fields["permissions"].choices = held  # type: ignore[attr-defined]


class AskForm(forms.Form):
    """Which post, why, until when (inclusive; empty = for good)."""

    wanted = forms.ChoiceField(label=_("申请哪个岗位"))
    why = forms.CharField(label=_("理由"), max_length=200)
    until = forms.DateField(
        label=_("用到哪天"), required=False, help_text=_("长期需要请留空"),
        widget=forms.DateInput(attrs={"type": "date"}),
    )  # fmt: skip

    def __init__(self, *args: Any, choices: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["wanted"].choices = choices  # type: ignore[attr-defined]
