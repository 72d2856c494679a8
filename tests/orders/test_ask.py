"""Asking for help through the pages."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from anxin.catalogue import public as catalogue
from anxin.catalogue.values import AnswerKind, ItemFacts
from anxin.customers import public as customers
from anxin.kit.ids import new_id
from anxin.orders.forms.asking import DemandForm, way_of
from anxin.orders.models import Order
from tests.cast import NOON, Member
from tests.stage import Stage

At = Callable[..., Client]
pytestmark = pytest.mark.usefixtures("at_noon")


def typed(stage: Stage, **changes: Any) -> dict[str, Any]:
    return {
        "order_id": str(new_id()), "mode": "hourly", "q_area": "90", "day": "2026-03-20", "start": "14:00",
        "hours": "3", "address": str(stage.address.id), "wishes": "家里有一只猫", "version": "open",
    } | changes  # fmt: skip


@pytest.mark.requirement("B-7.2.2", "B-7.2.3")
def test_the_price_is_shown_before_anything_is_sent(stage: Stage, client_of: At) -> None:
    page = client_of(stage.customer).post("/ask/0101/", typed(stage, do="price")).content.decode()
    assert "150.00" in page
    assert "165.00" in page
    assert "甲家政" in page
    # Without script the page begins at its top anew: who asked for the price is led to it.
    assert '<p class="visually-hidden" tabindex="-1" autofocus>' in page
    assert not Order.objects.exists()


@pytest.mark.requirement("B-7.2.3")
def test_a_demand_to_one_agency_carries_everything_that_was_said(stage: Stage, client_of: At) -> None:
    version = str(stage.version.id)
    given = typed(stage, do="send", version=version, **{f"seen_{version}": "15000"})
    sent = client_of(stage.customer).post("/ask/0101/", given)
    order = Order.objects.get()
    assert sent.status_code == 303
    assert sent.headers["Location"] == f"/orders/{order.number}/"
    assert (order.wishes, order.scope, order.version_id) == (
        "家里有一只猫",
        {"area": 90, "hours": 3},
        stage.version.id,
    )
    assert order.place["detail"] == "临天路 100 号 3 幢 502 室"


def test_the_same_form_sent_twice_makes_one_order(stage: Stage, client_of: At) -> None:
    client, given = client_of(stage.customer), typed(stage, do="send")
    first, second = client.post("/ask/0101/", given), client.post("/ask/0101/", given)
    assert first.headers["Location"] == second.headers.get("Location", first.headers["Location"])
    assert Order.objects.count() == 1


def test_a_price_that_changed_in_between_is_told_and_nothing_is_sent(stage: Stage, client_of: At) -> None:
    version = str(stage.version.id)
    given = typed(stage, do="send", version=version, **{f"seen_{version}": "9900"})
    answer = client_of(stage.customer).post("/ask/0101/", given)
    assert answer.status_code == 409
    assert "价格有变化" in answer.content.decode()
    assert "家里有一只猫" in answer.content.decode()
    assert not Order.objects.exists()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("q_area", ""),
        ("hours", "-1"),
        ("day", "没有这天"),
        ("start", "03:17"),
        ("version", "x"),
        ("address", "x"),
    ],
)
def test_what_does_not_fit_is_told_at_its_field(stage: Stage, client_of: At, field: str, value: str) -> None:
    answer = client_of(stage.customer).post("/ask/0101/", typed(stage, do="send", **{field: value}))
    assert answer.status_code == 422
    assert not Order.objects.exists()


def test_somebody_elses_address_cannot_be_chosen(stage: Stage, client_of: At, zhou_min: Member) -> None:
    answer = client_of(zhou_min).post("/ask/0101/", typed(stage, do="send"))
    assert answer.status_code == 422
    assert not Order.objects.exists()


@pytest.mark.requirement("B-7.2.2")
def test_words_find_the_service(stage: Stage, client: Client) -> None:
    assert "/ask/0101/" in client.get("/ask/", {"q": "打扫"}).content.decode()


def test_the_price_grows_beside_the_form_without_a_page(stage: Stage, client_of: At) -> None:
    answer = client_of(stage.customer).post("/ask/0101/", typed(stage), headers={"HX-Request": "true"})
    assert answer.status_code == 200
    assert "<html" not in answer.content.decode()
    assert "autofocus" not in answer.content.decode()
    assert "150.00" in answer.content.decode()


def key_in(page: str) -> str:
    """The key under which the form that is shown will be sent."""
    found = re.search(r'name="idempotency_key" value="([^"]+)"', page)
    assert found, page
    return found[1]


@pytest.mark.requirement("B-7.2.3")
def test_what_was_looked_at_again_and_again_can_be_sent(stage: Stage, client_of: At) -> None:
    """Without a script each look is sent with the key of the page before: it must not use up the sending's."""
    client, version = client_of(stage.customer), str(stage.version.id)
    given = typed(stage, do="price")
    key = key_in(client.post("/ask/0101/", given).content.decode())
    for changes in ({"version": version}, {"version": version, "hours": "4"}):
        given |= changes
        looked = client.post("/ask/0101/", given | {"idempotency_key": key})
        assert looked.status_code == 200
        key = key_in(looked.content.decode())
    given |= {"do": "send", "idempotency_key": key, f"seen_{version}": "20000"}
    sent = client.post("/ask/0101/", given)
    assert sent.status_code == 303, sent.content.decode()
    assert client.post("/ask/0101/", given).headers["Location"] == sent.headers["Location"]
    assert Order.objects.get().version_id == stage.version.id


