"""What contracts announce."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from anxin.kit.events import Event


@dataclass(frozen=True)
class ContractReady(Event):
    """Complete: the customer can sign."""

    contract_id: UUID
    order_id: UUID


@dataclass(frozen=True)
class ContractCustomerSigned(Event):
    """The customer has signed, by a drawing or by their typed name; the agency's seal is waited for."""

    contract_id: UUID
    order_id: UUID
    organisation_id: UUID
    drawn: bool


@dataclass(frozen=True)
class ContractSigned(Event):
    """Both signatures stand."""

    contract_id: UUID
    order_id: UUID
    is_addendum: bool = False


@dataclass(frozen=True)
class ContractCorrected(Event):
    """The customer put something of theirs right before signing; `what` are markers."""

    contract_id: UUID
    order_id: UUID
    what: tuple[str, ...]
