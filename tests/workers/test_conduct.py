"""Rewards and penalties: with basis and period, answered by the worker, decided by others than who gave them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from anxin.kit.models import NotAllowed
from anxin.notices.models import Notice
from anxin.workers import actions
from anxin.workers.actions import conduct as acts
from anxin.workers.models import Conduct
from anxin.workers.states import ConductState
from anxin.workers.values.archive import ConductKind
from tests.cast import NOON, Member
from tests.stage import Stage

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("C-6.2.6")]
LATER = NOON + timedelta(days=1)


def give(stage: Stage, by: Member | None = None, **more: Any) -> Conduct:
    given: dict[str, Any] = {
        "kind": ConductKind.PENALTY, "title": "迟到三次", "basis": "员工手册第 8 条",
        "given_on": NOON.date(), "by": (by or stage.head).actor, "at": NOON,
    }  # fmt: skip
    return actions.give_conduct(worker_id=stage.workers[0].pk, **(given | more))


def test_a_penalty_is_told_with_its_basis_and_the_way_to_appeal(stage: Stage) -> None:
    row = give(stage, valid_to=NOON.date() + timedelta(days=90))
    assert row.organisation == stage.head.organisation and row.given_by == stage.head.id
    note = Notice.objects.filter(kind="workers.conduct", person_id=stage.people[0].id).get()
    assert "员工手册第 8 条" in note.body % note.params and "申诉" in note.body


def test_only_who_is_responsible_gives_and_never_to_themselves(
    stage: Stage, stranger: Member, association_staff: Member
) -> None:
    for who in (stage.rival, stranger, stage.people[0], stage.customer):
        with pytest.raises((acts.NoSuchWorker, acts.MayNotGive)):
            give(stage, who)
    assert not Conduct.objects.exists()
    assert give(stage, association_staff).organisation == association_staff.organisation


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({"basis": " "}, acts.BasisMissing),
        ({"basis": "体检乙肝阳性"}, acts.HealthValueGiven),
        ({"given_on": NOON.date() + timedelta(days=2)}, acts.PeriodUnfit),
        ({"valid_to": NOON.date() - timedelta(days=1)}, acts.PeriodUnfit),
    ],
)
def test_what_is_refused_leaves_nothing(
    stage: Stage, change: dict[str, Any], refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        give(stage, **change)
    assert not Conduct.objects.exists()


def test_an_appeal_is_decided_by_others_with_a_deadline_and_restores(
    stage: Stage, association_staff: Member
) -> None:
    row = give(stage)
    with pytest.raises(acts.NoSuchConduct):
        actions.appeal_conduct(conduct_id=row.pk, reply="不实", by=stage.people[1].actor, at=LATER)
    actions.appeal_conduct(conduct_id=row.pk, reply="当天道路封闭", by=stage.worker, at=LATER)
    row.refresh_from_db()
    assert row.due_at == LATER + timedelta(days=15)
    with pytest.raises(NotAllowed):
        actions.appeal_conduct(conduct_id=row.pk, reply="再说一次", by=stage.worker, at=LATER)
    with pytest.raises(acts.MayNotDecide):
        actions.decide_appeal(conduct_id=row.pk, uphold=True, why="维持", by=stage.head.actor, at=LATER)
    with pytest.raises(acts.WordsMissing):
        actions.decide_appeal(conduct_id=row.pk, uphold=False, why=" ", by=association_staff.actor, at=LATER)
    row = actions.decide_appeal(
        conduct_id=row.pk, uphold=False, why="情况属实", by=association_staff.actor, at=LATER
    )
    assert row.state == ConductState.REVOKED and row.decided_by == association_staff.id
    with pytest.raises(NotAllowed):
        actions.decide_appeal(
            conduct_id=row.pk, uphold=True, why="再议", by=association_staff.actor, at=LATER
        )


def test_who_gave_it_may_take_it_back_but_not_decide_the_appeal_against_it(
    stage: Stage, association_staff: Member, operations: Member
) -> None:
    row = give(stage, association_staff)
    actions.appeal_conduct(conduct_id=row.pk, reply="有误", by=stage.worker, at=LATER)
    with pytest.raises(acts.MayNotDecide):
        actions.decide_appeal(
            conduct_id=row.pk, uphold=True, why="维持", by=association_staff.actor, at=LATER
        )
    with pytest.raises(NotAllowed):
        actions.revoke_conduct(conduct_id=row.pk, why="撤销", by=association_staff.actor, at=LATER)
    upheld = actions.decide_appeal(
        conduct_id=row.pk, uphold=True, why="证据充分", by=operations.actor, at=LATER
    )
    assert upheld.state == ConductState.UPHELD
    actions.revoke_conduct(conduct_id=row.pk, why="期满表现良好", by=association_staff.actor, at=LATER)
    row.refresh_from_db()
    assert row.state == ConductState.REVOKED


def test_a_reward_is_not_appealed(stage: Stage) -> None:
    row = give(stage, kind=ConductKind.REWARD, title="季度之星")
    with pytest.raises(acts.NothingToAppeal):
        actions.appeal_conduct(conduct_id=row.pk, reply="太少", by=stage.worker, at=LATER)
