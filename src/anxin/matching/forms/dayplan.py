"""What a desk says about a day plan."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from anxin.matching.values.dayplan import HAPPENING_LABELS, MOST_DAYS, MOST_WIDE, Happening, PlanPrices

USUAL = PlanPrices()


class PricesForm(forms.Form):
    """What counts how much, in minutes of way."""

    way = forms.FloatField(label=_("路上每分钟"), min_value=0, max_value=1_000_000, initial=USUAL.way)
    late = forms.FloatField(label=_("迟到每分钟"), min_value=0, max_value=1_000_000, initial=USUAL.late)
    unserved = forms.FloatField(
        label=_("一单没人去"), min_value=0, max_value=1_000_000, initial=USUAL.unserved
    )
    liking = forms.FloatField(label=_("最不合适的人"), min_value=0, max_value=1_000_000, initial=USUAL.liking)
    change = forms.FloatField(label=_("换一个人"), min_value=0, max_value=1_000_000, initial=USUAL.change)
    unequal = forms.FloatField(label=_("忙闲不均"), min_value=0, max_value=1_000_000, initial=USUAL.unequal)

    @property
    def prices(self) -> PlanPrices:
        return PlanPrices.of(self.cleaned_data)


class DayPlanForm(PricesForm):
    """Which days, and the prices."""

    first_date = forms.DateField(label=_("从哪天"), widget=forms.DateInput(attrs={"type": "date"}))
    days = forms.IntegerField(label=_("连续几天"), min_value=1, max_value=MOST_DAYS, initial=1)

    field_order = ("first_date", "days")


class VisitForm(forms.Form):
    """One change of one visit; what is not said stays."""

    worker_id = forms.UUIDField(label=_("派给"), required=False)
    position = forms.IntegerField(label=_("第几个"), min_value=1, max_value=100, required=False)
    lock = forms.TypedChoiceField(
        label=_("锁定"), choices=[("", ""), ("1", ""), ("0", "")], coerce=lambda text: text == "1", required=False,
        empty_value=None,
    )  # fmt: skip
    sooner = forms.IntegerField(label=_("可提前（分钟）"), min_value=0, max_value=MOST_WIDE, required=False)
    later = forms.IntegerField(label=_("可推后（分钟）"), min_value=0, max_value=MOST_WIDE, required=False)
    out = forms.TypedChoiceField(
        label=_("不排"), choices=[("", ""), ("1", ""), ("0", "")], coerce=lambda text: text == "1", required=False,
        empty_value=None,
    )  # fmt: skip
    version = forms.IntegerField(widget=forms.HiddenInput)

    @property
    def asked(self) -> dict[str, Any]:
        """What the action takes; the position as it is counted there, from 0."""
        asked = {name: value for name, value in self.cleaned_data.items() if value is not None}
        if "position" in asked:
            asked["position"] -= 1
        return asked


class ReplanForm(forms.Form):
    """What happened, to whom, from when."""

    why = forms.ChoiceField(
        label=_("出了什么事"), choices=[(str(code), _(words)) for code, words in HAPPENING_LABELS.items()]
    )
    worker_id = forms.ChoiceField(label=_("哪位服务员"), required=False)
    since = forms.DateTimeField(
        label=_("从什么时候起"), required=False, help_text=_("不填就是现在。"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )  # fmt: skip
    minutes = forms.IntegerField(label=_("晚多少分钟"), min_value=1, max_value=720, required=False)

    def __init__(self, *args: Any, people: Iterable[tuple[str, str]] = (), **options: Any) -> None:
        super().__init__(*args, **options)
        choice = self.fields["worker_id"]
        if isinstance(choice, forms.ChoiceField):
            choice.choices = [("", "—"), *people]

    @property
    def asked(self) -> dict[str, Any]:
        data = self.cleaned_data
        return {
            "why": Happening(data["why"]), "worker_id": UUID(data["worker_id"]) if data["worker_id"] else None,
            "since": data["since"], "minutes": data["minutes"] or 0,
        }  # fmt: skip
