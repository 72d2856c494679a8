"""A text message provider on the loopback: speaks Aliyun's SendSms, checks every signature, shows what arrived.

`POST /sms/` is the provider's address, `GET /sms/` the phones' screens, `/sms/messages` the same as JSON; one phone is
asked for by POST, so that its number stands in no address. `POST /sms/faults` makes it fail like the real one:
{"mode": "down|limit|lost|slow|illegal", "phone": "", "times": 1}.
"""

import asyncio
import hmac
import json
import re
import sqlite3
import time
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from html import escape
from pathlib import Path
from string import Template
from urllib.parse import parse_qs

from django.conf import settings
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from anxin.kit.seeking import SEALED, opened, sealed
from anxin.messaging.adapters.sms import credentials
from anxin.messaging.rules import ALGORITHM, signature
from anxin.messaging.values import SmsTemplate, templates

PREFIX = "/sms"
SKEW = timedelta(minutes=15)
KEEP = 5000
_AUTHORIZATION = re.compile(r"(\S+) Credential=([^,]*),SignedHeaders=([^,]*),Signature=([0-9a-f]{64})$")
_TABLES = """
CREATE TABLE IF NOT EXISTS messages (
    id INTEGER PRIMARY KEY, biz_id TEXT, phone TEXT, sign_name TEXT, template TEXT, text TEXT, params TEXT, at TEXT
);
CREATE INDEX IF NOT EXISTS messages_phone ON messages (phone, id);
CREATE TABLE IF NOT EXISTS nonces (nonce TEXT PRIMARY KEY, at TEXT);
CREATE TABLE IF NOT EXISTS faults (id INTEGER PRIMARY KEY, mode TEXT, phone TEXT, times INTEGER);
"""


class Refused(Exception):
    """The provider's answer of no: HTTP status, code, message."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(code)
        self.status, self.code, self.message = status, code, message


def _open() -> sqlite3.Connection:
    folder = Path(settings.ANXIN_HOME) / "simulators"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    store = sqlite3.connect(folder / "sms.sqlite3", timeout=10, isolation_level=None)
    store.row_factory = sqlite3.Row
    store.execute("PRAGMA journal_mode=WAL")
    store.executescript(_TABLES)
    return store


def _check_signature(request: Request, body: bytes, store: sqlite3.Connection) -> None:
    who = credentials()
    found = _AUTHORIZATION.match(request.headers.get("authorization", ""))
    if found is None or found[1] != ALGORITHM:
        raise Refused(400, "MissingAuthorization", "Authorization is mandatory for this action.")
    if found[2] != who.key:
        raise Refused(404, "InvalidAccessKeyId.NotFound", "Specified access key is not found.")
    named = found[3].split(";")
    headers = {name: request.headers.get(name, "") for name in named}
    expected = signature(
        method=request.method,
        path=request.url.path,
        params=dict(request.query_params),
        headers=headers,
        body=body,
        secret=who.secret,
    )
    needed = {"host", "x-acs-action", "x-acs-date", "x-acs-signature-nonce", "x-acs-version"}
    if not needed <= set(named) or not hmac.compare_digest(expected, found[4]):
        raise Refused(
            400, "SignatureDoesNotMatch", "Specified signature is not matched with our calculation."
        )
    _check_fresh(headers["x-acs-date"], headers["x-acs-signature-nonce"], store)


def _check_fresh(date: str, nonce: str, store: sqlite3.Connection) -> None:
    now = datetime.now(UTC)
    try:
        sent = datetime.strptime(date, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    except ValueError:
        raise Refused(400, "InvalidTimeStamp.Format", "Specified time stamp is not well formatted.") from None
    if abs(now - sent) > SKEW:
        raise Refused(400, "InvalidTimeStamp.Expired", "Specified time stamp or date value is expired.")
    try:
        store.execute("INSERT INTO nonces VALUES (?, ?)", (nonce, now.isoformat()))
    except sqlite3.IntegrityError:
        raise Refused(400, "SignatureNonceUsed", "Specified signature nonce was used already.") from None
    store.execute("DELETE FROM nonces WHERE at < ?", ((now - 2 * SKEW).isoformat(),))


def _checked_message(params: Mapping[str, str]) -> tuple[str, SmsTemplate, dict[str, str]]:
    phone = params.get("PhoneNumbers", "")
    if not re.fullmatch(r"1[3-9]\d{9}", phone):
        raise Refused(200, "isv.MOBILE_NUMBER_ILLEGAL", "手机号码格式错误")
    if params.get("SignName") != credentials().sign_name:
        raise Refused(200, "isv.SMS_SIGNATURE_ILLEGAL", "短信签名不合法")
    found = next((known for known in templates().values() if known.code == params.get("TemplateCode")), None)
    if found is None:
        raise Refused(200, "isv.SMS_TEMPLATE_ILLEGAL", "短信模板不合法")
    try:
        filled = json.loads(params.get("TemplateParam", "{}"))
    except ValueError:
        raise Refused(200, "isv.INVALID_JSON_PARAM", "参数格式错误，请传 JSON") from None
    if found.places - set(filled):
        raise Refused(200, "isv.TEMPLATE_MISSING_PARAMETERS", "模板变量缺少对应参数值")
    return phone, found, {name: str(value) for name, value in filled.items()}


def _fault(phone: str, store: sqlite3.Connection) -> str:
    row = store.execute(
        "SELECT id, mode FROM faults WHERE times > 0 AND phone IN ('', ?) ORDER BY id LIMIT 1", (phone,)
    ).fetchone()
    if row is None:
        return ""
    store.execute("UPDATE faults SET times = times - 1 WHERE id = ?", (row["id"],))
    return str(row["mode"])


def _keep(params: Mapping[str, str], body: bytes, request: Request) -> tuple[str, str]:
    store = _open()
    try:
        _check_signature(request, body, store)
        if request.headers.get("x-acs-action") != "SendSms":
            raise Refused(404, "InvalidAction.NotFound", "Specified api is not found.")
        phone, template, filled = _checked_message(params)
        mode = _fault(phone, store)
        if mode == "limit":
            raise Refused(200, "isv.BUSINESS_LIMIT_CONTROL", "触发分钟级流控")
        if mode == "illegal":
            raise Refused(200, "isv.MOBILE_NUMBER_ILLEGAL", "手机号码格式错误")
        if mode == "down":
            raise Refused(503, "ServiceUnavailable", "The service is unavailable.")
        biz_id = uuid.uuid4().hex[:20]
        store.execute(
            "INSERT INTO messages (biz_id, phone, sign_name, template, text, params, at) VALUES (?, ?, ?, ?, ?, ?, ?)",
            (
                biz_id,
                phone,
                params["SignName"],
                template.name,
                template.fill(filled),
                json.dumps(filled, ensure_ascii=False),
                datetime.now(UTC).isoformat(),
            ),
        )
        store.execute("DELETE FROM messages WHERE id <= (SELECT max(id) FROM messages) - ?", (KEEP,))
        return biz_id, mode
    finally:
        store.close()


async def send(request: Request) -> Response:
    """SendSms: check the signature, then the message, then keep it for the phone's screen."""
    request_id = str(uuid.uuid4()).upper()
    try:
        biz_id, mode = _keep(dict(request.query_params), await request.body(), request)
    except Refused as no:
        answer = {"Code": no.code, "Message": no.message, "RequestId": request_id}
        return JSONResponse(answer, status_code=no.status)
    if mode == "slow":
        await asyncio.sleep(8)
    if mode == "lost":
        # The message went out, the answer did not come back.
        return Response(status_code=502)
    return JSONResponse({"Code": "OK", "Message": "OK", "RequestId": request_id, "BizId": biz_id})


