"""What is typed into a search of a desk: a name, a phone, a number. It is posted, and stands in no address.

The address of the list carries it sealed, for the one who typed it and for as long as a day's work: logs, the
browser's history and the Referer hold nothing that others could read. Choices that name nobody stay readable.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.http import QueryDict

from anxin.kit.crypto import Tampered, seal, unseal

# The parameter that carries it.
SEALED = "s"
# A field of this name is sealed; any other goes into the address as it is.
TYPED = "typed-"
TTL = 12 * 3600
LONGEST = 100
# What a form sends beside the filters; a new search starts on the first page.
_ASIDE = {"csrfmiddlewaretoken", "list", "page", "before", SEALED}


def sealed(words: Mapping[str, str], person: UUID | None, now: float) -> str:
    """The words for an address; only `person` opens them, for TTL seconds."""
    body = json.dumps({"words": dict(words), "until": int(now) + TTL}, ensure_ascii=False)
    return base64.urlsafe_b64encode(seal(body.encode(), _context(person))).rstrip(b"=").decode()


def opened(text: str, person: UUID | None, now: float) -> dict[str, str] | None:
    """The words that sealed() put away; None if they have lapsed, were changed or are somebody else's."""
    try:
        body = base64.urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4))
        found: dict[str, Any] = json.loads(unseal(body, _context(person)))
    except (ValueError, Tampered):
        return None
    return found["words"] if found["until"] > now else None


def query_of(sent: QueryDict, person: UUID | None, now: float) -> str:
    """The query by which a list shows what its posted filters ask for."""
    query, words = QueryDict(mutable=True), {}
    for name, values in sent.lists():
        if name.startswith(TYPED):
            if typed := str(values[-1]).replace("\0", "").strip()[:LONGEST]:
                words[name.removeprefix(TYPED)] = typed
        elif name not in _ASIDE:
            query.setlist(name, [value for value in values if value])
    if words:
        query[SEALED] = sealed(words, person, now)
    return query.urlencode()


def _context(person: UUID | None) -> str:
    return f"seeking.words:{person}"
