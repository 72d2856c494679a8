"""Decisions of agencies as pure functions."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal

from anxin.agencies.values import (
    DAY_MINUTES,
    GRADES,
    NIGHTS_INCLUDED,
    ONCE,
    WEEKENDS_INCLUDED,
    DayFactorKind,
    DocumentKind,
    Hours,
    Mode,
    Night,
    PriceList,
    ServiceContent,
    SpecStep,
    Usage,
)
from anxin.catalogue.values import ItemFacts
from anxin.kit.clock import SHANGHAI
from anxin.kit.text import gettext_noop

REVERIFY_MONTHS = 6
REVERIFY_GRACE = timedelta(days=30)
LEAVE_NOTICE = timedelta(days=30)
WARN_BEFORE = timedelta(days=30)
MOST_FEN = 10_000_000
# Night and weekend at most double; a statutory day at most triple, as employees are paid on it.
MOST_FACTOR = 20_000
MOST_STATUTORY = 30_000


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with a field, as a Chinese text with places for `params`."""

    field: str
    text: str
    params: tuple[tuple[str, str], ...] = ()


def price_list_problems(prices: PriceList) -> list[Problem]:
    """Everything that makes a price list absurd or ambiguous; none = it can be published."""
    found = [*_amounts(prices), *_quantities(prices), *_factors(prices), *_items(prices)]
    if _overlap(prices.nights):
        found.append(Problem("night", gettext_noop("夜间时段互相重叠，同一时间只能有一个夜间加价。")))
    return found


def _amounts(prices: PriceList) -> Iterator[Problem]:
    if prices.unit_price_fen <= 0:
        yield Problem("unit_price", gettext_noop("单价必须大于 0 元。"))
    for field, fen in (
        ("unit_price", prices.unit_price_fen),
        ("base_fee", prices.base_fee_fen),
        ("deposit", prices.deposit_fen),
    ):
        if fen < 0 and field != "unit_price":
            yield Problem(field, gettext_noop("金额不能小于 0 元。"))
        if fen > MOST_FEN:
            yield Problem(field, gettext_noop("金额不能超过 10 万元，请检查小数点。"))


def _quantities(prices: PriceList) -> Iterator[Problem]:
    if not Decimal("0.01") <= prices.step <= 1000:
        yield Problem("step", gettext_noop("计价步长要在 0.01 到 1000 之间。"))
    if not 0 < prices.minimum <= 10_000:
        yield Problem("minimum", gettext_noop("起订量要大于 0，且不超过 10000。"))
    elif prices.step > 0 and prices.minimum % prices.step:
        yield Problem("minimum", gettext_noop("起订量应是计价步长的整数倍。"))


def _factors(prices: PriceList) -> Iterator[Problem]:
    for night in prices.nights:
        if not (0 <= night.start_minute < DAY_MINUTES and 0 <= night.end_minute <= DAY_MINUTES):
            yield Problem("night", gettext_noop("夜间时段要写成 00:00 到 24:00 之间的时间。"))
        elif night.start_minute == night.end_minute % DAY_MINUTES:
            yield Problem("night", gettext_noop("夜间时段不能从头到尾都是同一时刻。"))
        if not ONCE < night.factor_bp <= MOST_FACTOR:
            yield Problem("night", gettext_noop("夜间加价要大于 0%，且不超过 100%。"))
        if prices.unit in NIGHTS_INCLUDED:
            yield Problem("night", gettext_noop("按天、按月计价的服务已包含夜间，不能再加夜间费。"))
    kinds = [factor.kind for factor in prices.day_factors]
    if len(kinds) != len(set(kinds)):
        yield Problem("surcharges", gettext_noop("同一种日期只能有一个加价。"))
    for factor in prices.day_factors:
        statutory = factor.kind is DayFactorKind.STATUTORY
        if not ONCE < factor.factor_bp <= (MOST_STATUTORY if statutory else MOST_FACTOR):
            text = (
                gettext_noop("法定节假日加价要大于 0%，且不超过 200%。")
                if statutory
                else gettext_noop("周末加价要大于 0%，且不超过 100%。")
            )
            yield Problem(str(factor.kind), text)
        if not statutory and prices.unit in WEEKENDS_INCLUDED:
            yield Problem("weekend", gettext_noop("按月计价的服务已包含周末，不能再加周末费。"))


def _items(prices: PriceList) -> Iterator[Problem]:
    towns = [travel.town_code for travel in prices.travel]
    if len(towns) != len(set(towns)):
        yield Problem("travel", gettext_noop("同一个镇街只能有一个交通费。"))
    if any(not 0 <= travel.fee_fen <= MOST_FEN for travel in prices.travel):
        yield Problem("travel", gettext_noop("交通费不能小于 0 元或超过 10 万元。"))
    codes = [extra.code for extra in prices.extras]
    if len(codes) != len(set(codes)):
        yield Problem("extras", gettext_noop("加项的编号重复了。"))
    for extra in prices.extras:
        if not extra.code or not extra.label.strip():
            yield Problem("extras", gettext_noop("每个加项都要有名称。"))
        if not 0 < extra.unit_price_fen <= MOST_FEN:
            yield Problem("extras", gettext_noop("加项单价要大于 0 元，且不超过 10 万元。"))


