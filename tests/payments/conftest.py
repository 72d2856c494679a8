"""A simulated channel in this process: its clock is held by the test, its notices are caught."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette

from anxin.accounts.public import Organisation
from anxin.agencies import public as agencies
from anxin.agencies.values import ExtraItem, Night, PriceList, Unit, Usage
from anxin.customers import public as customers
from anxin.kit.actor import SYSTEM
from anxin.kit.ids import number
from anxin.kit.models import begin
from anxin.orders.models import Order, Visit
from anxin.payments import actions
from anxin.payments.adapters.in_process import InProcess
from anxin.payments.adapters.wechatpay import WechatPay, keys
from anxin.payments.adapters.wechatpay.keys import Platform
from anxin.payments.adapters.wechatpay_simulator import Channel, routes_for
from anxin.payments.models import Bill, Payment
from anxin.payments.public import Cashier, simulated_cashier
from anxin.payments.values import PayWay
from tests.cast import JINCHENG, NOON, Member
from tests.tape import taped

NOTIFY = "http://127.0.0.1:8000/callbacks/wechatpay/"


@dataclass
class Bench:
    """The channel, our client before it, the hands of its clock, and the notices it sent."""

    channel: Channel
    client: WechatPay
    http: httpx.Client
    hands: list[datetime]
    sent: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)
    deliver: Callable[[dict[str, str], bytes], int] | None = None

    @property
    def now(self) -> datetime:
        return self.hands[0]

    def wait(self, **span: float) -> int:
        """Let time pass; returns how many notices were sent."""
        self.hands[0] += timedelta(**span)
        return self.channel.step()

    def tap(self, prepay: str, how: str, **more: float) -> None:
        """The payer taps, and what follows at once happens."""
        self.channel.tap(prepay, how, **more)  # type: ignore[arg-type]
        self.channel.step()


@pytest.fixture(scope="session")
def platform(tmp_path_factory: pytest.TempPathFactory) -> Platform:
    return keys.simulated(tmp_path_factory.mktemp("keys") / "wechatpay")


@pytest.fixture
def bench(platform: Platform, tmp_path: Path) -> Iterator[Bench]:
    hands = [NOON]

    def clock() -> float:
        return hands[0].timestamp()

    def post(url: str, headers: Mapping[str, str], body: bytes) -> int:
        made.sent.append((url, dict(headers), body))
        status = made.deliver(dict(headers), body) if made.deliver else 204
        made.answers.append(status)
        return status

    channel = Channel(tmp_path, platform, now=clock, post=post)
    app = Starlette(routes=routes_for(lambda: channel))
    with httpx.Client(transport=InProcess(app), base_url="http://127.0.0.1:8002") as http:
        client = WechatPay(
            platform.merchant, url="http://127.0.0.1:8002", notify_url=NOTIFY, http=http, clock=clock
        )
        made = Bench(channel, client, http, hands)
        yield made


# ── an order that was served, and the cashier ───────────────────────────────────────────────────────
PRICES = PriceList(
    unit=Unit.HOUR,
    unit_price_fen=4500,
    minimum=Decimal(2),
    step=Decimal("0.5"),
    base_fee_fen=1000,
    surcharges=(Night(1200, 360, 15000), ExtraItem("oven", "清洗烤箱", "台", 6000)),
)


@pytest.fixture
def make_order(chen_jing: Member, jia: Organisation, address_of_chen_jing: Any) -> Callable[..., Order]:
    """A completed order of 陈静 at agency 甲: three hours agreed, `worked` hours done from 14:00."""
    return partial(ordered, who=chen_jing, agency=jia, address_id=address_of_chen_jing.id)


def ordered(
    *,
    who: Member,
    agency: Organisation,
    address_id: Any,
    state: str = "completed",
    hours: str = "3",
    worked: float = 3,
    prices: PriceList = PRICES,
) -> Order:
    starts = NOON - timedelta(days=1) + timedelta(hours=4)
    ends = starts + timedelta(hours=float(hours))
    customer = customers.become_customer(by=who.actor, at=NOON)
    usage = Usage(Decimal(hours), periods=((starts, ends),), town_code=JINCHENG)
    quote = agencies.price(prices, usage)
    order = Order(
        number=number("O", NOON), city_code="3301", customer_id=customer.pk, provider=agency, way="sent",
        channel="web", entered_by=who.id, item_code="0101", item_name="日常保洁", mode="hourly",
        quantity=Decimal(hours), starts_at=starts, ends_at=ends, address_id=address_id, place={},
        town_code=JINCHENG, lat=30.23, lng=119.72, created_at=NOON, state=state,
        terms={"item": "日常保洁", "price_list": prices.to_json(), "usage": usage.to_json(),
               "quote": quote.to_json()},
    )  # fmt: skip
    begin(order, by=SYSTEM, at=NOON)
    visit = Visit(
        order=order, starts_at=starts, ends_at=ends, state="confirmed", entered_at=starts,
        done_at=starts + timedelta(hours=worked),
    )  # fmt: skip
    begin(visit, by=SYSTEM, at=NOON)
    return order


@taped
def order(chen_jing: Member, jia: Organisation, address_of_chen_jing: Any) -> Order:
    return ordered(who=chen_jing, agency=jia, address_id=address_of_chen_jing.id)


@taped
def bill(order: Order) -> Bill:
    """¥145.00: three hours at ¥45 and ¥10 for the way."""
    return actions.draw_bill(order_id=order.pk, at=NOON)


@taped
def accepted(bill: Bill, chen_jing: Member) -> Bill:
    return actions.accept_bill(bill, by=chen_jing.actor, at=NOON)


@pytest.fixture
def cashier(tmp_path: Path, db: None) -> Iterator[Cashier]:
    """The simulated channel and tax office, heard by our action as by the callback page."""
    with simulated_cashier(NOON, folder=tmp_path) as made:

        def hear(headers: Mapping[str, str], body: bytes) -> int:
            outcome = actions.take_notice(headers=headers, body=body, address="127.0.0.1", at=made.now)
            return 204 if outcome in ("accepted", "repeated", "ignored") else 400

        made.deliver = hear
        yield made


@pytest.fixture
def paid(accepted: Bill, chen_jing: Member, cashier: Cashier) -> Payment:
    """The bill, paid in full."""
    payment = actions.start_payment(accepted, way=PayWay.NATIVE, by=chen_jing.actor, at=NOON)
    cashier.pay(payment.url, "pay")
    payment.refresh_from_db()
    accepted.refresh_from_db()
    return payment
