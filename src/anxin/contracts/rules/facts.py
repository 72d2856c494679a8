"""From what other areas know to the words a contract says. Pure: dataclasses in, text out.

The words are the document's, Chinese whatever language the reader chose: the contract is one text.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal

from anxin.agencies.values import DAY_FACTOR_LABELS as DAY_LABELS
from anxin.agencies.values import (
    NIGHTS_INCLUDED,
    AgencyParty,
    DayFactor,
    ExtraItem,
    Night,
    PriceList,
    Quote,
    Surcharge,
    Travel,
)
from anxin.catalogue.values import Unit
from anxin.contracts.engine.text import Table
from anxin.contracts.values import FACTS
from anxin.kit.money import yuan
from anxin.workers.values import (
    HEALTH_TIER_LABELS,
    PAPER_LABELS,
    PaperState,
    WorkerFacts,
)

PARTIES = ("customer", "agency", "worker")


def agency_facts(party: AgencyParty) -> dict[str, str]:
    return {
        "agency.name": party.name,
        "agency.uscc": party.uscc,
        "agency.address": party.address,
        "agency.person_in_charge": party.legal_representative,
        "agency.phone": party.phone,
    }


def worker_facts(worker: WorkerFacts) -> dict[str, str]:
    """Conclusions and dates only; a paper that is not valid leaves its fact empty, so that nobody can sign."""
    health = training = ""
    if worker.health is PaperState.VALID:
        tier = f"（{HEALTH_TIER_LABELS[worker.health_tier]}类）" if worker.health_tier else ""
        until = f"，有效期至 {worker.health_until:%Y-%m-%d}" if worker.health_until else ""
        health = f"健康体检合格{tier}{until}"
    if worker.training is PaperState.VALID:
        training = f"已完成培训：{worker.training_title or '岗前培训'}"
    insurance = f"家政责任险{PAPER_LABELS[worker.insurance]}"
    if worker.insurance is PaperState.VALID and worker.insurance_until:
        insurance = f"家政责任险，有效期至 {worker.insurance_until:%Y-%m-%d}"
    return {
        "worker.name": worker.name,
        "worker.id_number": worker.id_number,
        "worker.phone": worker.phone,
        "worker.health": health,
        "worker.training": training,
        "worker.insurance": insurance,
    }


def price_rows(prices: PriceList) -> list[list[str]]:
    """The price list in words: label and price."""
    unit = prices.unit.counted
    rows = [["服务单价", f"{yuan(prices.unit_price_fen)} 元/{prices.unit.label}"]]
    if prices.minimum > 0:
        step = f"{_number(prices.step)} {unit}"
        rows.append(["起算", f"{_number(prices.minimum)} {unit}，不足 {step}按 {step}计"])
    if prices.base_fee_fen:
        rows.append(["每次上门费", f"{yuan(prices.base_fee_fen)} 元"])
    if prices.included:
        rows.append(["已包含", "、".join(prices.included)])
    rows += [list(_surcharge(s)) for s in prices.surcharges]
    if prices.tax_note:
        rows.append(["发票与税", prices.tax_note])
    return rows


def _surcharge(surcharge: Surcharge) -> tuple[str, str]:
    match surcharge:
        case Night(start, end, factor):
            return f"夜间（{_clock(start)}–{_clock(end)}）", f"单价的 {_times(factor)} 倍"
        case DayFactor(kind, factor):
            return DAY_LABELS[kind], f"单价的 {_times(factor)} 倍"
        case Travel(_, fee):
            return "路途费（本服务地）", f"{yuan(fee)} 元/次"
        case ExtraItem(_, label, unit, price):
            return f"另加：{label}", f"{yuan(price)} 元/{unit}"


def estimate_rows(quote: Quote) -> list[list[str]]:
    """Lines of the estimate and their sum: item, quantity, unit price, amount."""
    rows = [
        [
            line.label,
            f"{_number(line.quantity)} {line.unit}".strip(),
            yuan(line.unit_price_fen),
            yuan(line.amount_fen),
        ]
        for line in quote.lines
    ]
    return [*rows, ["合计", "", "", yuan(quote.total_fen)]]


Rows = Sequence[Sequence[str]]


def tables(values: Mapping[str, str], prices: Rows, estimate: Rows) -> dict[str, Table]:
    """What stands behind the @tables of a text."""
    found = {
        party: Table(
            tuple((_short(key), values.get(key, "")) for key in FACTS if key.startswith(f"{party}."))
        )
        for party in PARTIES
    }
    found["prices"] = Table(tuple(tuple(row) for row in prices), ("项目", "价目"))
    found["estimate"] = Table(
        tuple(tuple(row) for row in estimate), ("项目", "数量", "单价（元）", "金额（元）")
    )
    return found


def _short(key: str) -> str:
    """消费者姓名 → 姓名: the table already says whose."""
    label = FACTS[key]
    for whose in ("消费者", "家政服务员", "机构"):
        label = label.removeprefix(whose)
    return label


def cancel_scale(free_hours: int, short_hours: int, late_bp: int, short_bp: int, door_bp: int) -> str:
    """The scale of what cancelling costs, in the order of time; shares of the agreed estimate."""
    return (
        f"不足 {free_hours} 小时的，预计费用的 {_percent(late_bp)}；"
        f"不足 {short_hours} 小时的，{_percent(short_bp)}；"
        f"服务人员已经出发的，{_percent(door_bp)}"
    )


def period_text(starts: datetime, ends: datetime, quantity: Decimal, unit: str) -> str:
    """2026年3月20日 14:00 至 17:00, or from when for how long what lasts longer; both already local."""
    if unit in NIGHTS_INCLUDED and not (unit == Unit.DAY and quantity == 1):
        first = f"{starts.year}年{starts.month}月{starts.day}日"
        return f"{first}起 {_number(quantity)} {Unit(unit).counted}，首次上门 {starts:%H:%M} 至 {ends:%H:%M}"
    if starts.date() == ends.date():
        return f"{_moment(starts)} 至 {ends:%H:%M}"
    return f"{_moment(starts)} 至 {_moment(ends)}"


def _moment(local: datetime) -> str:
    return f"{local.year}年{local.month}月{local.day}日 {local:%H:%M}"


def _number(value: Decimal) -> str:
    return format(value.normalize(), "f")


def _times(factor_bp: int) -> str:
    return _number(Decimal(factor_bp) / 10_000)


def _percent(bp: int) -> str:
    return f"{_number(Decimal(bp) / 100)}%"


def _clock(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"
