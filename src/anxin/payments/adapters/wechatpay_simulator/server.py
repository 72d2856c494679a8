"""The simulated channel's addresses: the API as the real one has it, and a "phone" on which the payer taps."""

from __future__ import annotations

import json
import threading
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl

import httpx
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from anxin.kit import outbound

from ..wechatpay import protocol
from . import phone, transfers
from .channel import Channel
from .checks import Refused, is_loopback

Asked = Callable[[Request, bytes], Any]
Handler = Callable[[Request], Awaitable[Response]]


def refuse_unless_loopback(host: str) -> None:
    """Raise `RuntimeError` when the simulator is about to listen where another machine could reach it."""
    if not is_loopback(host):
        raise RuntimeError(f"the WeChat Pay simulator listens on the loopback only, not on {host}")


def post_notice(url: str, headers: Mapping[str, str], body: bytes) -> int:
    """Deliver one notice as the channel does: five seconds, no redirects; 0 when nobody answers."""
    if not is_loopback(url):
        return 0
    try:
        with outbound.client(timeout=5, loopback=True) as http:
            return http.post(url, headers=dict(headers), content=body).status_code
    except httpx.HTTPError:
        return 0


def keep_stepping(channel: Channel, every: float = 0.3) -> threading.Event:
    """Let time pass for the channel in a thread of its own; set the event to stop it."""
    stop = threading.Event()

    def run() -> None:
        while not stop.wait(every):
            try:
                channel.step()
            except Exception:  # noqa: BLE001 the thread must outlive one bad step; the next step tries again
                stop.wait(1)

    threading.Thread(target=run, name="wechatpay-simulator", daemon=True).start()
    return stop


def routes_for(channel: Callable[[], Channel]) -> list[Route]:
    """All addresses of the simulated channel, which is asked for when the first request comes."""
    pay = "/v3/pay/transactions"
    return [
        Route(
            f"{pay}/native", _api(channel, lambda r, b: _placed(channel(), "NATIVE", r, b)), methods=["POST"]
        ),
        Route(f"{pay}/h5", _api(channel, lambda r, b: _placed(channel(), "H5", r, b)), methods=["POST"]),
        Route(
            f"{pay}/out-trade-no/{{no}}", _api(channel, lambda r, b: _query(channel(), r)), methods=["GET"]
        ),
        Route(
            f"{pay}/out-trade-no/{{no}}/close",
            _api(channel, lambda r, b: channel().close(r.path_params["no"], str(_read(b).get("mchid")))),
            methods=["POST"],
        ),
        Route(
            "/v3/refund/domestic/refunds",
            _api(channel, lambda r, b: channel().refund(_read(b))),
            methods=["POST"],
        ),
        Route(
            "/v3/refund/domestic/refunds/{no}",
            _api(channel, lambda r, b: channel().query_refund(r.path_params["no"])),
            methods=["GET"],
        ),
        Route("/v3/bill/tradebill", _api(channel, lambda r, b: _bill(channel(), r)), methods=["GET"]),
        Route("/v3/billdownload/file", _bill_file(channel), methods=["GET"]),
        *_transfer_routes(channel),
        Route("/wechat/pay/{prepay}", _phone(channel), methods=["GET", "POST"]),
        Route("/wechat/scan", _scan, methods=["GET"]),
    ]


def _transfer_routes(channel: Callable[[], Channel]) -> list[Route]:
    path = "/v3/fund-app/mch-transfer/transfer-bills"
    return [
        Route(path, _api(channel, lambda r, b: channel().transfers.create(_read(b))), methods=["POST"]),
        Route(
            f"{path}/out-bill-no/{{no}}",
            _api(channel, lambda r, b: channel().transfers.query(r.path_params["no"])),
            methods=["GET"],
        ),
        *transfers.phone_routes(lambda: channel().transfers, _local),
    ]


def _local(request: Request) -> bool:
    """A request from this machine to this machine; the Host header too, against rebound names."""
    return bool(
        request.client and is_loopback(request.client.host) and is_loopback(request.url.hostname or "")
    )


def _base(request: Request) -> str:
    """Our own address with the prefix we are mounted under, which `base_url` leaves out."""
    return f"{request.url.scheme}://{request.url.netloc}{request.scope.get('root_path', '')}"


def _api(channel: Callable[[], Channel], asked: Asked) -> Handler:
    """An API address: checks the merchant's signature over the raw request, signs the answer."""

    async def handler(request: Request) -> Response:
        if not _local(request):
            return PlainTextResponse("loopback only", 403)
        body = await request.body()
        try:
            _check_signature(channel(), request, body)
            told = asked(request, body)
            content = b"" if told is None else json.dumps(told, ensure_ascii=False).encode()
            status = 204 if told is None else 200
        except Refused as refused:
            content = json.dumps(
                {"code": refused.code, "message": refused.message}, ensure_ascii=False
            ).encode()
            status = refused.status
        headers = {"Request-ID": protocol.SCHEME[:8], **channel().notices.signed(content)}
        kind = None if status == 204 else "application/json; charset=utf-8"
        return Response(content, status, headers=headers, media_type=kind)

    return handler


