"""The finder: what goes through the actions has no fault, and each fault is found when it is planted by SQL."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.exceptions import ObjectDoesNotExist
from django.db import connection, transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from anxin.accounts.models import Person
from anxin.kit.errors import Forbidden, Refusal
from anxin.safetycode import public as codes
from anxin.safetycode.actions.faults import find_faults, mend
from anxin.safetycode.actions.funds import book_cards
from anxin.safetycode.actions.refreshing import confirm_all
from anxin.safetycode.models import Fault, FaultRun, Refresh, SafetyCode
from anxin.safetycode.queries.faults import BY_CODE, CHECKS, run, run_all
from anxin.safetycode.values.care import Ground, MeasureKind
from anxin.workers import public as workers
from anxin.workers.values import AffiliationKind, CredentialKind, WorkerState
from tests import thorough
from tests.safetycode.care_world import DAY, SYSTEM, Care, make_care
from tests.tape import taped
from tests.workers.world import NOW, World, add_paper, make_world

pytestmark = pytest.mark.requirement("D-6a")
LATER = NOW + 3 * DAY
DEFERRED = "SET CONSTRAINTS ALL IMMEDIATE"
OTHER = """
INSERT INTO safetycode_safetycode (id, worker_id, number, state, state_at, issued_at, valid_to, last_verified_at,
    handle, secret, slot)
SELECT gen_random_uuid(), w.id, {number}, 'issued', k.state_at, k.issued_at, k.valid_to, k.last_verified_at,
    decode('0102030405060708', 'hex'), k.secret, {slot} FROM safetycode_safetycode k, workers_worker w
    WHERE w.id <> k.worker_id LIMIT 1
