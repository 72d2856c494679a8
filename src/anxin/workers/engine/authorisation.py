"""The 《家政服务员信用信息授权书》 as a PDF: words in as data, the same bytes for the same words and moment."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from anxin.kit.typesetting import set_paper

LAYOUT = Path(__file__).parent / "authorisation.typ"


@dataclass(frozen=True)
class AuthorisationPaper:
    """What is printed. `items`: (label, what it covers, given); `consents`: the texts agreed to one by one."""

    title: str
    number: str
    name: str
    id_number: str
    phone: str
    agency: str
    uscc: str
    items: tuple[tuple[str, str, bool], ...]
    paragraphs: tuple[str, ...]
    consents: tuple[str, ...]
    signed: str
    proof: str
    text: str


def authorisation_pdf(paper: AuthorisationPaper, picture: bytes, *, at: datetime) -> bytes:
    """The signed paper; `picture` is the drawn signature (PNG). Raises Unprintable."""
    data = {name: getattr(paper, name) for name in paper.__dataclass_fields__}
    return set_paper(LAYOUT, data | {"picture": list(picture)}, at=at)
