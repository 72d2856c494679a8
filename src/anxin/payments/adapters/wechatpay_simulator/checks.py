"""What the channel refuses before it does anything."""

from __future__ import annotations

from collections.abc import Mapping
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

from ..wechatpay import protocol


class Refused(Exception):
    """An answer of the channel that is no success."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(code)
        self.status, self.code, self.message = status, code, message


def is_loopback(url_or_host: str) -> bool:
    """Whether a host name or address, bare or inside a URL, is this machine's own loopback."""
    host = urlsplit(url_or_host).hostname if "//" in url_or_host else url_or_host
    if host in ("localhost", "localhost."):
        return True
    try:
        return ip_address((host or "").strip("[]")).is_loopback
    except ValueError:
        return False


def order_total(told: Mapping[str, Any]) -> int:
    """The total of an order in fen, after every check of form that the channel makes."""
    for name, longest in (("appid", 32), ("mchid", 32), ("description", 127), ("notify_url", 255)):
        value = told.get(name)
        if not isinstance(value, str) or not 0 < len(value) <= longest:
            raise Refused(400, "PARAM_ERROR", f"{name} 缺失或过长")
    if not protocol.OUT_TRADE_NO.fullmatch(str(told.get("out_trade_no", ""))):
        raise Refused(400, "PARAM_ERROR", "out_trade_no 格式错误")
    if not is_loopback(told["notify_url"]) or urlsplit(told["notify_url"]).query:
        # The real channel wants https and a public host; this one must never reach beyond this machine.
        raise Refused(400, "PARAM_ERROR", "notify_url 不合法（模拟通道只通知本机）")
    amount = told.get("amount")
    amount = amount if isinstance(amount, dict) else {}
    total = amount.get("total")
    if type(total) is not int or total <= 0 or amount.get("currency", "CNY") != "CNY":
        raise Refused(400, "PARAM_ERROR", "amount.total 须为正整数（分）")
    if len(str(told.get("attach", ""))) > 128:
        raise Refused(400, "PARAM_ERROR", "attach 过长")
    return total
