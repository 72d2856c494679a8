"""Setting a contract with Typst: words in as data, a PDF out. Also the fonts and which characters they can print.

A compiler keeps the fonts and the parsed layout, so each thread has one of its own and uses it again.
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
from unicodedata import category

import typst
from fontTools.ttLib import TTFont

from anxin.contracts.engine.text import Block, Filled, Run

LAYOUTS = Path(__file__).parent
FONTS = ("Noto Sans SC", "Noto Sans TC", "Noto Sans JP", "Noto Sans KR")
"""Simplified Chinese first; the others only lend characters that the first lacks."""

_thread = threading.local()


class Unprintable(ValueError):
    """A character that no font of ours has: a contract with a hole in a name is not one. `characters` lists them."""

    def __init__(self, characters: str) -> None:
        super().__init__(characters)
        self.characters = characters


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
            found.update(font.getBestCmap())
    return frozenset(found)


def unprintable(words: str) -> str:
    """The characters of `words` that cannot be printed, each once, in order."""
    known = _printable()
    return "".join(dict.fromkeys(c for c in words if not c.isspace() and ord(c) not in known))


def compiler() -> typst.Compiler:
    found = getattr(_thread, "compiler", None)
    if found is None:
        found = typst.Compiler(root=LAYOUTS, font_paths=_fonts(), ignore_system_fonts=True)
        _thread.compiler = found
    return found


def contract_pdf(
    filled: Filled,
    *,
    number: str,
    date: str,
    customer: str,
    agency: str,
    notice: str,
    code_svg: str,
    at: datetime,
    worker: str = "",
) -> bytes:
    """The PDF of a contract, the same bytes for the same facts and `at`; with `worker` it has three places to sign.

    Raises Unprintable.
    """
    data = {
        "fonts": FONTS,
        "title": filled.title,
        "number": number,
        "date": date,
        "customer": customer,
        "agency": agency,
        "worker": worker,
        "notice": notice,
        "code": code_svg,
        "summary": [(label, _runs(found)) for label, found in filled.summary],
        "blocks": [_block(b) for b in filled.blocks],
    }
    return compile_layout("contract.typ", data, at=at)


def compile_layout(
    layout: str,
    data: Mapping[str, Any],
    *,
    at: datetime | None = None,
    form: Literal["pdf", "svg", "png"] = "pdf",
    dpi: float | None = None,
) -> bytes:
    """Run one layout of ours over `data`. Raises Unprintable for a character without a glyph."""
    text = json.dumps(data, ensure_ascii=False)
    holes = unprintable("".join(c for c in text if ord(c) > 0x7E))
    if holes:
        raise Unprintable(holes)
    made = compiler().compile(
        str(LAYOUTS / layout),
        format=form,
        ppi=dpi,
        sys_inputs={"data": text},
        timestamp=int(at.timestamp()) if at else None,
    )
    return cast(bytes, made[0] if isinstance(made, list) else made)


def _runs(found: tuple[Run, ...]) -> list[list[str]]:
    return [[kind, clean(words)] for kind, words in found]


def _block(block: Block) -> dict[str, Any]:
    return {
        "kind": block.kind,
        "runs": _runs(block.runs),
        "head": [clean(c) for c in block.head],
        "rows": [[clean(c) for c in row] for row in block.rows],
    }


def clean(words: str) -> str:
    """Without control characters and direction marks, which could make paper and data read differently.

    Characters too new for Python's tables stay: whether they can be printed, the fonts decide.
    """
    return "".join(c for c in words if c == "\n" or category(c) not in ("Cc", "Cf", "Cs"))
