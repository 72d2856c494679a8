"""Adding links to a contract's chain of evidence."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from anxin.contracts.engine import chain
from anxin.contracts.models import Contract, Evidence
from anxin.contracts.values import EvidenceKind
from anxin.kit.actor import Actor


def hold(contract_id: UUID) -> None:
    """Take the contract's row until the present transaction ends; what is read of it afterwards stays so."""
    Contract.objects.select_for_update().filter(pk=contract_id).values_list("pk").get()


class Chain:
    """The end of a contract's chain. The contract's row is locked for it until the present transaction ends, so that
    two who act at once get positions one after the other."""

    def __init__(self, contract_id: UUID) -> None:
        # Two statements: the second must see what those have added for whom the first waited.
        hold(contract_id)
        links = Evidence.objects.filter(contract=contract_id).order_by("-position")
        found: tuple[int, str] = links.values_list("position", "hash").first() or (0, chain.START)
        self.contract_id, (self.position, self.end) = contract_id, found

    def add(self, kind: EvidenceKind, *, by: Actor, at: datetime, **detail: Any) -> Evidence:
        """Append one link; `detail` holds ids, digests and masked values."""
        known = {"address": by.address, "channel": by.channel, "request": by.request_id}
        row = Evidence(
            contract_id=self.contract_id,
            position=self.position + 1,
            kind=str(kind),
            at=at,
            by_person=by.person_id,
            by_organisation=by.organisation_id,
            detail={**{name: value for name, value in known.items() if value}, **detail},
            previous=self.end,
        )
        row.hash = chain.seal(replace(row.link, hash=""))
        row.save(force_insert=True)
        self.position, self.end = row.position, row.hash
        return row


def add(contract: Contract, kind: EvidenceKind, *, by: Actor, at: datetime, **detail: Any) -> Evidence:
    """Append one link in the present transaction, for whoever adds no more than one."""
    return Chain(contract.pk).add(kind, by=by, at=at, **detail)
