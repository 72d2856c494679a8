"""How often somebody may ask, held by all processes together: by address, by person, by kind of request."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpResponseBase

from anxin.audit.public import take
from anxin.audit.values import Traffic
from anxin.kit import clock
from anxin.kit.access import UNSAFE, Request, refuse
from anxin.kit.errors import TooFast
from anxin.kit.network import inside, network_of

# What somebody could try out: codes, passwords, names and numbers, second factors.
ENTRIES = (
    "/sign-in/", "/step-up/", "/me/password/", "/me/phone/", "/me/real-name/", "/me/security/",
    "/api/v1/sign-in/", "/api/v1/me/codes", "/api/v1/me/password", "/api/v1/me/real-name",
    "/api/v1/me/proof", "/api/v1/me/factors",
)  # fmt: skip
UPLOADS = ("/uploads/",)
# Posted so that what is typed stands in no address; it only asks for a list.
SEARCHES = ("/search/", "/api/v1/workers/search")
# What the supervisor, a proxy and the monitoring ask.
UNCOUNTED = frozenset({"/health/", "/ready/", "/metrics"})


def traffic_of(method: str, path: str, *, exporting: bool = False) -> Traffic:
    """The kind of a request."""
    if path.startswith(UPLOADS):
        return Traffic.UPLOAD
    if method in UNSAFE and path not in SEARCHES:
        return Traffic.ENTRY if path.startswith(ENTRIES) else Traffic.WRITE
    return Traffic.EXPORT if exporting else Traffic.READ


class Limits:
    """Refuse with 429 and the seconds to wait what comes too often. Costs one statement, or none."""

    def __init__(self, get_response: Callable[[Any], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: Request) -> HttpResponseBase:
        if settings.ANXIN_LIMITS and (wait := self._wait(request)):
            return refuse(request, TooFast(retry_after=wait, seconds=wait))
        return self.get_response(request)

    def _wait(self, request: Request) -> int:
        address = request.META.get("REMOTE_ADDR", "")
        if request.path_info in UNCOUNTED or inside(address, settings.ANXIN_LIMIT_EXEMPT):
            return 0
        who = [("address", network_of(address))]
        if request.actor.person_id:
            who.append(("person", str(request.actor.person_id)))
        traffic = traffic_of(request.method or "GET", request.path_info, exporting="format" in request.GET)
        return take(traffic, who, at=clock.now())
