"""What people and programs get wrong, or try: a clear answer, nothing lost, nothing leaked, nothing changed."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from anxin.accounts.models import Person
from anxin.contracts.models import Contract
from anxin.kit.ids import new_id
from anxin.ledger.models import Posting
from anxin.orders.actions import visit as visits
from anxin.orders.models import Assignment, Extra, Note, Order, Step, Visit
from anxin.payments.models import Bill, Payment
from anxin.payments.public import Cashier
from anxin.reviews.models import Review
from anxin.safetycode import public as safetycode
from anxin.workers.models import Booking
from tests.architecture.addresses import Address, every
from tests.cast import NOON, Member, id_number, signed_in, uscc
from tests.line.conftest import CALLBACK, Clock, Program, let_in
from tests.line.test_api import _agree, demand
from tests.line.uploads import NO_PHOTOS
from tests.stage import START, Stage, picture
from tests.tape import taped

WATCHED = (Order, Visit, Assignment, Extra, Step, Note, Contract, Bill, Payment, Posting, Review, Booking)


def snapshot() -> dict[str, list[dict[str, Any]]]:
    """Every row of the line, as it now is."""
    return {
        model.__name__: list(model._default_manager.order_by("pk").values())  # type: ignore[misc]
        for model in WATCHED
    }


def told(answer: Any) -> tuple[int, str]:
    return answer.status_code, json.loads(answer.content)["code"]


# ── what is typed wrongly ───────────────────────────────────────────────────────────────────────────
@pytest.mark.requirement("B-7.2.1")
def test_a_real_name_with_a_wrong_check_character_is_refused_before_anybody_is_asked(
    newcomer: Member, clock: Clock, program: Callable[[Member], Program]
) -> None:
    right = id_number(3)
    wrong = right[:-1] + ("0" if right[-1] != "0" else "1")

    answer = program(newcomer).call("/me/real-name", {"name": "刘洋", "id_number": wrong})

    assert answer.status_code == 422
    assert json.loads(answer.content)["field"] == "id_number"
    assert Person.objects.get(pk=newcomer.id).verified_at is None


@pytest.mark.requirement("B-7.1.1")
def test_a_credit_code_with_a_wrong_check_character_founds_nothing(
    stranger: Member, clock: Clock, program: Callable[[Member], Program]
) -> None:
    right = uscc(77)
    wrong = right[:-1] + ("0" if right[-1] != "0" else "1")
    profile = {
        "mode": "employer", "legal_representative": "王丙", "phone": "057163710009", "town_code": "330112006",
        "address": "衣锦街 9 号",
    }  # fmt: skip
    body = {"name": "临安丙家政有限公司", "uscc": wrong, "profile": profile}

    answer = program(stranger).call("/own-agency", body)

    assert answer.status_code == 422, answer.content
    assert "uscc" in answer.content.decode()
    assert program_count("临安丙家政有限公司") == 0


def program_count(name: str) -> int:
    from anxin.accounts.models import Organisation

    return Organisation.objects.filter(name=name).count()


@pytest.mark.requirement("B-7.2.3")
@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"seen_total_fen": 14000}, 409, "price_changed"),
        ({"version_id": str(uuid4())}, 409, "version_stale"),
        ({"address_id": str(uuid4())}, 422, "address_unknown"),
        ({"item_code": "9999"}, 422, "item_unknown"),
        ({"quantity": "0.5"}, 422, "quantity_wrong"),
        (
            {
                "starts_at": (NOON + timedelta(minutes=5)).isoformat(),
                "ends_at": (NOON + timedelta(minutes=65)).isoformat(),
            },
            422,
            "too_soon",
        ),
        ({"ends_at": (START - timedelta(hours=1)).isoformat()}, 422, "time_backwards"),
        ({"quantity": "1e99"}, 422, "malformed"),
        ({"mode": "x" * 300}, 422, "malformed"),
        ({"mode": "whenever"}, 422, "malformed"),
        ({"starts_at": "2026-03-20T14:00:00"}, 422, "malformed"),
    ],
)
def test_a_demand_that_does_not_hold_is_refused_by_name(
    standing: Stage, program: Callable[[Member], Program], changes: dict[str, Any], status: int, code: str
) -> None:
    answer = program(standing.customer).call("/orders/", demand(standing, **changes))

    assert told(answer) == (status, code)
    assert not Order.objects.exists()


@pytest.mark.requirement("B-7.2.3")
def test_the_same_demand_sent_twice_is_one_order_even_without_a_key(
    standing: Stage, program: Callable[[Member], Program]
) -> None:
    customer, body = program(standing.customer), demand(standing)
    first, second = customer.call("/orders/", body), customer.call("/orders/", body)
    assert json.loads(first.content)["number"] == json.loads(second.content)["number"]
    assert Order.objects.count() == Visit.objects.count() == 1


def test_a_key_that_comes_with_other_content_is_refused(
    standing: Stage, program: Callable[[Member], Program]
) -> None:
    customer, key = program(standing.customer), uuid4().hex
    assert customer.call("/orders/", demand(standing), key=key).status_code == 201
    other = customer.call("/orders/", demand(standing), key=key)
    assert other.status_code in (409, 422)
    assert Order.objects.count() == 1


# ── double submits on pages ─────────────────────────────────────────────────────────────────────────
def test_the_same_form_twice_does_it_once_and_leads_to_the_same_page(
    standing: Stage, clock: Clock, program: Callable[[Member], Program]
) -> None:
    number = program(standing.customer).send("/orders/", demand(standing))["number"]
    clock.work()
    head = signed_in(standing.head.person, standing.head.appointment)
    form = {"idempotency_key": uuid4().hex}
    first = head.post(reverse("orders:accept", args=[number]), form)
    second = head.post(reverse("orders:accept", args=[number]), form)
    assert (first.status_code, first["Location"]) == (second.status_code, second["Location"])
    assert first["Location"] == reverse("web:order", args=[number])
    assert Note.objects.filter(kind="accepted").count() == 1


# ── bookings ────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.requirement("A-6.4.2")
def test_a_worker_cannot_be_proposed_for_two_visits_at_one_time(
    standing: Stage, clock: Clock, program: Callable[[Member], Program]
) -> None:
    customer, agency, worker = (
        program(standing.customer), program(standing.head), program(standing.people[0])
    )  # fmt: skip
    _agree(standing, clock, customer, agency, worker)
    second = customer.send("/orders/", demand(standing))["number"]
    clock.work()
    agency.send(f"/orders/{second}/acceptance/")
    before = Booking.objects.count()

    answer = agency.call(f"/orders/{second}/assignment/", {"worker_id": str(standing.workers[0].pk)})

    assert told(answer) == (409, "not_eligible")
    assert "该时段已有安排" in json.loads(answer.content)["message"]
    assert Booking.objects.count() == before


# ── an order in service, for what follows ───────────────────────────────────────────────────────────
@taped
def begun(stage: Stage) -> Visit:
    """陈静's visit, in service."""
    from anxin.orders.actions.marks import mark_signed

    with time_machine.travel(NOON, tick=False) as traveller:
        clock = Clock(traveller, NOON)
        number = _agree(stage, clock, *map(let_in, (stage.customer, stage.head, stage.people[0])))
        order = Order.objects.get(number=number)
        mark_signed(order_id=order.pk, by=stage.head.actor, at=clock.now)
        found: Visit = order.visits.select_related("order__customer").get()
        clock.to(START - timedelta(hours=1))
        visits.depart(found, by=stage.worker, at=clock.now)
        clock.to(START)
        visits.arrive(found, point=None, by=stage.worker, at=START)
        token = safetycode.display_token(stage.workers[0].pk, START)
        visits.confirm_entry(found, token=token, point=None, by=stage.customer.actor, at=START)
    return found


