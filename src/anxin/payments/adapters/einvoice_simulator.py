"""A tax channel on the loopback: checks signature, sums and titles strictly; issues numbers that mean nothing."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta, timezone
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from anxin.kit import clock, crypto
from anxin.payments.adapters.einvoice import ALGORITHM, SIMULATED_KEY, signature
from anxin.payments.adapters.wechatpay_simulator.checks import is_loopback

PREFIX = "/invoice"
CHINA = timezone(timedelta(hours=8))
SKEW = timedelta(seconds=90)
TABLES = """
CREATE TABLE IF NOT EXISTS paper (
    request_id TEXT PRIMARY KEY, number TEXT NOT NULL UNIQUE, kind TEXT NOT NULL, content TEXT NOT NULL,
    issued_at TEXT NOT NULL, reversed_by TEXT NOT NULL DEFAULT '');
CREATE TABLE IF NOT EXISTS confirmation (
    request_id TEXT PRIMARY KEY, confirmation TEXT NOT NULL UNIQUE, number TEXT NOT NULL, reason TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS nonce (nonce TEXT PRIMARY KEY, at REAL NOT NULL);
CREATE TABLE IF NOT EXISTS fault (id INTEGER PRIMARY KEY, status INTEGER, code TEXT);
"""


class Refused(Exception):
    """The office's no."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(code)
        self.status, self.code, self.message = status, code, message


Does = Callable[[sqlite3.Connection, dict[str, Any], datetime], dict[str, Any]]
Now = Callable[[], datetime]


def _open(folder: Path | None) -> sqlite3.Connection:
    folder = folder or Path(settings.ANXIN_HOME) / "simulators"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    db = sqlite3.connect(folder / "einvoice.sqlite3", timeout=10, isolation_level=None)
    db.row_factory = sqlite3.Row
    db.executescript(TABLES)
    return db


def _asked(does: Does, now: Now, folder: Path | None) -> Callable[[Request], Awaitable[Response]]:
    async def handler(request: Request) -> Response:
        if not (
            request.client and is_loopback(request.client.host) and is_loopback(request.url.hostname or "")
        ):
            return PlainTextResponse("loopback only", 403)
        body, moment, db = await request.body(), now(), _open(folder)
        try:
            db.execute("BEGIN IMMEDIATE")
            _check(db, request, body, moment)
            told = does(db, json.loads(body), moment)
            db.execute("COMMIT")
            return JSONResponse(told)
        except Refused as refused:
            db.execute("COMMIT")
            return JSONResponse({"code": refused.code, "message": refused.message}, refused.status)
        finally:
            db.close()

    return handler


def _check(db: sqlite3.Connection, request: Request, body: bytes, now: datetime) -> None:
    given = request.headers
    date, nonce = given.get("x-hsp-date-time", ""), given.get("x-hsp-nonce", "")
    fault = db.execute("SELECT * FROM fault ORDER BY id LIMIT 1").fetchone()
    if fault:
        db.execute("DELETE FROM fault WHERE id=?", (fault["id"],))
        raise Refused(fault["status"], fault["code"], "模拟的故障")
    expected = signature(
        crypto.key_for("einvoice"), method="POST", path=request.scope["raw_path"].decode(), query="",
        key=SIMULATED_KEY, date=date, nonce=nonce, body=body,
    )  # fmt: skip
    if given.get("x-hsp-access-key") != SIMULATED_KEY or given.get("x-hsp-algorithm") != ALGORITHM:
        raise Refused(401, "INVALID_KEY", "Invalid access key")
    if not crypto.same(expected.encode(), given.get("x-hsp-signature", "").encode()):
        raise Refused(401, "INVALID_SIGNATURE", "Invalid signature")
    if abs(parsedate_to_datetime(date).astimezone(UTC) - now) > SKEW:
        raise Refused(401, "CLOCK_SKEW", "Clock skew exceeded")
    try:
        db.execute("INSERT INTO nonce VALUES (?, ?)", (nonce, now.timestamp()))
    except sqlite3.IntegrityError:
        raise Refused(401, "REPLAYED", "Nonce was used") from None


def _issue(db: sqlite3.Connection, told: dict[str, Any], now: datetime) -> dict[str, Any]:
    there = db.execute("SELECT * FROM paper WHERE request_id=?", (told["request_id"],)).fetchone()
    if there is None:
        _check_sums(told)
        there = _write(db, told["request_id"], "blue", told, now)
    return {"number": there["number"], "issued_at": there["issued_at"]}


def _check_sums(told: dict[str, Any]) -> None:
    """Net + tax = gross, in each line and in all; a company has a tax number, a person has none."""
    lines = told.get("lines") or []
    buyer, seller = told.get("buyer") or {}, told.get("seller") or {}
    if (
        not lines
        or not buyer.get("name")
        or not seller.get("name")
        or len(seller.get("tax_number", "")) != 18
    ):
        raise Refused(422, "INCOMPLETE", "购销方或明细缺失")
    if (buyer.get("person") == "Y") != (not buyer.get("tax_number")):
        raise Refused(422, "TITLE", "单位须有纳税人识别号，个人不填")
    for part in ("net_fen", "tax_fen"):
        if sum(line[part] for line in lines) != told[part]:
            raise Refused(422, "SUM", f"{part} 与明细合计不符")
    if told["net_fen"] + told["tax_fen"] != told["gross_fen"]:
        raise Refused(422, "SUM", "金额加税额不等于价税合计")
    for line in lines:
        exact = line["net_fen"] * line["tax_bp"] / 10000
        if abs(line["tax_fen"] - exact) > 1:
            raise Refused(422, "LINE_TAX", "明细税额误差超过一分")


def _confirm(db: sqlite3.Connection, told: dict[str, Any], now: datetime) -> dict[str, Any]:
    blue = db.execute("SELECT * FROM paper WHERE number=? AND kind='blue'", (told["number"],)).fetchone()
    if blue is None or blue["reversed_by"]:
        raise Refused(409, "NOT_REVERSIBLE", "没有可红冲的发票")
    there = db.execute("SELECT * FROM confirmation WHERE request_id=?", (told["request_id"],)).fetchone()
    if there is None:
        count = db.execute("SELECT count(*) FROM confirmation").fetchone()[0]
        made = f"33{now.astimezone(CHINA):%y%m%d}{count + 1:08d}"
        db.execute(
            "INSERT INTO confirmation VALUES (?,?,?,?)",
            (told["request_id"], made, told["number"], told["reason"]),
        )
        return {"confirmation": made}
    return {"confirmation": there["confirmation"]}


def _issue_red(db: sqlite3.Connection, told: dict[str, Any], now: datetime) -> dict[str, Any]:
    there = db.execute("SELECT * FROM paper WHERE request_id=?", (told["request_id"],)).fetchone()
    if there is None:
        found = db.execute(
            "SELECT * FROM confirmation WHERE confirmation=?", (told["confirmation"],)
        ).fetchone()
        if found is None:
            raise Refused(404, "NO_CONFIRMATION", "没有这份红字确认单")
        there = _write(db, told["request_id"], "red", {"reverses": found["number"]}, now)
        db.execute("UPDATE paper SET reversed_by=? WHERE number=?", (there["number"], found["number"]))
    return {"number": there["number"], "issued_at": there["issued_at"]}


def _write(
    db: sqlite3.Connection, request_id: str, kind: str, content: dict[str, Any], now: datetime
) -> sqlite3.Row:
    count = db.execute("SELECT count(*) FROM paper").fetchone()[0]
    # Year, region, channel 9 (no real channel has it), running number: twenty digits that belong to no taxpayer.
    number = f"{now.astimezone(CHINA):%y}339{count + 1:015d}"
    at = now.astimezone(CHINA).isoformat(timespec="seconds")
    db.execute(
        "INSERT INTO paper (request_id, number, kind, content, issued_at) VALUES (?,?,?,?,?)",
        (request_id, number, kind, json.dumps(content, ensure_ascii=False), at),
    )
    row: sqlite3.Row = db.execute("SELECT * FROM paper WHERE request_id=?", (request_id,)).fetchone()
    return row


def _fault(folder: Path | None) -> Callable[[Request], Awaitable[Response]]:
    """Make the next request fail: {"status": 503, "code": "BUSY"}. For tests."""

    async def handler(request: Request) -> Response:
        if not (request.client and is_loopback(request.client.host)):
            return PlainTextResponse("loopback only", 403)
        told, db = json.loads(await request.body()), _open(folder)
        db.execute("INSERT INTO fault (status, code) VALUES (?, ?)", (int(told["status"]), str(told["code"])))
        db.close()
        return JSONResponse({})

    return handler


def routes_for(now: Now, folder: Path | None = None) -> list[Route]:
    """The office's addresses under the caller's clock."""
    return [
        Route("/v1/invoices", _asked(_issue, now, folder), methods=["POST"]),
        Route("/v1/red-confirmations", _asked(_confirm, now, folder), methods=["POST"]),
        Route("/v1/red-invoices", _asked(_issue_red, now, folder), methods=["POST"]),
        Route("/faults", _fault(folder), methods=["POST"]),
    ]


routes = routes_for(clock.now)
