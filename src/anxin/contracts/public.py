"""The door of contracts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext

from anxin.agencies.values import PriceList, Quote
from anxin.contracts import queries
from anxin.contracts.actions.draft import complete, draft, void_of_order
from anxin.contracts.actions.keys import make_authority, make_seal
from anxin.contracts.actions.review import correct, mark_read
from anxin.contracts.actions.sign import apply_seal, send_code, sign
from anxin.contracts.actions.texts import load_built_in
from anxin.contracts.events import ContractCorrected, ContractCustomerSigned, ContractReady, ContractSigned
from anxin.contracts.models import Contract
from anxin.contracts.queries import (
    PublicRecord,
    Verdict,
    by_number,
    check_file,
    counts,
    mine,
    papers_of,
    public_record,
)
from anxin.contracts.states import ContractState
from anxin.kit.actor import Actor

__all__ = [
    "Contract", "ContractCorrected", "ContractCustomerSigned", "ContractFacts", "ContractReady", "ContractSigned",
    "PublicRecord", "SignedTerms", "Verdict", "apply_seal", "by_number", "check_file", "complete", "contract_of",
    "contracts_of", "correct", "counts", "draft", "load_built_in", "make_authority", "make_seal", "mark_read", "mine",
    "open_contract", "papers_of", "pdf_of", "public_record", "send_code", "sign", "signed_terms", "void_of_order",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class ContractFacts:
    """A contract as other areas see it; it names nobody."""

    id: UUID
    number: str
    order_id: UUID
    kind: str
    state: ContractState
    missing: tuple[str, ...]
    read_at: datetime | None
    signed_at: datetime | None
    sha256: str
    tripartite: bool = False
    # The worker is chosen, and yet something is missing: somebody must do something before it can be signed.
    held_up: bool = False

    @property
    def waits_for_customer(self) -> bool:
        return self.state is ContractState.READY

    @property
    def waits_for_agency(self) -> bool:
        last = ContractState.WORKER_SIGNED if self.tripartite else ContractState.CUSTOMER_SIGNED
        return self.state is last

    @property
    def waits_for_worker(self) -> bool:
        return self.tripartite and self.state is ContractState.CUSTOMER_SIGNED

    @property
    def is_signed(self) -> bool:
        return self.state is ContractState.SIGNED


@dataclass(frozen=True, slots=True)
class SignedTerms:
    """What both sides signed about money: the price list that bills, and the estimate."""

    number: str
    price_list: PriceList
    quote: Quote
    signed_at: datetime
    sha256: str


def contract_of(order_id: UUID) -> ContractFacts | None:
    """The contract of an order that is not void, addenda apart. One query."""
    found = queries.live_of_order(order_id)
    return _facts(found) if found else None


def contracts_of(order_id: UUID) -> list[ContractFacts]:
    """The contract of an order and its addenda that are not void, oldest first. Two queries."""
    found = queries.live_of_order(order_id)
    return [_facts(one) for one in (found, *queries.addenda_of(found))] if found else []


def open_contract(order_id: UUID, actor: Actor) -> Contract | None:
    """The contract or addendum of an order that still waits for a signature, if the actor may see it."""
    return queries.desk(actor, tuple(str(s) for s in queries.OPEN)).filter(order=order_id).last()


def signed_terms(order_id: UUID) -> SignedTerms | None:
    """What was signed about money, None before both have signed. One query."""
    found = queries.live_of_order(order_id)
    if found is None or found.signed_at is None or found.document is None:
        return None
    terms = found.order.terms
    return SignedTerms(
        number=found.number,
        price_list=PriceList.from_json(terms["price_list"]),
        quote=Quote.from_json(terms["quote"]),
        signed_at=found.signed_at,
        sha256=found.document.sha256,
    )


def pdf_of(contract: Contract) -> bytes:
    """The latest document of a contract that has one. Raises crypto.Tampered. One query."""
    found = queries.document_of(contract)
    return found.read() if found else b""


def _facts(found: Contract) -> ContractFacts:
    return ContractFacts(
        id=found.pk,
        number=found.number,
        order_id=found.order_id,
        kind=found.kind,
        state=ContractState(found.state),
        missing=_missing(found),
        held_up=found.assignment_id is not None and found.state == ContractState.DRAFTING,
        read_at=found.read_at,
        signed_at=found.signed_at,
        sha256=found.document.sha256 if found.document else "",
        tripartite=found.tripartite,
    )


def _missing(found: Contract) -> tuple[str, ...]:
    """What a draft lacks; what is ready lacks nothing."""
    items = queries.missing_items(found) if found.state == ContractState.DRAFTING else []
    return tuple(gettext(item.label) for item in items)
