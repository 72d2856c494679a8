"""Where the day begins, for workers and staff."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from django.test import Client

from anxin.kit.live import watch_of
from tests.architecture.streams import tokens
from tests.cast import NOON, Member
from tests.orders import played
from tests.stage import Stage

At = Callable[..., Client]


@pytest.fixture(autouse=True)
def noon() -> Any:
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.mark.requirement("C-5.4.2")
def test_a_proposal_stands_on_top_of_the_workers_day(stage: Stage, client_of: At) -> None:
    order, _proposal = played.proposed(stage)
    page = client_of(stage.people[0]).get("/today/").content.decode()
    assert f"/orders/{order.number}/" in page
    assert "看要求并答复" in page
    assert "临天路" not in page


def test_the_next_visit_can_be_called_and_found(stage: Stage, client_of: At) -> None:
    played.signed(stage)
    page = client_of(stage.people[0]).get("/today/").content.decode()
    for told in ("tel:19900000001", "geo:", "临天路 100 号 3 幢 502 室"):
        assert told in page


def test_somebody_who_does_not_work_is_told_how_to_begin(client_of: At, stranger: Member) -> None:
    assert "还不是服务员" in client_of(stranger).get("/today/").content.decode()


def test_the_agencys_queue_shows_what_waits_for_it(stage: Stage, client_of: At) -> None:
    sent, chosen = stage.ask(), played.accepted(stage)
    page = client_of(stage.head).get("/desk/").content.decode()
    assert f"/orders/{sent.number}/offer/" in page
    assert f"/orders/{chosen.number}/candidates/" in page
    rival = client_of(stage.rival).get("/desk/").content.decode()
    assert sent.number not in rival
    assert chosen.number not in rival


def test_who_waits_at_a_desk_is_told_without_asking(stage: Stage, client_of: At) -> None:
    """The page watches its reader's inbox and its orders; the part that is fetched again says what the page says."""
    sent, chosen = stage.ask(), played.accepted(stage)
    for who, where, also in (
        (stage.people[0], "/today/", set()),
        (stage.head, "/desk/", {"hall", f"order:{chosen.pk}"}),
    ):
        client = client_of(who)
        page, part = client.get(where).content.decode(), client.get(f"{where}live/").content.decode()
        [token] = tokens(page)
        assert watch_of(token).topics == {f"inbox:{who.id}"} | also
        assert f'data-live-refresh="{where}live/"' in page
        assert part.strip() in page
    assert sent.number in part
    assert "<html" not in part


def test_desks_are_for_their_posts(client_of: At, stranger: Member, chen_jing: Member) -> None:
    for who in (stranger, chen_jing):
        for where in ("/desk/", "/operator/"):
            assert client_of(who).get(where).status_code in (403, 404)


def test_the_operators_desk_shows_what_the_post_may_open(client_of: At, reviews_admin: Member) -> None:
    page = client_of(reviews_admin).get("/operator/").content.decode()
    assert "/operator/reviews/" in page
    assert "入驻审核" not in page
