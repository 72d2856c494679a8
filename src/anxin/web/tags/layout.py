"""Tags that the layouts ask: who reads, how they want to see it, where they may go."""

from __future__ import annotations

from typing import Any

from django import template
from django.conf import settings
from django.template.base import Parser, Token
from django.template.context import Context
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext

from anxin.accounts.public import appointments_of
from anxin.kit import clock
from anxin.kit.masks import mask_name
from anxin.web import display
from anxin.web.navigation import DESKS, Group, Item, kind_of, navigation, whole
from anxin.web.preferences import preferences_of
from anxin.web.sides import may_switch, side_of

register = template.Library()


@register.simple_tag
def reader_language() -> str:
    """{% reader_language %}: zh-CN or en, for the lang of <html>."""
    return "en" if (get_language() or "").startswith("en") else "zh-CN"


@register.simple_tag(takes_context=True)
def html_attributes(context: Context, theme: str = "") -> SafeString:
    """Theme and print size of <html>, as the reader chose them; paper asks for theme="light"."""
    chosen = preferences_of(context.get("request"))
    large = SafeString(' data-print="large"') if chosen.large else ""
    return format_html('data-bs-theme="{}"{}', theme or chosen.theme, large)


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
def tabs(context: Context) -> list[Item]:
    """{% tabs as items %}: the up to five tabs at the foot of a phone."""
    return [item for group in nav(context) for item in group.items][:5]


@register.simple_tag(takes_context=True)
def side(context: Context) -> str:
    """{% side as kind %}: visitor, customer, worker, agency or operator.

    A page may set `side` ("worker") in its context; the style guide sets `shown_as`.
    """
    if context.get("shown_as"):
        return str(context["shown_as"])
    return kind_of(context.get("actor"), context.get("side") or side_of(context.get("request")))


@register.simple_tag(takes_context=True)
def other_side(context: Context) -> str:
    """{% other_side as other %}: the side the reader may change to, or ""."""
    if not may_switch(context.get("request")):
        return ""
    return {"worker": "customer", "customer": "worker"}.get(side(context), "")


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
            "post": _post_words(one),
            "current": str(one.pk) == chosen,
        }
        for one in appointments_of(actor.person_id, clock.now())
    ]
    return {"all": rows, "now": next((row for row in rows if row["current"]), None)}


def _post_words(one: Any) -> str:
    """The post, and for whom if somebody stands in."""
    post = display.label(one.definition)
    if one.stands_in_for is None:
        return post
    return gettext("%(post)s（代理 %(who)s）") % {
        "post": post,
        "who": mask_name(one.stands_in_for.person.name),
    }


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
        context[self.name] = SafeString(self.nodelist.render(context).strip())  # nosec B703 B308  # a template, escaped when rendered
        return SafeString("")


@register.simple_tag
def url_if(name: str, *args: Any) -> str:
    """{% url_if "notices:inbox" as inbox %}: the address, or "" while that page does not exist."""
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return ""


@register.simple_tag
def service_worker() -> SafeString:
    """Where the script between pages and network lies. Only files with hashed names may be kept: the others change
    under one name."""
    if not settings.ANXIN_STATIC_MANIFEST:
        return SafeString("")
    return format_html('data-worker="{}"', reverse("web:service_worker"))


@register.simple_tag
def csrf_cookie() -> str:
    """The name of the CSRF cookie, for scripts that post without a form."""
    return settings.CSRF_COOKIE_NAME
