"""What is asked for by the month is priced by the month, and asked of nobody who prices by the hour."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from anxin.agencies import public as agencies
from anxin.agencies.values import PriceList
from anxin.catalogue import public as catalogue
from anxin.catalogue.values import Unit
from anxin.contracts import public as contracts
from anxin.contracts.rules import period_text
from anxin.kit.jobs import drain
from anxin.matching.queries import next_agency
from anxin.orders import queries
from anxin.orders.actions import offer, refusals
from anxin.orders.models import Order
from anxin.orders.queries.moving import estimate_for_all
from anxin.simulation.deeds import answers
from anxin.workers.models import Skill
from tests.cast import NOON, Member
from tests.orders.test_ask import typed
from tests.stage import START, Stage

At = Callable[..., Client]
pytestmark = [pytest.mark.usefixtures("at_noon"), pytest.mark.requirement("B-7.2.3", "B-7.1.2")]
CARE = "0401"
MONTH_FEN, HOUR_FEN = 600_000, 4_000


def offered(stage: Stage, head: Member, unit: Unit, fen: int) -> agencies.VersionFacts:
    """The agency of this head cares for elders, priced in one unit."""
    prices = PriceList(unit=unit, unit_price_fen=fen)
    content = replace(stage.version.content, name="老年照护", price_list=prices)
    agency = agencies.agency_of(head.organisation.pk)
    return agencies.offer_service(
        agency_id=agency.id, item_code=CARE, content=content, by=head.actor, at=NOON
    )


@pytest.fixture
def by_month(stage: Stage) -> Any:
    return offered(stage, stage.head, Unit.MONTH, MONTH_FEN)


@pytest.fixture
def by_hour(stage: Stage) -> Any:
    return offered(stage, stage.rival, Unit.HOUR, HOUR_FEN)


def care(stage: Stage, mode: str, unit: str, quantity: int, **changes: Any) -> Order:
    item = catalogue.item(CARE, NOON)
    asked: dict[str, Any] = {
        "item_code": CARE, "mode": mode, "unit": unit, "quantity": Decimal(quantity), "version_id": None,
        "scope": answers(item, Decimal(quantity)), "ends_at": START + timedelta(hours=4),
    }  # fmt: skip
    return stage.ask(**asked | changes)


def test_the_estimate_is_of_those_alone_who_price_in_what_was_asked_for(
    stage: Stage, by_month: Any, by_hour: Any
) -> None:
    month, hours = care(stage, "live_in", "month", 2), care(stage, "hourly", "hour", 4)
    assert month.estimate == {"low_fen": 2 * MONTH_FEN, "high_fen": 2 * MONTH_FEN, "offers": 1}
    assert hours.estimate == {"low_fen": 4 * HOUR_FEN, "high_fen": 4 * HOUR_FEN, "offers": 1}
    assert (month.amount_told, hours.amount_told) == ("2 个月", "4 小时")


def test_only_who_prices_in_it_is_laid_it_before_and_may_take_it(
    stage: Stage, by_month: Any, by_hour: Any
) -> None:
    month = care(stage, "live_in", "month", 1)
    assert [one.number for one in queries.hall_for(stage.head.actor, NOON)] == [month.number]
    assert queries.hall_for(stage.rival.actor, NOON) == []
    with pytest.raises(refusals.NoService):
        offer.accept(month, organisation_id=stage.rival.organisation.pk, by=stage.rival.actor, at=NOON)
    month.refresh_from_db()
    assert month.state == "submitted"
    offer.accept(month, organisation_id=stage.head.organisation.pk, by=stage.head.actor, at=NOON)
    assert month.total_fen == MONTH_FEN
    assert month.terms["usage"]["quantity"] == "1"


def test_a_worker_is_laid_before_what_their_agency_can_be_asked_for(stage: Stage, by_hour: Any) -> None:
    for worker in stage.workers:
        Skill.objects.get_or_create(worker=worker, item_code=CARE)
    hours = care(stage, "hourly", "hour", 4)
    assert queries.hall_for(stage.worker, NOON) == [], "their agency does not offer it"
    offered(stage, stage.head, Unit.MONTH, MONTH_FEN)
    assert queries.hall_for(stage.worker, NOON) == [], "nor by the hour"
    offered(stage, stage.head, Unit.HOUR, HOUR_FEN)
    assert [one.number for one in queries.hall_for(stage.worker, NOON)] == [hours.number]


def test_who_prices_otherwise_cannot_be_asked_by_name(stage: Stage, by_month: Any) -> None:
    with pytest.raises(refusals.OtherUnit) as caught:
        care(stage, "hourly", "hour", 4, version_id=by_month.pk)
    assert str(caught.value) == "这家机构按月计价，您要的是按小时。请改选计价方式，或换一家机构。"
    assert not Order.objects.exists()
    sent = care(stage, "live_out", "month", 1, version_id=by_month.pk)
    assert sent.estimate["low_fen"] == MONTH_FEN


@pytest.mark.parametrize(
    ("mode", "unit", "quantity", "refusal"),
    [
        ("live_in", "hour", 4, refusals.UnitUnknown),
        ("hourly", "meal", 1, refusals.UnitUnknown),
        ("per_job", "", 1, refusals.ModeUnknown),
        ("hourly", "hour", 0, refusals.QuantityTooLow),
        ("live_in", "month", 0, refusals.QuantityTooLow),
    ],
)
def test_what_the_item_is_not_counted_in_is_refused(
    stage: Stage, mode: str, unit: str, quantity: int, refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        care(stage, mode, unit, quantity)
    assert not Order.objects.exists()


def test_the_contract_says_from_when_for_how_long(stage: Stage, by_month: Any) -> None:
    month = care(stage, "live_in", "month", 2, version_id=by_month.pk)
    offer.accept(month, organisation_id=stage.head.organisation.pk, by=stage.head.actor, at=NOON)
    drain(NOON)
    contract = contracts.open_contract(month.pk, stage.customer.actor)
    assert contract is not None
    assert contract.values["service.period"] == "2026年3月20日起 2 个月，首次上门 14:00 至 18:00"
    assert contract.values["service.mode"] == "全日住家"


@pytest.mark.parametrize(
    ("quantity", "unit", "words"),
    [
        ("1", "day", "2026年3月20日 14:00 至 18:00"),
        ("3", "day", "2026年3月20日起 3 天，首次上门 14:00 至 18:00"),
        ("1", "term26", "2026年3月20日起 1 个26天，首次上门 14:00 至 18:00"),
        ("4", "hour", "2026年3月20日 14:00 至 18:00"),
        ("4", "", "2026年3月20日 14:00 至 18:00"),
    ],
)
def test_how_long_a_service_lasts_in_words(quantity: str, unit: str, words: str) -> None:
    starts = datetime(2026, 3, 20, 14)
    assert period_text(starts, starts + timedelta(hours=4), Decimal(quantity), unit) == words


def test_without_a_unit_it_is_the_first_of_the_mode(stage: Stage) -> None:
    assert (care(stage, "hourly", "", 4).unit, care(stage, "live_in", "", 4).unit) == ("hour", "day")


def test_after_a_no_nobody_is_asked_who_prices_otherwise(stage: Stage, by_month: Any, by_hour: Any) -> None:
    month = care(stage, "live_in", "month", 1, version_id=by_month.pk)
    assert next_agency(month, NOON) is None
    offered(stage, stage.rival, Unit.MONTH, MONTH_FEN + 1)
    asked = next_agency(month, NOON)
    assert asked is not None and asked[0] == stage.rival.organisation.pk


def test_another_day_is_estimated_among_the_same(stage: Stage, by_month: Any, by_hour: Any) -> None:
    month = care(stage, "live_in", "month", 1)
    later = timedelta(days=1)
    again = estimate_for_all(month, month.starts_at + later, month.ends_at + later, NOON)
    assert (again["low_fen"], again["offers"]) == (MONTH_FEN, 1)


def said(stage: Stage, **changes: Any) -> dict[str, Any]:
    item = catalogue.item(CARE, NOON)
    given = {f"q_{code}": answer for code, answer in answers(item, Decimal(1)).items() if code != "amount"}
    yes = {code: "yes" for code, answer in given.items() if answer is True}
    return typed(stage) | given | yes | {"quantity": "1"} | changes


def test_the_page_asks_how_it_is_counted_and_prices_it_so(
    stage: Stage, client_of: At, by_month: Any, by_hour: Any
) -> None:
    client = client_of(stage.customer)
    page = client.get(f"/ask/{CARE}/").content.decode()
    for way in ("计时服务", "全日住家，按天计价", "全日住家，按月计价", "日间上门（不住家），按月计价"):
        assert way in page
    assert "数量（天、月）" in page and "需要多少（小时/天/月）" not in page

    monthly = client.post(f"/ask/{CARE}/", said(stage, mode="live_in:month", do="price")).content.decode()
    assert "甲家政" in monthly and "6000.00" in monthly.replace(",", "") and "乙家政" not in monthly
    hourly = client.post(f"/ask/{CARE}/", said(stage, mode="hourly", hours="4", do="price")).content.decode()
    assert "乙家政" in hourly and "160.00" in hourly and "甲家政" not in hourly

    assert "按天、按月的服务填第一次上门的时间" in page
    sent = client.post(f"/ask/{CARE}/", said(stage, mode="live_in:month", hours="11", do="send"))
    assert sent.status_code == 303, sent.content.decode()
    order = Order.objects.get()
    assert (order.mode, order.unit, order.quantity) == ("live_in", "month", 1)
    usual = timedelta(minutes=catalogue.item(CARE, NOON).default_minutes)
    assert order.ends_at - order.starts_at == usual, "hours are of another way to ask"
    own = client.get(sent.headers["Location"]).content.decode()
    assert "全日住家" in own and "1 个月" in own
    drain(NOON)
    assert "1 个月" in client_of(stage.head).get("/hall/").content.decode()


def test_hours_are_asked_for_where_they_are_what_is_paid(stage: Stage, client_of: At, by_hour: Any) -> None:
    answer = client_of(stage.customer).post(f"/ask/{CARE}/", said(stage, mode="hourly", hours="", do="send"))
    assert answer.status_code == 422
    assert not Order.objects.exists()


def test_more_decimals_than_an_order_keeps_are_told_in_the_houses_words(
    stage: Stage, client_of: At, by_month: Any
) -> None:
    given = said(stage, mode="live_in:month", quantity="1.005", do="send")
    answer = client_of(stage.customer).post(f"/ask/{CARE}/", given)
    assert answer.status_code == 422
    assert "数量（天、月）最多 2 位小数" in answer.content.decode()
    assert not Order.objects.exists()


def test_an_agency_that_was_chosen_says_how_it_counts(
    stage: Stage, client_of: At, by_month: Any, by_hour: Any
) -> None:
    client, version = client_of(stage.customer), str(by_month.pk)
    page = client.get(f"/ask/{CARE}/", {"version": version}).content.decode()
    [chosen] = [tag for tag in page.split("<input") if 'name="mode"' in tag and "checked" in tag]
    assert 'value="live_out:month"' in chosen
    told = client.post(f"/ask/{CARE}/", said(stage, mode="hourly", hours="4", version=version, do="price"))
    assert "您选的机构按月计价。请在第 1 步改选计价方式" in told.content.decode()


def test_the_directory_tells_units_apart_and_compares_like_with_like(
    stage: Stage, client_of: At, by_month: Any, by_hour: Any, client: Client
) -> None:
    where = f"/services/{CARE}/offers/"
    assert "按月 · 1 家" in client.get(where).content.decode()
    by_the_month = client.get(where, {"unit": "month"}).content.decode()
    assert "甲家政" in by_the_month and "乙家政" not in by_the_month
    ids = [str(by_month.service_id), str(by_hour.service_id)]
    page = " ".join(client.get("/compare/", {"items": ids}).content.decode().split())
    assert "只比按月计价的。没有放进来的：临安乙家政服务有限公司（按小时）" in page
    body = {"service_ids": ids, "quantity": "1", "periods": []}
    told = client.post("/api/v1/compare", body, content_type="application/json").json()
    assert [one["quote"]["total_fen"] for one in told] == [MONTH_FEN]
    offers = client.get(f"/api/v1/services/{CARE}/offers", {"unit": "hour"}).json()
    assert offers["count"] == 1


@pytest.mark.parametrize("changes", [
    {"mode": "live_in:month", "hours": "14"},
    {"mode": "live_in:month", "hours": "三"},
    {"mode": "hourly", "hours": "4", "quantity": "0"},
])  # fmt: skip
def test_what_was_typed_for_another_way_to_count_stops_nobody(
    stage: Stage, client_of: At, changes: dict[str, str]
) -> None:
    sent = client_of(stage.customer).post(f"/ask/{CARE}/", said(stage, **changes, do="send"))
    assert sent.status_code == 303, sent.content.decode()
    order = Order.objects.get()
    assert (order.unit, order.quantity) == (("month", 1) if "month" in changes["mode"] else ("hour", 4))


@pytest.mark.parametrize("changes", [
    {"mode": "hourly", "hours": "4.004"},
    {"mode": "hourly", "hours": "14"},
    {"mode": "live_in:month", "quantity": "1.004"},
])  # fmt: skip
def test_what_is_priced_is_no_finer_than_what_is_kept(
    stage: Stage, client_of: At, changes: dict[str, str]
) -> None:
    sent = client_of(stage.customer).post(f"/ask/{CARE}/", said(stage, **changes, do="send"))
    assert sent.status_code == 422
    assert 'aria-invalid="true"' in sent.content.decode()
    assert not Order.objects.exists()


def test_the_agency_chosen_last_says_how_it_counts_and_not_the_one_looked_at_before(
    stage: Stage, client_of: At, by_month: Any, by_hour: Any
) -> None:
    def chosen(version: Any) -> list[str]:
        page = client.get(f"/ask/{CARE}/", {"version": str(version.pk)}).content.decode()
        return [ways for tag in page.split("<input") if 'name="mode"' in tag and "checked" in tag
                for ways in re.findall(r'value="([^"]+)"', tag)]  # fmt: skip

    client = client_of(stage.customer)
    client.post(f"/ask/{CARE}/", said(stage, mode="live_in:month", version=str(by_month.pk), do="price"))
    assert chosen(by_month) == ["live_in:month"], "what was chosen among the ways of the same unit stays"
    assert chosen(by_hour) == ["hourly"]
