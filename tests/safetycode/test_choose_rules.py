"""The issuer's page of rules, and the past by the API: who may, and what each answers."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import time_machine
from django.test import Client

from anxin.kit.actor import SYSTEM
from anxin.kit.clock import local_date
from anxin.safetycode import public as codes
from anxin.safetycode.models import RuleChoice, SafetyCode
from tests.cast import NOON, Member
from tests.stage import Stage

PAGE = "/desk/codes/rules/"
FIRST = local_date(NOON) + timedelta(days=1)


def typed(issuer: Any, **changes: Any) -> dict[str, Any]:
    return {"issuer": str(issuer.pk), "rule_set": "NB-2020", "credit": "on", "valid_from": FIRST.isoformat(),
            "reason": "全市统一"} | changes  # fmt: skip


def test_the_association_announces_its_rules_and_the_public_reads_them(
    association_staff: Member, client_of: Any
) -> None:
    with time_machine.travel(NOON, tick=False):
        desk = client_of(association_staff)
        own = association_staff.appointment.organisation
        assert desk.get(PAGE).status_code == 200
        for wrong in ({"valid_from": local_date(NOON).isoformat()}, {"reason": ""}, {"rule_set": "XX"}):
            assert desk.post(PAGE, typed(own, **wrong)).status_code == 422
        assert not RuleChoice.objects.exists()
        assert desk.post(PAGE, typed(own)).status_code == 303
        assert desk.post(PAGE, typed(own)).status_code == 409  # the same rules would hold then anyway
        row = RuleChoice.objects.get()
        assert (row.issuer_id, row.rule_set, row.credit, row.valid_from) == (own.pk, "NB-2020", True, FIRST)
        assert "宁波口径 + 信用加码" in Client().get("/code/rules/").content.decode()
        listed = Client().get("/api/v1/safety-code/rules").json()
        assert [(one["issuer"], one["rule_set"], one["credit"]) for one in listed] == [
            (own.name, "NB-2020", True)
        ]


def test_nobody_chooses_for_another_issuer(
    association_staff: Member, supervisor: Member, jia_head: Member, client_of: Any
) -> None:
    with time_machine.travel(NOON, tick=False):
        other = supervisor.appointment.organisation
        assert client_of(association_staff).post(PAGE, typed(other)).status_code == 422
        assert client_of(jia_head).post(PAGE, typed(other)).status_code == 403
        assert client_of(supervisor).get(PAGE).status_code == 403
    assert not RuleChoice.objects.exists()


def test_the_past_by_the_api(stage: Stage, client_of: Any) -> None:
    worker = stage.workers[0]
    later = NOON + timedelta(hours=3)
    codes.suspend(worker_id=worker.pk, why="核查", by=SYSTEM, at=later)
    issued_at = SafetyCode.objects.get(worker=worker).issued_at
    address = f"/api/v1/workers/{worker.number}/safety-code"
    with time_machine.travel(later + timedelta(days=1), tick=False):
        head = client_of(stage.head)

        def at(moment: Any) -> Any:
            return head.get(f"{address}/past", {"at": moment.isoformat()}).json()

        assert at(later - timedelta(seconds=1))["colour"] == "green"
        suspended = at(later)
        assert (suspended["colour"], suspended["rule_set"], suspended["rule_version"]) == (
            "red",
            "ZJ-2020",
            "1",
        )
        assert suspended["would_turn_green"] == ["restore_code"]
        assert at(later + timedelta(days=300))["at"].startswith(f"{later + timedelta(days=1):%Y-%m-%dT%H:%M}")
        assert at(issued_at - timedelta(seconds=1))["issued"] is False
        changes = head.get(f"{address}/changes").json()
        assert [one["colour"] for one in changes][-2:] == ["green", "red"]
        assert changes[-1]["causes"] == ["code_moved:code"]
        assert client_of(stage.rival).get(f"{address}/changes").status_code == 404
