"""Stand-ins for the pure tests: a filled text, an authority and a hand-drawn signature, all made here."""

from __future__ import annotations

import base64
import io
from datetime import datetime
from functools import cache
from pathlib import Path

from PIL import Image, ImageDraw

import anxin.contracts
from anxin.contracts.engine import certificates, pades, seal, typeset
from anxin.contracts.engine.text import Filled, Table, fill, read
from anxin.contracts.values import FACTS

TEXTS = Path(anxin.contracts.__file__).parent / "texts"
RARE = "䶮㛃𬱖𣲘㙦於"
AGENCY = "临安安心家政服务有限公司"


def facts(**changed: str) -> dict[str, str]:
    """Every fact, as "〔marker〕" unless said otherwise (dots written as two underscores)."""
    found = {key: f"〔{label}〕" for key, label in FACTS.items()}
    found.update({key.replace("__", "."): text for key, text in changed.items()})
    return found


def filled(name: str = "zj-default-1.1-once.txt", **changed: str) -> Filled:
    values = facts(**changed)
    pairs = {
        party: Table(tuple((FACTS[k], values[k]) for k in FACTS if k.startswith(f"{party}.")))
        for party in ("customer", "agency", "worker")
    }
    grids = {
        "prices": Table((("日常保洁", "45.00 元/小时"),), ("项目", "价目")),
        "estimate": Table((("日常保洁 3 小时", "135.00"),), ("项目", "金额（元）")),
    }
    return fill(read((TEXTS / name).read_text()), values, pairs | grids)


def pdf(at: datetime, **changed: str) -> bytes:
    return typeset.contract_pdf(
        filled(**changed),
        number="C260318-7KQ4M2XR",
        date="2026年3月18日",
        customer=changed.get("customer__name", "王䶮"),
        agency=AGENCY,
        notice="文本 ZJ-DEFAULT-1.1 由平台自拟，非官方示范文本",
        code_svg='<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><path d="M0 0h9v9z"/></svg>',
        at=at,
    )


@cache
def authority(at: datetime) -> tuple[certificates.Identity, certificates.Identity, certificates.Identity]:
    """Root, time stamps, the agency's seal."""
    root = certificates.make_root(at)
    stamps = certificates.issue(
        root, certificates.Subject(certificates.STAMP_NAME), certificates.Use.STAMP, at
    )
    subject = certificates.Subject(AGENCY, "91330199MATE5T0178", AGENCY)
    return root, stamps, certificates.issue(root, subject, certificates.Use.SEAL, at)


def drawn(width: int = 500, height: int = 200, strokes: int = 6) -> str:
    """A drawn signature as a browser sends it."""
    picture = Image.new("RGBA", (width, height), (0, 0, 0, 0))
    pen = ImageDraw.Draw(picture)
    for i in range(strokes):
        pen.line(
            [(40 + i * 60, 160), (80 + i * 60, 40), (100 + i * 60, 150)], fill=(20, 30, 60, 255), width=6
        )
    return data_url(picture)


def data_url(picture: Image.Image) -> str:
    out = io.BytesIO()
    picture.save(out, "PNG")
    return "data:image/png;base64," + base64.b64encode(out.getvalue()).decode()


def signed(at: datetime, signer: str = "王䶮", **changed: str) -> tuple[bytes, bytes, bytes]:
    """(root certificate, signed by the customer, sealed by the agency as well)."""
    from anxin.kit.ink import clean

    root, stamps, organisation = authority(at)
    person = certificates.issue(root, certificates.Subject(signer, "P-1"), certificates.Use.ACT, at)
    first = pades.sign(
        pdf(at, **changed), pades.Field.CUSTOMER, identity=person, stamps=stamps, picture=clean(drawn()),
        stamp=pades.Stamp("甲方签名"), at=at,
    )  # fmt: skip
    second = pades.sign(
        first, pades.Field.AGENCY, identity=organisation, stamps=stamps,
        picture=seal.seal_picture(AGENCY, "3301990001", form="pdf"), stamp=pades.Stamp("乙方盖章"), at=at,
    )  # fmt: skip
    return root.certificate, first, second
