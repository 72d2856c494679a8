"""A stand-in for the identity provider: checks the signature as the real one does, and answers by the number.

Synthetic numbers (county code 330199) match whatever the name, but for: sequence 904-907 = mismatch,
sequence 908-909 = the provider is down. Any other number is unknown to it: mismatch.
"""

from __future__ import annotations

import hmac
import json
import time
from collections import OrderedDict
from uuid import uuid4

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from anxin.accounts.adapters.identity import PATH, secret, signature

PREFIX = "/identity"
SYNTHETIC = "330199"
MISMATCH = {"904", "905", "906", "907"}
DOWN = {"908", "909"}
# The demo and the tests move their clock by years; a real provider would allow five minutes.
MAX_AGE_SECONDS = 20 * 365 * 86_400
NONCES: OrderedDict[str, None] = OrderedDict()
NONCES_KEPT = 10_000


def _refused(request: Request, body: bytes) -> str | None:
    sent = request.headers
    nonce, timestamp = sent.get("x-hsp-nonce", ""), sent.get("x-hsp-timestamp", "")
    expected = signature(secret(), request.method, request.url.path, timestamp, nonce, body)
    if not hmac.compare_digest(expected, sent.get("x-hsp-signature", "")):
        return "signature"
    if not timestamp.isdigit() or abs(time.time() - int(timestamp)) > MAX_AGE_SECONDS:
        return "timestamp"
    if nonce in NONCES:
        return "replay"
    NONCES[nonce] = None
    if len(NONCES) > NONCES_KEPT:
        NONCES.popitem(last=False)
    return None


async def two_factor(request: Request) -> JSONResponse:
    body = await request.body()
    request_id = uuid4().hex
    if reason := _refused(request, body):
        return JSONResponse({"code": reason, "message": "refused", "request_id": request_id}, status_code=401)
    number = str(json.loads(body).get("id_number", ""))
    if number[14:17] in DOWN:
        return JSONResponse(
            {"code": "busy", "message": "try later", "request_id": request_id}, status_code=503
        )
    match = number.startswith(SYNTHETIC) and number[14:17] not in MISMATCH
    return JSONResponse(
        {
            "result": "match" if match else "mismatch",
            "provider": "identity-simulator",
            "request_id": request_id,
        }
    )


routes = [Route(PATH, two_factor, methods=["POST"])]
