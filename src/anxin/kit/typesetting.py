"""Setting a paper with Typst: a layout of ours and words as data in, a PDF or picture out. Which characters print.

A compiler keeps the fonts and the parsed layouts, so each thread has one per folder and uses it again.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, Literal, cast

import typst
from fontTools.ttLib import TTFont

FONTS = ("Noto Sans SC", "Noto Sans TC", "Noto Sans JP", "Noto Sans KR")
"""Simplified Chinese first; the others only lend characters that the first lacks."""

HOLE = "〓"
# Pictures and symbols beyond the letters; dingbats and weather; joiners, variants, keycaps and flags.
PICTURES = (
    (0x1F000, 0x1FAFF), (0x2600, 0x27BF), (0x2B00, 0x2BFF), (0x200D, 0x200D), (0x20E3, 0x20E3), (0xFE00, 0xFE0F),
    (0xE0020, 0xE007F),
)  # fmt: skip

_thread = threading.local()


class Unprintable(ValueError):
    """A character that no font of ours has: a paper with a hole in a name is not one. `characters` lists them."""

    def __init__(self, characters: str) -> None:
        super().__init__(characters)
        self.characters = characters


def set_paper(
    layout: Path,
    data: Mapping[str, Any],
    *,
    at: datetime | None = None,
    form: Literal["pdf", "svg", "png"] = "pdf",
    dpi: float | None = None,
    holes: bool = False,
) -> bytes:
    """Run one layout over `data` (and `fonts`); the same bytes for the same data and `at`.

    Raises Unprintable for a character without a glyph, unless `holes` are better than no paper at all.
    """
    text = json.dumps({"fonts": FONTS, **data}, ensure_ascii=False)
    missing = "" if holes else unprintable("".join(c for c in text if ord(c) > 0x7E))
    if missing:
        raise Unprintable(missing)
    made = _compiler(layout.parent).compile(
        str(layout), format=form, ppi=dpi, sys_inputs={"data": text},
        timestamp=int(at.timestamp()) if at else None,
    )  # fmt: skip
    return cast(bytes, made[0] if isinstance(made, list) else made)


def unprintable(words: str) -> str:
    """The characters of `words` that cannot be printed, each once, in order."""
    known = _printable()
    return "".join(dict.fromkeys(c for c in words if not c.isspace() and ord(c) not in known))


def printable(words: str) -> str:
    """What people write among friends, as it can stand on paper: small pictures are left out, and a letter that no
    font of ours has becomes 〓, the printers' sign for one. Not for names: there a hole is refused."""
    words = without_pictures(words)
    missing = set(unprintable(words))
    return "".join(HOLE if c in missing else c for c in words)


def without_pictures(words: str) -> str:
    """The words without the small pictures of a phone, if the fonts lack any of their characters."""
    if not unprintable(words):
        return words
    return " ".join("".join(c for c in words if not _picture(c)).split())


def _picture(character: str) -> bool:
    """Whether it is one of the small pictures of a phone, or belongs to one: its tone, its joints."""
    return any(first <= ord(character) <= last for first, last in PICTURES)


def _compiler(folder: Path) -> typst.Compiler:
    kept: dict[Path, typst.Compiler] = _thread.__dict__.setdefault("compilers", {})
    if folder not in kept:
        kept[folder] = typst.Compiler(root=folder, font_paths=_fonts(), ignore_system_fonts=True)
    return kept[folder]


@cache
def font_folder() -> Path:
    return Path(str(files("justmytype_intl_cjk"))) / "fonts" / "ofl"


@cache
def _fonts() -> typst.Fonts:
    return typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(font_folder())]
    )


@cache
def _printable() -> frozenset[int]:
    found: set[int] = set()
    for path in sorted(font_folder().rglob("*.ttf")):
        with TTFont(path, lazy=True) as font:
            # Only the characters are asked for: to make up names for the glyphs takes most of the time.
            font.setGlyphOrder([str(number) for number in range(font["maxp"].numGlyphs)])
            found.update(font.getBestCmap())
    return frozenset(found)
