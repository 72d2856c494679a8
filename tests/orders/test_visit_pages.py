"""The day of the visit through the pages."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from anxin.kit.actor import SYSTEM
from anxin.orders.actions import visit
from anxin.orders.models import Extra, Step, StepPhoto, Visit
from anxin.orders.states import ExtraState, VisitState
from anxin.payments.queries import bills
from anxin.safetycode import public as safetycode
from tests.cast import Member
from tests.orders import played
from tests.stage import START, Stage

At = Callable[..., Client]


@pytest.fixture(autouse=True)
def at_the_door(at_noon: Any) -> None:
    at_noon.move_to(START)


def state_of(day: Visit) -> str:
    return Visit.objects.get(pk=day.pk).state


@pytest.mark.requirement("C-6.1.5", "B-7.6")
def test_the_worker_calls_ahead_departs_and_arrives(stage: Stage, client_of: At, at_noon: Any) -> None:
    order, day = played.signed(stage)
    client = client_of(stage.people[0])
    at_noon.move_to(START - timedelta(hours=2))
    assert "登记已联系" in client.get(f"/orders/{order.number}/").content.decode()
    assert client.post(f"/visits/{day.pk}/contact/", {"how": "phone", "note": "九点到"}).status_code == 303
    assert "我出发了" in client.get(f"/orders/{order.number}/").content.decode()
    at_noon.move_to(START - timedelta(minutes=40))
    assert client.post(f"/visits/{day.pk}/departure/").status_code == 303
    assert "我到了" in client.get(f"/orders/{order.number}/").content.decode()
    at_noon.move_to(START)
    assert client.post(f"/visits/{day.pk}/arrival/", {"lat": "30.23", "lng": "119.72"}).status_code == 303
    assert "亮出安心码" in client.get(f"/orders/{order.number}/").content.decode()
    assert state_of(day) == VisitState.ARRIVED


@pytest.mark.requirement("D-3b", "B-7.6")
def test_the_right_green_code_at_the_door_opens_it(stage: Stage, client_of: At) -> None:
    order, day = played.arrived(stage)
    token = safetycode.display_token(stage.workers[0].pk, START)
    given = {"token": f"https://anxin.example/c/{token}/", "lat": order.lat, "lng": order.lng}
    assert client_of(stage.customer).post(f"/visits/{day.pk}/entry/", given).status_code == 303
    assert state_of(day) == VisitState.IN_SERVICE


@pytest.mark.requirement("D-3b")
@pytest.mark.parametrize(
    ("why", "words"),
    [
        ("wrong_worker", "请先不要开门"),
        ("not_green", "请先不要开门"),
        ("wrong_place", "离服务地址约 9"),
        ("expired", "还没有核验通过"),
    ],
)
def test_a_refusal_at_the_door_is_told_and_nobody_gets_in(
    stage: Stage, client_of: At, why: str, words: str
) -> None:
    order, day = played.arrived(stage)
    worker = stage.workers[1 if why == "wrong_worker" else 0]
    shown_at = START - timedelta(hours=1) if why == "expired" else START
    if why == "not_green":
        safetycode.suspend(worker_id=worker.pk, why="核查中", by=SYSTEM, at=START)
    given = {"scanned": safetycode.display_token(worker.pk, shown_at), "lat": order.lat, "lng": order.lng}
    if why == "wrong_place":
        given |= {"lat": 30.9, "lng": 119.1, "consent_location": "1"}
    answer = client_of(stage.customer).post(f"/visits/{day.pk}/entry/", given)
    assert answer.status_code >= 400
    assert words in answer.content.decode()
    assert state_of(day) == VisitState.ARRIVED


@pytest.mark.requirement("B-7.6")
def test_a_photo_that_is_empty_is_not_called_one_that_was_not_chosen(stage: Stage, client_of: At) -> None:
    order, day = played.in_service(stage)
    worker = client_of(stage.people[0])
    step = Step.objects.filter(visit=day, needs_photo=True).get()
    for sent, words in (({}, "请选择一张照片"), ({"photo": SimpleUploadedFile("a.jpg", b"")}, "空")):
        assert words in worker.post(f"/steps/{step.pk}/photos/", sent, follow=True).content.decode()
    assert not StepPhoto.objects.filter(step=step).exists()


@pytest.mark.requirement("B-7.6")
def test_photos_of_the_work_are_seen_by_customer_and_agency(stage: Stage, client_of: At) -> None:
    order, day = played.in_service(stage)
    worker = client_of(stage.people[0])
    step = Step.objects.filter(visit=day, needs_photo=True).get()
    assert worker.post(f"/steps/{step.pk}/photos/", {"photo": played.photo()}).status_code == 303
    assert StepPhoto.objects.filter(step=step).count() == 1
    for who in (stage.customer, stage.head):
        client = client_of(who)
        page = client.get(f"/orders/{order.number}/").content.decode()
        address = page.split('<ul class="ax-photos">')[1].split('href="')[1].split('"')[0]
        assert client.get(address).status_code == 200


@pytest.mark.requirement("B-7.6")
def test_the_work_is_done_only_when_every_step_is(stage: Stage, client_of: At) -> None:
    order, day = played.in_service(stage)
    worker = client_of(stage.people[0])
    answer = worker.post(f"/visits/{day.pk}/completion/", {"note": "钥匙放在鞋柜上"})
    assert answer.status_code in (409, 422)
    assert "没有完成或缺少照片" in answer.content.decode()
    # What was typed for the end is there again, also where no script keeps it.
    assert "钥匙放在鞋柜上" in answer.content.decode()
    assert worker.post(f"/visits/{day.pk}/completion/", {"note": "长" * 501}).status_code == 422
    assert state_of(day) == VisitState.IN_SERVICE
    for step in Step.objects.filter(visit=day):
        if step.needs_photo:
            worker.post(f"/steps/{step.pk}/photos/", {"photo": played.photo()})
        else:
            worker.post(f"/steps/{step.pk}/", {"done": "on"})
    worker.post(f"/visits/{day.pk}/completion/", {"note": "都好了"})
    assert state_of(day) == VisitState.DONE
    assert client_of(stage.customer).post(f"/visits/{day.pk}/confirmation/").status_code == 303
    assert state_of(day) == VisitState.CONFIRMED


@pytest.mark.requirement("B-7.6")
def test_extra_work_counts_only_when_the_customer_agrees(stage: Stage, client_of: At) -> None:
    order, day = played.in_service(stage)
    given = {"label": "洗油烟机", "quantity": "1", "unit": "台", "price": "120"}
    assert client_of(stage.people[0]).post(f"/visits/{day.pk}/extras/", given).status_code == 303
    extra = Extra.objects.get(visit=day)
    assert (
        client_of(stage.people[0]).post(f"/extras/{extra.pk}/answer/", {"agreed": "yes"}).status_code == 404
    )
    assert Extra.objects.get(pk=extra.pk).state == "proposed"
    assert "洗油烟机" in client_of(stage.customer).get(f"/orders/{order.number}/").content.decode()
    client_of(stage.customer).post(f"/extras/{extra.pk}/answer/", {"agreed": "yes"})
    assert Extra.objects.get(pk=extra.pk).state == "agreed"


@pytest.mark.requirement("B-7.6")
@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"price": "三十"}, "请填写金额，比如 200 或 199.5"),
        ({"price": "2000000"}, "金额不能超过 100 万元"),
        ({"quantity": "两"}, "数量请填写数字"),
        ({"quantity": "0.333"}, "最多 2 位小数"),
        ({"unit": "一整面落地窗的里里外外上上下下左左右右"}, "单位最多 16 个字，现在有 19 个"),
        ({"label": ""}, "请填写加做什么"),
    ],
)
def test_an_extra_written_wrong_is_told_at_its_field_and_stays_written(
    stage: Stage, client_of: At, wrong: dict[str, str], words: str
) -> None:
    _order, day = played.in_service(stage)
    given = {"label": "擦阳台玻璃", "quantity": "2", "unit": "扇", "price": "15"} | wrong
    answer = client_of(stage.people[0]).post(f"/visits/{day.pk}/extras/", given)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert all(f'value="{one}"' in page for one in given.values() if one), page
    assert words in page
    assert not Extra.objects.exists()


def test_strangers_meet_nothing(stage: Stage, client_of: At, stranger: Member) -> None:
    _order, day = played.arrived(stage)
    for who in (stranger, stage.people[1]):
        client = client_of(who)
        for what in ("contact", "departure", "arrival", "extras", "completion", "confirmation", "entry"):
            assert client.post(f"/visits/{day.pk}/{what}/", {}).status_code == 404
    assert state_of(day) == VisitState.ARRIVED


@pytest.mark.requirement("B-7.6")
def test_extra_work_that_nobody_answers_is_taken_back_so_that_the_worker_can_finish(
    stage: Stage, client_of: At, at_noon: Any
) -> None:
    order, day = played.in_service(stage)
    at_noon.move_to(START + timedelta(hours=1))
    for step in day.steps.all():
        visit.add_photo(step, upload=played.photo(), by=stage.worker, at=START)
        visit.tick_step(step, done=True, note="", by=stage.worker, at=START)
    worker, customer = client_of(stage.people[0]), client_of(stage.customer)
    worker.post(f"/visits/{day.pk}/extras/", {"label": "擦窗", "quantity": "1", "unit": "次", "price": "200"})
    extra = Extra.objects.get()
    where = f"/extras/{extra.pk}/withdrawal/"
    assert where in worker.get(f"/orders/{order.number}/").content.decode()
    for who in (stage.people[1], stage.customer, stage.head):
        assert client_of(who).post(where).status_code == 404
    worker.post(f"/visits/{day.pk}/completion/", {"note": ""})
    assert Visit.objects.get(pk=day.pk).state == VisitState.IN_SERVICE
    worker.post(where)
    extra.refresh_from_db()
    assert extra.state == ExtraState.WITHDRAWN
    assert customer.post(f"/extras/{extra.pk}/answer/", {"agreed": "yes"}).status_code == 409
    worker.post(f"/visits/{day.pk}/completion/", {"note": ""})
    assert Visit.objects.get(pk=day.pk).state == VisitState.DONE
    assert list(bills.agreed_extras(order)) == []
