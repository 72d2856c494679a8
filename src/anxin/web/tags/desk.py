"""Tags for a desk's lists: the filters above a list and headings that sort it."""

from __future__ import annotations

from typing import Any

from django import template
from django.template.context import Context
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from anxin.kit.batch import ROW
from anxin.kit.lists import CHOSEN, Asked
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


@register.inclusion_tag("web/components/batch.html", takes_context=True)
def batch(context: Context, words: str, icon: str, action: str = "") -> dict[str, Any]:
    """{% batch "开具所选" "file-check" url %}: the bar below a list that does one thing with the ticked rows.

    Without `action` it exports them: the same address with their numbers, as a file. Put `pick` in each row.
    """
    exports = not action
    return {
        "request": context["request"], "csrf_token": context.get("csrf_token"), "words": words, "icon": icon,
        "action": action, "method": "get" if exports else "post",
        "name": "format" if exports else "", "value": CHOSEN if exports else "",
    }  # fmt: skip


@register.simple_tag
def pick_page() -> SafeString:
    """{% pick_page %}: the heading above the boxes, which ticks the whole page (where scripts run)."""
    return format_html(
        '<th scope="col" class="ax-pick"><label><input type="checkbox" class="form-check-input" data-pick-page>'
        '<span class="visually-hidden">{}</span></label></th>',
        gettext("勾选本页"),
    )


@register.simple_tag
def pick(number: str, can: bool = True) -> SafeString:
    """{% pick row.number %}: the box of one row; an empty cell if nothing can be done with it."""
    if not can:
        return SafeString('<td class="ax-pick"></td>')
    return format_html(
        '<td class="ax-pick"><label><input type="checkbox" class="form-check-input" form="batch" name="{}" value="{}"'
        ' data-pick><span class="visually-hidden">{}</span></label></td>',
        ROW, number, gettext("勾选 %(number)s") % {"number": number},
    )  # fmt: skip
