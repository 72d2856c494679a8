"""What a version must say, what it begins with, and where and when it holds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal

from anxin.agencies.rules.prices import price_list_problems
from anxin.agencies.rules.problem import Problem
from anxin.agencies.values import (
    DAY_MINUTES,
    WEEKENDS_INCLUDED,
    Hours,
    PriceList,
    ServiceContent,
    SpecStep,
)
from anxin.catalogue.values import ItemFacts
from anxin.kit.clock import SHANGHAI
from anxin.kit.text import gettext_noop


def content_problems(
    content: ServiceContent, known_towns: frozenset[str], item: ItemFacts | None
) -> list[Problem]:
    """Everything that keeps a version of the item from being published; None for one the catalogue has no more."""
    found = list(price_list_problems(content.price_list))
    if item is not None and content.price_list.unit not in item.units:
        # Nobody could ask for it: a demand counts in the item's own units.
        found.append(Problem("unit", gettext_noop("这项服务不按这个单位计价，请从列出的单位中选择。")))
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


def same_content(a: ServiceContent, b: ServiceContent) -> bool:
    """Whether two contents say the same; the order of towns, hours and surcharges means nothing."""

    def plainly(content: ServiceContent) -> ServiceContent:
        prices = replace(
            content.price_list, surcharges=tuple(sorted(content.price_list.surcharges, key=repr))
        )
        hours = tuple(sorted(content.hours, key=lambda h: (h.weekday, h.start_minute)))
        return replace(content, price_list=prices, towns=tuple(sorted(content.towns)), hours=hours)

    return plainly(a) == plainly(b)
