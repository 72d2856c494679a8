"""Issuing and managing codes: who may, permanent numbers, and tokens that die with an issue."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from anxin.accounts.values import POSTS
from anxin.kit.actor import SYSTEM, Actor
from anxin.kit.models import NotAllowed
from anxin.safetycode import public as codes
from anxin.safetycode.models import SafetyCode, SafetyCodeMoved
from anxin.safetycode.states import CODE, CodeState
from tests.safetycode.entrusting import entrusted
from tests.workers.world import NOW, World, make_person, make_worker, self_of


def association() -> Actor:
    body = entrusted()
    post = "association.codes"
    return Actor(make_person("协会").pk, body.pk, post, POSTS[post].permissions, verified=True)


def test_the_association_issues_and_the_number_is_in_sequence(world: World) -> None:
    by = association()
    first = codes.issue(worker_id=world.worker.pk, by=by, at=NOW)
    second = codes.issue(worker_id=make_worker(None, name="李四").pk, by=by, at=NOW)
    assert (first.number, second.number) == ("ZJ-3301-2026-000001", "ZJ-3301-2026-000002")
    assert first.issuer_id == by.organisation_id
    assert first.valid_to.isoformat() == "2027-03-18"
    assert SafetyCodeMoved.objects.get(row=first).to_state == "issued"


def test_agencies_workers_and_strangers_issue_nothing(world: World) -> None:
    for by in (world.head, self_of(world.worker), world.stranger):
        with pytest.raises(codes.MayNotIssue):
            codes.issue(worker_id=world.worker.pk, by=by, at=NOW)
    assert not SafetyCode.objects.exists()


def test_a_code_in_force_is_not_issued_twice(world: World) -> None:
    codes.issue(worker_id=world.worker.pk, by=SYSTEM, at=NOW)
    with pytest.raises(codes.AlreadyIssued):
        codes.issue(worker_id=world.worker.pk, by=SYSTEM, at=NOW)
    codes.suspend(worker_id=world.worker.pk, why="投诉核查", by=SYSTEM, at=NOW)
    with pytest.raises(codes.AlreadyIssued):
        codes.issue(worker_id=world.worker.pk, by=SYSTEM, at=NOW)


@pytest.mark.requirement("D-3a")
def test_suspending_turns_red_restoring_green(world: World) -> None:
    codes.issue(worker_id=world.worker.pk, by=SYSTEM, at=NOW)
    codes.suspend(worker_id=world.worker.pk, why="投诉核查", by=SYSTEM, at=NOW)
    assert codes.judge(world.worker.pk, NOW).colour == "red"
    codes.restore(worker_id=world.worker.pk, why="查无问题", by=SYSTEM, at=NOW)
    assert codes.judge(world.worker.pk, NOW).colour == "green"
    with pytest.raises(codes.AlreadyIssued):
        codes.restore(worker_id=world.worker.pk, why="再来", by=SYSTEM, at=NOW)


def test_a_new_issue_keeps_the_number_and_kills_old_tokens(world: World) -> None:
    code = codes.issue(worker_id=world.worker.pk, by=SYSTEM, at=NOW)
    shown = codes.display_token(world.worker.pk, NOW)
    printed = codes.printed_token(world.worker.pk)
    codes.revoke(worker_id=world.worker.pk, why="遗失", by=SYSTEM, at=NOW)
    assert codes.read_token(printed, NOW).state == "revoked"
    again = codes.issue(worker_id=world.worker.pk, by=SYSTEM, at=NOW)
    assert (again.pk, again.number) == (code.pk, code.number)
    for old in (shown, printed):
        with pytest.raises(codes.TokenForged):
            codes.read_token(old, NOW)
    assert codes.read_token(codes.display_token(world.worker.pk, NOW), NOW).pk == code.pk


@pytest.mark.parametrize("state", list(CodeState))
@pytest.mark.parametrize("verb", ["suspend", "revoke"])
def test_what_the_table_does_not_allow_is_refused_and_changes_nothing(
    world: World, state: CodeState, verb: str
) -> None:
    codes.issue(worker_id=world.worker.pk, by=SYSTEM, at=NOW)
    SafetyCode.objects.update(state=state)
    history = SafetyCodeMoved.objects.count()
    action = getattr(codes, verb)
    if verb in CODE.verbs(state):
        action(worker_id=world.worker.pk, why="原因", by=SYSTEM, at=NOW)
        assert SafetyCodeMoved.objects.count() == history + 1
    else:
        with pytest.raises(NotAllowed):
            action(worker_id=world.worker.pk, why="原因", by=SYSTEM, at=NOW)
        assert SafetyCode.objects.get().state == state
        assert SafetyCodeMoved.objects.count() == history


@pytest.mark.django_db(transaction=True)
def test_numbers_given_out_at_once_are_all_different() -> None:
    everybody = [make_worker(None, name=f"服务员{n}", papers=False).pk for n in range(8)]
    barrier = Barrier(8)

    def attempt(n: int) -> str:
        barrier.wait()
        try:
            return codes.issue(worker_id=everybody[n], by=SYSTEM, at=NOW).number
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        numbers = sorted(pool.map(attempt, range(8)))
    assert numbers == [f"ZJ-3301-2026-{n:06d}" for n in range(1, 9)]
