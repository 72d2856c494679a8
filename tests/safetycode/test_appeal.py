"""Every red or refused case can be contested: evidence, an answer, the last word, somebody new decides, put back."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from anxin.catalogue.values import CredentialKind
from anxin.kit.actor import SYSTEM
from anxin.kit.models import NotAllowed
from anxin.notices.models import Notice
from anxin.safetycode import public as codes
from anxin.safetycode.actions import applying
from anxin.safetycode.actions.applying.appeals import NoAppeal
from anxin.safetycode.models import Appeal, Application, Measure, SafetyCode
from anxin.workers.values import Conclusion
from tests.safetycode.applying import Cast, brought_to, in_office, world
from tests.workers.world import NOW, add_paper

__all__ = ["world"]

LATER = NOW + timedelta(days=1)


def refused(world: Cast, state: str = "bureau_review") -> Application:
    row = brought_to(world, state)
    by = {"agency_review": world.head, "bureau_review": world.bureau}[state]
    return applying.reject(application_id=row.pk, why="信息不符", by=by, at=LATER)


def filed(world: Cast, row: Application | None = None) -> Appeal:
    return applying.appeal(
        worker_id=world.worker.pk,
        statement="查错人了",
        application_id=row.pk if row else None,
        by=world.own,
        at=LATER,
    )


def heard(world: Cast, row: Appeal, by: object = None) -> Appeal:
    applying.answer(appeal_id=row.pk, text="依据是…", by=by or world.bureau, at=LATER)  # type: ignore[arg-type]
    return applying.reply(appeal_id=row.pk, text="我有证明", by=world.own, at=LATER)


@pytest.mark.requirement("D-5a")
def test_a_refusal_is_contested_answered_replied_to_and_put_back(world: Cast) -> None:
    application = refused(world)
    row = filed(world, application)
    assert (row.state, row.desk, row.against_id) == ("filed", "bureau", world.bureau.organisation_id)
    assert (row.evidence["state"], row.evidence["why"]) == ("bureau_review", "信息不符")
    with pytest.raises(NotAllowed):
        applying.decide(appeal_id=row.pk, upheld=False, ruling="维持", by=world.second, at=LATER)
    heard(world, row)
    with pytest.raises(applying.DecidedBefore):
        applying.decide(appeal_id=row.pk, upheld=True, ruling="属实", by=world.bureau, at=LATER)
    done = applying.decide(appeal_id=row.pk, upheld=True, ruling="同名不同人", by=world.second, at=LATER)
    application.refresh_from_db()
    assert (done.state, done.restored, application.state) == ("upheld", ["reinstated"], "bureau_review")
    assert application.due_on is not None
    kinds = set(Notice.objects.filter(person=world.worker.person_id).values_list("kind", flat=True))
    assert "safetycode.appeal" in kinds


def test_against_the_worker_only_after_their_last_word_and_only_once(world: Cast) -> None:
    application = refused(world)
    row = heard(world, filed(world, application))
    done = applying.decide(appeal_id=row.pk, upheld=False, ruling="核实无误", by=world.second, at=LATER)
    assert done.state == "dismissed" and Application.objects.get().state == "rejected"
    with pytest.raises(applying.AlreadyAppealed):
        filed(world, application)


def test_an_agencys_refusal_goes_to_the_association(world: Cast) -> None:
    row = filed(world, refused(world, "agency_review"))
    assert (row.desk, row.against_id) == ("association", world.head.organisation_id)
    with pytest.raises(applying.MayNotDecide):
        applying.decide(appeal_id=row.pk, upheld=True, ruling="x", by=world.head, at=LATER)
    applying.decide(appeal_id=row.pk, upheld=True, ruling="理由不成立", by=world.association, at=LATER)
    assert Application.objects.get().state == "agency_review"


@pytest.mark.parametrize("how", ["suspend", "revoke"])
def test_a_code_taken_by_hand_comes_back_with_the_ruling(world: Cast, how: str) -> None:
    brought_to(world, "delivered")
    getattr(codes, how)(worker_id=world.worker.pk, why="投诉核查", by=world.association, at=LATER)
    row = filed(world)
    assert row.against_id == world.association.organisation_id
    assert Measure.objects.get(appeal_ref=row.pk).why == "投诉核查"
    heard(world, row, by=world.association)
    applying.decide(appeal_id=row.pk, upheld=True, ruling="投诉不实", by=world.bureau, at=LATER)
    assert SafetyCode.objects.get().state == "issued"
    assert codes.judge(world.worker.pk, LATER).colour == "green"


@pytest.mark.requirement("D-3a")
def test_a_wrong_conclusion_of_the_background_check_is_withdrawn(world: Cast) -> None:
    brought_to(world, "delivered")
    add_paper(world.worker, CredentialKind.BACKGROUND_CHECK, since=LATER.date(), conclusion=Conclusion.FAILED)
    assert codes.judge(world.worker.pk, LATER).colour == "red"
    row = filed(world)
    assert (row.state, row.against_id) == ("ready", None)
    assert ["background_check_failed", LATER.date().isoformat()] in row.evidence["reasons"]
    done = applying.decide(appeal_id=row.pk, upheld=True, ruling="同名误判", by=world.second, at=LATER)
    assert done.restored == ["paper"]
    assert codes.judge(world.worker.pk, LATER).colour == "green"


def test_whoever_is_green_or_somebody_else_contests_nothing(world: Cast) -> None:
    brought_to(world, "delivered")
    with pytest.raises(applying.NothingToAppeal):
        filed(world)
    codes.suspend(worker_id=world.worker.pk, why="核查", by=SYSTEM, at=LATER)
    from anxin.workers.public import NoSuchWorker

    with pytest.raises(NoSuchWorker):
        applying.appeal(worker_id=world.worker.pk, statement="我替她", by=world.head, at=LATER)
    assert not Appeal.objects.exists()


def test_silence_of_either_side_stops_nothing(world: Cast) -> None:
    row = filed(world, refused(world))
    assert applying.tick_appeals(by=SYSTEM, at=LATER + timedelta(days=1)) == 0
    applying.tick_appeals(by=SYSTEM, at=LATER + timedelta(days=6))
    row.refresh_from_db()
    assert row.state == "ready"
    told = Notice.objects.filter(person=world.second.person_id, kind="safetycode.appeal")
    assert told.exists()


def test_who_sees_and_who_decides(world: Cast) -> None:
    row = filed(world, refused(world))
    seen = {
        name: Appeal.objects.visible_to(getattr(world, name)).exists()
        for name in ("own", "head", "association", "bureau", "rival", "stranger")
    }
    assert seen == {
        "own": True, "head": True, "association": True, "bureau": True, "rival": False, "stranger": False
    }  # fmt: skip
    far = in_office("bureau", "supervisor", "330122")
    with pytest.raises(NoAppeal):
        applying.decide(appeal_id=row.pk, upheld=True, ruling="x", by=far, at=LATER)
    with pytest.raises(applying.MayNotDecide):
        applying.decide(appeal_id=row.pk, upheld=True, ruling="x", by=world.association, at=LATER)
    with pytest.raises(applying.NotYourTurn):
        applying.answer(appeal_id=row.pk, text="x", by=world.association, at=LATER)


def test_what_is_said_lies_sealed(world: Cast) -> None:
    row = filed(world, refused(world))
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT statement FROM safetycode_appeal WHERE id = %s", [row.pk])
        assert "查错人了".encode() not in bytes(cursor.fetchone()[0])


def test_worker_and_agency_hear_that_a_code_turned_red(world: Cast) -> None:
    brought_to(world, "delivered")
    codes.suspend(worker_id=world.worker.pk, why="投诉核查", by=SYSTEM, at=LATER)
    assert applying.tell_red(worker_id=world.worker.pk, at=LATER)
    assert Notice.objects.filter(person=world.worker.person_id, kind="safetycode.red").count() == 1
    codes.restore(worker_id=world.worker.pk, why="查无问题", by=SYSTEM, at=LATER)
    assert not applying.tell_red(worker_id=world.worker.pk, at=LATER)


def test_nobody_decides_about_themself(world: Cast) -> None:
    row = heard(world, filed(world, refused(world)))
    themself = replace(world.second, person_id=world.worker.person_id)
    with pytest.raises(applying.DecidedBefore):
        applying.decide(appeal_id=row.pk, upheld=True, ruling="x", by=themself, at=LATER)
