"""The customer reads, and puts right what is theirs."""

from __future__ import annotations

import pytest

from anxin.contracts import queries
from anxin.contracts.actions import refusals, review
from anxin.contracts.values import EvidenceKind
from anxin.kit.errors import Refusal
from anxin.orders.rules import contact_in, door_in
from tests.cast import NOON
from tests.contracts.conftest import Deal

PLACE = "service.place_detail"


@pytest.mark.requirement("B-7.3.2")
def test_a_correction_makes_a_new_document_and_is_recorded(deal: Deal) -> None:
    before = deal.seen
    review.correct(deal.contract, wishes={PLACE: "临天路 100 号 3 幢 503 室"}, by=deal.customer, at=NOON)
    contract = deal.contract
    assert contract.values["service.place"].endswith("锦城街道临天路 100 号 3 幢 503 室")
    assert contract.values["customer.residence"].endswith("502 室")
    assert contract.revision == 2
    assert deal.seen != before
    last = queries.evidence_of(contract).links[-1]
    assert last.kind == EvidenceKind.CORRECTED
    assert last.detail["changed"] == ["service.place", PLACE]
    assert "503 室" not in str(last.detail)
    assert deal.order.notes.filter(kind="contract_corrected").exists()


@pytest.mark.requirement("B-7.3.2", "B-7.5.1")
def test_whoever_comes_goes_by_what_was_put_right(deal: Deal) -> None:
    """The worker was led to the old door, and an addendum named it again."""
    wishes = {PLACE: "临天路 100 号 3 幢 503 室", "service.contact": "陈静的妈妈 19900008888"}
    review.correct(deal.contract, wishes=wishes, by=deal.customer, at=NOON)
    deal.order.refresh_from_db()
    place = deal.order.place
    assert place["detail"] == "临天路 100 号 3 幢 503 室"
    assert (place["contact"], place["phone"]) == ("陈静的妈妈", "19900008888")
    said = deal.order.wishes
    deal.sign()
    deal.seal()
    deal.later(hours=1).agree(1, replaces=deal.contract.assignment)
    addendum = deal.contract
    assert addendum.is_addendum
    assert addendum.values["service.place"].endswith("503 室")
    assert addendum.values["service.contact"] == "陈静的妈妈 19900008888"
    deal.order.refresh_from_db()
    assert deal.order.wishes == said


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("民主社区临天路 3 号", {"detail": "临天路 3 号"}),
        ("胜利社区临天路 3 号", {"detail": "胜利社区临天路 3 号", "village": ""}),
        ("民主社区", {"detail": "民主社区", "village": ""}),
    ],
)
def test_the_village_is_not_written_twice(words: str, found: dict[str, str]) -> None:
    assert door_in(words, village="民主社区") == found


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("陈静 19900000001", {"contact": "陈静", "phone": "19900000001"}),
        ("19900000001（妈妈）", {"contact": "妈妈", "phone": "19900000001"}),
        ("门卫室 0571-63710000", {"contact": "门卫室 0571-63710000"}),
        ("19900000001", {"phone": "19900000001"}),
        ("", {}),
    ],
)
def test_a_line_is_read_as_a_name_and_a_number(words: str, found: dict[str, str]) -> None:
    assert contact_in(words) == found


def test_a_correction_survives_the_next_completion(deal: Deal) -> None:
    review.correct(deal.contract, wishes={"service.remarks": "请按门铃"}, by=deal.customer, at=NOON)
    deal.agree(1, replaces=deal.contract.assignment)
    assert deal.contract.values["service.remarks"] == "请按门铃"
    assert deal.contract.values["worker.name"] == "李梅"


def test_a_heart_among_the_words_does_not_keep_them_from_being_put_right(deal: Deal) -> None:
    """It was refused with the advice to ring the service, though the same heart in the wishes is left out."""
    review.correct(deal.contract, wishes={"service.remarks": "家有小狗🐶，谢谢❤️"}, by=deal.customer, at=NOON)
    assert deal.contract.values["service.remarks"] == "家有小狗，谢谢"


def test_what_is_not_theirs_stays(deal: Deal) -> None:
    with pytest.raises(refusals.NothingCorrected):
        review.correct(
            deal.contract, wishes={"fee.amount": "1.00", "worker.name": "我"}, by=deal.customer, at=NOON
        )
    assert deal.contract.values["fee.amount"] == "150.00"
    assert deal.contract.revision == 1


REFUSED: list[tuple[dict[str, str], type[Refusal]]] = [
    ({PLACE: "  "}, refusals.PlaceNeeded),
    ({PLACE: "长" * 101}, refusals.CorrectionTooLong),
    ({"service.contact": "长" * 61}, refusals.CorrectionTooLong),
    ({"service.remarks": "\U00031350"}, refusals.NotPrintable),
    ({}, refusals.NothingCorrected),
]


def test_a_bad_correction_is_refused_and_nothing_changes(deal: Deal) -> None:
    before = deal.contract
    for wishes, refusal in REFUSED:
        with pytest.raises(refusal):
            review.correct(deal.contract, wishes=wishes, by=deal.customer, at=NOON)
    assert deal.contract.values == before.values
    assert deal.contract.document_id == before.document_id
    assert len(queries.evidence_of(before).links) == 2


def test_nobody_else_corrects_and_nobody_after_signing(deal: Deal) -> None:
    with pytest.raises(refusals.OnlyCustomer):
        review.correct(deal.contract, wishes={PLACE: "别处"}, by=deal.head, at=NOON)
    deal.sign()
    with pytest.raises(refusals.AlreadySigned):
        review.correct(deal.contract, wishes={PLACE: "别处"}, by=deal.customer, at=NOON)


def test_reading_is_kept_once_for_each_revision(deal: Deal) -> None:
    for _ in range(2):
        review.mark_read(deal.contract, by=deal.customer, at=NOON)
    review.correct(deal.contract, wishes={"service.remarks": "请按门铃"}, by=deal.customer, at=NOON)
    review.mark_read(deal.contract, by=deal.customer, at=NOON)
    review.mark_read(deal.contract, by=deal.head, at=NOON)
    kinds = [link.kind for link in queries.evidence_of(deal.contract).links]
    assert kinds.count("read") == 2
