"""An archive as a PDF for the worker's own hands: sections and rows in as data."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from anxin.kit.typesetting import set_paper

LAYOUT = Path(__file__).parent / "dossier.typ"


def dossier_pdf(content: Mapping[str, Any], *, at: datetime) -> bytes:
    """The printed archive. `content`: title, name, number, made, note, sections [(title, [(title, subs, badge)])],
    events [(when, title, note)]."""
    # Whose name has a rare character still gets their own archive.
    return set_paper(LAYOUT, content, at=at, holes=True)
