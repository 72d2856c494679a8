"""A merchant's side of WeChat Pay API v3: order, ask, close, refund, fetch the bill, read a notice.

Every answer is believed only after its signature; every failure says whether the money's fate is known.
Amounts are integer fen, times are aware.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Any, TypeVar
from urllib.parse import quote, urlencode, urlsplit

import httpx

from anxin.kit.errors import Silent

from . import protocol, transfer
from .keys import Merchant
from .protocol import Forged
from .transfer import TransferTold, read_transfer

CHINA = timezone(timedelta(hours=8))
USER_AGENT = "anxin/1 (wechatpay-v3)"


class ChannelError(Exception):
    """The channel refused. `code` is its own word, such as `ORDERPAID` or `ORDER_NOT_EXIST`."""

    def __init__(self, status: int, code: str, message: str = "") -> None:
        super().__init__(f"{status} {code} {message}".strip())
        self.status, self.code, self.message = status, code, message


class ChannelSilent(Silent):
    """No answer, or one that cannot be believed: what became of the request is not known, so ask again later."""


@dataclass(frozen=True)
class Trade:
    """One payment as the channel tells it, in an answer or in a notice."""

    out_trade_no: str
    state: str
    appid: str
    mchid: str
    transaction_id: str = ""
    total_fen: int | None = None
    currency: str = ""
    trade_type: str = ""
    success_at: datetime | None = None
    payer: str = ""

    @property
    def paid(self) -> bool:
        """Whether the payer's money moved (a later refund does not undo that)."""
        return self.state in ("SUCCESS", "REFUND")


@dataclass(frozen=True)
class RefundTold:
    """One refund as the channel tells it. `state`: PROCESSING, SUCCESS, CLOSED, ABNORMAL."""

    out_refund_no: str
    out_trade_no: str
    state: str
    refund_id: str = ""
    transaction_id: str = ""
    refund_fen: int | None = None
    total_fen: int | None = None
    success_at: datetime | None = None
    mchid: str = ""


@dataclass(frozen=True)
class Notice:
    """A verified and opened callback. Exactly one of `trade`, `refund`, `transfer` is set for the kinds we know."""

    id: str
    event: str
    trade: Trade | None = None
    refund: RefundTold | None = None
    transfer: TransferTold | None = None


R = TypeVar("R")


