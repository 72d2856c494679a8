"""Reads of contracts, their documents, signatures and evidence."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext

from anxin.accounts import public as accounts
from anxin.contracts import rules
from anxin.contracts.engine import chain
from anxin.contracts.engine.text import Filled, fill
from anxin.contracts.models import Contract, Document, Evidence, Signature
from anxin.contracts.states import ContractState
from anxin.contracts.values import FACTS, NAMES, Kind
from anxin.kit.actor import Actor
from anxin.kit.typesetting import unprintable
from anxin.orders.public import Order
from anxin.orders.values import OrderState

PART_SIGNED = (ContractState.CUSTOMER_SIGNED, ContractState.WORKER_SIGNED)
UNSIGNED = (ContractState.DRAFTING, ContractState.READY)
OPEN = (*UNSIGNED, *PART_SIGNED)


def _with_parties(found: QuerySet[Contract]) -> QuerySet[Contract]:
    # The bodies of documents are large and sealed: only document_of reads them.
    return found.select_related(
        "order", "organisation", "person", "template", "parent", "document", "assignment__worker__person"
    ).defer("document__body")


def is_number(text: str) -> bool:
    """Whether it could be a number of ours: what a program sends may be anything, even what no column can hold."""
    return text.isascii() and text.replace("-", "").isalnum()


def by_number(number: str, actor: Actor) -> Contract | None:
    """The contract of that number, if the actor may see it."""
    if not is_number(number):
        return None
    return _with_parties(Contract.objects.visible_to(actor)).filter(number=number).first()


# All the parties are nine joins, whose plan alone costs the server ten reads of a row: actions ask for what they use.
def by_id(contract_id: UUID) -> Contract:
    """For jobs and actions, which have their own reason to read it: with its text, its paper and the customer."""
    rows = Contract.objects.select_related("person", "template", "document").defer("document__body")
    found: Contract = rows.get(pk=contract_id)
    return found


def live_of_order(order_id: UUID) -> Contract | None:
    """The contract of an order that is not void (not an addendum), with its text and its paper."""
    found = Contract.objects.filter(order=order_id, kind=Kind.CONTRACT).exclude(state=ContractState.VOID)
    return found.select_related("order", "template", "document").defer("document__body").first()


def order_stands(order_id: UUID) -> bool:
    """Whether there is still something to draw up: the order was neither called off nor is it over. One query."""
    over = (OrderState.CANCELLED, OrderState.CLOSED)
    return bool(Order.objects.filter(pk=order_id).exclude(state__in=over).exists())


def addenda_of(contract: Contract) -> list[Contract]:
    """Addenda that are not void, oldest first: one query."""
    found = Contract.objects.filter(parent=contract).exclude(state=ContractState.VOID)
    return list(found.order_by("created_at"))


def desk(actor: Actor, states: tuple[str, ...] = ()) -> QuerySet[Contract]:
    """An agency's contracts, what has waited longest first. One query."""
    found = _with_parties(Contract.objects.visible_to(actor))
    known = [state for state in states if state in list(ContractState)]
    return (found.filter(state__in=known) if states else found).order_by("state_at", "id")


def matching_text(contracts: QuerySet[Contract], text: str) -> QuerySet[Contract]:
    """Those whose number or order's number begins with `text`, or of the customer's whole phone number."""
    if not text:
        return contracts
    found = Q(number__startswith=text.upper()) | Q(order__number__startswith=text.upper())
    if text.isdecimal() and (person := accounts.person_by_phone(text)):
        found |= Q(person=person)
    return contracts.filter(found)


def mine(actor: Actor) -> QuerySet[Contract]:
    """A customer's contracts, newest first. One query."""
    return _with_parties(Contract.objects.filter(person=actor.person_id)).order_by("-created_at")


def papers_of(person_id: UUID) -> list[Contract]:
    """The contracts that all have signed and the person is a party to, oldest first. One query."""
    party = Q(person=person_id) | Q(tripartite=True, assignment__worker__person=person_id)
    signed = Contract.objects.filter(party, signed_at__isnull=False, document__isnull=False)
    return list(signed.only("id", "number", "document_id").order_by("signed_at", "id"))


def counts(actor: Actor) -> dict[str, int]:
    """How many contracts are in each state, for the tabs of the desk. One query."""
    found = Contract.objects.visible_to(actor).values_list("state").annotate(Count("id"))
    return dict(found.order_by())


def document_of(contract: Contract) -> Document | None:
    """The latest document with its body."""
    return Document.objects.filter(pk=contract.document_id).first() if contract.document_id else None


def signatures_of(contract: Contract) -> list[Signature]:
    """Who has signed, in order: one query, without pictures and certificates."""
    found = Signature.objects.filter(contract=contract).select_related("person", "organisation")
    return list(found.defer("picture", "certificate").order_by("signed_at", "id"))


@dataclass(frozen=True, slots=True)
class EvidenceChain:
    """The links in order, and the position of the first that does not hold (None: the chain is whole)."""

    links: list[Evidence]
    fault: int | None

    @property
    def head(self) -> str:
        return self.links[-1].hash if self.links else chain.START


def evidence_of(contract: Contract) -> EvidenceChain:
    """All evidence of a contract, recomputed: one query."""
    found = list(Evidence.objects.filter(contract=contract).order_by("position"))
    return EvidenceChain(found, chain.first_fault(row.link for row in found))


def unsigned_of(person_id: UUID) -> list[Contract]:
    """Contracts with a chosen worker that nobody has signed, of a customer or of that worker. One query."""
    party = Q(person=person_id) | Q(assignment__worker__person=person_id)
    found = Contract.objects.filter(party, state__in=UNSIGNED, assignment__isnull=False)
    return list(found.order_by("created_at", "id"))


def missing_items(contract: Contract) -> list[rules.Item]:
    """What the contract still lacks before anybody may sign it, names that cannot be printed among it."""
    return [*rules.missing(contract.values, contract.template.text.tags), *unprintable_names(contract)]


def unprintable_names(contract: Contract) -> list[rules.Item]:
    """The parties' names with a letter that no font has: a paper with a hole in a name binds nobody."""
    found = ((name, unprintable(contract.values.get(name, ""))) for name in sorted(NAMES))
    person = gettext("%(what)s（字库里没有“%(characters)s”，请本人申请更正姓名，或联系客服）")
    agency = gettext("%(what)s（字库里没有“%(characters)s”，请机构联系客服更正名称）")
    return [
        rules.Item(name, (agency if name == "agency.name" else person)
                   % {"what": gettext(FACTS[name]), "characters": "、".join(letters)})
        for name, letters in found if letters
    ]  # fmt: skip


def page_of(contract: Contract) -> Filled:
    """The contract as blocks of words, the same as on paper."""
    facts = contract.facts
    found = rules.tables(contract.values, facts.get("prices", []), facts.get("estimate", []))
    return fill(contract.template.text, contract.values, found)
