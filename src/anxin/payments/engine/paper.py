"""Invoices and receipts as documents: the PDF by Typst, the XML beside it. Data in, bytes out."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, cast
from xml.etree import ElementTree

from anxin.kit.typesetting import set_paper

LAYOUT = Path(__file__).parent / "paper.typ"


def pdf(content: Mapping[str, Any], *, at: datetime) -> bytes:
    """The document as PDF; the same bytes for the same content and `at`. `content` as `actions.papers` makes it."""
    # The tax office has the invoice already: one with a rare character missing is still the invoice.
    return set_paper(LAYOUT, content, at=at, holes=True)


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
