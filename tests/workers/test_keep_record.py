"""A worker's record: who may write it, what is refused, and that refusals change nothing."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from anxin.audit.models import Entry
from anxin.catalogue.values import CredentialKind, HealthTier
from anxin.kit.actor import ANONYMOUS, SYSTEM, Actor
from anxin.kit.geo import Point
from anxin.kit.models import NotAllowed
from anxin.notices.models import Notice
from anxin.workers import actions
from anxin.workers import public as workers
from anxin.workers.actions.papers import DatesUnfit, DetailMissing, MayNotVerify, PaperSettled
from anxin.workers.actions.people import LevelUnknown, ShiftUnfit, TownUnknown
from anxin.workers.models import Affiliation, Credential, Shift, Skill, Worker
from anxin.workers.states import WORKER, WorkerState
from anxin.workers.values import AffiliationKind, Conclusion
from tests.workers.world import NOW, TODAY, World, add_paper, hold, make_person, make_worker, self_of, span

DATES = {"valid_from": date(2026, 1, 1), "valid_to": date(2026, 12, 31)}


def add(world: World, by: Actor, **more: object) -> Credential:
    given: dict[str, object] = {
        "kind": CredentialKind.TRAINING, "title": "岗前培训", "issuer": "临安区家政协会", **DATES, **more,
    }  # fmt: skip
    return workers.add_credential(worker_id=world.worker.pk, by=by, at=NOW, **given)  # type: ignore[arg-type]


@pytest.mark.requirement("A-6.2.3")
def test_a_verified_person_enrols_and_the_exact_home_is_sealed(db: None) -> None:
    person = make_person("张晓明")
    home = Point(30.234567, 119.725123)
    row = workers.enrol(person_id=person.pk, by=Actor(person.pk, verified=True), at=NOW, home=home)
    kept = Worker.objects.get(pk=row.pk)
    assert (kept.lat, kept.lng) == (30.235, 119.725)
    assert kept.home_point == {"lat": 30.234567, "lng": 119.725123}
    with connection.cursor() as cursor:
        cursor.execute("SELECT home_point FROM workers_worker WHERE id = %s", [row.pk])
        assert b"30.23" not in bytes(cursor.fetchone()[0])
    assert kept.number.startswith("W260318-")
    assert Entry.objects.filter(action="workers.enrol", subject_id=str(row.pk)).exists()


def test_nobody_is_enrolled_unverified_twice_or_by_a_stranger(world: World) -> None:
    person = make_person("未核验")
    person.verified_at = None
    person.save(update_fields=["verified_at"])
    with pytest.raises(workers.NotVerified):
        workers.enrol(person_id=person.pk, by=Actor(person.pk), at=NOW)
    with pytest.raises(workers.NotYours):
        workers.enrol(person_id=make_person().pk, by=world.stranger, at=NOW)
    with pytest.raises(workers.AlreadyEnrolled):
        workers.enrol(person_id=world.worker.person_id, by=SYSTEM, at=NOW)
    assert Worker.objects.count() == 1


def test_who_sees_a_worker(world: World) -> None:
    association = Actor(make_person().pk, permissions=frozenset({"safetycode.manage"}))
    for actor in (self_of(world.worker), world.head, association, SYSTEM):
        assert Worker.objects.visible_to(actor).filter(pk=world.worker.pk).exists()
    for actor in (world.stranger, world.rival_head, ANONYMOUS):
        assert not Worker.objects.visible_to(actor).exists()


@pytest.mark.parametrize(
    "verb", ["set_skills", "set_areas", "set_shifts", "change_profile", "add", "leave", "pause"]
)
def test_strangers_and_rivals_write_nothing(world: World, verb: str) -> None:
    before = (Skill.objects.count(), Shift.objects.count(), Credential.objects.count(), Entry.objects.count())
    pk = world.worker.pk
    for by in (world.stranger, world.rival_head, ANONYMOUS):
        with pytest.raises(workers.NoSuchWorker):
            {
                "set_skills": lambda by=by: workers.set_skills(worker_id=pk, levels={}, by=by, at=NOW),
                "set_areas": lambda by=by: workers.set_areas(worker_id=pk, town_codes=[], by=by, at=NOW),
                "set_shifts": lambda by=by: workers.set_shifts(worker_id=pk, shifts=[], by=by, at=NOW),
                "change_profile": lambda by=by: workers.change_profile(
                    worker_id=pk, intro="x", by=by, at=NOW
                ),
                "add": lambda by=by: add(world, by),
                "leave": lambda by=by: workers.take_leave(worker_id=pk, span=span(9, 12), by=by, at=NOW),
                "pause": lambda by=by: workers.set_state(worker_id=pk, to=WorkerState.PAUSED, by=by, at=NOW),
            }[verb]()
    after = (Skill.objects.count(), Shift.objects.count(), Credential.objects.count(), Entry.objects.count())
    assert after == before


def test_staff_who_may_only_read_are_told_so(world: World) -> None:
    finance = Actor(make_person().pk, world.agency.pk, permissions=frozenset({"workers.read"}))
    with pytest.raises(workers.NotYours):
        workers.set_skills(worker_id=world.worker.pk, levels={}, by=finance, at=NOW)


def test_skills_areas_and_shifts_are_replaced_whole_and_bad_ones_refused(world: World) -> None:
    pk, by = world.worker.pk, self_of(world.worker)
    workers.set_skills(worker_id=pk, levels={"0102": 3, "0101": 0}, by=by, at=NOW)
    assert dict(Skill.objects.values_list("item_code", "level")) == {"0101": 0, "0102": 3}
    with pytest.raises(LevelUnknown):
        workers.set_skills(worker_id=pk, levels={"0103": 6}, by=by, at=NOW)
    with pytest.raises(TownUnknown):
        workers.set_areas(worker_id=pk, town_codes=["330112"], by=by, at=NOW)
    for bad in ([(0, 600, 600)], [(0, 600, 1500)], [(7, 0, 60)], [(1, 480, 720), (1, 700, 900)]):
        with pytest.raises(ShiftUnfit):
            workers.set_shifts(worker_id=pk, shifts=bad, by=by, at=NOW)
    workers.set_shifts(worker_id=pk, shifts=[(1, 720, 900), (1, 480, 720)], by=by, at=NOW)
    assert Shift.objects.count() == 2
    assert Skill.objects.count() == 2


@pytest.mark.parametrize("state", list(WorkerState))
@pytest.mark.parametrize("to", list(WorkerState))
def test_states_change_as_the_table_says(world: World, state: WorkerState, to: WorkerState) -> None:
    Worker.objects.update(state=state)
    if WORKER.allows(state, to):
        workers.set_state(worker_id=world.worker.pk, to=to, by=world.head, at=NOW)
        assert Worker.objects.get().state == to
    else:
        with pytest.raises(NotAllowed):
            workers.set_state(worker_id=world.worker.pk, to=to, by=world.head, at=NOW)
        assert Worker.objects.get().state == state


@pytest.mark.parametrize("field", ["title", "issuer", "number"])
def test_health_values_are_not_taken(world: World, field: str) -> None:
    count = Credential.objects.count()
    with pytest.raises(workers.HealthValueGiven):
        add(world, self_of(world.worker), **{field: "血压 120/80 mmHg"})
    assert Credential.objects.count() == count


def test_a_health_report_is_not_taken_even_as_a_file(world: World) -> None:
    with pytest.raises(workers.HealthValueGiven):
        add(
            world, self_of(world.worker), kind=CredentialKind.HEALTH_CHECK, health_tier=HealthTier.HOME,
            file_id=make_person().pk,
        )  # fmt: skip


def test_papers_need_their_dates_and_details(world: World) -> None:
    by = self_of(world.worker)
    with pytest.raises(DatesUnfit):
        add(world, by, valid_to=date(2025, 12, 31))
    with pytest.raises(DetailMissing):
        add(world, by, kind=CredentialKind.HEALTH_CHECK)
    with pytest.raises(DetailMissing):
        add(world, by, kind=CredentialKind.INSURANCE, occupation_class=5)
    with pytest.raises(DetailMissing):
        add(world, by, title="  ")
    assert add(world, by).verified_at is None


def test_a_paper_is_verified_by_the_agency_once_and_never_by_its_holder(world: World) -> None:
    paper = add(world, self_of(world.worker))
    with pytest.raises(MayNotVerify):
        workers.verify_credential(credential_id=paper.pk, how="自查", by=self_of(world.worker), at=NOW)
    with pytest.raises(workers.NoSuchWorker):
        workers.verify_credential(credential_id=paper.pk, how="查验", by=world.rival_head, at=NOW)
    done = workers.verify_credential(credential_id=paper.pk, how="查验原件", by=world.head, at=NOW)
    assert (done.verified_by, done.verified_how) == (world.head.person_id, "查验原件")
    with pytest.raises(PaperSettled):
        workers.verify_credential(credential_id=paper.pk, how="再查", by=world.head, at=NOW)


def test_staff_who_are_workers_themselves_do_not_verify_their_own_papers(world: World) -> None:
    boss = Actor(
        world.worker.person_id, world.agency.pk, permissions=frozenset({"workers.read", "workers.manage"})
    )
    paper = add(world, boss)
    with pytest.raises(MayNotVerify):
        workers.verify_credential(credential_id=paper.pk, how="查验", by=boss, at=NOW)


@pytest.mark.requirement("A-6.2.3")
def test_a_worker_belongs_to_one_agency_at_a_time(world: World) -> None:
    with pytest.raises(workers.AlreadyAffiliated):
        workers.join_agency(
            worker_id=world.worker.pk, organisation_id=world.rival.pk, kind=AffiliationKind.FLEXIBLE,
            by=world.rival_head, at=NOW,
        )  # fmt: skip
    later = NOW + timedelta(days=1)
    workers.leave_agency(worker_id=world.worker.pk, by=self_of(world.worker), at=later)
    assert workers.affiliation_of(world.worker.pk, later) is None
    assert not Worker.objects.visible_to(world.head).exists()
    joined = workers.join_agency(
        worker_id=world.worker.pk, organisation_id=world.rival.pk, kind=AffiliationKind.FLEXIBLE,
        by=world.rival_head, at=later,
    )  # fmt: skip
    assert workers.affiliation_of(world.worker.pk, later) == joined
    with pytest.raises(IntegrityError), transaction.atomic():
        Affiliation.objects.create(
            worker=world.worker,
            organisation=world.agency,
            kind="employee",
            period=joined.period,
            created_at=NOW,
        )


def test_an_agency_takes_on_for_itself_only(world: World) -> None:
    free = make_worker(None, name="李四")
    with pytest.raises(actions.NotYourAgency):
        workers.join_agency(
            worker_id=free.pk, organisation_id=world.agency.pk, kind=AffiliationKind.EMPLOYEE,
            by=world.rival_head, at=NOW,
        )  # fmt: skip
    assert workers.affiliation_of(free.pk, NOW) is None


def test_nobody_leaves_with_a_visit_ahead(world: World) -> None:
    hold(world.worker, span(14, 16))
    with pytest.raises(workers.StillBooked):
        workers.leave_agency(worker_id=world.worker.pk, by=world.head, at=NOW + timedelta(hours=1))
    assert workers.affiliation_of(world.worker.pk, NOW + timedelta(days=1)) is not None


def test_taking_on_finds_a_person_by_phone_and_name_together(world: World) -> None:
    person = make_person("郑爱华")
    take = {"kind": AffiliationKind.INTRODUCED, "by": world.head, "at": NOW}
    with pytest.raises(actions.affiliation.NobodyFound):
        actions.take_on(phone=person.phone, name="郑爱花", **take)  # type: ignore[arg-type]
    row = actions.take_on(phone=person.phone, name="郑爱华", **take)  # type: ignore[arg-type]
    assert row.person_id == person.pk
    assert Worker.objects.visible_to(world.head).filter(pk=row.pk).exists()


def test_leave_is_refused_over_any_visit_and_kept_free_afterwards(world: World) -> None:
    hold(world.worker, span(14, 16))
    by = self_of(world.worker)
    with pytest.raises(workers.LeaveOverBooking):
        workers.take_leave(worker_id=world.worker.pk, span=span(15, 18), by=by, at=NOW)
    leave = workers.take_leave(worker_id=world.worker.pk, span=span(17, 20), by=by, at=NOW)
    with pytest.raises(workers.TimeTaken):
        hold(world.worker, span(18, 19))
    with pytest.raises(workers.TimeTaken):
        workers.take_leave(worker_id=world.worker.pk, span=span(19, 20), by=by, at=NOW)
    workers.cancel_leave(booking_id=leave.pk, by=by, at=NOW)
    hold(world.worker, span(18, 19))


def test_leave_carries_no_findings_and_lies_ahead(world: World) -> None:
    by = self_of(world.worker)
    with pytest.raises(workers.HealthValueGiven):
        workers.take_leave(worker_id=world.worker.pk, span=span(9, 12), by=by, at=NOW, note="血压高 160/100")
    with pytest.raises(actions.leave.LeaveInPast):
        workers.take_leave(worker_id=world.worker.pk, span=span(8, 9, day=17), by=by, at=NOW)


def test_a_visit_is_not_cancelled_as_leave(world: World) -> None:
    visit = hold(world.worker, span(14, 16))
    with pytest.raises(workers.NoSuchTime):
        workers.cancel_leave(booking_id=visit.pk, by=world.head, at=NOW)


def test_ratings_add_up_and_can_be_taken_back(world: World) -> None:
    pk = world.worker.pk
    workers.record_rating(worker_id=pk, stars=4.75, by=SYSTEM, at=NOW)
    workers.record_rating(worker_id=pk, stars=3, by=SYSTEM, at=NOW)
    workers.record_rating(worker_id=pk, stars=3, count=-1, by=SYSTEM, at=NOW)
    world.worker.standing.refresh_from_db()
    assert (world.worker.standing.rating_hundredths, world.worker.standing.rating_count) == (475, 1)
    with pytest.raises(ValueError, match="1 to 5"):
        workers.record_rating(worker_id=pk, stars=6, by=SYSTEM, at=NOW)
    with pytest.raises(IntegrityError), transaction.atomic():
        workers.record_rating(worker_id=pk, stars=5, count=-1, by=SYSTEM, at=NOW)


def test_recent_orders_are_counted_again_from_the_calendar(world: World) -> None:
    ref = hold(world.worker, span(14, 16, day=19)).ref
    assert ref is not None
    workers.confirm_time(ref=ref, by=SYSTEM, at=NOW)
    hold(world.worker, span(14, 16, day=25))
    actions.recount(at=NOW + timedelta(days=3))
    world.worker.standing.refresh_from_db()
    assert world.worker.standing.recent_orders == 1
    actions.recount(at=NOW + timedelta(days=40))
    world.worker.standing.refresh_from_db()
    assert world.worker.standing.recent_orders == 0


def test_papers_that_run_out_are_told_of_unless_renewed(world: World) -> None:
    from anxin.kit import events as bus
    from anxin.workers.events import PaperExpires

    told: list[PaperExpires] = []
    bus._handlers[PaperExpires].append(told.append)
    try:
        worker = make_worker(world.agency, name="李四", papers=False)
        add_paper(worker, CredentialKind.HEALTH_CHECK, until=TODAY + timedelta(days=7))
        add_paper(worker, CredentialKind.INSURANCE, until=TODAY + timedelta(days=30))
        add_paper(worker, CredentialKind.INSURANCE, until=TODAY + timedelta(days=300))
        add_paper(worker, CredentialKind.TRAINING, until=TODAY + timedelta(days=31))
        assert actions.warn_of_expiry(by=SYSTEM, at=NOW) == 1
    finally:
        bus._handlers[PaperExpires].remove(told.append)
    assert [(e.kind, e.days) for e in told] == [("health_check", 7)]
    notice = Notice.objects.get(kind="workers.paper_expires")
    assert notice.person_id == worker.person_id
    assert notice.title % notice.params == "李四的“health_check”还有 7 天到期（2026-03-25）"


def test_contract_facts_come_in_the_clear_and_by_id_only(world: World) -> None:
    facts = workers.worker_facts(world.worker.pk, NOW)
    assert facts is not None
    person = world.worker.person
    assert (facts.name, facts.id_number, facts.phone) == (person.name, person.id_number, person.phone)
    assert (facts.health, facts.health_tier) == ("valid", HealthTier.HOME)
    assert facts.organisation_id == world.agency.pk
    assert facts.training == "missing"


def test_a_conclusion_of_failure_is_kept_as_a_conclusion(world: World) -> None:
    paper = add(
        world,
        world.head,
        kind=CredentialKind.BACKGROUND_CHECK,
        title="背景核查",
        conclusion=Conclusion.FAILED,
    )
    assert paper.conclusion == "failed"
