"""Who looks after a region reads its orders, bills and reviews, masked; nobody else, and of no other region."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from anxin.accounts.models import SignIn
from anxin.accounts.values import OrganisationKind
from anxin.orders.actions import visit
from anxin.orders.actions.marks import mark_paid
from anxin.orders.models import Step
from anxin.orders.public import Order
from anxin.payments import actions as payments
from anxin.payments.models import Bill
from anxin.reviews import actions as reviewing
from anxin.reviews.values import HideGround
from tests import cast
from tests.cast_posts import COUNTY, FAR_TOWN, found_one
from tests.orders import played
from tests.reviews.test_write import END, rate
from tests.seeking import sought
from tests.stage import START, Stage
from tests.tape import taped

At = Callable[..., Client]
pytestmark = [pytest.mark.usefixtures("at_noon"), pytest.mark.requirement("A-6.3.3d")]
LISTS = ("orders", "bills", "reviews")
BARE = "?from=2000-01-01"
ALL = "?since=2000-01-01T00:00:00Z"


@taped
def traded(stage: Stage) -> tuple[Order, Bill]:
    """A paid order of Lin'an with its bill, on which the customer asked something, and a review."""
    order, day = played.in_service(stage)
    for step in Step.objects.filter(visit=day):
        visit.add_photo(step, upload=played.photo(), by=stage.worker, at=START)
        visit.tick_step(step, done=True, note="", by=stage.worker, at=START)
    visit.finish(day, note="", by=stage.worker, at=END)
    visit.confirm(day, by=stage.customer.actor, at=END)
    bill = payments.draw_bill(order_id=order.pk, at=END)
    payments.question_bill(bill, text="为什么多算了半小时", by=stage.customer.actor, at=END)
    mark_paid(order_id=order.pk, at=END)
    order, _day = played.fresh(order)
    rate(stage, order, words="擦得很干净")
    return order, bill


@pytest.fixture
def chair(db: None) -> cast.Member:
    """The head of the association of the county."""
    house = found_one(OrganisationKind.ASSOCIATION, 960, cast.JINCHENG)
    return cast.in_post(cast.new_person(961, "吕会长"), house, "association.head")


@pytest.fixture
def elsewhere(db: None) -> cast.Member:
    """The supervisor of another county of the same city."""
    bureau = found_one(OrganisationKind.BUREAU, 970, FAR_TOWN)
    return cast.in_post(cast.new_person(971, "远监管"), bureau, "bureau.supervisor")


def test_a_supervisor_reads_the_trade_of_the_region_and_no_whole_name(
    traded: tuple[Order, Bill], stage: Stage, supervisor: cast.Member, client_of: At
) -> None:
    order, bill = traded
    client = client_of(supervisor)

    pages = {name: client.get(f"/oversight/{name}/{BARE}").content.decode() for name in LISTS}

    assert order.number in pages["orders"] and bill.number in pages["bills"]
    assert "为什么多算了半小时" in pages["bills"] and "未答复" in pages["bills"]
    assert "擦得很干净" in pages["reviews"]
    one = client.get(f"/oversight/orders/{order.number}/").content.decode()
    assert "约定价格" in one
    for text in (*pages.values(), one):
        assert "陈静" not in text and "王芳" not in text
        assert stage.customer.person.phone not in text and stage.address.detail not in text


def test_programs_read_the_same_rows_and_figures(
    traded: tuple[Order, Bill], chair: cast.Member, client_of: At
) -> None:
    order, bill = traded
    client = client_of(chair)

    told = {name: client.get(f"/api/v1/oversight/{name}/{ALL}").json() for name in LISTS}

    assert (told["orders"]["count"], told["orders"]["served"]) == (1, 1)
    assert told["orders"]["rows"][0]["number"] == order.number
    assert told["orders"]["rows"][0]["customer"] == "陈*"
    assert told["orders"]["total_fen"] == order.total_fen > 0
    assert (told["bills"]["open_questions"], told["bills"]["due_fen"]) == (1, bill.due_fen)
    assert (told["reviews"]["count"], told["reviews"]["rows"][0]["author"]) == (1, "陈*")
    one = client.get(f"/api/v1/oversight/orders/{order.number}/").json()
    assert [step["state"] for step in one["history"]][:2] == ["submitted", "accepted"]


def test_another_region_finds_nothing(
    traded: tuple[Order, Bill], elsewhere: cast.Member, client_of: At
) -> None:
    order, _bill = traded
    client = client_of(elsewhere)

    for name in LISTS:
        assert order.number not in client.get(f"/oversight/{name}/{BARE}").content.decode()
        assert client.get(f"/api/v1/oversight/{name}/{ALL}").json()["count"] == 0
    assert client.get(f"/oversight/orders/{order.number}/").status_code == 404
    assert client.get(f"/api/v1/oversight/orders/{order.number}/").status_code == 404


