"""The simulated channel pays a person: who they are, the transfer that waits for their tap, and how it ends."""

from __future__ import annotations

import hashlib
import json
import secrets
import sqlite3
from collections.abc import Callable, Mapping
from html import escape
from typing import Any
from urllib.parse import parse_qsl, urlencode

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from ..wechatpay.keys import Platform
from . import phone, words
from .checks import Refused, is_loopback
from .notices import Notices
from .state import Store

CODE_SECONDS = 300
CONFIRM_SECONDS = 86400
WAITS = "WAIT_USER_CONFIRM"
STATES = {WAITS: "待收款", "SUCCESS": "已收款", "FAIL": "转账已关闭"}


class Transfers:
    """Transfers and the codes by which people say who they are."""

    def __init__(
        self, store: Store, platform: Platform, notices: Notices, *, now: Callable[[], float]
    ) -> None:
        self._store, self._platform, self._notices, self._now = store, platform, notices, now

    def code(self) -> str:
        """The person has agreed to say who they are: a code, good once and for five minutes."""
        made = secrets.token_urlsafe(16)
        with self._store.write() as db:
            db.execute("INSERT INTO login VALUES (?,?,?)", (made, "oSimulated", self._now()))
        return made

    def access_token(self, asked: Mapping[str, str]) -> dict[str, Any]:
        """The answer for a code, in the words of the real one."""
        merchant = self._platform.merchant
        if (asked.get("appid"), asked.get("secret")) != (merchant.appid, merchant.app_secret):
            return {"errcode": 40125, "errmsg": "invalid appsecret"}
        with self._store.write() as db:
            row = db.execute("SELECT * FROM login WHERE code=?", (asked.get("code", ""),)).fetchone()
            db.execute("DELETE FROM login WHERE code=?", (asked.get("code", ""),))
        if row is None or self._now() - row["made_at"] > CODE_SECONDS:
            return {"errcode": 40029, "errmsg": "invalid code"}
        return {
            "access_token": secrets.token_urlsafe(24), "expires_in": 7200, "refresh_token": secrets.token_urlsafe(24),
            "openid": row["openid"], "scope": "snsapi_base",
        }  # fmt: skip

    def create(self, told: Mapping[str, Any]) -> dict[str, Any]:
        """Take a transfer; the same number with the same content tells the same one."""
        try:
            number, amount, scene = (
                str(told["out_bill_no"]),
                told["transfer_amount"],
                told["transfer_scene_id"],
            )
            openid, remark = str(told["openid"]), str(told["transfer_remark"])
            infos = [(one["info_type"], one["info_content"]) for one in told["transfer_scene_report_infos"]]
        except (KeyError, TypeError):
            raise Refused(400, "PARAM_ERROR", "参数错误") from None
        if told.get("appid") != self._platform.merchant.appid or not (number.isalnum() and len(number) <= 32):
            raise Refused(400, "PARAM_ERROR", "appid 或商户单号有误")
        if not isinstance(amount, int) or amount < 10 or not openid or not 0 < len(remark) <= 32:
            raise Refused(400, "PARAM_ERROR", "金额、收款人或备注有误")
        if scene == "1011" and [name for name, _text in infos] != ["赔付原因"]:
            raise Refused(400, "PARAM_ERROR", "转账场景报备信息有误")
        digest = hashlib.sha256(json.dumps(dict(told), sort_keys=True).encode()).hexdigest()
        with self._store.write() as db:
            row = _row(db, number)
            if row is None:
                db.execute(
                    "INSERT INTO transfer VALUES (?,?,?,?,?,?,?,?,?,'')",
                    (number, words.number("133", self._now()), digest, openid, amount, remark,
                     str(told.get("notify_url", "")), self._now(), WAITS),
                )  # fmt: skip
                row = _row(db, number)
            elif row["digest"] != digest:
                raise Refused(400, "INVALID_REQUEST", "商户单号已被使用，且内容不一致")
        assert row is not None
        answer = self._told(row)
        return answer | ({"package_info": f"package-{number}"} if row["state"] == WAITS else {})

    def query(self, number: str) -> dict[str, Any]:
        """The state of a transfer."""
        self.step()
        row = self.row(number)
        if row is None:
            raise Refused(404, "NOT_FOUND", "记录不存在")
        return self._told(row)

    def row(self, number: str) -> sqlite3.Row | None:
        with self._store.read() as db:
            return _row(db, number)

    def tap(self, number: str, how: str) -> None:
        """The person takes the money (`take`), or WeChat cannot give it to them (`fail`)."""
        with self._store.write() as db:
            row = _row(db, number)
            if row is not None and row["state"] == WAITS:
                self._end(
                    db,
                    row,
                    "SUCCESS" if how == "take" else "FAIL",
                    "" if how == "take" else "ACCOUNT_NOT_EXIST",
                )

    def step(self) -> None:
        """What nobody took within a day is closed."""
        with self._store.write() as db:
            late = (WAITS, self._now() - CONFIRM_SECONDS)
            for row in db.execute("SELECT * FROM transfer WHERE state=? AND made_at <= ?", late).fetchall():
                self._end(db, row, "FAIL", "OVERDUE_CLOSE")

    def _end(self, db: sqlite3.Connection, row: sqlite3.Row, state: str, reason: str) -> None:
        number = row["out_bill_no"]
        db.execute("UPDATE transfer SET state=?, reason=? WHERE out_bill_no=?", (state, reason, number))
        ended = _row(db, number)
        assert ended is not None
        self._notices.tell(
            db, row["notify_url"], "MCHTRANSFER.BILL.FINISHED", self._told(ended), self._now(), copies=1
        )

    def _told(self, row: sqlite3.Row) -> dict[str, Any]:
        told: dict[str, Any] = {
            "mch_id": self._platform.merchant.mchid, "out_bill_no": row["out_bill_no"],
            "transfer_bill_no": row["transfer_bill_no"], "appid": self._platform.merchant.appid, "state": row["state"],
            "transfer_amount": row["amount"], "transfer_remark": row["remark"], "openid": row["openid"],
            "create_time": words.rfc3339(row["made_at"]), "update_time": words.rfc3339(self._now()),
        }  # fmt: skip
        return told | ({"fail_reason": row["reason"]} if row["reason"] else {})


