"""One archive for life: who sees how much of it, on the screen, on paper and by program; leaving and coming back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from anxin.catalogue.values import CredentialKind
from anxin.kit.actor import SYSTEM
from anxin.kit.masks import mask_id
from anxin.safetycode import public as safetycode
from anxin.workers import actions
from anxin.workers import public as workers
from anxin.workers.models import Authorisation, Conduct, Credential
from anxin.workers.queries.archive import reading_of
from anxin.workers.queries.dossier import dossier, former, to_verify
from anxin.workers.values import AffiliationKind, BookingKind, Span
from anxin.workers.values.archive import ArchiveItem, ConductKind, Reader
from tests.cast import NOON, Member, token_of
from tests.contracts.material import drawn
from tests.stage import START, Stage
from tests.workers.signing import AGREED, ALL, authorised, code_sent, signed

__all__ = ["authorised"]
pytestmark = [pytest.mark.django_db, pytest.mark.requirement("C-6.2.6", "B-6.1.2")]
At = Callable[..., Client]
LATER = NOON + timedelta(hours=2)


@pytest.fixture(autouse=True)
def now() -> Any:
    with time_machine.travel(NOON + timedelta(hours=6), tick=False):
        yield


def page_of(client: Client, stage: Stage, path: str = "archive/") -> Any:
    return client.get(f"/desk/workers/{stage.workers[0].number}/{path}")


def move_to_rival(stage: Stage) -> None:
    actions.leave_agency(worker_id=stage.workers[0].pk, by=stage.worker, at=LATER)
    actions.join_agency(
        worker_id=stage.workers[0].pk, organisation_id=stage.rival.organisation.pk,
        kind=AffiliationKind.FLEXIBLE, by=stage.rival.actor, at=LATER,
    )  # fmt: skip


def test_my_archive_shows_every_class_the_timeline_and_the_way_to_sign(stage: Stage, client_of: At) -> None:
    client = client_of(stage.people[0])
    body = client.get("/worker/archive/").content.decode()
    for words in (
        "基本信息", "从业经历", "培训与职业证书", "健康体检结论", "家政保险", "背景核查结论", "奖惩记录", "时间线",
        "登记为家政服务员", "加入临安甲", "查验原件", "去看看并签署",
    ):  # fmt: skip
        assert words in body, words
    # Somebody may look over the shoulder.
    whole = stage.people[0].person.id_number
    assert whole and mask_id(whole) in body and whole not in body
    answer = client.get("/worker/archive/paper/")
    assert answer["Content-Type"] == "application/pdf" and answer.content.startswith(b"%PDF")


def test_the_association_sees_what_was_authorised_and_nothing_once_it_is_taken_back(
    stage: Stage, association_staff: Member, client_of: At
) -> None:
    client, name = client_of(association_staff), stage.people[0].person.name
    before = page_of(client, stage).content.decode()
    assert "还没有签署信用信息授权书" in before and "临安区人民医院" not in before and name not in before
    assert "临安区人民医院" not in page_of(client, stage, "").content.decode()
    signed(stage.worker, NOON, ALL - {ArchiveItem.INSURANCE})
    given = page_of(client, stage).content.decode()
    assert name in given and "本人没有授权这一项" in given and given.count("临安区人民医院") >= 3
    actions.withdraw_authorisation(by=stage.worker, at=LATER)
    frozen = page_of(client, stage).content.decode()
    assert "本人已撤回授权" in frozen and "临安区人民医院" not in frozen and name not in frozen


def test_the_bureau_reads_masked_and_the_stranger_and_the_rival_read_nothing(
    stage: Stage, supervisor: Member, stranger: Member, client_of: At, authorised: Authorisation
) -> None:
    paper = Credential.objects.filter(worker=stage.workers[0]).first()
    assert paper is not None
    Credential.objects.filter(pk=paper.pk).update(number="JK20260101998877")
    body = page_of(client_of(supervisor), stage).content.decode()
    assert stage.people[0].person.name not in body and "***8877" in body and "JK2026" not in body
    for who, status in ((stage.rival, 404), (stranger, 403), (stage.customer, 403)):
        assert page_of(client_of(who), stage).status_code == status
    assert reading_of(stranger.actor, stage.workers[0]) is None
    assert dossier(stage.rival.actor, stage.workers[0].number) is None


def test_a_former_agency_sees_its_own_time_alone(
    stage: Stage, client_of: At, authorised: Authorisation
) -> None:
    move_to_rival(stage)
    signed(stage.worker, LATER + timedelta(hours=1))
    workers.verify_credential(
        credential_id=workers.add_credential(
            worker_id=stage.workers[0].pk, kind=CredentialKind.CERTIFICATE, title="后来的证书", issuer="新考点",
            valid_from=NOON.date(), valid_to=NOON.date(), by=SYSTEM, at=LATER + timedelta(hours=2),
        ).pk, how="查验", by=SYSTEM, at=LATER + timedelta(hours=2),
    )  # fmt: skip
    old, new = client_of(stage.head), client_of(stage.rival)
    assert [row.worker_id for row in former(stage.head.actor)] == [stage.workers[0].pk]
    assert stage.workers[0].number in old.get("/desk/workers/former/").content.decode()
    reading = reading_of(stage.head.actor, stage.workers[0])
    assert reading is not None and reading.reader is Reader.FORMER and not reading.whole
    seen = page_of(old, stage).content.decode()
    assert "只能看到在本机构期间的记录" in seen and "后来的证书" not in seen
    assert stage.rival.organisation.name not in seen and stage.people[0].person.name not in seen
    whole = page_of(new, stage).content.decode()
    assert "后来的证书" in whole and f"离开{stage.head.organisation.name}" in whole


def test_an_agency_without_an_authorisation_sees_no_other_agencys_time(stage: Stage) -> None:
    actions.give_conduct(
        worker_id=stage.workers[0].pk, kind=ConductKind.REWARD, title="季度之星", basis="评选办法",
        given_on=NOON.date(), by=stage.head.actor, at=NOON,
    )  # fmt: skip
    move_to_rival(stage)
    found = dossier(stage.rival.actor, stage.workers[0].number)
    assert found is not None and [a.organisation_id for a in found.affiliations] == [
        stage.rival.organisation.pk
    ]
    assert not found.conducts
    signed(stage.worker, LATER + timedelta(hours=1))
    told = dossier(stage.rival.actor, stage.workers[0].number)
    assert told is not None and len(told.affiliations) == 2 and len(told.conducts) == 1


def test_a_life_survives_leaving_and_coming_back(stage: Stage) -> None:
    move_to_rival(stage)
    back = LATER + timedelta(days=30)
    actions.leave_agency(worker_id=stage.workers[0].pk, by=stage.worker, at=back)
    actions.join_agency(
        worker_id=stage.workers[0].pk, organisation_id=stage.head.organisation.pk,
        kind=AffiliationKind.INTRODUCED, by=stage.head.actor, at=back,
    )  # fmt: skip
    found = dossier(stage.worker, stage.workers[0].number)
    assert found is not None
    assert [row.kind for row in found.affiliations] == ["introduced", "flexible", "employee"]
    assert found.worker.number == stage.workers[0].number and len(found.papers) == 4


def test_leaving_tells_what_it_means_first_and_is_refused_over_a_visit(
    stage: Stage, client_of: At, authorised: Authorisation
) -> None:
    client = client_of(stage.people[0])
    told = client.get("/worker/departure/").content.decode()
    assert "安心码随之注销" in told and "信用信息授权书随之终止" in told
    assert client.post("/worker/departure/").status_code == 422
    assert workers.affiliation_of(stage.workers[0].pk, NOON + timedelta(hours=6)) is not None
    workers.hold_time(
        worker_id=stage.workers[0].pk, span=Span(START, START + timedelta(hours=2)), kind=BookingKind.VISIT,
        ref=None, point=None, turnover_minutes=30, by=SYSTEM, at=NOON,
    )  # fmt: skip
    blocked = client.get("/worker/departure/").content.decode()
    assert "先完成或改派这些上门" in blocked and "确认离开" not in blocked
    assert client.post("/worker/departure/", {"read": "on"}).status_code == 409
    assert getattr(safetycode.code_of(stage.workers[0].pk), "state", "") == "issued"


def test_the_desk_confirms_a_departure_and_finds_the_person_among_those_who_left(
    stage: Stage, client_of: At
) -> None:
    client = client_of(stage.head)
    assert "办理离开" in page_of(client, stage, "departure/").content.decode()
    answer = page_post(client, stage, "departure/", {"read": "on"})
    assert answer.status_code == 303 and answer["Location"] == "/desk/workers/former/"
    assert page_of(client, stage, "").status_code == 404


def page_post(client: Client, stage: Stage, path: str, data: dict[str, Any]) -> Any:
    return client.post(f"/desk/workers/{stage.workers[0].number}/{path}", data)


def test_signing_and_taking_back_in_the_browser(stage: Stage, client_of: At) -> None:
    client = client_of(stage.people[0])
    shown = client.get("/worker/authorisation/signature/").content.decode()
    assert "唯一隶属声明" in shown and " checked" not in shown
    assert "验证码已发送" in client.post("/worker/authorisation/code/").content.decode()
    data = {
        "version": "1", "items": [str(item) for item in ALL], "drawn": drawn(), "code": code_sent(),
        **{f"consent_{purpose}": str(version) for purpose, version in AGREED.items()},
    }  # fmt: skip
    refused = client.post("/worker/authorisation/signature/", {**data, "drawn": ""})
    assert refused.status_code == 422 and refused.content.decode().count(" checked") >= len(ALL)
    assert client.post("/worker/authorisation/signature/", data).status_code == 303
    facts = workers.authorisation_of(stage.workers[0].pk)
    assert facts is not None and facts.complete
    assert client.get(f"/authorisations/{facts.number}/paper/").content.startswith(b"%PDF")
    told = client.get("/worker/authorisation/withdrawal/?items=health").content.decode()
    assert "安心码立即暂停" in told
    harmless = client.get("/worker/authorisation/withdrawal/?items=reviews").content.decode()
    assert "安心码不受影响" in harmless
    client.post("/worker/authorisation/withdrawal/", {"items": ["reviews"]})
    left = workers.authorisation_of(stage.workers[0].pk)
    assert left is not None and left.items == ALL - {ArchiveItem.REVIEWS}
    client.post("/worker/authorisation/withdrawal/")
    assert workers.authorisation_of(stage.workers[0].pk) is None
    assert client.get("/worker/authorisation/").status_code == 200


def test_the_signed_paper_is_for_those_whom_it_names_while_it_holds(
    stage: Stage, association_staff: Member, stranger: Member, client_of: At, authorised: Authorisation
) -> None:
    row = authorised
    path = f"/authorisations/{row.number}/paper/"
    for who in (stage.people[0], stage.head, association_staff):
        assert client_of(who).get(path).status_code == 200
    for who in (stranger, stage.rival, stage.people[1], stage.customer):
        assert client_of(who).get(path).status_code == 404
    actions.withdraw_authorisation(by=stage.worker, at=LATER)
    assert client_of(stage.people[0]).get(path).status_code == 200
    for who in (stage.head, association_staff):
        assert client_of(who).get(path).status_code == 404


def test_the_queue_holds_what_waits_for_each_desk(
    stage: Stage, association_staff: Member, client_of: At, django_assert_max_num_queries: Any
) -> None:
    for worker in stage.workers:
        workers.add_credential(
            worker_id=worker.pk, kind=CredentialKind.CERTIFICATE, title="育婴员", issuer="人社局",
            valid_from=NOON.date(), valid_to=NOON.date() + timedelta(days=20), by=SYSTEM, at=NOON,
        )  # fmt: skip
    assert to_verify(stage.head.actor).count() == 2 and not to_verify(stage.rival.actor).exists()
    assert not to_verify(association_staff.actor).exists()
    signed(stage.worker, NOON)
    assert to_verify(association_staff.actor).count() == 1
    client = client_of(stage.head)
    with django_assert_max_num_queries(22):
        body = client.get("/desk/workers/papers/").content.decode()
    assert body.count("育婴员") == 2
    paper = to_verify(stage.head.actor).first()
    assert paper is not None
    path = f"/desk/workers/{paper.worker.number}/papers/{paper.pk}/verification/"
    answer = client.post(path, {"how": "官网查询", "from": "queue"})
    assert answer["Location"] == "/desk/workers/papers/"
    paper.refresh_from_db()
    assert paper.verified_for == stage.head.organisation.pk and paper.verified_by == stage.head.id
    assert to_verify(stage.head.actor).count() == 1
    assert "育婴员" in client.get("/desk/workers/papers/?show=expiring").content.decode()
    whose = dossier(stage.head.actor, paper.worker.number)
    assert whose is not None and stage.head.organisation.name in whose.names.values()


def test_education_and_practice_are_entered_and_struck_out_by_the_worker(stage: Stage, client_of: At) -> None:
    client = client_of(stage.people[0])
    client.post("/worker/archive/education/", {"education": "40"})
    done = client.post(
        "/worker/archive/practices/", {"place": "青山湖月子会所", "duty": "月嫂", "since": "2019-03-01"}
    )
    assert done.status_code == 303
    body = client.get("/worker/archive/").content.decode()
    assert "中等职业教育" in body and "青山湖月子会所" in body
    bad = client.post(
        "/worker/archive/practices/", {"place": "医院", "duty": "血压 160/100", "since": "2019-03-01"}
    )
    assert bad.status_code == 422
    row = stage.workers[0].practices.get()
    assert client_of(stage.people[1]).post(f"/worker/archive/practices/{row.pk}/removal/").status_code == 303
    assert stage.workers[0].practices.exists()
    client.post(f"/worker/archive/practices/{row.pk}/removal/")
    assert not stage.workers[0].practices.exists()


def test_a_penalty_goes_its_way_in_the_browser(
    stage: Stage, association_staff: Member, client_of: At, authorised: Authorisation
) -> None:
    head = client_of(stage.head)
    data = {"kind": "penalty", "title": "迟到三次", "basis": "员工手册第 8 条", "given_on": "2026-03-18"}
    assert page_post(head, stage, "conducts/", data).status_code == 303
    row = Conduct.objects.get()
    me = client_of(stage.people[0])
    assert f"/worker/archive/conducts/{row.pk}/appeal/" in me.get("/worker/archive/").content.decode()
    assert me.post(f"/worker/archive/conducts/{row.pk}/appeal/", {"reply": "当天封路"}).status_code == 303
    desk = client_of(association_staff)
    assert "当天封路" in desk.get("/desk/workers/appeals/").content.decode()
    desk.post(f"/desk/workers/appeals/{row.pk}/decision/", {"uphold": "0", "why": "情况属实"})
    row.refresh_from_db()
    assert row.state == "revoked"
    assert "迟到三次" not in page_of(desk, stage).content.decode()
    assert "情况属实" in me.get("/worker/archive/").content.decode()


def test_programs_read_and_sign_as_people_do(
    stage: Stage, association_staff: Member, stranger: Member, client: Client
) -> None:
    mine = token_of(stage.people[0].person)
    sent = client.post("/api/v1/workers/me/authorisation/codes", headers=mine)
    assert sent.status_code == 202, sent.content
    body = {
        "items": [str(item) for item in ALL], "version": 1, "drawn": drawn(), "code": code_sent(),
        "consents": {str(purpose): version for purpose, version in AGREED.items()},
    }  # fmt: skip
    answer = client.post("/api/v1/workers/me/authorisation", body, "application/json", headers=mine)
    assert answer.status_code == 201 and answer.json()["complete"], answer.content
    read = client.get("/api/v1/workers/me/archive", headers=mine).json()
    assert read["reader"] == "self" and len(read["papers"]) == 4 and set(read["items"]) == set(ALL)
    assert client.get("/api/v1/workers/me/departure", headers=mine).json()["authorised"]
    whole = f"/api/v1/workers/{stage.workers[0].number}"
    office = token_of(association_staff.person, association_staff.appointment)
    assert len(client.get(f"{whole}/archive", headers=office).json()["papers"]) == 4
    taken = client.post("/api/v1/workers/me/authorisation/withdrawals", {}, "application/json", headers=mine)
    assert taken.status_code == 204
    frozen = client.get(f"{whole}/archive", headers=office).json()
    assert frozen["frozen"] and not frozen["papers"] and frozen["name"] != stage.people[0].person.name
    assert client.get(whole, headers=office).json()["credentials"] == []
    assert client.get(f"{whole}/archive", headers=token_of(stranger.person)).status_code == 404
    assert client.get("/api/v1/workers/me/authorisation", headers=mine).status_code == 404


def test_an_archive_costs_the_same_whatever_is_in_it(
    stage: Stage, django_assert_max_num_queries: Any, authorised: Authorisation
) -> None:
    with django_assert_max_num_queries(22):
        assert dossier(stage.head.actor, stage.workers[0].number) is not None
