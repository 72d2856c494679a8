"""What an uploaded table says, row by row, and what is wrong with each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from uuid import UUID

from anxin.catalogue.values import HEALTH_TIER_LABELS, HealthTier
from anxin.kit.clock import local_date
from anxin.kit.sheets import Line
from anxin.policies.public import read
from anxin.safetycode.models import Application, SafetyCode, Upload
from anxin.safetycode.rules.applying import renewable
from anxin.safetycode.values.applying import CLOSED, NAME, NUMBER, PHONE, RENEW_DAYS, TIER, Fault, Sheet
from anxin.workers.public import Worker, ids_of


def sheets_of(lines: Sequence[Line], organisation_id: UUID, at: datetime) -> list[Sheet]:
    """Each row with its worker and its faults. Five queries, however many rows."""
    staff = list(Worker.objects.filter(pk__in=ids_of(organisation_id)).select_related("person"))
    known = {row.number: row for row in staff} | {row.person.phone: row for row in staff}
    ids = [row.pk for row in staff]
    closed = [str(one) for one in CLOSED]
    taken = set(
        Application.objects.filter(worker__in=ids).exclude(state__in=closed).values_list("worker", flat=True)
    )
    today, days = local_date(at), read(RENEW_DAYS, at=at)
    held = SafetyCode.objects.filter(worker__in=ids).values_list("worker", "state", "valid_to")
    in_force = {worker for worker, state, until in held if not renewable(state, until, today, days)}
    seen: set[UUID] = set()
    return [_sheet(line, known, taken, in_force, seen) for line in lines]


def _sheet(
    line: Line, known: dict[str, Worker], taken: set[UUID], in_force: set[UUID], seen: set[UUID]
) -> Sheet:
    name, phone, number = line[NAME], line[PHONE], line[NUMBER].upper()
    worker = known.get(number or phone)
    tier = _tier(line[TIER])
    faults: list[Fault] = []
    if tier is None:
        faults.append(Fault.TIER)
    if worker is None:
        faults.append(Fault.UNKNOWN)
    elif worker.person.name != name or (number and phone and worker.person.phone != phone):
        # Name and phone must both be theirs, so that nobody is looked up by a number alone.
        faults.append(Fault.NAME)
    else:
        if worker.pk in seen:
            faults.append(Fault.TWICE)
        if worker.pk in taken:
            faults.append(Fault.OPEN)
        if worker.pk in in_force:
            faults.append(Fault.IN_FORCE)
        seen.add(worker.pk)
    found = worker if worker is not None and Fault.NAME not in faults else None
    return Sheet(
        line.number, name, phone, number, int(tier or HealthTier.GENERAL), str(found.pk) if found else "",
        tuple(str(one) for one in faults),
    )  # fmt: skip


def _tier(text: str) -> HealthTier | None:
    """By number or by the first characters of its name; nothing said is the laxest."""
    if not text:
        return HealthTier.GENERAL
    for tier, label in HEALTH_TIER_LABELS.items():
        if text == str(int(tier)) or (len(text) > 1 and label.startswith(text)):
            return HealthTier(tier)
    return None


def kept(row: Upload) -> list[Sheet]:
    """The rows of an upload as they were read; none once it is imported or given up. No query."""
    return [Sheet(**{**one, "faults": tuple(one["faults"])}) for one in row.rows.get("lines", [])]


def to_keep(sheets: Sequence[Sheet]) -> dict[str, object]:
    return {"lines": [asdict(one) for one in sheets]}


def upload_for(organisation_id: UUID | None, upload_id: UUID) -> Upload | None:
    """An upload of one's own agency. One query."""
    return (
        Upload.objects.filter(pk=upload_id, organisation=organisation_id).first() if organisation_id else None
    )


def uploads_of(organisation_id: UUID | None) -> list[Upload]:
    """The latest uploads of one's own agency. One query."""
    return list(Upload.objects.filter(organisation=organisation_id).order_by("-created_at")[:20])
