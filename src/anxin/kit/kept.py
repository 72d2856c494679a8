"""A form that came when its sender had been signed out: kept, sealed, until they have signed in again.

To whom a form was shown stands in the form itself, as a keyed hash: it is given back to nobody else.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import HttpRequest

from anxin.kit import handing
from anxin.kit.crypto import hmac_sign, same

FIELD = "shown_to"
NAME = "form"
SLOT = handing.slot(NAME)
# What belongs to the page that is gone: the next has its own.
OF_THE_PAGE = frozenset({"csrfmiddlewaretoken", "idempotency_key", FIELD})
# What proves who somebody is is neither kept nor written into a page, but asked for again.
PROOFS = frozenset({"password", "code", "answer", "passkey", "credential"})
MOST_CHARS = 50_000


@dataclass(frozen=True)
class Kept:
    """Where the form was sent, what it held, and the page that it stood on."""

    action: str
    fields: list[tuple[str, str]]
    back: str


def mark_of(person_id: UUID) -> str:
    """What a form says of the person whom it is shown to."""
    return hmac_sign("form.shown_to", person_id.bytes).hex()[:32]


def shown_to(fields: Any, person_id: UUID | None) -> bool:
    """Whether a form was shown to this person."""
    mark = str(fields.get(FIELD, ""))
    return person_id is not None and bool(mark) and same(mark.encode(), mark_of(person_id).encode())


def fields_of(request: HttpRequest) -> list[tuple[str, str]]:
    """What a form held; nothing if it brought a file, which cannot be carried, or too much."""
    fields = [(name, one) for name, values in request.POST.lists() if _stays(name) for one in values]
    return [] if request.FILES or sum(len(one) for _name, one in fields) > MOST_CHARS else fields


def _stays(name: str) -> bool:
    return name not in OF_THE_PAGE and name.removeprefix("step_up_") not in PROOFS


def keep(request: HttpRequest, back: str, now: float) -> bool:
    """Keep the form that came. False if there is nothing to keep, or it does not say whose it is."""
    fields = fields_of(request) if request.method == "POST" else []
    if not fields or FIELD not in request.POST:
        return False
    body = {"action": request.get_full_path(), "fields": fields, "back": back, FIELD: request.POST[FIELD]}
    handing.hand(request.session, NAME, body, now)
    return True


def kept_for(request: HttpRequest, person_id: UUID | None, now: float) -> Kept | None:
    """The form that was kept for this person; what was kept for somebody else is dropped."""
    body = handing.handed(request.session, NAME, now)
    if not shown_to(body, person_id):
        handing.drop(request.session, NAME)
        return None
    return Kept(body["action"], [(name, one) for name, one in body["fields"]], body["back"])
