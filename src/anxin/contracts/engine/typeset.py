"""Setting a contract: words in as data, a PDF out."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any
from unicodedata import category

from anxin.contracts.engine.text import Block, Filled, Run
from anxin.kit.typesetting import set_paper

LAYOUT = Path(__file__).parent / "contract.typ"


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
    return set_paper(LAYOUT, data, at=at)


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