def test_a_bureau_of_the_city_reads_all_its_counties(
    traded: tuple[Order, Bill], client_of: At, db: None
) -> None:
    order, _bill = traded
    bureau = found_one(OrganisationKind.BUREAU, 980, FAR_TOWN)
    bureau.region = "3301"
    bureau.save(update_fields=["region"])
    city = cast.in_post(cast.new_person(981, "市监管"), bureau, "bureau.head")

    assert client_of(city).get(f"/oversight/orders/{order.number}/").status_code == 200
    assert COUNTY.startswith(bureau.region)


@pytest.mark.parametrize("name", LISTS)
def test_strangers_agencies_and_the_keepers_of_codes_are_refused(
    name: str, traded: tuple[Order, Bill], stage: Stage, stranger: cast.Member, association_staff: cast.Member,
    client_of: At,
) -> None:  # fmt: skip
    for member in (stranger, stage.head, association_staff):
        assert client_of(member).get(f"/oversight/{name}/").status_code == 403
        assert client_of(member).get(f"/api/v1/oversight/{name}/").status_code == 403
    assert client_of(stranger).get(f"/oversight/orders/{traded[0].number}/").status_code == 403


def test_the_order_itself_stays_shut(
    traded: tuple[Order, Bill], supervisor: cast.Member, client_of: At
) -> None:
    order, bill = traded
    client = client_of(supervisor)

    assert client.get(f"/orders/{order.number}/").status_code in (403, 404)
    assert client.get(f"/api/v1/orders/{order.number}/").status_code in (403, 404)
    assert client.get(f"/bills/{bill.number}/").status_code in (403, 404)


def test_an_anonymous_author_and_the_order_stay_unknown_even_of_a_hidden_review(
    stage: Stage, supervisor: cast.Member, reviews_admin: cast.Member, client_of: At
) -> None:
    order, _visit = played.paid(stage)
    row = rate(stage, order, words="不好说的话", anonymous=True)
    reviewing.hide(row, ground=HideGround.INSULT, reason="辱骂", by=reviews_admin.actor, at=cast.NOON)

    client = client_of(supervisor)
    page = client.get(f"/oversight/reviews/{BARE}").content.decode()
    found = sought(client, "/oversight/reviews/", f"from=2000-01-01&q={order.number}").content.decode()
    told = client.get(f"/api/v1/oversight/reviews/{ALL}").json()["rows"][0]

    assert "不好说的话" in page and "侮辱、诽谤他人" in page
    assert order.number not in page and "陈*" not in page
    assert "不好说的话" not in found
    assert (told["author"], told["order"], told["hide_ground"]) == ("", "", "insult")


@pytest.mark.parametrize("name", LISTS)
def test_a_list_costs_the_same_however_long_it_is(
    name: str, traded: tuple[Order, Bill], stage: Stage, supervisor: cast.Member, client_of: At
) -> None:
    client = client_of(supervisor)
    client.get(f"/oversight/{name}/{BARE}")
    with CaptureQueriesContext(connection) as few:
        assert client.get(f"/oversight/{name}/{BARE}").status_code == 200
    again = Order.objects.get(pk=traded[0].pk)
    _double(again, traded[1])
    with CaptureQueriesContext(connection) as more:
        assert client.get(f"/oversight/{name}/{BARE}").status_code == 200
    assert len(more) == len(few) <= 18


def _double(order: Order, bill: Bill) -> None:
    """The same trade once more, row by row."""
    from anxin.kit.ids import new_id
    from anxin.reviews.models import Review

    review = Review.objects.get(order=order)
    order.place, order.wishes = order.place, order.wishes
    order.pk, order.number = new_id(), "O-AGAIN"
    order.save(force_insert=True)
    bill.pk, bill.number, bill.order = new_id(), "B-AGAIN", order
    bill.save(force_insert=True)
    review.pk, review.order = new_id(), order
    review.save(force_insert=True)


@pytest.mark.parametrize("name", LISTS)
def test_an_export_asks_who_one_is_and_masks_as_the_screen_does(
    name: str, traded: tuple[Order, Bill], supervisor: cast.Member, client_of: At
) -> None:
    client = client_of(supervisor)
    address = f"/oversight/{name}/{BARE}&format=csv"
    SignIn.objects.filter(person=supervisor.person).update(proved_at=cast.NOON - timedelta(minutes=6))
    assert client.get(address).status_code == 302

    SignIn.objects.filter(person=supervisor.person).update(proved_at=cast.NOON)
    answer = client.get(address)

    assert answer.status_code == 200 and answer.headers["Content-Type"].startswith("text/csv")
    text = answer.content.decode()
    assert "陈*" in text and "陈静" not in text and len(text.splitlines()) == 2
