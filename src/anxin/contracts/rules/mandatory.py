"""What a contract must say before anybody signs it. Plain functions."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from anxin.contracts.values import CLAUSES, CORRECTABLE, FACTS


@dataclass(frozen=True, slots=True)
class Item:
    """A mandatory item. `key` is the fact's marker or `clause.<subject>`; `label` is Chinese."""

    key: str
    label: str


# 《家庭服务业管理暂行办法》（商务部令2012年第11号）: what a household-service contract must contain.
MANDATORY_FACTS = (
    # (1) the agency and the worker
    "agency.name", "agency.address", "agency.person_in_charge", "agency.phone",
    "worker.name", "worker.id_number", "worker.health", "worker.training", "worker.phone",
    # (2) the consumer
    "customer.name", "customer.id_number", "customer.residence", "customer.phone",
    # (3) place, content, mode, period
    "service.place", "service.content", "service.mode", "service.period",
    # (4) fee and form of payment
    "fee.amount", "fee.payment",
)  # fmt: skip
MANDATORY = (
    *(Item(key, FACTS[key]) for key in MANDATORY_FACTS),
    # (5) rights and duties, liability for breach, dispute resolution
    *(Item(f"clause.{tag}", label) for tag, label in CLAUSES.items()),
)


def missing(facts: Mapping[str, str], clauses: Collection[str]) -> list[Item]:
    """The mandatory items that are empty, in the order of the regulation; none = the contract may be signed.

    `facts` maps markers to text, `clauses` are the subjects the text has a clause for.
    """
    return [item for item in MANDATORY if not _stands(item.key, facts, clauses)]


def _stands(key: str, facts: Mapping[str, str], clauses: Collection[str]) -> bool:
    subject = key.removeprefix("clause.")
    return subject in clauses if subject != key else bool(facts.get(key, "").strip())


def corrected(facts: Mapping[str, str], wishes: Mapping[str, str]) -> dict[str, str]:
    """`facts` with the customer's corrections; the place is put together from its town and the detail again.

    What is not the customer's to correct is left out.
    """
    found = dict(facts)
    found.update({key: text.strip() for key, text in wishes.items() if key in CORRECTABLE})
    town = found.get("service.place_town", "")
    if town and found.get("service.place_detail"):
        found["service.place"] = town + found["service.place_detail"]
    return found


def changes(before: Mapping[str, str], after: Mapping[str, str]) -> list[str]:
    """The markers whose text differs, sorted."""
    return sorted(key for key in {*before, *after} if before.get(key, "") != after.get(key, ""))
