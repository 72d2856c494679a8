"""What a consent that is taken back ends, at once, in the areas that took what it was about."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.apps import apps
from django.utils.translation import gettext_lazy as _

from anxin.accounts import public as accounts
from anxin.accounts.values import FOR_THE_CODE, Purpose
from anxin.contracts import public as contracts
from anxin.kit.actor import SYSTEM
from anxin.kit.errors import Forbidden
from anxin.safetycode import public as safetycode
from anxin.workers import public as workers


class ConsentTakenBack(Forbidden):
    code = "consent_taken_back"
    message = _("您撤回了对签名笔迹的同意，不能在线手写签名。可在“我的个人信息—我的同意”里重新同意。")


def end_what_it_allowed(*, purpose: Purpose, person_id: UUID, at: datetime) -> None:
    """Suspend the code that rests on it, destroy the places that were kept under it."""
    if purpose in FOR_THE_CODE:
        worker = workers.worker_of(person_id)
        if worker is not None:
            safetycode.suspend_running(worker_id=worker.pk, why="本人撤回了单独同意", by=SYSTEM, at=at)
    if purpose is Purpose.LOCATION:
        _scans().filter(by_person=person_id).update(place=None)
    if purpose is Purpose.ARRIVAL:
        visits = apps.get_model("orders.Visit")._base_manager.filter(arrived_lat__isnull=False)
        visits.filter(assignments__worker__person=person_id).update(arrived_lat=None, arrived_lng=None)


def _scans() -> Any:
    return apps.get_model("safetycode.Scan")._base_manager


def drop_place(*, scan_id: UUID, by_person: UUID | None) -> None:
    """Keep where somebody scanned only if they agreed to it. Who is not signed in sends no place."""
    if by_person and not accounts.consented(by_person, Purpose.LOCATION):
        _scans().filter(pk=scan_id, place__isnull=False).update(place=None)


def check_handwriting(*, contract_id: UUID) -> None:
    """Refuse the drawn signature of somebody who took their consent to it back. Refuses: ConsentTakenBack."""
    person_id = contracts.Contract.objects.values_list("person_id", flat=True).get(pk=contract_id)
    if person_id and accounts.took_back(person_id, Purpose.HANDWRITING):
        raise ConsentTakenBack
