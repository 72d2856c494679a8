"""Moments in texts that are kept: stored as they are, said in the reader's language."""

from __future__ import annotations

from datetime import date, datetime

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from anxin.kit.clock import local

WEEKDAYS = [
    gettext_noop("周一"), gettext_noop("周二"), gettext_noop("周三"), gettext_noop("周四"),
    gettext_noop("周五"), gettext_noop("周六"), gettext_noop("周日"),
]  # fmt: skip


def weekday(day: date) -> str:
    return _(WEEKDAYS[day.weekday()])


def moment(at: datetime) -> str:
    """3月21日 周六 14:00: the same on whichever day it is read."""
    here = local(at)
    day = date_format(here.date(), _("n月j日"))
    return f"{day} {weekday(here.date())} {here:%H:%M}"


def said(value: str) -> str:
    """What stands in a place of a kept text: a moment (ISO 8601 with its zone) as people say it, else words, which may
    be ours to translate."""
    if not value:
        return ""
    try:
        found = datetime.fromisoformat(value)
        return moment(found) if found.tzinfo else value
    except (ValueError, OverflowError):
        # A reason that somebody typed may look like a moment that no clock shows.
        return _(value)
