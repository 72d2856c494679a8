"""The bytes behind a signed address, and uploads that resume."""

import base64
import binascii
from urllib.parse import quote
from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse
from django.utils.http import http_date

from anxin.files import actions, queries
from anxin.files.actions.uploads import MOST_PART, UploadUnknown
from anxin.files.adapters.parts import Partial
from anxin.files.values import KINDS
from anxin.kit import clock
from anxin.kit.access import PUBLIC, SIGNED_IN, Request, page
from anxin.kit.crypto import Tampered, read_token
from anxin.kit.errors import NotFound, Refusal
from anxin.kit.models import uuid_or_none

TUS = "1.0.0"

# Nothing loads, nothing runs, no origin of ours, in no frame: whatever the bytes turn out to be to some browser.
_SANDBOX = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; sandbox"
# As what a page of somebody's making would take a file; pictures, and addresses that are followed, remain.
_EMBEDS = frozenset(
    {"script", "style", "worker", "serviceworker", "sharedworker", "iframe", "frame", "object", "embed"}
)


@page(PUBLIC)
def file(request: Request, token: str) -> HttpResponse:
    """Give out a file to the viewer its address was made for; 404 for everybody else and when it has run out."""
    try:
        claims = read_token("files", token)
    except Tampered as error:
        raise NotFound from error
    if request.headers.get("Sec-Fetch-Dest", "") in _EMBEDS:
        raise NotFound
    if claims["v"] and claims["v"] != str(request.actor.person_id or ""):
        raise NotFound
    row = queries.file(UUID(claims["f"]))
    response = HttpResponse(queries.content(row), content_type=row.content_type)
    how = "inline" if row.is_image else "attachment"
    response["Content-Disposition"] = f"{how}; filename*=UTF-8''{quote(row.name)}"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = _SANDBOX
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    response["Referrer-Policy"] = "no-referrer"
    response["Cache-Control"] = "private, max-age=600"
    return response


# ── uploads that resume: tus 1.0.0 with creation, expiration, checksum, termination ──────────────────
def _speaks(request: Request) -> HttpResponse | None:
    """The answer to somebody who speaks another version of the protocol, None to those who speak ours."""
    version = request.headers.get("Tus-Resumable")
    if version is None:
        return _told(HttpResponse(status=400))
    return None if version == TUS else _told(HttpResponse(status=412))


def _told(response: HttpResponse, partial: Partial | None = None) -> HttpResponse:
    response["Tus-Resumable"] = response["Tus-Version"] = TUS
    response["Cache-Control"] = "no-store"
    if partial:
        response["Upload-Offset"] = str(partial.offset)
        response["Upload-Expires"] = http_date(partial.expires_at)
    return response


def _refused(refusal: Refusal) -> HttpResponse:
    """In one line of text, for a script to show."""
    return _told(HttpResponse(str(refusal), status=refusal.status, content_type="text/plain; charset=utf-8"))


def _number(text: str | None) -> int:
    if text is None or not text.isascii() or not text.isdigit() or len(text) > 15:
        raise UploadUnknown(field="file")
    return int(text)


def _metadata(text: str) -> dict[str, str]:
    """Upload-Metadata: pairs of a name and base64, parted by commas."""
    found = {}
    for pair in filter(None, (one.strip() for one in text[:4000].split(","))):
        name, _, value = pair.partition(" ")
        try:
            found[name] = base64.b64decode(value, validate=True).decode()
        except (binascii.Error, ValueError) as error:
            raise UploadUnknown(field="file") from error
    return found


@page(SIGNED_IN, methods=("OPTIONS", "POST"), replay=False)
def uploads(request: Request) -> HttpResponse:
    """What the protocol can do here (OPTIONS); begin an upload (POST), whose address is in Location."""
    if request.method == "OPTIONS":
        response = _told(HttpResponse(status=204))
        response["Tus-Extension"] = "creation,expiration,checksum,termination"
        response["Tus-Checksum-Algorithm"] = "sha256,sha1"
        response["Tus-Max-Size"] = str(max(rule.max_bytes for rule in KINDS.values()))
        return response
    if other := _speaks(request):
        return other
    try:
        told = _metadata(request.headers.get("Upload-Metadata", ""))
        made = actions.begin(
            kind=told.get("kind", ""),
            name=told.get("filename", ""),
            length=_number(request.headers.get("Upload-Length")),
            by=request.actor,
            at=clock.now(),
        )
    except Refusal as refusal:
        return _refused(refusal)
    response = _told(HttpResponse(status=201), made)
    response["Location"] = reverse("files:upload", args=[made.id])
    return response


@page(SIGNED_IN, methods=("HEAD", "PATCH", "DELETE"), replay=False)
def upload(request: Request, upload_id: str) -> HttpResponse:
    """How far an upload has come (HEAD), its next part (PATCH), or no more of it (DELETE)."""
    if other := _speaks(request):
        return other
    number, at = uuid_or_none(upload_id), clock.now()
    try:
        if number is None:
            raise NotFound
        if request.method == "HEAD":
            found = actions.find(number, by=request.actor, at=at)
            response = _told(HttpResponse(), found)
            response["Upload-Length"] = str(found.length)
            return response
        if request.method == "DELETE":
            actions.give_up(number, by=request.actor, at=at)
            return _told(HttpResponse(status=204))
        if request.content_type != "application/offset+octet-stream":
            return _told(HttpResponse(status=415))
        content = request.read(MOST_PART + 1)
        if len(content) > MOST_PART:
            return _told(HttpResponse(status=413))
        grown = actions.go_on(
            number,
            offset=_number(request.headers.get("Upload-Offset")),
            content=content,
            checksum=request.headers.get("Upload-Checksum", ""),
            by=request.actor,
            at=at,
        )
    except Refusal as refusal:
        return _refused(refusal)
    return _told(HttpResponse(status=204), grown)
