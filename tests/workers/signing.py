"""Signing an authorisation as a worker does: drawn, ticked, confirmed by the code on their phone."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from anxin.accounts.values import ASKED, Purpose
from anxin.kit.actor import Actor
from anxin.messaging.models import SmsMessage
from anxin.workers import actions
from anxin.workers.models import Authorisation
from anxin.workers.values.archive import ArchiveItem
from tests.cast import NOON
from tests.contracts.material import drawn
from tests.stage import Stage
from tests.tape import taped

ALL = frozenset(ArchiveItem)
AGREED = {purpose: ASKED[purpose].now.version for purpose in Purpose}


def code_sent() -> str:
    """The newest one-time code."""
    row = SmsMessage.objects.order_by("-created_at", "-id").first()
    assert row is not None
    return str(row.params["code"])


def signed(by: Actor, at: datetime, items: Collection[ArchiveItem] = ALL, **more: Any) -> Authorisation:
    """The authorisation of a worker who ticks everything that is asked."""
    actions.send_authorisation_code(by=by, at=at)
    given: dict[str, Any] = {"version": 1, "consents": AGREED, "drawn": drawn(), "code": code_sent(), **more}
    return actions.sign_authorisation(items=items, by=by, at=at, **given)


@taped
def authorised(stage: Stage) -> Authorisation:
    """The first worker of the stage has signed for everything at NOON."""
    return signed(stage.worker, NOON)
