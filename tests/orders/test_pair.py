"""Orders for two workers at one home at the same time: asked for, priced, taken or declined as one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from django.test import Client

from anxin.agencies import public as agencies
from anxin.agencies.values import PriceList
from anxin.catalogue.values import Unit
from anxin.kit import jobs
from anxin.kit.actor import SYSTEM
from anxin.kit.errors import Refusal
from anxin.kit.ids import new_id
from anxin.notices.models import Notice
from anxin.orders import queries
from anxin.orders.actions import demand, grab, offer, refusals, ticks
from anxin.orders.models import Note, Offer, Order, Visit
from anxin.orders.states import OfferState, OrderState
from tests.cast import NOON
from tests.orders.pairs import halves, pair, taken
from tests.orders.test_accept import queued
from tests.orders.test_ask import typed
from tests.stage import START, Stage

At = Callable[..., Client]
pytestmark = pytest.mark.django_db


@pytest.mark.requirement("B-7.2.2", "B-7.2.3")
def test_a_demand_for_two_makes_two_orders_of_one_worker_each(stage: Stage) -> None:
    first, second = pair(stage)
    assert (first.part, second.part, first.people) == (1, 2, 2)
    assert first.party == second.party is not None
    for name in ("customer_id", "address_id", "item_code", "version_id", "starts_at", "ends_at", "quantity", "scope",
                 "wishes", "estimate", "place"):  # fmt: skip
        assert getattr(first, name) == getattr(second, name), name
    assert first.headcount == second.headcount == 1
    assert first.estimate["low_fen"] == 15000
    assert [v.order_id for v in Visit.objects.order_by("order__part")] == [first.pk, second.pk]
    assert {o.organisation_id for o in Offer.objects.filter(state=OfferState.OPEN)} == {
        stage.head.organisation.pk
    }
    assert Offer.objects.count() == 2


def test_the_agency_is_asked_once_for_both(stage: Stage) -> None:
    first, _second = pair(stage)
    jobs.drain(NOON)
    told = Notice.objects.filter(person=stage.head.id, kind="orders.offered")
    assert [one.url for one in told] == [f"/orders/{first.number}/offer/"]
    assert [one.order_id for one in queries.sent_to(stage.head.actor, NOON)] == [first.pk]


def test_sending_again_makes_no_more(stage: Stage) -> None:
    key, wanted = new_id(), replace(stage.demand, headcount=2)
    made = [demand.submit_demand(wanted, order_id=key, by=stage.customer.actor, at=NOON) for _ in range(2)]
    assert {one.pk for one in made} == {key}
    assert Order.objects.count() == 2


def test_the_budget_and_the_price_seen_are_for_both(stage: Stage) -> None:
    with pytest.raises(refusals.PriceChanged) as caught:
        pair(stage, seen_total_fen=15000)
    assert "300.00" in str(caught.value)
    assert not Order.objects.exists()
    first, second = pair(stage, seen_total_fen=30000, budget_fen=40000)
    assert (first.budget_fen, second.budget_fen) == (20000, 20000)


@pytest.mark.parametrize(
    ("headcount", "item", "mode", "refusal", "words"),
    [
        (3, "0101", "hourly", refusals.TwoAtMost, "两位"),
        (2, "0102", "per_job", refusals.AgencyDecides, "由机构安排"),
    ],
)
def test_other_numbers_are_refused_with_words(
    stage: Stage, headcount: int, item: str, mode: str, refusal: type[Refusal], words: str
) -> None:
    with pytest.raises(refusal) as caught:
        stage.ask(headcount=headcount, item_code=item, mode=mode, version_id=None, quantity=Decimal(100))
    assert words in str(caught.value)
    assert caught.value.field == "headcount"
    assert not Order.objects.exists()


def test_who_prices_the_whole_and_no_worker_is_not_asked_for_two(stage: Stage) -> None:
    """The glass is priced by the square metre or by the hour: two are asked for by the hour, of who prices hours."""
    by_area = PriceList(unit=Unit.SQUARE_METRE, unit_price_fen=900)
    windows = {"item_code": "0104", "scope": {"area": 60, "floor": 6, "opening": "sliding"}}
    content = replace(stage.version.content, name="擦窗", price_list=by_area)
    agency = agencies.agency_of(stage.head.organisation.pk)
    version = agencies.offer_service(
        agency_id=agency.id, item_code="0104", content=content, by=stage.head.actor, at=NOON
    )
    with pytest.raises(refusals.OtherUnit):
        pair(stage, version_id=version.pk, **windows)
    with pytest.raises(refusals.AgencyDecides):
        pair(stage, version_id=version.pk, mode="per_job", **windows | {"quantity": Decimal(60)})
    assert not Order.objects.exists()
    first, _second = pair(stage, version_id=None, **windows)
    assert (first.unit, first.estimate["offers"]) == ("hour", 0)
    with pytest.raises(refusals.NoService):
        offer.accept(first, organisation_id=stage.head.organisation.pk, by=stage.head.actor, at=NOON)


@pytest.mark.requirement("B-7.3.1")
def test_accepting_either_half_takes_both(stage: Stage) -> None:
    _first, second = pair(stage)
    offer.accept(second, organisation_id=stage.head.organisation.pk, by=stage.head.actor, at=NOON)
    assert second.state == OrderState.ACCEPTED
    for half in halves(second):
        assert (half.state, half.provider_id, half.total_fen) == (
            OrderState.ACCEPTED, stage.head.organisation.pk, 15000,
        )  # fmt: skip
        assert Note.objects.filter(order=half, kind="accepted").count() == 1
    assert not Offer.objects.filter(state=OfferState.OPEN).exists()
    drafts = [args["order_id"] for name, args in queued() if name == "contracts.draft"]
    assert len(drafts) == len(set(drafts)) == 2
    jobs.drain(NOON)
    assert Notice.objects.filter(person=stage.customer.id, kind="orders.accepted").count() == 1


def test_where_one_half_cannot_be_had_neither_is_taken(stage: Stage) -> None:
    first, second = pair(stage)
    Offer.objects.filter(order=second).update(expires_at=NOON - timedelta(minutes=1))
    before = queued(), Note.objects.count()
    with pytest.raises(refusals.AlreadyTaken):
        offer.accept(first, organisation_id=stage.head.organisation.pk, by=stage.head.actor, at=NOON)
    assert first.state == OrderState.SUBMITTED and first.provider_id is None
    assert {half.state for half in halves(first)} == {OrderState.SUBMITTED}
    assert before == (queued(), Note.objects.count())
    assert not Offer.objects.filter(state=OfferState.ACCEPTED).exists()


def test_a_budget_for_both_is_held_against_both_prices(stage: Stage) -> None:
    first, _second = pair(stage, version_id=None, budget_fen=29999)
    with pytest.raises(refusals.OverBudget) as caught:
        offer.accept(first, organisation_id=stage.head.organisation.pk, by=stage.head.actor, at=NOON)
    assert "300.00" in str(caught.value)
    assert {half.state for half in halves(first)} == {OrderState.SUBMITTED}


def test_declining_declines_both_and_the_next_is_asked_for_both(stage: Stage) -> None:
    first, second = pair(stage)
    offer.decline(Offer.objects.get(order=second), reason="人手不够", by=stage.head.actor, at=NOON)
    jobs.drain(NOON)
    for half in (first, second):
        assert [o.state for o in half.offers.order_by("opens_at", "id")] == [
            OfferState.DECLINED,
            OfferState.OPEN,
        ]
        assert half.offers.get(state=OfferState.OPEN).organisation_id == stage.rival.organisation.pk
    assert Notice.objects.filter(person=stage.customer.id, kind="orders.declined").count() == 1


def test_the_clock_lets_both_lapse_once_and_both_end_unanswered(stage: Stage) -> None:
    first, second = pair(stage)
    at = NOON
    for _ in range(4):
        at = max(Offer.objects.order_by("-expires_at")[0].expires_at, at + timedelta(minutes=1))
        ticks.tick(at=at)
        jobs.drain(at)
        first, second = halves(first)
        assert first.state == second.state
        assert first.offers.count() == second.offers.count()
    assert first.state == OrderState.UNANSWERED
    assert Notice.objects.filter(person=stage.customer.id, kind="orders.unanswered").count() == 1
    demand.submit_again(
        second, starts_at=START + timedelta(days=1), ends_at=START + timedelta(days=1, hours=3),
        by=stage.customer.actor, at=at,
    )  # fmt: skip
    jobs.drain(at)
    for half in halves(first):
        assert (half.state, half.starts_at) == (OrderState.SUBMITTED, START + timedelta(days=1))
        assert half.visits.get().starts_at == half.starts_at
        assert half.offers.filter(state=OfferState.OPEN).count() == 1


def test_what_was_taken_meanwhile_is_laid_before_nobody(stage: Stage) -> None:
    first, second = taken(stage)
    with pytest.raises(refusals.AlreadyTaken):
        offer.offer_to(second, organisation_id=None, by=SYSTEM, at=NOON)
    assert not Offer.objects.filter(order__in=(first, second), state=OfferState.OPEN).exists()


@pytest.mark.requirement("E-15")
def test_the_hall_shows_a_pair_to_agencies_once_and_to_no_worker(
    stage: Stage, client_of: At, at_noon
) -> None:
    first, second = pair(stage, version_id=None, budget_fen=40000)
    [entry] = queries.hall_for(stage.head.actor, NOON)
    assert (entry.number, entry.people, entry.budget_fen) == (first.number, 2, 40000)
    page = client_of(stage.head).get("/hall/").content.decode()
    assert "两人同来" in page and "300.00" in page and second.number not in page
    assert queries.hall_for(stage.worker, NOON) == []
    [row] = client_of(stage.head).get("/api/v1/orders/hall/").json()
    assert row["people"] == 2


def test_the_agency_that_was_chosen_sees_the_price_of_both(stage: Stage, client_of: At, at_noon) -> None:
    first, _second = pair(stage)
    jobs.drain(NOON)
    page = client_of(stage.head).get("/hall/").content.decode()
    assert f"/orders/{first.number}/offer/" in page
    assert "300.00" in page and "两位合计" in page and "150.00" not in page


def test_a_worker_cannot_grab_half_a_pair_and_is_told_why(stage: Stage, client_of: At, at_noon) -> None:
    first, _second = pair(stage, version_id=None)
    with pytest.raises(refusals.NeedsTwo):
        grab.grab(first, by=stage.worker, at=NOON)
    answer = client_of(stage.people[0]).post(f"/orders/{first.number}/grab/", follow=True)
    assert "要两位服务员同时上门" in answer.content.decode()
    assert {half.state for half in halves(first)} == {OrderState.SUBMITTED}


# ── pages ──
@pytest.mark.requirement("B-7.2.2", "B-7.2.3")
def test_the_form_prices_both_and_keeps_what_was_typed(stage: Stage, client_of: At, at_noon) -> None:
    client, version = client_of(stage.customer), str(stage.version.id)
    asked = client.get("/ask/0101/").content.decode()
    assert "两位，同时上门" in asked
    page = client.post(
        "/ask/0101/", typed(stage, do="price", headcount="2", version=version)
    ).content.decode()
    assert "300.00" in page and "330.00" in page
    assert "150.00 + ¥150.00" in page.replace("\xa0", " ")
    given = typed(stage, do="send", headcount="2", version=version, **{f"seen_{version}": "15000"})
    late = client.post("/ask/0101/", given)
    assert (
        late.status_code == 409
        and "价格有变化" in late.content.decode()
        and "家里有一只猫" in late.content.decode()
    )
    sent = client.post("/ask/0101/", given | {f"seen_{version}": "30000"})
    first, _second = halves(Order.objects.get(part=1))
    assert sent.headers["Location"] == f"/orders/{first.number}/"


def test_a_number_that_the_form_does_not_offer_is_told_at_its_field(
    stage: Stage, client_of: At, at_noon
) -> None:
    answer = client_of(stage.customer).post("/ask/0101/", typed(stage, do="send", headcount="3"))
    assert answer.status_code == 422
    assert "一次最多请两位" in answer.content.decode() and "家里有一只猫" in answer.content.decode()
    assert not Order.objects.exists()


def test_the_field_is_there_only_where_a_worker_is_priced(stage: Stage, client_of: At, at_noon) -> None:
    assert "headcount" not in client_of(stage.customer).get("/ask/0102/").content.decode()


def test_the_order_page_links_the_other_half_for_the_parties_alone(
    stage: Stage, client_of: At, at_noon
) -> None:
    from anxin.orders.actions import assign

    first, second = taken(stage)
    for member in (stage.customer, stage.head):
        page = client_of(member).get(f"/orders/{first.number}/").content.decode()
        assert f"/orders/{second.number}/" in page and "300.00" in page
    assign.propose(first, worker_id=stage.workers[0].pk, score={}, by=stage.head.actor, at=NOON)
    page = client_of(stage.people[0]).get(f"/orders/{first.number}/").content.decode()
    assert "另一位由机构另派" in page and second.number not in page
    told = client_of(stage.people[0]).get(f"/api/v1/orders/{first.number}/").json()
    assert told["other_half"] is None and told["part"] == 1
    told = client_of(stage.customer).get(f"/api/v1/orders/{first.number}/").json()
    assert told["other_half"] == second.number


def test_the_offer_page_shows_both_prices(stage: Stage, client_of: At, at_noon) -> None:
    first, _second = pair(stage)
    page = client_of(stage.head).get(f"/orders/{first.number}/offer/").content.decode()
    assert "两位服务员，同时上门" in page and "300.00" in page
    assert client_of(stage.head).post(f"/orders/{first.number}/acceptance/").status_code == 303
    assert {half.state for half in halves(first)} == {OrderState.ACCEPTED}


def test_a_program_asks_for_two(stage: Stage, client_of: At, at_noon) -> None:
    body = {
        "order_id": str(new_id()), "item_code": "0101", "quantity": "3", "starts_at": START.isoformat(),
        "ends_at": (START + timedelta(hours=3)).isoformat(), "address_id": str(stage.address.id),
        "scope": {"area": 90, "hours": 3}, "headcount": 2,
    }  # fmt: skip
    client = client_of(stage.customer)
    made = client.post("/api/v1/orders/", body, content_type="application/json")
    assert made.status_code == 201 and made.json()["part"] == 1
    assert [row["part"] for row in client.get("/api/v1/orders/").json()] in ([1, 2], [2, 1])
    wrong = client.post("/api/v1/orders/", body | {"order_id": str(new_id()), "headcount": 3},
                        content_type="application/json")  # fmt: skip
    assert wrong.status_code == 422 and "一次最多请两位" in wrong.json()["message"]
    assert Order.objects.count() == 2
