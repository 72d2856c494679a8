"""Forms of home-visit cards."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from anxin.safetycode.values import CARD_REASON_LABELS, REPRINTS, STOCK_REASON_LABELS, CardForm, StockReason

LIES = [
    (str(CardForm.SHEET), _("A4 纸，每张 8 个，带裁切线")),
    (str(CardForm.SINGLE), _("证卡打印机，每页 1 个")),
]


class PrintForm(forms.Form):
    form = forms.ChoiceField(
        label=_("排版"), choices=LIES, widget=forms.RadioSelect, initial=str(CardForm.SHEET)
    )


class ReprintForm(PrintForm):
    reason = forms.ChoiceField(
        label=_("补办或换发的原因"),
        required=False,
        choices=[("", _("首次印制")), *((str(r), _(CARD_REASON_LABELS[r])) for r in REPRINTS)],
        help_text=_("随安心码发放的第一张不用选。"),
    )


class StockForm(forms.Form):
    reason = forms.ChoiceField(
        label=_("事由"),
        choices=[
            (str(r), _(text)) for r, text in STOCK_REASON_LABELS.items() if r is not StockReason.PRINTED
        ],
    )
    change = forms.IntegerField(
        label=_("数量"), min_value=-1_000_000, max_value=1_000_000, help_text=_("入库填正数，报损填负数。")
    )
    note = forms.CharField(label=_("说明"), max_length=200, required=False)
