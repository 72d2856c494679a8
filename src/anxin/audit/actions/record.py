"""Writing entries of the audit trail."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from psycopg.types.json import Jsonb

from anxin.audit.models import Entry
from anxin.kit.actor import Actor


def record(
    action: str,
    *,
    by: Actor,
    at: datetime,
    subject: str,
    subject_id: Any,
    detail: dict[str, Any] | None = None,
) -> None:
    """Write one entry in the present transaction: `by` did `action` ("orders.accept") to the subject.

    `detail` holds ids and plain values, never personal data in the clear.
    """
    Entry.objects.create(
        action=action, at=at, by_person=by.person_id, by_organisation=by.organisation_id, by_post=by.post,
        channel=by.channel, address=by.address, request_id=by.request_id,
        subject=subject, subject_id=str(subject_id), detail=(detail or {}) | _for_whom(by),
    )  # fmt: skip


def _for_whom(by: Actor) -> dict[str, str]:
    """A stand-in's acts say for whom they were done."""
    return {"for": str(by.on_behalf)} if by.on_behalf else {}


# For an action that writes all it has to write in one statement: the entries, if the named CTE has a row.
ENTRIES_SQL = """
  INSERT INTO audit_entry
    (action, at, by_person, by_organisation, by_post, channel, address, request_id, subject, subject_id, detail)
  SELECT e.action, %(at)s, %(by_person)s::uuid, %(by_organisation)s::uuid, %(by_post)s, %(channel)s,
         %(address)s, %(request_id)s, e.subject, e.subject_id, e.detail
  FROM {rows}, jsonb_to_recordset(%(entries)s) AS e(action text, subject text, subject_id text, detail jsonb)
"""


def entries_values(*entries: tuple[str, str, Any, dict[str, Any]], by: Actor, at: datetime) -> dict[str, Any]:
    """The parameters of `ENTRIES_SQL`; each entry is action, subject, subject_id and detail of `record`."""
    rows = [
        {
            "action": action,
            "subject": subject,
            "subject_id": str(subject_id),
            "detail": detail | _for_whom(by),
        }
        for action, subject, subject_id, detail in entries
    ]
    return {
        "at": at, "by_person": by.person_id, "by_organisation": by.organisation_id, "by_post": by.post,
        "channel": by.channel, "address": by.address, "request_id": by.request_id, "entries": Jsonb(rows),
    }  # fmt: skip
