"""Forms of insurance policies."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from anxin.kit.money import parse_yuan
from anxin.safetycode.models import InsurancePolicy
from anxin.safetycode.values.filings import LIMIT_LABELS, PRODUCT_LABELS, Limit, Product, Terms

CLASSES = {
    1: _("1 类（管理）"),
    2: _("2 类（保洁、护理、保姆等）"),
    3: _("3 类（厨师、家电清洗等）"),
    4: _("4 类（搬家、水电、疏通等）"),
}


class PolicyForm(forms.Form):
    insurer_name = forms.CharField(label=_("保险公司"), max_length=120)
    number = forms.CharField(label=_("保单号"), max_length=64)
    product = forms.ChoiceField(
        label=_("险种"), choices=lambda: [(str(p), gettext(label)) for p, label in PRODUCT_LABELS.items()]
    )
    occupation_class = forms.TypedChoiceField(
        label=_("职业类别"), coerce=int, choices=lambda: list(CLASSES.items()),
        help_text=_("按名单上最高的一类填；低于实际类别，出险不赔。"),
    )  # fmt: skip
    valid_from = forms.DateField(label=_("生效日"), widget=forms.DateInput())
    valid_to = forms.DateField(label=_("到期日"), widget=forms.DateInput(), help_text=_("到这一天 24:00。"))

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for limit in Limit:
            self.fields[f"limit_{limit}"] = forms.CharField(
                label=_("%(what)s保额（元）") % {"what": gettext(LIMIT_LABELS[limit])}, max_length=14,
                required=False,
            )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        limits: dict[Limit, int] = {}
        for limit in Limit:
            if text := data.get(f"limit_{limit}", "").replace(",", "").strip():
                try:
                    limits[limit] = parse_yuan(text)
                except ValueError:
                    self.add_error(f"limit_{limit}", _("请填金额，例如 300000。"))
        return data | {"limits": limits}

    def terms(self) -> Terms:
        data = self.cleaned_data
        return Terms(
            data["number"].strip(), Product(data["product"]), data["occupation_class"], data["valid_from"],
            data["valid_to"], data["limits"],
        )  # fmt: skip

    @property
    def limit_fields(self) -> list[forms.BoundField]:
        return [self[f"limit_{limit}"] for limit in Limit]


def initial(row: InsurancePolicy) -> dict[str, Any]:
    """A form's first words from a policy that was sent back."""
    limits = {f"limit_{limit}": fen // 100 for limit, fen in row.limits.items()}
    names = ("insurer_name", "number", "product", "occupation_class", "valid_from", "valid_to")
    return {name: getattr(row, name) for name in names} | limits


class RosterForm(forms.Form):
    file = forms.FileField(label=_("被保人名单"), help_text=_("XLSX 或 CSV，按模板填。"))


class EndForm(forms.Form):
    last_day = forms.DateField(label=_("承保到哪一天"), widget=forms.DateInput())
    why = forms.CharField(label=_("原因"), max_length=200)
