"""How often somebody may ask: counted by all processes together, by address, by person, by kind of request."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from django.db import connection

from anxin.audit import values
from anxin.audit.actions import tallies
from anxin.audit.models import Tally
from anxin.audit.public import take
from anxin.audit.values import LIMITS, Limit, Traffic
from anxin.config.limits import ENTRIES, traffic_of
from anxin.kit.network import network_of
from tests.architecture.addresses import every
from tests.cast import NOON, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("A-7.4.3")]
SOMEBODY = [("address", "203.0.113.9")]


@pytest.fixture(autouse=True)
def fresh(settings):
    """Nobody is exempt, and nothing was paid for before."""
    settings.ANXIN_LIMIT_EXEMPT = ()
    tallies._prepaid.clear()
    yield
    tallies._prepaid.clear()


@pytest.fixture
def strict(monkeypatch) -> None:
    """Three writes at once and one every ten seconds, for an address and for a person."""
    for of in ("address", "person"):
        monkeypatch.setitem(values.LIMITS, (Traffic.WRITE, of), Limit(burst=3, per_minute=6))


def test_a_burst_is_let_through_then_one_at_a_time(strict):
    told = [take(Traffic.WRITE, SOMEBODY, at=NOON) for _ in range(5)]
    assert told == [0, 0, 0, 10, 10]
    assert take(Traffic.WRITE, SOMEBODY, at=NOON + timedelta(seconds=9)) == 1
    assert take(Traffic.WRITE, SOMEBODY, at=NOON + timedelta(seconds=10)) == 0
    assert take(Traffic.WRITE, SOMEBODY, at=NOON + timedelta(seconds=10)) > 0
    assert [take(Traffic.WRITE, SOMEBODY, at=NOON + timedelta(minutes=1)) for _ in range(4)] == [0, 0, 0, 10]


def test_another_address_person_or_kind_has_its_own_allowance(strict):
    for _ in range(4):
        take(Traffic.WRITE, SOMEBODY, at=NOON)
    assert take(Traffic.WRITE, [("address", "203.0.113.10")], at=NOON) == 0
    assert take(Traffic.WRITE, [("person", "203.0.113.9")], at=NOON) == 0
    assert take(Traffic.EXPORT, SOMEBODY, at=NOON) == 0


def test_a_person_is_held_whatever_the_address(strict):
    asked = [take(Traffic.WRITE, [("person", "p"), ("address", str(n))], at=NOON) for n in range(4)]
    assert asked == [0, 0, 0, 10]


def test_a_clock_set_back_locks_nobody_out(strict):
    for _ in range(4):
        take(Traffic.WRITE, SOMEBODY, at=NOON)
    assert take(Traffic.WRITE, SOMEBODY, at=NOON - timedelta(hours=1)) == 0


def test_it_costs_one_statement_or_none(django_assert_num_queries):
    with django_assert_num_queries(1):
        take(Traffic.WRITE, [*SOMEBODY, ("person", "p")], at=NOON)
    with django_assert_num_queries(1):
        for _ in range(LIMITS[Traffic.READ, "person"].prepaid):
            assert take(Traffic.READ, [("person", "p")], at=NOON) == 0


def test_reading_is_held_too_although_it_is_paid_for_in_advance():
    limit = LIMITS[Traffic.READ, "person"]
    let_through = sum(take(Traffic.READ, [("person", "p")], at=NOON) == 0 for _ in range(limit.burst + 50))
    assert let_through == limit.burst


def test_nobody_is_named_in_the_table_and_it_is_neither_logged_nor_backed_up():
    take(Traffic.WRITE, [*SOMEBODY, ("person", "zhang")], at=NOON)
    assert {len(bytes(row.key)) for row in Tally.objects.all()} == {16}
    with connection.cursor() as cursor:
        cursor.execute("SELECT relpersistence FROM pg_class WHERE relname = 'audit_tally'")
        assert cursor.fetchone()[0] in ("u", b"u")


def test_tallies_of_those_who_went_away_are_forgotten():
    take(Traffic.WRITE, SOMEBODY, at=NOON)
    assert tallies.forget_tallies(at=NOON) == 0
    assert tallies.forget_tallies(at=NOON + timedelta(minutes=5)) == 1


@pytest.mark.django_db(transaction=True)
def test_many_at_once_get_no_more_than_the_allowance(strict):
    """As many connections as processes would have; the table decides, not their memories."""
    told: list[int] = []

    def ask() -> None:
        told.append(take(Traffic.WRITE, SOMEBODY, at=NOON))
        connection.close()

    threads = [threading.Thread(target=ask) for _ in range(12)]
    for one in threads:
        one.start()
    for one in threads:
        one.join(20)
    assert sorted(told)[:3] == [0, 0, 0] and sum(wait == 0 for wait in told) == 3
    assert len(told) == 12


def test_a_person_is_told_in_words_when_to_come_again(client, strict):
    for _ in range(3):
        client.post("/preferences/", {})
    answer = client.post("/preferences/", {})
    assert (answer.status_code, answer["Retry-After"]) == (429, "10")
    assert "请在 10 秒后再试" in answer.content.decode()
    assert answer["Content-Security-Policy"]


def test_a_program_is_told_in_its_form(chen_jing, strict):
    caller = signed_in(chen_jing.person)
    answers = [caller.post("/api/v1/me/post", {}, content_type="application/json") for _ in range(4)]
    assert answers[-1].status_code == 429
    assert answers[-1].json()["code"] == "too_fast"
    assert int(answers[-1]["Retry-After"]) > 0


def test_health_is_always_told_and_the_operators_own_networks_are_not_counted(client, settings, monkeypatch):
    monkeypatch.setitem(values.LIMITS, (Traffic.READ, "address"), Limit(burst=1, per_minute=1))
    assert [client.get("/sign-in/").status_code for _ in range(2)] == [200, 429]
    assert client.get("/health/").status_code == 200
    settings.ANXIN_LIMIT_EXEMPT = settings.ANXIN_METRICS_NETWORKS
    assert client.get("/sign-in/").status_code == 200


@pytest.mark.parametrize(
    ("address", "who"),
    [("203.0.113.9", "203.0.113.9"), ("2001:db8:1:2:3::4", "2001:db8:1:2::/64"), ("nonsense", "nonsense")],
)
def test_an_address_stands_for_a_subscriber(address, who):
    assert network_of(address) == who


def test_what_could_be_tried_out_has_the_strictest_limit():
    paths = [one.path for one in every()]
    assert [prefix for prefix in ENTRIES if not any(path.startswith(prefix) for path in paths)] == []
    assert traffic_of("POST", "/sign-in/password/") is Traffic.ENTRY
    assert traffic_of("GET", "/sign-in/") is Traffic.READ
    assert traffic_of("GET", "/operator/audit/", exporting=True) is Traffic.EXPORT
    assert LIMITS[Traffic.ENTRY, "address"].per_minute == min(
        limit.per_minute for (_, of), limit in LIMITS.items() if of == "address"
    )
