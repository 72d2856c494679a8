"""What somebody types to find help: their own words, and what was understood of them, to be corrected."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from anxin.catalogue.values import ItemFacts
from anxin.kit import clock
from anxin.matching.engine.words import LONGEST
from anxin.matching.values import ORDER_LABELS, Order

HALF_HOURS = [(f"{h:02d}:{m:02d}", f"{h:02d}:{m:02d}") for h in range(6, 22) for m in (0, 30)]
_AHEAD = timedelta(days=366)


class WordsForm(forms.Form):
    """One's own words."""

    words = forms.CharField(
        label=_("说说您要什么"), max_length=LONGEST, widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"max_length": _("一次最多说 500 个字，请先说要紧的。"), "required": _("先说一句您要什么。")},
    )  # fmt: skip


class _Where(forms.Form):
    """Which service, where and when."""

    item = forms.ChoiceField(label=_("要什么服务"))
    town = forms.ChoiceField(label=_("在哪个镇街"))
    day = forms.DateField(label=_("哪一天"), required=False)
    start = forms.ChoiceField(label=_("几点开始"), required=False, choices=[("", _("还没定")), *HALF_HOURS])
    hours = forms.DecimalField(
        label=_("大约几小时"), min_value=Decimal("0.5"), max_value=Decimal(12), required=False
    )

    def __init__(
        self, *args: Any, items: list[ItemFacts], towns: list[tuple[str, str]], today: date, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        for name, choices in (
            ("item", [("", gettext("请选择")), *((one.code, gettext(one.name)) for one in items)]),
            ("town", towns),
        ):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = choices

    def clean_day(self) -> date | None:
        day: date | None = self.cleaned_data["day"]
        if day is not None and not self.today <= day <= self.today + _AHEAD:
            raise forms.ValidationError(gettext("请选今天起一年以内的日子。"))
        return day

    def span(self, minutes: int) -> tuple[datetime, datetime]:
        """The visit that is looked for: `minutes` long where no length was said, tomorrow at nine where no day or hour
        was."""
        hours: Decimal | None = self.cleaned_data.get("hours")
        length = timedelta(minutes=round(hours * 60) if hours else minutes)
        day = self.cleaned_data.get("day") or self.today + timedelta(days=1)
        hour, minute = map(int, (self.cleaned_data.get("start") or "09:00").split(":"))
        start = clock.at_local(day, hour, minute)
        return start, start + length


class UnderstoodForm(_Where):
    """What was understood, as it can be corrected."""

    budget = forms.DecimalField(
        label=_("预算（元）"), min_value=0, max_value=Decimal(1_000_000), decimal_places=2, required=False
    )
    kept = forms.MultipleChoiceField(
        label=_("还听懂了这些"), required=False, widget=forms.CheckboxSelectMultiple,
        help_text=_("不对的去掉勾，就不会填进需求单"),
    )  # fmt: skip
    wishes = forms.CharField(
        label=_("说给上门的人听"), max_length=LONGEST, required=False,
        widget=forms.Textarea(attrs={"rows": 3}), help_text=_("这些话会原样写进需求单，可以改"),
    )  # fmt: skip

    def __init__(self, *args: Any, facts: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["kept"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = facts
        if not facts:
            del self.fields["kept"]


class WorkersForm(_Where):
    """Filters of the list of workers; the order may use nothing personal."""

    sort = forms.ChoiceField(
        label=_("排序"), required=False,
        choices=lambda: [
            (str(one), gettext(ORDER_LABELS[one])) for one in (Order.NEAREST, Order.RATED, Order.PLAIN)
        ],
    )  # fmt: skip

    @property
    def chosen_sort(self) -> Order:
        return Order(self.cleaned_data.get("sort") or Order.NEAREST)
