"""What a program of an agency, an association, an institution or an insurer does without any page."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from anxin.accounts.values import Purpose
from anxin.kit.actor import SYSTEM
from anxin.safetycode import public as safetycode
from anxin.safetycode.actions import applying
from anxin.safetycode.models import BackgroundCheck, Upload
from anxin.safetycode.values import Channel
from anxin.workers import actions
from anxin.workers import public as workers
from anxin.workers.models import Conduct
from anxin.workers.values import AffiliationKind
from anxin.workers.values.archive import ConductKind
from tests.cast import BEGIN, NOON, Member, token_of
from tests.safetycode.care_world import recorded
from tests.safetycode.exam_world import agree, institution, session
from tests.stage import Stage
from tests.workers.world import make_worker

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("D-5a")]
At = Callable[..., Client]
V1 = "/api/v1"
TERMS = {
    "number": "PZ-1", "product": "accident", "occupation_class": 4, "valid_from": "2026-03-18",
    "valid_to": "2026-12-31", "death_fen": 50_000_000, "medical_fen": 3_000_000,
}  # fmt: skip


@pytest.fixture(autouse=True)
def now() -> Any:
    with time_machine.travel(NOON, tick=False):
        yield


def program(member: Member) -> Callable[..., Any]:
    """The API as this person's program calls it."""
    client, headers = Client(), token_of(member.person, member.appointment)

    def call(method: str, path: str, data: Any = None, status: int = 200) -> Any:
        answer = client.generic(
            method, V1 + path, "" if data is None else json.dumps(data), "application/json", headers=headers
        )
        assert answer.status_code == status, (path, answer.status_code, answer.content[:400])
        return answer.json() if answer.content else None

    return call


def test_an_institution_stops_a_session(stage: Stage) -> None:
    house = institution()
    slot = session(house)
    agency, desk = program(stage.head), program(house)
    assert [one["id"] for one in agency("GET", "/exam-slots")] == [str(slot.pk)]
    desk("POST", f"/exam-slots/{slot.pk}/closing")
    assert agency("GET", "/exam-slots") == []
    agency("POST", f"/exam-slots/{slot.pk}/closing", status=403)


def test_a_policy_is_sent_back_filed_again_and_dropped(stage: Stage, association_staff: Member) -> None:
    agency, desk = program(stage.head), program(association_staff)
    row = agency("POST", "/policies", {**TERMS, "insurer": "某公司"}, 201)
    home = f"/policies/{row['id']}"
    agency("POST", f"{home}/return", {"why": "我自己退"}, 403)
    assert desk("POST", f"{home}/return", {"why": "职业类别不对"})["state"] == "returned"
    again = agency("POST", f"{home}/again", {**TERMS, "occupation_class": 3})
    assert (again["state"], again["occupation_class"]) == ("filed", 3)
    assert agency("POST", f"{home}/dropping")["state"] == "dropped"
    program(stage.rival)("POST", f"{home}/dropping", status=404)


def test_background_checks_go_out_by_file_and_faulty_answers_change_nothing(
    stage: Stage, association_staff: Member
) -> None:
    agree(stage.people[0].person, Purpose.BACKGROUND)
    safetycode.ask_background(
        worker_id=stage.workers[0].pk, channel=Channel.FILE, by=stage.head.actor, at=NOON
    )
    desk = program(association_staff)
    made = desk("POST", "/background-checks/batches", status=201)
    assert (made["count"], made["open"]) == (1, 1)
    assert [one["number"] for one in desk("GET", "/background-checks/batches")] == [made["number"]]
    desk("POST", "/background-checks/answers", {"content": "H|nothing\n"}, 422)
    assert BackgroundCheck.objects.get().state == "waiting"
    program(stage.head)("POST", "/background-checks/batches", status=403)


