"""Notices: written down first, then delivered, again and again until the merchant says that it heard."""

from __future__ import annotations

import json
import secrets
import sqlite3
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from ..wechatpay import protocol
from ..wechatpay.keys import Platform
from . import words
from .state import Store

RETRIES = (15, 15, 30, 180, 600, 1200, 1800, 1800, 1800, 3600, 10800, 10800, 10800, 21600, 21600)
KINDS = {
    "TRANSACTION": ("transaction", "支付成功"),
    "REFUND": ("refund", "退款通知"),
    "MCHTRANSFER": ("mch_payment", "商家转账单据终态通知"),
}
Post = Callable[[str, Mapping[str, str], bytes], int]


class Notices:
    """The channel's voice. `post` delivers one notice and returns the HTTP status (0: nobody there)."""

    def __init__(self, store: Store, platform: Platform, *, now: Callable[[], float], post: Post) -> None:
        self._store, self._platform, self._now, self._post = store, platform, now, post

    def deliver(self) -> int:
        """Send every notice that is due; returns how many."""
        with self._store.read() as db:
            due = db.execute(
                "SELECT * FROM notice WHERE next_at <= ? ORDER BY next_at, rowid", (self._now(),)
            ).fetchall()
        for row in due:
            headers, body = self.notice(row)
            status = self._post(row["url"], headers, body)
            tries = row["tries"] + 1
            done = 200 <= status < 300 or row["forged"] or tries > len(RETRIES)
            again = None if done else self._now() + RETRIES[tries - 1]
            with self._store.write() as db:
                db.execute(
                    "UPDATE notice SET tries=?, answer=?, next_at=? WHERE id=?",
                    (tries, str(status), again, row["id"]),
                )
        return len(due)

    def notice(self, row: Mapping[str, Any]) -> tuple[dict[str, str], bytes]:
        """Headers and body of one notice, sealed and signed now."""
        nonce = secrets.token_hex(6)
        kind, summary = KINDS[row["event"].partition(".")[0]]
        body = json.dumps(
            {
                "id": str(row["id"]).partition("#")[0],
                "create_time": words.rfc3339(self._now()),
                "resource_type": "encrypt-resource",
                "event_type": row["event"],
                "summary": summary,
                "resource": {
                    "original_type": kind,
                    "algorithm": protocol.SEAL,
                    "ciphertext": protocol.seal(
                        self._platform.merchant.apiv3_key,
                        row["plain"].encode(),
                        nonce=nonce,
                        associated_data=kind,
                    ),
                    "associated_data": kind,
                    "nonce": nonce,
                },
            },
            ensure_ascii=False,
        ).encode()
        headers = self.signed(body)
        if row["forged"]:
            headers["Wechatpay-Signature"] = protocol.sign(self._platform.merchant.key, body)
        return {"Content-Type": "application/json", "User-Agent": "Mozilla/4.0", **headers}, body

    def signed(self, body: bytes) -> dict[str, str]:
        """The five headers by which the channel stands for `body`."""
        timestamp, nonce = str(int(self._now())), secrets.token_urlsafe(24)
        return {
            "Wechatpay-Timestamp": timestamp,
            "Wechatpay-Nonce": nonce,
            "Wechatpay-Serial": self._platform.serial,
            "Wechatpay-Signature": protocol.sign(
                self._platform.key, protocol.answer_message(timestamp, nonce, body)
            ),
            "Wechatpay-Signature-Type": protocol.SCHEME,
        }

    def tell(
        self,
        db: sqlite3.Connection,
        url: str,
        event: str,
        plain: Mapping[str, Any],
        at: float,
        *,
        copies: int = 1,
        forged: bool = False,
    ) -> None:
        """Write a notice down, to be sent at `at` as often as `copies` says, all under one id."""
        name = f"EV-{words.number('', self._now())}"
        rows: Iterable[tuple[Any, ...]] = (
            (
                f"{name}#{copy}" if copy else name,
                url,
                event,
                json.dumps(plain, ensure_ascii=False),
                int(forged),
                at,
            )
            for copy in range(copies)
        )
        db.executemany(
            "INSERT INTO notice (id, url, event, plain, forged, next_at) VALUES (?,?,?,?,?,?)", rows
        )
