"""Judging from the list: no change is missed, the list equals everybody, a killed run loses nothing, nobody waits."""

from __future__ import annotations

import random
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta

import psycopg
import pytest
from django.db import connection, transaction

from anxin.kit.actor import SYSTEM
from anxin.notices.models import Notice
from anxin.safetycode import actions, tasks
from anxin.safetycode import public as codes
from anxin.safetycode.models import Due, Judged, RuleChoice, SafetyCode
from anxin.safetycode.queries.judging import all_sql
from anxin.workers.models import Credential, Worker
from tests.safetycode.combinations import H, I
from tests.tape import taped
from tests.workers.world import NOW, TODAY, World, add_paper, make_agency, make_worker

MIDNIGHT = datetime(2026, 3, 18, 16, 0, tzinfo=UTC)  # the 19th begins here


def kept() -> list[tuple[object, ...]]:
    rows = Judged.objects.order_by("worker_id")
    return list(rows.values_list("worker_id", "colour", "reasons", "rule_set", "rule_version", "turns_on"))


def afresh(day: date) -> list[tuple[object, ...]]:
    """Everybody judged from nothing."""
    with connection.cursor() as cursor:
        cursor.execute(all_sql(day) + " ORDER BY worker_id", {"day": day})
        return list(cursor.fetchall())


def judge_all_listed(at: datetime) -> None:
    while actions.judge_listed(by=SYSTEM, at=at):
        pass


@taped
def crew(world: World) -> list[Worker]:
    found = [world.worker, *(make_worker(world.agency, name=f"服务员{n}") for n in range(4))]
    for worker in found:
        codes.issue(worker_id=worker.pk, by=SYSTEM, at=NOW)
    return found


@pytest.mark.requirement("D-3a")
def test_the_day_a_paper_ends_is_known_ahead_and_the_colour_turns_at_midnight(crew: list[Worker]) -> None:
    worker = crew[0]
    Credential.objects.filter(worker=worker, kind=str(H)).update(valid_to=TODAY)
    judge_all_listed(NOW)
    assert Judged.objects.get(worker=worker).turns_on == TODAY + timedelta(days=1)
    judge_all_listed(MIDNIGHT - timedelta(seconds=1))
    assert Judged.objects.get(worker=worker).colour == "green"
    judge_all_listed(MIDNIGHT)
    row = Judged.objects.get(worker=worker)
    assert (row.colour, row.reasons) == ("yellow", [f"health_check_expired@{TODAY}"])
    worker.standing.refresh_from_db()
    assert worker.standing.colour == "yellow"
    told = Notice.objects.filter(kind="safetycode.colour", person_id=worker.person_id)
    assert [n.params["colour"] for n in told] == ["黄码"]


def test_whatever_changes_a_fact_is_listed_even_beside_the_actions(crew: list[Worker]) -> None:
    Due.objects.all().delete()
    first, second, third, fourth, fifth = (worker.pk for worker in crew)
    Credential.objects.filter(worker=first, kind=str(I)).update(valid_to=TODAY - timedelta(days=1))
    Credential.objects.filter(worker=second, kind=str(I)).delete()
    SafetyCode.objects.filter(worker=third).update(state="suspended")
    copy = Credential.objects.filter(worker=fourth).first()
    assert copy is not None
    Credential.objects.bulk_create([Credential(**{f.attname: getattr(copy, f.attname) for f in copy._meta.fields}
                                               | {"id": fifth, "worker_id": fourth})])  # fmt: skip
    assert set(Due.objects.values_list("worker_id", flat=True)) == {first, second, third, fourth}
    tasks.judge(at=NOW)
    assert not Due.objects.exists()
    colours = dict(Judged.objects.values_list("worker_id", "colour"))
    assert [colours[one] for one in (first, second, third, fourth, fifth)] == [
        "yellow", "yellow", "red", "green", "green",
    ]  # fmt: skip


def test_actions_judge_at_once_and_leave_nothing_on_the_list(crew: list[Worker]) -> None:
    tasks.judge(at=NOW)
    add_paper(crew[0], H, until=TODAY + timedelta(days=3), since=TODAY)
    assert not Due.objects.exists()
    codes.suspend(worker_id=crew[1].pk, why="核查", by=SYSTEM, at=NOW)
    assert not Due.objects.exists()
    assert Judged.objects.get(worker=crew[1]).colour == "red"