@pytest.mark.requirement("C-6.2.6")
def test_a_penalty_is_appealed_decided_and_revoked(stage: Stage, association_staff: Member) -> None:
    def penalty(title: str) -> Conduct:
        return actions.give_conduct(
            worker_id=stage.workers[0].pk, kind=ConductKind.PENALTY, title=title, basis="制度", by=stage.head.actor,
            given_on=NOON.date(), at=NOON,
        )  # fmt: skip

    first, second = penalty("迟到"), penalty("早退")
    actions.appeal_conduct(conduct_id=first.pk, reply="堵车", by=stage.worker, at=NOON)
    agency, desk = program(stage.head), program(association_staff)
    assert [one["id"] for one in desk("GET", "/workers/conducts/appeals")] == [str(first.pk)]
    agency("GET", "/workers/conducts/appeals", status=403)
    said = {"uphold": False, "why": "查证属实"}
    assert desk("POST", f"/workers/conducts/{first.pk}/decision", said)["state"] == "revoked"
    assert desk("GET", "/workers/conducts/appeals") == []
    assert agency("POST", f"/workers/conducts/{second.pk}/revocation", {"why": "记错"})["state"] == "revoked"


@pytest.mark.requirement("C-6.2.6")
def test_an_agency_reads_who_left(stage: Stage) -> None:
    agency = program(stage.head)
    assert agency("GET", "/former-workers") == []
    actions.leave_agency(worker_id=stage.workers[0].pk, by=stage.worker, at=NOON)
    (row,) = agency("GET", "/former-workers")
    assert row["worker"] == stage.workers[0].number
    assert program(stage.rival)("GET", "/former-workers") == []


@pytest.mark.requirement("D-6a")
def test_appeals_are_listed_for_who_may_see_them(stage: Stage, supervisor: Member) -> None:
    safetycode.suspend(worker_id=stage.workers[0].pk, why="核查", by=SYSTEM, at=NOON)
    row = program(stage.people[0])("POST", "/safety-code/appeals", {"statement": "有误"}, 201)
    for reader in (stage.people[0], stage.head, supervisor):
        assert [one["number"] for one in program(reader)("GET", "/safety-code/appeals")] == [row["number"]]
    assert program(stage.rival)("GET", "/safety-code/appeals") == []
    assert program(supervisor)("GET", "/safety-code/appeals?state=upheld") == []


@pytest.mark.requirement("D-7")
def test_a_claim_shows_its_lines_and_a_line_is_struck_out(
    carer: Member, jia_head: Member, stranger: Member
) -> None:
    for name in ("王桂芳", "李秀英"):
        worker = make_worker(name=name)
        workers.join_agency(
            worker_id=worker.pk, organisation_id=jia_head.organisation.pk, kind=AffiliationKind.EMPLOYEE, by=SYSTEM,
            at=BEGIN,
        )  # fmt: skip
        safetycode.issue(worker_id=worker.pk, by=carer.actor, at=NOON)
        recorded(worker)
    desk = program(carer)
    claim = desk("POST", "/safety-code/claims", {"year": 2026}, 201)
    home = f"/safety-code/claims/{claim['number']}"
    lines = desk("GET", home)["entries"]
    assert len(lines) == claim["lines"] == 2
    left = desk("POST", f"{home}/lines/{lines[0]['id']}/void", {"why": "名单外"})
    assert left["lines"] == 1
    assert [one["void"] for one in desk("GET", home)["entries"]] == ["名单外", ""]
    # Not paid by an earlier batch: there is nothing to take back.
    desk("POST", f"{home}/reclaims", {"line": lines[1]["id"], "why": "没有拨付"}, 409)
    for other in (jia_head, stranger):
        program(other)("GET", home, status=403)


def test_an_upload_that_was_given_up_is_gone(stage: Stage) -> None:
    content = "姓名,手机号,家政员编号,体检类别\n王芳,,,一般\n".encode()
    row = applying.preview(content=content, name="a.csv", by=stage.head.actor, at=NOON + timedelta(seconds=1))
    home = f"/safety-code/application-uploads/{row.pk}"
    program(stage.rival)("DELETE", home, status=404)
    assert Upload.objects.exists()
    program(stage.head)("DELETE", home, status=204)
    assert not Upload.objects.exists()
