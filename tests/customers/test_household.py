"""Households: people, pets and wishes, for the customer and for the agency that serves them."""

from __future__ import annotations

import pytest

from anxin.audit.public import of_subject
from anxin.customers import actions, queries
from anxin.customers.models import Housemate
from anxin.kit.errors import NotFound
from tests import cast

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("A-6.3.3a")]


def home_of(member, by=None):
    customer = queries.customer_of(member.id)
    return queries.household_of(customer.pk, by=(by or member).actor)


@pytest.fixture
def family(chen_jing):
    at, by = cast.NOON, chen_jing.actor
    actions.add_housemate(kind="elder", birth_year=1942, note="行动不便", by=by, at=at)
    actions.add_housemate(kind="dog", birth_year=2020, note="会扑人", by=by, at=at)
    actions.change_wishes(wishes="进门请换鞋", by=by, at=at)
    return chen_jing


def test_people_and_pets_are_told_apart(family):
    home = home_of(family)
    assert [(one.kind, one.birth_year) for one in home.people] == [("elder", 1942)]
    assert [(one.kind, one.birth_year) for one in home.pets] == [("dog", None)]
    assert home.wishes == "进门请换鞋"


def test_only_a_granted_agency_sees_the_household(family, jia_head, yi_head, stranger):
    customer = queries.customer_of(family.id)
    actions.grant(organisation_id=jia_head.organisation.pk, customer_id=customer.pk, at=cast.NOON)
    assert home_of(family, by=jia_head).people
    for other in (yi_head, stranger):
        seen = home_of(family, by=other)
        assert not (seen.everyone or seen.wishes)


@pytest.mark.parametrize(
    "wrong", [{"kind": "ghost"}, {"kind": "elder", "birth_year": 1800}, {"kind": "cat", "note": "长" * 201}]
)
def test_nonsense_is_refused(chen_jing, wrong):
    with pytest.raises(actions.HousemateInvalid):
        actions.add_housemate(**wrong, by=chen_jing.actor, at=cast.NOON)
    assert not Housemate.objects.exists()


def test_nobody_removes_another_households_pet(family, stranger):
    pet = home_of(family).pets[0]
    with pytest.raises(NotFound):
        actions.remove_housemate(housemate_id=pet.id, by=stranger.actor, at=cast.NOON)
    assert home_of(family).pets


def test_the_page_adds_shows_and_removes(client_of, chen_jing):
    client = client_of(chen_jing)
    assert client.post("/household/", {"kind": "cat", "note": "怕生"}).status_code == 303
    assert client.post("/household/wishes/", {"wishes": "请轻一点"}).status_code == 303
    text = client.get("/household/").content.decode()
    for words in ("猫", "怕生", "请轻一点"):
        assert words in text
    assert client.post(f"/household/{Housemate.objects.get().pk}/removal/").status_code == 303
    assert not Housemate.objects.exists()
    bad = client.post("/household/", {"kind": "elder", "birth_year": "1800"})
    assert bad.status_code == 422


def test_programs_keep_the_household_too(client, chen_jing):
    headers = cast.token_of(chen_jing.person)
    kind = {"content_type": "application/json", "headers": headers}
    made = client.post("/api/v1/household/members", {"kind": "infant", "birth_year": 2025}, **kind)
    assert made.status_code == 201
    assert client.put("/api/v1/household/wishes", {"wishes": "轻声"}, **kind).status_code == 204
    home = client.get("/api/v1/household", headers=headers).json()
    assert (home["people"][0]["kind"], home["pets"], home["wishes"]) == ("infant", [], "轻声")
    path = f"/api/v1/household/members/{made.json()['id']}"
    assert client.delete(path, headers=headers).status_code == 204


@pytest.fixture
def served(family, jia_head):
    customer = queries.customer_of(family.id)
    actions.grant(organisation_id=jia_head.organisation.pk, customer_id=customer.pk, at=cast.NOON)
    return customer


def test_an_agency_lists_its_own_customers_masked(client_of, served, jia_head, yi_head, stranger):
    text = client_of(jia_head).get("/desk/customers/").content.decode()
    assert "陈*" in text
    assert cast.phone(1) not in text
    assert "陈*" not in client_of(yi_head).get("/desk/customers/").content.decode()
    assert client_of(stranger).get("/desk/customers/").status_code == 403


def test_reading_a_household_is_kept_in_the_audit_trail(client_of, served, jia_head, yi_head):
    page = client_of(jia_head).get(f"/desk/customers/{served.pk}/")
    assert "行动不便" in page.content.decode()
    assert client_of(yi_head).get(f"/desk/customers/{served.pk}/").status_code == 404
    read = [row for row in of_subject("customer", str(served.pk)) if row.action == "customers.read_household"]
    assert [(row.by_person, row.by_organisation) for row in read] == [(jia_head.id, jia_head.organisation.pk)]


def test_programs_of_an_agency_read_their_own_customers_only(client, served, jia_head, yi_head):
    own = cast.token_of(jia_head.person, jia_head.appointment)
    other = cast.token_of(yi_head.person, yi_head.appointment)
    path = f"/api/v1/customers/{served.pk}/household"
    assert client.get("/api/v1/customers", headers=own).json()[0]["name_masked"] == "陈*"
    assert client.get("/api/v1/customers", headers=other).json() == []
    assert client.get(path, headers=own).json()["wishes"] == "进门请换鞋"
    assert client.get(path, headers=other).status_code == 404


def test_the_list_of_customers_takes_a_fixed_number_of_queries(
    client_of, served, jia_head, django_assert_max_num_queries
):
    browser = client_of(jia_head)
    for n in range(12):
        member = cast.Member(cast.new_person(640 + n, "客户甲"))
        customer = actions.become_customer(by=member.actor, at=cast.NOON)
        actions.grant(organisation_id=jia_head.organisation.pk, customer_id=customer.pk, at=cast.NOON)
    with django_assert_max_num_queries(6):
        browser.get("/desk/customers/")
