"""What people are told about their own account: one line each."""

from __future__ import annotations

from anxin.accounts.public import FactorChanged, NewDevice
from anxin.kit.events import on
from anxin.notices import actions


@on(NewDevice)
def tell_new_device(event: NewDevice) -> None:
    actions.tell_new_device(
        event.person_id, how=event.how, device=event.device, address=event.address, at=event.at
    )


@on(FactorChanged)
def tell_factor_change(event: FactorChanged) -> None:
    actions.tell_factor_change(event.person_id, change=event.change, at=event.at)
