"""What the phone keeps for a time without a network: the files every page needs, and a page that says so."""

from __future__ import annotations

import hashlib
import json
from datetime import datetime, timedelta

from django.contrib.staticfiles.storage import staticfiles_storage
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from anxin.kit import clock
from anxin.kit.access import PUBLIC, Request, page

FILES = (
    "css/app.css", "js/app.js", "django_htmx/htmx-2.min.js", "icons/sprite.svg", "web/icon.svg",
    "web/manifest.webmanifest", "js/scan.js", "js/check.js", "js/qr-worker.js",
)  # fmt: skip
EARLY, LATE = timedelta(hours=12), timedelta(hours=4)


@page(PUBLIC)
def service_worker(_request: Request) -> HttpResponse:
    """The script between pages and network; it lies at the root because only there it may stand before every page."""
    files = [staticfiles_storage.url(name) for name in FILES]
    script = staticfiles_storage.url("js/sw.js")
    shell = {
        "version": hashlib.sha256("\n".join([script, *files]).encode()).hexdigest()[:16],
        "files": files,
        "offline": reverse("web:offline"),
        "pages": [reverse("web:offline"), reverse("safetycode:offline")],
        "leave": reverse("accounts:sign_out"),
    }
    body = f"self.SHELL = {json.dumps(shell)};\nimportScripts({json.dumps(script)});\n"
    return HttpResponse(body, content_type="text/javascript", headers={"Cache-Control": "no-cache"})


@page(PUBLIC)
def offline(request: Request) -> HttpResponse:
    """Shown while there is no network, with the cards of today's visits that the phone has kept."""
    return render(request, "web/offline.html")


def keep_until(starts_at: datetime, ends_at: datetime, at: datetime) -> str:
    """Until when (seconds since the epoch) a phone may keep the card of a visit; "" if it may not at `at`.

    From the day of the visit, at the earliest 12 hours before it, to the end of that day; a visit into the night keeps
    its card four hours beyond its end.
    """
    midnight = clock.local(starts_at).replace(hour=0, minute=0, second=0, microsecond=0)
    first = min(midnight, starts_at - EARLY)
    last = max(midnight + timedelta(days=1), ends_at + LATE)
    return str(int(last.timestamp())) if first <= at < last else ""
