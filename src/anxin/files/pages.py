"""The one page of files: the bytes behind a signed address."""

from urllib.parse import quote
from uuid import UUID

from django.http import HttpResponse

from anxin.files import queries
from anxin.kit.access import PUBLIC, Request, page
from anxin.kit.crypto import Tampered, read_token
from anxin.kit.errors import NotFound

_SANDBOX = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
_VIEWER = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'"


@page(PUBLIC)
def file(request: Request, token: str) -> HttpResponse:
    """Give out a file to the viewer its address was made for; 404 for everybody else and when it has run out."""
    try:
        claims = read_token("files", token)
    except Tampered as error:
        raise NotFound from error
    if claims["v"] and claims["v"] != str(request.actor.person_id or ""):
        raise NotFound
    row = queries.file(UUID(claims["f"]))
    response = HttpResponse(queries.content(row), content_type=row.content_type)
    shown = row.is_image or bool(claims["i"])
    how = "inline" if shown else "attachment"
    response["Content-Disposition"] = f"{how}; filename*=UTF-8''{quote(row.name)}"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = _VIEWER if shown and not row.is_image else _SANDBOX
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    response["Referrer-Policy"] = "no-referrer"
    response["Cache-Control"] = "private, max-age=600"
    return response
