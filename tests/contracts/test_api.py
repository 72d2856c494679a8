"""The same line through the API."""

from __future__ import annotations

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from anxin.contracts import queries
from anxin.contracts.states import ContractState
from tests.cast import NOON, Member, token_of
from tests.contracts.conftest import Deal, last_code
from tests.contracts.material import drawn

JSON = "application/json"


@pytest.mark.requirement("B-7.3.2")
def test_read_correct_sign_seal_download_verify(deal: Deal) -> None:
    with time_machine.travel(NOON, tick=False):
        customer = token_of(deal.stage.customer.person)
        head = token_of(deal.stage.head.person, deal.stage.head.appointment)
        stranger = token_of(deal.stage.rival.person, deal.stage.rival.appointment)
        api, base = Client(), f"/api/v1/contracts/{deal.contract.number}"
        assert [c["number"] for c in api.get("/api/v1/contracts", headers=customer).json()] == [
            deal.contract.number
        ]
        read = api.get(base, headers=customer).json()
        assert read["missing"] == []
        assert read["official"] is False
        assert read["summary"][0]["label"] == "谁来服务"
        assert api.get(base, headers=stranger).status_code == 404
        assert api.get(base).status_code == 401
        fixed = api.post(f"{base}/correction", {"remarks": "猫怕生"}, JSON, headers=customer).json()
        assert fixed["sha256"] != read["sha256"]
        assert api.post(f"{base}/code", headers=customer).json() == {"phone": "199****0001"}
        body = {
            "drawn": drawn(),
            "code": last_code(),
            "consent": True,
            "seen": read["sha256"],
            "handwriting": 2,
        }
        stale = api.post(f"{base}/signature", body, JSON, headers=customer)
        assert (stale.status_code, stale.json()["code"]) == (409, "text_changed")
        body["seen"] = fixed["sha256"]
        done = api.post(f"{base}/signature", body, JSON, headers=customer).json()
        assert done["state"] == ContractState.CUSTOMER_SIGNED
        assert (
            api.post(f"{base}/sealing", {"seen": done["sha256"]}, JSON, headers=customer).status_code == 403
        )
        assert (
            api.post(f"{base}/sealing", {"seen": done["sha256"]}, JSON, headers=stranger).status_code == 404
        )
        sealed = api.post(f"{base}/sealing", {"seen": done["sha256"]}, JSON, headers=head).json()
        assert [s["party"] for s in sealed["signatures"]] == ["customer", "agency"]
        paper = api.get(f"{base}/document", headers=head)
        assert paper.content.startswith(b"%PDF")
        record = api.get(f"/api/v1/verification/{deal.contract.number}").json()
        assert record["intact"] is True
        assert record["signers"][0]["name"] == "陈*"
        file = SimpleUploadedFile("c.pdf", paper.content, "application/pdf")
        verdict = api.post("/api/v1/verification", {"file": file}).json()
        assert verdict["sound"] is True
        assert verdict["record"]["number"] == deal.contract.number
        changed = bytearray(paper.content)
        changed[5000] ^= 1
        file = SimpleUploadedFile("c.pdf", bytes(changed), "application/pdf")
        verdict = api.post("/api/v1/verification", {"file": file}).json()
        assert verdict["sound"] is False
        assert verdict["signatures"][0]["intact"] is False
        assert queries.evidence_of(deal.contract).fault is None


def test_a_number_that_cannot_be_one_is_not_found(chen_jing: Member) -> None:
    token = token_of(chen_jing.person)
    for number in ("%00", "C%00", "\u5408\u540c", "C260318-NOSUCHNO", "..%2F"):
        assert Client().get(f"/api/v1/contracts/{number}", headers=token).status_code == 404
        assert Client().get(f"/api/v1/verification/{number}").status_code == 404
    assert Client().get("/api/v1/contracts?state=%00", headers=token).status_code == 400
