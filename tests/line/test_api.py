"""The whole line for programs: bearer tokens, idempotency keys, nothing but `/api/v1/`."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from anxin.kit.ids import new_id
from anxin.orders.models import Assignment, Note, Order, Visit
from anxin.payments.public import Cashier
from anxin.reviews.models import Review
from tests.cast import NOON, Member
from tests.contracts.material import drawn
from tests.line.conftest import Clock, Program, code_sent
from tests.stage import START, Stage, picture

FOUR = {"content": 5, "scope": 5, "quality": 5, "fee": 4}


def demand(stage: Stage, **changes: object) -> dict[str, object]:
    """What 陈静's program sends."""
    body: dict[str, object] = {
        "order_id": str(new_id()), "item_code": "0101", "mode": "hourly", "quantity": "3",
        "starts_at": START.isoformat(), "ends_at": (START + timedelta(hours=3)).isoformat(),
        "address_id": str(stage.address.id), "scope": {"area": 90, "hours": 3},
        "version_id": str(stage.version.id), "wishes": "家里有一只猫", "seen_total_fen": 15000,
    }  # fmt: skip
    return body | changes


@pytest.mark.requirement(
    "A-6.3.2b", "B-7.2.3", "B-7.3.1", "B-7.3.2", "B-7.4.2", "B-7.5.1", "B-7.6", "B-7.7.1", "B-7.8.1",
    "B-7.8.2", "C-5.4.2", "D-3b"
)  # fmt: skip
def test_from_a_need_to_a_reviewed_service(
    standing: Stage, clock: Clock, cashier: Cashier, program: Callable[[Member], Program]
) -> None:
    stage = standing
    customer, agency, worker = program(stage.customer), program(stage.head), program(stage.people[0])
    number = _agree(stage, clock, customer, agency, worker)
    _sign(clock, customer, agency, number)
    # A token lasts half a day, and the visit is the day after tomorrow.
    clock.to(START - timedelta(hours=3))
    customer, agency, worker = program(stage.customer), program(stage.head), program(stage.people[0])
    _serve(clock, customer, worker, number)
    bill = _pay(clock, cashier, customer, number)
    _invoice(clock, customer, agency, bill)

    for target in ("worker", "agency"):
        customer.send(f"/orders/{number}/reviews/", {"target": target, "scores": FOUR, "words": "很好"})
    clock.work()
    assert customer.get(f"/orders/{number}/")["state"] == "closed"
    assert Review.objects.count() == 2
    (read,) = Program("").get(f"/workers/{stage.workers[0].pk}/reviews/")
    assert (read["author"], read["words"]) == ("陈*", "很好")
    told = [note["kind"] for note in customer.get(f"/orders/{number}/timeline/")]
    assert told.index("submitted") < told.index("entered") < told.index("confirmed")
    # Everything was sent twice; nothing happened twice.
    assert (Order.objects.count(), Visit.objects.count(), Assignment.objects.count()) == (1, 1, 1)
    for kind in ("departed", "arrived", "entered", "done", "confirmed"):
        assert Note.objects.filter(kind=kind).count() == 1


def _agree(stage: Stage, clock: Clock, customer: Program, agency: Program, worker: Program) -> str:
    """Demand, acceptance, ranking, proposal, both confirmations."""
    number: str = customer.send("/orders/", demand(stage))["number"]
    clock.work()
    assert agency.send(f"/orders/{number}/acceptance/")["total_fen"] == 15000
    clock.work()
    ranked = agency.get(f"/orders/{number}/candidates/")
    assert ranked["count"] == 2
    first = ranked["candidates"][0]
    assert first["total"] == pytest.approx(sum(score["points"] for score in first["scores"]))
    chosen = str(stage.workers[0].pk)
    agency.send(f"/orders/{number}/assignment/", {"worker_id": chosen})
    assert [one["order"] for one in worker.get("/proposals/")] == [number]
    worker.send(f"/orders/{number}/assignment/confirmation/")
    card = customer.get(f"/orders/{number}/card/")
    assert (card["worker_id"], card["state"]) == (chosen, "carded")
    customer.send(f"/orders/{number}/card/confirmation/")
    clock.work()
    return number


