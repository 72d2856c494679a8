"""WeChat Pay API v3, spoken by our own thin client (why not a package: docs/decisions)."""

from .client import ChannelError, ChannelSilent, Notice, RefundTold, Trade, WechatPay
from .protocol import Forged
from .transfer import TransferTold

__all__ = [
    "ChannelError",
    "ChannelSilent",
    "Forged",
    "Notice",
    "RefundTold",
    "Trade",
    "TransferTold",
    "WechatPay",
]
