"""Rows made ready for the templates: words translated, names of towns filled in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from anxin.agencies import rules
from anxin.agencies.engine.words import days_words, hours_words, price_words
from anxin.agencies.models import Agency, Document, ServiceVersion
from anxin.agencies.values import (
    DOCUMENT_LABELS,
    MODE_LABELS,
    UNIT_LABELS,
    DocumentKind,
    Hours,
    Mode,
    PriceList,
    Verification,
)
from anxin.files import public as files
from anxin.kit.actor import Actor
from anxin.kit.clock import local_date

UNTIL = "长期"


def prices_shown(prices: PriceList, towns: Mapping[str, str]) -> list[tuple[str, str]]:
    """(name, words) for the data list; equal names are put together."""
    grouped: dict[str, list[str]] = {}
    for told in price_words(prices, towns):
        grouped.setdefault(_(told.label), []).append(told.said(_))
    return [(label, _("；").join(texts)) for label, texts in grouped.items()]


def hours_shown(hours: Iterable[Hours]) -> list[tuple[str, str]]:
    return [(days_words(days, _), times.replace("、", _("、"))) for days, times in hours_words(list(hours))]


def unit_word(unit: str) -> str:
    return _(next((label for key, label in UNIT_LABELS.items() if key == unit), unit))


def document_shown(row: Document, actor: Actor, at: datetime) -> dict[str, Any]:
    """A document with its mark: verified, unverified, expiring or expired."""
    today = local_date(at)
    expired = row.valid_to is not None and row.valid_to < today
    soon = row.valid_to is not None and not expired and row.valid_to <= today + rules.WARN_BEFORE
    if expired:
        mark, tone = _("已过期"), "bad"
    elif row.verification == Verification.VERIFIED:
        mark, tone = _("已核实"), "good"
    elif row.verification == Verification.REFUSED:
        mark, tone = _("核实未通过"), "bad"
    else:
        mark, tone = _("未核实"), "wait"
    return {
        "row": row,
        "kind": _(DOCUMENT_LABELS[DocumentKind(row.kind)]),
        "mark": mark,
        "tone": tone,
        "soon": soon,
        "days_left": (row.valid_to - today).days if row.valid_to else None,
        "url": files.url_for(row.file_id, actor) if row.file_id else "",
    }


def mode_word(agency: Agency) -> str:
    return _(MODE_LABELS[Mode(agency.mode)])


def version_shown(version: ServiceVersion, towns: Mapping[str, str]) -> dict[str, Any]:
    """A version as the customer reads it. Works on drafts too."""
    content = version.content
    return {
        "content": content,
        "prices": prices_shown(content.price_list, towns),
        "hours": hours_shown(content.hours),
        "towns": [(code, towns.get(code, code)) for code in content.towns],
        "unit": unit_word(content.price_list.unit),
        "price_fen": content.price_list.unit_price_fen,
    }


def next_wednesday(at: datetime) -> date:
    return rules.weekday_after(local_date(at) + timedelta(days=1), 2)
