"""What pages can do beside the straight line, programs can do too: papers handed in, words taken back, asked again."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from anxin.orders.models import Order
from anxin.orders.public import tick
from anxin.reviews.models import Review
from tests.cast import NOON, Member, token_of, uscc
from tests.line.conftest import Clock, Program
from tests.line.test_api import FOUR, demand
from tests.orders import played
from tests.stage import START, Stage, picture

Programs = Callable[[Member], Program]
PROFILE = {
    "mode": "employer", "legal_representative": "王丙", "phone": "057163710009", "town_code": "330112006",
    "address": "衣锦街 9 号",
}  # fmt: skip
LICENCE = {"kind": "licence", "title": "营业执照", "issuer": "临安区市场监督管理局", "number": "91330112"}


def acting(member: Member) -> Program:
    """Who may enter only with a second factor, signed in."""
    return Program(token_of(member.person, member.appointment)["Authorization"].removeprefix("Bearer "))


def hand_in(one: Program, **said: str) -> Any:
    return one.client.post(
        "/api/v1/own-agency/documents",
        {**LICENCE, **said, "file": played.photo()},
        headers={"Authorization": f"Bearer {one.token}"},
    )


@pytest.mark.requirement("E-22", "B-7.1.1", "B-7.1.3")
def test_an_agency_joins_is_verified_and_publishes(
    clock: Clock, chen_jing: Member, operations: Member, program: Programs
) -> None:
    head, operator, anybody = program(chen_jing), acting(operations), Program("")
    applied = head.send("/own-agency", {"name": "临安丙家政有限公司", "uscc": uscc(77), "profile": PROFILE})
    (post,) = [one for one in head.get("/me")["posts"] if one["organisation"] == "临安丙家政有限公司"]
    head.send("/me/post", {"appointment_id": post["id"]})

    assert (
        json.loads(head.call("/own-agency/submission", {"agreed": True}).content)["code"] == "licence_missing"
    )
    wrong = hand_in(head, title="执")
    assert (wrong.status_code, wrong.json()["code"]) == (422, "unfit")
    assert head.get("/own-agency/documents") == []
    first = hand_in(head).json()
    assert (
        head.client.get(first["file"], headers={"Authorization": f"Bearer {head.token}"}).status_code == 200
    )
    assert head.call(f"/own-agency/documents/{first['id']}", method="DELETE").status_code == 204
    paper = hand_in(head)
    assert paper.status_code == 201, paper.content
    head.send("/own-agency/submission", {"agreed": True})

    base = f"/applications/{applied['number']}"
    operator.send(f"{base}/decision", {"verdict": "reject", "why": "照片不清楚"})
    head.send("/own-agency/appeal", {"why": "照片是清楚的"})
    (shown,) = operator.get(f"{base}/documents")
    scan = operator.client.get(shown["file"], headers={"Authorization": f"Bearer {operator.token}"})
    assert scan.status_code == 200
    operator.send(f"/documents/{shown['id']}/check", {"passed": True, "how": "比对登记信息"})
    assert operator.send(f"{base}/decision", {"verdict": "approve"})["state"] == "live"

    service = head.send("/own-services", {"item_code": "0101"})
    content = service["content"] | {
        "price_list": {"unit": "hour", "unit_price_fen": 5000, "minimum": "2"},
        "towns": ["330112006"], "hours": [[0, 480, 1200]],
    }  # fmt: skip
    head.send(
        f"/own-services/{service['id']}/publication", {"content": content, "revision": service["revision"]}
    )
    (found,) = anybody.get("/services/0101/offers")["items"]
    assert found["agency"]["number"] == applied["number"]


def test_the_head_of_an_agency_that_was_entered_adds_the_rest(
    clock: Clock, jia_head: Member, program: Programs
) -> None:
    head = program(jia_head)
    assert head.send("/own-agency", {"profile": PROFILE})["name"] == jia_head.organisation.name
    assert hand_in(head).status_code == 201


@pytest.mark.requirement("B-7.5.2")
def test_an_agency_takes_a_proposal_back(standing: Stage, clock: Clock, program: Programs) -> None:
    order, _ = played.carded(standing)
    agency, rival = program(standing.head), program(standing.rival)
    address = f"/orders/{order.number}/assignment/withdrawal/"

    assert rival.call(address, {"reason": "x"}).status_code == 404
    assert agency.send(address, {"reason": "她那天休息"})["state"] == "withdrawn"
    assert agency.call(address, {"reason": "x"}).status_code == 404
    agency.send(f"/orders/{order.number}/assignment/", {"worker_id": str(standing.workers[1].pk)})


@pytest.mark.requirement("B-7.3.1")
def test_what_nobody_answered_is_asked_again(standing: Stage, clock: Clock, program: Programs) -> None:
    customer, other = program(standing.customer), program(standing.rival)
    number = customer.send("/orders/", demand(standing, version_id=None))["number"]
    clock.work()
    address = f"/orders/{number}/again/"
    later = START + timedelta(days=1)
    assert customer.call(address, {"starts_at": later.isoformat()}).status_code == 409
    for _ in range(2):
        clock.to(Order.objects.get(number=number).offers.latest("expires_at").expires_at)
        tick(at=clock.now)
        clock.work()
    assert customer.get(f"/orders/{number}/")["state"] == "unanswered"

    assert other.call(address, {"starts_at": later.isoformat()}).status_code == 404
    assert customer.call(address, {"starts_at": NOON.isoformat()}).status_code == 422
    again = customer.send(address, {"starts_at": later.isoformat()})
    assert (again["state"], again["ends_at"]) == ("submitted", "2026-03-21T09:00:00Z")


@pytest.mark.requirement("B-7.2.3")
@pytest.mark.parametrize("agreed", [True, False])
def test_another_time_is_asked_for_and_answered(
    standing: Stage, clock: Clock, program: Programs, agreed: bool
) -> None:
    order, visit = played.signed(standing)
    customer, agency = program(standing.customer), program(standing.head)
    later = (START + timedelta(days=3)).isoformat()

    asked = customer.send(f"/visits/{visit.pk}/change/", {"starts_at": later, "reason": "出差"})
    answered = agency.send(f"/changes/{asked['id']}/answer/", {"agreed": agreed})

    assert answered["state"] == ("agreed" if agreed else "refused")
    visit.refresh_from_db()
    assert (visit.starts_at == START + timedelta(days=3)) is agreed


@pytest.mark.requirement("B-7.3.2")
def test_another_time_is_taken_back_by_who_asked(standing: Stage, clock: Clock, program: Programs) -> None:
    _order, visit = played.signed(standing)
    customer, agency, rival = program(standing.customer), program(standing.head), program(standing.rival)
    later = (START + timedelta(days=3)).isoformat()

    asked = customer.send(f"/visits/{visit.pk}/change/", {"starts_at": later, "reason": "出差"})
    address = f"/changes/{asked['id']}/withdrawal/"

    assert (rival.call(address).status_code, agency.call(address).status_code) == (404, 403)
    assert customer.send(address)["state"] == "withdrawn"
    assert customer.call(address).status_code == 409
    assert agency.call(f"/changes/{asked['id']}/answer/", {"agreed": True}).status_code == 409


def test_a_time_that_needs_nobodys_word_is_moved_at_once(
    standing: Stage, clock: Clock, program: Programs
) -> None:
    customer = program(standing.customer)
    customer.send("/orders/", demand(standing))
    clock.work()
    visit = Order.objects.get().visits.get()
    later = START + timedelta(days=3)

    moved = customer.call(f"/visits/{visit.pk}/change/", {"starts_at": later.isoformat(), "reason": "出差"})

    assert (moved.status_code, moved.content) == (204, b"")
    visit.refresh_from_db()
    assert visit.starts_at == later


@pytest.mark.requirement("B-7.7.1", "B-7.7.2")
def test_a_review_has_photos_is_answered_hidden_shown_and_looked_behind(
    standing: Stage, clock: Clock, program: Programs, reviews_admin: Member
) -> None:
    clock.to(START + timedelta(hours=3))
    order, _ = played.paid(standing)
    customer, agency, manager = program(standing.customer), program(standing.head), acting(reviews_admin)
    said = {"target": "worker", "scores": FOUR, "words": "很好", "anonymous": True}
    base = f"/reviews/{customer.send(f'/orders/{order.number}/reviews/', said)['id']}"

    assert (
        agency.upload(f"{base}/photos/", "photo", "k.jpg", picture("JPEG"), "image/jpeg").status_code == 404
    )
    for _ in range(6):
        told = customer.upload(f"{base}/photos/", "photo", "k.jpg", picture("JPEG"), "image/jpeg")
        assert told.status_code == 201, told.content
    seventh = customer.upload(f"{base}/photos/", "photo", "k.jpg", picture("JPEG"), "image/jpeg")
    assert json.loads(seventh.content)["code"] == "photos_closed"
    (read,) = Program("").get(f"/workers/{standing.workers[0].pk}/reviews/")
    assert (read["author"], len(read["photos"])) == ("", 6)
    assert Program("").client.get(read["photos"][0]).status_code == 200

    assert agency.send(f"{base}/answer/", {"words": "谢谢"})["answer"] == "谢谢"
    assert agency.call(f"{base}/answer/", {"words": "谢谢！"}).status_code == 409
    assert agency.call(f"{base}/hiding/", {"ground": "insult", "reason": "x"}).status_code == 403
    hidden = manager.send(f"{base}/hiding/", {"ground": "insult", "reason": "骂人"})
    assert (hidden["state"], hidden["ground"]) == ("hidden", "insult")
    assert Program("").get(f"/workers/{standing.workers[0].pk}/reviews/") == []
    assert [one["state"] for one in manager.get("/reviews/")] == ["hidden"]
    manager.send(f"{base}/showing/", {"reason": "申诉成立"})
    behind = json.loads(manager.call(f"{base}/look/", {"reason": "投诉"}).content)
    assert behind["name"] == "陈静" and standing.customer.person.phone not in behind["phone"]
    assert Review.objects.get().looks.count() == 1
    clock.wait(minutes=6)
    unproven = manager.call(f"{base}/look/", {"reason": "投诉"})
    assert json.loads(unproven.content)["code"] == "step_up_needed"


def test_a_photo_comes_within_an_hour(standing: Stage, clock: Clock, program: Programs) -> None:
    clock.to(START + timedelta(hours=3))
    order, _ = played.paid(standing)
    customer = program(standing.customer)
    row = customer.send(f"/orders/{order.number}/reviews/", {"target": "worker", "scores": FOUR})
    clock.wait(minutes=61)

    late = customer.upload(f"/reviews/{row['id']}/photos/", "photo", "k.jpg", picture("JPEG"), "image/jpeg")

    assert (late.status_code, json.loads(late.content)["code"]) == (409, "photos_closed")
    assert not Review.objects.get().photos.exists()
