"""Codes without a network: the page that checks them in the phone itself, the published keys, the status lists."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import lru_cache

from django.conf import settings
from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from anxin.kit import clock
from anxin.kit.access import PUBLIC, Request, page
from anxin.kit.crypto import published_signer
from anxin.kit.errors import NotFound
from anxin.safetycode import queries
from anxin.safetycode.engine import statuslist
from anxin.safetycode.pages import words
from anxin.safetycode.values import COLOUR_LABELS, COLOUR_MEANINGS, COLOUR_SHAPES, Colour


@page(PUBLIC)
def offline(request: Request) -> HttpResponse:
    """Scan a signed code and have it checked without asking anybody; says how old what it goes by is."""
    context = {
        "lists": len(_lists(_minute(clock.now()))),
        "colours": [
            (str(c), words.CSS[c], COLOUR_SHAPES[c], _(COLOUR_LABELS[c]), _(COLOUR_MEANINGS[c]))
            for c in Colour
        ],
        "refusals": [(outcome, _(title), _(text)) for outcome, title, text in words.OFFLINE_REFUSALS],
    }
    return render(request, "safetycode/offline.html", context)


@page(PUBLIC)
def keys(request: Request) -> HttpResponse:
    """The public keys (JWK set, RFC 8037), with which anybody may check our signed codes."""
    return _published(JsonResponse(queries.key_set(), content_type="application/jwk-set+json"))


@page(PUBLIC)
def status(request: Request, number: int) -> HttpResponse:
    """A status list (statuslist+jwt): a bit is set where a code is not green. Refuses: NotFound."""
    at = clock.now()
    listed = _lists(_minute(at)).get(number)
    if listed is None:
        raise NotFound
    address = settings.ANXIN_ORIGIN + reverse("safetycode:status", args=[number])
    key, signer = published_signer(queries.SIGNED)
    text = statuslist.token(listed, address=address, at=at, keep=queries.KEEP, key=key, signer=signer.sign)
    return _published(HttpResponse(text, content_type=statuslist.MEDIA_TYPE))


def _minute(at: datetime) -> datetime:
    return at.astimezone(UTC).replace(second=0, microsecond=0)


@lru_cache(maxsize=1)
def _lists(minute: datetime) -> dict[int, bytes]:
    """Made at most once a minute and process: a million codes take half a second."""
    return queries.status_lists()


def _published(response: HttpResponse) -> HttpResponse:
    # Readers everywhere may use them: other platforms' scanners too.
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Cache-Control"] = "public, max-age=60"
    return response
