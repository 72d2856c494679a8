"""The bill: from terms and actual service, questioned, corrected, accepted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from anxin.kit.jobs import drain
from anxin.kit.models import NotAllowed
from anxin.ledger.public import balance, trial_balance
from anxin.ledger.values import AccountRef, Code
from anxin.notices.models import Notice
from anxin.orders.models import Extra, Order
from anxin.orders.public import ServiceConfirmed
from anxin.payments import actions, queries
from anxin.payments.actions import refusals
from anxin.payments.models import Bill
from anxin.payments.public import amount_due, bills_of
from anxin.payments.states import BILL, PAYMENT, REFUND, BillState
from anxin.payments.values import Adjustment, BillKind
from tests.cast import NOON, Member
from tests.payments.conftest import PRICES

pytestmark = pytest.mark.django_db


def _receivable(bill: Bill) -> int:
    return balance(
        AccountRef(
            Code.CUSTOMER_RECEIVABLE, organisation_id=bill.organisation_id, about_person_id=bill.payer_id
        )
    )


def _income(bill: Bill) -> int:
    return -balance(AccountRef(Code.SERVICE_INCOME, organisation_id=bill.organisation_id))


@pytest.mark.requirement("B-7.8.1")
def test_the_confirmation_of_the_service_draws_the_bill(order: Order) -> None:
    from anxin.kit.events import announce

    announce(ServiceConfirmed(order.pk))
    drain(NOON)
    order.refresh_from_db()
    assert order.state == "billed"
    [facts] = bills_of(order.pk)
    assert (facts.kind, facts.total_fen, facts.due_fen, facts.state) == ("service", 14500, 14500, "drawn")
    bill = Bill.objects.get()
    lines = [(line.code, line.quantity, line.unit_price_fen, line.amount_fen) for line in bill.lines.all()]
    assert lines == [("service", Decimal(3), 4500, 13500), ("base", Decimal(1), 1000, 1000)]
    assert (_receivable(bill), _income(bill)) == (14500, 14500)
    assert amount_due(order.pk) == 14500


@pytest.mark.requirement("B-7.8.1")
@pytest.mark.parametrize(
    ("worked", "service_fen"),
    [(3, 13500), (2.0, 9000), (2.4, 11250), (0.5, 9000), (5, 13500)],
)
def test_the_bill_follows_the_hours_really_worked_but_never_more_than_agreed(
    make_order: Callable[..., Order], worked: float, service_fen: int
) -> None:
    order = make_order(worked=worked)
    bill = actions.draw_bill(order_id=order.pk, at=NOON)
    assert bill.lines.get(code="service").amount_fen == service_fen


@pytest.mark.requirement("B-7.8.1")
def test_extras_count_once_the_customer_agreed(order: Order) -> None:
    visit = order.visits.get()
    for state, label in (("agreed", "清洗冰箱"), ("refused", "擦窗"), ("proposed", "除螨")):
        Extra.objects.create(
            order=order, visit=visit, label=label, quantity=Decimal(2), unit="台", price_fen=3000, state=state,
            proposed_by=order.entered_by, proposed_at=NOON,
        )  # fmt: skip
    bill = actions.draw_bill(order_id=order.pk, at=NOON)
    extra = bill.lines.get(code__startswith="extra")
    assert (extra.label, extra.amount_fen, bill.total_fen) == ("清洗冰箱", 6000, 20500)


def test_a_line_is_rounded_half_up_and_the_total_is_the_sum_of_the_lines(
    make_order: Callable[..., Order],
) -> None:
    order = make_order(worked=2.5, prices=replace(PRICES, unit_price_fen=3333))
    bill = actions.draw_bill(order_id=order.pk, at=NOON)
    assert bill.lines.get(code="service").amount_fen == 8333  # 2.5 × 33.33 = 83.325
    assert bill.total_fen == sum(line.amount_fen for line in bill.lines.all())


def test_the_bill_is_drawn_once(order: Order) -> None:
    first = actions.draw_bill(order_id=order.pk, at=NOON)
    assert actions.draw_bill(order_id=order.pk, at=NOON + timedelta(hours=1)) == first
    assert Bill.objects.count() == 1
    assert _income(first) == 14500


def test_an_order_that_is_not_completed_is_not_billed(make_order: Callable[..., Order]) -> None:
    order = make_order(state="in_service")
    with pytest.raises(refusals.NotBillable):
        actions.draw_bill(order_id=order.pk, at=NOON)
    assert not Bill.objects.exists()


@pytest.mark.requirement("B-7.8.1")
def test_a_question_is_answered_and_the_bill_stands(
    bill: Bill, chen_jing: Member, jia_finance: Member
) -> None:
    question = actions.question_bill(bill, text="为什么收上门费？", by=chen_jing.actor, at=NOON)
    drain(NOON)
    told = Notice.objects.filter(person_id=jia_finance.person.pk, kind="orders.bill_question")
    assert told.count() == 1, "who can answer it hears of it"
    with pytest.raises(NotAllowed):
        actions.accept_bill(bill, by=chen_jing.actor, at=NOON)
    actions.answer_question(bill, answer="合同里写明每次 10 元。", by=jia_finance.actor, at=NOON)
    question.refresh_from_db()
    assert (bill.state, question.answer, question.adjusted) == ("drawn", "合同里写明每次 10 元。", False)
    actions.accept_bill(bill, by=chen_jing.actor, at=NOON)
    assert bill.state == BillState.ACCEPTED


@pytest.mark.requirement("B-7.8.1")
def test_a_correction_is_a_new_version_with_its_reason(
    bill: Bill, chen_jing: Member, jia_head: Member
) -> None:
    actions.question_bill(bill, text="服务员迟到了", by=chen_jing.actor, at=NOON)
    newer = actions.adjust_bill(
        bill,
        adjustments=[Adjustment("迟到减免", -2000)],
        reason="服务员迟到半小时",
        by=jia_head.actor,
        at=NOON,
    )
    bill.refresh_from_db()
    assert (bill.state, newer.version, newer.supersedes, newer.total_fen) == ("superseded", 2, bill, 12500)
    assert newer.lines.get(code="adjustment").explanation == "服务员迟到半小时"
    assert bill.questions.get().adjusted
    assert (_receivable(newer), _income(newer)) == (12500, 12500)
    assert queries.live_bill(bill.order_id, BillKind.SERVICE) == newer
    assert set(trial_balance().values()) == {0}


@pytest.mark.parametrize(
    ("adjustments", "reason", "refusal"),
    [
        ([Adjustment("减免", -14501)], "太多", refusals.BelowZero),
        ([Adjustment("减免", 0)], "零", refusals.AdjustmentWrong),
        ([], "无", refusals.AdjustmentWrong),
        ([Adjustment("减免", -100)], "  ", refusals.WordsNeeded),
    ],
)
def test_a_correction_that_makes_no_sense_changes_nothing(
    bill: Bill, jia_head: Member, adjustments: list[Adjustment], reason: str, refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        actions.adjust_bill(bill, adjustments=adjustments, reason=reason, by=jia_head.actor, at=NOON)
    bill.refresh_from_db()
    assert (bill.state, Bill.objects.count(), _income(bill)) == ("drawn", 1, 14500)


def test_only_the_payer_accepts_and_only_the_agency_corrects(
    bill: Bill, stranger: Member, zhou_min: Member, yi_head: Member, jia_dispatcher: Member, chen_jing: Member
) -> None:
    for who in (stranger, zhou_min, yi_head):
        with pytest.raises(refusals.OnlyPayer):
            actions.accept_bill(bill, by=who.actor, at=NOON)
        with pytest.raises(refusals.OnlyPayer):
            actions.question_bill(bill, text="?", by=who.actor, at=NOON)
    for who in (stranger, yi_head, jia_dispatcher, chen_jing):
        with pytest.raises(refusals.OnlyAgency):
            actions.adjust_bill(bill, adjustments=[Adjustment("x", -1)], reason="x", by=who.actor, at=NOON)
    bill.refresh_from_db()
    assert bill.state == "drawn"


def test_who_sees_a_bill(
    bill: Bill, chen_jing: Member, zhou_min: Member, stranger: Member, jia_head: Member, jia_finance: Member,
    jia_dispatcher: Member, yi_finance: Member, operations: Member, reviews_admin: Member,
) -> None:  # fmt: skip
    for who in (chen_jing, jia_head, jia_finance, operations):
        assert queries.bill_by_number(bill.number, who.actor) == bill
    for who in (zhou_min, stranger, jia_dispatcher, yi_finance, reviews_admin):
        assert queries.bill_by_number(bill.number, who.actor) is None


def test_lists_take_a_fixed_number_of_queries(
    make_order: Callable[..., Order], chen_jing: Member, jia_finance: Member, django_assert_num_queries
) -> None:
    for _ in range(4):
        bill = actions.draw_bill(order_id=make_order().pk, at=NOON)
        actions.question_bill(bill, text="?", by=chen_jing.actor, at=NOON)
    customer, finance = chen_jing.actor, jia_finance.actor
    with django_assert_num_queries(1):
        assert [b.organisation.name for b in queries.customer_bills(customer)]
    with django_assert_num_queries(2):
        rows = list(queries.desk_bills(finance))
        assert [len(b.open_questions) for b in rows] == [1, 1, 1, 1]
        assert rows[0].order.number
    with django_assert_num_queries(6):
        found = queries.bill_by_number(rows[0].number, finance)
        assert found is not None
        assert len(found.lines.all()) == 2
        assert not found.live_requests


@pytest.mark.requirement("B-7.8.1")
def test_a_deposit_is_asked_for_used_up_and_the_rest_given_back(
    make_order: Callable[..., Order], chen_jing: Member, cashier
) -> None:
    from anxin.payments.models import Refund
    from anxin.payments.values import PayWay

    order = make_order(state="signed", prices=replace(PRICES, deposit_fen=20000))
    deposit = actions.draw_deposit(order_id=order.pk, at=NOON)
    assert deposit is not None
    actions.accept_bill(deposit, by=chen_jing.actor, at=NOON)
    payment = actions.start_payment(deposit, way=PayWay.H5, by=chen_jing.actor, at=NOON)
    cashier.pay(payment.url, "pay")
    drain(NOON)
    assert queries.deposit_left(order.pk) == 20000
    Order.objects.filter(pk=order.pk).update(state="completed")
    bill = actions.draw_bill(order_id=order.pk, at=NOON)
    assert (bill.total_fen, bill.deposit_fen, bill.due_fen) == (14500, 14500, 0)
    actions.accept_bill(bill, by=chen_jing.actor, at=NOON)
    order.refresh_from_db()
    assert (bill.state, order.state) == ("paid", "paid")
    assert queries.deposit_left(order.pk) == 5500
    drain(NOON)
    refund = Refund.objects.get()
    assert (refund.amount_fen, refund.cause) == (5500, "deposit")
    cashier.set(NOON + timedelta(seconds=5))
    cashier.channel.step()
    refund.refresh_from_db()
    assert refund.state == "succeeded"
    held = AccountRef(Code.DEPOSIT_HELD, organisation_id=bill.organisation_id, about_person_id=bill.payer_id)
    assert balance(held) == 0
    assert balance(AccountRef(Code.CHANNEL_CLEARING)) == 14500
    assert set(trial_balance().values()) == {0}


@pytest.mark.parametrize("machine", [BILL, PAYMENT, REFUND])
def test_every_state_can_be_reached_and_final_states_have_no_way_out(machine) -> None:
    reached = {machine.initial, *(t for targets in machine.moves.values() for t in targets)}
    assert reached == set(machine.states)
    assert machine.final
