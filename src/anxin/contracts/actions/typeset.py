"""Putting a contract on paper and keeping the paper."""

from __future__ import annotations

import io
from datetime import datetime

import segno
from django.conf import settings
from django.db import transaction

from anxin.contracts import queries
from anxin.contracts.actions import refusals
from anxin.contracts.engine import typeset as engine
from anxin.contracts.models import Contract, Document
from anxin.contracts.models.contract import TYPESET
from anxin.kit.actor import Actor
from anxin.kit.crypto import sha256
from anxin.kit.typesetting import Unprintable


@transaction.atomic
def typeset(contract: Contract, *, by: Actor, at: datetime) -> Document:
    """Set the contract as it now reads and make that its document. Refuses: NotPrintable."""
    text = contract.template
    whose = "" if text.official else "为平台自拟文本，非政府部门发布的示范文本；"
    try:
        pdf = engine.contract_pdf(
            queries.page_of(contract),
            number=contract.number,
            date=contract.values.get("contract.date", ""),
            customer=contract.values.get("customer.name", ""),
            agency=contract.values.get("agency.name", ""),
            worker=contract.values.get("worker.name", "") if contract.tripartite else "",
            notice=f"{text.name} {whose}扫码可验证本合同",
            code_svg=_code(contract.number),
            at=at,
        )
    except Unprintable as error:
        raise refusals.NotPrintable(characters="、".join(error.characters)) from error
    contract.revision += 1
    document = keep(contract, TYPESET, pdf, at=at)
    Contract.objects.filter(pk=contract.pk).update(revision=contract.revision, document=document)
    contract.document = document
    return document


def keep(contract: Contract, stage: str, pdf: bytes, *, at: datetime) -> Document:
    """Store one PDF of a contract; it is never changed afterwards."""
    document = Document(
        contract=contract,
        revision=contract.revision,
        stage=stage,
        sha256=sha256(pdf),
        size=len(pdf),
        created_at=at,
    )
    document.write(pdf)
    document.save(force_insert=True)
    return document


def verify_url(number: str) -> str:
    """Where anybody can check a contract."""
    return f"{settings.ANXIN_ORIGIN}/verify/{number}/"


def _code(number: str) -> str:
    out = io.BytesIO()
    # Any mask can be read; trying all eight for the handsomest costs as much as half the typesetting.
    code = segno.make(verify_url(number), error="m", micro=False, mask=2)
    code.save(out, kind="svg", border=0, xmldecl=False, dark="#1d2733")
    return out.getvalue().decode()
