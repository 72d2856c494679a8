"""Masks for personal data on screen (standards: de-identification, GB/T 37964)."""

from __future__ import annotations

COMPOUND_SURNAMES = frozenset(
    """欧阳 司马 上官 诸葛 东方 皇甫 尉迟 公孙 慕容 令狐 宇文 长孙 司徒 夏侯""".split()  # noqa: SIM905
)


def mask_name(name: str) -> str:
    """张三 → 张*, 张晓明 → 张*明, 欧阳晓明 → 欧阳**."""
    if len(name) >= 3 and name[:2] in COMPOUND_SURNAMES:
        return name[:2] + "*" * (len(name) - 2)
    if len(name) <= 2:
        return name[:1] + "*" * (len(name) - 1)
    return name[0] + "*" * (len(name) - 2) + name[-1]


def mask_phone(phone: str) -> str:
    """13800000000 → 138****0000."""
    return f"{phone[:3]}****{phone[-4:]}" if len(phone) >= 8 else "*" * len(phone)


def mask_id(number: str) -> str:
    """Keep the first three and the last four characters."""
    return f"{number[:3]}{'*' * (len(number) - 7)}{number[-4:]}" if len(number) > 7 else "*" * len(number)


def mask_address(town: str, detail: str) -> str:
    """Down to the street, no house number."""
    return f"{town}****" if detail else town
