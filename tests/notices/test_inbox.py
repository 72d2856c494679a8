"""The inbox: what I was told, nobody else's; SMS by day only."""

import re
from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from anxin.kit import clock, jobs
from anxin.kit.actor import ANONYMOUS, SYSTEM
from anxin.kit.errors import NotFound
from anxin.messaging.models import SmsMessage
from anxin.notices import actions, public, queries, rules
from anxin.notices.models import Notice
from anxin.notices.values import NIGHT_ENDS, NIGHT_STARTS, family
from anxin.policies import public as policies
from tests.cast import NOON, signed_in, token_of


def tell(member, **given):
    given = {"kind": "orders.accepted", "title": "机构已接单", "url": "/services/", "at": NOON, **given}
    return public.tell(member.id, **given)


@pytest.mark.django_db
def test_notice_is_in_my_inbox_and_counted(chen_jing, django_assert_num_queries):
    tell(
        chen_jing,
        body="%(agency)s 接了您的订单 %(number)s。",
        params={"agency": "甲家政", "number": "O260318-X"},
    )
    with django_assert_num_queries(1):
        assert public.unread_count(chen_jing.id) == 1
    answer = signed_in(chen_jing.person).get("/inbox/")
    assert "机构已接单" in answer.text
    assert "甲家政 接了您的订单 O260318-X。" in answer.text
    assert "未读" in answer.text


@pytest.mark.django_db
def test_words_of_ours_in_a_place_are_told_in_the_readers_language(chen_jing):
    tell(
        chen_jing,
        title="%(name)s的安心码变为%(colour)s",
        params={"name": "王芳", "colour": "绿码", "why": ""},
    )
    browser = signed_in(chen_jing.person)
    browser.post("/preferences/", {"language": "en"})
    assert "The safety code of 王芳 is now Green" in browser.get("/inbox/").text


@pytest.mark.django_db
def test_places_are_encrypted_at_rest(chen_jing):
    row = tell(chen_jing, body="%(name)s", params={"name": "陈静"})
    raw = bytes(Notice.objects.filter(pk=row.pk).values_list("params", flat=True)[0])
    assert "陈静".encode() not in raw
    assert Notice.objects.get(pk=row.pk).params == {"name": "陈静"}


@pytest.mark.django_db
def test_stranger_sees_and_reads_nothing(chen_jing, stranger, client):
    row = tell(chen_jing)
    assert queries.inbox(stranger.actor) == []
    assert queries.inbox(ANONYMOUS) == []
    assert public.unread_count(None) == 0
    theirs = signed_in(stranger.person)
    assert "机构已接单" not in theirs.get("/inbox/").text
    assert theirs.post(f"/inbox/{row.id}/reading/").status_code == 404
    assert client.get("/inbox/").status_code == 302
    with pytest.raises(NotFound):
        actions.read(notice_id=row.id, by=stranger.actor, at=NOON)
    row.refresh_from_db()
    assert row.read_at is None


@pytest.mark.django_db
def test_opening_a_notice_marks_it_read_and_leads_on(chen_jing):
    row = tell(chen_jing)
    answer = signed_in(chen_jing.person).post(f"/inbox/{row.id}/reading/")
    assert (answer.status_code, answer["Location"]) == (303, "/services/")
    row.refresh_from_db()
    assert row.read_at is not None
    first = row.read_at
    actions.read(notice_id=row.id, by=chen_jing.actor, at=clock.now() + timedelta(hours=1))
    row.refresh_from_db()
    assert row.read_at == first


@pytest.mark.django_db
def test_all_are_marked_at_once_but_only_mine(chen_jing, zhou_min):
    for _ in range(3):
        tell(chen_jing)
    other = tell(zhou_min)
    assert signed_in(chen_jing.person).post("/inbox/reading/").status_code == 303
    assert public.unread_count(chen_jing.id) == 0
    other.refresh_from_db()
    assert other.read_at is None


@pytest.mark.django_db
def test_what_comes_after_i_looked_stays_unread(chen_jing):
    tell(chen_jing, at=NOON)
    tell(chen_jing, at=NOON + timedelta(minutes=5))
    assert actions.read_all(by=chen_jing.actor, at=NOON + timedelta(minutes=1)) == 1
    assert public.unread_count(chen_jing.id) == 1