def _check_signature(channel: Channel, request: Request, body: bytes) -> None:
    merchant = channel.platform.merchant
    if "application/json" not in request.headers.get("accept", "") or not request.headers.get("user-agent"):
        raise Refused(400, "PARAM_ERROR", "Accept 与 User-Agent 必填")
    try:
        given = protocol.parse_authorization(request.headers.get("authorization", ""))
    except protocol.Forged:
        raise Refused(401, "SIGN_ERROR", "Http 头 Authorization 值格式错误") from None
    if given.mchid != merchant.mchid or given.serial != merchant.serial:
        raise Refused(401, "SIGN_ERROR", "商户号或证书序列号有误")
    if not protocol.fresh(given.timestamp, channel.now()):
        raise Refused(
            401, "SIGN_ERROR", "Http 头 Authorization 中的 timestamp 与发起请求的时间不得超过 5 分钟"
        )
    query = request.scope["query_string"].decode()
    target = request.scope["raw_path"].decode().partition("?")[0] + (f"?{query}" if query else "")
    message = protocol.request_message(request.method, target, given.timestamp, given.nonce, body)
    if not protocol.verify(merchant.key.public_key(), message, given.signature):
        raise Refused(401, "SIGN_ERROR", "签名错误，请检查后再试")
    if request.headers.get("wechatpay-serial", channel.platform.serial) != channel.platform.serial:
        raise Refused(400, "PARAM_ERROR", "Wechatpay-Serial 与平台不符")


def _read(body: bytes) -> dict[str, Any]:
    try:
        told = json.loads(body)
    except ValueError:
        told = None
    if not isinstance(told, dict):
        raise Refused(400, "PARAM_ERROR", "请求体不是 JSON 对象")
    return told


def _placed(channel: Channel, kind: str, request: Request, body: bytes) -> dict[str, str]:
    prepay = channel.order(kind, _read(body))
    if kind == "NATIVE":
        return {"code_url": f"weixin://wxpay/bizpayurl?pr={prepay}"}
    return {"h5_url": f"{_base(request)}/wechat/pay/{prepay}"}


def _query(channel: Channel, request: Request) -> dict[str, Any]:
    return channel.query(request.path_params["no"], request.query_params.get("mchid", ""))


def _bill(channel: Channel, request: Request) -> dict[str, str]:
    token, digest = channel.trade_bill(request.query_params.get("bill_date", ""))
    url = f"{_base(request)}/v3/billdownload/file?token={token}"
    return {"hash_type": "SHA1", "hash_value": digest, "download_url": url}


def _bill_file(channel: Callable[[], Channel]) -> Handler:
    """The file itself comes unsigned, as from the real channel; who asks must still sign."""

    async def handler(request: Request) -> Response:
        if not _local(request):
            return PlainTextResponse("loopback only", 403)
        try:
            _check_signature(channel(), request, b"")
            content = channel().bill_file(request.query_params.get("token", ""))
        except Refused as refused:
            return Response(json.dumps({"code": refused.code}), refused.status, media_type="application/json")
        return Response(content, media_type="text/csv")

    return handler


def _phone(channel: Callable[[], Channel]) -> Handler:
    """The payer's phone."""

    async def handler(request: Request) -> Response:
        if not _local(request):
            return PlainTextResponse("loopback only", 403)
        prepay, back = request.path_params["prepay"], request.query_params.get("redirect_url", "")
        back = back if is_loopback(back) else ""
        error = ""
        if request.method == "POST":
            error = _tapped(channel(), prepay, dict(parse_qsl((await request.body()).decode())))
            if not error:
                return RedirectResponse(str(request.url), 303)
        row = channel().by_prepay(prepay)
        if row is None:
            return HTMLResponse(phone.unknown(), 404)
        expires = datetime.fromtimestamp(row["expires_at"], phone.CHINA)
        return HTMLResponse(phone.page(dict(row), expires=expires, back=back, error=error))

    return handler


def _tapped(channel: Channel, prepay: str, form: Mapping[str, str]) -> str:
    """Carry out one tap; returns the words of a refusal."""
    how = form.get("how", "")
    try:
        if how.startswith("refund:"):
            row = channel.by_prepay(prepay)
            if row is not None:
                channel.set_refund_way(row["out_trade_no"], how.removeprefix("refund:"))
            return ""
        if how not in phone.WAYS:
            raise Refused(400, "PARAM_ERROR", "未知的操作")
        channel.tap(prepay, how, after=float(form.get("after") or 15), copies=int(form.get("copies") or 3))
    except (Refused, ValueError) as refused:
        return getattr(refused, "message", "参数错误")
    return ""


async def _scan(request: Request) -> Response:
    """What a phone's camera does with the content of a QR code."""
    if not _local(request):
        return PlainTextResponse("loopback only", 403)
    prepay = request.query_params.get("code", "").rpartition("pr=")[2]
    if not prepay.replace("-", "").replace("_", "").isalnum():
        return HTMLResponse(phone.unknown(), 404)
    back = request.query_params.get("redirect_url", "")
    tail = str(httpx.QueryParams({"redirect_url": back})) if is_loopback(back) else ""
    return RedirectResponse(f"{_base(request)}/wechat/pay/{prepay}" + (f"?{tail}" if tail else ""), 303)