def _overlap(nights: Sequence[Night]) -> bool:
    return any(
        sum(night.holds(minute) for night in nights) > 1
        for minute in {n.start_minute % DAY_MINUTES for n in nights}
    ) or len(set(nights)) != len(nights)


def content_problems(content: ServiceContent, known_towns: frozenset[str]) -> list[Problem]:
    """Everything that keeps a version from being published."""
    found = list(price_list_problems(content.price_list))
    if not content.name.strip():
        found.append(Problem("name", gettext_noop("请填写服务名称。")))
    if not content.specification or any(not step.title.strip() for step in content.specification):
        found.append(
            Problem("specification", gettext_noop("服务规范至少要有一个步骤，每一步都要写明做什么。"))
        )
    codes = [step.code for step in content.specification]
    if len(codes) != len(set(codes)):
        found.append(Problem("specification", gettext_noop("服务规范中有重复的步骤编号。")))
    if not content.towns:
        found.append(Problem("towns", gettext_noop("请至少选择一个服务镇街。")))
    unknown = sorted({*content.towns, *(t.town_code for t in content.price_list.travel)} - known_towns)
    if unknown:
        text = gettext_noop("没有代码为 %(codes)s 的镇街。")
        found.append(Problem("towns", text, (("codes", "、".join(unknown[:5])),)))
    if not 0 <= content.notice_minutes <= 60 * 24 * 30:
        found.append(Problem("notice_minutes", gettext_noop("提前预约时间要在 0 到 30 天之间。")))
    return [*found, *hours_problems(content.hours)]


def hours_problems(hours: Sequence[Hours]) -> list[Problem]:
    if not hours:
        return [Problem("hours", gettext_noop("请至少填写一个承接时间。"))]
    if any(not (0 <= h.weekday <= 6 and 0 <= h.start_minute < h.end_minute <= DAY_MINUTES) for h in hours):
        return [Problem("hours", gettext_noop("承接时间的结束要晚于开始，且在 00:00 到 24:00 之间。"))]
    ordered = sorted(hours, key=lambda h: (h.weekday, h.start_minute))
    for a, b in zip(ordered, ordered[1:], strict=False):
        if a.weekday == b.weekday and b.start_minute < a.end_minute:
            return [Problem("hours", gettext_noop("同一天的承接时间互相重叠，请合并成一段。"))]
    return []


def takes(hours: Sequence[Hours], start: datetime, end: datetime) -> bool:
    """Whether work from `start` to `end` lies within the hours. Of work longer than a day only its start counts.

    Hours that meet (at midnight too) count as one.
    """
    here, until = start.astimezone(SHANGHAI), end.astimezone(SHANGHAI)
    if until - here > timedelta(days=1):
        until = here
    while True:
        minute = here.hour * 60 + here.minute
        slot = next(
            (h for h in hours if h.weekday == here.weekday() and h.start_minute <= minute < h.end_minute),
            None,
        )
        if slot is None:
            return False
        here = here.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(minutes=slot.end_minute)
        if until <= here:
            return True


def early_enough(notice_minutes: int, at: datetime, start: datetime) -> bool:
    """Whether `start` leaves the agency its lead time, asked at `at`."""
    return start >= at + timedelta(minutes=notice_minutes)


