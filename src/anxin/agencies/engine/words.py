"""A price list, hours and changes in plain words: texts with places, translated where they are shown."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from anxin.agencies.engine.pricing import clock_text, percent
from anxin.agencies.values import (
    ONCE,
    UNIT_LABELS,
    WEEKDAYS,
    DayFactorKind,
    Hours,
    PriceList,
    ServiceContent,
    plain,
)
from anxin.kit.money import times, yuan
from anxin.kit.text import gettext_noop

# From a weekday to a weekday.
TO = "至"
DAYS = gettext_noop("%(first)s至%(last)s")


@dataclass(frozen=True, slots=True)
class Told:
    """A named line in words: `text` has places %(name)s, filled from `params` after translation."""

    label: str
    text: str
    params: Mapping[str, str] = field(default_factory=dict)

    def said(self, say: Callable[[str], str]) -> str:
        """The sentence in the words of `say`; of the places only the unit is a word."""
        return say(self.text) % {
            key: say(word) if key == "unit" else word for key, word in self.params.items()
        }


@dataclass(frozen=True, slots=True)
class Change:
    """What a version says otherwise than the one before; an empty side = not there."""

    label: str
    before: str
    after: str


def price_words(prices: PriceList, towns: Mapping[str, str]) -> list[Told]:
    """Every part of a price list in a sentence; `towns` names the towns with a travel fee."""
    unit = UNIT_LABELS[prices.unit]
    told = [
        Told(
            gettext_noop("单价"), "¥%(price)s/%(unit)s", {"price": yuan(prices.unit_price_fen), "unit": unit}
        )
    ]
    told += _least(prices, prices.unit.counted)
    if prices.base_fee_fen:
        told.append(
            Told(gettext_noop("上门费"), gettext_noop("每次 ¥%(fee)s"), {"fee": yuan(prices.base_fee_fen)})
        )
    told += _time(prices, unit)
    for travel in prices.travel:
        params = {"town": towns.get(travel.town_code, travel.town_code), "fee": yuan(travel.fee_fen)}
        told.append(Told(gettext_noop("交通费"), gettext_noop("%(town)s每次 ¥%(fee)s"), params))
    for extra in prices.extras:
        params = {"label": extra.label, "price": yuan(extra.unit_price_fen), "unit": extra.unit}
        told.append(Told(gettext_noop("可选加项"), "%(label)s ¥%(price)s/%(unit)s", params))
    if prices.deposit_fen:
        text = gettext_noop("¥%(deposit)s，服务结清时抵扣费用，余款原路退还")
        told.append(Told(gettext_noop("押金"), text, {"deposit": yuan(prices.deposit_fen)}))
    if prices.tax_note:
        told.append(Told(gettext_noop("税费"), "%(note)s", {"note": prices.tax_note}))
    return told


def _least(prices: PriceList, unit: str) -> Iterator[Told]:
    params = {"minimum": plain(prices.minimum), "step": plain(prices.step), "unit": unit}
    if prices.step != prices.minimum or prices.minimum != 1:
        yield Told(
            gettext_noop("起订"),
            gettext_noop("%(minimum)s %(unit)s起，不足 %(step)s %(unit)s按 %(step)s %(unit)s计"),
            params,
        )


def _time(prices: PriceList, unit: str) -> Iterator[Told]:
    for night in prices.nights:
        yield Told(
            gettext_noop("夜间"),
            gettext_noop("%(start)s–%(end)s 加 %(percent)s，即 ¥%(price)s/%(unit)s"),
            {
                "start": clock_text(night.start_minute),
                "end": clock_text(night.end_minute),
                "percent": percent(night.factor_bp),
                "price": yuan(times(prices.unit_price_fen, Decimal(night.factor_bp) / ONCE)),
                "unit": unit,
            },
        )
    for factor in prices.day_factors:
        label = gettext_noop("周末") if factor.kind is DayFactorKind.WEEKEND else gettext_noop("法定节假日")
        price = yuan(times(prices.unit_price_fen, Decimal(factor.factor_bp) / ONCE))
        yield Told(
            label,
            gettext_noop("加 %(percent)s，即 ¥%(price)s/%(unit)s"),
            {"percent": percent(factor.factor_bp), "price": price, "unit": unit},
        )


def hours_words(hours: Sequence[Hours]) -> list[tuple[str, str]]:
    """(days, times) with equal days put together: 周一至周五 → 08:00–20:00."""
    by_day = [
        "、".join(
            f"{clock_text(h.start_minute)}–{clock_text(h.end_minute)}"
            for h in sorted(hours, key=lambda h: h.start_minute)
            if h.weekday == day
        )
        for day in range(7)
    ]
    rows: list[tuple[int, int, str]] = []
    for day, text in enumerate(by_day):
        if rows and rows[-1][2] == text:
            rows[-1] = (rows[-1][0], day, text)
        else:
            rows.append((day, day, text))
    return [
        (WEEKDAYS[a] if a == b else f"{WEEKDAYS[a]}{TO}{WEEKDAYS[b]}", text) for a, b, text in rows if text
    ]


def days_words(days: str, say: Callable[[str], str]) -> str:
    """周一至周五 in the words of `say`."""
    first, _to, last = days.partition(TO)
    return say(DAYS) % {"first": say(first), "last": say(last)} if last else say(first)


def changes(
    old: ServiceContent | None, new: ServiceContent, towns: Mapping[str, str], say: Callable[[str], str] = str
) -> list[Change]:
    """What `new` says otherwise than `old`, line by line, in the words of `say`."""
    before, after = (_lines(old, towns, say) if old else {}), _lines(new, towns, say)
    return [
        Change(label, before.get(label, ""), after.get(label, ""))
        for label in dict.fromkeys([*before, *after])
        if before.get(label, "") != after.get(label, "")
    ]


def _lines(content: ServiceContent, towns: Mapping[str, str], say: Callable[[str], str]) -> dict[str, str]:
    lines = {gettext_noop("名称"): content.name, gettext_noop("说明"): content.description}
    grouped: dict[str, list[str]] = {}
    for told in price_words(content.price_list, towns):
        grouped.setdefault(told.label, []).append(told.said(say))
    comma, semicolon, colon = say(gettext_noop("、")), say(gettext_noop("；")), say(gettext_noop("："))
    photo = say(gettext_noop("（拍照）"))
    lines |= {label: semicolon.join(texts) for label, texts in grouped.items()}
    lines[gettext_noop("价格包含")] = comma.join(content.price_list.included)
    lines[gettext_noop("服务镇街")] = comma.join(_named(content.towns, towns))
    lines[gettext_noop("承接时间")] = semicolon.join(
        f"{days_words(days, say)} {text}" for days, text in hours_words(content.hours)
    )
    lines[gettext_noop("提前预约")] = say(gettext_noop("%(minutes)s 分钟")) % {
        "minutes": content.notice_minutes
    }
    lines[gettext_noop("服务规范")] = "\n".join(
        f"{number}. {step.title}{colon}{step.standard}{photo if step.photo else ''}"
        for number, step in enumerate(content.specification, 1)
    )
    return lines


def _named(codes: Iterable[str], towns: Mapping[str, str]) -> list[str]:
    return [towns.get(code, code) for code in codes]
