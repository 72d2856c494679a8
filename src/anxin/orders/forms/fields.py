"""What several forms ask for: an hour of the day, an amount of money."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext

from anxin.kit.money import parse_yuan
from anxin.orders.values import MOST_FEN

HALF_HOURS = [(f"{h:02d}:{m:02d}", f"{h:02d}:{m:02d}") for h in range(6, 22) for m in (0, 30)]


class MoneyField(forms.CharField):
    """Yuan as people write them, as fen."""

    def clean(self, value: Any) -> int | None:
        text = super().clean(value)
        if not text:
            return None
        try:
            fen = parse_yuan(text)
        except ValueError as error:
            raise forms.ValidationError(gettext("请填写金额，比如 200 或 199.5。")) from error
        if fen < 0:
            raise forms.ValidationError(gettext("金额不能小于 0。"))
        if fen > MOST_FEN:
            raise forms.ValidationError(gettext("金额不能超过 100 万元。"))
        return fen
