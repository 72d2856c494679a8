"""Tags for small things: icons, badges, money, people, ratings, clocks."""

from __future__ import annotations

from datetime import datetime
from functools import cache
from typing import Any

from django import template
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from anxin.web import avatars, display, tones

register = template.Library()


@register.simple_tag
def icon(name: str, size: str = "", title: str = "") -> SafeString:
    """{% icon "home" %}: decorative unless it has a title. Names are those of frontend/icons.txt."""
    css = f"ax-icon ax-icon-{size}" if size else "ax-icon"
    href = f"{_sprite()}#{name}"
    if title:
        return format_html(
            '<svg class="{}" role="img" aria-label="{}"><use href="{}"/></svg>', css, title, href
        )
    return format_html(
        '<svg class="{}" aria-hidden="true" focusable="false"><use href="{}"/></svg>', css, href
    )


# A page asks dozens of times; what is collected stays the same while the process runs.
@cache
def _sprite() -> str:
    return static("icons/sprite.svg")


@register.simple_tag
def badge(words: Any, tone: str = "plain", shape: str = "") -> SafeString:
    """{% badge "已核验" tone="good" %}: word + shape + colour. Tones: plain brand good wait bad."""
    return format_html(
        '<span class="ax-badge ax-badge-{}">{}{}</span>', tone, icon(shape or tones.ICONS[tone]), words
    )


@register.simple_tag
def state_badge(state: Any, words: Any = "", tone: str = "") -> SafeString:
    """{% state_badge order.state %}: the state's own word, in the tone of its name (web/tones.py)."""
    return badge(words or display.label(state), tone or tones.tone_of(state))


@register.simple_tag
def code_badge(colour: Any) -> SafeString:
    """{% code_badge worker.colour %}: 绿码, 黄码, 红码, or 无码."""
    name, shape = tones.CODES.get(str(colour), ("none", "shield-x"))
    words = {"green": _("绿码"), "amber": _("黄码"), "red": _("红码")}.get(name, _("无码"))
    return format_html(
        '<span class="ax-codebadge ax-codebadge-{}">{}<span><span class="visually-hidden">{}</span>{}</span></span>',
        name,
        icon(shape),
        _("安心码："),
        words,
    )


@register.simple_tag
def money(fen: int | None, size: str = "", unit: str = "") -> SafeString:
    """{% money bill.total_fen size="lg" unit="/小时" %}"""
    tail = format_html("<small>{}</small>", unit) if unit else ""
    return format_html(
        '<span class="ax-money{}">{}{}</span>', f" ax-money-{size}" if size else "", display.yuan(fen), tail
    )


@register.simple_tag
def avatar(name: str, key: Any = "", size: str = "") -> SafeString:
    """{% avatar worker.name worker.pk size="lg" %}: generated, decorative; sizes sm, lg."""
    return avatars.avatar(name or "", str(key), size)


@register.inclusion_tag("web/components/stars.html")
def stars(rating: float | None, count: int | None = None) -> dict[str, Any]:
    """{% stars worker.rating worker.reviews %}: 1–5; None says 暂无评价."""
    rounded = round(float(rating) * 2) / 2 if rating else 0
    shapes = [
        "star-filled" if rounded >= n else "star-half-filled" if rounded >= n - 0.5 else "star"
        for n in range(1, 6)
    ]
    return {"rating": f"{float(rating):.1f}" if rating else "", "count": count, "shapes": shapes}


@register.simple_tag
def countdown(until: datetime | None, done: str = "", left: str = "", by: str = "") -> SafeString:
    """{% countdown offer.due_at done="已超时" %}: until when, in words; with JavaScript a clock of what is left.

    `left` and `by` are the words before the one and the other: 剩余 29:59, 截止 今天 09:00.
    """
    if until is None:
        return format_html("{}", display.NOTHING)
    iso = until.isoformat(timespec="seconds")
    return format_html(
        '<span class="ax-countdown" data-until="{}" data-left="{}" data-done="{}">{} {}</span>',
        iso,
        left or _("剩余"),
        done or _("已到时间"),
        by or _("截止"),
        display.when(until),
    )
