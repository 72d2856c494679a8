"""Money is an integer number of fen (分). Plain Python."""

from __future__ import annotations

import re
from decimal import ROUND_HALF_UP, Decimal

DIGITS = "零壹贰叁肆伍陆柒捌玖"
UNITS = ("", "拾", "佰", "仟")
# Thousands may be parted; a comma anywhere else could be somebody's decimal point.
_AMOUNT = re.compile(r"[+-]?(\d{1,13}|\d{1,3}([,，]\d{3}){1,4})(\.(\d{1,2}0{0,9})?)?|[+-]?\.\d{1,2}")
GROUPS = ("", "万", "亿", "万亿")


def yuan(fen: int) -> str:
    """12850 → "128.50"; thousands are grouped."""
    sign = "-" if fen < 0 else ""
    return f"{sign}{abs(fen) // 100:,}.{abs(fen) % 100:02d}"


def parse_yuan(text: str) -> int:
    """ "128.5" → 12850. Raises ValueError for anything that is not an amount with at most two decimals."""
    typed = text.strip().lstrip("¥￥").strip()
    if not _AMOUNT.fullmatch(typed):
        raise ValueError(text)
    return int(Decimal(typed.replace(",", "").replace("，", "")) * 100)


def times(fen: int, quantity: Decimal) -> int:
    """fen × quantity, rounded half up to whole fen, the way a bill is."""
    return int((Decimal(fen) * quantity).quantize(Decimal(1), rounding=ROUND_HALF_UP))


def share(fen: int, basis_points: int) -> int:
    """That many ten-thousandths of an amount, rounded half up to whole fen."""
    return times(fen, Decimal(basis_points) / 10_000)


def capital(fen: int) -> str:
    """The amount in Chinese capitals, as invoices and contracts write it: 12850 → 壹佰贰拾捌元伍角整."""
    if fen < 0:
        return "负" + capital(-fen)
    whole, cents = divmod(fen, 100)
    jiao, rest = divmod(cents, 10)
    text = f"{_integer(whole)}元" if whole else ""
    if not cents:
        return (text or "零元") + "整"
    if jiao:
        text += f"{DIGITS[jiao]}角"
    elif whole:
        text += "零"
    return text + (f"{DIGITS[rest]}分" if rest else "整")


def _integer(value: int) -> str:
    groups: list[int] = []
    while value:
        value, group = divmod(value, 10_000)
        groups.append(group)
    parts: list[str] = []
    gap = False
    for index in range(len(groups) - 1, -1, -1):
        group = groups[index]
        if not group:
            gap = bool(parts)
            continue
        if parts and (gap or group < 1000):
            parts.append("零")
        parts.append(_group(group) + GROUPS[index])
        gap = False
    return "".join(parts)


def _group(group: int) -> str:
    text, zero = "", False
    for power in range(3, -1, -1):
        digit = group // 10**power % 10
        if digit:
            text += ("零" if zero else "") + DIGITS[digit] + UNITS[power]
            zero = False
        elif text:
            zero = True
    return text
