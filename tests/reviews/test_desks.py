"""The agency's reviews and those of the post that manages them: narrowed, and back to where one was."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from anxin.orders.public import Order
from anxin.reviews.models import Review
from anxin.reviews.values import Target
from tests.cast import Member
from tests.reviews.test_write import rate
from tests.seeking import sought
from tests.stage import Stage

At = Callable[..., Client]
pytestmark = pytest.mark.usefixtures("at_noon")


def test_reviews_are_narrowed_by_what_they_say_and_of_whom(
    stage: Stage, order: Order, client_of: At, reviews_admin: Member
) -> None:
    rate(stage, order, words="饭菜可口")
    rate(stage, order, target=Target.WORKER, words="")
    for client, where in (
        (client_of(stage.head), "/desk/reviews/"),
        (client_of(reviews_admin), "/operator/reviews/"),
    ):

        def found(query: str, client: Client = client, where: str = where) -> int:
            return int(sought(client, where, query).context["page"].paginator.count)

        assert found("") == found(f"q={order.number}") == found("answered=no") == found("stars=nonsense") == 2
        assert found("q=饭菜") == found("target=agency") == found("words=yes") == found("q=王芳") == 1
        assert found("answered=yes") == found("from=2001-01-01&to=2001-01-02") == found("q=没有人") == 0


@pytest.mark.requirement("B-7.7.2")
def test_an_agency_cannot_find_an_anonymous_review_by_its_order(
    stage: Stage, order: Order, client_of: At, reviews_admin: Member
) -> None:
    rate(stage, order, anonymous=True, words="饭菜可口")
    desk = client_of(stage.head)
    assert order.number not in desk.get("/desk/reviews/").content.decode()
    assert sought(desk, "/desk/reviews/", f"q={order.number}").context["page"].paginator.count == 0
    admin = sought(client_of(reviews_admin), "/operator/reviews/", f"q={order.number}")
    assert admin.context["page"].paginator.count == 1


def test_after_an_answer_one_is_back_where_one_was(stage: Stage, order: Order, client_of: At) -> None:
    row = rate(stage, order)
    client, back = client_of(stage.head), "/desk/reviews/?stars=high"
    where = f"/reviews/{row.pk}/answer/"
    assert client.post(where, {"words": "谢谢", "back": back}).headers["Location"] == back
    assert Review.objects.get().answer == "谢谢"
    elsewhere = client.post(where, {"words": "再谢", "back": "https://example.com/"})
    assert elsewhere.headers["Location"] == "/desk/reviews/"
