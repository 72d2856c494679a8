"""Addresses: checked places, a point always, one default, never lost to an order."""

from __future__ import annotations

import pytest

from anxin.accounts.public import PhoneMalformed
from anxin.customers import actions, queries
from anxin.customers.models import Address, Customer, Sight
from anxin.customers.values import PointSource
from anxin.kit.errors import NotFound
from tests import cast

pytestmark = pytest.mark.django_db
VILLAGE = "330112002001"
PLAIN = {
    "contact_name": "陈静",
    "contact_phone": cast.phone(1),
    "town_code": "330112002",
    "detail": "玲珑山路 1 号",
}


def add(member, **changes):
    return actions.add_address(**{**PLAIN, **changes}, by=member.actor, at=cast.NOON)


def change(member, row, **changes):
    return actions.change_address(address_id=row.pk, **{**PLAIN, **changes}, by=member.actor, at=cast.NOON)


def test_the_point_of_the_map_is_kept(stranger):
    row = add(stranger, lat=30.19, lng=119.64)
    assert (row.lat, row.lng, row.point_source) == (30.19, 119.64, PointSource.MAP)


def test_without_a_point_the_nearest_division_lends_its_own(stranger):
    row = add(stranger, village_code=VILLAGE)
    assert row.point_source in (PointSource.VILLAGE, PointSource.TOWN)
    assert 30.1 < row.lat < 30.3


@pytest.mark.parametrize(
    ("wrong", "refusal"),
    [
        ({"town_code": ""}, actions.TownUnknown),
        ({"town_code": "330112999"}, actions.TownUnknown),
        ({"town_code": "330102001"}, actions.TownUnknown),
        ({"town_code": "330112"}, actions.TownUnknown),
        ({"town_code": VILLAGE}, actions.TownUnknown),
        ({"village_code": "330112006001"}, actions.VillageUnknown),
        ({"village_code": "x"}, actions.VillageUnknown),
        ({"lat": 31.2, "lng": 121.5}, actions.PointFar),
        ({"lat": 900.0, "lng": 0.0}, actions.PointFar),
        ({"lat": float("nan"), "lng": 119.6}, actions.PointFar),
        ({"contact_name": " "}, actions.ContactMissing),
        ({"contact_phone": "12345"}, PhoneMalformed),
        ({"detail": " "}, actions.DetailMissing),
        ({"detail": "长" * 101}, actions.DetailMissing),
    ],
)
def test_what_is_wrong_is_told_and_nothing_kept(stranger, wrong, refusal):
    with pytest.raises(refusal):
        add(stranger, **wrong)
    assert not Address.objects.exists()


def test_the_first_address_is_the_default_and_only_one_is(chen_jing):
    second = add(chen_jing, is_default=True)
    third = add(chen_jing)
    assert queries.default_address_id(chen_jing.actor) == second.pk
    actions.remove_address(address_id=second.pk, by=chen_jing.actor, at=cast.NOON)
    assert queries.default_address_id(chen_jing.actor) == third.pk
    assert Address.objects.filter(is_default=True).count() == 1


def test_an_address_an_order_used_is_kept_when_removed(chen_jing, address_of_chen_jing):
    actions.use_address(address_id=address_of_chen_jing.id, by=chen_jing.actor, at=cast.NOON)
    actions.remove_address(address_id=address_of_chen_jing.id, by=chen_jing.actor, at=cast.NOON)
    assert queries.addresses_of(chen_jing.actor) == []
    assert queries.address_facts([address_of_chen_jing.id])[address_of_chen_jing.id].detail.startswith(
        "临天路"
    )


def test_changing_an_address_leaves_orders_the_one_they_were_made_with(chen_jing, address_of_chen_jing):
    row = Address.objects.get()
    actions.use_address(address_id=row.pk, by=chen_jing.actor, at=cast.NOON)
    new = change(chen_jing, row)
    assert new.pk != row.pk
    assert queries.address_facts([row.pk])[row.pk].detail.startswith("临天路")
    assert [one.id for one in queries.addresses_of(chen_jing.actor)] == [new.pk]
    assert queries.default_address_id(chen_jing.actor) == new.pk


def test_other_peoples_addresses_are_not_found(zhou_min, address_of_chen_jing):
    before = Address.objects.get(pk=address_of_chen_jing.id).detail
    for act in (
        lambda: change(zhou_min, Address(pk=address_of_chen_jing.id)),
        lambda: actions.remove_address(address_id=address_of_chen_jing.id, by=zhou_min.actor, at=cast.NOON),
        lambda: actions.use_address(address_id=address_of_chen_jing.id, by=zhou_min.actor, at=cast.NOON),
    ):
        with pytest.raises(NotFound):
            act()
    assert Address.objects.get(pk=address_of_chen_jing.id).detail == before


def test_no_more_than_twenty_addresses(stranger):
    for _ in range(20):
        add(stranger)
    with pytest.raises(actions.TooManyAddresses):
        add(stranger)


