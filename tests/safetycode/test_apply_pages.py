"""The pages and the API of applications and appeals: each person finds their own, in a fixed number of queries."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from anxin.accounts.models import Appointment, Person
from anxin.kit import sheets
from anxin.kit.actor import Actor
from anxin.safetycode.actions import applying
from anxin.safetycode.models import Appeal, Application, Upload
from anxin.safetycode.values.applying import NAME, NUMBER, PHONE, TIER
from tests.cast import signed_in, token_of
from tests.safetycode.applying import Cast, authorise, brought_to, opened, world
from tests.workers.world import NOW, add_paper, make_worker, self_of

__all__ = ["world"]

QUEUE, OWN = "/desk/code-applications/", "/code/application/"


@pytest.fixture(autouse=True)
def _a_day_later() -> Iterator[None]:
    with time_machine.travel(NOW + timedelta(days=1), tick=False):
        yield


def post_of(actor: Actor) -> Appointment | None:
    return Appointment.objects.filter(person=actor.person_id, organisation=actor.organisation_id).first()


def browser(actor: Actor) -> Client:
    from anxin.accounts import public as accounts
    from anxin.kit.actor import SYSTEM

    person = Person.objects.get(pk=actor.person_id)
    post = post_of(actor)
    if actor.post and post is None:
        post = accounts.appoint(
            person_id=person.pk, organisation_id=actor.organisation_id, post=actor.post, by=SYSTEM, at=NOW
        )  # type: ignore[arg-type]
    return signed_in(person, post)


def sent(client: Client, path: str, **data: Any) -> Any:
    return post(client, path, data)


def post(client: Client, path: str, data: dict[str, Any]) -> Any:
    return client.post(path, {"idempotency_key": str(uuid4()), **data})


@pytest.mark.requirement("D-5a")
def test_the_whole_way_in_the_browser(world: Cast) -> None:
    own, head, association, bureau = map(browser, (world.own, world.head, world.association, world.bureau))
    assert "开始申领" in own.get(OWN).content.decode()
    assert sent(own, OWN, tier="1").status_code == 303
    row = Application.objects.get()
    refused = sent(own, f"{OWN}submission/")
    assert refused.status_code == 422 and "勾选声明" in refused.content.decode()
    assert sent(own, f"{OWN}submission/", declared="on").status_code == 303
    page, decide = f"{QUEUE}{row.number}/", f"{QUEUE}{row.number}/decision/"
    for desk in (head, association, bureau):
        assert row.number in desk.get(page).content.decode()
        assert f"{QUEUE}{row.number}/" in desk.get(QUEUE).content.decode()
        assert sent(desk, decide, verdict="forward").status_code == 303
    from anxin.catalogue.values import CredentialKind

    for kind in (CredentialKind.HEALTH_CHECK, CredentialKind.INSURANCE):
        add_paper(world.worker, kind)
    assert "待发码" in association.get(page).content.decode()
    assert post(association, decide, {"verdict": "forward"}).status_code == 303
    assert post(head, decide, {"verdict": "forward"}).status_code == 303
    row.refresh_from_db()
    assert row.state == "delivered"
    done = own.get(OWN).content.decode()
    assert "已下发" in done and "您的安心码正在使用" in done and "开始申领" not in done
    assert own.get("/code/").status_code == 200


def test_a_decision_without_reason_keeps_what_was_chosen(world: Cast) -> None:
    row = brought_to(world, "agency_review")
    head = browser(world.head)
    answer = sent(head, f"{QUEUE}{row.number}/decision/", verdict="return", why="")
    assert answer.status_code == 422 and "请写明理由" in answer.content.decode()
    assert Application.objects.get().state == "agency_review"
    assert sent(head, f"{QUEUE}{row.number}/decision/", verdict="return", why="照片模糊").status_code in (
        303,
        422,
    )


@pytest.mark.parametrize("who", ["rival", "stranger"])
def test_others_find_nothing(world: Cast, who: str) -> None:
    row = brought_to(world, "association_review")
    client = browser(getattr(world, who))
    assert client.get(f"{QUEUE}{row.number}/").status_code in (403, 404)
    listed = client.get(f"{QUEUE}?view=open")
    assert row.number not in listed.content.decode()
    api = client.get(f"/api/v1/safety-code/applications/{row.number}")
    assert api.status_code == 404


def test_a_list_costs_the_same_however_long(world: Cast, django_assert_num_queries: Any) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    brought_to(world, "association_review")
    client = browser(world.association)
    client.get(QUEUE)
    with CaptureQueriesContext(connection) as one:
        client.get(QUEUE)
    for n in range(3):
        worker = make_worker(world.agency, name=f"服务员{n}", papers=False)
        authorise(worker, world.agency)
        from anxin.catalogue.values import CredentialKind, HealthTier

        add_paper(worker, CredentialKind.TRAINING)
        row = applying.open_application(
            worker_id=worker.pk, tier=HealthTier.GENERAL, by=self_of(worker), at=NOW
        )
        applying.submit(application_id=row.pk, declared=True, by=self_of(worker), at=NOW)
        applying.forward(application_id=row.pk, by=world.head, at=NOW)
    with django_assert_num_queries(len(one)):
        answer = client.get(QUEUE)
    assert answer.content.decode().count("data-row>") == 4


def test_several_at_once_each_tells_what_became_of_it(world: Cast) -> None:
    row = brought_to(world, "bureau_review")
    answer = post(browser(world.bureau), f"{QUEUE}forwards/", {"row": [row.number, "S260101-NOTHERE1"]})
    assert answer.status_code == 200
    row.refresh_from_db()
    assert row.state == "exam_pending"


def test_an_upload_in_the_browser(world: Cast) -> None:
    head = browser(world.head)
    person = world.worker.person
    content = sheets.write_xlsx(
        [NAME, PHONE, NUMBER, TIER], [[person.name, person.phone, "", ""], ["=1+1", "1", "", ""]]
    )
    file = SimpleUploadedFile("申领.xlsx", content)
    answer = post(head, f"{QUEUE}uploads/", {"file": file})
    assert answer.status_code == 303
    upload = Upload.objects.get()
    shown = head.get(f"{QUEUE}uploads/{upload.pk}/").content.decode()
    assert person.phone not in shown and "本机构没有这位服务员" in shown
    book = head.get(f"{QUEUE}uploads/{upload.pk}/faults/")
    lines = sheets.read(book.content, columns=[NAME, PHONE])
    assert [line[NAME].lstrip("'") for line in lines] == ["=1+1"]
    assert post(head, f"{QUEUE}uploads/{upload.pk}/import/", {"row": "2"}).status_code == 303
    assert Application.objects.count() == 1
    assert browser(world.rival).get(f"{QUEUE}uploads/{upload.pk}/").status_code == 404


def test_the_export_carries_the_reasons_and_runs_nothing(world: Cast) -> None:
    row = brought_to(world, "association_review")
    person = world.worker.person
    person.name = "=HYPERLINK(1)"
    person.save(update_fields=["name"])
    answer = browser(world.association).get(f"{QUEUE}?format=csv&view=open")
    text = answer.content.decode("utf-8-sig")
    assert row.number in text and "'=HYPERLINK(1)" in text and ",=HYPERLINK" not in text


@pytest.mark.requirement("D-5b")
def test_what_is_late_is_shown_with_where_the_time_went(world: Cast) -> None:
    brought_to(world, "association_review")
    bureau = browser(world.bureau)
    assert "没有超期的申领" in bureau.get(f"{QUEUE}late/").content.decode()
    with time_machine.travel(NOW + timedelta(days=16), tick=False):
        page = browser(world.bureau).get(f"{QUEUE}late/").content.decode()
    assert "协会复核用了" in page and "王桂芳" in page


def test_an_appeal_in_the_browser(world: Cast) -> None:
    row = brought_to(world, "bureau_review")
    applying.reject(application_id=row.pk, why="信息不符", by=world.bureau, at=NOW)
    own, second = browser(world.own), browser(world.second)
    assert "不同意，我要申诉" in own.get(OWN).content.decode()
    assert "信息不符" in own.get("/code/appeals/").content.decode()
    assert sent(own, "/code/appeals/", statement="不是我").status_code == 303
    appeal = Appeal.objects.get()
    where = f"/desk/appeals/{appeal.number}/"
    bureau = browser(world.bureau)
    assert "请交给同事裁定" in bureau.get(where).content.decode()
    assert post(bureau, f"{where}answer/", {"text": "依据"}).status_code == 303
    assert post(own, f"/code/appeals/{appeal.number}/reply/", {"text": ""}).status_code == 303
    assert "作出裁定" in second.get(where).content.decode()
    ruled = post(second, f"{where}decision/", {"upheld": "1", "ruling": "同名"})
    assert ruled.status_code == 303
    assert "申诉成立" in own.get(f"/code/appeals/{appeal.number}/").content.decode()
    assert appeal.number in second.get("/desk/appeals/?state=upheld").content.decode()
    assert browser(world.stranger).get(f"/code/appeals/{appeal.number}/").status_code == 404


def test_the_same_way_by_api(world: Cast) -> None:
    person = Person.objects.get(pk=world.own.person_id)
    client, mine = Client(), token_of(person)
    made = client.post("/api/v1/safety-code/applications", {"tier": 1}, "application/json", headers=mine)
    assert made.status_code == 201, made.content
    path = f"/api/v1/safety-code/applications/{made.json()['number']}"
    done = client.post(f"{path}/submission", {"declared": True}, "application/json", headers=mine)
    assert done.json()["state"] == "agency_review" and done.json()["clock"]["limit"] == 10
    needs = {one["need"]: one["met"] for one in done.json()["conditions"]}
    assert needs["authorisation"] and not needs["health"]
    browser(world.head)
    head = token_of(Person.objects.get(pk=world.head.person_id), post_of(world.head))
    moved = client.post(f"{path}/decision", {"verdict": "forward"}, "application/json", headers=head)
    assert moved.json()["turn"] == "association"
    again = client.post(f"{path}/decision", {"verdict": "forward"}, "application/json", headers=head)
    assert again.status_code == 403


def test_empty_lists_and_who_has_no_agency(world: Cast) -> None:
    assert "现在没有轮到您办的申领" in browser(world.association).get(QUEUE).content.decode()
    assert "这里没有申诉" in browser(world.association).get("/desk/appeals/").content.decode()
    alone = make_worker(None, papers=False)
    assert "还没有加入家政机构" in browser(self_of(alone)).get(OWN).content.decode()
    assert "还没有登记" in browser(world.stranger).get(OWN).content.decode()
    draft = opened(world)
    assert draft.number in browser(world.head).get(f"{QUEUE}?view=open").content.decode()