def test_the_list_gives_what_judging_everybody_gives(crew: list[Worker]) -> None:
    chance = random.Random(7)
    issuer = make_agency("协会")
    SafetyCode.objects.filter(worker__in=crew[:3]).update(issuer=issuer)
    for night in range(12):
        at = MIDNIGHT + timedelta(days=night)
        day = TODAY + timedelta(days=night + 1)
        for worker in chance.sample(crew, 2):
            papers = Credential.objects.filter(worker=worker)
            shift = timedelta(days=chance.randint(-3, 3))
            kind = chance.choice(list(papers))
            change = chance.randint(0, 4)
            if change == 0:
                papers.filter(pk=kind.pk).update(valid_from=day - timedelta(days=4), valid_to=day + shift)
            elif change == 1:
                papers.filter(pk=kind.pk).update(conclusion=chance.choice(["passed", "failed", "pending"]))
            elif change == 2:
                papers.filter(pk=kind.pk).update(verified_at=chance.choice([None, NOW]))
            elif change == 3:
                SafetyCode.objects.filter(worker=worker).update(valid_to=day + shift)
            else:
                codes.set_credit_overlay(
                    worker_id=worker.pk, score=chance.choice([40, 90]), breach_on=None, barred=False, by=SYSTEM, at=at
                )  # fmt: skip
        if night in (3, 6):
            RuleChoice.objects.create(
                issuer=issuer, rule_set="JX-2020" if night == 3 else "NB-2020", credit=night == 6,
                valid_from=day + timedelta(days=1), reason="试行", created_at=at,
            )  # fmt: skip
        judge_all_listed(at)
        assert kept() == afresh(day), night
        assert actions.list_stale(at=at) == 0
    assert {row[3] for row in kept()} == {"ZJ-2020", "NB-2020+CREDIT"}


def test_judging_everybody_finds_what_no_list_can(crew: list[Worker]) -> None:
    tasks.judge(at=NOW)
    right = kept()
    Judged.objects.filter(worker=crew[2]).update(colour="red")
    Judged.objects.filter(worker=crew[3]).delete()
    assert actions.list_unjudged() == 1
    assert actions.list_stale(at=NOW) == 2
    tasks.judge_all(at=NOW)
    assert kept() == right


def test_a_killed_run_leaves_its_batch_on_the_list(
    crew: list[Worker], monkeypatch: pytest.MonkeyPatch
) -> None:
    Credential.objects.filter(worker__in=crew, kind=str(H)).update(valid_to=TODAY - timedelta(days=1))
    listed, before = Due.objects.count(), kept()

    def killed(**_: object) -> None:
        raise SystemExit

    monkeypatch.setattr("anxin.safetycode.actions.judging.tell_worker_and_agency", killed)
    with pytest.raises(SystemExit):
        judge_all_listed(NOW)
    assert (Due.objects.count(), kept()) == (listed, before)
    monkeypatch.undo()
    judge_all_listed(NOW)
    assert {row[1] for row in kept()} == {"yellow"}
    assert Notice.objects.filter(kind="safetycode.colour").count() == len(crew)


@pytest.mark.django_db(transaction=True)
def test_nobody_who_reads_waits_while_everybody_is_judged() -> None:
    worker = make_worker(make_agency())
    codes.issue(worker_id=worker.pk, by=SYSTEM, at=NOW)
    Credential.objects.filter(worker=worker, kind=str(H)).update(valid_to=TODAY - timedelta(days=1))
    with transaction.atomic():
        assert actions.judge_listed(by=SYSTEM, at=NOW)
        with psycopg.connect(_address()) as other:
            other.execute("SET lock_timeout = '200ms'")
            rows = other.execute("SELECT colour FROM safetycode_judged").fetchall()
            assert rows == [("green",)]  # as it was, until the run commits
            for table in ("workers_standing", "safetycode_safetycode", "workers_credential"):
                other.execute(f"SELECT count(*) FROM {table}")
            # A scan refers to the code while it is held.
            other.execute("SELECT id FROM safetycode_safetycode FOR KEY SHARE")
    assert Judged.objects.get(worker=worker).colour == "yellow"


@pytest.mark.django_db(transaction=True)
def test_who_changes_a_fact_while_the_list_is_judged_waits_for_nobody_and_is_judged_once_more() -> None:
    first, second = (make_worker(make_agency(name), name=name) for name in ("甲机构", "乙机构"))
    for worker in (first, second):
        codes.issue(worker_id=worker.pk, by=SYSTEM, at=NOW)
    judge_all_listed(NOW)
    Credential.objects.filter(worker=first, kind=str(H)).update(valid_to=TODAY - timedelta(days=1))

    def beside() -> None:
        try:
            with transaction.atomic():
                connection.cursor().execute("SET LOCAL lock_timeout = '2s'")
                codes.suspend(worker_id=second.pk, why="核查", by=SYSTEM, at=NOW)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as other, transaction.atomic():
        assert actions.judge_listed(by=SYSTEM, at=NOW)
        other.submit(beside).result(60)
        # The list was read before they wrote.
        assert set(Due.objects.values_list("worker_id", flat=True)) == {second.pk}
    assert {row[0]: row[1] for row in kept()} == {first.pk: "yellow", second.pk: "red"}
    judge_all_listed(NOW)
    assert not Due.objects.exists()
    assert kept() == afresh(TODAY)


def _address() -> str:
    given = connection.get_connection_params()
    return " ".join(
        f"{name}='{given[name]}'"
        for name in ("host", "port", "user", "dbname", "password")
        if given.get(name)
    )
