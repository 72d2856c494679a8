"""A stand-in for the identity provider: checks the signature as the real one does, and answers by the number.

Synthetic numbers (county code 330199) match whatever the name, but for: sequence 904-907 = mismatch,
sequence 908-909 = the provider is down. Any other number is unknown to it: mismatch.
"""

from __future__ import annotations

import json
from uuid import uuid4

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from anxin.accounts.adapters.identity import PATH, secret
from anxin.kit.signed import Guard

PREFIX = "/identity"
SYNTHETIC = "330199"
MISMATCH = {"904", "905", "906", "907"}
DOWN = {"908", "909"}
GUARD = Guard()


async def two_factor(request: Request) -> JSONResponse:
    body = await request.body()
    request_id = uuid4().hex
    if reason := GUARD.refusal(secret(), request.headers, request.method, request.url.path, body):
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
