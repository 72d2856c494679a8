"""A health check from the session to the colour: booked, never beyond its room, and concluded without any value."""

from __future__ import annotations

import threading
from datetime import date, timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from anxin.accounts.public import ConsentNeeded, ConsentOfAnother
from anxin.accounts.values import Purpose
from anxin.kit.errors import Refusal
from anxin.kit.models import NotAllowed
from anxin.safetycode import actions
from anxin.safetycode import public as safetycode
from anxin.safetycode.models import ExamAppointment, ExamSlot
from anxin.safetycode.queries import exams as queries
from anxin.safetycode.values import Colour
from anxin.safetycode.values.exams import ExamConclusion, ExamResult
from anxin.workers import public as workers
from anxin.workers.models import Booking, Credential
from anxin.workers.values import HealthTier
from tests import cast
from tests.cast import NOON
from tests.safetycode.exam_world import ENDS, REPORT, STARTS, agree, institution, session
from tests.tape import taped

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("D-5a")]
DAY = date(2026, 3, 20)


@taped
def house(db):
    return institution()


@taped
def booked(stage, house):
    agree(stage.people[0].person, Purpose.HEALTH)
    slot = session(house)
    return safetycode.book_exam(
        slot_id=slot.pk, worker_id=stage.workers[0].pk, tier=HealthTier.HOME, by=stage.worker, at=NOON
    )


def result(conclusion=ExamConclusion.PASSED, **changes):
    told = {"tier": HealthTier.HOME, "conclusion": conclusion, "exam_date": DAY, "report_no": REPORT}
    return ExamResult(**{**told, **changes})


def colour(stage, at):
    return safetycode.judge(stage.workers[0].pk, at).colour


def test_a_place_is_taken_and_the_workers_time_held(booked):
    slot = ExamSlot.objects.get()
    assert (slot.taken, slot.capacity) == (1, 2)
    held = Booking.objects.get(ref=booked.pk)
    assert (held.kind, held.span.lower) == ("exam", STARTS)
    assert [row.left for row in queries.slots(cast.Actor(person_id=booked.worker.person_id), NOON)] == [1]


def test_without_the_workers_own_consent_nobody_books(stage, house):
    slot = session(house)
    asks = {"slot_id": slot.pk, "worker_id": stage.workers[0].pk, "tier": HealthTier.HOME, "at": NOON}
    with pytest.raises(ConsentNeeded):
        safetycode.book_exam(by=stage.worker, **asks)
    with pytest.raises(ConsentOfAnother):
        safetycode.book_exam(by=stage.head.actor, **asks)
    assert not ExamAppointment.objects.exists()
    assert safetycode.book_exam(by=stage.worker, consent=1, **asks).state == "booked"


def test_the_agency_books_for_its_worker_and_another_agency_does_not(stage, house):
    agree(stage.people[0].person, Purpose.HEALTH)
    slot = session(house)
    asks = {"slot_id": slot.pk, "worker_id": stage.workers[0].pk, "tier": HealthTier.HOME, "at": NOON}
    with pytest.raises(workers.NoSuchWorker):
        safetycode.book_exam(by=stage.rival.actor, **asks)
    assert safetycode.book_exam(by=stage.head.actor, **asks).booked_by == stage.head.id


def test_the_database_itself_refuses_one_too_many(stage, house, booked):
    slot = ExamSlot.objects.get()
    ExamSlot.objects.filter(pk=slot.pk).update(capacity=1)
    agree(stage.people[1].person, Purpose.HEALTH)
    with pytest.raises(actions.ExamFull):
        safetycode.book_exam(
            slot_id=slot.pk,
            worker_id=stage.workers[1].pk,
            tier=HealthTier.HOME,
            by=stage.people[1].actor,
            at=NOON,
        )
    assert ExamAppointment.objects.count() == 1
    with pytest.raises(IntegrityError), transaction.atomic():
        ExamSlot.objects.filter(pk=slot.pk).update(taken=2)


def test_a_cancelled_place_is_free_again_and_so_is_the_time(stage, booked):
    actions.cancel_exam(number=booked.number, by=stage.worker, at=NOON)
    assert ExamSlot.objects.get().taken == 0
    assert not Booking.objects.filter(ref=booked.pk).exists()
    with pytest.raises(NotAllowed):
        actions.cancel_exam(number=booked.number, by=stage.worker, at=NOON)


