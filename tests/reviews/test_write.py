"""Who may review, when, how often, and under which name."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from anxin.kit.errors import Refusal
from anxin.orders.models import Note, Order
from anxin.orders.states import OrderState
from anxin.reviews import actions
from anxin.reviews.models import LookBehind, Review
from anxin.reviews.states import ReviewState
from anxin.reviews.values import HideGround, Target
from anxin.workers.models import Standing
from tests.cast import Member
from tests.orders import played
from tests.stage import START, Stage, picture

At = Callable[..., Client]
END = START + timedelta(hours=3)
FOUR = {"content": 5, "scope": 4, "quality": 5, "fee": 4}


@pytest.fixture(autouse=True)
def afterwards(at_noon: Any) -> None:
    at_noon.move_to(END)


def rate(stage: Stage, order: Order, *, by: Member | None = None, at: datetime = END, **more: Any) -> Review:
    given = {"target": Target.AGENCY, "scores": FOUR, "words": "很好", "anonymous": False} | more
    return actions.review(order, **given, by=(by or stage.customer).actor, at=at)


@pytest.mark.requirement("B-7.7.1")
def test_the_customer_rates_worker_then_agency_in_four_dimensions(
    stage: Stage, order: Order, client_of: At
) -> None:
    client, where = client_of(stage.customer), f"/orders/{order.number}/review/"
    page = client.get(where).content.decode()
    for dimension in ("服务内容", "服务范围", "服务质量", "费用合理"):
        assert dimension in page
    # The row of stars is filled from its first to the one that is chosen: the first is one star, the last five.
    row = page.split('<div class="ax-rate">')[1].split("</div>")[0]
    assert re.findall(r'value="(\d)"', row) == ["1", "2", "3", "4", "5"]
    assert [words in row for words in ("1 星", "5 星")] == [True, True]
    assert client.post(where, FOUR | {"words": "很细心"}).headers["Location"] == where
    assert client.post(where, FOUR).headers["Location"] == f"/orders/{order.number}/"
    assert {row.target for row in Review.objects.all()} == {"worker", "agency"}
    assert Standing.objects.get(worker=stage.workers[0]).rating_count == 1
    order.refresh_from_db()
    assert order.state == OrderState.CLOSED


def test_a_star_that_is_missing_is_asked_for(stage: Stage, order: Order, client_of: At) -> None:
    client, where = client_of(stage.customer), f"/orders/{order.number}/review/"
    pictures = [
        SimpleUploadedFile(f"{name}.png", picture("PNG", (60, 40))) for name in ("厨房", "窗台", "门")
    ]
    some = {"content": 5, "scope": 4, "words": "写了很多字", "photos": pictures}
    answer = client.post(where, some)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "写了很多字" in page
    assert not Review.objects.exists()
    waiting = re.findall(r'name="photos-upload" value="([^"]+)" checked', page)
    assert len(waiting) == 3
    client.post(where, FOUR | {"photos-upload": waiting[:2]})
    assert Review.objects.get().photos.count() == 2


def test_one_photo_that_is_none_takes_no_other_with_it(stage: Stage, order: Order, client_of: At) -> None:
    client, where = client_of(stage.customer), f"/orders/{order.number}/review/"
    kitchen, door = (SimpleUploadedFile(f"{name}.png", picture("PNG", (60, 40))) for name in ("厨房", "门"))
    words = SimpleUploadedFile("记录.png", b"words, and no picture at all")
    answer = client.post(where, {"content": 5, "photos": [kitchen, words, door]})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "已选好“厨房”" in page and "已选好“门”" in page and "已选好“记录”" not in page
    waiting = re.findall(r'name="photos-upload" value="([^"]+)" checked', page)
    client.post(where, FOUR | {"photos-upload": waiting})
    assert Review.objects.get().photos.count() == 2


@pytest.mark.requirement("B-7.7.1")
@pytest.mark.parametrize("scores", [{"content": 5}, FOUR | {"fee": 6}, FOUR | {"fee": 0}, FOUR | {"more": 5}])
def test_only_four_whole_scores_from_one_to_five(stage: Stage, order: Order, scores: dict[str, int]) -> None:
    with pytest.raises(actions.ScoresUnfit):
        rate(stage, order, scores=scores)
    assert not Review.objects.exists()


@pytest.mark.requirement("B-7.7.1")
def test_once_and_only_by_the_customer(stage: Stage, order: Order, stranger: Member) -> None:
    for who in (stage.head, stage.people[0], stranger):
        with pytest.raises(Refusal):
            rate(stage, order, by=who)
    rate(stage, order)
    with pytest.raises(actions.AlreadyReviewed):
        rate(stage, order)
    assert Review.objects.count() == 1


def test_not_before_it_is_paid(stage: Stage) -> None:
    order, _day = played.signed(stage)
    with pytest.raises(actions.NotYetReviewable):
        rate(stage, order)
    assert not Review.objects.exists()


@pytest.mark.requirement("B-7.7.2")
def test_an_anonymous_author_is_named_to_nobody_but_who_may_look_and_the_look_is_kept(
    stage: Stage, order: Order, client_of: At, client: Client, reviews_admin: Member
) -> None:
    row = rate(stage, order, anonymous=True, words="饭菜可口")
    public = client.get(f"/agencies/{row.agency.number}/reviews/").content.decode()
    desk = client_of(stage.head).get("/desk/reviews/").content.decode()
    for page in (public, desk):
        assert "饭菜可口" in page
        assert "匿名客户" in page
        assert "陈" not in page.replace("陈述", "")
    admin = client_of(reviews_admin)
    admin.post(f"/reviews/{row.pk}/look/", {"reason": ""})
    assert not LookBehind.objects.exists()
    told = admin.post(f"/reviews/{row.pk}/look/", {"reason": "机构申诉，核对是否本单客户"})
    assert "陈静" in told.content.decode()
    assert LookBehind.objects.get().by_person == reviews_admin.id
    assert client_of(stage.head).post(f"/reviews/{row.pk}/look/", {"reason": "想知道"}).status_code in (
        403,
        404,
    )
    assert LookBehind.objects.count() == 1


@pytest.mark.requirement("B-7.7.2")
def test_a_named_author_is_shown_masked(stage: Stage, order: Order, client: Client) -> None:
    row = rate(stage, order, target=Target.WORKER)
    page = client.get(f"/workers/{row.worker.number}/reviews/").content.decode()
    assert "陈*" in page
    assert "陈静" not in page


def test_hiding_needs_a_ground_and_a_reason_and_takes_it_from_the_public(
    stage: Stage, order: Order, client_of: At, client: Client, reviews_admin: Member
) -> None:
    row = rate(stage, order, words="电话是 123")
    admin, where = client_of(reviews_admin), f"/reviews/{row.pk}/hiding/"
    for given in (
        {"reason": "不好听"},
        {"ground": "unkind", "reason": "不好听"},
        {"ground": "privacy", "reason": ""},
    ):
        admin.post(where, given)
        assert Review.objects.get(pk=row.pk).state == ReviewState.SHOWN
    admin.post(where, {"ground": str(HideGround.PRIVACY), "reason": "写了他人电话"})
    assert Review.objects.get(pk=row.pk).state == ReviewState.HIDDEN
    assert "电话是 123" not in client.get(f"/agencies/{row.agency.number}/reviews/").content.decode()
    assert client_of(stage.head).post(f"/reviews/{row.pk}/showing/", {"reason": "恢复"}).status_code in (
        403,
        404,
    )
    admin.post(f"/reviews/{row.pk}/showing/", {"reason": "申诉成立"})
    assert Review.objects.get(pk=row.pk).state == ReviewState.SHOWN


def test_the_agency_answers_once(stage: Stage, order: Order, client_of: At) -> None:
    row = rate(stage, order)
    where = f"/reviews/{row.pk}/answer/"
    assert client_of(stage.rival).post(where, {"words": "谢谢"}).status_code == 404
    head = client_of(stage.head)
    head.post(where, {"words": "谢谢陈女士"})
    again = head.post(where, {"words": "再说一次"}, follow=True).content.decode()
    assert "这条评价已经回复过了" in again and "您已经评价过了" not in again
    assert Review.objects.get(pk=row.pk).answer == "谢谢陈女士"


@pytest.mark.requirement("B-7.7.2")
@pytest.mark.parametrize("anonymous", [False, True])
def test_whose_review_is_hidden_reads_on_which_ground_and_why_and_nobody_else_does(
    stage: Stage, order: Order, client_of: At, client: Client, reviews_admin: Member, anonymous: bool
) -> None:
    row, where = rate(stage, order, words="电话是 123", anonymous=anonymous), f"/orders/{order.number}/"
    given = {"ground": str(HideGround.PRIVACY), "reason": "写了他人电话"}
    client_of(reviews_admin).post(f"/reviews/{row.pk}/hiding/", given)
    author = client_of(stage.customer)
    page = author.get(where).content.decode()
    assert "已被平台依法隐藏" in page and "泄露他人个人信息：写了他人电话" in page and "电话是 123" in page
    assert Note.objects.get(kind="review_hidden").audience == "customer"
    assert "已被平台依法隐藏" in author.get(f"/agencies/{row.agency.number}/reviews/").content.decode()
    for other in (client_of(stage.head), client_of(stage.people[0])):
        seen = other.get(where).content.decode()
        assert "写了他人电话" not in seen and "隐藏" not in seen and "电话是 123" not in seen
    client_of(reviews_admin).post(f"/reviews/{row.pk}/showing/", {"reason": "申诉成立"})
    assert "已被平台依法隐藏" not in author.get(where).content.decode()


def test_what_was_written_of_the_one_is_never_taken_for_the_other(
    stage: Stage, order: Order, client_of: At
) -> None:
    """The page of the worker stands open twice, or one has gone back to it."""
    client, where = client_of(stage.customer), f"/orders/{order.number}/review/"
    assert 'name="target" value="worker"' in client.get(where).content.decode()
    stars = {name: str(n) for name, n in FOUR.items()}
    assert client.post(where, {**stars, "target": "worker", "words": "手脚麻利"}).status_code == 303
    again = client.post(where, {**stars, "target": "worker", "words": "很有耐心"})
    assert again.status_code == 409
    assert "您已经评价过了" in again.content.decode() and "很有耐心" in again.content.decode()
    assert [row.target for row in Review.objects.all()] == ["worker"]


def test_strangers_do_not_review(order: Order, client_of: At, stranger: Member, stage: Stage) -> None:
    for who in (stranger, stage.people[0]):
        assert client_of(who).post(f"/orders/{order.number}/review/", FOUR).status_code == 404
    assert not Review.objects.exists()
