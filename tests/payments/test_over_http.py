"""The adapter as it runs: over a real port, with the simulators' own process loop and thread behind it."""

from __future__ import annotations

import time
from datetime import timedelta

import httpx
import pytest

from anxin.kit import clock
from anxin.payments.adapters.channel import wechatpay
from anxin.payments.adapters.demo import token_of
from anxin.payments.adapters.einvoice import tax_office
from anxin.payments.adapters.wechatpay import ChannelError
from tests.cast import uscc


@pytest.mark.requirement("B-7.8.2")
def test_order_phone_query_close_and_refund_over_a_port(simulators: str) -> None:
    client, now = wechatpay(), clock.now()
    stamp = f"{now:%H%M%S%f}"
    number = f"P{stamp}"
    code = client.native(
        out_trade_no=number, description="保洁", total_fen=100, expires_at=now + timedelta(hours=1)
    )
    with httpx.Client(follow_redirects=True, trust_env=False) as phone:
        page = phone.get(f"{simulators}/wechatpay/wechat/scan", params={"code": code})
        assert page.status_code == 200
        assert "¥1.00" in page.text
        assert phone.post(page.url, data={"how": "pay"}).status_code == 200
        address = client.h5(
            out_trade_no=f"{number}h", description="保洁", total_fen=200, payer_address="127.0.0.1",
            expires_at=now + timedelta(hours=1),
        )  # fmt: skip
        assert "¥2.00" in phone.get(address).text
        assert token_of(address) == address.rpartition("/")[2]
    assert client.query(number).paid
    client.close(f"{number}h")
    with pytest.raises(ChannelError, match="ORDERPAID"):
        client.close(number)
    client.refund(out_trade_no=number, out_refund_no=f"R{stamp}", refund_fen=40, total_fen=100, reason="x")
    for _ in range(40):
        if client.query_refund(f"R{stamp}").state == "SUCCESS":
            break
        time.sleep(0.1)
    assert client.query_refund(f"R{stamp}").state == "SUCCESS"
    assert number.encode() in client.trade_bill(clock.local_date(now).isoformat())


def test_the_tax_office_over_a_port(simulators: str) -> None:
    office = tax_office()
    assert office is not None
    content = {
        "buyer": {"name": "陈静", "person": "Y", "tax_number": ""},
        "seller": {"name": "甲", "tax_number": uscc(1)},
        "lines": [{"net_fen": 100, "tax_fen": 6, "tax_bp": 600}],
        "net_fen": 100, "tax_fen": 6, "gross_fen": 106,
    }  # fmt: skip
    first = office.issue("over-http", content)
    assert office.issue("over-http", content) == first
