"""The channel's daily trade bill: a CSV whose every value wears a backtick, amounts in yuan, a summary below."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

COLUMNS = (
    "交易时间",
    "公众账号ID",
    "商户号",
    "特约商户号",
    "设备号",
    "微信订单号",
    "商户订单号",
    "用户标识",
    "交易类型",
    "交易状态",
    "付款银行",
    "货币种类",
    "应结订单金额",
    "代金券金额",
    "微信退款单号",
    "商户退款单号",
    "退款金额",
    "充值券退款金额",
    "退款类型",
    "退款状态",
    "商品名称",
    "商户数据包",
    "手续费",
    "费率",
    "订单金额",
    "申请退款金额",
    "费率备注",
)
SUMMARY = (
    "总交易单数",
    "应结订单总金额",
    "退款总金额",
    "充值券退款总金额",
    "手续费总金额",
    "订单总金额",
    "申请退款总金额",
)


@dataclass(frozen=True)
class BillRow:
    """One line of the bill, in fen. A refund has an `out_refund_no`."""

    out_trade_no: str
    transaction_id: str
    state: str
    total_fen: int
    fee_fen: int
    out_refund_no: str = ""
    refund_id: str = ""
    refund_fen: int = 0
    refund_state: str = ""

    @property
    def is_refund(self) -> bool:
        """Whether the line tells of a refund, not of a payment."""
        return self.out_refund_no not in ("", "0")


class BadBill(ValueError):
    """The bill cannot be read, or its lines do not add up to its own summary."""


def read(content: bytes) -> list[BillRow]:
    """Every line of a bill. Raises `BadBill` when columns are missing or the summary disagrees."""
    try:
        rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))
        foot = next(i for i, row in enumerate(rows) if row and row[0] == SUMMARY[0])
        names = rows[0]
        lines = [_line(dict(zip(names, row, strict=True))) for row in rows[1:foot]]
        summary = dict(zip(rows[foot], rows[foot + 1], strict=True))
        count, total = int(_bare(summary["总交易单数"])), fen(summary["订单总金额"])
    except (StopIteration, KeyError, ValueError, IndexError, ArithmeticError, csv.Error) as broken:
        raise BadBill(str(broken)) from broken
    if count != len(lines) or total != sum(line.total_fen for line in lines if not line.is_refund):
        raise BadBill("the lines do not add up to the summary")
    return lines


def fen(yuan: str) -> int:
    """`` `128.50 `` → 12850."""
    value = Decimal(_bare(yuan) or "0") * 100
    if value != value.to_integral_value():
        raise ValueError(f"{yuan} is no amount of fen")
    return int(value)


def write(rows: Iterable[dict[str, str]]) -> bytes:
    """A bill from rows of named values (`COLUMNS`); what a value leaves out is empty. Used by the simulator."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    kept = list(rows)
    for row in kept:
        writer.writerow("`" + row.get(name, "") for name in COLUMNS)
    paid = [row for row in kept if row.get("商户退款单号", "0") == "0"]
    back = [row for row in kept if row.get("商户退款单号", "0") != "0"]
    writer.writerow(SUMMARY)
    totals = (
        str(len(kept)),
        _sum(paid, "应结订单金额"),
        _sum(back, "退款金额"),
        "0.00",
        _sum(kept, "手续费"),
        _sum(paid, "订单金额"),
        _sum(back, "申请退款金额"),
    )
    writer.writerow("`" + value for value in totals)
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def _line(row: dict[str, str]) -> BillRow:
    plain = {name: _bare(value) for name, value in row.items()}
    return BillRow(
        out_trade_no=plain["商户订单号"],
        transaction_id=plain["微信订单号"],
        state=plain["交易状态"],
        total_fen=fen(plain["订单金额"]),
        fee_fen=fen(plain["手续费"]),
        out_refund_no="" if plain["商户退款单号"] == "0" else plain["商户退款单号"],
        refund_id="" if plain["微信退款单号"] == "0" else plain["微信退款单号"],
        refund_fen=fen(plain["申请退款金额"]),
        refund_state=plain["退款状态"],
    )


def _bare(value: str) -> str:
    return value.strip().removeprefix("`")


def _sum(rows: list[dict[str, str]], name: str) -> str:
    return f"{sum((Decimal(row.get(name) or '0') for row in rows), Decimal(0)):.2f}"