class WechatPay:
    """The thin client. `http` is any `httpx.Client`; `clock` gives seconds since the epoch for the signature.

    open_url, api_url: where people say who they are to WeChat, and where we ask it; unless given, they lie under `url`.
    """

    def __init__(
        self, merchant: Merchant, *, url: str, notify_url: str, http: httpx.Client, clock: Callable[[], float],
        open_url: str = "", api_url: str = "",
    ) -> None:  # fmt: skip
        self.merchant = merchant
        self._open_url, self._api_url = open_url or url, api_url or url
        parts = urlsplit(url)
        self._host, self._base = f"{parts.scheme}://{parts.netloc}", parts.path.rstrip("/")
        self._notify_url = notify_url
        self._http = http
        self._clock = clock

    # ── orders ──────────────────────────────────────────────────────────────────────────────────
    def native(self, *, out_trade_no: str, description: str, total_fen: int, expires_at: datetime) -> str:
        """Place an order to be scanned; returns the `code_url` for the QR code."""
        body = self._order(out_trade_no, description, total_fen, expires_at)
        told = self._json("POST", "/v3/pay/transactions/native", body)
        return _read(lambda: str(told["code_url"]))

    def h5(
        self, *, out_trade_no: str, description: str, total_fen: int, expires_at: datetime, payer_address: str
    ) -> str:
        """Place an order from a phone's browser; returns the `h5_url` that opens the cashier."""
        body = self._order(out_trade_no, description, total_fen, expires_at)
        body["scene_info"] = {"payer_client_ip": payer_address, "h5_info": {"type": "Wap"}}
        told = self._json("POST", "/v3/pay/transactions/h5", body)
        return _read(lambda: str(told["h5_url"]))

    def query(self, out_trade_no: str) -> Trade:
        """What the channel knows of an order; `ChannelError` with `ORDER_NOT_EXIST` if nothing."""
        path = f"/v3/pay/transactions/out-trade-no/{quote(out_trade_no, safe='')}"
        told = self._json("GET", f"{path}?{urlencode({'mchid': self.merchant.mchid})}")
        return _read(lambda: read_trade(told))

    def close(self, out_trade_no: str) -> None:
        """Close an unpaid order. `ChannelError` with `ORDERPAID` when the payer was quicker."""
        path = f"/v3/pay/transactions/out-trade-no/{quote(out_trade_no, safe='')}/close"
        self._json("POST", path, {"mchid": self.merchant.mchid})

    # ── refunds ─────────────────────────────────────────────────────────────────────────────────
    def refund(
        self, *, out_trade_no: str, out_refund_no: str, refund_fen: int, total_fen: int, reason: str
    ) -> RefundTold:
        """Ask for a refund; the same `out_refund_no` again is the same refund, never a second one."""
        body = {
            "out_trade_no": out_trade_no,
            "out_refund_no": out_refund_no,
            "reason": reason[:80],
            "notify_url": self._notify_url,
            "amount": {"refund": refund_fen, "total": total_fen, "currency": "CNY"},
        }
        told = self._json("POST", "/v3/refund/domestic/refunds", body)
        return _read(lambda: read_refund(told))

    def query_refund(self, out_refund_no: str) -> RefundTold:
        """What became of a refund; `ChannelError` with `RESOURCE_NOT_EXISTS` if it never arrived."""
        told = self._json("GET", f"/v3/refund/domestic/refunds/{quote(out_refund_no, safe='')}")
        return _read(lambda: read_refund(told))

    # ── transfers to a person ───────────────────────────────────────────────────────────────────
    def transfer(self, *, out_bill_no: str, openid: str, amount_fen: int, remark: str) -> TransferTold:
        """Offer a person money; the same `out_bill_no` again is the same transfer, never a second one."""
        body = {
            "appid": self.merchant.appid,
            "out_bill_no": out_bill_no,
            "transfer_scene_id": transfer.SCENE,
            "openid": openid,
            "transfer_amount": amount_fen,
            "transfer_remark": remark[:32],
            "notify_url": self._notify_url,
            "transfer_scene_report_infos": [{"info_type": transfer.GROUND, "info_content": remark[:32]}],
        }
        told = self._json("POST", transfer.PATH, body)
        return _read(lambda: read_transfer(told))

    def query_transfer(self, out_bill_no: str) -> TransferTold:
        """What became of a transfer; `ChannelError` with `NOT_FOUND` if it never arrived."""
        told = self._json("GET", f"{transfer.PATH}/out-bill-no/{quote(out_bill_no, safe='')}")
        return _read(lambda: read_transfer(told))

    def login_url(self, back: str, state: str) -> str:
        """Where a person's WeChat tells us who they are: it comes back to `back` with `code` and `state`."""
        asked = {
            "appid": self.merchant.appid, "redirect_uri": back, "response_type": "code", "scope": "snsapi_base",
            "state": state,
        }  # fmt: skip
        return f"{self._open_url}/connect/oauth2/authorize?{urlencode(asked)}#wechat_redirect"

    def openid(self, code: str) -> str:
        """Whom a code names, once; `ChannelError` when it is wrong, used or too old."""
        asked = {
            "appid": self.merchant.appid, "secret": self.merchant.app_secret, "code": code,
            "grant_type": "authorization_code",
        }  # fmt: skip
        try:
            answer = self._http.get(f"{self._api_url}/sns/oauth2/access_token?{urlencode(asked)}")
        except httpx.HTTPError as failure:
            # The address holds our secret: nothing of it goes into a log.
            raise ChannelSilent(type(failure).__name__) from None
        if answer.status_code != 200:
            raise ChannelSilent(f"HTTP {answer.status_code}")
        told = _read(lambda: dict(answer.json()))
        if told.get("errcode"):
            raise ChannelError(400, str(told["errcode"]), str(told.get("errmsg", "")))
        return _read(lambda: str(told["openid"]))

    # ── reconciliation ──────────────────────────────────────────────────────────────────────────
    def trade_bill(self, day: str) -> bytes:
        """The channel's CSV of all trades and refunds of one day (`2026-03-22`), checked against its digest."""
        told = self._json("GET", f"/v3/bill/tradebill?{urlencode({'bill_date': day, 'bill_type': 'ALL'})}")
        parts = _read(lambda: urlsplit(str(told["download_url"])))
        target = f"{parts.path}?{parts.query}" if parts.query else parts.path
        # The file itself comes unsigned, from the channel's own host; its digest came signed.
        answer = self._send("GET", target, b"", host=f"{parts.scheme}://{parts.netloc}")
        if answer.status_code != 200:
            raise ChannelError(answer.status_code, "BILL_DOWNLOAD")
        content = answer.content
        if hashlib.sha1(content, usedforsecurity=False).hexdigest() != str(told["hash_value"]).lower():
            raise ChannelSilent("the bill's digest does not match")
        return content

    # ── notices ─────────────────────────────────────────────────────────────────────────────────
    def read_notice(self, headers: Mapping[str, str], body: bytes, *, at: datetime) -> Notice:
        """Verify and open a callback: signature over the raw body, age, seal.

        Raises `Forged` for anything that the channel would not have sent. Whether amount, order and merchant
        are ours is decided by the caller against its own rows; appid and mchid are checked here.
        """
        self._believe(headers, body, now=at.timestamp())
        try:
            notice = json.loads(body)
            resource = notice["resource"]
            if notice["resource_type"] != "encrypt-resource" or resource["algorithm"] != protocol.SEAL:
                raise Forged("unknown kind of resource")
            plain = protocol.unseal(
                self.merchant.apiv3_key,
                resource["ciphertext"],
                nonce=resource["nonce"],
                associated_data=resource.get("associated_data") or "",
            )
            told, event = json.loads(plain), str(notice["event_type"])
            if event.startswith("TRANSACTION."):
                return Notice(str(notice["id"]), event, trade=read_trade(told))
            if event.startswith("REFUND."):
                return Notice(str(notice["id"]), event, refund=read_refund(told))
            if event.startswith("MCHTRANSFER."):
                return Notice(str(notice["id"]), event, transfer=read_transfer(told))
            return Notice(str(notice["id"]), event)
        except (KeyError, TypeError, ValueError, AttributeError, RecursionError) as broken:
            raise Forged(f"notice cannot be read: {broken!r}") from None

    # ── the wire ────────────────────────────────────────────────────────────────────────────────
    def _order(
        self, out_trade_no: str, description: str, total_fen: int, expires_at: datetime
    ) -> dict[str, Any]:
        if not protocol.OUT_TRADE_NO.fullmatch(out_trade_no):
            raise ValueError("out_trade_no: 6 to 32 of 0-9 A-Z a-z _ - | *")
        return {
            "appid": self.merchant.appid,
            "mchid": self.merchant.mchid,
            "description": description[:127],
            "out_trade_no": out_trade_no,
            "time_expire": expires_at.astimezone(CHINA).isoformat(timespec="seconds"),
            "notify_url": self._notify_url,
            "amount": {"total": total_fen, "currency": "CNY"},
        }

    def _json(self, method: str, target: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        raw = b"" if body is None else json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
        answer = self._send(method, self._base + target, raw, host=self._host)
        if answer.status_code >= 500:
            raise ChannelSilent(f"HTTP {answer.status_code}")
        if answer.is_success:
            # A 2xx without a good signature was not said by the channel.
            try:
                self._believe(answer.headers, answer.content, now=self._clock())
            except Forged as forged:
                raise ChannelSilent(f"answer not believed: {forged}") from None
            return _read(lambda: dict(answer.json()) if answer.content else {})
        try:
            told = answer.json()
            raise ChannelError(answer.status_code, str(told["code"]), str(told.get("message", "")))
        except (ValueError, KeyError, TypeError, RecursionError):
            raise ChannelError(answer.status_code, "UNREADABLE") from None

    def _send(self, method: str, target: str, body: bytes, *, host: str) -> httpx.Response:
        timestamp, nonce = str(int(self._clock())), secrets.token_hex(16).upper()
        headers = {
            "Accept": "application/json",
            "Content-Type": "application/json",
            "User-Agent": USER_AGENT,
            "Wechatpay-Serial": next(iter(self.merchant.platform_keys)),
            "Authorization": protocol.authorization(
                self.merchant.key,
                mchid=self.merchant.mchid,
                serial=self.merchant.serial,
                method=method,
                target=target,
                timestamp=timestamp,
                nonce=nonce,
                body=body,
            ),
        }
        try:
            return self._http.request(method, host + target, content=body, headers=headers)
        except httpx.HTTPError as failure:
            raise ChannelSilent(repr(failure)) from failure

    def _believe(self, headers: Mapping[str, str], body: bytes, *, now: float) -> None:
        """Raise `Forged` unless `body` was signed by the channel within the last five minutes."""
        given = {name.lower(): value for name, value in headers.items()}
        timestamp, nonce = given.get("wechatpay-timestamp", ""), given.get("wechatpay-nonce", "")
        if given.get("wechatpay-signature-type", protocol.SCHEME) != protocol.SCHEME:
            raise Forged("unknown kind of signature")
        key = self.merchant.platform_keys.get(given.get("wechatpay-serial", ""))
        if key is None:
            raise Forged("unknown key")
        if not protocol.fresh(timestamp, now):
            raise Forged("too old")
        message = protocol.answer_message(timestamp, nonce, body)
        if not protocol.verify(key, message, given.get("wechatpay-signature", "")):
            raise Forged("bad signature")


def _read(reading: Callable[[], R]) -> R:
    """What an answer says; one that cannot be read is as good as none."""
    try:
        return reading()
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError) as broken:
        raise ChannelSilent(f"answer cannot be read: {broken!r}"[:200]) from None


