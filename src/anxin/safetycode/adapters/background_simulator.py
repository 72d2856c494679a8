"""A stand-in for the authority: checks signatures and repetition as the real one does, and answers by the number.

Synthetic identity numbers (county code 330199) pass, but for: sequence 904–905 = fail, 906 = unverifiable, 907 = told
later (at the second look), 908–909 = the authority is down. It keeps what it decided by the number of the question, and
who was asked about not at all. A failure comes with a category that the house must not keep.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path

from django.conf import settings
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from anxin.kit.clock import local_date, now
from anxin.kit.signed import Guard
from anxin.safetycode.adapters.background import PATH, secret
from anxin.safetycode.engine import exchange
from anxin.safetycode.values.checks import CheckAnswer, CheckResult

PREFIX = "/background"
SYNTHETIC = "330199"
FAIL, UNVERIFIABLE, LATER, DOWN = {"904", "905"}, {"906"}, {"907"}, {"908", "909"}
# What lies behind a failure stays with the authority: were it ever found in the house, tests would find this.
CATEGORY = "模拟案由甲乙丙"
GUARD = Guard()
TABLES = """
CREATE TABLE IF NOT EXISTS asked (
    number TEXT PRIMARY KEY, result TEXT NOT NULL, later INTEGER NOT NULL, serial INTEGER NOT NULL, day TEXT NOT NULL);
"""


@contextmanager
def _book() -> Iterator[sqlite3.Connection]:
    folder = Path(settings.ANXIN_HOME) / "simulators"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    db = sqlite3.connect(folder / "background.sqlite3", timeout=10, isolation_level=None)
    db.row_factory = sqlite3.Row
    db.executescript(TABLES)
    try:
        yield db
    finally:
        db.close()


def result_of(id_number: str) -> CheckResult:
    """What the authority finds of an identity number."""
    if not id_number.startswith(SYNTHETIC) or id_number[14:17] in UNVERIFIABLE:
        return CheckResult.UNVERIFIABLE
    return CheckResult.FAIL if id_number[14:17] in FAIL else CheckResult.PASS


def _told(row: sqlite3.Row) -> JSONResponse:
    if row["later"] > 0:
        return JSONResponse({"result": "pending", "number": row["number"]}, status_code=202)
    answer = _answer(CheckResult(row["result"]), row["serial"], date.fromisoformat(row["day"]))
    told = {
        "number": row["number"], "result": str(answer.result), "checked_on": answer.checked_on.isoformat(),
        "authority": answer.authority, "reference_no": answer.reference_no,
        "valid_until": answer.valid_until.isoformat() if answer.valid_until else None,
    }  # fmt: skip
    return JSONResponse(told | ({"category": CATEGORY} if answer.result is CheckResult.FAIL else {}))


def _answer(result: CheckResult, serial: int, day: date) -> CheckAnswer:
    until = day + timedelta(days=364) if result is CheckResult.PASS else None
    return CheckAnswer(result, day, "SIMULATED", f"SIM-{day:%Y%m%d}{serial:06d}", until)


def _refused(request: Request, body: bytes) -> Response | None:
    reason = GUARD.refusal(secret(), request.headers, request.method, request.url.path, body)
    return JSONResponse({"code": reason}, status_code=401) if reason else None


async def ask(request: Request) -> Response:
    body = await request.body()
    if refused := _refused(request, body):
        return refused
    told = json.loads(body)
    number, card = str(told.get("number", "")), str(told.get("id_number", ""))
    if card[14:17] in DOWN:
        return JSONResponse({"code": "busy"}, status_code=503)
    with _book() as db:
        serial = db.execute("SELECT count(*) FROM asked").fetchone()[0] + 1
        db.execute(
            "INSERT INTO asked VALUES (?,?,?,?,?) ON CONFLICT DO NOTHING",
            (
                number,
                str(result_of(card)),
                2 if card[14:17] in LATER else 0,
                serial,
                f"{local_date(now()):%Y-%m-%d}",
            ),
        )
        return _told(db.execute("SELECT * FROM asked WHERE number = ?", (number,)).fetchone())


async def look(request: Request) -> Response:
    if refused := _refused(request, await request.body()):
        return refused
    with _book() as db:
        number = request.path_params["number"]
        db.execute("UPDATE asked SET later = max(later - 1, 0) WHERE number = ?", (number,))
        row = db.execute("SELECT * FROM asked WHERE number = ?", (number,)).fetchone()
        return _told(row) if row else JSONResponse({"code": "unknown"}, status_code=404)


async def answer_file(request: Request) -> Response:
    """A request file comes in, the answer file goes out: as if both had been carried on a disk."""
    try:
        batch, rows = exchange.read_requests(await request.body(), secret())
    except exchange.FileBroken as broken:
        return JSONResponse({"code": str(broken.why)}, status_code=422)
    day = local_date(now())
    answers = [
        (number, _answer(result_of(card), serial, day))
        for serial, (number, _name, card) in enumerate(rows, 1)
    ]
    content = exchange.write_answers(batch, day, answers, secret())
    return Response(content, media_type="text/plain; charset=utf-8")


routes = [
    Route(PATH, ask, methods=["POST"]),
    Route(f"{PATH}/{{number}}", look, methods=["GET"]),
    Route("/v1/files", answer_file, methods=["POST"]),
]
