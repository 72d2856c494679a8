"""Writing entries of the audit trail."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from psycopg.types.json import Jsonb

from anxin.audit import rules
from anxin.audit.values import MARK
from anxin.kit import prepared
from anxin.kit.actor import Actor
from anxin.kit.crypto import signer

# Every action writes an entry or more: planned once, it takes a third of the time.
ENTRY = """
  INSERT INTO audit_entry
    (action, at, by_person, by_organisation, by_post, channel, address, request_id, subject, subject_id, detail,
     mark)
  VALUES (%(action)s, %(at)s, %(by_person)s, %(by_organisation)s, %(by_post)s, %(channel)s, %(address)s,
          %(request_id)s, %(subject)s, %(subject_id)s, %(detail)s, %(mark)s)
  RETURNING 1
"""


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
    values = _values(action, subject, str(subject_id), detail or {}, by=by, at=at)
    more = {"at": at, "detail": Jsonb(values["detail"]), "mark": mark_of(values, signer(MARK))}
    prepared.fetch(ENTRY, values | more)


def mark_of(row: dict[str, Any], sign: Callable[[bytes], bytes]) -> str:
    """The mark of an entry: a keyed hash, 16 bytes in hex. sign: for the purpose `MARK`."""
    return sign(rules.marked(row)).hex()[:32]


def _values(
    action: str, subject: str, subject_id: str, detail: dict[str, Any], *, by: Actor, at: datetime
) -> dict[str, Any]:
    return {
        "action": action, "at": at.astimezone(UTC).isoformat(), "by_person": by.person_id,
        "by_organisation": by.organisation_id, "by_post": by.post, "channel": by.channel, "address": by.address,
        "request_id": by.request_id, "subject": subject, "subject_id": subject_id,
        "detail": detail | _for_whom(by),
    }  # fmt: skip


def _for_whom(by: Actor) -> dict[str, str]:
    """A stand-in's acts say for whom they were done."""
    return {"for": str(by.on_behalf)} if by.on_behalf else {}


# For an action that writes all it has to write in one statement: the entries, if the named CTE has a row.
ENTRIES_SQL = """
  INSERT INTO audit_entry
    (action, at, by_person, by_organisation, by_post, channel, address, request_id, subject, subject_id, detail,
     mark)
  SELECT e.action, %(at)s, %(by_person)s::uuid, %(by_organisation)s::uuid, %(by_post)s, %(channel)s,
         %(address)s, %(request_id)s, e.subject, e.subject_id, e.detail, e.mark
  FROM {rows}, jsonb_to_recordset(%(entries)s) AS e(action text, subject text, subject_id text, detail jsonb,
    mark text)
"""


def entries_values(*entries: tuple[str, str, Any, dict[str, Any]], by: Actor, at: datetime) -> dict[str, Any]:
    """The parameters of `ENTRIES_SQL`; each entry is action, subject, subject_id and detail of `record`."""
    sign = signer(MARK)
    rows = [
        {"action": action, "subject": subject, "subject_id": str(subject_id), "detail": detail | _for_whom(by),
         "mark": mark_of(_values(action, subject, str(subject_id), detail, by=by, at=at), sign)}
        for action, subject, subject_id, detail in entries
    ]  # fmt: skip
    return {
        "at": at, "by_person": by.person_id, "by_organisation": by.organisation_id, "by_post": by.post,
        "channel": by.channel, "address": by.address, "request_id": by.request_id, "entries": Jsonb(rows),
    }  # fmt: skip
