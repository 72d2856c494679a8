"""Tags for a desk's lists: the filters above a list and headings that sort it."""

from __future__ import annotations

from typing import Any

from django import template
from django.template.context import Context
from django.utils.html import format_html
from django.utils.safestring import SafeString

from anxin.kit.lists import Asked
from anxin.kit.seeking import TYPED
from anxin.web.tags import small

register = template.Library()


@register.inclusion_tag("web/components/list_filters.html", takes_context=True)
def list_filters(context: Context, asked: Asked, export: bool = False) -> dict[str, Any]:
    """{% list_filters asked export=True %}: the filters of a list as its address has them, and its export."""
    return {
        "asked": asked,
        "clear": asked.bare,
        "typed": TYPED,
        "here": context["request"].path,
        "csrf_token": context.get("csrf_token"),
        "export": asked.address(format="csv") if export else "",
    }


@register.simple_tag
def column(asked: Asked, name: str, words: str, css: str = "") -> SafeString:
    """{% column asked "amount" "金额" css="text-end" %}: a heading that sorts by its column, and turns it round."""
    now = asked.order.lstrip("-") == name
    down = now and asked.order.startswith("-")
    mark = small.icon("arrow-down" if down else "arrow-up") if now else small.icon("selector")
    href = asked.address(sort=f"-{name}" if now and not down else name)
    state = "descending" if down else "ascending"
    return format_html(
        '<th scope="col" class="{}"{}><a class="ax-sort" href="{}">{}{}</a></th>',
        css, format_html(' aria-sort="{}"', state) if now else "", href, words, mark,
    )  # fmt: skip
