"""What a contract says, gathered from the order and everybody in it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from anxin.agencies import public as agencies
from anxin.agencies.values import AgencyParty, PriceList, Quote
from anxin.catalogue.values import MODE_LABELS, Mode
from anxin.contracts import rules
from anxin.contracts.models import Contract
from anxin.contracts.values import DAMAGE_CAP_YUAN, NAMES, NO_REMARKS
from anxin.kit import clock, money
from anxin.kit.typesetting import printable
from anxin.orders import public as orders
from anxin.orders.public import Order
from anxin.orders.values import (
    CANCEL_DOOR_BP,
    CANCEL_FREE_HOURS,
    CANCEL_LATE_BP,
    CANCEL_SHORT_BP,
    CANCEL_SHORT_HOURS,
)
from anxin.places import public as places
from anxin.policies import public as policies
from anxin.workers import public as workers

PAYMENT = "服务完成、客户核对账单后通过微信支付"
NO_DEPOSIT = "不收押金"


def order_facts(order: Order, worker_id: UUID | None, at: datetime) -> dict[str, Any]:
    """{"values": {marker: text}, "prices": rows, "estimate": rows} of an accepted order, its terms frozen in it.

    Without a worker their facts stay empty. Times are those of Asia/Shanghai.
    """
    town = places.full_name(order.town_code)
    values = {
        "order.number": order.number,
        **_customer(order, town),
        **_service(order, town),
        **_fee(order, at),
        **rules.agency_facts(_party(order)),
    }
    worker = workers.worker_facts(worker_id, at) if worker_id else None
    if worker is not None:
        values.update(rules.worker_facts(worker))
    return {
        # A heart in the household's words must not keep their contract from being set.
        "values": {name: text if name in NAMES else printable(text) for name, text in values.items()},
        "prices": _rows(rules.price_rows(PriceList.from_json(order.terms["price_list"]))),
        "estimate": _rows(rules.estimate_rows(Quote.from_json(order.terms["quote"]))),
    }


def _rows(rows: list[list[str]]) -> list[list[str]]:
    return [[printable(text) for text in row] for row in rows]


def says_what_is_agreed(contract: Contract, order: Order) -> bool:
    """Whether the contract still names the worker, the time and the price of its order. One query."""
    worker = orders.agreed_assignment(order)
    terms = {"service.period": _period(order), "fee.amount": money.yuan(order.total_fen)}
    same = all(contract.values.get(name) == text for name, text in terms.items())
    return same and worker is not None and worker.pk == contract.assignment_id


def _period(order: Order) -> str:
    span = clock.local(order.starts_at), clock.local(order.ends_at)
    return rules.period_text(*span, order.quantity, order.unit)


def _party(order: Order) -> AgencyParty:
    found = agencies.party_of(order.provider_id) if order.provider_id else None
    assert found is not None, "an accepted order has an agency"
    assert order.provider is not None
    # The registered name, which is also the seal's, not the name the agency trades under.
    return replace(found, name=order.provider.name)


def _customer(order: Order, town: str) -> dict[str, str]:
    person = order.customer.person
    return {
        "customer.name": person.name,
        "customer.id_number": person.id_number or "",
        "customer.phone": person.phone,
        "customer.residence": town + _door(order),
    }


def _door(order: Order) -> str:
    """What comes behind the town: houses of different villages share a number."""
    return str(order.place_value("village")) + str(order.place_value("detail"))


def _service(order: Order, town: str) -> dict[str, str]:
    detail = _door(order)
    steps = agencies.frozen_version(order.version_id).content.specification if order.version_id else ()
    content = "、".join(step.title for step in steps) or order.item_name
    standards = "；".join(f"{step.title}：{step.standard}" for step in steps if step.standard)
    contact = " ".join(part for part in (order.place_value("contact"), order.place_value("phone")) if part)
    heads = f"，{order.headcount} 人" if order.headcount > 1 else ""
    return {
        "service.name": order.terms.get("item", "") or order.item_name,
        "service.content": content,
        "service.acceptance": standards or "按服务清单逐项完成，双方在平台上确认",
        "service.mode": f"{MODE_LABELS[Mode(order.mode)]}{heads}",
        "service.period": _period(order),
        "service.place_town": town,
        "service.place_detail": detail,
        "service.place": town + detail,
        "service.contact": contact,
        "service.remarks": printable(order.wishes) or NO_REMARKS,
    }


def _fee(order: Order, at: datetime) -> dict[str, str]:
    scale = [CANCEL_FREE_HOURS, CANCEL_SHORT_HOURS, CANCEL_LATE_BP, CANCEL_SHORT_BP, CANCEL_DOOR_BP]
    # Of the moment that froze the price: orders cancels by the same numbers.
    read = policies.read_many(*scale, DAMAGE_CAP_YUAN, at=order.accepted_at or at)
    deposit = int(order.terms["quote"].get("deposit_fen", 0))
    return {
        "fee.amount": money.yuan(order.total_fen),
        "fee.capital": money.capital(order.total_fen),
        "fee.payment": PAYMENT,
        "fee.deposit": f"{money.yuan(deposit)} 元，服务结清时抵扣费用，余款五个工作日内原路退还"
        if deposit
        else NO_DEPOSIT,
        "fee.free_hours": str(read[CANCEL_FREE_HOURS.key]),
        "fee.cancel_scale": rules.cancel_scale(*(read[policy.key] for policy in scale)),
        "fee.damage_cap": f"人民币 {read[DAMAGE_CAP_YUAN.key]:,} 元",
    }