"""
# Fault → the statements that make it; what the database refuses is first allowed.
PLANTED: dict[str, tuple[str, ...]] = {
    "expired_in_force": ("UPDATE safetycode_safetycode SET valid_to = '2026-03-01'",),
    "expired_green": ("UPDATE safetycode_safetycode SET state = 'revoked'",),
    "closed_account": ("UPDATE accounts_person SET is_active = false",),
    "left_platform": ("UPDATE workers_worker SET state = 'left'",),
    "never_verified": ("UPDATE safetycode_safetycode SET last_verified_at = '2025-01-01'",),
    "suspension_over": (
        "UPDATE safetycode_safetycode SET state = 'suspended'",
        "INSERT INTO safetycode_measure (id, code_id, kind, ground, why, evidence, city_code, at, until)"
        " SELECT gen_random_uuid(), id, 'suspend', 'other', '核查', '', '3301', state_at, '2026-03-01'"
        " FROM safetycode_safetycode",
    ),
    "colour_older": ("UPDATE workers_credential SET withdrawn_at = now()", "DELETE FROM safetycode_due"),
    "colour_apart": ("UPDATE workers_standing SET colour = 'yellow'",),
    "two_agencies": (
        "ALTER TABLE workers_affiliation DROP CONSTRAINT workers_affiliation_sole",
        "INSERT INTO workers_affiliation (id, worker_id, organisation_id, kind, period, may_grab, created_at)"
        " SELECT gen_random_uuid(), a.worker_id, o.id, a.kind, a.period, false, a.created_at"
        " FROM workers_affiliation a, accounts_organisation o WHERE o.name = '对门家政'",
    ),
    "two_people": (
        "ALTER TABLE accounts_person DROP CONSTRAINT accounts_person_id_number_hash_key",
        "UPDATE accounts_person SET id_number_hash = decode(repeat('ab', 32), 'hex')",
        OTHER.format(number="'ZJ-3301-2026-000001x'", slot=7),
    ),
    "number_twice": (OTHER.format(number="lower(k.number)", slot=7),),
    "number_malformed": ("UPDATE safetycode_safetycode SET number = 'ZJ-3301-2026-000999'",),
    "no_authority": ("UPDATE safetycode_delegation SET starts_at = '2026-03-19'",),
    "token_alive": (
        "UPDATE safetycode_issue SET ended_at = issued_at, ended_how = 'superseded'",
    ),
    "no_issue": ("DELETE FROM safetycode_issue",),
    "no_reason": ("UPDATE safetycode_safetycode SET state = 'suspended'",),
    "no_list_place": ("UPDATE safetycode_safetycode SET slot = NULL",),
    "photo_gone": (
        "INSERT INTO files_storedfile (id, kind, person_id, sha256, size, content_type, name, width, height, scan,"
        " created_at) SELECT w.id, 'service_photo', w.person_id, 'x', 0, 'image/png', 'a.png', 1, 1, 'none', now()"
        " FROM workers_worker w JOIN safetycode_safetycode k ON k.worker_id = w.id",
        "UPDATE workers_worker SET photo_id = id WHERE id IN (SELECT worker_id FROM safetycode_safetycode)",
    ),
    "card_of_dead": (
        "UPDATE safetycode_issue SET ended_at = issued_at, ended_how = 'recalled'",
        "INSERT INTO safetycode_card (id, code_id, reason, at, printed_at) SELECT gen_random_uuid(), id, 'issue',"
        " issued_at, issued_at + interval '1 day' FROM safetycode_safetycode",
    ),
    "refresh_missing": ("UPDATE safetycode_safetycode SET last_verified_at = '2025-08-01'",),
    "refresh_of_dead": (
        "INSERT INTO safetycode_refresh (id, state, state_at, code_id, city_code, opened_at, due_on)"
        " SELECT gen_random_uuid(), 'open', state_at, id, '3301', state_at, valid_to FROM safetycode_safetycode",
        "UPDATE safetycode_safetycode SET state = 'revoked'",
    ),
    "paid_twice": (
        "DROP INDEX safetycode_line_once",
        "INSERT INTO safetycode_claim (id, state, state_at, number, claimant_id, area, city_code, year, created_at,"
        " lines_count, total_fen, checksum, payment_ref) SELECT id, 'draft', state_at, 'B1', issuer_id, '3301', '3301',"
        " 2026, state_at, 0, 0, '', '' FROM safetycode_safetycode",
        *["INSERT INTO safetycode_claimline (id, claim_id, code_id, kind, year, checked_on, amount_fen, why,"
          " created_at, voided_why) SELECT gen_random_uuid(), id, id, 'claim', 2026, valid_to, 13000, '', state_at, ''"
          " FROM safetycode_safetycode"] * 2,
    ),
}  # fmt: skip


@taped
def care(world: World) -> Care:
    return make_care(world)


def execute(*statements: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(DEFERRED)
        for text in statements:
            cursor.execute(text)


def test_every_check_has_a_fault_that_is_planted() -> None:
    assert set(PLANTED) == {one.code for one in CHECKS}


@pytest.mark.parametrize("code", sorted(PLANTED))
def test_a_planted_fault_is_found(care: Care, code: str) -> None:
    workers.enrol(person_id=Person.objects.create(**person()).pk, by=SYSTEM, at=NOW)
    assert run(BY_CODE[code], LATER) == []
    execute(*PLANTED[code])
    found = run(BY_CODE[code], LATER)
    assert found and care.world.worker.pk in {row.worker_id for row in found}


def person() -> dict[str, Any]:
    return {
        "name": "李四",
        "phone": "19900007777",
        "created_at": NOW,
        "verified_at": NOW,
        "id_number": "3301",
    }


def test_what_is_found_is_listed_once_until_it_is_gone_and_only_to_who_may_see_the_worker(care: Care) -> None:
    execute("UPDATE workers_standing SET colour = 'yellow'")
    for _ in range(2):
        assert find_faults(by=care.carer, at=LATER)["colour_apart"] == 1
    row = Fault.objects.get(cleared_at=None)
    assert (row.check_code, row.worker_id) == ("colour_apart", care.world.worker.pk)
    assert Fault.objects.visible_to(care.carer).count() == 1
    assert Fault.objects.visible_to(care.far).count() == 0
    assert Fault.objects.visible_to(care.world.stranger).count() == 0
    execute("UPDATE workers_standing SET colour = 'green'")
    assert not any(find_faults(by=SYSTEM, at=LATER).values())
    assert (Fault.objects.filter(cleared_at=None).count(), FaultRun.objects.count()) == (0, 3)


def test_agencies_and_strangers_do_not_start_a_search(care: Care) -> None:
    for by in (care.world.head, care.world.stranger, care.head):
        with pytest.raises(Forbidden):
            find_faults(by=by, at=LATER)
    assert not FaultRun.objects.exists()


def test_the_night_mends_what_a_machine_can(care: Care) -> None:
    execute(
        "UPDATE safetycode_safetycode SET last_verified_at = '2025-08-01', slot = NULL",
        "UPDATE workers_standing SET colour = 'yellow'",
    )
    codes.suspend(worker_id=care.world.worker.pk, why="核查", until=NOW.date(), by=care.carer, at=NOW)
    mend(at=LATER)
    assert not any(run_all(LATER).values())
    assert (SafetyCode.objects.get().state, Refresh.objects.get().state) == ("issued", "open")


STEPS = (
    "issue", "suspend", "restore", "recall", "cancel", "supersede", "update", "confirm", "insure", "withdraw", "leave",
    "join", "pause", "book",
)  # fmt: skip


# ── a random life ────────────────────────────────────────────────────────────────────────────────────
def _steps(care: Care) -> dict[str, Callable[[datetime], object]]:
    who = care.world.worker.pk
    agencies = (care.world.agency.pk, care.world.rival.pk)

    def join(at: datetime) -> None:
        workers.join_agency(
            worker_id=who,
            organisation_id=agencies[at.day % 2],
            kind=AffiliationKind.EMPLOYEE,
            by=SYSTEM,
            at=at,
        )

    return {
        "issue": lambda at: codes.issue(worker_id=who, by=care.carer, at=at),
        "suspend": lambda at: codes.suspend(
            worker_id=who, why="核查", until=(at + 2 * DAY).date(), by=care.carer, at=at
        ),
        "restore": lambda at: codes.restore(worker_id=who, why="查清", by=care.carer, at=at),
        "recall": lambda at: codes.revoke(worker_id=who, why="不实", by=care.carer, at=at),
        "cancel": lambda at: codes.revoke(
            worker_id=who, why="不做了", kind=MeasureKind.CANCEL, ground=Ground.LEFT_TRADE, by=care.carer, at=at
        ),
        "supersede": lambda at: codes.supersede(worker_id=who, why="遗失", by=care.carer, at=at),
        "update": lambda at: codes.update_code(
            worker_id=who, ground=Ground.CHANGED, why="更正", by=care.carer, at=at
        ),
        "confirm": lambda at: confirm_all(refresh_id=Refresh.objects.latest("opened_at").pk, by=care.carer, at=at),
        "insure": lambda at: add_paper(
            care.world.worker, CredentialKind.INSURANCE, since=at.date(), until=(at + 200 * DAY).date()
        ),
        "withdraw": lambda at: workers.withdraw_credential(
            credential_id=care.world.worker.credentials.filter(withdrawn_at=None).latest("created_at").pk,
            why="作废", by=SYSTEM, at=at,
        ),
        "leave": lambda at: workers.leave_agency(worker_id=who, by=SYSTEM, at=at),
        "join": join,
        "pause": lambda at: workers.set_state(worker_id=who, to=WorkerState.PAUSED, by=SYSTEM, at=at),
        "book": lambda at: book_cards(at=at),
    }  # fmt: skip


@pytest.mark.django_db
@settings(
    max_examples=thorough.examples(5),
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
@given(
    life=st.lists(
        st.tuples(
            st.sampled_from(STEPS),
            st.integers(0, 120),
        ),
        min_size=6, max_size=12,
    )
)  # fmt: skip
def test_whatever_happens_through_the_actions_leaves_no_fault(life: list[tuple[str, int]]) -> None:
    with transaction.atomic():
        _live(life)
        transaction.set_rollback(True)


def _live(life: list[tuple[str, int]]) -> None:
    care, at = make_care(make_world()), NOW
    steps = _steps(care)
    for name, days in life:
        at += timedelta(days=days, hours=1)
        with contextlib.suppress(Refusal, ObjectDoesNotExist):
            steps[name](at)
        mend(at=at)
        found = {code: rows for code, rows in run_all(at).items() if rows}
        assert found == {}, (name, found)
