"""The simulated cashier inside this process: for the demo and the tests, under the caller's clock."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import httpx
from django.conf import settings
from starlette.applications import Starlette
from starlette.routing import Mount

from anxin.kit import crypto, outbound
from anxin.payments.adapters import channel, einvoice, einvoice_simulator
from anxin.payments.adapters.in_process import InProcess
from anxin.payments.adapters.wechatpay import WechatPay, keys
from anxin.payments.adapters.wechatpay_simulator import PREFIX, Channel, routes_for

Deliver = Callable[[Mapping[str, str], bytes], int]


@dataclass
class Cashier:
    """The channel with its clock in the caller's hand. `deliver` takes each notice; without one nobody hears them."""

    channel: Channel
    client: WechatPay
    http: httpx.Client
    hands: list[datetime]
    deliver: Deliver | None = None
    sent: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)

    @property
    def now(self) -> datetime:
        """What the channel's clock shows."""
        return self.hands[0]

    def set(self, at: datetime) -> None:
        """Put the channel's clock to `at`."""
        self.hands[0] = at

    def pay(
        self, url: str, how: str = "silent", *, at: datetime | None = None, after: float = 0, copies: int = 3
    ) -> None:
        """The payer opens the cashier at `url` (a code_url or h5_url) and taps; see `Channel.tap` for `how`."""
        if at is not None:
            self.set(at)
        self.channel.tap(token_of(url), how, after=after, copies=copies)
        self.channel.step()


def token_of(url: str) -> str:
    """The cashier's token in a code_url or an h5_url."""
    return url.rpartition("pr=")[2] if "pr=" in url else url.partition("?")[0].rpartition("/")[2]


@contextmanager
def simulated_cashier(at: datetime, *, folder: Path | None = None) -> Iterator[Cashier]:
    """Speak with simulators in this process instead of over a port: WeChat Pay and the tax channel.

    They keep their memory in `folder` (default: where the simulator process keeps it), so what is paid here is known
    there. Their clock stands at `at` until `Cashier.set` moves it.
    """
    hands = [at]
    base = settings.ANXIN_SIMULATOR_URL
    platform = keys.simulated(settings.ANXIN_HOME / "keys" / "wechatpay")

    def seconds() -> float:
        return hands[0].timestamp()

    def post(_url: str, headers: Mapping[str, str], body: bytes) -> int:
        made.sent.append((dict(headers), body))
        status = made.deliver(headers, body) if made.deliver else 204
        made.answers.append(status)
        return status

    simulated = Channel(folder or settings.ANXIN_HOME / "simulators", platform, now=seconds, post=post)
    office_routes = einvoice_simulator.routes_for(lambda: hands[0], folder)
    app = Starlette(
        routes=[
            Mount(PREFIX, routes=routes_for(lambda: simulated)),
            Mount(einvoice_simulator.PREFIX, routes=office_routes),
        ]
    )
    with outbound.client(timeout=10, transport=InProcess(app), base_url=base) as http:
        client = WechatPay(
            platform.merchant,
            url=f"{base}{PREFIX}",
            notify_url=f"http://127.0.0.1{channel.CALLBACK_PATH}",
            http=http,
            clock=seconds,
        )
        office = einvoice.TaxOffice(
            f"{base}{einvoice_simulator.PREFIX}",
            einvoice.SIMULATED_KEY,
            crypto.key_for("einvoice"),
            http,
            seconds,
        )
        made = Cashier(simulated, client, http, hands)
        with channel.instead(client), einvoice.instead(office):
            yield made
