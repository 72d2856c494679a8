"""Which WeChat Pay we speak with: the one that settings name, or one that the demo or a test put in its place."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

import httpx
from django.conf import settings

from anxin.kit import clock, outbound
from anxin.payments.adapters.wechatpay import WechatPay, keys
from anxin.payments.adapters.wechatpay_simulator import PREFIX

OPEN_URL, API_URL = "https://open.weixin.qq.com", "https://api.weixin.qq.com"
CALLBACK_PATH = "/callbacks/wechatpay/"
_instead: list[WechatPay] = []


def is_simulated() -> bool:
    """Whether the cashier is the simulator on the loopback."""
    return f"{settings.ANXIN_SIMULATOR_URL}{PREFIX}" == settings.ANXIN_WECHATPAY_URL


def wechatpay() -> WechatPay:
    """The client of the channel in use."""
    return _instead[-1] if _instead else _configured(settings.ANXIN_WECHATPAY_URL)


@contextmanager
def instead(client: WechatPay) -> Iterator[WechatPay]:
    """Speak with another channel for a while, in every thread of this process."""
    _instead.append(client)
    try:
        yield client
    finally:
        _instead.remove(client)


@cache
def _configured(url: str) -> WechatPay:
    if is_simulated():
        merchant, open_url, api_url = (
            keys.simulated(settings.ANXIN_HOME / "keys" / "wechatpay").merchant,
            "",
            "",
        )
    else:
        merchant, open_url, api_url = keys.configured(settings.ANXIN_WECHATPAY), OPEN_URL, API_URL
    return WechatPay(
        merchant,
        url=url,
        notify_url=settings.ANXIN_CALLBACK_ORIGIN + CALLBACK_PATH,
        http=outbound.client(timeout=httpx.Timeout(8, connect=3)),
        clock=lambda: clock.now().timestamp(),
        open_url=open_url,
        api_url=api_url,
    )
