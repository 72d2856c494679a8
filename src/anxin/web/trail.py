"""The audit trail walked and told in words, for the page and for programs."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from anxin.accounts import public as accounts
from anxin.accounts.values import POSTS
from anxin.audit import public as audit
from anxin.contracts import public as contracts
from anxin.kit.actor import SYSTEM, Actor
from anxin.kit.errors import Conflict
from anxin.kit.masks import mask_name
from anxin.kit.models import uuid_or_none
from anxin.orders import public as orders
from anxin.web.audit_words import ACTIONS, CHANNELS, SUBJECTS

NOBODY = UUID(int=0)


class ArchiveTouched(Conflict):
    code = "archive_touched"
    message = _lazy("归档文件 %(names)s 与封存不符，没有导出。请立即核验并查明原因。")


def walk(
    actor: Actor, wanted: audit.Wanted, before: str, most: int
) -> tuple[list[audit.Entry], str, audit.Archived]:
    """A page of at most `most` entries of the table, where to go on, and of the archives once the table is read out.

    before: the id of an entry, or for the archives "archive-id".
    """
    number, in_archives, below = before.partition("-")
    rows: list[audit.Entry] = []
    if not in_archives:
        rows = list(audit.trail(actor, wanted, before=_id(number))[: most + 1])
    if len(rows) > most:
        return rows[:most], str(rows[most - 1].pk), audit.Archived()
    after = audit.Place(_id(number) or 0, _id(below) or 0) if in_archives else None
    old = audit.archived(actor, wanted, most=most - len(rows), after=after)
    return rows, f"{old.onward.archive}-{old.onward.below}" if old.onward else "", old


def _id(text: str) -> int | None:
    """A number of the address, as far as the database has such numbers."""
    return int(text) if text.isdecimal() and len(text) < 19 else None


def person_of(text: str) -> UUID | None:
    """The person of a phone number or an id; nobody at all if there is none, rather than everybody."""
    if not text:
        return None
    known = uuid_or_none(text)
    found = None if known else accounts.person_by_phone(text)
    return known or (found.pk if found else NOBODY)


def subject_of(text: str) -> tuple[str, str]:
    """Kind and id of what a person names by the number printed on it."""
    if text[:1].upper() == "O" and (order := orders.by_number(text.upper(), SYSTEM)):
        return "order", str(order.pk)
    if text[:1].upper() == "C" and (contract := contracts.by_number(text.upper(), SYSTEM)):
        return "contract", str(contract.pk)
    return "", text


def told(rows: Iterable[audit.Entry], archived: Iterable[audit.Entry]) -> list[dict[str, Any]]:
    """Entries in words, each with its seal; names are masked, for the trail is about posts and acts."""
    old = list(archived)
    kept_apart = {row.pk for row in old}
    entries = [*rows, *old]
    seals = audit.seals_of(entries)
    people = accounts.people({row.by_person for row in entries if row.by_person})
    firms = accounts.organisations({row.by_organisation for row in entries if row.by_organisation})
    return [
        {
            "row": row,
            "did": _(ACTIONS.get(row.action, row.action)),
            "subject": _(SUBJECTS.get(row.subject, row.subject)),
            "who": _who(row, people),
            "post": _(POSTS[row.by_post].label) if row.by_post in POSTS else row.by_post,
            "firm": firms[row.by_organisation].name if row.by_organisation in firms else "",
            "channel": _(CHANNELS.get(row.channel, row.channel)),
            "seal": seals.get(row.pk),
            "archived": row.pk in kept_apart,
            "detail": sorted(row.detail.items()),
        }
        for row in entries
    ]


def _who(row: audit.Entry, people: dict[UUID, Any]) -> str:
    if row.by_person is None:
        return str(_("系统")) if row.channel == "system" else str(_("未登录"))
    return mask_name(people[row.by_person].name) if row.by_person in people else str(row.by_person)