def add_months(day: date, months: int) -> date:
    """The same day of a later month, or its last day."""
    year, month = divmod(day.month - 1 + months, 12)
    first = date(day.year + year, month + 1, 1)
    following = date(first.year + first.month // 12, first.month % 12 + 1, 1)
    return min(first.replace(day=1) + timedelta(days=day.day - 1), following - timedelta(days=1))


def reverify_due(verified_at: datetime) -> datetime:
    """Six months later at the same time of day (网络交易监督管理办法 art. 24)."""
    local = verified_at.astimezone(SHANGHAI)
    due = add_months(local.date(), REVERIFY_MONTHS)
    return local.replace(year=due.year, month=due.month, day=due.day)


def starting_content(item: ItemFacts, town_code: str) -> ServiceContent:
    """What a new service begins with: the catalogue's specification, and the middle of its usual prices."""
    usual = item.price_in(item.unit)
    middle = (usual.low_fen + usual.high_fen) // 200 * 100 if usual else 0
    long_term = item.unit in WEEKENDS_INCLUDED
    return ServiceContent(
        name=item.name,
        price_list=PriceList(
            unit=item.unit,
            unit_price_fen=middle,
            minimum=Decimal(max(1, item.min_quantity)),
            step=Decimal("0.5") if item.unit == "hour" else Decimal(1),
            included=item.included,
        ),
        specification=tuple(
            SpecStep(str(number), step.title, step.standard, step.photo)
            for number, step in enumerate(item.steps, 1)
        ),
        description=item.description,
        towns=(town_code[:9],) if len(town_code) >= 9 else (),
        hours=tuple(Hours(day, 8 * 60, 20 * 60) for day in range(7)),
        notice_minutes=3 * 24 * 60 if long_term else 120,
    )


PHONE = re.compile(r"1[3-9]\d{9}|0\d{2,3}-?\d{7,8}(-\d{1,6})?|400-?\d{3}-?\d{4}", re.ASCII)


def profile_problems(
    mode: str, legal_representative: str, phone: str, town_code: str, address: str, *, known_town: bool
) -> list[Problem]:
    """What is wrong with what an agency says of itself."""
    found = []
    if mode not in set(Mode):
        found.append(Problem("mode", gettext_noop("请选择用工方式。")))
    if not 2 <= len(legal_representative.strip()) <= 40:
        found.append(
            Problem("legal_representative", gettext_noop("请填写法定代表人（经营者）姓名，2 到 40 个字。"))
        )
    if not PHONE.fullmatch(phone.strip()):
        found.append(Problem("phone", gettext_noop("请填写手机号，或带区号的座机号，例如 0571-63720000。")))
    if len(town_code) != 9 or not known_town:
        found.append(Problem("town_code", gettext_noop("请选择机构所在的镇街。")))
    if not 4 <= len(address.strip()) <= 200:
        found.append(Problem("address", gettext_noop("请填写详细地址，4 到 200 个字。")))
    return found


def paper_problems(
    kind: str,
    title: str,
    issuer: str,
    number: str,
    valid_from: date | None,
    valid_to: date | None,
    *,
    has_file: bool,
) -> list[Problem]:
    """What is wrong with a document as it is handed in."""
    found = []
    if kind not in set(DocumentKind):
        found.append(Problem("kind", gettext_noop("请选择资料的类别。")))
    if not 2 <= len(title.strip()) <= 120:
        found.append(Problem("title", gettext_noop("请填写资料名称，2 到 120 个字。")))
    if not 2 <= len(issuer.strip()) <= 120:
        found.append(Problem("issuer", gettext_noop("请填写发证机关，2 到 120 个字。")))
    if kind in (DocumentKind.LICENCE, DocumentKind.GRADE) and not number.strip():
        found.append(Problem("number", gettext_noop("请填写证书编号。")))
    if kind == DocumentKind.GRADE and title.strip() not in GRADES:
        found.append(Problem("title", gettext_noop("等级请填写 A、AA、AAA、AAAA 或 AAAAA。")))
    if valid_from and valid_to and valid_to < valid_from:
        found.append(Problem("valid_to", gettext_noop("有效期的结束不能早于开始。")))
    if not has_file:
        found.append(Problem("file", gettext_noop("请上传资料的照片或 PDF。")))
    return found


def examples(prices: PriceList, minutes: int, wednesday: date) -> list[tuple[str, Usage]]:
    """Three usages that show what a price list comes to: a plain day, a Saturday, and an evening or a holiday.

    `wednesday` is a day of an ordinary week; `minutes` the usual length of a visit that is not priced by the hour.
    """
    quantity = max(prices.minimum, Decimal(3)) if prices.unit == "hour" else prices.minimum
    length = timedelta(minutes=float(quantity * 60)) if prices.unit == "hour" else timedelta(minutes=minutes)

    def on(day: date, hour: int, kind: str) -> Usage:
        start = datetime(day.year, day.month, day.day, hour, tzinfo=SHANGHAI)
        end = start + length
        kinds = tuple((d, kind) for d in sorted({start.date(), end.date()}))
        return Usage(quantity, ((start, end),), kinds)

    return [
        (gettext_noop("工作日白天"), on(wednesday, 9, "workday")),
        (gettext_noop("周六白天"), on(wednesday + timedelta(days=3), 9, "weekend")),
        (
            (gettext_noop("工作日 20:00 开始"), on(wednesday, 20, "workday"))
            if prices.nights
            else (gettext_noop("法定节假日白天"), on(wednesday, 9, "statutory"))
        ),
    ]


def weekday_after(day: date, weekday: int) -> date:
    """The first such weekday (0 = Monday) on or after a day."""
    return day + timedelta(days=(weekday - day.weekday()) % 7)


def same_content(a: ServiceContent, b: ServiceContent) -> bool:
    """Whether two contents say the same; the order of towns, hours and surcharges means nothing."""

    def plainly(content: ServiceContent) -> ServiceContent:
        prices = replace(
            content.price_list, surcharges=tuple(sorted(content.price_list.surcharges, key=repr))
        )
        hours = tuple(sorted(content.hours, key=lambda h: (h.weekday, h.start_minute)))
        return replace(content, price_list=prices, towns=tuple(sorted(content.towns)), hours=hours)

    return plainly(a) == plainly(b)
