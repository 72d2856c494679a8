"""The one page of files: the bytes behind a signed address."""

from urllib.parse import quote
from uuid import UUID

from django.http import HttpResponse

from anxin.files import queries
from anxin.kit.access import PUBLIC, Request, page
from anxin.kit.crypto import Tampered, read_token
from anxin.kit.errors import NotFound

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
