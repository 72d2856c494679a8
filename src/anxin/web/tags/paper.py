"""Tags for what is printed: the head that every sheet carries, and the button that prints."""

from __future__ import annotations

from typing import Any

import segno
from django import template
from django.conf import settings
from django.template.context import Context

from anxin.kit import clock

register = template.Library()


@register.inclusion_tag("web/components/sheet.html", takes_context=True)
def sheet(context: Context, words: str, number: str, address: str = "") -> dict[str, Any]:
    """{% sheet "账单" bill.number %}: on paper, atop every sheet of <main>: what it is, its number, its QR code.

    The code opens `address`, a path of ours; without one the page that was printed.
    """
    target = settings.ANXIN_ORIGIN + (address or context["request"].path)
    picture = segno.make_qr(target, error="m").svg_data_uri(border=2, scale=4, xmldecl=False, nl=False)
    return {"words": words, "number": number, "picture": picture, "now": clock.now()}


@register.inclusion_tag("web/components/print_button.html")
def print_button(words: str = "") -> dict[str, Any]:
    """{% print_button %}: prints the page; shown where scripts run, the browser's own print does the same without."""
    return {"words": words}
