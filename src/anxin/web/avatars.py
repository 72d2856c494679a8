"""Pictures for people who have none: a shape and the first character of the name, the same for the same key."""

from __future__ import annotations

import hashlib

from django.utils.html import format_html
from django.utils.safestring import SafeString

# Fill, figure, letter. Blues, violets, teals and greys: green, amber and red belong to states. 4.5:1 or better.
PALETTE = [
    ("#dbe7ff", "#b5cdff", "#163b8c"),
    ("#e6e1ff", "#cbc1ff", "#43309a"),
    ("#d5f0f5", "#a9dde7", "#0b4f5e"),
    ("#f0e2fa", "#dec3f2", "#652a86"),
    ("#e3e9f1", "#c6d1e0", "#2b3b52"),
    ("#d9ecfb", "#b1d6f5", "#104a75"),
    ("#ebe5f0", "#d4c8de", "#4b3560"),
    ("#dfe9ec", "#bdd1d8", "#1f4a58"),
]


# Agencies are named after the place they serve: its characters tell nobody apart.
PLACE = "临安"


def initial(name: str) -> str:
    """The character that stands for a name: the first, but for the place that many names begin with."""
    told = name.strip()
    if len(told) > len(PLACE) + 1:
        told = told.removeprefix(PLACE)
    return (told or "安")[0].upper()


def avatar(name: str, key: str = "", size: str = "") -> SafeString:
    """An inline SVG. `key` keeps two people of one name apart; it never shows. Decorative: the name stands beside."""
    digest = hashlib.sha256((key or name).encode()).digest()
    ground, figure, ink = PALETTE[digest[0] % len(PALETTE)]
    return format_html(
        '<svg class="ax-avatar{}" viewBox="0 0 48 48" aria-hidden="true" focusable="false">'
        '<rect width="48" height="48" rx="24" fill="{}"/>'
        '<circle cx="{}" cy="{}" r="{}" fill="{}"/>'
        '<text x="24" y="31" text-anchor="middle" font-size="20" font-weight="600" fill="{}">{}</text></svg>',
        f" ax-avatar-{size}" if size else "",
        ground,
        6 + digest[1] % 36,
        30 + digest[2] % 14,
        14 + digest[3] % 8,
        figure,
        ink,
        initial(name),
    )
