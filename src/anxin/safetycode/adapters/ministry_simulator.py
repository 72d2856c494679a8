"""A stand-in for the Ministry's platform: checks signatures as the real one does, and answers by the number.

Synthetic identity numbers (county code 330199) have a record in force, but by the last digit of the sequence for
sequences 800–899: 0 = none, 1 = under review, 2 = frozen, 3 = ended, 4 = run out, 5 = at another agency, 9 = the
platform is down. Any other number has no record.
"""

from __future__ import annotations

import json
from datetime import timedelta
from hashlib import sha256
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from anxin.kit.clock import local_date, now
from anxin.kit.signed import Guard
from anxin.safetycode.adapters.ministry import PATH, secret
from anxin.safetycode.values.care import MinistryState

PREFIX = "/ministry"
SYNTHETIC = "330199"
STATES = {
    "0": MinistryState.NONE, "1": MinistryState.REVIEWING, "2": MinistryState.FROZEN, "3": MinistryState.ENDED,
}  # fmt: skip
OVER, ELSEWHERE, DOWN = "4", "5", "9"
ANOTHER_AGENCY = "91330199MATE9999X"
GUARD = Guard()


async def query(request: Request) -> JSONResponse:
    body = await request.body()
    if reason := GUARD.refusal(secret(), request.headers, "POST", request.url.path, body):
        return JSONResponse({"code": reason}, status_code=401)
    persons = json.loads(body)["persons"]
    if any(_digit(str(one["id_number"])) == DOWN for one in persons):
        return JSONResponse({"code": "busy"}, status_code=503)
    return JSONResponse({"records": [_record(one) for one in persons]})


def _digit(id_number: str) -> str:
    """The digit that means something; "" where none does."""
    return id_number[16] if id_number[14:15] == "8" and id_number.startswith(SYNTHETIC) else ""


def _record(one: dict[str, Any]) -> dict[str, Any]:
    id_number = str(one["id_number"])
    digit = _digit(id_number)
    state = STATES.get(digit, MinistryState.IN_FORCE)
    if not id_number.startswith(SYNTHETIC):
        state = MinistryState.NONE
    if state is MinistryState.NONE:
        return {"ref": one["ref"], "state": state}
    until = local_date(now()) + timedelta(days=-1 if digit == OVER else 400)
    return {
        "ref": one["ref"], "state": state, "number": "JZ" + sha256(id_number.encode()).hexdigest()[:12].upper(),
        "agency_uscc": ANOTHER_AGENCY if digit == ELSEWHERE else "", "valid_to": until.isoformat(),
    }  # fmt: skip


routes = [Route(PATH, query, methods=["POST"])]
