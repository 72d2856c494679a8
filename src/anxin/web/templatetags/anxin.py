"""Template tags and filters of the house. docs/components.md shows each in use."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from django import template
from django.conf import settings
from django.forms import BaseForm, BoundField
from django.http import HttpRequest, QueryDict
from django.template.base import Parser, Token
from django.template.context import Context
from django.templatetags.static import static
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from anxin.accounts.public import appointments_of
from anxin.kit import clock, masks
from anxin.kit import live as stream
from anxin.web import avatars, display, fields, tones
from anxin.web.navigation import DESKS, SIDE_IN_SESSION, Group, kind_of, navigation, whole
from anxin.web.preferences import preferences_of

register = template.Library()
PARTS = "web/components"


# ── filters ──────────────────────────────────────────────────────────────────────────────────────────
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


# ── small things ─────────────────────────────────────────────────────────────────────────────────────
@register.simple_tag
def icon(name: str, size: str = "", title: str = "") -> SafeString:
    """{% icon "home" %}: decorative unless it has a title. Names are those of frontend/icons.txt."""
    css = f"ax-icon ax-icon-{size}" if size else "ax-icon"
    href = f"{static('icons/sprite.svg')}#{name}"
    if title:
        return format_html(
            '<svg class="{}" role="img" aria-label="{}"><use href="{}"/></svg>', css, title, href
        )
    return format_html(
        '<svg class="{}" aria-hidden="true" focusable="false"><use href="{}"/></svg>', css, href
    )


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


@register.inclusion_tag(f"{PARTS}/stars.html")
def stars(rating: float | None, count: int | None = None) -> dict[str, Any]:
    """{% stars worker.rating worker.reviews %}: 1–5; None says 暂无评价."""
    rounded = round(float(rating) * 2) / 2 if rating else 0
    shapes = [
        "star-filled" if rounded >= n else "star-half-filled" if rounded >= n - 0.5 else "star"
        for n in range(1, 6)
    ]
    return {"rating": f"{float(rating):.1f}" if rating else "", "count": count, "shapes": shapes}


@register.simple_tag
def countdown(until: datetime | None, done: str = "") -> SafeString:
    """{% countdown offer.due_at done="已超时" %}: the moment in words; a running clock with JavaScript."""
    if until is None:
        return format_html("{}", display.NOTHING)
    iso = until.isoformat(timespec="seconds")
    return format_html(
        '<span class="ax-countdown" data-until="{}" data-done="{}">{}</span>',
        iso,
        done or _("已到时间"),
        display.when(until),
    )


@register.simple_tag(takes_context=True)
def idempotency(context: Context) -> SafeString:
    """{% idempotency %} in every POST form: a new key, or the one sent when the form comes back with errors."""
    request = context.get("request")
    kept = context.render_context.setdefault("anxin_keys", []) if context.render_context is not None else []
    sent = request.POST.get("idempotency_key", "") if request is not None and request.method == "POST" else ""
    key = sent if 8 <= len(sent) <= 100 and not kept else str(uuid.uuid4())
    kept.append(key)
    return format_html('<input type="hidden" name="idempotency_key" value="{}">', key)


# ── page parts ───────────────────────────────────────────────────────────────────────────────────────
@register.inclusion_tag(f"{PARTS}/timeline.html")
def timeline(entries: Iterable[Any]) -> dict[str, Any]:
    """{% timeline entries %}; an entry has title and may have at, note, by, tone, icon, now, next (True = to come)."""
    return {"entries": entries, "icons": tones.ICONS}


@register.inclusion_tag(f"{PARTS}/stepper.html")
def stepper(steps: Sequence[str], current: int) -> dict[str, Any]:
    """{% stepper steps 2 %}: the words of the steps and which one (from 1) is now; past the end = all done."""
    rows = [
        {"n": n, "words": words, "state": "done" if n < current else "now" if n == current else "next"}
        for n, words in enumerate(steps, 1)
    ]
    return {"rows": rows, "many": len(rows) > 4}


@register.inclusion_tag(f"{PARTS}/empty_state.html")
def empty_state(
    title: str, text: str = "", icon: str = "inbox", action: str = "", href: str = ""
) -> dict[str, Any]:
    """{% empty_state "还没有订单" text="…" icon="clipboard-list" action="发布需求" href=url %}"""
    return {"title": title, "text": text, "icon": icon, "action": action, "href": href}


@register.inclusion_tag(f"{PARTS}/field.html")
def field(bound: BoundField, kind: str = "", label: str = "", help: str = "", **extra: Any) -> dict[str, Any]:
    """{% field form.phone kind="phone" %}: label, control, help, errors, tied together for screen readers.

    kind is guessed from the widget; say it for phone, money, code, search, inline, list, stars. before="", after=""
    put words inside the control; suggestions=list adds a datalist; everything else becomes an attribute.
    """
    before, after = extra.pop("before", ""), extra.pop("after", "")
    context = fields.prepare(bound, kind, label, help, extra)
    return context | {"before": before or ("¥" if context["kind"] == "money" else ""), "after": after}


@register.inclusion_tag(f"{PARTS}/form_errors.html")
def form_errors(form: BaseForm, *more: BaseForm) -> dict[str, Any]:
    """{% form_errors form %}: what is wrong, on top, each line a link to its field. Nothing when all is well."""
    rows: list[dict[str, Any]] = []
    for one in (form, *more):
        if not one or not one.is_bound:
            continue
        rows += [{"bound": None, "text": text} for text in one.non_field_errors()]
        rows += [
            {"bound": one[name], "text": text} for name in one.fields for text in fields.words_of(one[name])
        ]
    return {"rows": rows}


@register.inclusion_tag(f"{PARTS}/pagination.html", takes_context=True)
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


@register.inclusion_tag(f"{PARTS}/data_list.html")
def data_list(rows: Iterable[tuple[Any, Any]], wide: bool = False) -> dict[str, Any]:
    """{% data_list rows %}: pairs of (name, value); wide=True makes two columns on a desk."""
    return {"rows": rows, "wide": wide}


@register.simple_block_tag
def card(content: str, title: str = "", icon: str = "", flush: bool = False, level: int = 2) -> SafeString:
    """{% card title="订单信息" icon="clipboard-list" %}…{% endcard %}; flush=True leaves out the padding."""
    mark = globals()["icon"](icon) if icon else ""
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
        globals()["icon"](shape),
        strong,
        content,
    )


@register.inclusion_tag(f"{PARTS}/price_table.html")
def price_table(
    lines: Iterable[Any], total_fen: int | None = None, total_label: str = "", caption: str = ""
) -> dict[str, Any]:
    """{% price_table quote.lines quote.total_fen %}; a line has label, amount_fen and may have note."""
    return {"lines": lines, "total_fen": total_fen, "total_label": total_label, "caption": caption}


@register.inclusion_tag(f"{PARTS}/score_bars.html")
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


@register.simple_block_tag
def live(content: str, topics: Any, url: str, id: str = "") -> SafeString:
    """{% live topics url %}…{% endlive %}: the fragment, fetched again from `url` whenever a topic is touched.

    `topics` is one topic or several; only name topics that the reader may see. `url` answers with the inner HTML.
    """
    names = [topics] if isinstance(topics, str) else list(topics)
    return format_html(
        '<div class="ax-loads"{} data-live-url="{}" data-live-refresh="{}">'
        '<p class="ax-live-lost ax-notice ax-notice-wait">{}</p>{}</div>',
        format_html(' id="{}"', id) if id else "",
        stream.stream_url(names),
        url,
        _("实时连接中断，页面每 15 秒自动刷新一次。"),
        content,
    )


@register.inclusion_tag(f"{PARTS}/toast.html")
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


@register.inclusion_tag(f"{PARTS}/skeleton.html")
def skeleton(lines: int = 3) -> dict[str, Any]:
    """{% skeleton 4 %}: grey lines while a fragment loads."""
    return {"lines": range(lines)}


# ── what the layouts ask ─────────────────────────────────────────────────────────────────────────────
@register.simple_tag(takes_context=True)
def html_attributes(context: Context, theme: str = "") -> SafeString:
    """Language, theme and print size of <html>, as the reader chose them; paper asks for theme="light"."""
    chosen = preferences_of(context.get("request"))
    language = "en" if (get_language() or "").startswith("en") else "zh-CN"
    return format_html(
        'lang="{}" data-bs-theme="{}"{}',
        language,
        theme or chosen.theme,
        mark_safe(' data-print="large"') if chosen.large else "",
    )


@register.simple_tag(takes_context=True)
def chosen(context: Context) -> Any:
    """{% chosen as prefs %}: .theme, .large, .language of the reader."""
    return preferences_of(context.get("request"))


@register.simple_tag(takes_context=True)
def nav(context: Context, kind: str = "") -> list[Group]:
    """{% nav as groups %}: the navigation of whoever reads; `kind` asks for another one (style guide)."""
    request = context.get("request")
    path = request.path if request is not None else ""
    if context.get("shown_as") and not kind:
        return whole(context["shown_as"])
    return navigation(kind or side(context), context.get("actor"), path)


@register.simple_tag(takes_context=True)
def side(context: Context) -> str:
    """{% side as kind %}: visitor, customer, worker, agency or operator.

    A page may set `side` ("worker") in its context; the style guide sets `shown_as`.
    """
    request = context.get("request")
    remembered = request.session.get(SIDE_IN_SESSION, "") if hasattr(request, "session") else ""
    return context.get("shown_as") or kind_of(context.get("actor"), context.get("side") or remembered)


@register.simple_tag(takes_context=True)
def is_desk(context: Context) -> bool:
    """Whether the reader acts in a post that works at a desk."""
    return side(context) in DESKS


@register.simple_tag(takes_context=True)
def posts(context: Context) -> dict[str, Any]:
    """{% posts as held %}: .all the posts the reader holds now, .now the one they act in (None = as themself)."""
    request, actor = context.get("request"), context.get("actor")
    if "sample_posts" in context:
        return dict(context["sample_posts"])
    if request is None or actor is None or actor.person_id is None:
        return {"all": [], "now": None}
    chosen = str(getattr(request, "appointment_id", None) or "")
    rows = [
        {
            "id": str(one.pk),
            "organisation": one.organisation.name,
            "post": display.label(one.definition),
            "current": str(one.pk) == chosen,
        }
        for one in appointments_of(actor.person_id, clock.now())
    ]
    return {"all": rows, "now": next((row for row in rows if row["current"]), None)}


@register.tag
def words(parser: Parser, token: Token) -> WordsNode:
    """{% words heading %}…{% endwords %}: keep what is inside, trimmed, so that a layout can show it twice."""
    name = token.split_contents()[1]
    nodes = parser.parse(("endwords",))
    parser.delete_first_token()
    return WordsNode(name, nodes)


class WordsNode(template.Node):
    """Renders its inside into a variable of the context."""

    def __init__(self, name: str, nodelist: template.NodeList) -> None:
        self.name = name
        self.nodelist = nodelist

    def render(self, context: Context) -> SafeString:
        context[self.name] = mark_safe(self.nodelist.render(context).strip())
        return mark_safe("")


@register.simple_tag
def page_link(request: HttpRequest | None, name: str, number: int) -> str:
    """The present address with another page number; filters stay."""
    query = request.GET.copy() if request is not None else QueryDict(mutable=True)
    query[name] = str(number)
    return f"?{query.urlencode()}"


@register.simple_tag
def url_if(name: str, *args: Any) -> str:
    """{% url_if "notices:inbox" as inbox %}: the address, or "" while that page does not exist."""
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return ""


@register.simple_tag
def csrf_cookie() -> str:
    """The name of the CSRF cookie, for scripts that post without a form."""
    return settings.CSRF_COOKIE_NAME