def read_trade(told: Mapping[str, Any]) -> Trade:
    """A trade from the channel's JSON."""
    amount = told.get("amount") or {}
    return Trade(
        out_trade_no=str(told["out_trade_no"]),
        state=str(told["trade_state"]),
        appid=str(told.get("appid", "")),
        mchid=str(told.get("mchid", "")),
        transaction_id=str(told.get("transaction_id", "")),
        total_fen=_fen(amount.get("total")),
        currency=str(amount.get("currency", "")),
        trade_type=str(told.get("trade_type", "")),
        success_at=_time(told.get("success_time")),
        payer=str((told.get("payer") or {}).get("openid", "")),
    )


def read_refund(told: Mapping[str, Any]) -> RefundTold:
    """A refund from the channel's JSON; an answer says `status`, a notice says `refund_status`."""
    amount = told.get("amount") or {}
    return RefundTold(
        out_refund_no=str(told["out_refund_no"]),
        out_trade_no=str(told["out_trade_no"]),
        state=str(told.get("status") or told["refund_status"]),
        refund_id=str(told.get("refund_id", "")),
        transaction_id=str(told.get("transaction_id", "")),
        refund_fen=_fen(amount.get("refund")),
        total_fen=_fen(amount.get("total")),
        success_at=_time(told.get("success_time")),
        mchid=str(told.get("mchid", "")),
    )


def _fen(told: object) -> int | None:
    if told is None:
        return None
    if not isinstance(told, int) or isinstance(told, bool) or not -(2**53) < told < 2**53:
        raise ValueError("no amount of fen")
    return told


def _time(text: object) -> datetime | None:
    found = datetime.fromisoformat(str(text)) if text else None
    if found and not (found.tzinfo and 1970 <= found.year < 2200):
        raise ValueError("no moment")
    return found