def test_a_place_is_exchanged_and_kept_when_the_other_session_is_full(stage, house, booked):
    later = session(house, capacity=1, starts=STARTS + timedelta(days=3))
    agree(stage.people[1].person, Purpose.HEALTH)
    other = {
        "worker_id": stage.workers[1].pk,
        "tier": HealthTier.HOME,
        "by": stage.people[1].actor,
        "at": NOON,
    }
    second = safetycode.book_exam(slot_id=later.pk, **other)
    with pytest.raises(actions.ExamFull):
        actions.reschedule_exam(number=booked.number, slot_id=later.pk, by=stage.worker, at=NOON)
    booked.refresh_from_db()
    assert booked.slot_id != later.pk
    actions.cancel_exam(number=second.number, by=stage.people[1].actor, at=NOON)
    moved = actions.reschedule_exam(number=booked.number, slot_id=later.pk, by=stage.worker, at=NOON)
    assert sorted(ExamSlot.objects.values_list("taken", flat=True)) == [0, 1]
    assert Booking.objects.get(ref=moved.pk).span.lower == later.starts_at


def test_two_hours_before_it_is_too_late_to_change(stage, booked):
    with pytest.raises(actions.TooLate):
        actions.cancel_exam(number=booked.number, by=stage.worker, at=STARTS - timedelta(minutes=119))
    assert ExamAppointment.objects.get().state == "booked"


def test_a_worker_has_one_open_appointment(stage, house, booked):
    more = session(house, starts=STARTS + timedelta(days=1))
    with pytest.raises(actions.AlreadyBooked):
        safetycode.book_exam(
            slot_id=more.pk, worker_id=stage.workers[0].pk, tier=HealthTier.HOME, by=stage.worker, at=NOON
        )
    assert ExamSlot.objects.get(pk=more.pk).taken == 0


@pytest.mark.parametrize(("tier", "refused"), [(HealthTier.MATERNAL, True), (HealthTier.HOME, False)])
def test_a_session_does_no_stricter_check_than_it_offers(stage, house, tier, refused):
    agree(stage.people[0].person, Purpose.HEALTH)
    slot = session(house, tier=HealthTier.HOME)
    asks = {
        "slot_id": slot.pk,
        "worker_id": stage.workers[0].pk,
        "tier": tier,
        "by": stage.worker,
        "at": NOON,
    }
    if refused:
        with pytest.raises(actions.TierTooLow):
            safetycode.book_exam(**asks)
    else:
        safetycode.book_exam(**asks)
    assert ExamAppointment.objects.exists() is not refused


def test_the_conclusion_becomes_a_verified_paper_and_the_colour_follows(stage, house, booked):
    later = STARTS + timedelta(days=1)
    Credential.objects.filter(kind="health_check", worker=stage.workers[0]).update(valid_to=date(2026, 3, 19))
    assert colour(stage, STARTS) is Colour.YELLOW
    safetycode.arrive(number=booked.number, by=house.actor, at=STARTS)
    done = safetycode.conclude(number=booked.number, result=result(), by=house.actor, at=later)
    paper = Credential.objects.get(pk=done.credential_id)
    assert (paper.health_tier, paper.conclusion, paper.number) == (2, "passed", REPORT)
    assert (paper.valid_from, paper.valid_to) == (DAY, date(2027, 3, 19))
    assert paper.issuer == house.organisation.name
    assert colour(stage, later) is Colour.GREEN


def test_a_failure_takes_the_place_of_an_earlier_pass(stage, house, booked):
    safetycode.arrive(number=booked.number, by=house.actor, at=STARTS)
    assert colour(stage, STARTS) is Colour.GREEN
    safetycode.conclude(number=booked.number, result=result(ExamConclusion.FAILED), by=house.actor, at=ENDS)
    assert colour(stage, ENDS) is Colour.YELLOW


def test_a_recheck_writes_no_paper_and_frees_the_worker_to_book_again(stage, house, booked):
    safetycode.arrive(number=booked.number, by=house.actor, at=STARTS)
    before = Credential.objects.count()
    done = safetycode.conclude(
        number=booked.number, result=result(ExamConclusion.RECHECK), by=house.actor, at=ENDS
    )
    assert (Credential.objects.count(), done.credential_id) == (before, None)
    more = session(house, starts=STARTS + timedelta(days=4))
    assert safetycode.book_exam(
        slot_id=more.pk, worker_id=stage.workers[0].pk, tier=HealthTier.HOME, by=stage.worker, at=ENDS
    )


