"""What a paper says: the invoice's content from a bill, and how it is laid out for PDF (standards §8.4)."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.utils.translation import gettext as _

from anxin.agencies import public as agencies
from anxin.agencies.values import plain
from anxin.kit.clock import local
from anxin.kit.money import capital, yuan
from anxin.payments import rules
from anxin.payments.models import Invoice, InvoiceRequest
from anxin.payments.queries.invoices import Tax
from anxin.payments.values import TAX_CODE, PaperKind, TitleKind
from anxin.policies import public as policies

SHORT_NAME = "家政服务"


def content_of(request: InvoiceRequest, tax: Tax, at: Any) -> dict[str, Any]:
    """The invoice of a request: parties, lines with their tax, sums. Amounts in fen; net + tax = gross everywhere."""
    bill = request.bill
    party = agencies.party_of(request.organisation_id)
    rows = [(line.label, line.unit, line.quantity, line.amount_fen) for line in bill.lines.all()]
    lines = rules.taxed(rules.masked_lines(rows, request.amount_fen, _("退款折让")), tax.bp)
    details = request.details or {}
    return {
        "type": "82",
        "buyer": {
            "name": request.title,
            "tax_number": request.tax_number,
            "person": "Y" if request.title_kind == TitleKind.PERSON else "N",
            "address": details.get("address", ""),
            "phone": details.get("phone", ""),
            "bank": details.get("bank", ""),
            "account": details.get("account", ""),
        },
        "seller": {
            "name": party.name if party else request.organisation.name,
            "tax_number": (party.uscc if party else request.organisation.uscc) or "",
            "address": party.address if party else "",
            "phone": party.phone if party else "",
            "bank": "",
            "account": "",
        },
        "lines": [_line(line, policies.read(TAX_CODE, at=at)) for line in lines],
        "net_fen": sum(line.net_fen for line in lines),
        "tax_fen": sum(line.tax_fen for line in lines),
        "gross_fen": request.amount_fen,
        "tax_bp": tax.bp,
        "exempt_reason": tax.exempt_reason,
        "note": "；".join(
            part for part in (f"订单 {bill.order.number}", f"账单 {bill.number}", request.note) if part
        ),
        "issuer": _("安心平台代开票员"),
    }


def _line(line: rules.TaxedLine, code: str) -> dict[str, Any]:
    each = (Decimal(line.net_fen) / 100 / line.quantity).quantize(Decimal("0.00000001"), ROUND_HALF_UP)
    return {
        "name": f"*{SHORT_NAME}*{line.label}",
        "unit": line.unit,
        "quantity": plain(line.quantity),
        "unit_price": plain(each),
        "net_fen": line.net_fen,
        "tax_fen": line.tax_fen,
        "tax_bp": line.tax_bp,
        "code": code,
        "discount": line.net_fen < 0,
    }


def negative(content: dict[str, Any]) -> dict[str, Any]:
    """The red letter of a content: the same lines, every amount turned round."""
    lines = [
        {**line, "net_fen": -line["net_fen"], "tax_fen": -line["tax_fen"], "quantity": f"-{line['quantity']}"}
        for line in content["lines"]
    ]
    turned = {name: -content[name] for name in ("net_fen", "tax_fen", "gross_fen")}
    return {**content, **turned, "lines": lines}


def layout(paper: Invoice, content: dict[str, Any]) -> dict[str, Any]:
    """What the PDF shows of a paper, all as text. A simulated or unofficial paper says so on its face."""
    receipt, red = paper.kind == PaperKind.RECEIPT, paper.kind == PaperKind.RED
    title = _("收据/开票申请单，非发票") if receipt else _("电子发票（普通发票）")
    footer = _("模拟税务通道开具，不具有税务效力") if paper.simulated and not receipt else ""
    note = content["note"]
    if red and paper.reverses is not None:
        note = f"{_('被红冲发票号码')} {paper.reverses.number}；{_('红字确认单')} {paper.red_confirmation}；{note}"
    return {
        "title": f"{title}{_('（红字）') if red else ''}",
        "number": paper.number,
        "date": local(paper.issued_at).strftime("%Y年%m月%d日"),
        "red": red,
        "mark": _("非发票") if receipt else _("模拟") if paper.simulated else "",
        "notice": _("本单不能作为报销和抵扣凭证") if receipt else "",
        "footer": footer,
        "buyer": content["buyer"],
        "seller": content["seller"],
        "rows": [_row(line, content) for line in content["lines"]],
        "net": yuan(content["net_fen"]),
        "tax": _tax_text(content["tax_fen"], content),
        "gross": yuan(content["gross_fen"]),
        "capital": capital(content["gross_fen"]),
        "note": note,
        "issuer": content["issuer"],
    }


def _row(line: dict[str, Any], content: dict[str, Any]) -> dict[str, str]:
    return {
        "name": line["name"],
        "unit": line["unit"],
        "quantity": line["quantity"],
        "unit_price": line["unit_price"],
        "net": yuan(line["net_fen"]),
        "rate": f"{line['tax_bp'] // 100}%" if line["tax_bp"] else _("免税"),
        "tax": _tax_text(line["tax_fen"], content),
    }


def _tax_text(tax_fen: int, content: dict[str, Any]) -> str:
    return yuan(tax_fen) if content["tax_bp"] else "***"