def test_a_look_by_the_script_leaves_the_key_alone(stage: Stage, client_of: At) -> None:
    """It looks at every change: were the key sent along, the second one would be refused."""
    page = client_of(stage.customer).get("/ask/0101/").content.decode()
    assert re.search(r'<form[^>]*hx-params="not idempotency_key"', page)


def test_what_was_refused_keeps_its_key(stage: Stage, client_of: At) -> None:
    version = str(stage.version.id)
    given = typed(stage, do="send", version=version, **{f"seen_{version}": "9900"})
    refused = client_of(stage.customer).post("/ask/0101/", given | {"idempotency_key": "refused-once"})
    assert refused.status_code == 409
    assert key_in(refused.content.decode()) == "refused-once"


def test_half_an_hour_is_told_as_it_was_asked(stage: Stage, client_of: At) -> None:
    """Timed and priced by two and a half hours: who comes must not read two."""
    client = client_of(stage.customer)
    version = str(stage.version.id)
    given = typed(stage, do="send", hours="2.5", version=version, **{f"seen_{version}": "15000"})
    sent = client.post("/ask/0101/", given)
    order = Order.objects.get()
    assert order.scope["hours"] == 2.5
    page = client.get(sent.headers["Location"]).content.decode()
    assert "2.5小时" in page
    assert "3 小时 × ¥50.00" in page, "what the price is made of, as it stood beside the demand"


def least_of(item: ItemFacts, addresses: list[Any], way: str) -> dict[str, Any]:
    """The least that the page lets a household say of an item, asked for in one of its ways."""
    form = DemandForm(item=item, addresses=addresses)
    given = {
        "order_id": str(new_id()), "mode": way, "day": "2026-03-20", "start": "09:00",
        "address": str(addresses[0].id), "version": "open",
    }  # fmt: skip
    if form.timed:
        given["hours"] = str(form["hours"].initial)
    if form.counted:
        given["quantity"] = str(form["quantity"].initial)
    for question, bound in form.questions:
        field = bound.field
        if question.kind is AnswerKind.NUMBER:
            given[bound.html_name] = str(getattr(field, "min_value", None) or 1)
        elif question.kind in (AnswerKind.CHOICE, AnswerKind.CHOICES):
            first = question.choices[0][0]
            given[bound.html_name] = first if question.kind is AnswerKind.CHOICE else [first]
        else:
            given[bound.html_name] = "yes"
    return given


@pytest.mark.requirement("B-7.2.2")
def test_every_item_of_the_catalogue_can_be_asked_for_with_what_its_page_asks(stage: Stage) -> None:
    at = NOON
    addresses = customers.addresses_of(stage.customer.actor)
    items = [catalogue.item(one.code, at) for group in catalogue.categories(at) for one in group.items]
    assert len(items) > 30
    asked = set()
    for item in items:
        for mode in item.modes:
            for unit in item.units_in(mode):
                given = least_of(item, addresses, way_of(item, mode, unit))
                form = DemandForm(given, item=item, addresses=addresses)
                assert form.is_valid(), (item.name, form.errors)
                demand = form.demand()
                assert (demand.mode, demand.unit) == (mode, unit), item.name
                assert catalogue.clean_answers(item, demand.scope), item.name
                assert demand.quantity >= (item.min_quantity if unit is item.unit else 1), item.name
                asked.add((item.code, unit))
    assert asked == {(item.code, unit) for item in items for unit in item.units}


