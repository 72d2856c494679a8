"""The bulk loader: as many agencies, workers and orders as the whole district has, in a minute or two.

Unlike the demo these rows are written straight into the tables, without the actions, and so without notices, and
without audit entries, contracts, bills or postings unless `papers` asks for them: enough to measure lists, rankings,
order pages and the grab race at scale, and not a story to show. Every constraint, trigger, encrypted column and keyed
hash holds as ever; every identifier is synthetic. Numbers of rows carry "BULK".
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from random import Random

from django.db import connection, transaction

from anxin.catalogue import public as catalogue
from anxin.kit import clock
from anxin.places import public as places
from anxin.simulation.bulk import people
from anxin.simulation.bulk.copies import copies
from anxin.simulation.bulk.papers import papers as write_papers
from anxin.simulation.bulk.trade import trade
from anxin.simulation.platform import COUNTY, found

# A household orders about twice a year.
ORDERS_PER_CUSTOMER = 2.5
MANY = 50_000


def load(
    *, workers: int, agencies: int, orders: int, seed: int, papers: int = 0,
    told: Callable[[str, int], None] = lambda *_: None,
) -> None:  # fmt: skip
    """Fill a migrated database that holds no people. `told(what, how_many)` hears of each part written.

    The people are there since 400 days ago; nine orders in ten lie in the past 360 days (closed, cancelled,
    unanswered), the others in the coming 14 (submitted with an open offer, accepted without a worker, contracting,
    signed). One worker in twenty is red. No worker is booked twice. Of more than `MANY` orders only as many as there
    are workers are written one by one; what is over is then copied to other days. `papers`: of how many closed
    orders at most, see there.
    """
    now = clock.now()
    with connection.cursor() as cursor:
        cursor.execute("SET synchronous_commit = off")
    with transaction.atomic():
        rng, begin = Random(seed), now - timedelta(days=400)
        platform = found(rng, begin)
        towns = places.towns(COUNTY)
        items = {item.code: item for item in catalogue.items(begin, orderable=True)}
        crowd = people.Crowd(rng, begin, now, towns, items, platform.association.organisation_id)
        houses = people.agencies(crowd, agencies)
        told("agencies", agencies)
        people.workers(crowd, houses, workers)
        told("workers", workers)
        households = max(len(towns), round(min(orders, MANY) / ORDERS_PER_CUSTOMER))
        customers = people.customers(crowd, households)
        told("customers", households)
        first = orders if orders <= MANY else min(orders, workers)
        for written in trade(crowd, houses, customers, first):
            told("orders", written)
    for written in copies(crowd, orders - first):
        told("orders", written)
    if papers:
        for written in write_papers(crowd, papers):
            told("orders with their papers", written)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
