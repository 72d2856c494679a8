"""Home-visit cards as PDF: eight to a sheet, or one to a page of a card's own size."""

from __future__ import annotations

import io
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

import segno

from anxin.kit.typesetting import set_paper
from anxin.safetycode.engine.picture import INKS, QUIET
from anxin.safetycode.values import CardForm, Colour

LAYOUT = Path(__file__).parent / "card.typ"


@dataclass(frozen=True)
class CardFace:
    """What stands on one card, in words that are ready to print. code, photo: SVG; no photo = the initial."""

    name: str
    number: str
    agency: str
    issuer: str
    until: str
    colour: str
    word: str
    judged: str
    code: str
    photo: str = ""

    @property
    def initial(self) -> str:
        return self.name[:1]


def cards_pdf(
    faces: Sequence[CardFace],
    *,
    form: CardForm,
    title: str,
    notice: str,
    labels: dict[str, str],
    at: datetime,
) -> bytes:
    """The PDF of the cards. A character that no font has is left blank: the number still names its worker."""
    data = {
        "form": str(form), "title": title, "notice": notice, "labels": labels,
        "inks": {str(colour): ink for colour, ink in INKS.items()},
        "cards": [asdict(face) | {"initial": face.initial} for face in faces],
    }  # fmt: skip
    return set_paper(LAYOUT, data, at=at, holes=True)


def code_svg(address: str, colour: Colour) -> str:
    """The symbol of an address in the ink of a colour."""
    # Any mask can be read; trying all eight for the handsomest takes longer than setting the card.
    symbol = segno.make_qr(address, error="m", boost_error=False, mask=2)
    out = io.BytesIO()
    symbol.save(out, kind="svg", dark=INKS[colour], light="#ffffff", border=QUIET, xmldecl=False)
    return out.getvalue().decode()


def photo_svg(content: bytes, content_type: str) -> str:
    """A picture in a frame of 3 to 4, as the layout takes it."""
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 30 40">'
        f'<image width="30" height="40" preserveAspectRatio="xMidYMid slice" '
        f'xlink:href="data:{content_type};base64,{b64encode(content).decode()}"/></svg>'
    )
