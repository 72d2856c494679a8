"""What anybody sees without signing in: directory, agency, service, offers, comparison, estimate."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from django.test import Client

from anxin.agencies import actions
from anxin.agencies import public as agencies
from tests.agencies import made
from tests.agencies.prices import HOURLY, PLAIN, content
from tests.cast import BEGIN
from tests.tape import taped

pytestmark = pytest.mark.django_db


@taped
def priced(jia_agency, jia_head):
    """甲's 日常保洁 with every kind of surcharge."""
    return made.offering(jia_agency, jia_head, BEGIN, told=content(HOURLY))


@taped
def rival(yi_agency, yi_head):
    return made.offering(yi_agency, yi_head, BEGIN, told=content(replace(PLAIN, unit_price_fen=4200)))


def text(response) -> str:
    return response.content.decode()


@pytest.mark.requirement("B-7.1.1")
def test_an_agencys_page_shows_who_it_is_and_what_was_checked(client, jia_agency, jia_head, operations):
    for kind, title in (
        ("grade", "AAA"),
        ("honour", "诚信家政企业"),
        ("qualification", "人力资源服务许可证"),
    ):
        agencies.add_document(
            agency_id=jia_agency.pk,
            paper=made.licence(kind=kind, title=title, issuer="临安区商务局", number="G-1", valid_to=date(2030, 1, 1)),
            file_id=made.upload(jia_head.actor, BEGIN), by=jia_head.actor, at=BEGIN,
        )  # fmt: skip
    refused = made.licence(kind="honour", title="假荣誉", issuer="某协会")
    bad = agencies.add_document(
        agency_id=jia_agency.pk,
        paper=refused,
        file_id=made.upload(jia_head.actor, BEGIN),
        by=jia_head.actor,
        at=BEGIN,
    )
    agencies.verify_document(document_id=bad.pk, passed=False, how="查无此证", by=operations.actor, at=BEGIN)
    page = text(client.get(f"/agencies/{jia_agency.number}/"))
    for words in (
        jia_agency.name, jia_agency.organisation.uscc, "校验位正确", "营业执照", "临安区市场监督管理局",
        "已核实", "未核实", "AAA", "诚信家政企业", "人力资源服务许可证", "2030-01-01", "长期",
    ):  # fmt: skip
        assert words in page, words
    assert "假荣誉" not in page
    assert "钱丽" not in page


def test_an_expired_paper_is_marked(client, jia_agency, jia_head):
    agencies.add_document(
        agency_id=jia_agency.pk, paper=made.licence(kind="honour", title="旧荣誉", valid_to=date(2021, 1, 1)),
        file_id=made.upload(jia_head.actor, BEGIN), by=jia_head.actor, at=BEGIN,
    )  # fmt: skip
    assert "已过期" in text(client.get(f"/agencies/{jia_agency.number}/"))


@pytest.mark.requirement("B-7.1.2", "A-6.3.2a")
def test_a_services_page_tells_steps_and_every_surcharge_in_words(client, priced, jia_agency):
    page = text(client.get(f"/agencies/{jia_agency.number}/services/0101/"))
    for words in (
        "¥45.00", "2 小时起", "每次 ¥10.00", "22:00–06:00", "加 20%", "加 100%", "高虹镇每次 ¥30.00",
        "烤箱内部清洁", "押金", "进门确认", "台面无油渍", "锦城街道", "08:00–20:00", "周一至周日", "第 1 版",
    ):  # fmt: skip
        assert words in page, words


@pytest.mark.requirement("A-6.3.2a")
def test_the_estimate_is_the_same_as_the_bills_arithmetic(client, priced, jia_agency):
    asked = {
        "quantity": "3",
        "headcount": "1",
        "day": "2026-03-21",
        "hour": "20:00",
        "town": "330112006",
        "extras": "oven",
    }
    address = f"/agencies/{jia_agency.number}/services/0101/estimate/"
    fragment = text(client.get(address, asked, headers={"HX-Request": "true"}))
    # 3 h × 45 + way 10 + one night hour at +9 + three weekend hours at +4.5 + oven 80
    assert "¥247.50" in fragment
    assert "<html" not in fragment
    assert "¥247.50" in text(client.get(address, asked))


@pytest.mark.parametrize(
    "wrong",
    [
        {"quantity": "-1"},
        {"quantity": "abc"},
        {"day": "0001-01-01"},
        {"headcount": "0"},
        {"extras": "nothing"},
    ],
)
def test_an_absurd_estimate_is_answered_in_words(client, priced, jia_agency, wrong):
    asked = {"quantity": "3", "headcount": "1", "day": "2026-03-21", "hour": "09:00", **wrong}
    response = client.get(f"/agencies/{jia_agency.number}/services/0101/", asked)
    assert response.status_code == 200
    assert "合计" not in text(response)


