"""Our WeChat Pay client and its simulator, each held against an independent implementation (wechatpayv3)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import requests
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from requests.adapters import BaseAdapter
from wechatpayv3 import WeChatPay, WeChatPayType
from wechatpayv3.utils import aes_decrypt, rsa_verify

from anxin.payments.adapters.wechatpay import ChannelError, ChannelSilent, Forged, WechatPay, protocol
from anxin.payments.adapters.wechatpay.bill import BadBill, read
from anxin.payments.adapters.wechatpay_simulator.checks import is_loopback
from anxin.payments.adapters.wechatpay_simulator.server import refuse_unless_loopback
from tests.cast import NOON
from tests.payments.conftest import NOTIFY, Bench

NUMBER = "P260318-7KQ4M2XR"


def _place(bench: Bench, number: str = NUMBER, total: int = 12850) -> str:
    """Order by our client; returns the cashier's token."""
    url = bench.client.native(
        out_trade_no=number,
        description="日常保洁",
        total_fen=total,
        expires_at=bench.now + timedelta(hours=2),
    )
    assert url.startswith("weixin://wxpay/bizpayurl?pr=")
    return url.rpartition("=")[2]


class _Bridge(BaseAdapter):
    """Carries what `requests` sends into the simulator."""

    def __init__(self, bench: Bench) -> None:
        super().__init__()
        self.bench = bench

    def send(self, request: Any, **_: Any) -> requests.Response:
        told = self.bench.http.request(
            request.method, request.path_url, content=request.body or b"", headers=dict(request.headers)
        )
        answer = requests.Response()
        answer.status_code, answer._content = told.status_code, told.content
        answer.headers.update(told.headers)
        answer.encoding = "utf-8"
        return answer

    def close(self) -> None: ...


