"""The subsidy of health checks: who is due, never twice, from draft to paid; cards; both certificates."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from anxin.kit.errors import Refusal
from anxin.safetycode import public as codes
from anxin.safetycode.actions import funds
from anxin.safetycode.actions.ministry import compare, compare_next
from anxin.safetycode.models import Card, CardCost, Claim, ClaimLine, MinistryRecord
from anxin.safetycode.queries.funds import exported
from anxin.safetycode.rules.ministry import differences
from anxin.safetycode.states import CodeState
from anxin.safetycode.values.care import Difference, MinistryState, Theirs
from tests import cast
from tests.safetycode.care_world import DAY, Care, bureau, make_care, official, recorded
from tests.tape import taped
from tests.workers.world import NOW, TODAY, World, make_worker, self_of


@taped
def care(world: World) -> Care:
    made = make_care(world)
    recorded(world.worker)
    return made


def draft(care: Care) -> Claim:
    return funds.open_claim(year=2026, by=care.carer, at=NOW)


def paid(care: Care) -> Claim:
    row = draft(care)
    funds.submit_claim(claim_number=row.number, by=care.carer, at=NOW)
    funds.decide_claim(claim_number=row.number, approve=True, why="", by=care.head, at=NOW)
    return funds.pay_claim(claim_number=row.number, reference="财付-1", paid_on=TODAY, by=care.head, at=NOW)


@pytest.mark.requirement("D-7")
def test_a_green_code_with_a_health_check_of_the_year_is_claimed_once(care: Care) -> None:
    row = draft(care)
    line = ClaimLine.objects.get()
    assert (row.total_fen, line.amount_fen, line.organisation_id) == (13_000, 13_000, care.world.agency.pk)
    with pytest.raises(funds.NobodyDue):
        draft(care)
    with pytest.raises(IntegrityError), transaction.atomic():
        ClaimLine.objects.create(
            claim=row, code=care.code, year=2026, checked_on=TODAY, amount_fen=13_000, created_at=NOW
        )
    funds.void_line(claim_number=row.number, line_id=line.pk, why="填错机构", by=care.carer, at=NOW)
    assert draft(care).lines_count == 1


@pytest.mark.requirement("D-7", "D-A4")
@pytest.mark.parametrize("why", ["red", "no record", "frozen", "no check", "no code"])
def test_who_is_not_in_order_is_not_claimed_for(care: Care, why: str) -> None:
    who = care.world.worker
    if why == "red":
        codes.suspend(worker_id=who.pk, why="核查", by=care.carer, at=NOW)
    elif why == "no record":
        MinistryRecord.objects.all().delete()
    elif why == "frozen":
        recorded(who, "frozen")
    elif why == "no check":
        who.credentials.filter(kind="health_check").update(valid_from="2025-12-31")
    else:
        codes.revoke(worker_id=who.pk, why="注销", by=care.carer, at=NOW)
    with pytest.raises(funds.NobodyDue):
        draft(care)
    assert not Claim.objects.exists()


@pytest.mark.requirement("D-7")
def test_from_draft_to_paid_the_file_keeps_its_checksum(care: Care) -> None:
    row = draft(care)
    with pytest.raises(funds.MayNotDecide):
        funds.decide_claim(claim_number=row.number, approve=True, why="", by=care.carer, at=NOW)
    funds.submit_claim(claim_number=row.number, by=care.carer, at=NOW)
    with pytest.raises(funds.NotDraft):
        funds.void_line(claim_number=row.number, line_id=row.lines.get().pk, why="改", by=care.carer, at=NOW)
    with pytest.raises(funds.WhyNeeded):
        funds.decide_claim(claim_number=row.number, approve=False, why=" ", by=care.head, at=NOW)
    funds.decide_claim(claim_number=row.number, approve=True, why="", by=care.head, at=NOW)
    with pytest.raises(funds.ReferenceNeeded):
        funds.pay_claim(claim_number=row.number, reference="x", paid_on=TODAY + DAY, by=care.head, at=NOW)
    funds.pay_claim(claim_number=row.number, reference="财付-1", paid_on=TODAY, by=care.head, at=NOW)
    row.refresh_from_db()
    body = exported(row)
    assert (row.state, hashlib.sha256(body).hexdigest()) == ("paid", row.checksum)
    assert "130.00" in body.decode("utf-8-sig") and care.code.number in body.decode()
    assert list(row.history.order_by("id").values_list("to_state", flat=True)) == [
        "draft", "submitted", "approved", "paid",
    ]  # fmt: skip


@pytest.mark.requirement("D-7")
def test_lines_that_were_changed_behind_its_back_are_neither_approved_nor_paid(care: Care) -> None:
    row = draft(care)
    funds.submit_claim(claim_number=row.number, by=care.carer, at=NOW)
    ClaimLine.objects.update(amount_fen=99_000)
    with pytest.raises(funds.FileChanged):
        funds.decide_claim(claim_number=row.number, approve=True, why="", by=care.head, at=NOW)
    assert Claim.objects.get().state == "submitted"


@pytest.mark.requirement("D-7")
def test_somebody_who_left_meanwhile_stops_the_batch_until_struck_out(care: Care) -> None:
    row = draft(care)
    codes.suspend(worker_id=care.world.worker.pk, why="离开", by=care.carer, at=NOW)
    with pytest.raises(funds.LinesNoLongerDue):
        funds.submit_claim(claim_number=row.number, by=care.carer, at=NOW)
    codes.restore(worker_id=care.world.worker.pk, why="回来", by=care.carer, at=NOW)
    funds.submit_claim(claim_number=row.number, by=care.carer, at=NOW)
    codes.suspend(worker_id=care.world.worker.pk, why="离开", by=care.carer, at=NOW)
    with pytest.raises(funds.LinesNoLongerDue):
        funds.decide_claim(claim_number=row.number, approve=True, why="", by=care.head, at=NOW)
    funds.decide_claim(claim_number=row.number, approve=False, why="有人离开", by=care.head, at=NOW)
    row.refresh_from_db()
    assert (row.state, row.checksum) == ("draft", "")
    line = row.lines.get()
    funds.void_line(claim_number=row.number, line_id=line.pk, why="离开", by=care.carer, at=NOW)
    with pytest.raises(funds.EmptyClaim):
        funds.submit_claim(claim_number=row.number, by=care.carer, at=NOW)


@pytest.mark.requirement("D-7")
def test_what_was_paid_wrongly_is_taken_back_once(care: Care, world: World) -> None:
    first = paid(care)
    other = make_worker(world.agency, name="李四")
    recorded(other)
    codes.issue(worker_id=other.pk, by=care.carer, at=NOW)
    second = draft(care)
    line = first.lines.get()
    funds.reclaim_line(line_id=line.pk, claim_number=second.number, why="体检证明不实", by=care.carer, at=NOW)
    second.refresh_from_db()
    assert (second.lines_count, second.total_fen) == (2, 0)
    with pytest.raises(funds.ClaimedTwice):
        funds.reclaim_line(line_id=line.pk, claim_number=second.number, why="再来", by=care.carer, at=NOW)
    with pytest.raises(funds.NotPaid):
        funds.reclaim_line(
            line_id=second.lines.filter(kind="claim").get().pk, claim_number=second.number, why="没付",
            by=care.carer, at=NOW,
        )  # fmt: skip


@pytest.mark.requirement("D-7")
def test_only_claimant_region_and_operator_see_a_batch_and_only_they_act(care: Care) -> None:
    row = draft(care)
    county = official(bureau("330112", "临安区商务主管部门"), "bureau.head", "区局长")
    seen = [
        Claim.objects.visible_to(by).count()
        for by in (
            care.carer,
            care.head,
            care.far,
            care.world.head,
            self_of(care.world.worker),
            care.world.stranger,
        )
    ]
    assert seen == [1, 1, 0, 0, 0, 0]
    assert Claim.objects.visible_to(county).count() == 0
    for by in (care.head, care.far, care.world.head, care.world.stranger):
        with pytest.raises(Refusal):
            funds.submit_claim(claim_number=row.number, by=by, at=NOW)
    for by in (care.far, county, care.world.head, care.world.stranger, care.carer):
        with pytest.raises(Refusal):
            funds.decide_claim(claim_number=row.number, approve=True, why="", by=by, at=NOW)
    assert Claim.objects.get().state == "draft"


@pytest.mark.requirement("D-7")
def test_a_printed_card_costs_at_most_ten_yuan_and_is_booked_once(care: Care) -> None:
    Card.objects.filter(code=care.code).delete()
    card = Card.objects.create(code=care.code, reason="issue", at=NOW, printed_at=NOW)
    assert (funds.book_cards(at=NOW), funds.book_cards(at=NOW)) == (1, 0)
    assert CardCost.objects.get(card=card).cost_fen == 800
    with pytest.raises(IntegrityError), transaction.atomic():
        CardCost.objects.update(cost_fen=1_001)


# ── both certificates ────────────────────────────────────────────────────────────────────────────────
@pytest.mark.requirement("D-A4")
@pytest.mark.parametrize(
    ("ours", "theirs", "found"),
    [
        ("issued", Theirs(MinistryState.IN_FORCE), ()),
        ("issued", Theirs(MinistryState.NONE), (Difference.MISSING,)),
        ("issued", Theirs(MinistryState.FROZEN), (Difference.FROZEN,)),
        ("revoked", Theirs(MinistryState.IN_FORCE), (Difference.OURS_ENDED,)),
        ("revoked", Theirs(MinistryState.ENDED), ()),
        ("issued", Theirs(MinistryState.IN_FORCE, "1", "B", TODAY), (Difference.AGENCY,)),
        ("issued", Theirs(MinistryState.IN_FORCE, "1", "A", TODAY - DAY), (Difference.OVER,)),
    ],
)
def test_the_two_are_held_against_each_other(ours: str, theirs: Theirs, found: Any) -> None:
    assert differences(CodeState(ours), "A", theirs, TODAY) == found


@pytest.mark.requirement("D-A4")
def test_the_ministry_is_asked_over_http_and_a_silent_one_changes_nothing(
    care: Care, simulators: str
) -> None:
    person = care.world.worker.person
    for sequence, state, found in (
        (7, "in_force", []),
        (802, "frozen", ["frozen"]),
        (800, "none", ["missing"]),
    ):
        person.id_number = cast.id_number(sequence)
        person.verified_at = NOW
        person.save()
        assert compare(worker_ids=[care.world.worker.pk], at=NOW) == 1
        row = MinistryRecord.objects.get(worker=care.world.worker)
        assert (row.state, row.differences) == (state, found)
    assert compare_next(at=NOW) == 0
    person.id_number = cast.id_number(809)
    person.save()
    assert compare_next(at=NOW + DAY) == 0
    row.refresh_from_db()
    assert row.state == "none"