@pytest.fixture
def visit(standing: Stage, begun: Visit, clock: Clock) -> Visit:
    """The same, and the clock stands at its beginning."""
    clock.to(START)
    return begun


@pytest.mark.parametrize(("name", "data", "kind"), NO_PHOTOS)
def test_an_upload_of_the_wrong_kind_or_size_is_refused_and_not_kept(
    visit: Visit, standing: Stage, program: Callable[[Member], Program], name: str, data: bytes, kind: str
) -> None:
    step = Step.objects.filter(visit=visit, needs_photo=True).get()

    answer = program(standing.people[0]).upload(f"/steps/{step.pk}/photos/", "photo", name, data, kind)

    assert 400 <= answer.status_code < 500, answer.content
    assert json.loads(answer.content)["message"]
    assert not step.photos.exists()


# ── notices of payment ──────────────────────────────────────────────────────────────────────────────
@pytest.mark.requirement("B-7.8.2")
def test_forged_and_replayed_notices_of_payment_book_nothing_more(
    visit: Visit, standing: Stage, clock: Clock, cashier: Cashier, program: Callable[[Member], Program]
) -> None:
    customer = program(standing.customer)
    for step in Step.objects.filter(visit=visit):
        step.photos.create(file=_any_file(standing), at=clock.now)
        visits.tick_step(step, done=True, note="", by=standing.worker, at=clock.now)
    clock.wait(hours=3)
    visits.finish(visit, note="", by=standing.worker, at=clock.now)
    visits.confirm(visit, by=standing.customer.actor, at=clock.now)
    clock.work()
    (bill,) = customer.get("/bills")
    customer.send(f"/bills/{bill['number']}/acceptance")
    payment = customer.send(f"/bills/{bill['number']}/payments", {"way": "native"})

    postings = Posting.objects.count()
    cashier.pay(payment["url"], "forge")
    assert cashier.answers == [401]
    assert customer.get(f"/bills/{bill['number']}")["paid_fen"] == 0
    assert Posting.objects.count() == postings

    cashier.pay(payment["url"], "pay")
    headers, body = cashier.sent[-1]
    booked = snapshot()
    again = Client().post(CALLBACK, body, content_type="application/json", headers=headers)
    assert again.status_code == 204
    assert snapshot() == booked

    changed = Client().post(
        CALLBACK,
        body.replace(b"TRANSACTION", b"TRANSACTIOM"),
        content_type="application/json",
        headers=headers,
    )
    assert changed.status_code == 401
    clock.wait(minutes=10)
    stale = Client().post(CALLBACK, body, content_type="application/json", headers=headers)
    assert stale.status_code in (204, 401)
    oversize = Client().post(CALLBACK, b"x" * 70_000, content_type="application/json", headers=headers)
    assert oversize.status_code == 413
    assert snapshot() == booked