@pytest.fixture
def other(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> Iterator[WeChatPay]:
    """The independent client, with our merchant's keys, before our simulator."""
    merchant = bench.channel.platform.merchant
    [(key_id, key)] = merchant.platform_keys.items()
    made = WeChatPay(
        wechatpay_type=WeChatPayType.NATIVE,
        mchid=merchant.mchid,
        appid=merchant.appid,
        private_key=merchant.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode(),
        cert_serial_no=merchant.serial,
        apiv3_key=merchant.apiv3_key.decode(),
        notify_url=NOTIFY,
        public_key=key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode(),
        public_key_id=key_id,
    )
    monkeypatch.setattr(requests.Session, "get_adapter", lambda self, url: _Bridge(bench))
    monkeypatch.setattr("wechatpayv3.utils.time.time", bench.now.timestamp)
    return made


@pytest.mark.requirement("B-7.8.2")
def test_an_independent_client_pays_queries_and_refunds_at_our_simulator(
    bench: Bench, other: WeChatPay
) -> None:
    code, told = other.pay(description="保洁", out_trade_no=NUMBER, amount={"total": 100, "currency": "CNY"})
    assert code == 200
    bench.tap(json.loads(told)["code_url"].rpartition("=")[2], "pay")
    [(url, headers, body)] = bench.sent
    assert url == NOTIFY
    opened = other.callback(headers, body)
    assert opened["event_type"] == "TRANSACTION.SUCCESS"
    assert opened["resource"]["amount"]["total"] == 100
    code, told = other.query(out_trade_no=NUMBER)
    assert (code, json.loads(told)["trade_state"]) == (200, "SUCCESS")
    code, told = other.refund(
        out_refund_no="R260318-1", out_trade_no=NUMBER, amount={"refund": 40, "total": 100, "currency": "CNY"}
    )
    assert (code, json.loads(told)["status"]) == (200, "PROCESSING")
    code, told = other.trade_bill("2026-03-18", tar_type=None)
    assert code == 200
    assert json.loads(told)["hash_type"] == "SHA1"


def test_what_we_sign_is_verified_by_the_independent_implementation(bench: Bench) -> None:
    merchant = bench.channel.platform.merchant
    body = '{"金额":100}'.encode()
    header = protocol.authorization(
        merchant.key,
        mchid=merchant.mchid,
        serial=merchant.serial,
        method="POST",
        target="/v3/pay/transactions/native?x=1",
        timestamp="1700000000",
        nonce="ABC",
        body=body,
    )
    given = protocol.parse_authorization(header)
    # rsa_verify builds "a\nb\nc\n": the request's five lines are its first argument's own lines.
    first = f"POST\n/v3/pay/transactions/native?x=1\n{given.timestamp}"
    assert rsa_verify(first, given.nonce, body.decode(), given.signature, merchant.key.public_key())


def test_what_we_seal_is_opened_by_the_independent_implementation() -> None:
    key = b"0123456789abcdef0123456789ABCDEF"
    sealed = protocol.seal(key, "支付".encode(), nonce="abcdefghijkl", associated_data="transaction")
    assert aes_decrypt("abcdefghijkl", sealed, "transaction", key.decode()) == "支付"
    assert aes_decrypt("abcdefghijkl", sealed, "refund", key.decode()) is None
    with pytest.raises(Forged):
        protocol.unseal(key, sealed, nonce="abcdefghijkm", associated_data="transaction")


def test_our_client_orders_pays_closes_and_asks(bench: Bench) -> None:
    prepay = _place(bench)
    assert _place(bench) == prepay, "the same order again is the same order"
    assert bench.client.query(NUMBER).state == "NOTPAY"
    bench.tap(prepay, "pay")
    trade = bench.client.query(NUMBER)
    assert (trade.paid, trade.total_fen, trade.currency) == (True, 12850, "CNY")
    assert trade.success_at == NOON
    with pytest.raises(ChannelError) as refused:
        bench.client.close(NUMBER)
    assert refused.value.code == "ORDERPAID"
    with pytest.raises(ChannelError) as refused:
        bench.client.query("P260318-NOTHERE")
    assert refused.value.code == "ORDER_NOT_EXIST"
    _place(bench, "P260318-OTHER222")
    bench.client.close("P260318-OTHER222")
    assert bench.client.query("P260318-OTHER222").state == "CLOSED"


@pytest.mark.parametrize("number", ["P-1", "P" * 33, "P260318 22", "订单260318", "P260318/22"])
def test_an_order_number_out_of_form_is_never_sent(bench: Bench, number: str) -> None:
    with pytest.raises(ValueError, match="out_trade_no"):
        bench.client.native(
            out_trade_no=number, description="x", total_fen=1, expires_at=bench.now + timedelta(hours=1)
        )


def test_an_expired_order_cannot_be_paid(bench: Bench) -> None:
    prepay = _place(bench)
    bench.wait(hours=3)
    assert bench.http.post(f"/wechat/pay/{prepay}", data={"how": "pay"}).status_code == 200
    assert bench.client.query(NUMBER).state == "CLOSED"
    assert not bench.sent


def test_a_notice_is_repeated_until_it_is_heard(bench: Bench) -> None:
    bench.deliver = lambda headers, body: 500 if len(bench.sent) < 3 else 204
    bench.tap(_place(bench), "pay")
    assert len(bench.sent) == 1
    bench.wait(seconds=15)
    bench.wait(seconds=15)
    bench.wait(days=1)
    assert bench.answers == [500, 500, 204]
    notices = [json.loads(body) for _, _, body in bench.sent]
    assert len({n["id"] for n in notices}) == 1, "it repeats itself, it says nothing new"
    assert len({n["resource"]["nonce"] for n in notices}) == 3


@pytest.mark.requirement("B-7.8.2")
@pytest.mark.parametrize(
    "spoil",
    [
        lambda h, b: (h, b[:-2] + b" }"),
        lambda h, b: (h | {"Wechatpay-Signature": "AAAA"}, b),
        lambda h, b: (h | {"Wechatpay-Nonce": "other"}, b),
        lambda h, b: (h | {"Wechatpay-Timestamp": str(int(h["Wechatpay-Timestamp"]) + 1)}, b),
        lambda h, b: (h | {"Wechatpay-Timestamp": "soon"}, b),
        lambda h, b: (h | {"Wechatpay-Serial": "PUB_KEY_ID_OTHER"}, b),
        lambda h, b: (h | {"Wechatpay-Signature-Type": "NONE"}, b),
        lambda h, b: ({}, b),
        lambda h, b: (h, b""),
    ],
)
def test_a_notice_with_anything_changed_is_forged(bench: Bench, spoil: Any) -> None:
    bench.tap(_place(bench), "pay")
    _, headers, body = bench.sent[0]
    assert bench.client.read_notice(headers, body, at=bench.now).trade
    with pytest.raises(Forged):
        bench.client.read_notice(*spoil(headers, body), at=bench.now)


def test_a_notice_older_than_five_minutes_is_refused(bench: Bench) -> None:
    bench.tap(_place(bench), "pay")
    _, headers, body = bench.sent[0]
    assert bench.client.read_notice(headers, body, at=bench.now + timedelta(minutes=5))
    for span in (timedelta(minutes=5, seconds=1), -timedelta(minutes=5, seconds=1)):
        with pytest.raises(Forged, match="old"):
            bench.client.read_notice(headers, body, at=bench.now + span)


def test_the_forged_notice_of_the_simulator_does_not_pass(bench: Bench) -> None:
    prepay = _place(bench)
    bench.tap(prepay, "forge")
    _, headers, body = bench.sent[0]
    with pytest.raises(Forged):
        bench.client.read_notice(headers, body, at=bench.now)
    assert bench.client.query(NUMBER).state == "NOTPAY"


def test_an_answer_without_the_channels_signature_is_not_believed(bench: Bench, monkeypatch: Any) -> None:
    _place(bench)
    signed = bench.channel.notices.signed
    monkeypatch.setattr(
        bench.channel.notices, "signed", lambda body: signed(body) | {"Wechatpay-Signature": "AAAA"}
    )
    with pytest.raises(ChannelSilent):
        bench.client.query(NUMBER)


@pytest.mark.parametrize("header", ["", "Basic eA==", 'WECHATPAY2-SHA256-RSA2048 mchid="1"'])
def test_the_simulator_refuses_unsigned_requests(bench: Bench, header: str) -> None:
    answer = bench.http.get(
        f"/v3/pay/transactions/out-trade-no/{NUMBER}?mchid=1",
        headers={"Authorization": header, "Accept": "application/json"},
    )
    assert (answer.status_code, answer.json()["code"]) == (401, "SIGN_ERROR")


def test_the_simulator_refuses_a_stale_or_changed_request(bench: Bench, platform: Any) -> None:
    stale = WechatPay(
        platform.merchant,
        url="http://127.0.0.1:8002",
        notify_url=NOTIFY,
        http=bench.http,
        clock=lambda: bench.now.timestamp() - 301,
    )
    with pytest.raises(ChannelError) as refused:
        stale.query(NUMBER)
    assert refused.value.code == "SIGN_ERROR"


def test_the_simulator_never_notifies_another_machine(bench: Bench, platform: Any) -> None:
    far = WechatPay(
        platform.merchant,
        url="http://127.0.0.1:8002",
        notify_url="https://shop.example/callbacks/",
        http=bench.http,
        clock=bench.now.timestamp,
    )
    with pytest.raises(ChannelError) as refused:
        far.native(
            out_trade_no=NUMBER, description="x", total_fen=1, expires_at=bench.now + timedelta(hours=1)
        )
    assert refused.value.code == "PARAM_ERROR"


def test_the_simulator_refuses_to_be_reached_from_elsewhere(bench: Bench) -> None:
    for host in ("127.0.0.1", "127.9.9.9", "::1", "[::1]", "localhost", "http://localhost:8002"):
        assert is_loopback(host)
    for host in ("0.0.0.0", "10.0.0.1", "shop.example", "", "http://127.0.0.1.shop.example/"):
        assert not is_loopback(host)
        with pytest.raises(RuntimeError):
            refuse_unless_loopback(host)
    answer = bench.http.get("/wechat/pay/x", headers={"Host": "shop.example"})
    assert answer.status_code == 403


@pytest.mark.parametrize(
    ("way", "state"), [("ok", "SUCCESS"), ("abnormal", "ABNORMAL"), ("closed", "CLOSED")]
)
def test_refunds_end_as_the_channel_says(bench: Bench, way: str, state: str) -> None:
    bench.tap(_place(bench), "silent")
    bench.channel.set_refund_way(NUMBER, way)
    ask = {"out_trade_no": NUMBER, "out_refund_no": "R260318-1", "total_fen": 12850, "reason": "客户取消"}
    assert bench.client.refund(refund_fen=2850, **ask).state == "PROCESSING"
    assert bench.client.refund(refund_fen=2850, **ask).refund_fen == 2850, "asked twice, refunded once"
    with pytest.raises(ChannelError):
        bench.client.refund(refund_fen=2851, **ask)
    bench.wait(seconds=1)
    notice = bench.client.read_notice(*bench.sent[-1][1:], at=bench.now)
    assert (notice.event, notice.refund and notice.refund.state) == (f"REFUND.{state}", state)
    assert bench.client.query_refund("R260318-1").state == state


def test_more_than_was_paid_is_never_refunded(bench: Bench) -> None:
    bench.tap(_place(bench, total=100), "silent")
    for number, amount in (("R260318-1", 60), ("R260318-2", 40)):
        bench.client.refund(
            out_trade_no=NUMBER, out_refund_no=number, refund_fen=amount, total_fen=100, reason="x"
        )
    with pytest.raises(ChannelError):
        bench.client.refund(
            out_trade_no=NUMBER, out_refund_no="R260318-3", refund_fen=1, total_fen=100, reason="x"
        )


@pytest.mark.requirement("A-6.3.2d")
def test_the_bill_tells_payments_and_refunds_of_the_day(bench: Bench) -> None:
    bench.tap(_place(bench), "silent")
    bench.client.refund(
        out_trade_no=NUMBER, out_refund_no="R260318-1", refund_fen=850, total_fen=12850, reason="x"
    )
    bench.wait(seconds=1)
    content = bench.client.trade_bill("2026-03-18")
    paid, back = read(content)
    assert (paid.out_trade_no, paid.total_fen, paid.fee_fen, paid.is_refund) == (NUMBER, 12850, 77, False)
    assert (back.out_refund_no, back.refund_fen, back.refund_state) == ("R260318-1", 850, "SUCCESS")
    with pytest.raises(ChannelError) as refused:
        bench.client.trade_bill("2026-03-17")
    assert refused.value.code == "NO_STATEMENT_EXIST"
    with pytest.raises(BadBill):
        lines = content.splitlines(keepends=True)
        read(b"".join([lines[0], *lines[2:]]))
    with pytest.raises(BadBill):
        read(b"not a bill")


def test_a_tampered_bill_is_not_believed(bench: Bench, monkeypatch: Any) -> None:
    bench.tap(_place(bench), "silent")
    monkeypatch.setattr(bench.channel, "bill_file", lambda token: b"other")
    with pytest.raises(ChannelSilent):
        bench.client.trade_bill("2026-03-18")


def test_the_phone_shows_the_order_and_every_way_to_misbehave(bench: Bench) -> None:
    prepay = _place(bench)
    page = bench.http.get(f"/wechat/pay/{prepay}").text
    for word in (
        "¥128.50",
        NUMBER,
        "晚一点支付",
        "重复通知",
        "不通知",
        "伪造签名",
        "取消",
        "不会动用真实资金",
    ):
        assert word in page
    assert bench.http.post(f"/wechat/pay/{prepay}", data={"how": "twice"}).status_code == 303
    bench.channel.step()
    assert len(bench.sent) == 3
    assert "支付成功" in bench.http.get(f"/wechat/pay/{prepay}").text
    assert bench.http.get("/wechat/pay/nothing").status_code == 404
    scan = bench.http.get("/wechat/scan", params={"code": f"weixin://wxpay/bizpayurl?pr={prepay}"})
    assert scan.headers["location"].endswith(f"/wechat/pay/{prepay}")
