"""What a visitor asks: which agencies, which offers, what it would cost."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from anxin.agencies.queries import Sort
from anxin.agencies.values import ExtraUse, PriceList, Unit
from anxin.kit import clock
from anxin.places import public as places

SORTS = [
    (Sort.ROTATION, _("默认（每天轮换）")),
    (Sort.DISTANCE, _("离得近")),
    (Sort.RATING, _("评价高")),
    (Sort.PRICE, _("价格低")),
]


def town_choices(empty: Any = _("全部镇街")) -> list[tuple[str, Any]]:
    """All towns of Lin'an. One query."""
    return [("", empty), *((town.code, town.name) for town in places.towns())]


def _per(unit: str, count: int) -> str:
    told = {"unit": gettext(Unit(unit).label), "n": count}
    return ngettext("按%(unit)s · %(n)d 家", "按%(unit)s · %(n)d 家", count) % told


class DirectoryForm(forms.Form):
    q = forms.CharField(label=_("机构名称、拼音或服务"), required=False, max_length=40)
    town = forms.ChoiceField(label=_("服务镇街"), required=False)
    item = forms.CharField(required=False, max_length=8, widget=forms.HiddenInput)

    def __init__(self, *args: Any, towns: list[tuple[str, Any]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["town"].choices = towns  # type: ignore[attr-defined]


class OffersForm(forms.Form):
    """Filters of a list of offers: where, when, priced in what, in which order."""

    unit = forms.ChoiceField(label=_("计价单位"), required=False)
    town = forms.ChoiceField(label=_("服务地点"), required=False)
    day = forms.DateField(label=_("日期"), required=False, widget=forms.DateInput)
    hour = forms.TimeField(label=_("开始时间"), required=False, widget=forms.TimeInput)
    sort = forms.ChoiceField(label=_("排序"), required=False, choices=SORTS)

    def __init__(
        self, *args: Any, towns: list[tuple[str, Any]], units: Mapping[str, int], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["town"].choices = towns  # type: ignore[attr-defined]
        several = [(unit, _per(unit, count)) for unit, count in units.items()]
        self.fields["unit"].choices = [("", _("全部")), *several]  # type: ignore[attr-defined]
        self.several = len(units) > 1

    def span(self, minutes: int) -> tuple[datetime, datetime] | None:
        """The asked time, for work of `minutes`; None when no day was chosen."""
        day, hour = self.cleaned_data.get("day"), self.cleaned_data.get("hour")
        if not day:
            return None
        start = clock.at_local(day, hour.hour if hour else 9, hour.minute if hour else 0)
        return start, start + timedelta(minutes=minutes)

    @property
    def chosen_sort(self) -> Sort:
        return Sort(self.cleaned_data.get("sort") or Sort.ROTATION)


class EstimateForm(forms.Form):
    """What would it cost: how much, when, where, with which extras."""

    quantity = forms.DecimalField(label=_("数量"), min_value=Decimal("0.1"), max_value=1000, decimal_places=2)
    headcount = forms.IntegerField(label=_("人数"), min_value=1, max_value=20, required=False, initial=1)
    day = forms.DateField(label=_("日期"), widget=forms.DateInput)
    hour = forms.TimeField(label=_("开始时间"), widget=forms.TimeInput)
    town = forms.ChoiceField(label=_("服务地点"), required=False)
    extras = forms.MultipleChoiceField(label=_("加项"), required=False, widget=forms.CheckboxSelectMultiple)

    def __init__(
        self, *args: Any, prices: PriceList, towns: list[tuple[str, Any]], minutes: int, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.prices, self.minutes = prices, minutes
        self.fields["town"].choices = towns  # type: ignore[attr-defined]
        self.fields["extras"].choices = [(e.code, e.label) for e in prices.extras]  # type: ignore[attr-defined]
        if not prices.extras:
            del self.fields["extras"]

    def clean_day(self) -> date:
        day: date = self.cleaned_data["day"]
        if not date(2020, 1, 1) <= day <= date(2100, 1, 1):
            raise forms.ValidationError(_("请选择最近的日期。"))
        return day

    @property
    def periods(self) -> tuple[tuple[datetime, datetime], ...]:
        """One visit: as many hours as are asked for, else the usual length."""
        data = self.cleaned_data
        start = clock.at_local(data["day"], data["hour"].hour, data["hour"].minute)
        by_hour = self.prices.unit is Unit.HOUR
        minutes = float(data["quantity"] * 60) if by_hour else self.minutes
        return ((start, start + timedelta(minutes=minutes)),)

    @property
    def extra_uses(self) -> tuple[ExtraUse, ...]:
        return tuple(ExtraUse(code) for code in self.cleaned_data.get("extras") or ())


def first_estimate(prices: PriceList, at: datetime, town_code: str = "") -> dict[str, Any]:
    """What the estimate starts with: a usual amount, in two days at nine."""
    usual = max(prices.minimum, Decimal(3)) if prices.unit is Unit.HOUR else prices.minimum
    return {
        "quantity": usual.normalize() if usual % 1 else int(usual),
        "headcount": 1,
        "day": (clock.local_date(at) + timedelta(days=2)).isoformat(),
        "hour": "09:00",
        "town": town_code,
    }
