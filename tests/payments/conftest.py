"""A simulated channel in this process: its clock is held by the test, its notices are caught."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette

from anxin.payments.adapters.in_process import InProcess
from anxin.payments.adapters.wechatpay import WechatPay, keys
from anxin.payments.adapters.wechatpay.keys import Platform
from anxin.payments.adapters.wechatpay_simulator import Channel, routes_for
from tests.cast import NOON

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
