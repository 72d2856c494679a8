"""A stand-in for the provider that compares faces: it knows generated shapes only, one for each identity number.

Sequence 908–909 of the number = the provider is down. It keeps nothing.
"""

from __future__ import annotations

import base64
import json
from uuid import uuid4

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from anxin.kit.signed import Guard
from anxin.safetycode.adapters.face import PATH, secret
from anxin.safetycode.engine import shapes

PREFIX = "/face"
SYNTHETIC = "330199"
DOWN = {"908", "909"}
GUARD = Guard()


async def compare(request: Request) -> JSONResponse:
    body = await request.body()
    request_id = uuid4().hex
    if reason := GUARD.refusal(secret(), request.headers, request.method, request.url.path, body):
        return JSONResponse({"code": reason, "request_id": request_id}, status_code=401)
    told = json.loads(body)
    number = str(told.get("id_number", ""))
    if number[14:17] in DOWN:
        return JSONResponse({"code": "busy", "request_id": request_id}, status_code=503)
    try:
        score: int | None = shapes.alike(base64.b64decode(str(told.get("picture", ""))), number)
    except ValueError:
        score = None
    if score is not None and not number.startswith(SYNTHETIC):
        score = 0
    return JSONResponse({"score": score, "provider": "face-simulator", "request_id": request_id})


routes = [Route(PATH, compare, methods=["POST"])]