def mine(run: CaptureQueriesContext) -> list[str]:
    """The statements about notices: signing in has its own."""
    return [query["sql"] for query in run.captured_queries if "notices_notice" in query["sql"]]


@pytest.mark.django_db
def test_inbox_is_grouped_paged_and_of_fixed_cost(chen_jing, django_assert_num_queries):
    browser = signed_in(chen_jing.person)
    tell(chen_jing)
    with CaptureQueriesContext(connection) as few:
        browser.get("/inbox/")
    for hour in range(40):
        tell(chen_jing, title=f"第 {hour} 条", at=NOON - timedelta(hours=hour))
    with CaptureQueriesContext(connection) as many:
        answer = browser.get("/inbox/")
    assert [len(mine(run)) for run in (few, many)] == [2, 2]
    assert "第 28 条" in answer.text
    assert "第 35 条" not in answer.text
    assert "更早的消息" in answer.text
    older = browser.get(re.findall(r'href="(/inbox/\?before=[^"]+)"', answer.text)[0])
    assert "第 35 条" in older.text
    assert "第 5 条" not in older.text


@pytest.mark.django_db
def test_pages_lose_nothing_that_was_told_at_the_same_moment(chen_jing, client):
    told = NOON + timedelta(microseconds=123456)
    Notice.objects.bulk_create(
        Notice(person_id=chen_jing.id, kind="orders.x", title=f"第 {n} 条。", params={}, at=told)
        for n in range(70)
    )
    browser, shown, address = signed_in(chen_jing.person), "", "/inbox/"
    for _page in range(3):
        text = browser.get(address).text
        shown += text
        address = next(iter(re.findall(r'href="(/inbox/\?before=[^"]+)"', text)), "")
    assert [shown.count(f"第 {n} 条。") for n in range(70)] == [1] * 70
    assert address == ""
    ids: list[str] = []
    for _page in range(3):
        asked = {"before_id": ids[-1]} if ids else {}
        rows = client.get("/api/v1/inbox", asked, headers=token_of(chen_jing.person)).json()
        ids += [row["id"] for row in rows]
    assert len(ids) == len(set(ids)) == 70


@pytest.mark.django_db
@pytest.mark.parametrize(
    "before",
    ["yesterday", "", "9999999999", "2026-03-18T10:00:00+08:00", "2332b67e-cfbc-4863-997f-b7bbba08f955"],
)
def test_nonsense_in_the_address_is_no_error(chen_jing, before):
    assert signed_in(chen_jing.person).get("/inbox/", {"before": before}).status_code == 200


@pytest.mark.django_db
def test_unread_filter(chen_jing):
    row = tell(chen_jing, title="已看")
    tell(chen_jing, title="没看")
    actions.read(notice_id=row.id, by=chen_jing.actor, at=NOON)
    answer = signed_in(chen_jing.person).get("/inbox/", {"unread": "1"})
    assert "没看" in answer.text
    assert "已看" not in answer.text


@pytest.mark.django_db
def test_empty_inbox_says_so(chen_jing):
    assert "还没有消息" in signed_in(chen_jing.person).get("/inbox/").text


@pytest.mark.django_db
def test_badge_counts_to_ninety_nine(chen_jing):
    browser = signed_in(chen_jing.person)
    assert browser.get("/inbox/badge/").text.strip() == ""
    Notice.objects.bulk_create(
        Notice(person_id=chen_jing.id, kind="orders.x", title="t", params={}, at=NOON) for _ in range(120)
    )
    assert "99+" in browser.get("/inbox/badge/").text
    assert public.unread_count(chen_jing.id) == 100


@pytest.mark.django_db
@pytest.mark.parametrize("url", ["https://evil.example/", "//evil.example/", "javascript:alert(1)"])
def test_notice_leads_only_into_the_product(chen_jing, url):
    with pytest.raises(ValueError, match="path"):
        tell(chen_jing, url=url)
    assert not Notice.objects.exists()


@pytest.mark.django_db
def test_markup_in_a_place_is_shown_as_text(chen_jing):
    tell(chen_jing, body="%(x)s", params={"x": "<script>alert(1)</script>"})
    assert "<script>alert" not in signed_in(chen_jing.person).get("/inbox/").text


