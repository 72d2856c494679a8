"""Which form of contract an order gets; and the form of three parties, which the worker signs too."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from anxin.agencies.models import Agency
from anxin.contracts import queries, rules
from anxin.contracts.actions import refusals, sign
from anxin.contracts.actions.draft import form_for
from anxin.contracts.actions.texts import BUILT_IN, FOLDER, load_built_in
from anxin.contracts.engine import text as texts
from anxin.contracts.engine.verify import verify
from anxin.contracts.models import Contract, Signature, Template
from anxin.contracts.states import ContractState
from anxin.contracts.values import CLAUSES, FACTS, TABLES, Form
from anxin.kit import jobs
from anxin.orders.actions import offer
from anxin.orders.models import Order
from anxin.orders.states import OrderState
from tests.cast import NOON, Member
from tests.contracts.conftest import Deal, last_code
from tests.contracts.material import drawn
from tests.stage import Stage
from tests.tape import taped

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("B-7.3.2")]
At = Callable[..., Client]


@taped
def brokered(stage: Stage) -> Deal:
    """The agency only brokers; worker and customer have agreed."""
    from anxin.agencies.queries.agencies import frozen_version

    Agency.objects.filter(organisation=stage.head.organisation).update(mode="broker")
    frozen_version.cache_clear()
    order = stage.ask()
    offer.accept(order, organisation_id=stage.head.organisation.pk, by=stage.head.actor, at=NOON)
    jobs.drain(NOON)
    found = Deal(stage, order)
    found.agree()
    return found


def worker_signs(deal: Deal, **changed: Any) -> Contract:
    by = deal.stage.worker
    given = {"drawn": drawn(), "consent": True, "seen": deal.seen, "by": by, "at": deal.at}
    if "code" not in changed:
        sign.send_code(deal.contract, by=by, at=deal.at)
        given["code"] = last_code()
    return sign.sign(deal.contract, **{**given, **changed})


@pytest.mark.parametrize("form", list(BUILT_IN))
def test_each_text_of_ours_says_all_that_a_contract_must(form: Form) -> None:
    text = texts.read((FOLDER / BUILT_IN[form]).read_text(encoding="utf-8"))
    assert not texts.check(text, markers=frozenset(FACTS), tables=TABLES, tags=frozenset(CLAUSES))
    shown = text.markers | {key for key in FACTS if key.split(".")[0] in text.tables}
    assert not [item.label for item in rules.MANDATORY if item.key in FACTS and item.key not in shown]


def test_our_own_texts_are_not_called_official(db: None) -> None:
    load_built_in(at=NOON)
    rows = Template.objects.all()
    assert {row.form for row in rows} == {str(form) for form in BUILT_IN}
    assert not any(row.official for row in rows)


def test_the_form_follows_the_frozen_terms_and_how_the_worker_comes() -> None:
    def order(engagement: str, mode: str, timing: str = "once") -> Order:
        return Order(terms={"engagement": engagement}, mode=mode, timing=timing)

    assert form_for(order("employer", "hourly")) is Form.ONCE
    assert form_for(order("employer", "live_in")) is Form.EMPLOYED
    assert form_for(order("employer", "hourly", "recurring")) is Form.EMPLOYED
    assert form_for(order("dispatch", "live_out")) is Form.EMPLOYED
    assert form_for(order("broker", "hourly")) is Form.TRIPARTITE
    assert form_for(Order(terms={}, mode="hourly", timing="once")) is Form.ONCE


def test_acceptance_freezes_how_the_agency_works(brokered: Deal) -> None:
    Agency.objects.update(mode="employer")
    brokered.order.refresh_from_db()
    assert brokered.order.terms["engagement"] == "broker"
    assert brokered.contract.template.form == Form.TRIPARTITE


def test_three_sign_in_their_order_and_the_seal_comes_last(brokered: Deal) -> None:
    assert brokered.contract.state == ContractState.READY
    with pytest.raises(refusals.CustomerBefore):
        sign.send_code(brokered.contract, by=brokered.stage.worker, at=NOON)
    brokered.sign()
    assert brokered.contract.waits_for_worker
    brokered.order.refresh_from_db()
    assert brokered.order.waits_for == "worker"
    with pytest.raises(refusals.WorkerFirst):
        brokered.seal()
    brokered.later(minutes=2)
    assert worker_signs(brokered).state == ContractState.WORKER_SIGNED
    with pytest.raises(refusals.AlreadySigned):
        sign.signable(brokered.contract, brokered.stage.worker)
    brokered.seal()
    brokered.order.refresh_from_db()
    assert brokered.order.state == OrderState.SIGNED
    paper, root = queries.document_of(brokered.contract), queries.root_certificate()
    assert paper is not None and root is not None
    found = verify(paper.read(), root=root, at=NOON + timedelta(days=1))
    assert found.sound
    assert [s.signer for s in found.signatures] == ["陈静", "王芳", "临安甲家政服务有限公司"]
    assert [s.party for s in queries.signatures_of(brokered.contract)] == ["customer", "worker", "agency"]
    record = queries.public_record(brokered.contract.number, at=NOON + timedelta(days=1))
    assert record is not None and record.intact


def test_nobody_else_signs_for_the_worker(brokered: Deal, stranger: Member) -> None:
    brokered.sign()
    for by in (stranger.actor, brokered.stage.people[1].actor, brokered.head):
        with pytest.raises(refusals.OnlyCustomer):
            sign.signable(brokered.contract, by)
    assert not Contract.objects.visible_to(stranger.actor).exists()
    assert not Contract.objects.visible_to(brokered.stage.people[1].actor).exists()
    assert Contract.objects.visible_to(brokered.stage.worker).count() == 1
    assert Signature.objects.count() == 1


def test_in_a_contract_of_two_the_worker_neither_reads_nor_signs(deal: Deal) -> None:
    assert not Contract.objects.visible_to(deal.stage.worker).exists()
    with pytest.raises(refusals.OnlyCustomer):
        sign.signable(deal.contract, deal.stage.worker)


def test_a_missing_item_keeps_all_three_from_signing(brokered: Deal) -> None:
    contract = brokered.contract
    contract.facts = {**contract.facts, "values": {**contract.values, "worker.health": ""}}
    contract.save(update_fields=["facts"])
    with pytest.raises(refusals.ItemsMissing) as told:
        sign.signable(brokered.contract, brokered.customer)
    assert "健康状况" in str(told.value)


def test_the_worker_signs_on_their_own_page(brokered: Deal, client_of: At) -> None:
    number = brokered.contract.number
    brokered.sign()
    client = client_of(brokered.stage.people[0])
    assert "去签名" in client.get(f"/contracts/{number}/").content.decode()
    page = client.get(f"/contracts/{number}/signature/")
    assert page.status_code == 200 and "0032" in page.content.decode()
