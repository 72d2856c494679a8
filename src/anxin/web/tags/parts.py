"""Tags for the parts of a page: timeline, steps, lists, prices, scores, notices, live fragments."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django import template
from django.http import HttpRequest, QueryDict
from django.template.context import Context
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from anxin.agencies.values import Line
from anxin.kit import live as stream
from anxin.web.tags import small

register = template.Library()


@register.inclusion_tag("web/components/timeline.html")
def timeline(entries: Iterable[Any]) -> dict[str, Any]:
    """{% timeline entries %}; an entry has title and may have at, note, by, tone, icon, now, next (True = to come)."""
    return {"entries": entries}


@register.inclusion_tag("web/components/stepper.html")
def stepper(steps: Sequence[str], current: int) -> dict[str, Any]:
    """{% stepper steps 2 %}: the words of the steps and which one (from 1) is now; past the end = all done."""
    rows = [
        {"n": n, "words": words, "state": "done" if n < current else "now" if n == current else "next"}
        for n, words in enumerate(steps, 1)
    ]
    return {"rows": rows, "many": len(rows) > 4}


@register.inclusion_tag("web/components/empty_state.html")
def empty_state(
    title: str, text: str = "", icon: str = "inbox", action: str = "", href: str = ""
) -> dict[str, Any]:
    """{% empty_state "还没有订单" text="…" icon="clipboard-list" action="发布需求" href=url %}"""
    return {"title": title, "text": text, "icon": icon, "action": action, "href": href}


@register.inclusion_tag("web/components/pagination.html", takes_context=True)
def pagination(context: Context, page: Any, name: str = "page") -> dict[str, Any]:
    """{% pagination page %}: a Django Page; keeps the filters of the address."""
    numbers = list(page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1))
    return {
        "page": page,
        "numbers": numbers,
        "name": name,
        "request": context.get("request"),
        "gap": page.paginator.ELLIPSIS,
    }


@register.simple_tag
def page_link(request: HttpRequest | None, name: str, number: int) -> str:
    """The present address with another page number; filters stay."""
    query = request.GET.copy() if request is not None else QueryDict(mutable=True)
    query[name] = str(number)
    return f"?{query.urlencode()}"


@register.inclusion_tag("web/components/data_list.html")
def data_list(rows: Iterable[tuple[Any, Any]], wide: bool = False) -> dict[str, Any]:
    """{% data_list rows %}: pairs of (name, value); wide=True makes two columns on a desk."""
    return {"rows": rows, "wide": wide}


@register.simple_block_tag
def card(content: str, title: str = "", icon: str = "", flush: bool = False, level: int = 2) -> SafeString:
    """{% card title="订单信息" icon="clipboard-list" %}…{% endcard %}; flush=True leaves out the padding."""
    mark = small.icon(icon) if icon else ""
    head = (
        format_html('<div class="card-header"><h{}>{}{}</h{}></div>', level, mark, title, level)
        if title
        else ""
    )
    return format_html(
        '<section class="card{}">{}<div class="card-body">{}</div></section>',
        " card-flush" if flush else "",
        head,
        content,
    )


@register.simple_block_tag
def notice(content: str, tone: str = "info", title: str = "", icon: str = "") -> SafeString:
    """{% notice tone="wait" title="证件将到期" %}…{% endnotice %}; tones info good wait bad."""
    shape = (
        icon
        or {"info": "info-circle", "good": "circle-check", "wait": "clock", "bad": "alert-triangle"}[tone]
    )
    strong = format_html("<strong>{}</strong>", title) if title else ""
    return format_html(
        '<div class="ax-notice ax-notice-{}">{}<div class="ax-grow">{}{}</div></div>',
        tone,
        small.icon(shape),
        strong,
        content,
    )


@register.inclusion_tag("web/components/price_table.html")
def price_table(
    lines: Iterable[Any], total_fen: int | None = None, total_label: str = "", caption: str = ""
) -> dict[str, Any]:
    """{% price_table quote.lines quote.total_fen %}; a line has label, amount_fen and may have note.

    A line as it was frozen with an order says the same as the one that was looked at before.
    """
    lines = [Line.from_json(line) if isinstance(line, dict) else line for line in lines]
    return {"lines": lines, "total_fen": total_fen, "total_label": total_label, "caption": caption}


@register.inclusion_tag("web/components/score_bars.html")
def score_bars(scores: Iterable[Any], out_of: float = 100) -> dict[str, Any]:
    """{% score_bars scores %}; a score has label, value (0…out_of) and may have words and weight (percent)."""
    rows = []
    for one in scores:
        read = (
            one.get
            if isinstance(one, dict)
            else lambda name, default=None, one=one: getattr(one, name, default)
        )
        value = float(read("value") or 0)
        rows.append(
            {
                "label": read("label"),
                "words": read("words", ""),
                "weight": read("weight"),
                "shown": f"{value:.1f}" if out_of <= 10 else f"{value:.0f}",
                "width": f"{max(0.0, min(1.0, value / out_of)) * 100:.1f}",
            }
        )
    return {"rows": rows, "out_of": out_of}


def _reload() -> SafeString:
    """Where people wait, there is a way to look again, also in an installed app that shows no browser's button."""
    words = _("本页不会自动更新。"), _("刷新看最新进展")
    return format_html('<noscript><p class="ax-help">{} <a href="">{}</a></p></noscript>', *words)


@register.simple_block_tag
def live(content: str, topics: Any, url: str, id: str = "", still: bool = True) -> SafeString:
    """{% live topics url %}…{% endlive %}: the fragment, fetched again from `url` whenever a topic is touched.

    `topics` is one topic or several; only name topics that the reader may see. `url` answers with the inner HTML.
    `still`: without script the page stands still and says so; False where it reloads by itself.
    """
    names = [topics] if isinstance(topics, str) else list(topics)
    return format_html(
        '<div class="ax-live" data-live-url="{}" data-live-refresh="{}">'
        '<p class="ax-live-lost" role="status" data-text="{}"></p>'
        '<p class="visually-hidden" role="status" data-live-said></p>'
        "{}"
        '<div class="ax-loads" data-live-part{}>{}</div></div>',
        stream.stream_url(names),
        url,
        _("实时连接中断，页面每 15 秒自动刷新一次。"),
        _reload() if still else "",
        format_html(' id="{}"', id) if id else "",
        content,
    )


@register.inclusion_tag("web/components/toast.html")
def toast(text: Any, tone: str = "info") -> dict[str, Any]:
    """{% toast "已保存" tone="good" %}; also reads the level tags of Django messages."""
    known = {
        "success": "good",
        "error": "bad",
        "warning": "wait",
        "good": "good",
        "bad": "bad",
        "wait": "wait",
    }
    name = next((known[word] for word in str(tone).split() if word in known), "info")
    shape = {"info": "info-circle", "good": "circle-check", "wait": "clock", "bad": "alert-triangle"}[name]
    return {"text": text, "tone": name, "icon": shape}


@register.inclusion_tag("web/components/skeleton.html")
def skeleton(lines: int = 3) -> dict[str, Any]:
    """{% skeleton 4 %}: grey lines while a fragment loads."""
    return {"lines": range(lines)}
