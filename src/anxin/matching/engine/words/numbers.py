"""Numbers as people here write them: 3, ３, 三, 两, 二十五, 三百五, 1.2万, 七千五."""

from __future__ import annotations

import re

CHINESE = "零〇一二两俩三四五六七八九十百千万"
_DIGITS = {"零": 0, "〇": 0, "一": 1, "二": 2, "两": 2, "俩": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7,
           "八": 8, "九": 9}  # fmt: skip
_UNITS = {"十": 10, "百": 100, "千": 1000, "万": 10_000}
# A number in a pattern; what it is worth says `number`.
NUMBER = rf"(?:\d{{1,7}}(?:\.\d{{1,2}})?[千万kw]?\d?|[{CHINESE}]{{1,9}})"
WHOLE = rf"(?:\d{{1,4}}|[{CHINESE}]{{1,6}})"
_ARABIC = re.compile(r"(\d+(?:\.\d+)?)([千万kw]?)(\d?)")

# Full width to half width, upper case to lower: one character for one, so that places in the text stay.
_ALIKE = {code: ord(chr(code - 0xFEE0).lower()) for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20} | {
    ord(a): ord(b) for a, b in zip("ABCDEFGHIJKLMNOPQRSTUVWXYZ：～—－–一至", "abcdefghijklmnopqrstuvwxyz:~---一到", strict=True)
}  # fmt: skip


def alike(text: str) -> str:
    """The text with one way of writing digits, letters and signs; as long as it was."""
    return text.translate(_ALIKE)


def number(text: str) -> float | None:
    """What a number is worth, None if it is none (一一, 十百)."""
    if found := _ARABIC.fullmatch(text):
        value, unit, tail = float(found[1]), {"k": "千", "w": "万"}.get(found[2], found[2]), found[3]
        if not unit:
            return float(found[1] + tail) if tail and "." not in found[1] else value if not tail else None
        return value * _UNITS[unit] + int(tail or 0) * _UNITS[unit] / 10
    return _chinese(text)


def whole(text: str) -> int | None:
    """A whole number, None if it is none."""
    found = number(text)
    return int(found) if found is not None and found == int(found) else None


def _chinese(text: str) -> float | None:
    if not text or set(text) - set(CHINESE):
        return None
    total, section, digit, last = 0, 0, -1, 0
    for sign in text:
        if sign in _DIGITS:
            if digit > 0 or (digit == 0 and sign in "零〇"):
                return None
            digit = _DIGITS[sign]
            last = -1 if sign in "零〇" else last
            continue
        unit = _UNITS[sign]
        if unit == 10_000:
            if total or (section == 0 and digit <= 0):
                return None
            total, section = (section + max(digit, 0)) * unit, 0
        else:
            if digit < 0 and unit != 10:
                return None
            if 0 < last <= unit < 10_000:
                return None
            section += (digit if digit > 0 else 1) * unit
        digit, last = -1, unit
    if digit > 0:
        # 三百五 is 350, 三百零五 is 305, 十五 is 15.
        section += digit * (last // 10 if last >= 100 else 1)
    return float(total + section)