def _sign(clock: Clock, customer: Program, agency: Program, number: str) -> None:
    """The contract is read, signed with a drawing and a code, and sealed."""
    (line,) = customer.get("/contracts")
    assert line["order"] == number
    base = f"/contracts/{line['number']}"
    read = customer.get(base)
    assert read["missing"] == []
    clock.wait(minutes=2)
    customer.send(f"{base}/code")
    body = {"drawn": drawn(), "code": code_sent(), "consent": True, "seen": read["sha256"], "handwriting": 2}
    signed = customer.send(f"{base}/signature", body)
    sealed = agency.send(f"{base}/sealing", {"seen": signed["sha256"]})
    assert sealed["state"] == "signed"
    assert Program("").get(f"/verification/{line['number']}")["intact"] is True
    clock.work()
    assert customer.get(f"/orders/{number}/")["state"] == "signed"


def _serve(clock: Clock, customer: Program, worker: Program, number: str) -> None:
    """Contact, way, code and scan, checklist, an extra, done, confirmed."""
    window = {"since": NOON.isoformat(), "until": (NOON + timedelta(days=7)).isoformat()}
    (day,) = worker.get("/visits/", **window)
    base = f"/visits/{day['id']}"
    worker.send(f"{base}/contact/", {"how": "phone", "note": "两点到"})
    clock.to(START - timedelta(minutes=40))
    worker.send(f"{base}/departure/")
    clock.to(START)
    worker.send(f"{base}/arrival/", {"lat": 30.2337, "lng": 119.7205})
    code = worker.get("/safety-code")
    assert code["judgement"]["colour"] == "green"
    entry = {"token": code["token"], "lat": 30.2337, "lng": 119.7205}
    assert customer.send(f"{base}/entry/", entry)["state"] == "in_service"
    for step in customer.get(f"{base}/steps/"):
        if step["needs_photo"]:
            photo = worker.upload(
                f"/steps/{step['id']}/photos/", "photo", "k.jpg", picture("JPEG"), "image/jpeg"
            )
            assert photo.status_code == 201, photo.content
        worker.send(f"/steps/{step['id']}/completion/", {"done": True})
    worker.send(f"{base}/extras/", {"label": "擦玻璃", "quantity": "2", "unit": "扇", "price_fen": 1500})
    (extra,) = customer.get(f"{base}/extras/")
    customer.send(f"/extras/{extra['id']}/answer/", {"agreed": True})
    clock.to(START + timedelta(hours=3))
    worker.send(f"{base}/completion/", {"note": "都好了"})
    customer.send(f"{base}/confirmation/")
    clock.work()


def _pay(clock: Clock, cashier: Cashier, customer: Program, number: str) -> str:
    """The bill from contract and actual service, paid at the channel, known by its signed notice."""
    (line,) = customer.get("/bills")
    assert (line["order"], line["due_fen"]) == (number, 18000)
    base = f"/bills/{line['number']}"
    customer.send(f"{base}/acceptance")
    payment = customer.send(f"{base}/payments", {"way": "native"})
    assert payment["amount_fen"] == 18000
    cashier.pay(payment["url"], "pay")
    assert cashier.answers == [204]
    clock.work()
    assert customer.get(base)["state"] == "paid"
    assert customer.get(f"/orders/{number}/")["state"] == "paid"
    return str(line["number"])


def _invoice(clock: Clock, customer: Program, agency: Program, bill: str) -> None:
    asked = customer.send(f"/bills/{bill}/invoice-requests", {"title_kind": "person", "title": "陈静"})
    agency.send(f"/invoice-requests/{asked['number']}/issue")
    clock.work()
    got = customer.get(f"/invoice-requests/{asked['number']}")
    assert got["state"] == "delivered"
    assert sum(paper["gross_fen"] for paper in got["papers"]) == 18000