def test_addresses_are_kept_encrypted(address_of_chen_jing):
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT contact_name, contact_phone, detail FROM customers_address")
        kept = b"".join(bytes(value) for value in cursor.fetchone())
    for plain in ("陈静", cast.phone(1), "临天路"):
        assert plain.encode() not in kept


@pytest.mark.requirement("A-6.3.3a")
def test_an_agency_sees_only_customers_it_was_granted(chen_jing, zhou_min, jia_head, yi_head, jia_finance):
    customer = queries.customer_of(chen_jing.id)
    assert queries.customers_visible(jia_head.actor) == {}
    for _ in range(2):
        actions.grant(organisation_id=jia_head.organisation.pk, customer_id=customer.pk, at=cast.NOON)
    assert list(queries.customers_visible(jia_head.actor)) == [customer.pk]
    assert list(queries.customers_visible(jia_finance.actor)) == [customer.pk]
    assert queries.customers_visible(yi_head.actor) == {}
    assert Sight.objects.count() == 1
    assert list(queries.customers_visible(chen_jing.actor)) == [customer.pk]


def test_a_stranger_is_no_customer_until_they_act(stranger):
    assert not Customer.objects.filter(person_id=stranger.id).exists()
    add(stranger)
    assert Customer.objects.filter(person_id=stranger.id).count() == 1


# ── the pages and the API ────────────────────────────────────────────────────────────────────────────
def test_the_page_saves_an_address_and_goes_back_to_where_it_was_needed(client_of, stranger):
    client = client_of(stranger)
    shown = client.get("/addresses/new/?next=/services/")
    assert shown.context["form"].initial["contact_phone"] == stranger.person.phone
    answer = client.post("/addresses/new/", {**PLAIN, "village_code": VILLAGE, "next": "/services/"})
    assert (answer.status_code, answer.url) == (303, "/services/")
    assert "玲珑山路" in client.get("/addresses/").content.decode()


def test_the_page_tells_what_is_wrong_and_keeps_what_was_typed(client_of, stranger):
    answer = client_of(stranger).post("/addresses/new/", {**PLAIN, "contact_phone": "123"})
    assert answer.status_code == 422
    text = answer.content.decode()
    assert "手机号码应为 11 位数字" in text
    assert "玲珑山路 1 号" in text


def test_sending_the_form_twice_saves_one_address(client_of, stranger):
    client = client_of(stranger)
    for _ in range(2):
        answer = client.post("/addresses/new/", {**PLAIN, "idempotency_key": "a-key-of-this-form"})
        assert answer.status_code == 303
    assert Address.objects.count() == 1


def test_an_address_is_changed_and_removed_by_page(client_of, chen_jing, address_of_chen_jing):
    client = client_of(chen_jing)
    path = f"/addresses/{address_of_chen_jing.id}/"
    assert "临天路" in client.get(path).content.decode()
    assert client.post(path, PLAIN).status_code == 303
    assert Address.objects.get().detail == "玲珑山路 1 号"
    assert client.post(f"{path}removal/").status_code == 303
    assert not Address.objects.exists()


def test_the_list_takes_a_fixed_number_of_queries(client_of, chen_jing, django_assert_num_queries):
    client = client_of(chen_jing)
    client.get("/addresses/")
    with django_assert_num_queries(5):
        client.get("/addresses/")
    for _ in range(10):
        add(chen_jing)
    with django_assert_num_queries(5):
        client.get("/addresses/")


def test_a_village_of_another_town_is_told_in_words(client_of, stranger):
    """Without script all villages are on the list; the refusal named a number that nobody knows."""
    answer = client_of(stranger).post("/addresses/new/", {**PLAIN, "village_code": "330112006001"})
    assert answer.status_code == 422
    assert "这个村社不在所选的镇街" in answer.content.decode()
    assert "330112006001" not in "".join(answer.context["form"].errors["village_code"])


def test_the_list_of_villages_follows_the_town_that_was_chosen(client_of, stranger):
    answer = client_of(stranger).post("/addresses/new/", {**PLAIN, "detail": ""})
    offered = {value for value, words in answer.context["form"].fields["village_code"].choices}
    assert VILLAGE in offered
    assert "330112006001" not in offered


def test_programs_keep_addresses_too(client, stranger):
    headers = cast.token_of(stranger.person)
    kind = {"content_type": "application/json", "headers": headers}
    made = client.post("/api/v1/addresses", PLAIN, **kind)
    assert made.status_code == 201, made.content
    path = f"/api/v1/addresses/{made.json()['id']}"
    assert client.put(path, {**PLAIN, "label": "家"}, **kind).json()["label"] == "家"
    assert len(client.get("/api/v1/addresses", headers=headers).json()) == 1
    refused = client.put(path, {**PLAIN, "town_code": "330102001"}, **kind)
    assert (refused.status_code, refused.json()["field"]) == (422, "town_code")
    assert client.delete(path, headers=headers).status_code == 204
