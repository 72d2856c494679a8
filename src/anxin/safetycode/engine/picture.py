"""QR codes in the colours of the rule: level M, quiet zone 4, values measured to decode and to be seen (§2.7)."""

from __future__ import annotations

import io
from urllib.parse import quote

import segno

from anxin.safetycode.values import Colour

# Contrast on white 5.08, 4.87 and 6.57 to 1. Pure yellow decodes but fails the eye: amber, in a yellow frame.
INKS = {Colour.GREEN: "#1A7F37", Colour.YELLOW: "#9A6700", Colour.RED: "#B42318"}
QUIET = 4


def qr(text: str) -> segno.QRCode:
    """The symbol for an address: level M, never a Micro QR, which many phones cannot read."""
    return segno.make_qr(text, error="m", boost_error=False)


def svg_uri(text: str, colour: Colour) -> str:
    """The symbol as a data: address for an <img>."""
    ink = INKS[colour]
    return str(
        qr(text).svg_data_uri(dark=ink, light="#ffffff", border=QUIET, scale=8, xmldecl=False, nl=False)
    )


def png(text: str, colour: Colour, *, scale: int = 12) -> bytes:
    """The symbol as a PNG, for print and for download."""
    out = io.BytesIO()
    qr(text).save(out, kind="png", dark=INKS[colour], light="#ffffff", border=QUIET, scale=scale)
    return out.getvalue()


def data_uri(svg: str) -> str:
    """An SVG as a data: address for an <img>."""
    return "data:image/svg+xml;charset=utf-8," + quote(svg)
