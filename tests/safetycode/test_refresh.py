"""The half-yearly refresh: listed in time, confirmed fact by fact, suspended when nobody did, and back."""

from __future__ import annotations

from typing import Any

import pytest

from anxin.kit.errors import Refusal
from anxin.notices.models import Notice
from anxin.safetycode import public as codes
from anxin.safetycode.actions.refreshing import (
    FactNotTrue,
    NoteNeeded,
    NotWaiting,
    answer_fact,
    confirm_all,
    lapse_refreshes,
    open_refreshes,
)
from anxin.safetycode.models import Measure, Refresh, SafetyCode
from anxin.safetycode.values.care import Answer, Fact, Ground
from anxin.workers.models import Worker as WorkerRow
from anxin.workers.values import CredentialKind
from tests.safetycode.care_world import DAY, SYSTEM, Care, make_care
from tests.tape import taped
from tests.workers.world import NOW, TODAY, World, add_paper, self_of

pytestmark = pytest.mark.requirement("D-6b")
DUE = NOW + 184 * DAY


@taped
def care(world: World) -> Care:
    made = make_care(world)
    add_paper(world.worker, CredentialKind.TRAINING)
    photographed(world.worker)
    codes.update_code(
        worker_id=world.worker.pk,
        ground=Ground.CHANGED,
        why="补证",
        valid_to=TODAY + 365 * DAY,
        by=made.carer,
        at=NOW,
    )
    return made


def photographed(worker: Any) -> None:
    from anxin.files.models import StoredFile

    row = StoredFile.objects.create(
        kind="service_photo", person_id=worker.person_id, sha256="0" * 64, size=9, content_type="image/png",
        name="a.png", created_at=NOW,
    )  # fmt: skip
    WorkerRow.objects.filter(pk=worker.pk).update(photo=row)


def opened(care: Care) -> Refresh:
    assert open_refreshes(by=SYSTEM, at=DUE) == 1
    row: Refresh = Refresh.objects.get()
    return row


def test_nothing_is_due_before_the_half_year_and_everything_once_after(care: Care) -> None:
    assert open_refreshes(by=SYSTEM, at=NOW + 183 * DAY) == 0
    Notice.objects.all().delete()
    row = opened(care)
    assert open_refreshes(by=SYSTEM, at=DUE) == 0
    assert (row.organisation_id, row.due_on) == (care.world.agency.pk, TODAY + 365 * DAY)


def test_each_fact_is_confirmed_by_itself_and_the_last_verifies_the_code(care: Care) -> None:
    row = opened(care)
    for fact in Fact:
        assert SafetyCode.objects.get().last_verified_at == NOW
        answer_fact(refresh_id=row.pk, fact=fact, answer=Answer.RIGHT, by=care.world.head, at=DUE)
    row.refresh_from_db()
    assert (row.state, SafetyCode.objects.get().last_verified_at) == ("done", DUE)
    with pytest.raises(NotWaiting):
        answer_fact(refresh_id=row.pk, fact=Fact.PHONE, answer=Answer.RIGHT, by=care.world.head, at=DUE)


def test_what_the_archive_knows_to_be_over_cannot_be_confirmed(care: Care) -> None:
    row = opened(care)
    late = NOW + 300 * DAY
    with pytest.raises(FactNotTrue):
        answer_fact(refresh_id=row.pk, fact=Fact.HEALTH, answer=Answer.RIGHT, by=care.world.head, at=late)
    with pytest.raises(FactNotTrue):
        confirm_all(refresh_id=row.pk, by=care.world.head, at=late)
    assert not row.facts.exists()
    with pytest.raises(NoteNeeded):
        answer_fact(refresh_id=row.pk, fact=Fact.PHONE, answer=Answer.WRONG, by=care.world.head, at=DUE)
    answer_fact(
        refresh_id=row.pk, fact=Fact.PHONE, answer=Answer.WRONG, note="换号了", by=care.world.head, at=DUE
    )
    assert row.facts.get().note == "换号了"


def test_a_year_without_it_suspends_and_confirming_brings_back(care: Care) -> None:
    row, late = opened(care), NOW + 366 * DAY
    assert lapse_refreshes(at=NOW + 365 * DAY) == 0
    SafetyCode.objects.update(valid_to=late.date() + 30 * DAY)
    assert lapse_refreshes(at=late) == 1
    row.refresh_from_db()
    code = SafetyCode.objects.get()
    assert (row.state, code.state) == ("lapsed", "suspended")
    assert Measure.objects.get(ended_at=None).ground == "stale"
    for kind in (
        CredentialKind.HEALTH_CHECK, CredentialKind.INSURANCE, CredentialKind.BACKGROUND_CHECK, CredentialKind.TRAINING,
    ):  # fmt: skip
        add_paper(care.world.worker, kind, since=TODAY, until=late.date() + 90 * DAY)
    confirm_all(refresh_id=row.pk, by=care.world.head, at=late)
    code.refresh_from_db()
    assert (code.state, code.last_verified_at) == ("issued", late)


def test_another_agency_a_worker_a_bureau_and_a_stranger_confirm_nothing(care: Care) -> None:
    row = opened(care)
    for by in (care.world.rival_head, self_of(care.world.worker), care.world.stranger, care.head, care.far):
        with pytest.raises(Refusal):
            confirm_all(refresh_id=row.pk, by=by, at=DUE)
    assert not row.facts.exists()
    seen = [
        Refresh.objects.visible_to(by).count()
        for by in (
            care.world.head,
            care.carer,
            care.head,
            care.far,
            care.world.rival_head,
            care.world.stranger,
        )
    ]
    assert seen == [1, 1, 1, 0, 0, 0]


def test_a_code_that_ends_needs_no_refresh(care: Care) -> None:
    row = opened(care)
    codes.revoke(worker_id=care.world.worker.pk, why="不做了", by=care.carer, at=DUE)
    row.refresh_from_db()
    assert row.state == "dropped"
