"""Invoices and receipts as documents: the PDF by Typst, the XML beside it. Data in, bytes out."""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, cast
from xml.etree import ElementTree

import typst

LAYOUT = Path(__file__).parent / "paper.typ"
FONTS = ("Noto Sans SC", "Noto Sans TC", "Noto Sans JP", "Noto Sans KR")
_thread = threading.local()


@cache
def _fonts() -> typst.Fonts:
    folder = Path(str(files("justmytype_intl_cjk"))) / "fonts" / "ofl"
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(folder)])


def _compiler() -> typst.Compiler:
    found = getattr(_thread, "compiler", None)
    if found is None:
        found = typst.Compiler(root=LAYOUT.parent, font_paths=_fonts(), ignore_system_fonts=True)
        _thread.compiler = found
    return cast(typst.Compiler, found)


def pdf(content: Mapping[str, Any], *, at: datetime) -> bytes:
    """The document as PDF; the same bytes for the same content and `at`. `content` as `actions.papers` makes it."""
    data = json.dumps({"fonts": FONTS, **content}, ensure_ascii=False)
    made = _compiler().compile(
        str(LAYOUT), format="pdf", sys_inputs={"data": data}, timestamp=int(at.timestamp())
    )
    return cast(bytes, made[0] if isinstance(made, list) else made)


def xml(content: Mapping[str, Any]) -> bytes:
    """The same content as XML, for bookkeeping programs."""
    root = ElementTree.Element("EInvoice")
    _fill(root, content)
    return cast(bytes, ElementTree.tostring(root, encoding="utf-8", xml_declaration=True))


def _fill(node: ElementTree.Element, value: Any) -> None:
    if isinstance(value, Mapping):
        for name, part in value.items():
            _fill(ElementTree.SubElement(node, "".join(w.capitalize() for w in str(name).split("_"))), part)
    elif isinstance(value, list | tuple):
        for part in value:
            _fill(ElementTree.SubElement(node, "Item"), part)
    else:
        node.text = "" if value is None else str(value)
