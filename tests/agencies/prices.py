"""Price lists for the tests of this area."""

from decimal import Decimal

from anxin.agencies.values import (
    DayFactor,
    DayFactorKind,
    ExtraItem,
    Hours,
    Night,
    PriceList,
    ServiceContent,
    SpecStep,
    Travel,
    Unit,
)

HOURLY = PriceList(
    unit=Unit.HOUR,
    unit_price_fen=4500,
    minimum=Decimal(2),
    step=Decimal("0.5"),
    base_fee_fen=1000,
    included=("清洁剂与抹布",),
    surcharges=(
        Night(22 * 60, 6 * 60, 12_000),
        DayFactor(DayFactorKind.WEEKEND, 11_000),
        DayFactor(DayFactorKind.STATUTORY, 20_000),
        Travel("330112102", 3000),
        ExtraItem("oven", "烤箱内部清洁", "台", 8000),
    ),
    deposit_fen=5000,
    tax_note="含税价",
)
PLAIN = PriceList(unit=Unit.HOUR, unit_price_fen=4000, minimum=Decimal(1), step=Decimal("0.5"))

EVERY_DAY = tuple(Hours(day, 8 * 60, 20 * 60) for day in range(7))


def content(prices: PriceList = PLAIN, **changes: object) -> ServiceContent:
    base = {
        "name": "日常保洁",
        "price_list": prices,
        "specification": (
            SpecStep("1", "进门确认", "出示安心码", True),
            SpecStep("2", "清洁厨房", "台面无油渍"),
        ),
        "description": "两居室约 3 小时",
        "towns": ("330112006", "330112005"),
        "hours": EVERY_DAY,
        "notice_minutes": 120,
    }
    return ServiceContent(**{**base, **changes})  # type: ignore[arg-type]
