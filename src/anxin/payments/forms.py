"""Forms of payments."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from anxin.kit.money import parse_yuan
from anxin.payments.values import TITLE_LABELS, Adjustment, TitleKind


class FenField(forms.CharField):
    """An amount typed in yuan, cleaned to fen."""

    def to_python(self, value: Any) -> Any:
        text = super().to_python(value)
        if not text:
            return None
        try:
            return parse_yuan(text)
        except ValueError:
            raise forms.ValidationError(_("请填写金额，例如 128 或 128.50。")) from None

    def validate(self, value: Any) -> None:
        super().validate("" if value is None else str(value))
        if value is not None and not 0 < value <= 10**10:
            raise forms.ValidationError(_("金额应大于 0。"))

    def run_validators(self, value: Any) -> None:
        """The length of the text says nothing about an amount."""


class QuestionForm(forms.Form):
    text = forms.CharField(
        label=_("哪里不清楚或不对？"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("机构会答复您，或者改好账单。答复之前不用付款。"),
    )  # fmt: skip


class AnswerForm(forms.Form):
    answer = forms.CharField(
        label=_("答复"), max_length=500, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("客户会收到这段话，账单金额不变。"),
    )  # fmt: skip


class AdjustForm(forms.Form):
    """One line more on the bill, with its reason; a new version goes to the customer."""

    direction = forms.ChoiceField(
        label=_("怎么调整"),
        choices=[("off", _("减免")), ("on", _("补收"))],
        widget=forms.RadioSelect,
        initial="off",
    )
    label = forms.CharField(label=_("名目"), max_length=60, help_text=_("例如：迟到减免"))
    amount = FenField(label=_("金额"))
    reason = forms.CharField(label=_("原因"), max_length=300, widget=forms.Textarea(attrs={"rows": 2}))

    @property
    def adjustment(self) -> Adjustment:
        sign = -1 if self.cleaned_data["direction"] == "off" else 1
        return Adjustment(self.cleaned_data["label"], sign * self.cleaned_data["amount"])


class ObjectionForm(forms.Form):
    text = forms.CharField(
        label=_("哪里不对？"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("平台会核对后答复双方；处理完之前不支付。"),
    )  # fmt: skip


class DecisionForm(forms.Form):
    """How the operator answers an objection."""

    outcome = forms.ChoiceField(
        label=_("处理结果"), widget=forms.RadioSelect, initial="stands",
        choices=[("stands", _("维持原金额")), ("changed", _("改为另一金额")), ("waived", _("不用补偿"))],
    )  # fmt: skip
    amount = FenField(label=_("新的金额"), required=False, help_text=_("改为另一金额时填写。"))
    answer = forms.CharField(label=_("理由"), max_length=500, widget=forms.Textarea(attrs={"rows": 2}))

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("outcome") == "changed" and not data.get("amount") and "amount" not in self.errors:
            self.add_error("amount", _("请填写新的金额。"))
        return data

    def amount_fen(self, present_fen: int) -> int:
        """What holds from now on."""
        chosen = self.cleaned_data["outcome"]
        return {"stands": present_fen, "waived": 0}.get(chosen, self.cleaned_data["amount"] or 0)


class EndForm(forms.Form):
    note = forms.CharField(label=_("怎么付的"), max_length=200, help_text=_("经过和凭证号，双方都能看到。"))


class RefundForm(forms.Form):
    amount = FenField(label=_("退款金额"))
    reason = forms.CharField(label=_("退款原因"), max_length=200, help_text=_("客户会看到。"))


class InvoiceForm(forms.Form):
    """Whose name is on the invoice. Only a company has a tax number."""

    title_kind = forms.ChoiceField(
        label=_("抬头类型"), choices=[(str(k), _(v)) for k, v in TITLE_LABELS.items()], widget=forms.RadioSelect,
        initial=str(TitleKind.PERSON),
    )  # fmt: skip
    title = forms.CharField(
        label=_("发票抬头"), max_length=100, help_text=_("个人填姓名，单位填营业执照上的全称。")
    )
    tax_number = forms.CharField(
        label=_("统一社会信用代码"), max_length=20, required=False, help_text=_("单位必填，18 位；个人不填。")
    )
    address = forms.CharField(label=_("地址"), max_length=200, required=False)
    phone = forms.CharField(label=_("电话"), max_length=30, required=False)
    bank = forms.CharField(label=_("开户行"), max_length=100, required=False)
    account = forms.CharField(label=_("账号"), max_length=50, required=False)
    note = forms.CharField(label=_("备注"), max_length=200, required=False)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("title_kind") == TitleKind.COMPANY and not data.get("tax_number"):
            self.add_error("tax_number", _("请填写单位的统一社会信用代码。"))
        return data

    @property
    def details(self) -> dict[str, str]:
        return {name: self.cleaned_data.get(name, "") for name in ("address", "phone", "bank", "account")}


class ReasonForm(forms.Form):
    reason = forms.CharField(label=_("原因"), max_length=200)


class TaxForm(forms.Form):
    """The agency's tax treatment from now on."""

    tax_bp = forms.TypedChoiceField(
        label=_("税率"), coerce=int, choices=[(600, "6%"), (300, "3%"), (100, "1%"), (0, _("免税"))],
    )  # fmt: skip
    exempt_reason = forms.CharField(
        label=_("免税依据"),
        max_length=200,
        required=False,
        help_text=_("选择免税时必填，写明文件名称和文号。"),
    )


class ResolutionForm(forms.Form):
    resolution = forms.CharField(label=_("处理结果"), max_length=300)


class RefundEndForm(forms.Form):
    """How a refund that got stuck ended."""

    how = forms.ChoiceField(
        choices=[("paid_out", _("已用别的方式付给客户")), ("given_up", _("不再退，原因如下（客户会看到）"))]
    )
    note = forms.CharField(label=_("说明"), max_length=200)


class DayForm(forms.Form):
    day = forms.DateField(label=_("账单日期"), widget=forms.DateInput)
