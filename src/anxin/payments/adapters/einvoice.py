"""The tax channel: a request to issue, its answer, and the red letter.

Every provider of the tax service has its own dress; this is our neutral one (documented in docs/decisions), signed as
our open API (standards §12.4): HMAC-SHA256 over method, path, query, key, date, nonce and the body's digest.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import formatdate
from functools import cache
from typing import Any

import httpx
from django.conf import settings

from anxin.kit import clock, crypto, outbound
from anxin.kit.errors import Silent

ALGORITHM = "hmac-sha256"
SIMULATED_KEY = "anxin-simulated"


class OfficeRefused(Exception):
    """The office said no; `reason` is its word."""

    def __init__(self, code: str, reason: str) -> None:
        super().__init__(f"{code} {reason}")
        self.code, self.reason = code, reason


class OfficeSilent(Silent):
    """No answer: the same request is sent again later, under the same id."""


@dataclass(frozen=True)
class Issued:
    """What the office issued: 20 digits and the time."""

    number: str
    issued_at: datetime


def signature(
    secret: bytes, *, method: str, path: str, query: str, key: str, date: str, nonce: str, body: bytes
) -> str:
    """Base64 of the HMAC over the seven lines."""
    digest = hashlib.sha256(body).hexdigest()
    text = f"{method}\n{path}\n{query}\n{key}\n{date}\n{nonce}\n{digest}\n"
    return base64.b64encode(hmac.digest(secret, text.encode(), "sha256")).decode()


@dataclass(frozen=True)
class TaxOffice:
    """A thin client of the tax channel."""

    url: str
    key: str
    secret: bytes = field(repr=False)
    http: httpx.Client = field(repr=False)
    clock: Callable[[], float]

    def issue(self, request_id: str, content: Mapping[str, Any]) -> Issued:
        """Issue a blue invoice; the same request id again tells the same invoice."""
        return self._issued(self._post("/v1/invoices", {"request_id": request_id, **content}))

    def confirm_red(self, request_id: str, *, number: str, reason: str) -> str:
        """Apply for a red-letter confirmation; returns its number."""
        told = self._post(
            "/v1/red-confirmations", {"request_id": request_id, "number": number, "reason": reason}
        )
        if not told.get("confirmation"):
            raise OfficeSilent("no number of a confirmation")
        return str(told["confirmation"])

    def issue_red(self, request_id: str, *, confirmation: str) -> Issued:
        """Issue the red invoice of a confirmation."""
        return self._issued(
            self._post("/v1/red-invoices", {"request_id": request_id, "confirmation": confirmation})
        )

    def _issued(self, told: Mapping[str, Any]) -> Issued:
        try:
            number, at = str(told["number"]), datetime.fromisoformat(str(told["issued_at"]))
        except (KeyError, ValueError) as failure:
            raise OfficeSilent(repr(failure)) from failure
        if len(number) != 20 or not (number.isascii() and number.isdigit()):
            raise OfficeRefused("BAD_NUMBER", number[:40])
        if not (at.tzinfo and 2000 <= at.year < 2200):
            raise OfficeSilent("no moment of issue")
        return Issued(number, at)

    def _post(self, path: str, content: Mapping[str, Any]) -> dict[str, Any]:
        body = json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()
        url = httpx.URL(self.url + path)
        date, nonce = formatdate(self.clock(), usegmt=True), secrets.token_hex(12)
        signed = signature(
            self.secret,
            method="POST",
            path=url.path,
            query="",
            key=self.key,
            date=date,
            nonce=nonce,
            body=body,
        )
        headers = {
            "Content-Type": "application/json",
            "X-HSP-ACCESS-KEY": self.key,
            "X-HSP-ALGORITHM": ALGORITHM,
            "X-HSP-DATE-TIME": date,
            "X-HSP-NONCE": nonce,
            "X-HSP-SIGNATURE": signed,
        }
        try:
            answer = self.http.post(url, content=body, headers=headers)
            told = answer.json()
        except (httpx.HTTPError, ValueError, RecursionError) as failure:
            raise OfficeSilent(repr(failure)) from failure
        if answer.status_code >= 500 or not isinstance(told, dict):
            raise OfficeSilent(str(answer.status_code))
        if not answer.is_success:
            raise OfficeRefused(str(told.get("code", answer.status_code)), str(told.get("message", "")))
        return told


_instead: list[TaxOffice] = []


def is_simulated() -> bool:
    """Whether the tax channel is the simulator on the loopback: what it issues has no force."""
    return bool(settings.ANXIN_INVOICE_URL) and settings.ANXIN_INVOICE_URL.startswith(
        settings.ANXIN_SIMULATOR_URL
    )


def tax_office() -> TaxOffice | None:
    """The tax channel in use; None when there is none, and then nothing that we make is called an invoice."""
    if _instead:
        return _instead[-1]
    return _configured(settings.ANXIN_INVOICE_URL) if settings.ANXIN_INVOICE_URL else None


@contextmanager
def instead(office: TaxOffice) -> Iterator[TaxOffice]:
    """Another tax channel for a while (the demo's clock, the tests)."""
    _instead.append(office)
    try:
        yield office
    finally:
        _instead.remove(office)


@cache
def _configured(url: str) -> TaxOffice:
    if is_simulated():
        key, secret = SIMULATED_KEY, crypto.key_for("einvoice")
    else:
        key, secret = settings.ANXIN_INVOICE["key"], settings.ANXIN_INVOICE["secret"].encode()
    return TaxOffice(
        url.rstrip("/"),
        key,
        secret,
        outbound.client(timeout=10),
        lambda: clock.now().timestamp(),
    )
