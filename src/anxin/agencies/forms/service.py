"""The editor of a service: name, specification, price list with surcharges, towns and hours in one form.

Rows that repeat (steps, extras, travel fees, hours) are plain inputs of one name each; they work without scripts,
and what was typed comes back when something is wrong.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from decimal import Decimal, InvalidOperation
from itertools import zip_longest
from typing import Any, cast

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _text
from django.utils.translation import gettext_lazy as _

from anxin.agencies.engine.pricing import clock_text
from anxin.agencies.values import (
    ONCE,
    UNIT_LABELS,
    WEEKDAYS,
    DayFactor,
    DayFactorKind,
    ExtraItem,
    Hours,
    Night,
    PriceList,
    ServiceContent,
    SpecStep,
    Surcharge,
    Travel,
    Unit,
    plain,
)
from anxin.kit.money import parse_yuan

BLANK_STEPS, BLANK_EXTRAS, SLOTS, MOST_ROWS = 2, 2, 2, 60
# Fields of the rules' problems that have another name here.
FIELDS = {
    "unit_price": "price",
    "surcharges": "weekend",
    "specification": "steps",
    "notice_minutes": "notice_hours",
}


class ServiceForm(forms.Form):
    """`content` after is_valid(); the rows for the template are step_rows, extra_rows, travel_rows, hour_rows."""

    revision = forms.CharField(widget=forms.HiddenInput, max_length=80)
    name = forms.CharField(label=_("服务名称"), max_length=80)
    description = forms.CharField(
        label=_("说明"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )
    unit = forms.ChoiceField(label=_("计价单位"))
    price = forms.CharField(label=_("单价"), max_length=12)
    minimum = forms.DecimalField(label=_("起订量"), max_digits=7, decimal_places=2)
    step = forms.DecimalField(
        label=_("计价步长"), max_digits=7, decimal_places=2, help_text=_("不足一步按一步算。")
    )
    base_fee = forms.CharField(label=_("上门费（每次）"), required=False, max_length=12)
    deposit = forms.CharField(label=_("押金"), required=False, max_length=12)
    included = forms.CharField(
        label=_("价格包含"), required=False, max_length=1500, widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("一行一项。"),
    )  # fmt: skip
    tax_note = forms.CharField(label=_("税费说明"), required=False, max_length=100)
    night_from = forms.TimeField(label=_("夜间从"), required=False, widget=forms.TimeInput)
    night_to = forms.TimeField(label=_("到"), required=False, widget=forms.TimeInput)
    night = forms.DecimalField(label=_("夜间加价"), required=False, max_digits=6, decimal_places=2)
    weekend = forms.DecimalField(label=_("周末加价"), required=False, max_digits=6, decimal_places=2)
    statutory = forms.DecimalField(label=_("法定节假日加价"), required=False, max_digits=6, decimal_places=2)
    towns = forms.MultipleChoiceField(
        label=_("服务镇街"), required=False, widget=forms.CheckboxSelectMultiple
    )
    notice_hours = forms.DecimalField(
        label=_("至少提前"), required=False, max_digits=6, decimal_places=2, initial=2
    )
    steps = forms.CharField(required=False, widget=forms.HiddenInput)
    extras = forms.CharField(required=False, widget=forms.HiddenInput)
    travel = forms.CharField(required=False, widget=forms.HiddenInput)
    hours = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(
        self,
        *args: Any,
        towns: Sequence[tuple[str, str]],
        units: Iterable[Unit],
        kept_nights: tuple[Night, ...] = (),
        **kwargs: Any,
    ) -> None:
        """`kept_nights` are windows beyond the one that the form shows (made by a program); they stay."""
        super().__init__(*args, **kwargs)
        self.town_names = dict(towns)
        self.fields["towns"].choices = list(towns)  # type: ignore[attr-defined]
        self.fields["unit"].choices = [(str(u), _text(UNIT_LABELS[u])) for u in units]  # type: ignore[attr-defined]
        self.content: ServiceContent | None = None
        self.kept_nights = kept_nights

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        surcharges: list[Surcharge] = [
            *self._nights_of(data),
            *self.kept_nights,
            *self._factors(data),
            *self._travel(),
            *self._extras(),
        ]
        specification, hours = self._steps(), self._hours()
        amounts = {name: self._yuan(name) for name in ("price", "base_fee", "deposit")}
        if not self.errors:
            self.content = ServiceContent(
                name=data["name"].strip(),
                price_list=PriceList(
                    unit=Unit(data["unit"]),
                    unit_price_fen=amounts["price"],
                    minimum=data["minimum"],
                    step=data["step"],
                    base_fee_fen=amounts["base_fee"],
                    included=tuple(line.strip() for line in data["included"].splitlines() if line.strip()),
                    surcharges=tuple(surcharges),
                    deposit_fen=amounts["deposit"],
                    tax_note=data["tax_note"].strip(),
                ),
                specification=specification,
                description=data["description"].strip(),
                towns=tuple(sorted(data["towns"])),
                hours=hours,
                notice_minutes=int((data["notice_hours"] or 0) * 60),
            )
        return data

    @property
    def _sent(self) -> QueryDict:
        return cast(QueryDict, self.data)

    # ── what was typed, read ────────────────────────────────────────────────────────────────────────
    def _typed(self, *names: str) -> list[tuple[str, ...]]:
        columns = [self._sent.getlist(name)[:MOST_ROWS] for name in names]
        return [tuple(cell.strip()[:500] for cell in row) for row in zip_longest(*columns, fillvalue="")]

    def _yuan(self, name: str) -> int:
        text = (self.cleaned_data.get(name) or "0").strip()
        try:
            return parse_yuan(text)
        except ValueError:
            self.add_error(name, _("“%(text)s”不是金额，请写成 45 或 45.50。") % {"text": text[:12]})
            return 0

    def _nights_of(self, data: dict[str, Any]) -> list[Night]:
        more, start, end = data.get("night"), data.get("night_from"), data.get("night_to")
        if not more:
            return []
        if start is None or end is None:
            self.add_error("night_from", _("加价的时段要写明从几点到几点。"))
            return []
        return [Night(start.hour * 60 + start.minute, end.hour * 60 + end.minute, _factor(more))]

    def _factors(self, data: dict[str, Any]) -> list[DayFactor]:
        return [DayFactor(kind, _factor(data[str(kind)])) for kind in DayFactorKind if data.get(str(kind))]

    def _travel(self) -> list[Travel]:
        found = []
        for code, fee in self._typed("travel_town", "travel_fee"):
            if not fee or code not in self.town_names:
                continue
            try:
                found.append(Travel(code, parse_yuan(fee)))
            except ValueError:
                self.add_error(
                    "travel",
                    _("%(town)s的交通费“%(fee)s”不是金额。")
                    % {"town": self.town_names[code], "fee": fee[:12]},
                )
        return [one for one in found if one.fee_fen]

    def _extras(self) -> list[ExtraItem]:
        found: list[ExtraItem] = []
        for number, (code, label, unit, price) in enumerate(
            self._typed("extra_code", "extra_label", "extra_unit", "extra_price"), 1
        ):
            if not (label or price):
                continue
            try:
                found.append(
                    ExtraItem(
                        code or _free(number, found), label[:60], unit[:10] or _text("次"), parse_yuan(price)
                    )
                )
            except ValueError:
                self.add_error(
                    "extras",
                    _("加项“%(label)s”的价格“%(price)s”不是金额。")
                    % {"label": label[:20], "price": price[:12]},
                )
        return found

    def _steps(self) -> tuple[SpecStep, ...]:
        photos = set(self._sent.getlist("step_photo"))
        rows = self._typed("step_title", "step_standard")
        kept = [
            (title, standard, str(index) in photos)
            for index, (title, standard) in enumerate(rows, 1)
            if title or standard
        ]
        return tuple(
            SpecStep(str(n), title[:60], standard, photo)
            for n, (title, standard, photo) in enumerate(kept, 1)
        )

    def _hours(self) -> tuple[Hours, ...]:
        found = []
        for day in range(7):
            for start, end in self._typed(f"from_{day}", f"to_{day}"):
                if not (start or end):
                    continue
                a, b = _minute(start), _minute(end)
                if a is None or b is None:
                    wrong = {"day": _text(WEEKDAYS[day]), "text": f"{start}–{end}"[:20]}
                    self.add_error("hours", _("%(day)s的时间“%(text)s”要写成 08:00 到 20:00 这样。") % wrong)
                    continue
                # A time field cannot say 24:00; midnight as the end means the end of the day.
                found.append(Hours(day, a, 1440 if b == 0 else b))
        return tuple(found)

    # ── rows for the template ───────────────────────────────────────────────────────────────────────
    @property
    def step_rows(self) -> list[dict[str, Any]]:
        if self.is_bound:
            photos = set(self._sent.getlist("step_photo"))
            rows = [
                (t, s, str(i) in photos)
                for i, (t, s) in enumerate(self._typed("step_title", "step_standard"), 1)
            ]
            rows = [row for row in rows if row[0] or row[1]]
        else:
            rows = [(s.title, s.standard, s.photo) for s in self.initial["content"].specification]
        rows += [("", "", False)] * BLANK_STEPS
        return [{"n": n, "title": t, "standard": s, "photo": p} for n, (t, s, p) in enumerate(rows, 1)]

    @property
    def extra_rows(self) -> list[dict[str, str]]:
        names = ("extra_code", "extra_label", "extra_unit", "extra_price")
        if self.is_bound:
            rows = [row for row in self._typed(*names) if row[1] or row[3]]
        else:
            rows = [
                (e.code, e.label, e.unit, _yuan_text(e.unit_price_fen))
                for e in self.initial["content"].price_list.extras
            ]
        rows += [("", "", "", "")] * BLANK_EXTRAS
        return [dict(zip(("code", "label", "unit", "price"), row, strict=True)) for row in rows]

    @property
    def travel_rows(self) -> list[dict[str, str]]:
        if self.is_bound:
            rows = self._typed("travel_town", "travel_fee")
            fees = {row[0]: row[1] for row in rows}
        else:
            fees = {t.town_code: _yuan_text(t.fee_fen) for t in self.initial["content"].price_list.travel}
        return [{"code": c, "name": n, "fee": fees.get(c, "")} for c, n in self.town_names.items()]

    @property
    def hour_rows(self) -> list[dict[str, Any]]:
        rows = []
        for day in range(7):
            if self.is_bound:
                slots = [(a, b) for a, b in self._typed(f"from_{day}", f"to_{day}") if a or b]
            else:
                slots = [
                    (
                        clock_text(h.start_minute),
                        "00:00" if h.end_minute == 1440 else clock_text(h.end_minute),
                    )
                    for h in self.initial["content"].hours
                    if h.weekday == day
                ]
            slots += [("", "")] * max(0, SLOTS - len(slots))
            rows.append({"day": day, "name": _text(WEEKDAYS[day]), "slots": slots})
        return rows


def starting(content: ServiceContent, revision: str) -> dict[str, Any]:
    """The initial values of a form for this content."""
    prices = content.price_list
    night = prices.nights[0] if prices.nights else None
    factors = {str(f.kind): _percent(f.factor_bp) for f in prices.day_factors}
    return {
        "content": content,
        "revision": revision,
        "name": content.name,
        "description": content.description,
        "unit": str(prices.unit),
        "price": _yuan_text(prices.unit_price_fen),
        "minimum": plain(prices.minimum),
        "step": plain(prices.step),
        "base_fee": _yuan_text(prices.base_fee_fen),
        "deposit": _yuan_text(prices.deposit_fen),
        "included": "\n".join(prices.included),
        "tax_note": prices.tax_note,
        "night_from": clock_text(night.start_minute) if night else "",
        "night_to": clock_text(night.end_minute % 1440) if night else "",
        "night": _percent(night.factor_bp) if night else "",
        "weekend": factors.get("weekend", ""),
        "statutory": factors.get("statutory", ""),
        "towns": list(content.towns),
        "notice_hours": plain(Decimal(content.notice_minutes) / 60),
    }


def _factor(percent: Decimal) -> int:
    return ONCE + int(percent * 100)


def _percent(factor_bp: int) -> str:
    return plain(Decimal(factor_bp - ONCE) / 100)


def _yuan_text(fen: int) -> str:
    return plain(Decimal(fen) / 100) if fen else ""


def _free(number: int, taken: Sequence[ExtraItem]) -> str:
    codes = {item.code for item in taken}
    while f"e{number}" in codes:
        number += 1
    return f"e{number}"


def _minute(text: str) -> int | None:
    """ "08:30" → 510; "24:00" → 1440; None for anything else."""
    found = re.fullmatch(r"(\d{1,2}):(\d{2})", text, re.ASCII)
    if found is None:
        return None
    try:
        minute = int(found[1]) * 60 + int(found[2])
    except (ValueError, InvalidOperation):
        return None
    return minute if minute <= 1440 and int(found[2]) < 60 else None