def _any_file(stage: Stage) -> Any:
    from anxin.files import public as files

    return files.store_bytes(
        picture("JPEG"), name="k.jpg", kind=files.FileKind.SERVICE_PHOTO, by=stage.worker, at=NOON
    )


# ── other people's orders ───────────────────────────────────────────────────────────────────────────
@pytest.mark.requirement("A-6.3.3d")
@pytest.mark.parametrize("who", ["zhou_min", "yi_head", "zhao_qiang"])
def test_other_peoples_orders_do_not_exist_for_anybody_else(
    visit: Visit,
    standing: Stage,
    clock: Clock,
    program: Callable[[Member], Program],
    request: pytest.FixtureRequest,
    who: str,
) -> None:
    other: Member = request.getfixturevalue(who)
    extra = visits.propose_extra(
        visit, label="擦玻璃", quantity=Decimal(1), unit="扇", price_fen=100, by=standing.worker, at=clock.now
    )
    contract = Contract.objects.get()
    step = Step.objects.filter(visit=visit).first()
    assert step is not None
    values = {"visit_id": str(visit.pk), "extra_id": str(extra.pk), "step_id": str(step.pk)}
    secrets = ["陈静", "临天路", standing.customer.person.phone, "一只猫", contract.number]
    page, api = signed_in(other.person, other.appointment), program(other)
    before = snapshot()
    driven = 0
    for address in every():
        known = {name for name, _kind in address.parameters}
        number = contract.number if "/contracts/" in address.path else visit.order.number
        if not _about_orders(address) or not known <= {"number", *values}:
            continue
        path = address.filled({"number": number, **values})
        for method in address.methods:
            answer = _drive(page, api, address, path, method)
            driven += 1
            # Asked and told nothing at all: no more than that there is no such thing.
            silent = (204,) if method == "GET" else ()
            assert answer.status_code in (303, 302, 403, 404, 405, 409, 422, *silent), (
                method,
                path,
                answer.status_code,
            )
            if answer.status_code in (302, 303):
                assert visit.order.number not in answer["Location"], (method, path)
            body = answer.content.decode()
            # The page may say again what was asked for.
            assert not [secret for secret in secrets if secret in body.replace(path, "")], (method, path)
    assert driven > 50
    assert snapshot() == before


def _about_orders(address: Address) -> bool:
    return bool(address.parameters) and any(
        part in address.path for part in ("/orders/", "/visits/", "/steps/", "/extras/", "/contracts/")
    )


def _drive(page: Client, api: Program, address: Address, path: str, method: str) -> Any:
    if address.is_api:
        body = {"reason": "x", "worker_id": str(new_id()), "how": "phone", "token": "x", "agreed": True, "done": True,
                "label": "x", "quantity": "1", "price_fen": 1, "note": "", "starts_at": START.isoformat(),
                "target": "worker", "scores": {"content": 5, "scope": 5, "quality": 5, "fee": 5}, "drawn": "x",
                "code": "000000", "consent": True, "seen": "x"}  # fmt: skip
        return api.call(path.removeprefix("/api/v1"), None if method == "GET" else body, method=method)
    form = {"reason": "x", "token": "x", "agreed": "yes", "done": "on", "how": "phone", "label": "x", "quantity": "1",
            "unit": "次", "price": "1", "day": "2026-03-21", "start": "09:00", "worker": str(new_id())}  # fmt: skip
    return page.get(path) if method == "GET" else page.post(path, form)
