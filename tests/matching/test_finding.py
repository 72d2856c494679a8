"""A household finds help along four ways: own words, service, worker, agency; each ends with a demand that is sent."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from anxin.accounts import public as accounts
from anxin.accounts.values import ASKED, Purpose
from anxin.customers import public as customers
from anxin.kit.ids import new_id
from anxin.orders.models import Order
from anxin.workers import public as workers
from anxin.workers.values import BlockSide
from tests.architecture.test_leaks import lines
from tests.cast import JINCHENG, NOON, Member
from tests.stage import Stage

At = Callable[..., Client]
pytestmark = [pytest.mark.usefixtures("at_noon"), pytest.mark.requirement("E-5")]
SENTENCE = "后天下午两点到五点，来锦城街道打扫卫生，90平，家里有猫，要自带工具，要四十岁以下"


def say(client: Client, words: str) -> str:
    """The page that tells what was understood."""
    sent = client.post("/find/", {"words": words})
    assert (sent.status_code, sent.headers["Location"]) == (303, "/find/")
    return client.get("/find/").content.decode()


def value(page: str, name: str) -> str:
    """What a field of the page holds."""
    if found := re.search(rf'<input[^>]*name="{name}"[^>]*value="([^"]*)"', page):
        return found[1]
    if found := re.search(rf'<input[^>]*value="([^"]*)"[^>]*name="{name}"', page):
        return found[1]
    if chosen := re.search(rf'<select[^>]*name="{name}".*?</select>', page, re.S):
        option = re.search(r'<option value="([^"]*)" selected', chosen[0])
        return option[1] if option else ""
    area = re.search(rf'<textarea[^>]*name="{name}"[^>]*>\s*(.*?)</textarea>', page, re.S)
    return area[1] if area else ""


def kept(page: str) -> list[str]:
    return re.findall(r'name="kept" value="([^"]*)"', page)


def listed(*people: Member) -> None:
    """They agree to be listed."""
    version = ASKED[Purpose.LISTING].now.version
    for one in people:
        accounts.give_consent(purpose=Purpose.LISTING, version=version, by=one.actor, at=NOON)


def corrected(page: str, **changes: Any) -> dict[str, Any]:
    names = ("item", "town", "day", "start", "hours", "budget", "wishes")
    return {name: value(page, name) for name in names} | {"kept": kept(page), "do": "show"} | changes


def send(client: Client, page: str, stage: Stage, **changes: Any) -> Order:
    """The demand as its form stands, sent."""
    fields = {
        "order_id": str(new_id()), "mode": "hourly", "address": str(stage.address.id), "do": "send", "version": "open",
        **{name: value(page, name) for name in ("q_area", "day", "start", "hours", "wishes")},
    } | changes  # fmt: skip
    sent = client.post("/ask/0101/", fields)
    assert sent.status_code == 303, sent.content.decode()[:2000]
    return Order.objects.get()


def test_what_was_understood_is_shown_marked_and_stands_in_fields(stage: Stage, client: Client) -> None:
    page = say(client, SENTENCE)
    assert (value(page, "item"), value(page, "town")) == ("0101", JINCHENG)
    assert (value(page, "day"), value(page, "start"), value(page, "hours")) == ("2026-03-20", "14:00", "3")
    assert 'title="时间">' in page
    assert "面积：90平" in page
    # The age is told to be set aside, and does not go to anybody.
    assert "这些不用来挑人" in page
    assert value(page, "wishes").endswith("要自带工具")
    assert "自带工具" in value(page, "wishes")


def test_own_words_lead_to_those_who_can_come_and_to_a_sent_demand(stage: Stage, client_of: At) -> None:
    listed(*stage.people)
    client = client_of(stage.customer)
    page = say(client, SENTENCE)
    there = client.post("/find/choice/", corrected(page)).headers["Location"]
    results = client.get(there).content.decode()
    assert results.index("甲家政") and results.index("乙家政")
    # The hours that were said, not those the service takes as a rule.
    assert "14:00–17:00" in results
    # Nearest first, names masked.
    assert results.index(stage.workers[0].number) < results.index(stage.workers[1].number)
    assert "王芳" not in results
    form = client.get(f"/ask/0101/?version={stage.version.id}").content.decode()
    assert value(form, "q_area") == "90"
    order = send(client, form, stage, version=str(stage.version.id), **{f"seen_{stage.version.id}": "15000"})
    assert (order.item_code, order.version_id, order.scope["area"]) == ("0101", stage.version.id, 90)
    assert "自带工具" in order.wishes
    assert f"{order.starts_at:%Y-%m-%d %H}" == "2026-03-20 06"
    # Sent: the next demand starts empty.
    assert value(client.get("/ask/0101/").content.decode(), "q_area") == ""


def test_what_was_typed_comes_through_the_sign_in(stage: Stage, client: Client, client_of: At) -> None:
    page = say(client, SENTENCE)
    away = client.post("/find/choice/", corrected(page, do="ask"))
    assert away.headers["Location"] == "/ask/0101/"
    assert client.get("/ask/0101/").headers["Location"].startswith("/sign-in/")
    # The session of a browser outlives the sign-in (its key changes).
    signed_in = client_of(stage.customer)
    session, before = signed_in.session, client.session
    session.update({key: value for key, value in before.items() if key.startswith("handed.")})
    session.save()
    form = signed_in.get("/ask/0101/").content.decode()
    assert (value(form, "q_area"), value(form, "day"), value(form, "start")) == ("90", "2026-03-20", "14:00")


def test_a_correction_counts_and_a_fact_without_its_tick_is_not_handed_on(
    stage: Stage, client_of: At
) -> None:
    client = client_of(stage.customer)
    page = say(client, SENTENCE)
    ticks = [one for one in kept(page) if not one.startswith("area")]
    client.post("/find/choice/", corrected(page, start="15:30", kept=ticks, wishes="只打扫厨房", do="ask"))
    form = client.get("/ask/0101/").content.decode()
    assert (value(form, "start"), value(form, "q_area"), value(form, "wishes")) == ("15:30", "", "只打扫厨房")


@pytest.mark.parametrize(
    ("words", "item", "chosen"),
    [
        ("后天下午来两个阿姨打扫卫生三小时", "0101", "2"),
        ("后天下午来三个阿姨打扫卫生三小时", "0101", "2"),
        ("后天下午来一个阿姨打扫卫生三小时", "0101", "1"),
        ("后天来两个人擦玻璃", "0103", None),
    ],
)
def test_how_many_are_to_come_arrives_where_a_worker_is_priced(
    stage: Stage, client_of: At, words: str, item: str, chosen: str | None
) -> None:
    client = client_of(stage.customer)
    page = say(client, words)
    client.post("/find/choice/", corrected(page, item=item, do="ask"))
    form = client.get(f"/ask/{item}/").content.decode()
    found = re.search(r'name="headcount" value="(\d)"[^>]*\bchecked\b', form)
    assert (found and found[1]) == chosen
    # What was said goes along as it was said.
    assert value(form, "wishes") == value(page, "wishes") != ""


def test_whoever_comes_back_finds_their_corrections(stage: Stage, client: Client) -> None:
    page = say(client, SENTENCE)
    client.post("/find/choice/", corrected(page, start="15:30", wishes="只打扫厨房"))
    again = client.get("/find/").content.decode()
    assert (value(again, "start"), value(again, "wishes")) == ("15:30", "只打扫厨房")
    # New words begin anew.
    assert value(say(client, "明天擦玻璃，打扫"), "start") == ""


def test_a_wrong_correction_is_told_at_its_field_and_keeps_what_was_typed(
    stage: Stage, client: Client
) -> None:
    page = say(client, SENTENCE)
    answer = client.post("/find/choice/", corrected(page, day="2026-03-01", wishes="慢慢来"))
    assert answer.status_code == 422
    told = answer.content.decode()
    assert "请选今天起一年以内的日子" in told
    assert value(told, "wishes") == "慢慢来"


def test_a_contradiction_is_told(stage: Stage, client: Client) -> None:
    page = say(client, "明天下午两点到一点打扫卫生")
    assert "结束时间在开始之前" in page


def test_a_guessed_service_is_told_as_a_guess_and_is_not_marked(stage: Stage, client: Client) -> None:
    client.post("/find/", {"words": "找个阿姨"})
    shown = client.get("/find/").content.decode()
    assert "服务是猜的" in shown
    assert '<mark class="ax-heard"' not in shown
    client.post("/find/", {"words": "日常保洁"})
    assert "服务是猜的" not in client.get("/find/").content.decode()


def test_words_that_say_nothing_lead_to_a_choice(stage: Stage, client: Client) -> None:
    page = say(client, "你好")
    assert value(page, "item") == ""
    answer = client.post("/find/choice/", corrected(page))
    assert answer.status_code == 422


def test_empty_and_endless_words_are_told(db: None, client: Client) -> None:
    empty = client.post("/find/", {"words": ""})
    assert empty.status_code == 422 and "先说一句您要什么" in empty.content.decode()
    answer = client.post("/find/", {"words": "啊" * 501})
    assert answer.status_code == 422
    assert "一次最多说 500 个字" in answer.content.decode()


def test_the_words_stand_in_no_address_and_no_log(stage: Stage, client: Client) -> None:
    secret = "我妈住临天路100号，不能自理"
    with lines() as logged:
        page = say(client, secret + "，需要打扫卫生")
        there = client.post("/find/choice/", corrected(page, town=JINCHENG))
        client.get(there.headers["Location"])
    assert "临天路" not in logged.getvalue()
    assert "临天路" not in there.headers["Location"]
    assert "临天路" not in str(dict(client.session.items()))


def test_by_service(stage: Stage, client_of: At) -> None:
    client = client_of(stage.customer)
    assert "/services/0101/" in client.get("/services/").content.decode()
    assert "/ask/0101/" in client.get("/services/0101/").content.decode()
    form = client.get("/ask/0101/").content.decode()
    order = send(client, form, stage, q_area="90", start="14:00", hours="3", day="2026-03-20")
    assert order.way == "open"


def test_by_worker(stage: Stage, client_of: At) -> None:
    listed(stage.people[0])
    client = client_of(stage.customer)
    page = client.get(f"/find/workers/?item=0101&town={JINCHENG}&day=2026-03-20&start=14:00").content.decode()
    worker = stage.workers[0]
    assert worker.number in page
    way = re.search(r'href="(/ask/0101/\?version=[^"]*)"', page)
    assert way is not None
    form = client.get(way[1].replace("&amp;", "&")).content.decode()
    assert worker.number in value(form, "wishes")
    version = str(stage.version.id)
    order = send(client, form, stage, q_area="90", start="14:00", hours="3", day="2026-03-20", version=version,
                 **{f"seen_{version}": "15000"})  # fmt: skip
    assert (order.version_id, worker.number in order.wishes) == (stage.version.id, True)


def test_by_agency(stage: Stage, client_of: At) -> None:
    client = client_of(stage.customer)
    page = client.get("/agencies/").content.decode()
    number = re.search(r'href="/agencies/([^/"]+)/">临安甲家政', page)
    assert number is not None
    assert f"/agencies/{number[1]}/services/0101/" in client.get(f"/agencies/{number[1]}/").content.decode()
    service = client.get(f"/agencies/{number[1]}/services/0101/").content.decode()
    version = str(stage.version.id)
    assert f"/ask/0101/?version={version}" in service
    form = client.get(f"/ask/0101/?version={version}").content.decode()
    order = send(client, form, stage, q_area="90", start="14:00", hours="3", day="2026-03-20", version=version,
                 **{f"seen_{version}": "15000"})  # fmt: skip
    assert order.version_id == stage.version.id


def test_only_who_agreed_to_be_listed_is_and_no_longer_than_that(stage: Stage, client: Client) -> None:
    where = f"/find/workers/?item=0101&town={JINCHENG}&day=2026-03-20&start=14:00"
    assert not [one for one in stage.workers if one.number in client.get(where).content.decode()]
    listed(*stage.people)
    page = client.get(where).content.decode()
    assert [one for one in stage.workers if one.number in page] == stage.workers
    for secret in ("王芳", stage.workers[0].person.phone, "身份证"):
        assert secret not in page
    accounts.withdraw_consent(purpose=Purpose.LISTING, by=stage.people[0].actor, at=NOON)
    page = client.get(where).content.decode()
    assert stage.workers[0].number not in page
    assert stage.workers[1].number in page


def test_whom_the_household_does_not_want_again_is_not_found_by_it(stage: Stage, client_of: At) -> None:
    listed(*stage.people)
    household, worker = customers.customer_of(stage.customer.id), stage.workers[0]
    assert household
    workers.block(
        worker_id=worker.pk, household=household.pk, side=BlockSide.WORKER, about=new_id(), reason="",
        by=stage.worker, at=NOON,
    )  # fmt: skip
    where = f"/find/workers/?item=0101&town={JINCHENG}"
    assert worker.number not in client_of(stage.customer).get(where).content.decode()
    assert worker.number in client_of(stage.head).get(where).content.decode()


def test_the_plain_order_of_workers_is_by_number(stage: Stage, client: Client) -> None:
    listed(*stage.people)
    where = f"/find/workers/?item=0101&town={JINCHENG}&day=2026-03-20&start=14:00&sort=plain"
    page = client.get(where).content.decode()
    numbers = sorted(one.number for one in stage.workers)
    assert page.index(numbers[0]) < page.index(numbers[1])


def test_the_list_costs_the_same_for_one_as_for_two(
    stage: Stage, client: Client, django_assert_num_queries: Callable[..., Any]
) -> None:
    where = f"/find/workers/?item=0101&town={JINCHENG}&day=2026-03-20&start=14:00"
    listed(stage.people[0])
    client.get(where)
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as one:
        client.get(where)
    listed(stage.people[1])
    with django_assert_num_queries(len(one)):
        client.get(where)


@pytest.mark.parametrize("query", ["?item=9999", "?town=1", "?day=nonsense", "?start=03:17", "?sort=age"])
def test_nonsense_in_the_address_is_told(stage: Stage, client: Client, query: str) -> None:
    assert client.get(f"/find/workers/{query}").status_code == 422


@pytest.mark.requirement("B-7.4.2")
def test_a_program_posts_words_and_reads_pieces(stage: Stage, client: Client) -> None:
    answer = client.post("/api/v1/words/", {"text": "明天下午两点到五点打扫"}, "application/json")
    assert answer.status_code == 200
    pieces = {one["field"]: one for one in answer.json()["pieces"]}
    assert (pieces["time"]["value"], pieces["time"]["text"]) == ("14:00-17:00", "下午两点到五点")
    assert pieces["service"]["value"] == "0101"
    assert client.post("/api/v1/words/", {"text": "啊" * 501}, "application/json").status_code == 422


@pytest.mark.parametrize(("words", "item"), [("家里三台空调坏了，要修", "0601"), ("安装三个置物架", "0604")])
def test_pieces_that_were_said_are_no_visits(stage: Stage, client_of: At, words: str, item: str) -> None:
    client = client_of(stage.customer)
    page = say(client, words)
    assert value(page, "item") == item
    assert any(one.startswith("pieces") for one in kept(page))
    there = client.post("/find/choice/", corrected(page, do="ask"))
    assert there.headers["Location"] == f"/ask/{item}/"
    form = client.get(f"/ask/{item}/").content.decode()
    assert value(form, "quantity") == "1"
    assert "三" in value(form, "wishes")
