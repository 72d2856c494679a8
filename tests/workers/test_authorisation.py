"""The credit-information authorisation: signed by the worker alone, item by item, and taken back as easily."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from django.db import IntegrityError, transaction

from anxin.accounts import public as accounts
from anxin.accounts.models import Consent
from anxin.accounts.values import CodePurpose, Purpose
from anxin.kit.actor import SYSTEM
from anxin.safetycode import public as safetycode
from anxin.workers import actions
from anxin.workers import public as workers
from anxin.workers.actions import authorisation as given
from anxin.workers.models import Authorisation
from anxin.workers.states import AuthorisationState
from anxin.workers.values.archive import AUTHORISATION_NOW, AUTHORISATION_TEXTS, NECESSARY, ArchiveItem
from tests.cast import NOON, Member
from tests.contracts.material import drawn
from tests.contracts.test_paper import poppler, words_of
from tests.stage import Stage
from tests.workers.signing import AGREED, ALL, authorised, code_sent, signed

__all__ = ["authorised"]
pytestmark = [pytest.mark.django_db, pytest.mark.requirement("C-6.2.6", "D-4")]
LATER = NOON + timedelta(hours=1)
PUBLISHED = {1: "44dfae76c85779de879aee38a05cb14c0728b5fc7aa20f3ac6f77e827e03c4d5"}


def state_of_code(stage: Stage) -> str:
    return str(getattr(safetycode.code_of(stage.workers[0].pk), "state", ""))


def test_published_texts_are_never_changed() -> None:
    assert {version: text.digest for version, text in AUTHORISATION_TEXTS.items()} == PUBLISHED


@poppler
def test_the_worker_signs_by_hand_and_code_and_the_paper_says_what_was_given(
    stage: Stage, tmp_path: Path
) -> None:
    some = NECESSARY | {ArchiveItem.REVIEWS}
    row = signed(stage.worker, NOON, some)
    facts = workers.authorisation_of(stage.workers[0].pk)
    assert facts is not None and facts.complete and facts.items == some and facts.number == row.number
    assert facts.organisation_id == stage.head.organisation.pk
    text = words_of(tmp_path, row.read())
    for words in ("家政服务员信用信息授权书", stage.people[0].person.name, stage.people[0].person.id_number, row.number,
                  stage.head.organisation.name, AUTHORISATION_NOW.digest[:16]):  # fmt: skip
        assert words and words in text
    assert b"%PDF" not in bytes(row.document)
    assert {c.purpose for c in Consent.objects.filter(person_id=stage.people[0].id)} == {
        "health_check", "background_check", "credit_sharing", "handwriting",
    }  # fmt: skip


def test_without_sensitive_items_their_consents_are_not_asked(stage: Stage) -> None:
    asked = {Purpose.SHARING: 1, Purpose.HANDWRITING: 2}
    signed(stage.worker, NOON, {ArchiveItem.BASIC, ArchiveItem.REVIEWS}, consents=asked)
    assert not Consent.objects.filter(purpose__in=["health_check", "background_check"]).exists()
    facts = workers.authorisation_of(stage.workers[0].pk)
    assert facts is not None and not facts.complete
    assert set(facts.missing) == NECESSARY - {ArchiveItem.BASIC}


@pytest.mark.parametrize(
    "left_out",
    [Purpose.SHARING, Purpose.HANDWRITING, Purpose.HEALTH, Purpose.BACKGROUND],
)
def test_each_separate_consent_is_needed_by_itself(stage: Stage, left_out: Purpose) -> None:
    consents = {purpose: version for purpose, version in AGREED.items() if purpose is not left_out}
    with pytest.raises(accounts.ConsentNeeded):
        signed(stage.worker, NOON, consents=consents)
    assert not Authorisation.objects.exists()


def test_nobody_signs_or_takes_back_for_another(stage: Stage, stranger: Member) -> None:
    for by in (stage.head.actor, SYSTEM):
        with pytest.raises(actions.OnlyWorker):
            actions.send_authorisation_code(by=by, at=NOON)
        with pytest.raises(actions.OnlyWorker):
            actions.withdraw_authorisation(by=by, at=NOON)
    with pytest.raises(actions.NotEnrolled):
        actions.send_authorisation_code(by=stranger.actor, at=NOON)


def test_a_wrong_code_an_old_text_an_empty_sheet_and_no_items_sign_nothing(stage: Stage) -> None:
    actions.send_authorisation_code(by=stage.worker, at=NOON)
    right = {"items": ALL, "version": 1, "consents": AGREED, "drawn": drawn(), "code": code_sent()}
    wrong = "000000" if right["code"] != "000000" else "111111"
    for change, refusal in (
        ({"code": wrong}, accounts.CodeWrong),
        ({"version": 0}, given.AuthorisationTextChanged),
        ({"drawn": drawn(strokes=0)}, given.DrawingUnfit),
        ({"items": {ArchiveItem.HEALTH}}, given.NothingGiven),
    ):
        with pytest.raises(refusal):
            actions.sign_authorisation(**(right | change), by=stage.worker, at=NOON)  # type: ignore[arg-type]
    assert not Authorisation.objects.exists()


@pytest.mark.requirement("A-6.5.1")
def test_a_typed_name_signs_without_the_consent_to_a_handwriting(stage: Stage) -> None:
    agreed = {one: version for one, version in AGREED.items() if one is not Purpose.HANDWRITING}
    row = signed(stage.worker, NOON, drawn="", written=stage.people[0].person.name, consents=agreed)
    assert row.read().startswith(b"%PDF")
    assert not accounts.consented(stage.people[0].person.pk, Purpose.HANDWRITING)
    with pytest.raises(given.NameDiffers):
        signed(stage.worker, LATER, drawn="", written="别人")


def test_a_code_sent_for_a_contract_signs_no_authorisation(stage: Stage) -> None:
    accounts.send_code(
        phone=stage.people[0].person.phone, purpose=CodePurpose.CONTRACT, by=stage.worker, at=NOON
    )
    with pytest.raises(accounts.CodeWrong):
        actions.sign_authorisation(
            items=ALL, version=1, consents=AGREED, drawn=drawn(), code=code_sent(), by=stage.worker, at=NOON
        )


def test_signing_again_replaces_the_one_before_and_the_database_keeps_one(
    stage: Stage, authorised: Authorisation
) -> None:
    first = authorised
    second = signed(stage.worker, LATER, NECESSARY)
    first.refresh_from_db()
    assert first.state == AuthorisationState.REPLACED
    facts = workers.authorisation_of(stage.workers[0].pk)
    assert facts is not None and facts.number == second.number and facts.items == NECESSARY
    assert state_of_code(stage) == "issued"
    with pytest.raises(IntegrityError), transaction.atomic():
        Authorisation.objects.filter(pk=first.pk).update(state=str(AuthorisationState.SIGNED))


@pytest.mark.parametrize("item", sorted(NECESSARY - {ArchiveItem.BASIC}))
def test_taking_back_a_necessary_item_suspends_the_code_and_leaves_the_rest(
    stage: Stage, item: ArchiveItem, authorised: Authorisation
) -> None:
    left = actions.withdraw_authorisation(items={item}, by=stage.worker, at=LATER)
    assert left is not None and left.missing == (item,)
    assert state_of_code(stage) == "suspended"


def test_taking_back_what_is_not_necessary_leaves_the_code(stage: Stage, authorised: Authorisation) -> None:
    left = actions.withdraw_authorisation(items={ArchiveItem.REVIEWS}, by=stage.worker, at=LATER)
    assert left is not None and left.complete and ArchiveItem.REVIEWS not in left.items
    assert state_of_code(stage) == "issued"


def test_taking_back_the_whole_ends_it_and_there_is_nothing_to_take_back_twice(
    stage: Stage, authorised: Authorisation
) -> None:
    row = authorised
    assert actions.withdraw_authorisation(by=stage.worker, at=LATER) is None
    row.refresh_from_db()
    assert row.state == AuthorisationState.WITHDRAWN
    assert not row.items.filter(withdrawn_at=None).exists()
    assert state_of_code(stage) == "suspended"
    with pytest.raises(given.NotAuthorised):
        actions.withdraw_authorisation(by=stage.worker, at=LATER)


@pytest.mark.parametrize(
    ("purpose", "left"),
    [
        (Purpose.HEALTH, ALL - {ArchiveItem.HEALTH}),
        (Purpose.BACKGROUND, ALL - {ArchiveItem.BACKGROUND}),
        (Purpose.SHARING, None),
        (Purpose.HANDWRITING, ALL),
    ],
)
def test_a_separate_consent_taken_back_takes_along_what_it_allowed(
    stage: Stage, purpose: Purpose, left: frozenset[ArchiveItem] | None, authorised: Authorisation
) -> None:
    accounts.withdraw_consent(purpose=purpose, by=stage.worker, at=LATER)
    facts = workers.authorisation_of(stage.workers[0].pk)
    assert (facts.items if facts else None) == left
    assert state_of_code(stage) == ("issued" if purpose is Purpose.HANDWRITING else "suspended")


@pytest.mark.requirement("B-6.1.2")
def test_who_leaves_the_agency_ends_the_authorisation_and_gives_the_code_back(stage: Stage) -> None:
    row, number = signed(stage.worker, NOON), safetycode.code_of(stage.workers[0].pk).number  # type: ignore[union-attr]
    workers.leave_agency(worker_id=stage.workers[0].pk, by=stage.worker, at=LATER)
    row.refresh_from_db()
    assert row.state == AuthorisationState.ENDED
    assert state_of_code(stage) == "revoked"
    workers.join_agency(
        worker_id=stage.workers[0].pk, organisation_id=stage.rival.organisation.pk,
        kind=workers.affiliation_of(stage.workers[1].pk, NOON).kind, by=stage.rival.actor, at=LATER,  # type: ignore[union-attr,arg-type]
    )  # fmt: skip
    assert workers.authorisation_of(stage.workers[0].pk) is None
    again_signed = signed(stage.worker, LATER + timedelta(hours=1))
    assert again_signed.organisation_id == stage.rival.organisation.pk
    again = safetycode.issue(worker_id=stage.workers[0].pk, by=SYSTEM, at=LATER)
    assert again.number == number