def _row(db: sqlite3.Connection, number: str) -> sqlite3.Row | None:
    found: sqlite3.Row | None = db.execute("SELECT * FROM transfer WHERE out_bill_no=?", (number,)).fetchone()
    return found


def phone_routes(transfers: Callable[[], Transfers], local: Callable[[Request], bool]) -> list[Route]:
    """What the person meets in WeChat, and where a code is exchanged."""

    def guarded(answer: Callable[[Request, dict[str, str]], Response]) -> Any:
        async def handler(request: Request) -> Response:
            if not local(request):
                return PlainTextResponse("loopback only", 403)
            return answer(request, dict(parse_qsl((await request.body()).decode())))

        return handler

    def authorize(request: Request, _form: dict[str, str]) -> Response:
        back = request.query_params.get("redirect_uri", "")
        if not is_loopback(back):
            return PlainTextResponse("redirect_uri", 400)
        joint = "&" if "?" in back else "?"
        found = {"code": transfers().code(), "state": request.query_params.get("state", "")}
        return RedirectResponse(f"{back}{joint}{urlencode(found)}", 302)

    def token(request: Request, _form: dict[str, str]) -> Response:
        return JSONResponse(transfers().access_token(request.query_params))

    def taken(request: Request, form: dict[str, str]) -> Response:
        number, back = request.path_params["no"], request.query_params.get("redirect_url", "")
        if request.method == "POST":
            transfers().tap(number, form.get("how", ""))
            return RedirectResponse(str(request.url), 303)
        row = transfers().row(number)
        if row is None:
            return HTMLResponse(phone.unknown(), 404)
        return HTMLResponse(_page(row, back if is_loopback(back) else ""))

    return [
        Route("/connect/oauth2/authorize", guarded(authorize), methods=["GET"]),
        Route("/sns/oauth2/access_token", guarded(token), methods=["GET"]),
        Route("/wechat/transfer/{no}", guarded(taken), methods=["GET", "POST"]),
    ]


def _page(row: sqlite3.Row, back: str) -> str:
    parts = [f"<h1>{STATES[row['state']]}</h1><p class='sum'>¥{words.yuan(row['amount'])}</p>"]
    parts.append(
        f"<dl><dt>付款方</dt><dd>安心家政（模拟商户）</dd><dt>说明</dt><dd>{escape(row['remark'])}</dd></dl>"
    )
    if row["state"] == WAITS:
        parts.append(
            "<form method='post'><button class='first' name='how' value='take'>确认收款</button>"
            "<button name='how' value='fail'>收款失败<small>账户异常，转账关闭</small></button></form>"
        )
    if back:
        parts.append(f"<a class='back' href='{escape(back)}'>返回商户</a>")
    return phone.FRAME.format(title="微信收款（模拟）", body="".join(parts))
