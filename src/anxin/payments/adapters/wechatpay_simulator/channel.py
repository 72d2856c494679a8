"""The simulated channel itself: what it does with orders, payers and refunds, and what it tells afterwards."""

from __future__ import annotations

import hashlib
import json
import secrets
import sqlite3
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from ..wechatpay import bill
from ..wechatpay.keys import Platform
from . import words
from .checks import Refused, order_total
from .notices import Notices, Post
from .state import Store
from .transfers import Transfers
from .words import CHINA

LATE_SECONDS = 20
REFUND_WAYS = ("ok", "slow", "silent", "abnormal", "closed", "not_enough")


class Channel:
    """Orders, payers, refunds, notices and bills. `now` gives seconds since the epoch, `post` delivers a notice
    and returns the HTTP status (0: nobody there)."""

    def __init__(self, folder: Path, platform: Platform, *, now: Callable[[], float], post: Post) -> None:
        self.platform = platform
        self.store = Store(folder / "wechatpay.sqlite3")
        self.now = now
        self.notices = Notices(self.store, platform, now=now, post=post)
        self.transfers = Transfers(self.store, platform, self.notices, now=now)

    # ── what a merchant may ask ─────────────────────────────────────────────────────────────────
    def order(self, trade_type: str, told: Mapping[str, Any]) -> str:
        """Place an order; returns the token of the cashier. The same order again gets the same token."""
        now, total, expires = self.now(), order_total(told), self._expiry(told)
        if trade_type == "H5" and not (told.get("scene_info") or {}).get("payer_client_ip"):
            raise Refused(400, "PARAM_ERROR", "scene_info.payer_client_ip 必填")
        self._own(told["mchid"], told["appid"])
        digest = hashlib.sha256(json.dumps([trade_type, told], sort_keys=True).encode()).hexdigest()
        with self.store.write() as db:
            old = _trade(db, told["out_trade_no"])
            if old is None:
                prepay = secrets.token_urlsafe(12)
                db.execute(
                    "INSERT INTO trade (out_trade_no, prepay, trade_type, digest, description, attach, notify_url,"
                    " total, made_at, expires_at, state) VALUES (?,?,?,?,?,?,?,?,?,?,'NOTPAY')",
                    (
                        told["out_trade_no"],
                        prepay,
                        trade_type,
                        digest,
                        told["description"],
                        told.get("attach", ""),
                        told["notify_url"],
                        total,
                        now,
                        expires,
                    ),
                )
                return prepay
            if old["state"] in ("SUCCESS", "REFUND"):
                raise Refused(400, "ORDERPAID", "该订单已支付")
            if old["state"] == "CLOSED":
                raise Refused(400, "ORDER_CLOSED", "订单已关闭")
            if old["digest"] != digest:
                raise Refused(403, "OUT_TRADE_NO_USED", "商户订单号重复")
            return str(old["prepay"])

    def query(self, out_trade_no: str, mchid: str) -> dict[str, Any]:
        """The state of an order."""
        self._own(mchid)
        with self.store.write() as db:
            row = self._expired(db, _trade(db, out_trade_no))
        if row is None:
            raise Refused(404, "ORDER_NOT_EXIST", "订单不存在")
        return words.trade(self.platform.merchant, row)

    def close(self, out_trade_no: str, mchid: str) -> None:
        """Close an unpaid order."""
        self._own(mchid)
        with self.store.write() as db:
            row = _trade(db, out_trade_no)
            if row is None:
                raise Refused(404, "ORDER_NOT_EXIST", "订单不存在")
            if row["state"] in ("SUCCESS", "REFUND"):
                raise Refused(400, "ORDERPAID", "该订单已支付")
            db.execute("UPDATE trade SET state='CLOSED', pay_at=NULL WHERE out_trade_no=?", (out_trade_no,))

    def refund(self, told: Mapping[str, Any]) -> dict[str, Any]:
        """Take a refund order; the same number again tells the same refund."""
        now = self.now()
        try:
            amount, total = int(told["amount"]["refund"]), int(told["amount"]["total"])
            number, out_trade_no = str(told["out_refund_no"]), str(told["out_trade_no"])
        except (KeyError, TypeError, ValueError):
            raise Refused(400, "PARAM_ERROR", "参数错误") from None
        with self.store.write() as db:
            trade = _trade(db, out_trade_no)
            if trade is None or trade["state"] not in ("SUCCESS", "REFUND"):
                raise Refused(404, "RESOURCE_NOT_EXISTS", "订单不存在或未支付")
            old = db.execute("SELECT * FROM refund WHERE out_refund_no=?", (number,)).fetchone()
            if old is not None:
                if (old["out_trade_no"], old["amount"]) != (out_trade_no, amount):
                    raise Refused(400, "INVALID_REQUEST", "订单金额或退款金额与之前请求不一致，请核实后再试")
                return self._refund_words(old, trade)
            taken = db.execute(
                "SELECT coalesce(sum(amount), 0) FROM refund WHERE out_trade_no=? AND state IN"
                " ('PROCESSING','SUCCESS','ABNORMAL')",
                (out_trade_no,),
            ).fetchone()[0]
            if total != trade["total"] or amount <= 0 or taken + amount > total:
                raise Refused(400, "INVALID_REQUEST", "退款金额大于可退金额")
            how = str(trade["refund_how"])
            if how == "not_enough":
                raise Refused(403, "NOT_ENOUGH", "基本账户余额不足，请充值后重新发起")
            db.execute(
                "INSERT INTO refund (out_refund_no, refund_id, out_trade_no, amount, reason, notify_url, how, made_at,"
                " due_at, state) VALUES (?,?,?,?,?,?,?,?,?,'PROCESSING')",
                (
                    number,
                    words.number("503", now),
                    out_trade_no,
                    amount,
                    str(told.get("reason", "")),
                    str(told.get("notify_url", "")),
                    how,
                    now,
                    now + (LATE_SECONDS if how == "slow" else 0),
                ),
            )
            row = db.execute("SELECT * FROM refund WHERE out_refund_no=?", (number,)).fetchone()
            return self._refund_words(row, trade)

    def query_refund(self, out_refund_no: str) -> dict[str, Any]:
        """The state of a refund."""
        self.step(deliver=False)
        with self.store.read() as db:
            row = db.execute("SELECT * FROM refund WHERE out_refund_no=?", (out_refund_no,)).fetchone()
            if row is None:
                raise Refused(404, "RESOURCE_NOT_EXISTS", "退款单不存在")
            return self._refund_words(row, _trade(db, row["out_trade_no"]))

    def trade_bill(self, day: str) -> tuple[str, str]:
        """Make the bill of a day; returns the token to fetch it by and its SHA-1."""
        try:
            start = datetime.fromisoformat(day).replace(tzinfo=CHINA).timestamp()
        except ValueError:
            raise Refused(400, "PARAM_ERROR", "bill_date 格式错误") from None
        with self.store.write() as db:
            span = (start, start + 86400)
            paid = db.execute("SELECT * FROM trade WHERE success_at >= ? AND success_at < ?", span).fetchall()
            back = db.execute(
                "SELECT r.*, t.transaction_id, t.total, t.trade_type FROM refund r JOIN trade t USING (out_trade_no)"
                " WHERE r.success_at >= ? AND r.success_at < ?",
                span,
            ).fetchall()
            if not paid and not back:
                raise Refused(400, "NO_STATEMENT_EXIST", "账单不存在")
            merchant = self.platform.merchant
            lines = [words.bill_line(merchant, row, back=False) for row in paid]
            lines += [words.bill_line(merchant, row, back=True) for row in back]
            content = bill.write(lines)
            token = secrets.token_urlsafe(16)
            db.execute("INSERT INTO bill VALUES (?, ?)", (token, content))
        return token, hashlib.sha1(content, usedforsecurity=False).hexdigest()

    def bill_file(self, token: str) -> bytes:
        """A bill made before."""
        with self.store.read() as db:
            row = db.execute("SELECT content FROM bill WHERE token=?", (token,)).fetchone()
        if row is None:
            raise Refused(404, "RESOURCE_NOT_EXISTS", "账单文件不存在")
        return bytes(row["content"])

    # ── what a payer may do ─────────────────────────────────────────────────────────────────────
    def by_prepay(self, prepay: str) -> sqlite3.Row | None:
        """The order behind a cashier's token."""
        with self.store.write() as db:
            found = db.execute("SELECT * FROM trade WHERE prepay=?", (prepay,)).fetchone()
            row: sqlite3.Row | None = self._expired(db, found)
            return row

    def tap(self, prepay: str, how: str, *, after: float = 0, copies: int = 1) -> None:
        """The payer taps. `how`: pay, later (pays `after` seconds), late_notice (pays now, told `after` seconds),
        twice (told `copies` times), silent (never told), forge (not paid, a forged notice is sent), cancel."""
        now = self.now()
        with self.store.write() as db:
            row = db.execute("SELECT * FROM trade WHERE prepay=?", (prepay,)).fetchone()
            row = self._expired(db, row)
            if row is None or row["state"] not in ("NOTPAY", "PAYERROR"):
                raise Refused(400, "ORDER_CLOSED", "订单已支付或已关闭")
            if how == "later":
                db.execute("UPDATE trade SET pay_at=?, pay_how='pay' WHERE prepay=?", (now + after, prepay))
            elif how == "forge":
                lie = words.trade(self.platform.merchant, row) | {
                    "trade_state": "SUCCESS",
                    "transaction_id": words.number("420", now),
                    "success_time": words.rfc3339(now),
                    "payer": {"openid": "oSimulated"},
                    "amount": {"total": row["total"], "payer_total": row["total"], "currency": "CNY"},
                }
                self.notices.tell(db, row["notify_url"], "TRANSACTION.SUCCESS", lie, now, forged=True)
            elif how != "cancel":
                self._pay(db, row, now, how, after=after, copies=copies)

    def set_refund_way(self, out_trade_no: str, how: str) -> None:
        """How the next refunds of an order will go (`REFUND_WAYS`)."""
        if how not in REFUND_WAYS:
            raise Refused(400, "PARAM_ERROR", "未知的退款方式")
        with self.store.write() as db:
            db.execute("UPDATE trade SET refund_how=? WHERE out_trade_no=?", (how, out_trade_no))

    # ── time passes ─────────────────────────────────────────────────────────────────────────────
    def step(self, *, deliver: bool = True) -> int:
        """Do all that is due: late payers, refunds, notices. Returns how many notices were sent."""
        now = self.now()
        with self.store.write() as db:
            for row in db.execute("SELECT * FROM trade WHERE pay_at <= ?", (now,)).fetchall():
                if self._expired(db, row)["state"] == "NOTPAY":
                    self._pay(db, row, now, row["pay_how"])
            for row in db.execute("SELECT * FROM refund WHERE due_at <= ?", (now,)).fetchall():
                self._settle_refund(db, row, now)
        self.transfers.step()
        return self.notices.deliver() if deliver else 0

    # ── inside ──────────────────────────────────────────────────────────────────────────────────
    def _refund_words(self, row: sqlite3.Row, trade: sqlite3.Row | None) -> dict[str, Any]:
        assert trade is not None  # the foreign key says so
        return words.refund(row, trade)

    def _own(self, mchid: str, appid: str | None = None) -> None:
        if mchid != self.platform.merchant.mchid:
            raise Refused(400, "PARAM_ERROR", "商户号不存在")
        if appid is not None and appid != self.platform.merchant.appid:
            raise Refused(400, "APPID_MCHID_NOT_MATCH", "appid 和 mchid 不匹配")

    def _expiry(self, told: Mapping[str, Any]) -> float:
        now = self.now()
        if "time_expire" not in told:
            return now + 7 * 86400
        try:
            expires = datetime.fromisoformat(told["time_expire"])
        except (TypeError, ValueError):
            raise Refused(400, "PARAM_ERROR", "time_expire 格式错误") from None
        if expires.tzinfo is None or not now + 59 <= expires.timestamp() <= now + 90 * 86400:
            raise Refused(400, "PARAM_ERROR", "time_expire 须在 1 分钟到 90 天之间")
        return expires.timestamp()

    def _expired(self, db: sqlite3.Connection, row: sqlite3.Row | None) -> Any:
        if row is None or row["state"] != "NOTPAY" or row["expires_at"] > self.now():
            return row
        db.execute(
            "UPDATE trade SET state='CLOSED', pay_at=NULL WHERE out_trade_no=?", (row["out_trade_no"],)
        )
        return _trade(db, row["out_trade_no"])

    def _pay(
        self,
        db: sqlite3.Connection,
        row: sqlite3.Row,
        now: float,
        how: str,
        *,
        after: float = 0,
        copies: int = 1,
    ) -> None:
        db.execute(
            "UPDATE trade SET state='SUCCESS', transaction_id=?, success_at=?, pay_at=NULL WHERE out_trade_no=?",
            (words.number("420", now), now, row["out_trade_no"]),
        )
        if how == "silent":
            return
        paid = _trade(db, row["out_trade_no"])
        assert paid is not None
        first = now + (after if how == "late_notice" else 0)
        # Copies of one notice carry one id: the channel repeats itself, it does not say something new.
        self.notices.tell(
            db,
            row["notify_url"],
            "TRANSACTION.SUCCESS",
            words.trade(self.platform.merchant, paid),
            first,
            copies=copies if how == "twice" else 1,
        )

    def _settle_refund(self, db: sqlite3.Connection, row: sqlite3.Row, now: float) -> None:
        state = {"abnormal": "ABNORMAL", "closed": "CLOSED"}.get(row["how"], "SUCCESS")
        db.execute(
            "UPDATE refund SET state=?, due_at=NULL, success_at=? WHERE out_refund_no=?",
            (state, now if state == "SUCCESS" else None, row["out_refund_no"]),
        )
        if state == "SUCCESS":
            db.execute("UPDATE trade SET state='REFUND' WHERE out_trade_no=?", (row["out_trade_no"],))
        if row["how"] == "silent" or not row["notify_url"]:
            return
        fresh = db.execute("SELECT * FROM refund WHERE out_refund_no=?", (row["out_refund_no"],)).fetchone()
        told = self._refund_words(fresh, _trade(db, row["out_trade_no"]))
        told["refund_status"] = told.pop("status")
        told["mchid"] = self.platform.merchant.mchid
        self.notices.tell(db, row["notify_url"], f"REFUND.{state}", told, now)


def _trade(db: sqlite3.Connection, out_trade_no: str) -> sqlite3.Row | None:
    row: sqlite3.Row | None = db.execute(
        "SELECT * FROM trade WHERE out_trade_no=?", (out_trade_no,)
    ).fetchone()
    return row
