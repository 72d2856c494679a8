"""How the channel words things: orders, refunds and bill lines as they leave it."""

from __future__ import annotations

import secrets
import sqlite3
from datetime import datetime, timedelta, timezone
from typing import Any

from ..wechatpay.keys import Merchant

CHINA = timezone(timedelta(hours=8))


def trade(merchant: Merchant, row: sqlite3.Row) -> dict[str, Any]:
    """An order in the channel's JSON."""
    words = {
        "SUCCESS": "支付成功",
        "NOTPAY": "订单未支付",
        "CLOSED": "订单已关闭",
        "REFUND": "订单发生过退款",
    }
    told: dict[str, Any] = {
        "appid": merchant.appid,
        "mchid": merchant.mchid,
        "out_trade_no": row["out_trade_no"],
        "trade_state": row["state"],
        "trade_state_desc": words.get(row["state"], ""),
        "attach": row["attach"],
        "payer": {},
        "amount": {"total": row["total"], "currency": "CNY"},
    }
    if row["success_at"] is not None:
        told |= {
            "transaction_id": row["transaction_id"],
            "trade_type": "MWEB" if row["trade_type"] == "H5" else "NATIVE",
            "bank_type": "OTHERS",
            "success_time": rfc3339(row["success_at"]),
            "payer": {"openid": "oSimulated"},
            "amount": {
                "total": row["total"],
                "payer_total": row["total"],
                "currency": "CNY",
                "payer_currency": "CNY",
            },
        }
    return told


def refund(row: sqlite3.Row, trade: sqlite3.Row) -> dict[str, Any]:
    """A refund in the channel's JSON."""
    told: dict[str, Any] = {
        "refund_id": row["refund_id"],
        "out_refund_no": row["out_refund_no"],
        "transaction_id": trade["transaction_id"],
        "out_trade_no": row["out_trade_no"],
        "channel": "ORIGINAL",
        "user_received_account": "支付用户零钱",
        "create_time": rfc3339(row["made_at"]),
        "status": row["state"],
        "funds_account": "AVAILABLE",
        "amount": {
            "total": trade["total"],
            "refund": row["amount"],
            "payer_total": trade["total"],
            "payer_refund": row["amount"],
            "settlement_refund": row["amount"],
            "settlement_total": trade["total"],
            "discount_refund": 0,
            "currency": "CNY",
        },
    }
    if row["success_at"] is not None:
        told["success_time"] = rfc3339(row["success_at"])
    return told


def bill_line(merchant: Merchant, row: sqlite3.Row, *, back: bool) -> dict[str, str]:
    total, amount = row["total"], row["amount"] if back else 0
    # 0.60 %, half a fen rounds up; a refund gives its share of the fee back.
    fee = -((amount * 6 + 500) // 1000) if back else (total * 6 + 500) // 1000
    line = {
        "交易时间": datetime.fromtimestamp(row["success_at"], CHINA).strftime("%Y-%m-%d %H:%M:%S"),
        "公众账号ID": merchant.appid,
        "商户号": merchant.mchid,
        "特约商户号": "0",
        "微信订单号": row["transaction_id"],
        "商户订单号": row["out_trade_no"],
        "用户标识": "oSimulated",
        "交易类型": "MWEB" if row["trade_type"] == "H5" else "NATIVE",
        "交易状态": "REFUND" if back else "SUCCESS",
        "付款银行": "OTHERS",
        "货币种类": "CNY",
        "应结订单金额": "0.00" if back else yuan(total),
        "代金券金额": "0.00",
        "微信退款单号": row["refund_id"] if back else "0",
        "商户退款单号": row["out_refund_no"] if back else "0",
        "退款金额": yuan(amount),
        "充值券退款金额": "0.00",
        "退款类型": "ORIGINAL" if back else "",
        "退款状态": row["state"] if back else "",
        "手续费": f"{'-' if fee < 0 else ''}{yuan(abs(fee))}",
        "费率": "0.60%",
        "订单金额": "0.00" if back else yuan(total),
        "申请退款金额": yuan(amount),
    }
    return line if back else line | {"商品名称": row["description"], "商户数据包": row["attach"]}


def number(prefix: str, now: float) -> str:
    """A number as the channel gives them: 28 digits, the day inside."""
    day = datetime.fromtimestamp(now, CHINA).strftime("%Y%m%d")
    return f"{prefix}0000{day}{secrets.randbelow(10**13):013d}"


def rfc3339(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, CHINA).isoformat(timespec="seconds")


def yuan(fen: int) -> str:
    return f"{fen // 100}.{fen % 100:02d}"
