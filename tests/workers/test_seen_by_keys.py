"""An agency's workers are found by keys, however many others there are."""

from __future__ import annotations

from dataclasses import replace

from django.db import connection

from anxin.kit.actor import Actor
from anxin.workers.models import Worker
from tests.workers.world import World


def plan(actor: Actor) -> str:
    text, values = Worker.objects.visible_to(actor).only("pk").query.sql_with_params()
    with connection.cursor() as cursor:
        # A handful of rows is read whole in any case, unless nothing else is left.
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(f"EXPLAIN {text}", values)
        return "\n".join(line for (line,) in cursor.fetchall())


def test_no_way_leads_past_every_worker(world: World) -> None:
    for actor in (world.head, replace(world.head, organisation_id=None)):
        assert "Seq Scan" not in plan(actor)


def test_staff_see_their_own_and_a_program_of_the_agency_the_same(world: World) -> None:
    program = replace(world.head, person_id=None)
    for actor in (world.head, program):
        assert list(Worker.objects.visible_to(actor)) == [world.worker]
    assert not Worker.objects.visible_to(replace(program, permissions=frozenset())).exists()
    assert not Worker.objects.visible_to(replace(world.head, permissions=frozenset())).exists()
