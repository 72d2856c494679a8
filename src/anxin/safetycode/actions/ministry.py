"""Asking the Ministry's platform how each record stands, and keeping the difference (D-A4)."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from anxin.accounts.public import Person, organisations
from anxin.kit.clock import local_date
from anxin.safetycode.adapters import ministry
from anxin.safetycode.models import MinistryRecord, SafetyCode
from anxin.safetycode.rules.ministry import differences
from anxin.safetycode.states import CodeState
from anxin.safetycode.values.care import Theirs

log = logging.getLogger(__name__)
# A night's job asks for everybody once; what was asked this recently is left.
AGAIN = timedelta(hours=12)


def compare_next(*, at: datetime, size: int = ministry.MOST) -> int:
    """Compare the next `size` codes whose record was not asked for lately. How many were; 0 when there is nobody, or
    when the Ministry is silent (the next night asks again). No transaction is open while we wait for the answer."""
    recent = MinistryRecord.objects.filter(worker=OuterRef("worker"), asked_at__gt=at - AGAIN)
    rows = SafetyCode.objects.filter(~Exists(recent)).select_related("worker").order_by("pk")
    return _compare(list(rows[:size]), at=at)


def compare(*, worker_ids: Sequence[UUID], at: datetime) -> int:
    """Compare these workers' codes now. How many were; 0 when the Ministry is silent."""
    rows = SafetyCode.objects.filter(worker__in=worker_ids).select_related("worker")
    return _compare(list(rows[: ministry.MOST]), at=at)


def _compare(codes: list[SafetyCode], *, at: datetime) -> int:
    """Whoever has no verified identity number has no record that could be asked for."""
    persons = Person.objects.filter(pk__in=[code.worker.person_id for code in codes]).filter(
        ~Q(id_number_hash=None), verified_at__isnull=False
    )
    known = {person.pk: person for person in persons}
    asked = [
        ministry.Asked(str(code.worker_id), known[code.worker.person_id].name, known[code.worker.person_id].id_number)
        for code in codes
        if code.worker.person_id in known
    ]  # fmt: skip
    try:
        told = ministry.records(asked, at=at) if asked else {}
    except ministry.MinistrySilent as silence:
        log.warning("the Ministry's platform is silent: %s", silence)
        return 0
    _keep(codes, told, at=at)
    return len(codes)


def keep_records(told: Mapping[UUID, Theirs], *, at: datetime) -> int:
    """Keep what the Ministry told of these workers, by their key, and in what it differs. How many have a code."""
    codes = list(SafetyCode.objects.filter(worker__in=told).select_related("worker"))
    _keep(codes, {str(worker): theirs for worker, theirs in told.items()}, at=at)
    return len(codes)


@transaction.atomic
def _keep(codes: list[SafetyCode], told: Mapping[str, Theirs], *, at: datetime) -> None:
    agencies = _agencies(codes, at)
    day = local_date(at)
    rows = []
    for code in codes:
        theirs = told.get(str(code.worker_id), Theirs.nothing())
        found = differences(CodeState(code.state), agencies.get(code.worker_id, ""), theirs, day)
        rows.append(
            MinistryRecord(
                worker_id=code.worker_id, state=theirs.state, number=theirs.number, valid_to=theirs.valid_to,
                differences=list(found), asked_at=at,
            )
        )  # fmt: skip
    MinistryRecord.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["worker"],
        update_fields=["state", "number", "valid_to", "differences", "asked_at"],
    )  # fmt: skip


def _agencies(codes: list[SafetyCode], at: datetime) -> dict[UUID, str]:
    """The credit code of each worker's present agency."""
    found = dict(
        SafetyCode.objects.filter(
            pk__in=[code.pk for code in codes], worker__affiliations__period__contains=at
        ).values_list("worker", "worker__affiliations__organisation")
    )
    named = organisations(found.values())
    return {worker: named[agency].uscc or "" for worker, agency in found.items() if agency in named}
