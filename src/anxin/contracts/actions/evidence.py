"""Adding a link to a contract's chain of evidence."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from anxin.contracts.engine import chain
from anxin.contracts.models import Contract, Evidence
from anxin.contracts.values import EvidenceKind
from anxin.kit.actor import Actor


def add(contract: Contract, kind: EvidenceKind, *, by: Actor, at: datetime, **detail: Any) -> Evidence:
    """Append one link in the present transaction; `detail` holds ids, digests and masked values.

    The contract's row is locked for it, so that two who act at once get positions one after the other.
    """
    Contract.objects.select_for_update().filter(pk=contract.pk).values_list("pk").get()
    links = Evidence.objects.filter(contract=contract).order_by("-position")
    position, previous = links.values_list("position", "hash").first() or (0, chain.START)
    known = {"address": by.address, "channel": by.channel, "request": by.request_id}
    row = Evidence(
        contract=contract,
        position=position + 1,
        kind=str(kind),
        at=at,
        by_person=by.person_id,
        by_organisation=by.organisation_id,
        detail={**{name: value for name, value in known.items() if value}, **detail},
        previous=previous,
    )
    row.hash = chain.seal(replace(row.link, hash=""))
    row.save(force_insert=True)
    return row
