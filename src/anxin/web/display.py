"""How figures, times and names are said on screen. Plain functions; the template filters hand over to them."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext

from anxin.agencies import public as agencies
from anxin.kit import clock, money
from anxin.kit.moments import weekday

NOTHING = "—"


def yuan(fen: int | None) -> str:
    """12800 → "¥128.00"."""
    if fen is None:
        return NOTHING
    return f"-¥{money.yuan(-fen)}" if fen < 0 else f"¥{money.yuan(fen)}"


def distance(metres: float | None) -> str:
    """350 → "350 米", 1234 → "1.2 公里"."""
    if metres is None:
        return NOTHING
    if metres < 1000:
        return _("%(n)s 米") % {"n": round(metres / 10) * 10}
    return _("%(n)s 公里") % {"n": f"{metres / 1000:.1f}" if metres < 100_000 else f"{metres / 1000:.0f}"}


def duration(minutes: int | None) -> str:
    """90 → "1 小时 30 分钟". The word 约 is the caller's, where the figure is an estimate."""
    if minutes is None:
        return NOTHING
    hours, rest = divmod(int(minutes), 60)
    days, hours = divmod(hours, 24)
    parts = []
    if days:
        parts.append(ngettext("%(n)s 天", "%(n)s 天", days) % {"n": days})
    if hours:
        parts.append(ngettext("%(n)s 小时", "%(n)s 小时", hours) % {"n": hours})
    if rest or not parts:
        parts.append(ngettext("%(n)s 分钟", "%(n)s 分钟", rest) % {"n": rest})
    return " ".join(parts)


NEAR = {
    -2: gettext_noop("前天"), -1: gettext_noop("昨天"), 0: gettext_noop("今天"),
    1: gettext_noop("明天"), 2: gettext_noop("后天"),
}  # fmt: skip


def day_words(day: date, today: date) -> str:
    """今天, 明天, 3月25日 周三, 2025年3月25日: short while it is near, complete when it is far."""
    if near := NEAR.get((day - today).days):
        return _(near)
    if day.year != today.year:
        return date_format(day, _("Y年n月j日"))
    words = date_format(day, _("n月j日"))
    return f"{words} {weekday(day)}" if timedelta(0) < day - today <= timedelta(days=30) else words


def day_exact(day: date) -> str:
    words = date_format(day, _("Y年n月j日"))
    return f"{words} {weekday(day)}"


def _time(iso: str, exact: str, words: str) -> SafeString:
    return format_html('<time datetime="{}" title="{}">{}</time>', iso, exact, words)


def when(value: date | datetime | None, now: datetime | None = None) -> SafeString | str:
    """A moment as people say it, exact on hover: 今天 14:00. A date has no time of day."""
    if value is None:
        return NOTHING
    today = clock.local_date(now or clock.now())
    if not isinstance(value, datetime):
        return _time(value.isoformat(), day_exact(value), day_words(value, today))
    here = clock.local(value)
    exact = f"{day_exact(here.date())} {here:%H:%M:%S}"
    return _time(here.isoformat(timespec="seconds"), exact, f"{day_words(here.date(), today)} {here:%H:%M}")


def span(start: datetime | None, end: datetime | None, now: datetime | None = None) -> SafeString | str:
    """A period: 今天 14:00–16:00, or 今天 22:00–明天 06:00."""
    if start is None or end is None:
        return when(start or end, now)
    today = clock.local_date(now or clock.now())
    first, last = clock.local(start), clock.local(end)
    words = f"{day_words(first.date(), today)} {first:%H:%M}–"
    words += (
        f"{last:%H:%M}" if last.date() == first.date() else f"{day_words(last.date(), today)} {last:%H:%M}"
    )
    exact = f"{day_exact(first.date())} {first:%H:%M} – {day_exact(last.date())} {last:%H:%M}"
    return _time(first.isoformat(timespec="seconds"), exact, words)


def ago(value: datetime | None, now: datetime | None = None) -> SafeString | str:
    """How long since: 刚刚, 5 分钟前, 3 小时前, then the day."""
    if value is None:
        return NOTHING
    present = now or clock.now()
    minutes = int((present - value).total_seconds() // 60)
    if minutes < 0 or minutes >= 24 * 60:
        return when(value, now)
    here = clock.local(value)
    words = (
        _("刚刚")
        if minutes < 1
        else _("%(t)s前") % {"t": duration(minutes if minutes < 60 else minutes // 60 * 60)}
    )
    exact = f"{day_exact(here.date())} {here:%H:%M:%S}"
    return _time(here.isoformat(timespec="seconds"), exact, words)


def label(value: Any) -> str:
    """The word for a value of an enumeration: its `label`, translated; else the value itself."""
    if value is None or value == "":
        return NOTHING
    word = getattr(value, "label", None)
    if callable(word):
        word = word()
    return _(str(word)) if word else _(str(value))


def explained(note: str) -> str:
    """Why a line of a price is what it is, as frozen with the quote, in the reader's language."""
    told = [
        _(template)
        % {key: _(word) if key in agencies.EXPLAINING_WORDS else word for key, word in places.items()}
        if places
        else _(template)
        for template, places in agencies.explanation(note)
    ]
    return _("；").join(told)