def test_a_daily_length_that_is_not_priced_is_asked_for_all_the_same(stage: Stage, client_of: At) -> None:
    """A nanny by the month: how long each day is what the visit's end comes from."""
    client = client_of(stage.customer)
    assert "每天几小时" in client.get("/ask/0202/").content.decode()
    asked = {"q_days": "5", "q_family": "3", "q_months": "2", "start": "09:00", "mode": "live_out"}
    sent = client.post("/ask/0202/", typed(stage, do="send", hours="6", **asked))
    assert sent.status_code == 303, sent.content.decode()
    order = Order.objects.get()
    assert (order.scope["hours"], (order.ends_at - order.starts_at).total_seconds()) == (6, 6 * 3600)


def test_less_than_can_be_ordered_is_told_at_its_field(stage: Stage, client_of: At) -> None:
    asked = {"q_area": "20", "q_bathrooms": "1", "q_furnished": "yes"}
    answer = client_of(stage.customer).post("/ask/0102/", typed(stage, do="send", **asked))
    assert answer.status_code == 422
    assert "不能小于 50" in answer.content.decode()
    assert not Order.objects.exists()


def chosen_in(page: str) -> list[str]:
    """Who is asked, as the page would send it."""
    inputs = re.findall(r'<input[^>]*name="version"[^>]*>', page)
    return [
        value[1]
        for one in inputs
        if (value := re.search(r'value="([^"]*)"', one)) and ("hidden" in one or "checked" in one)
    ]


@pytest.mark.requirement("B-7.2.3")
def test_who_comes_from_an_agencys_page_asks_that_agency(stage: Stage, client_of: At) -> None:
    client, version = client_of(stage.customer), str(stage.version.id)
    page = client.get("/ask/0101/", {"version": version}).content.decode()
    assert chosen_in(page) == [version]
    looked = client.post("/ask/0101/", typed(stage, version=version, do="price")).content.decode()
    assert chosen_in(looked) == [version]


def test_an_agency_that_does_not_come_then_is_told_and_not_swapped_silently(
    stage: Stage, client_of: At
) -> None:
    looked = client_of(stage.customer).post("/ask/0101/", typed(stage, version=str(new_id()), do="price"))
    page = looked.content.decode()
    assert "您选的机构在这个时间或地点不提供这项服务" in page
    assert chosen_in(page) == ["open"]


@pytest.mark.requirement("B-7.2.2")
def test_what_was_typed_is_there_again_after_a_way_round(stage: Stage, client_of: At) -> None:
    """Off to add an address or to be verified, and back: the page says that it is kept."""
    client, version = client_of(stage.customer), str(stage.version.id)
    given = typed(
        stage, version=version, start="15:30", hours="2.5", q_pets="yes", q_focus=["kitchen", "bathroom"]
    )
    client.post("/ask/0101/", given | {"q_area": ""}, headers={"HX-Request": "true"})
    client.post("/ask/0101/", given, headers={"HX-Request": "true"})
    page = client.get("/ask/0101/").content.decode()
    assert "家里有一只猫" in page
    assert re.search(r'<option value="15:30"\s+selected', page)
    assert re.search(r'name="hours"[^>]*value="2.5"|value="2.5"[^>]*name="hours"', page)
    assert len(re.findall(r'name="q_focus"[^>]*checked', page)) == 2
    assert re.search(r'name="q_pets" value="yes"[^>]*checked', page)
    assert chosen_in(page) == [version]
    sent = client.post("/ask/0101/", given | {"do": "send", f"seen_{version}": "15000"})
    assert sent.status_code == 303
    assert "家里有一只猫" not in client.get("/ask/0101/").content.decode(), "the next demand begins anew"


def test_who_reads_english_chooses_in_english(stage: Stage, client_of: At, client: Client) -> None:
    head = client_of(stage.head)
    for browser in (client, head):
        browser.cookies.load({settings.LANGUAGE_COOKIE_NAME: "en"})
    tiles = client.get("/ask/").content.decode().partition("<main")[2].partition("</main>")[0]
    assert re.findall("[\u4e00-\u9fff]+", tiles) == []
    board = head.get("/desk/orders/").content.decode()
    assert ">House cleaning</option>" in board
    assert "日常保洁" not in board
