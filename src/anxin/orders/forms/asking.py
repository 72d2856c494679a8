"""A demand as the page asks for it: the item's own questions, in what it is counted, when and where."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from anxin.agencies.values import NIGHTS_INCLUDED, PER_WORKER
from anxin.catalogue.values import AnswerKind, ItemFacts, Mode, Question, Unit
from anxin.customers.values import AddressFacts
from anxin.kit.clock import SHANGHAI
from anxin.orders.actions.refusals import AgencyDecides, TwoAtMost
from anxin.orders.forms.fields import HALF_HOURS, MoneyField
from anxin.orders.public import Demand

OPEN = "open"
HALF, MOST_HOURS = Decimal("0.5"), Decimal(12)


class DemandForm(forms.Form):
    """A demand for one item: its own questions, when, where, wishes and budget, and who is asked."""

    mode = forms.ChoiceField(label=_("服务方式"))
    day = forms.DateField(label=_("哪一天"))
    start = forms.ChoiceField(label=_("几点开始"), choices=HALF_HOURS, initial="09:00")
    hours = forms.DecimalField(required=False)
    quantity = forms.DecimalField(required=False)
    headcount = forms.ChoiceField(
        label=_("请几位来"), choices=[("1", _("一位")), ("2", _("两位，同时上门"))], initial="1", required=False,
        help_text=_("请两位时，每位都按所填的数量计价，两位的价格都会先给您看。要三位以上的，请写在说明里，由机构安排。"),
        error_messages={"invalid_choice": TwoAtMost.message},
    )  # fmt: skip
    address = forms.ChoiceField(label=_("服务地址"))
    wishes = forms.CharField(
        label=_("还有什么要说的"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("比如家里有猫、门口好停车、希望准时"),
    )  # fmt: skip
    budget = MoneyField(
        label=_("预算"), required=False, help_text=_("只在开放抢单时用到：超过预算的机构不能接")
    )
    version = forms.CharField(required=False)
    seen_total_fen = forms.IntegerField(required=False, widget=forms.HiddenInput)
    order_id = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, item: ItemFacts, addresses: list[AddressFacts], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.item = item
        self.addresses = addresses
        self._choose("mode", [(sent, _way(item, *way)) for sent, way in self._ways().items()])
        self._choose("address", [(str(a.id), f"{a.label or a.town_name}\n{a.full}") for a in addresses])
        length = next((q for q in item.questions if q.code == "hours" and q.kind is AnswerKind.NUMBER), None)
        hourly = Unit.HOUR in item.units
        # Where hours are one unit of several, what is asked for "how much" is asked in the fields of its own units.
        self.asks = [
            q for q in item.questions if q is not length and not (hourly and q.quantity and not q.unit)
        ]
        for question in self.asks:
            self.fields[f"q_{question.code}"] = field_of(
                question, item.min_quantity if question.quantity else None
            )
        self.timed = hourly or length is not None
        self.only_hours = length is None and item.units != (Unit.HOUR,)
        self.fields["hours"] = _hours(item, length)
        self.counted = [u for u in item.units if u is not Unit.HOUR and self._answer_in(u) is None]
        self.answered = [u for u in item.units if u is not Unit.HOUR and u not in self.counted]
        self.fields["quantity"] = _quantity(item, self.counted)
        # What the chosen way is counted in cannot be left out; of the other ways `clean` asks nothing.
        self.fields["hours"].required |= hourly
        self.fields["quantity"].required = bool(self.counted)
        if NIGHTS_INCLUDED.intersection(item.units):
            self.fields["day"].help_text = gettext(
                "按天、按月的服务填第一次上门的时间，以后的日程和机构商定。"
            )
        if not PER_WORKER.intersection(item.units):
            # How many come is the agency's part of the price.
            del self.fields["headcount"]

    def _ways(self) -> dict[str, tuple[Mode, Unit]]:
        """What the form sends for each mode and unit."""
        return {way_of(self.item, m, u): (m, u) for m in self.item.modes for u in self.item.units_in(m)}

    def _choose(self, name: str, choices: list[tuple[str, str]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices
        if len(choices) == 1:
            field.initial = choices[0][0]

    @property
    def questions(self) -> list[tuple[Question, forms.BoundField]]:
        return [(question, self[f"q_{question.code}"]) for question in self.asks]

    def span(self) -> tuple[datetime, datetime]:
        """Start and end, aware."""
        data = self.cleaned_data
        hour, minute = map(int, data["start"].split(":"))
        start = datetime.combine(data["day"], time(hour, minute), tzinfo=SHANGHAI)
        length = data.get("hours") or Decimal(max(self.item.default_minutes, 30)) / 60
        return start, start + timedelta(minutes=int(length * 60))

    @property
    def way(self) -> tuple[Mode, Unit]:
        """How the worker is there, and in what that is counted and priced."""
        return self._ways()[self.cleaned_data["mode"]]

    def _answer_in(self, unit: Unit) -> Question | None:
        """The question whose answer counts a unit. One with a measure of no unit of the item counts the usual one."""
        question = next((q for q in self.asks if q.quantity), None)
        if question is None or not question.unit:
            return question
        named = [u for u in self.item.units if question.unit in u.label.split("/")]
        return question if unit in (named or [self.item.unit]) else None

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if "mode" not in data:
            return data
        _mode, unit = self.way
        for name in self._of_other_ways(unit):
            # It does not stand on the screen now: nobody could see what is wrong with it, or mend it.
            self.errors.pop(name, None)
            data[name] = None
        if data.get("headcount") == "2" and unit not in PER_WORKER:
            self.add_error("headcount", str(AgencyDecides(unit=gettext(unit.label))))
        return data

    def _of_other_ways(self, unit: Unit) -> Iterator[str]:
        """The fields in which only what is counted in another unit is said."""
        if self.only_hours and unit is not Unit.HOUR:
            yield "hours"
        if unit not in self.counted:
            yield "quantity"

    def amount(self) -> Decimal:
        """The quantity to be priced, in the chosen unit."""
        _mode, unit = self.way
        if unit is Unit.HOUR:
            return Decimal(self.cleaned_data["hours"])
        question = self._answer_in(unit)
        given = self.cleaned_data.get(f"q_{question.code}" if question else "quantity")
        return Decimal(given or (self.item.min_quantity if unit is self.item.unit else 1))

    def demand(self) -> Demand:
        """What was typed, as orders take it."""
        data = self.cleaned_data
        start, end = self.span()
        given = {q.code: data.get(f"q_{q.code}") for q in self.asks}
        scope = {code: value for code, value in given.items() if value not in (None, "", [])}
        if any(q.code == "hours" for q in self.item.questions) and data.get("hours"):
            scope["hours"] = data["hours"]
        version = data.get("version") or OPEN
        mode, unit = self.way
        return Demand(
            item_code=self.item.code,
            mode=str(mode),
            unit=str(unit),
            quantity=self.amount(),
            starts_at=start,
            ends_at=end,
            address_id=UUID(data["address"]),
            headcount=int(data.get("headcount") or 1),
            scope=scope,
            version_id=None if version == OPEN else UUID(version),
            wishes=data["wishes"],
            budget_fen=data["budget"] if version == OPEN else None,
            seen_total_fen=self._seen(version),
        )

    def _seen(self, version: str) -> int | None:
        """The price that stood beside the chosen agency; none when the demand is open to all."""
        if version == OPEN:
            return None
        shown = str(self.data.get(f"seen_{version}", ""))
        return int(shown) if shown.isdecimal() and len(shown) < 15 else self.cleaned_data["seen_total_fen"]

    def clean_version(self) -> str:
        value = str(self.cleaned_data.get("version") or OPEN)
        if value != OPEN:
            try:
                UUID(value)
            except ValueError:
                raise forms.ValidationError(gettext("请选择一家机构，或开放抢单。")) from None
        return value


def _asked(question: Question) -> str:
    label = gettext(question.label)
    return f"{label}{gettext('（')}{gettext(question.unit)}{gettext('）')}" if question.unit else label


def way_of(item: ItemFacts, mode: Mode, unit: Unit) -> str:
    """A mode, with the unit where it can be counted in several, as the form sends it."""
    return str(mode) if len(item.units_in(mode)) == 1 else f"{mode}:{unit}"


def _way(item: ItemFacts, mode: Mode, unit: Unit) -> str:
    told = {"mode": gettext(mode.label), "unit": gettext(unit.label)}
    return told["mode"] if len(item.units_in(mode)) == 1 else gettext("%(mode)s，按%(unit)s计价") % told


def _quantity(item: ItemFacts, units: Iterable[Unit]) -> forms.DecimalField:
    """How many of the units that no question asks for."""
    if item.units == (item.unit,):
        label = gettext("数量")
    else:
        label = gettext("数量（%(units)s）") % {"units": gettext("、").join(gettext(u.label) for u in units)}
    least = item.min_quantity if item.units == (item.unit,) else 1
    return forms.DecimalField(
        label=label, min_value=Decimal(least) or HALF, max_value=Decimal(10_000), decimal_places=2, required=False,
        initial=least,
    )  # fmt: skip


def _hours(item: ItemFacts, question: Question | None) -> forms.DecimalField:
    """How long a visit takes: what is priced where an item is priced by the hour, else what the catalogue asks."""
    hourly = Unit.HOUR in item.units
    least = item.min_quantity if item.unit is Unit.HOUR else 0
    low = Decimal(max(question.low or 0 if question else 0, least)) or HALF
    high = question.high if question else None
    return forms.DecimalField(
        label=gettext(question.label) if question and not hourly else _("大约几小时"),
        min_value=low, max_value=MOST_HOURS if high is None else min(MOST_HOURS, Decimal(high)), decimal_places=2,
        required=bool(question and question.required),
        initial=max(low, Decimal(round(item.default_minutes / 60))) if hourly or question else None,
    )  # fmt: skip


def field_of(question: Question, least: int | None = None) -> forms.Field:
    """A form field for one question of the catalogue, in the reader's language; `least` can be ordered of it."""
    choices = [(code, gettext(label)) for code, label in question.choices]
    common: dict[str, Any] = {
        "label": _asked(question),
        "required": question.required,
        "help_text": question.help and gettext(question.help),
    }
    match question.kind:
        case AnswerKind.NUMBER:
            low = max((limit for limit in (question.low, least) if limit is not None), default=None)
            return forms.IntegerField(min_value=low, max_value=question.high, **common)
        case AnswerKind.CHOICE:
            return forms.ChoiceField(choices=[("", gettext("请选择")), *choices], **common)
        case AnswerKind.CHOICES:
            return forms.MultipleChoiceField(choices=choices, widget=forms.CheckboxSelectMultiple, **common)
        case AnswerKind.YES_NO:
            return forms.TypedChoiceField(
                choices=[("yes", gettext("有")), ("no", gettext("没有"))],
                coerce=lambda v: v == "yes", empty_value=None, widget=forms.RadioSelect, **common,
            )  # fmt: skip
    return forms.CharField(max_length=question.high or 200, **common)
