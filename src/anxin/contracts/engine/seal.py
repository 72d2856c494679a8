"""The picture of an organisation's seal (after GB/T 33481 and GB/T 38540: round, 40 mm, red, transparent, 300 dpi)."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from anxin.kit.typesetting import set_paper

LAYOUT = Path(__file__).parent / "seal.typ"
DPI = 300
DIAMETER_MM = 40
PURPOSE = "电子合同专用章"


def seal_picture(
    name: str, code: str, *, purpose: str = PURPOSE, form: Literal["png", "svg", "pdf"] = "png"
) -> bytes:
    """Draw the seal of `name`; `code` is its number. Raises Unprintable."""
    data = {"name": name, "code": code, "purpose": purpose}
    return set_paper(LAYOUT, data, form=form, dpi=DPI if form == "png" else None)
