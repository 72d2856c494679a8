"""Pages and operations of the catalogue."""

import pytest
from django.test import Client

from tests.cast import signed_in

pytestmark = pytest.mark.django_db


@pytest.mark.requirement("C-6.2")
def test_anyone_browses_all_services_with_few_queries(client, django_assert_num_queries):
    with django_assert_num_queries(1):
        answer = client.get("/services/")
    assert answer.status_code == 200
    for word in ("日常保洁", "月嫂", "失智失能照护", "民宿用工", "求职推荐", "矛盾调解"):
        assert word in answer.text


def test_search_by_everyday_words(client):
    answer = client.get("/services/", {"q": "马桶堵了"})
    assert "管道疏通" in answer.text
    assert "月嫂" not in answer.text


def test_search_that_finds_nothing_offers_a_way_on(client):
    answer = client.get("/services/", {"q": "<script>alert(1)</script>"})
    assert answer.status_code == 200
    assert "<script>alert" not in answer.text
    assert "/services/0901/" in answer.text


@pytest.mark.requirement("C-6.2")
def test_service_shows_specification_scope_and_credentials(client, django_assert_num_queries):
    with django_assert_num_queries(1):
        answer = client.get("/services/0301/")
    for word in ("入户消毒", "留照片", "不包含", "母婴护理员证书", "母婴照护服务员", "¥8,800–18,800", "参考"):
        assert word in answer.text


def test_every_service_has_a_page(client):
    items = client.get("/api/v1/catalogue/items").json()
    assert len(items) == 38
    assert all(client.get(f"/services/{item['code']}/").status_code == 200 for item in items)


def test_unknown_service_is_not_found(client):
    assert client.get("/services/9999/").status_code == 404
    assert client.get("/services/%00/").status_code == 404


def test_prices_stand_in_the_order_of_units(client):
    prices = client.get("/api/v1/catalogue/items/0104").json()["prices"]
    assert [price["unit"] for price in prices] == ["square_metre", "hour"]


@pytest.mark.requirement("C-6.2")
def test_programs_read_an_item_in_full(client):
    found = client.get("/api/v1/catalogue/items/0104").json()
    assert found["health_tier"] == 1
    assert found["insurance_class"] == 3
    assert found["units"] == ["square_metre", "hour"]
    opening = next(question for question in found["questions"] if question["code"] == "opening")
    assert opening["choices"]["inward"] == "向内开"
    assert client.get("/api/v1/catalogue/items/nope").status_code == 404
    assert [c["code"] for c in client.get("/api/v1/catalogue/categories").json()][:2] == ["01", "02"]


def test_programs_search(client):
    found = client.get("/api/v1/catalogue/items", {"q": "洗空调"}).json()
    assert found[0]["code"] == "0105"
    assert client.get("/api/v1/catalogue/items", {"q": "长" * 61}).status_code == 422


def test_the_desk_is_the_operators(client, operations, jia_head, stranger, django_assert_max_num_queries):
    assert client.get("/desk/catalogue/").status_code == 302
    assert signed_in(stranger.person).get("/desk/catalogue/").status_code == 403
    assert signed_in(jia_head.person, jia_head.appointment).get("/desk/catalogue/").status_code == 403
    mine: Client = signed_in(operations.person, operations.appointment)
    with django_assert_max_num_queries(12):
        answer = mine.get("/desk/catalogue/")
    assert answer.status_code == 200
    assert "2026.1" in answer.text
    refused = mine.post("/desk/catalogue/publication/", {"label": "nope", "valid_from": "2030-01-01T00:00"})
    assert refused.status_code == 404
    assert "nope" in refused.text
