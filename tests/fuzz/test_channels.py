"""What outside systems say to us: the payment channel's notices and bills, the tax office's, the identity check's and
the message provider's answers. Signed or not, whole or not: believed as it was meant, or not at all."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from anxin.accounts.adapters import identity
from anxin.kit import outbound
from anxin.messaging.adapters import sms
from anxin.payments.adapters.einvoice import OfficeRefused, OfficeSilent, TaxOffice
from anxin.payments.adapters.wechatpay import ChannelError, ChannelSilent, Forged, WechatPay, keys, protocol
from anxin.payments.adapters.wechatpay.bill import COLUMNS, BadBill, read, write
from anxin.payments.adapters.wechatpay.client import read_refund, read_trade
from anxin.safetycode.adapters import ministry
from anxin.safetycode.values import MinistryState
from tests.cast import NOON, id_number, phone
from tests.fuzz.register import examples, fuzzes
from tests.fuzz.test_tokens import ANY_JSON, slips

STRANGE = st.one_of(
    ANY_JSON,
    st.sampled_from(["2026-03-18T10:00:00+08:00", "2026-03-18", "0001-01-01T00:00:00+14:00", "", 12850, 12850.0]),
    st.sampled_from(["12850", True, 10**40, -1]),
)  # fmt: skip
FIELDS = ("out_trade_no", "out_refund_no", "trade_state", "refund_status", "status", "transaction_id", "refund_id",
          "appid", "mchid", "success_time", "trade_type", "payer")  # fmt: skip
TOLD = st.one_of(
    ANY_JSON,
    st.fixed_dictionaries(
        {"out_trade_no": STRANGE, "out_refund_no": STRANGE, "trade_state": STRANGE, "refund_status": STRANGE},
        optional=dict.fromkeys(FIELDS[4:], STRANGE)
        | {"amount": st.one_of(ANY_JSON, st.fixed_dictionaries({"total": STRANGE, "refund": STRANGE}))},
    ),
)


@pytest.fixture(scope="module")
def channel(tmp_path_factory: pytest.TempPathFactory) -> keys.Platform:
    return keys.simulated(tmp_path_factory.mktemp("keys") / "wechatpay")


def client_of(platform: keys.Platform, answer: Any = None) -> WechatPay:
    transport = httpx.MockTransport(answer or (lambda request: httpx.Response(500)))
    return WechatPay(
        platform.merchant, url="http://127.0.0.1:8002", notify_url="http://127.0.0.1:8000/callbacks/wechatpay/",
        http=httpx.Client(transport=transport), clock=NOON.timestamp,
    )  # fmt: skip


def stood_for(platform: keys.Platform, body: bytes) -> dict[str, str]:
    """The headers by which the channel stands for a body."""
    stamp, nonce = str(int(NOON.timestamp())), "n" * 20
    signature = protocol.sign(platform.key, protocol.answer_message(stamp, nonce, body))
    return {
        "Wechatpay-Timestamp": stamp, "Wechatpay-Nonce": nonce, "Wechatpay-Serial": platform.serial,
        "Wechatpay-Signature": signature,
    }  # fmt: skip


@fuzzes(
    "payments.adapters.wechatpay.client.WechatPay.read_notice", "payments.adapters.wechatpay.protocol.verify"
)
@fuzzes("payments.adapters.wechatpay.protocol.unseal", "payments.adapters.wechatpay.client._time")
def test_a_notice(channel: keys.Platform) -> None:
    client = client_of(channel)

    def notice(told: Any, event: str, changes: dict[str, Any]) -> bytes:
        plain = json.dumps(told).encode()
        resource = {
            "algorithm": protocol.SEAL, "nonce": "n" * 12, "associated_data": "transaction",
            "ciphertext": protocol.seal(
                channel.merchant.apiv3_key, plain, nonce="n" * 12, associated_data="transaction"
            ),
        }  # fmt: skip
        resource |= {key: value for key, value in changes.items() if key in resource}
        whole = {"id": "1", "event_type": event, "resource_type": "encrypt-resource", "resource": resource}
        return json.dumps(whole | {key: value for key, value in changes.items() if key in whole}).encode()

    events = st.sampled_from(["TRANSACTION.SUCCESS", "REFUND.SUCCESS", "REFUND.CLOSED", "ELSE"])
    names = st.sampled_from(["id", "event_type", "resource_type", "resource", "algorithm", "nonce", "ciphertext",
                             "associated_data"])  # fmt: skip
    bodies = st.one_of(
        st.builds(notice, TOLD, events, st.dictionaries(names, ANY_JSON, max_size=1)),
        ANY_JSON.map(lambda one: json.dumps(one).encode()),
        st.binary(max_size=60),
        st.just(b"[" * 60_000),
    )

    @examples
    @given(bodies, st.booleans(), st.data())
    def drive(body: bytes, signed: bool, data: st.DataObject) -> None:
        headers = stood_for(channel, body)
        if not signed:
            name = data.draw(st.sampled_from(sorted(headers)))
            headers[name] = data.draw(slips(headers[name]).filter(lambda text: text != headers[name]))
        try:
            found = client.read_notice(headers, body, at=NOON)
        except Forged:
            return
        assert signed
        for told in (found.trade, found.refund):
            assert told is None or told.success_at is None or told.success_at.tzinfo is not None
            assert told is None or told.total_fen is None or type(told.total_fen) is int

    drive()


@fuzzes("payments.adapters.wechatpay.client.read_trade", "payments.adapters.wechatpay.client.read_refund")
@examples
@given(TOLD)
def test_a_trade_and_a_refund_as_the_channel_tells_them(told: Any) -> None:
    for reading in (read_trade, read_refund):
        try:
            found = reading(told)
        except (KeyError, TypeError, ValueError, AttributeError):
            # What `read_notice` takes for forged.
            continue
        assert found.total_fen is None or type(found.total_fen) is int


@fuzzes("payments.adapters.wechatpay.protocol.parse_authorization")
@examples
@given(slips('WECHATPAY2-SHA256-RSA2048 mchid="1",nonce_str="2",signature="3",timestamp="4",serial_no="5"'))
def test_a_requests_signature(header: str) -> None:
    try:
        found = protocol.parse_authorization(header)
    except Forged:
        return
    assert found.mchid in header


@fuzzes("payments.adapters.wechatpay.client.WechatPay._json")
def test_what_the_channel_answers(channel: keys.Platform) -> None:
    @examples
    @given(ANY_BODY, st.sampled_from([200, 204, 400, 404, 429, 500]), st.booleans())
    def drive(body: bytes, status: int, signed: bool) -> None:
        headers = stood_for(channel, body) if signed else {}
        client = client_of(channel, lambda request: httpx.Response(status, content=body, headers=headers))
        with pytest.raises((ChannelError, ChannelSilent)):
            client.query("P260318-7KQ4M2XR")
            raise ChannelSilent("it was a true answer")
        with pytest.raises((ChannelError, ChannelSilent)):
            client.query_refund("R1")
            raise ChannelSilent("it was a true answer")

    drive()


@fuzzes("payments.adapters.wechatpay.client.WechatPay.openid")
def test_whom_the_channel_names(channel: keys.Platform) -> None:
    told = st.fixed_dictionaries(
        {}, optional=dict.fromkeys(("openid", "errcode", "errmsg", "access_token"), STRANGE)
    )

    @examples
    @given(
        st.one_of(ANY_BODY, told.map(lambda one: json.dumps(one).encode())),
        st.sampled_from([200, 204, 400, 500]),
    )
    def drive(body: bytes, status: int) -> None:
        client = client_of(channel, lambda request: httpx.Response(status, content=body))
        try:
            found = client.openid("0123456789abcdef")
        except (ChannelError, ChannelSilent):
            return
        assert status == 200 and str(json.loads(body)["openid"]) == found

    drive()


ROW = dict.fromkeys(COLUMNS, "0.00") | {
    "商户退款单号": "0",
    "微信退款单号": "0",
    "商户订单号": "P1",
    "订单金额": "12.50",
}


@fuzzes("payments.adapters.wechatpay.bill.read")
@examples
@given(st.data())
def test_a_days_bill(data: st.DataObject) -> None:
    cells = st.one_of(st.sampled_from(["0", "12.50", "NaN", "Infinity", "1e99", "1E+400", "-3.1", "0.001", "`", ""]),
                      st.text(max_size=8))  # fmt: skip
    rows = [ROW | data.draw(st.dictionaries(st.sampled_from(COLUMNS), cells, max_size=2))
            for _ in range(data.draw(st.integers(0, 3)))]  # fmt: skip
    try:
        content = bytearray(write(rows))
    except ArithmeticError:
        return
    for _ in range(data.draw(st.integers(0, 2))):
        at = data.draw(st.integers(0, len(content) - 1))
        content[at : at + data.draw(st.integers(0, 3))] = data.draw(st.binary(max_size=3))
    try:
        lines = read(bytes(content))
    except BadBill:
        return
    assert all(type(line.total_fen) is int for line in lines)


ANY_BODY = st.one_of(
    ANY_JSON.map(lambda one: json.dumps(one).encode()),
    st.binary(max_size=60),
    st.sampled_from([b"[" * 60_000, b"", b"{}", b'{"Code": "OK"}', b'{"result": "match", "request_id": 1}',
                     b'{"number": "12345678901234567890", "issued_at": "0001-01-01"}', b'{"confirmation": null}']),
)  # fmt: skip
STATUS = st.sampled_from([200, 201, 302, 400, 500])


@fuzzes("payments.adapters.einvoice.TaxOffice._issued", "payments.adapters.einvoice.TaxOffice._post")
@examples
@given(ANY_BODY, STATUS)
def test_what_the_tax_office_answers(body: bytes, status: int) -> None:
    http = httpx.Client(transport=httpx.MockTransport(lambda request: httpx.Response(status, content=body)))
    office = TaxOffice("http://127.0.0.1:8002/invoice", "k", b"s", http, NOON.timestamp)
    for asking in (
        lambda: office.issue("1", {}),
        lambda: office.confirm_red("1", number="2", reason="3"),
        lambda: office.issue_red("1", confirmation="2"),
    ):
        try:
            found = asking()
        except (OfficeSilent, OfficeRefused):
            continue
        assert isinstance(found, str) or (len(found.number) == 20 and found.issued_at.tzinfo is not None)


@pytest.fixture
def partner(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[httpx.Response]]:
    """Whoever is called answers with what stands in this list."""
    said: list[httpx.Response] = []
    client = httpx.Client(transport=httpx.MockTransport(lambda request: said[-1]))

    class Kept:
        def __enter__(self) -> httpx.Client:
            return client

        def __exit__(self, *_: Any) -> None:
            return None

    monkeypatch.setattr(outbound, "client", lambda **_: Kept())
    yield said


@fuzzes("accounts.adapters.identity.two_factor", "messaging.adapters.sms.send")
def test_what_the_identity_check_and_the_message_provider_answer(partner: list[httpx.Response]) -> None:
    @examples
    @given(ANY_BODY, STATUS)
    def drive(body: bytes, status: int) -> None:
        partner[:] = [
            httpx.Response(status, content=body, request=httpx.Request("POST", "http://127.0.0.1/"))
        ]
        try:
            found = identity.two_factor("陈静", id_number(1), at=NOON)
        except identity.Unavailable:
            pass
        else:
            assert status < 300
            assert found.result in identity.IdentityResult
        try:
            sms.send(phone=phone(1), template_code="x", params={}, out_id="1", at=NOON)
        except (sms.SmsRefused, sms.SmsUnreachable):
            return
        assert json.loads(body)["Code"] == "OK"

    drive()


@fuzzes("safetycode.adapters.ministry.records")
def test_what_the_ministry_answers(partner: list[httpx.Response]) -> None:
    told = st.fixed_dictionaries(
        {"ref": st.one_of(st.just("1"), STRANGE), "state": st.one_of(st.just("frozen"), STRANGE)},
        optional=dict.fromkeys(("number", "agency_uscc", "valid_to"), STRANGE),
    )
    answers = st.fixed_dictionaries({"records": st.one_of(ANY_JSON, st.lists(told, max_size=2))})

    @examples
    @given(st.one_of(ANY_BODY, answers.map(lambda one: json.dumps(one).encode())), STATUS)
    def drive(body: bytes, status: int) -> None:
        partner[:] = [
            httpx.Response(status, content=body, request=httpx.Request("POST", "http://127.0.0.1/"))
        ]
        try:
            found = ministry.records([ministry.Asked("1", "陈静", id_number(1))], at=NOON)
        except ministry.MinistrySilent:
            return
        assert status < 300
        assert set(found) == {"1"} and found["1"].state in MinistryState

    drive()


@fuzzes("payments.adapters.wechatpay.keys.read_public")
@examples
@given(
    st.one_of(
        st.binary(max_size=200),
        slips("-----BEGIN PUBLIC KEY-----\nMIIB\n-----END PUBLIC KEY-----\n").map(str.encode),
    )
)
def test_a_key_in_a_file(content: bytes) -> None:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "key.pem")
        file.write_bytes(content)
        with pytest.raises(ValueError):
            keys.read_public(file)