@pytest.mark.requirement("A-6.3.2a")
def test_the_directory_finds_by_name_pinyin_town_and_service(client, priced, rival, jia_agency, yi_agency):
    def found(**asked):
        page = text(client.get("/agencies/", asked))
        return {row.name for row in (jia_agency, yi_agency) if row.name in page}

    both = {jia_agency.name, yi_agency.name}
    assert found() == both
    assert found(q="甲家政") == {jia_agency.name}
    assert found(q="layjz") == {yi_agency.name}
    assert found(q="日常保洁") == both
    assert found(town="330112006") == both
    assert found(town="330112115") == set()
    assert found(item="0101") == both
    assert found(item="0202") == set()
    assert found(q="' OR 1=1 --") == set()


def test_agencies_that_are_not_live_have_no_page(client, jia_head, operations):
    row = made.applied(jia_head, BEGIN)
    assert client.get(f"/agencies/{row.number}/").status_code == 404
    assert row.name not in text(client.get("/agencies/"))
    assert client.get("/agencies/nothing/").status_code == 404
    assert client.get("/agencies/nothing/services/0101/").status_code == 404


@pytest.mark.requirement("A-6.3.2a", "B-7.1.3")
def test_offers_are_filtered_by_town_and_time_and_sorted(client, priced, rival, jia_agency, yi_agency):
    def order(**asked):
        page = text(client.get("/services/0101/offers/", asked))
        places = {row.name: page.find(f">{row.name}<") for row in (jia_agency, yi_agency)}
        return [name for name, place in sorted(places.items(), key=lambda p: p[1]) if place >= 0]

    assert order(sort="price") == [yi_agency.name, jia_agency.name]
    assert order(town="330112115") == []
    assert len(order(town="330112006", sort="distance", day="2099-01-05", hour="09:00")) == 2
    assert order(town="330112006", day="2099-01-05", hour="03:00") == []
    assert "公里" in text(client.get("/services/0101/offers/", {"town": "330112006"})) or "米" in text(
        client.get("/services/0101/offers/", {"town": "330112006"})
    )
    assert client.get("/services/9999/offers/").status_code == 404
    assert client.get("/services/0101/offers/", {"page": "99999999999999999999"}).status_code == 200


@pytest.mark.requirement("A-6.3.2a")
def test_two_offers_stand_side_by_side_with_the_price_of_the_same_work(client, priced, rival):
    asked = {
        "items": [priced.service_id, rival.service_id],
        "quantity": "3",
        "day": "2026-03-18",
        "hour": "09:00",
    }
    page = text(client.get("/compare/", asked))
    assert "¥145.00" in page  # 3 × 45 + 10
    assert "¥126.00" in page  # 3 × 42
    assert page.count("每次 ¥10.00") == 1


def test_a_comparison_of_nothing_or_of_nonsense_says_so(client, priced):
    assert "还没有选机构" in text(client.get("/compare/"))
    assert "还没有选机构" in text(
        client.get("/compare/", {"items": ["abc", "01a20109-ca14-70fb-a995-c1c9193fe1b9"]})
    )
    assert "只选了一家" in text(client.get("/compare/", {"items": [priced.service_id, priced.service_id]}))


def test_a_withdrawn_service_has_no_page_and_no_offer(client, priced, jia_head, jia_agency):
    actions.withdraw_service(service_id=priced.service_id, by=jia_head.actor, at=BEGIN)
    assert client.get(f"/agencies/{jia_agency.number}/services/0101/").status_code == 404
    assert jia_agency.name not in text(client.get("/services/0101/offers/"))


def test_who_is_leaving_says_so(client, priced, jia_head, jia_agency):
    agencies.leave(agency_id=jia_agency.pk, why="准备停业，回老家", by=jia_head.actor, at=BEGIN)
    assert "退出平台" in text(client.get(f"/agencies/{jia_agency.number}/"))
    assert jia_agency.name not in text(client.get("/services/0101/offers/"))


@pytest.mark.parametrize("path", ["/agencies/", "/services/0101/offers/"])
def test_lists_take_the_same_number_of_queries_for_one_row_and_for_many(
    client: Client, priced, yi_agency, yi_head, path
):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client.get(path)
    with CaptureQueriesContext(connection) as one:
        client.get(path)
    made.offering(yi_agency, yi_head, BEGIN)
    made.offering(yi_agency, yi_head, BEGIN, "0203", content(name="钟点工"))
    with CaptureQueriesContext(connection) as many:
        client.get(path)
    assert len(many) == len(one) <= 8


def test_joining_is_explained_to_anybody(client):
    assert "入驻不收费" in text(client.get("/join/"))
    response = client.get("/join/application/")
    assert response.status_code == 302