@pytest.mark.parametrize(
    "report", ["120/80", "TJ2026 ALT35", "血压120", "TJ12", "tj2026032000012", "HBV20260320+"]
)
def test_a_value_fits_nowhere(stage, house, booked, report):
    safetycode.arrive(number=booked.number, by=house.actor, at=STARTS)
    with pytest.raises(actions.ReportNumberUnfit):
        safetycode.conclude(number=booked.number, result=result(report_no=report), by=house.actor, at=ENDS)
    with pytest.raises(IntegrityError), transaction.atomic():
        ExamAppointment.objects.filter(pk=booked.pk).update(
            state="done", conclusion="passed", exam_date=DAY, report_no=report
        )
    texts = {
        field.name for field in ExamAppointment._meta.get_fields() if field.get_internal_type() == "CharField"
    }
    # Each of these is held to a list or a pattern by the database.
    assert texts == {"state", "number", "conclusion", "report_no"}


def test_nobody_is_concluded_who_has_not_come_or_by_another_institution(stage, house, booked):
    other = institution(502, "别处体检中心")
    for act in (
        lambda: safetycode.conclude(number=booked.number, result=result(), by=house.actor, at=ENDS),
        lambda: safetycode.arrive(number=booked.number, by=other.actor, at=STARTS),
        lambda: safetycode.arrive(number=booked.number, by=stage.head.actor, at=STARTS),
        lambda: safetycode.arrive(number=booked.number, by=house.actor, at=NOON),
    ):
        with pytest.raises(Refusal):
            act()
    assert ExamAppointment.objects.get().state == "booked"


def test_who_did_not_come_is_marked_and_after_two_times_the_agency_books(stage, house):
    agree(stage.people[0].person, Purpose.HEALTH)
    who = {"worker_id": stage.workers[0].pk, "tier": HealthTier.HOME}
    for week in range(2):
        slot = session(house, starts=STARTS + timedelta(days=7 * week))
        safetycode.book_exam(slot_id=slot.pk, by=stage.worker, at=slot.starts_at - timedelta(days=1), **who)
        assert actions.miss_exams(by=cast.SYSTEM, at=slot.ends_at + timedelta(minutes=119)) == 0
        assert actions.miss_exams(by=cast.SYSTEM, at=slot.ends_at + timedelta(hours=2)) == 1
    slot = session(house, starts=STARTS + timedelta(days=21))
    with pytest.raises(actions.TooManyMisses):
        safetycode.book_exam(slot_id=slot.pk, by=stage.worker, at=STARTS + timedelta(days=20), **who)
    assert safetycode.book_exam(slot_id=slot.pk, by=stage.head.actor, at=STARTS + timedelta(days=20), **who)


def test_each_sees_their_own_and_a_stranger_nothing(
    stage, house, booked, stranger, association_staff, supervisor
):
    other = institution(502, "别处体检中心")
    seen = {who: queries.exams(actor).count() for who, actor in {
        "worker": stage.worker, "agency": stage.head.actor, "institution": house.actor,
        "association": association_staff.actor, "bureau": supervisor.actor, "rival": stage.rival.actor,
        "colleague": stage.people[1].actor, "other institution": other.actor, "stranger": stranger.actor,
        "customer": stage.customer.actor,
    }.items()}  # fmt: skip
    assert seen == {
        "worker": 1, "agency": 1, "institution": 1, "association": 1, "bureau": 1, "rival": 0, "colleague": 0,
        "other institution": 0, "stranger": 0, "customer": 0,
    }  # fmt: skip


@pytest.mark.django_db(transaction=True)
def test_of_many_who_ask_for_the_last_place_one_gets_it(stage, house):
    """Forty at once, each over a connection of its own: the database counts the places."""
    agree(stage.people[0].person, Purpose.HEALTH)
    slot = session(house, capacity=1)
    some = [stage.workers[0], *(extra_worker(number) for number in range(39))]
    won: list[object] = []
    lost: list[str] = []
    gate = threading.Barrier(len(some))

    def ask(worker):
        gate.wait()
        try:
            won.append(
                safetycode.book_exam(
                    slot_id=slot.pk, worker_id=worker.pk, tier=HealthTier.HOME, by=cast.SYSTEM, at=NOON
                )
            )
        except Refusal as refusal:
            lost.append(refusal.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=ask, args=(worker,)) for worker in some]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(won), set(lost), len(lost)) == (1, {"exam_full"}, 39)
    slot.refresh_from_db()
    assert (slot.taken, ExamAppointment.objects.count()) == (1, 1)


def extra_worker(number):
    person = cast.new_person(700 + number, "候检人")
    agree(person, Purpose.HEALTH)
    return workers.enrol(person_id=person.pk, by=cast.SYSTEM, at=cast.BEGIN)
