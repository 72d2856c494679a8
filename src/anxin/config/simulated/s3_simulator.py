"""An object store that speaks as much of the S3 protocol as a backup needs, and checks every signature.

Buckets are folders below the home of the simulators. Access key "simulator", secret "simulator-secret".
"""

from __future__ import annotations

import hashlib
import re
import secrets
import shutil
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote
from xml.sax.saxutils import escape

from django.conf import settings
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Route

from anxin.config.recovery.s3 import signed_headers
from anxin.kit import clock
from anxin.kit.crypto import same

PREFIX = "/s3"
KEY, SECRET, REGION = "simulator", "simulator-secret", "us-east-1"
PAGE = 1000


async def bucket(request: Request) -> Response:
    """List objects, version 2, a page at a time."""
    if (refused := await _refusal(request)) is not None:
        return refused
    query = request.query_params
    root = _root(request)
    found = sorted(path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file())
    after = query.get("continuation-token", "")
    found = [name for name in found if name.startswith(query.get("prefix", "")) and name > after]
    page = found[:PAGE]
    more = f"<NextContinuationToken>{escape(page[-1])}</NextContinuationToken>" if len(found) > PAGE else ""
    keys = "".join(f"<Contents><Key>{escape(name)}</Key></Contents>" for name in page)
    space = "http://s3.amazonaws.com/doc/2006-03-01/"
    return _xml(f'<ListBucketResult xmlns="{space}">{keys}{more}</ListBucketResult>')


async def thing(request: Request) -> Response:
    """Put, get, delete, and uploads in parts."""
    if (refused := await _refusal(request)) is not None:
        return refused
    content, query = await request.body(), request.query_params
    path = _root(request) / request.path_params["name"]
    if ".." in path.parts:
        return _error(400, "InvalidArgument")
    upload = re.fullmatch(r"[0-9a-f]{32}", query.get("uploadId", ""))
    return await run_in_threadpool(_answer, request.method, path, dict(query), content, upload and upload[0])


def _answer(method: str, path: Path, query: dict[str, str], content: bytes, upload: str | None) -> Response:
    parts = _home() / "uploads" / (upload or secrets.token_hex(16))
    if method == "POST" and "uploads" in query:
        parts.mkdir(parents=True)
        return _xml(
            f"<InitiateMultipartUploadResult><UploadId>{parts.name}</UploadId></InitiateMultipartUploadResult>"
        )
    if upload and not parts.is_dir():
        return _error(404, "NoSuchUpload")
    if method == "PUT":
        file = parts / f"{int(query['partNumber']):05}" if upload else path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
        return Response(headers={"ETag": f'"{hashlib.sha256(content).hexdigest()[:32]}"'})
    if method == "POST":
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as out:
            for file in sorted(parts.iterdir()):
                out.write(file.read_bytes())
        shutil.rmtree(parts)
        return _xml("<CompleteMultipartUploadResult/>")
    if method == "DELETE":
        shutil.rmtree(parts, ignore_errors=True) if upload else path.unlink(missing_ok=True)
        return Response(status_code=204)
    return FileResponse(path) if path.is_file() else _error(404, "NoSuchKey")


async def _refusal(request: Request) -> Response | None:
    """Whether the request is signed with our secret, a little while ago, for these very bytes."""
    given = request.headers
    try:
        at = datetime.strptime(given["x-amz-date"], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    except (KeyError, ValueError):
        return _error(403, "AccessDenied")
    payload = given.get("x-amz-content-sha256", "")
    query = "&".join(
        f"{quote(k, safe='')}={quote(v, safe='')}" for k, v in request.query_params.multi_items()
    )
    url = f"http://{given['host']}{quote(request.url.path)}" + (f"?{query}" if query else "")
    wanted = signed_headers(request.method, url, {}, payload, at, region=REGION, key=KEY, secret=SECRET)
    if abs((clock.now() - at).total_seconds()) > 900:
        return _error(403, "RequestTimeTooSkewed")
    if not same(wanted["authorization"].encode(), given.get("authorization", "").encode()):
        return _error(403, "SignatureDoesNotMatch")
    if hashlib.sha256(await request.body()).hexdigest() != payload:
        return _error(400, "XAmzContentSHA256Mismatch")
    return None


def _home() -> Path:
    return Path(settings.ANXIN_HOME) / "simulators" / "s3"


def _root(request: Request) -> Path:
    return _home() / "buckets" / str(request.path_params["bucket"])


def _xml(text: str) -> Response:
    return Response(f'<?xml version="1.0" encoding="UTF-8"?>{text}', media_type="application/xml")


def _error(status: int, code: str) -> Response:
    return Response(f"<Error><Code>{code}</Code></Error>", status, media_type="application/xml")


routes = [
    Route("/{bucket:str}", bucket, methods=["GET"]),
    Route("/{bucket:str}/{name:path}", thing, methods=["GET", "PUT", "POST", "DELETE"]),
]
