"""A restored house, looked into from a process of its own: `python -m anxin.config.recovery.inspection`.

The environment names database, uploads and key ring. Prints one JSON object: {"told": [...], "faults": [...]}.
"""

from __future__ import annotations

import json
import os
import sys

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "anxin.config.settings")

import django

django.setup()

from anxin.audit import public as audit
from anxin.config.keys import census
from anxin.contracts import public as contracts
from anxin.files import public as files
from anxin.kit import clock
from anxin.kit.crypto import Tampered, unseal
from anxin.kit.errors import NotFound
from anxin.kit.fields import BlindIndexField

# So many values of each column, and so many uploads, are opened; all uploads are looked for.
SAMPLE = 20


def look() -> dict[str, list[str]]:
    """Audit chain, a contract, sealed values, uploads: what was found, and what is wrong."""
    told: list[str] = []
    faults: list[str] = []
    for part in (_audit, _contract, _values, _uploads):
        try:
            text, wrong = part()
        except Tampered as error:
            text, wrong = "", [f"{part.__name__.strip('_')}: {error}"]
        told += [text] if text else []
        faults += wrong
    return {"told": told, "faults": faults}


def _audit() -> tuple[str, list[str]]:
    seals, entries, faults = audit.verify(restored=True)
    return f"audit: {entries} entries under {seals} seals", [f"audit: {fault}" for fault in faults]


def _contract() -> tuple[str, list[str]]:
    """The latest contract that both sides signed, checked signature by signature."""
    latest = contracts.Contract.objects.filter(signed_at__isnull=False).order_by("-signed_at").first()
    if latest is None:
        return "contract: none has been signed yet", []
    record = contracts.public_record(latest.number, at=clock.now())
    if record is None or not record.intact:
        return f"contract {latest.number}", [f"contract {latest.number}: its signatures are not valid"]
    return f"contract {latest.number}: {len(record.signers)} signatures, all valid", []


def _values() -> tuple[str, list[str]]:
    opened, faults = 0, list[str]()
    for column in census.sealed_columns():
        assert not isinstance(column.field, BlindIndexField)
        name = column.field.attname
        for row in column.model._base_manager.exclude(**{name: None}).order_by("-pk")[:SAMPLE]:
            stored = row.__dict__[name]
            if not stored:
                continue
            try:
                unseal(bytes(stored), column.field.context(row))
                opened += 1
            except Tampered as error:
                faults.append(f"{column} of {row.pk} does not open: {error}")
                break
    return f"sealed values: {opened} opened", faults


def _uploads() -> tuple[str, list[str]]:
    there = {name for name, _ in files.sealed_files()}
    rows = files.StoredFile.objects.order_by("-pk")
    faults = [
        f"upload {row.pk} is missing" for row in rows.only("sha256").iterator() if row.sha256 not in there
    ]
    opened = 0
    for row in rows[:SAMPLE]:
        try:
            opened += bool(files.content(row))
        except NotFound:
            continue
        except Tampered as error:
            faults.append(f"upload {row.pk} does not open: {error}")
    return f"uploads: {len(there)} files, {opened} opened", faults


if __name__ == "__main__":
    json.dump(look(), sys.stdout)
