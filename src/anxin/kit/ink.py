"""A person's signature as a small picture of ink on nothing: drawn by hand, or their name typed and set in script.

Both are confirmed by the same one-time code. Who cannot draw (no script, no pointer, no steady hand) types.
"""

from __future__ import annotations

import base64
import io
import re
import struct
import unicodedata
import zlib
from pathlib import Path
from typing import Final

from PIL import Image

from anxin.kit.text import gettext_noop
from anxin.kit.typesetting import Unprintable, set_paper

PREFIX: Final = "data:image/png;base64,"
MOST_BYTES: Final = 400_000
MOST_PIXELS: Final = 4_000_000
LEAST_INK: Final = 0.002  # share of the pixels: less is a dot or an empty sheet
MOST_INK: Final = 0.5  # more is a filled sheet
SIZE: Final = (720, 380)
INK: Final = (13, 27, 62)
LAYOUT: Final = Path(__file__).parent / "ink.typ"
DPI: Final = 200
# Between the parts of a name, keyboards and registers use different dots and spaces, or none.
_BETWEEN: Final = re.compile(r"[\s·•‧・∙⋅.]+")

# What the decoder raises at bytes that only look like a picture.
_BROKEN: Final = (
    OSError, SyntaxError, ValueError, EOFError, ArithmeticError, LookupError, TypeError, AttributeError, struct.error,
    zlib.error, Image.DecompressionBombError,
)  # fmt: skip


class NotInk(ValueError):
    """What was sent is no signature; the message says why, in Chinese."""


class NotTheName(NotInk):
    """The name that was typed is not the signer's."""


def signature(*, drawn: str, written: str, name: str) -> bytes:
    """The picture of a signature (PNG): the drawing where there is one, else `written` if it is the signer's `name`.

    Raises NotInk, and NotTheName where the typed name is at fault.
    """
    if drawn:
        return clean(drawn)
    if not written.strip():
        raise NotTheName(gettext_noop("请手写签名，或者输入您的姓名。"))
    return write(written, name)


def write(written: str, name: str) -> bytes:
    """The signer's name set in script, with the words that it was typed. Raises NotTheName."""
    if _bare(written) != _bare(name):
        raise NotTheName(gettext_noop("请照您实名登记的姓名输入，一字不差。"))
    try:
        return set_paper(LAYOUT, {"name": name}, form="png", dpi=DPI)
    except Unprintable:
        raise NotTheName(gettext_noop("姓名里有暂时印不出来的字，请手写签名。")) from None


def _bare(name: str) -> str:
    return _BETWEEN.sub("", unicodedata.normalize("NFKC", name)).casefold()


def clean(sent: str) -> bytes:
    """A PNG (RGBA, at most 720 × 380, trimmed to the ink) from a data URL. Raises NotInk.

    The picture is drawn anew from its darkness alone: nothing else of the uploaded file survives.
    """
    if not sent.startswith(PREFIX):
        raise NotInk(gettext_noop("请在签名框里手写签名。"))
    if len(sent) > 2 * MOST_BYTES:
        raise NotInk(gettext_noop("签名图片太大，请清除后重新签名。"))
    try:
        data = base64.b64decode(sent[len(PREFIX) :], validate=True)
    except ValueError:  # binascii.Error among them; others where it is not even ASCII
        raise NotInk(gettext_noop("签名图片不完整，请重新签名。")) from None
    if len(data) > MOST_BYTES:
        raise NotInk(gettext_noop("签名图片太大，请清除后重新签名。"))
    return _redraw(_open(data))


def _open(data: bytes) -> Image.Image:
    try:
        picture = Image.open(io.BytesIO(data), formats=["PNG"])
        if picture.width * picture.height > MOST_PIXELS or picture.width < 20 or picture.height < 20:
            raise NotInk(gettext_noop("签名图片的尺寸不对，请重新签名。"))
        return picture.convert("RGBA")
    except _BROKEN as fault:
        if isinstance(fault, NotInk):
            raise
        raise NotInk(gettext_noop("签名图片不完整，请重新签名。")) from None


def _redraw(picture: Image.Image) -> bytes:
    paper = Image.new("RGBA", picture.size, "white")
    paper.alpha_composite(picture)
    darkness = paper.convert("L").point(lambda level: 255 - level)
    marks = darkness.point(lambda level: 255 if level > 64 else 0)
    share = marks.histogram()[255] / (marks.width * marks.height)
    if share < LEAST_INK:
        raise NotInk(gettext_noop("签名框是空的或者笔画太少，请写下您的姓名。"))
    if share > MOST_INK:
        raise NotInk(gettext_noop("签名看不清楚，请清除后重新签名。"))
    darkness = darkness.crop(marks.getbbox())
    darkness.thumbnail(SIZE)
    drawn = Image.new("RGBA", darkness.size, (*INK, 0))
    drawn.putalpha(darkness)
    out = io.BytesIO()
    drawn.save(out, "PNG", optimize=False)
    return out.getvalue()