def inbox(phone: str = "", limit: int = 100) -> list[dict[str, str]]:
    """What arrived, newest first, for one phone or all. Tests read codes from here."""
    store = _open()
    try:
        rows = store.execute(
            "SELECT phone, sign_name, template, text, params, at FROM messages WHERE ? IN ('', phone) "
            "ORDER BY id DESC LIMIT ?",
            (phone, limit),
        ).fetchall()
    finally:
        store.close()
    return [dict(row) for row in rows]


async def messages(request: Request) -> Response:
    """The screens as JSON; by POST {"phone": …} one of them."""
    asked = await request.json() if request.method == "POST" else {}
    found = inbox(asked.get("phone", ""))
    return JSONResponse([{**row, "params": json.loads(row["params"])} for row in found])


async def faults(request: Request) -> Response:
    """Fail the next `times` messages (to `phone`, or to anybody) in a given way; mode "none" clears all."""
    asked = await request.json()
    store = _open()
    try:
        if asked.get("mode") == "none":
            store.execute("DELETE FROM faults")
        elif asked.get("mode") in {"down", "limit", "lost", "slow", "illegal"}:
            store.execute(
                "INSERT INTO faults (mode, phone, times) VALUES (?, ?, ?)",
                (asked["mode"], asked.get("phone", ""), int(asked.get("times", 1))),
            )
        else:
            return JSONResponse({"error": "unknown mode"}, status_code=400)
    finally:
        store.close()
    return JSONResponse({"ok": True})


_PAGE = Template((Path(__file__).parent / "sms_screens.html").read_text(encoding="utf-8"))


async def choose(request: Request) -> Response:
    """From now on the screen of one phone: the address carries its number sealed."""
    phone = parse_qs((await request.body()).decode()).get("phone", [""])[0].strip()
    query = f"?{SEALED}={sealed({'phone': phone}, None, time.time())}" if phone else ""
    return RedirectResponse(f"./{query}", status_code=303)


async def screens(request: Request) -> Response:
    """What the phones show, for people in the demo."""
    words = opened(request.query_params.get(SEALED, ""), None, time.time()) or {}
    phone = words.get("phone", "")
    rows = "".join(_article(row) for row in inbox(phone)) or '<p class="none">还没有短信。</p>'
    return HTMLResponse(_PAGE.substitute(phone=escape(phone), rows=rows))


def _article(row: Mapping[str, str]) -> str:
    at = datetime.fromisoformat(row["at"]) + timedelta(hours=8)
    text = re.sub(r"(\d{4,8})", r"<b>\1</b>", escape(row["text"]))
    return (
        f"<article><header><b>{escape(row['phone'])}</b><span>{at:%m-%d %H:%M:%S}</span></header>"
        f"<p>【{escape(row['sign_name'])}】{text}</p></article>"
    )


routes = [
    Route("/", send, methods=["POST"]),
    Route("/", screens, methods=["GET"]),
    Route("/choice", choose, methods=["POST"]),
    Route("/messages", messages, methods=["GET", "POST"]),
    Route("/faults", faults, methods=["POST"]),
]