@pytest.mark.django_db
def test_programs_read_the_inbox(chen_jing, stranger, client):
    row = tell(chen_jing)
    mine, theirs = token_of(chen_jing.person), token_of(stranger.person)
    found = client.get("/api/v1/inbox", headers=mine).json()
    assert [(n["id"], n["title"]) for n in found] == [(str(row.id), "机构已接单")]
    assert client.get("/api/v1/inbox", headers=theirs).json() == []
    assert client.get("/api/v1/inbox").status_code == 401
    assert client.post(f"/api/v1/inbox/{row.id}/reading", headers=theirs).status_code == 404
    assert client.post(f"/api/v1/inbox/{uuid4()}/reading", headers=mine).status_code == 404
    assert client.get("/api/v1/inbox/unread", headers=mine).json() == {"unread": 1}
    assert client.post(f"/api/v1/inbox/{row.id}/reading", headers=mine).json()["read_at"]
    assert client.post("/api/v1/inbox/reading", headers=mine).json() == {"unread": 0}


# ── text messages ────────────────────────────────────────────────────────────────────────────────────
def at_clock(hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 3, 18, hour, minute, tzinfo=clock.SHANGHAI)


@pytest.mark.parametrize(
    ("hour", "minute", "sent"),
    [
        (21, 59, (18, 21)), (22, 0, (19, 7)), (23, 30, (19, 7)), (0, 0, (18, 7)),
        (6, 59, (18, 7)), (7, 0, (18, 7)), (12, 0, (18, 12)),
    ],
)  # fmt: skip
def test_night_messages_wait_for_the_morning(hour, minute, sent):
    found = rules.daytime(at_clock(hour, minute), 22, 7)
    assert (found.day, found.hour) == sent


def test_night_may_lie_within_a_day_or_not_be_at_all():
    assert rules.daytime(at_clock(13), 12, 14) == at_clock(14)
    assert rules.daytime(at_clock(13), 5, 5) == at_clock(13)


def test_places_without_value_and_lone_percent_signs_stay():
    assert rules.fill("%(a)s 100% %(b)s %d", {"a": "甲"}) == "甲 100% %(b)s %d"


@pytest.mark.django_db
def test_sms_is_sent_by_day_and_kept_at_night(chen_jing):
    tell(chen_jing, at=NOON, sms=True)
    assert SmsMessage.objects.get().due_at == NOON
    night = NOON + timedelta(hours=13)
    tell(chen_jing, at=night, sms=True)
    late = SmsMessage.objects.order_by("-due_at")[0]
    assert clock.local(late.due_at).hour == 7
    assert late.phone == chen_jing.person.phone


@pytest.mark.django_db
def test_the_operator_sets_the_night(chen_jing):
    policies.change(policy=NIGHT_STARTS, value=9, valid_from=NOON, reason="试", by=SYSTEM, at=NOON)
    policies.change(policy=NIGHT_ENDS, value=11, valid_from=NOON, reason="试", by=SYSTEM, at=NOON)
    tell(chen_jing, at=NOON, sms=True)
    assert clock.local(SmsMessage.objects.get().due_at).hour == 11


@pytest.mark.django_db
def test_sms_says_what_the_notice_says(chen_jing, simulators):
    from anxin.messaging.adapters import sms_simulator

    before = len(sms_simulator.inbox(chen_jing.person.phone))
    tell(chen_jing, body="%(agency)s 明天 9 点上门。", params={"agency": "甲家政"}, sms=True)
    jobs.drain(NOON)
    found = sms_simulator.inbox(chen_jing.person.phone)
    assert len(found) == before + 1
    assert found[0]["text"].startswith("机构已接单。甲家政 明天 9 点上门。")


@pytest.mark.django_db
def test_two_years_old_notices_are_forgotten(chen_jing):
    tell(chen_jing, at=NOON - timedelta(days=731))
    tell(chen_jing, at=NOON)
    assert actions.forget(at=NOON) == 1
    assert Notice.objects.count() == 1


def test_every_kind_has_a_family():
    assert family("orders.accepted")[1] == "clipboard-list"
    assert family("whatever")[1] == "bell"
