"""Reads of contracts."""

from anxin.contracts.queries.contracts import (
    OPEN,
    addenda_of,
    by_id,
    by_number,
    counts,
    desk,
    document_of,
    evidence_of,
    live_of_order,
    mine,
    missing_items,
    page_of,
    signatures_of,
)
from anxin.contracts.queries.facts import order_facts
from anxin.contracts.queries.seals import (
    active_seal,
    ever_had_seal,
    expiring_seals,
    holders,
    seal_of,
    seals,
    uses_of,
)
from anxin.contracts.queries.texts import template_for, templates
from anxin.contracts.queries.verify import (
    MOST_BYTES,
    PublicRecord,
    Verdict,
    check_file,
    public_record,
    root_certificate,
)

__all__ = [
    "MOST_BYTES",
    "OPEN",
    "PublicRecord",
    "Verdict",
    "active_seal",
    "addenda_of",
    "by_id",
    "by_number",
    "check_file",
    "counts",
    "desk",
    "document_of",
    "ever_had_seal",
    "evidence_of",
    "expiring_seals",
    "holders",
    "live_of_order",
    "mine",
    "missing_items",
    "order_facts",
    "page_of",
    "public_record",
    "root_certificate",
    "seal_of",
    "seals",
    "signatures_of",
    "template_for",
    "templates",
    "uses_of",
]
