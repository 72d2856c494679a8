"""On which side somebody stands: the tabs of a household, or those of a worker."""

from __future__ import annotations

from collections.abc import Callable

from django.test import Client

from anxin.kit.actor import SYSTEM
from anxin.workers import public as workers
from tests.cast import NOON, Member


def test_who_joins_the_trade_gets_the_tabs_of_a_worker_on_their_next_page(
    client_of: Callable[..., Client], zhou_min: Member
) -> None:
    client = client_of(zhou_min)
    hall = 'href="/hall/"'
    assert hall not in client.get("/").content.decode()
    assert hall not in client.get("/worker/enrolment/").content.decode()
    workers.enrol(person_id=zhou_min.id, by=SYSTEM, at=NOON)
    assert hall not in client.get("/me/").content.decode()
    assert hall in client.get("/worker/papers/").content.decode()
    assert hall in client.get("/me/").content.decode()
