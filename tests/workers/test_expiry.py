"""Papers that run out: told 30, 7 and 1 days ahead, once each, also when a night was missed; moved when renewed."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from anxin.catalogue.values import CredentialKind
from anxin.kit.actor import SYSTEM, Actor
from anxin.notices.models import Notice
from anxin.policies import public as policies
from anxin.policies.values import CHANGE
from anxin.workers import actions
from anxin.workers.models import Worker
from anxin.workers.values.archive import WARN_DAYS
from tests.cast import in_post
from tests.workers.world import NOW, TODAY, World, add_paper, make_person, make_worker

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("C-6.2.6")]
END = TODAY + timedelta(days=40)


def nights(*left: int) -> list[int]:
    """Run the job when so many days are left; how many it told each time."""
    days: list[date] = [END - timedelta(days=n) for n in left]
    return [actions.warn_of_expiry(by=SYSTEM, at=NOW + timedelta(days=(day - TODAY).days)) for day in days]


def one(world: World, **paper: object) -> Worker:
    worker = make_worker(world.agency, name="李四", papers=False)
    add_paper(worker, CredentialKind.HEALTH_CHECK, until=END, **paper)  # type: ignore[arg-type]
    Notice.objects.all().delete()
    return worker


def told(worker: Worker) -> list[int]:
    rows = Notice.objects.filter(kind="workers.paper_expires", person_id=worker.person_id).order_by(
        "at", "id"
    )
    return [int(row.params["n"]) for row in rows]


def test_each_step_is_told_once_to_worker_and_agency(world: World) -> None:
    worker = one(world)
    in_post(make_person("店长"), world.agency, "agency.head")
    assert nights(31, 30, 30, 29, 8, 7, 7, 2, 1, 1, 0, 0, -1) == [0, 1, 0, 0, 0, 1, 0, 0, 1, 0, 1, 0, 0]
    assert told(worker) == [30, 7, 1, 0]
    assert Notice.objects.filter(url=f"/desk/workers/{worker.number}/").count() == 4


def test_how_far_ahead_is_told_is_the_operators_rule(world: World) -> None:
    worker = one(world)
    by = Actor(make_person().pk, permissions=frozenset({CHANGE}))
    policies.change(policy=WARN_DAYS, value=[14, 3], valid_from=NOW, reason="少打扰", by=by, at=NOW)
    assert nights(30, 15, 14, 7, 3, 1, 0) == [0, 0, 1, 0, 1, 0, 1]
    assert told(worker) == [14, 3, 0]


def test_a_missed_night_is_made_good_with_the_days_that_are_left(world: World) -> None:
    worker = one(world)
    assert nights(31, 27, 5, 4, 0) == [0, 1, 1, 0, 1]
    assert told(worker) == [27, 5, 0]


def test_a_renewed_paper_silences_the_old_one_whatever_its_title_and_has_steps_of_its_own(
    world: World,
) -> None:
    worker = one(world)
    assert nights(30) == [1]
    add_paper(worker, CredentialKind.HEALTH_CHECK, until=END + timedelta(days=100), title="新体检")
    assert nights(7, 1, 0) == [0, 0, 0]
    assert nights(-70, -93) == [1, 1]
    assert told(worker) == [30, 30, 7]


def test_a_renewal_that_nobody_verified_silences_nothing(world: World) -> None:
    worker = one(world)
    add_paper(worker, CredentialKind.HEALTH_CHECK, until=END + timedelta(days=100), verified=False)
    assert nights(30) == [1]
    assert told(worker) == [30]


def test_another_certificate_renews_none_of_another_title(world: World) -> None:
    worker = make_worker(world.agency, name="李四", papers=False)
    add_paper(worker, CredentialKind.CERTIFICATE, until=END, title="养老护理员")
    add_paper(worker, CredentialKind.CERTIFICATE, until=END + timedelta(days=300), title="育婴员")
    assert nights(30) == [1]


def test_who_left_is_told_nothing(world: World) -> None:
    worker = one(world)
    Worker.objects.filter(pk=worker.pk).update(state="left")
    assert nights(30, 7) == [0, 0]


def test_a_list_of_a_thousand_papers_is_read_in_steps(world: World, django_assert_max_num_queries) -> None:
    at: datetime = NOW
    # The rule, and each of its four steps.
    with django_assert_max_num_queries(5):
        assert actions.warn_of_expiry(by=SYSTEM, at=at) == 0
