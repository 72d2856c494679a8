"""A tiny demo: the whole play with a handful of people."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from anxin.audit.public import seal_batch, verify
from anxin.kit import clock
from anxin.ledger import public as ledger
from anxin.simulation.play import play

SIZE = {"agencies": 2, "workers": 3, "customers": 3, "orders": 7, "days": 7}


def rows(model: str) -> Any:
    return apps.get_model(model)._base_manager.all()


def shape() -> dict[str, Any]:
    """What a story looks like without the keys that are drawn anew."""
    return {
        "names": sorted(person.name for person in rows("accounts.Person")),
        "states": Counter(rows("orders.Order").values_list("state", flat=True)),
        "items": Counter(rows("orders.Order").values_list("item_code", flat=True)),
        "notes": Counter(rows("orders.Note").values_list("kind", flat=True)),
    }


@pytest.fixture
def demo(transactional_db: None) -> Iterator[None]:
    play(seed=7, now=False, beside=False, **SIZE)
    yield


@pytest.mark.thorough
@pytest.mark.django_db(transaction=True)
def test_a_tiny_demo_is_sound_and_nobody_real(demo: None) -> None:
    orders = rows("orders.Order")
    assert orders.count() >= 6
    assert orders.filter(accepted_at__isnull=False).exists()
    # The trail of everything that was done holds.
    seal_batch(at=clock.now())
    seals, entries, faults = verify()
    assert (seals, faults) == (1, []) and entries > 200
    # Every fen has its counterpart.
    assert not any(ledger.trial_balance().values())
    # Nobody is in two places.
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM workers_booking a JOIN workers_booking b"
            " ON a.worker_id = b.worker_id AND a.id < b.id AND a.buffered && b.buffered"
        )
        assert cursor.fetchone() == (0,)
    for person in rows("accounts.Person"):
        assert person.phone.startswith("1990")
        assert person.id_number.startswith("330199")
    agencies = rows("accounts.Organisation").filter(kind="agency")
    assert all(code[2:8] == "330199" for code in agencies.values_list("uscc", flat=True))
    assert set(rows("accounts.DemoLogin").values_list("key", flat=True)) >= {
        "customer",
        "worker",
        "dispatcher",
    }
    # A second demo would mix two stories: it is refused in one line, and nothing is written.
    people = rows("accounts.Person").count()
    with pytest.raises(CommandError, match="already has people"):
        call_command("demo")
    assert rows("accounts.Person").count() == people


@pytest.mark.thorough
@pytest.mark.django_db
def test_the_same_seed_tells_the_same_story() -> None:
    told = []
    for _ in range(2):
        with transaction.atomic():
            play(seed=11, now=False, beside=False, agencies=2, workers=2, customers=3, orders=3, days=12)
            told.append(shape())
            transaction.set_rollback(True)
    assert told[0] == told[1]
    assert sum(told[0]["items"].values()) == 3


@pytest.mark.thorough
@pytest.mark.django_db(transaction=True)
def test_the_bulk_loader_keeps_every_constraint() -> None:
    call_command("bulk", workers=12, agencies=4, orders=60, verbosity=0)
    states = Counter(rows("orders.Order").values_list("state", flat=True))
    assert states["closed"] > 30 and sum(states.values()) == 60
    assert rows("workers.Worker").count() == 12
    person = rows("workers.Worker").select_related("person").first().person
    assert rows("accounts.Person").get(phone_hash=person.phone_hash).phone == person.phone
    with pytest.raises(CommandError, match="already has people"):
        call_command("bulk")
