"""Filters: figures, times and names as people say them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django import template
from django.utils.safestring import SafeString

from anxin.kit import masks
from anxin.web import display

register = template.Library()


@register.filter
def yuan(fen: int | None) -> str:
    """{{ bill.total_fen|yuan }} → ¥128.00"""
    return display.yuan(fen)


@register.filter
def km(metres: float | None) -> str:
    """{{ offer.distance_m|km }} → 1.2 公里"""
    return display.distance(metres)


@register.filter
def minutes_text(minutes: int | None) -> str:
    """{{ visit.minutes|minutes_text }} → 2 小时 30 分钟"""
    return display.duration(minutes)


@register.filter
def when(value: date | datetime | None) -> SafeString | str:
    """{{ order.created_at|when }} → 今天 14:00, exact on hover"""
    return display.when(value)


@register.filter
def span(start: datetime | None, end: datetime | None) -> SafeString | str:
    """{{ visit.starts_at|span:visit.ends_at }} → 今天 14:00–16:00"""
    return display.span(start, end)


@register.filter
def ago(value: datetime | None) -> SafeString | str:
    """{{ notice.created_at|ago }} → 5 分钟前"""
    return display.ago(value)


@register.filter
def explained(note: str) -> str:
    """{{ line.note|explained }} → 2 小时 × ¥45.00；22:00–06:00，每小时加 20%, in the reader's language"""
    return display.explained(note)


@register.filter
def phone_masked(phone: str | None) -> str:
    """{{ person.phone|phone_masked }} → 138****0000"""
    return masks.mask_phone(phone) if phone else display.NOTHING


@register.filter
def name_masked(name: str | None) -> str:
    """{{ person.name|name_masked }} → 王*芳"""
    return masks.mask_name(name) if name else display.NOTHING


@register.filter
def label(value: Any) -> str:
    """{{ order.mode|label }}: the word for an enumeration's value"""
    return display.label(value)


@register.filter
def percent(basis_points: int | None) -> str:
    """1000 → 10%."""
    return "" if basis_points is None else f"{basis_points / 100:g}%"


FIELD_KINDS = {"number": "number", "choice": "select", "choices": "checks", "yes_no": "inline"}


@register.filter
def field_kind(answer_kind: object) -> str:
    """The kind of field that asks for an answer of the catalogue's kind."""
    return FIELD_KINDS.get(str(answer_kind), "text")
