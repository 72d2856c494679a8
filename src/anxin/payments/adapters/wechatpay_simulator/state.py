"""What the simulated channel remembers: orders, refunds, notices still to be delivered. One sqlite file."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

SCHEMA = """
CREATE TABLE IF NOT EXISTS trade (
    out_trade_no TEXT PRIMARY KEY, prepay TEXT NOT NULL UNIQUE, trade_type TEXT NOT NULL, digest TEXT NOT NULL,
    description TEXT NOT NULL, attach TEXT NOT NULL, notify_url TEXT NOT NULL, total INTEGER NOT NULL,
    made_at REAL NOT NULL, expires_at REAL NOT NULL, state TEXT NOT NULL,
    transaction_id TEXT NOT NULL DEFAULT '', success_at REAL, pay_at REAL, pay_how TEXT NOT NULL DEFAULT '',
    refund_how TEXT NOT NULL DEFAULT 'ok');
CREATE INDEX IF NOT EXISTS trade_due ON trade (pay_at) WHERE pay_at IS NOT NULL;
CREATE TABLE IF NOT EXISTS refund (
    out_refund_no TEXT PRIMARY KEY, refund_id TEXT NOT NULL, out_trade_no TEXT NOT NULL REFERENCES trade,
    amount INTEGER NOT NULL, reason TEXT NOT NULL, notify_url TEXT NOT NULL, how TEXT NOT NULL,
    made_at REAL NOT NULL, due_at REAL, state TEXT NOT NULL, success_at REAL);
CREATE TABLE IF NOT EXISTS notice (
    id TEXT PRIMARY KEY, url TEXT NOT NULL, event TEXT NOT NULL, plain TEXT NOT NULL, forged INTEGER NOT NULL,
    next_at REAL, tries INTEGER NOT NULL DEFAULT 0, answer TEXT NOT NULL DEFAULT '');
CREATE TABLE IF NOT EXISTS login (code TEXT PRIMARY KEY, openid TEXT NOT NULL, made_at REAL NOT NULL);
CREATE TABLE IF NOT EXISTS transfer (
    out_bill_no TEXT PRIMARY KEY, transfer_bill_no TEXT NOT NULL, digest TEXT NOT NULL, openid TEXT NOT NULL,
    amount INTEGER NOT NULL, remark TEXT NOT NULL, notify_url TEXT NOT NULL, made_at REAL NOT NULL, state TEXT NOT NULL,
    reason TEXT NOT NULL DEFAULT '');
CREATE TABLE IF NOT EXISTS bill (token TEXT PRIMARY KEY, content BLOB NOT NULL);
"""


class Store:
    """A sqlite file with one short connection per use, so that any thread may come."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._path = path
        with self.read() as db:
            db.executescript(SCHEMA)

    @contextmanager
    def write(self) -> Iterator[sqlite3.Connection]:
        """One transaction that nobody else writes beside."""
        db = self._open()
        try:
            db.execute("BEGIN IMMEDIATE")
            yield db
            db.execute("COMMIT")
        except BaseException:
            if db.in_transaction:
                db.execute("ROLLBACK")
            raise
        finally:
            db.close()

    @contextmanager
    def read(self) -> Iterator[sqlite3.Connection]:
        """A connection for looking only."""
        db = self._open()
        try:
            yield db
        finally:
            db.close()

    def _open(self) -> sqlite3.Connection:
        db = sqlite3.connect(self._path, timeout=10, isolation_level=None)
        db.row_factory = sqlite3.Row
        db.execute("PRAGMA journal_mode=WAL")
        db.execute("PRAGMA synchronous=NORMAL")
        return db
