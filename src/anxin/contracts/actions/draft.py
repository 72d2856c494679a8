"""Drafting a contract from its order, completing it, taking it back."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from anxin.agencies.values import Mode as AgencyMode
from anxin.audit.public import record
from anxin.catalogue.values import Mode as ServiceMode
from anxin.contracts import queries, rules
from anxin.contracts.actions import evidence, refusals
from anxin.contracts.actions.texts import load_built_in
from anxin.contracts.actions.typeset import typeset
from anxin.contracts.events import ContractReady
from anxin.contracts.models import Contract, Template
from anxin.contracts.states import ContractState
from anxin.contracts.values import CORRECTABLE, EvidenceKind, Form, Kind
from anxin.kit import clock, ids
from anxin.kit.actor import Actor
from anxin.kit.events import announce
from anxin.kit.fields import EncryptedJSONField
from anxin.kit.live import touch
from anxin.kit.models import begin, move
from anxin.kit.text import gettext_noop
from anxin.orders import public as orders
from anxin.orders.values import OrderState, Side, Timing

OPEN = (ContractState.DRAFTING, ContractState.READY)
PART_SIGNED = (ContractState.CUSTOMER_SIGNED, ContractState.WORKER_SIGNED)
LONG = (ServiceMode.LIVE_IN, ServiceMode.LIVE_OUT)
# What an addendum keeps of its own among the facts: why, and what held before.
OWN = ("reason", "fee_before", "period_before")


@transaction.atomic
def draft(*, order_id: UUID, by: Actor, at: datetime) -> Contract:
    """Generate the contract of an accepted order (B-7.3.2); again is no error. The worker is not known yet."""
    if (existing := queries.live_of_order(order_id)) is not None:
        return existing
    order = orders.by_id(order_id)
    try:
        with transaction.atomic():
            return _begin(order, form_for(order), Kind.CONTRACT, {}, by=by, at=at)
    except IntegrityError:
        # Another job was faster; its contract is as good.
        found = queries.live_of_order(order_id)
        if found is None:
            raise
        return found


@transaction.atomic
def complete(*, order_id: UUID, assignment_id: UUID, reason: str = "", by: Actor, at: datetime) -> Contract:
    """Put the worker whom both sides confirmed into the contract; what is complete is ready to sign.

    After signing, the new worker is an addendum of their own (`reason` says why); a contract that only the customer
    has signed is voided and drafted again. Safe to run twice.
    """
    contract = draft(order_id=order_id, by=by, at=at)
    if contract.state == ContractState.SIGNED:
        contract = _addendum(contract, assignment_id, reason, by=by, at=at)
    elif contract.state in PART_SIGNED:
        if contract.assignment_id == assignment_id:
            return contract
        void(contract, reason=gettext_noop("签署期间更换了服务员"), by=by, at=at)
        contract = draft(order_id=order_id, by=by, at=at)
    return refresh(contract, assignment_id=assignment_id, by=by, at=at)


@transaction.atomic
def refresh(contract: Contract, *, assignment_id: UUID | None, by: Actor, at: datetime) -> Contract:
    """Gather the facts anew, typeset them, and let the state follow what is missing.

    The customer's corrections stay. Does nothing once somebody has signed. A name that cannot be printed keeps it in
    draft, and all sides are told. Refuses: NotPrintable.
    """
    evidence.hold(contract.pk)
    contract = queries.by_id(contract.pk)
    if contract.state not in OPEN:
        return contract
    order = orders.by_id(contract.order_id)
    assignment = orders.agreed_assignment(order)
    if assignment is None or (assignment_id is not None and assignment.pk != assignment_id):
        return contract
    before = contract.values
    facts = queries.order_facts(order, assignment.worker_id, at)
    kept = {key: text for key, text in contract.facts.get("corrections", {}).items() if key in CORRECTABLE}
    values = rules.corrected({**facts["values"], **own_facts(contract)}, kept)
    facts = {**facts, "values": values, "corrections": kept}
    write_facts(contract, facts, assignment_id=assignment.pk)
    if rules.changes(before, values) == [] and (contract.document_id or queries.unprintable_names(contract)):
        return contract
    if queries.unprintable_names(contract):
        _tell_unprintable(contract, by=by, at=at)
        return settle(contract, by=by, at=at)
    document = typeset(contract, by=by, at=at)
    evidence.add(contract, EvidenceKind.COMPLETED, by=by, at=at, sha256=document.sha256,
                 revision=contract.revision, changed=rules.changes(before, values))  # fmt: skip
    return settle(contract, by=by, at=at)


def _tell_unprintable(contract: Contract, *, by: Actor, at: datetime) -> None:
    orders.add_note(
        order_id=contract.order_id, kind="contract_unprintable", by=by, at=at, to="customer provider worker",
        side="platform", text=gettext_noop("有一方的姓名里有字库没有的字，合同暂时不能签；更正姓名后会自动继续"),
    )  # fmt: skip


def settle(contract: Contract, *, by: Actor, at: datetime) -> Contract:
    """Ready when nothing is missing, drafting when something is."""
    lacking = queries.missing_items(contract)
    if not lacking and contract.state == ContractState.DRAFTING:
        move(contract, ContractState.READY, by=by, at=at)
        orders.mark_waiting(order_id=contract.order_id, side=Side.CUSTOMER)
        orders.add_note(
            order_id=contract.order_id, kind="contract_ready", by=by, at=at, to="customer", side="platform", sms=True,
            text=gettext_noop("补充合同已拟好，请阅读并签名") if contract.is_addendum
            else gettext_noop("合同已拟好，请阅读并签名"),
        )  # fmt: skip
        announce(ContractReady(contract.pk, contract.order_id))
    elif lacking and contract.state == ContractState.READY:
        move(
            contract,
            ContractState.DRAFTING,
            by=by,
            at=at,
            why="、".join(item.label for item in lacking)[:500],
        )
        orders.mark_waiting(order_id=contract.order_id, side=Side.AGENCY)
    touch(f"contract:{contract.pk}")
    return contract


def own_facts(contract: Contract) -> dict[str, str]:
    """What only the contract itself knows."""
    day = clock.local(contract.created_at)
    found = {"contract.number": contract.number, "contract.date": f"{day.year}年{day.month}月{day.day}日"}
    if contract.parent is not None:
        found["addendum.parent"] = contract.parent.number
        found["addendum.reason"] = contract.facts.get("reason", "") or "双方协商更换"
        found["addendum.fee_before"] = contract.facts.get("fee_before", "")
        found["addendum.period_before"] = contract.facts.get("period_before", "")
    return found


def write_facts(contract: Contract, facts: dict[str, Any], **fields: Any) -> None:
    """Store facts (what is an addendum's own stays) and fields in one conditional statement."""
    facts = {**facts, **{name: contract.facts[name] for name in OWN if contract.facts.get(name)}}
    column = Contract._meta.get_field("facts")
    assert isinstance(column, EncryptedJSONField)
    changed = Contract.objects.filter(pk=contract.pk, state=contract.state).update(
        facts=column.sealed(contract, facts), **fields
    )
    if not changed:
        raise refusals.TextChanged
    contract.facts = facts
    for name, value in fields.items():
        setattr(contract, name, value)


def _addendum(parent: Contract, assignment_id: UUID, reason: str, *, by: Actor, at: datetime) -> Contract:
    """The open addendum of a signed contract for a new worker; a new one when there is none."""
    existing = Contract.objects.filter(parent=parent, assignment=assignment_id).exclude(
        state=ContractState.VOID
    )
    if (found := existing.first()) is not None:
        return queries.by_id(found.pk)
    if parent.assignment_id == assignment_id:
        return parent
    for old in Contract.objects.filter(parent=parent, state__in=[*OPEN, *PART_SIGNED]):
        void(old, reason=gettext_noop("又更换了服务员"), by=by, at=at)
    order = orders.by_id(parent.order_id)
    return _begin(order, Form.REPLACEMENT, Kind.ADDENDUM, {"reason": reason}, by=by, at=at, parent=parent)


def _moved(parent: Contract, *, by: Actor, at: datetime) -> Contract:
    """The addendum that says the new time and price: the open one of the order if there is one, else a new one."""
    order = orders.by_id(parent.order_id)
    if order.state != OrderState.CONTRACTING:
        return parent
    standing = Contract.objects.filter(parent=parent).exclude(state=ContractState.VOID).order_by("created_at")
    last = standing.last()
    if last is not None and last.state in OPEN:
        return refresh(queries.by_id(last.pk), assignment_id=None, by=by, at=at)
    form, extra = Form.RESCHEDULED, _before(queries.by_id(last.pk) if last else parent)
    if last is not None and last.state in PART_SIGNED:
        form, extra = Form(last.template.form), {name: last.facts[name] for name in OWN if name in last.facts}
        void(last, reason=gettext_noop("签署期间改了服务时间"), by=by, at=at)
    fresh = _begin(order, form, Kind.ADDENDUM, extra, by=by, at=at, parent=parent)
    return refresh(fresh, assignment_id=None, by=by, at=at)


def _before(signed: Contract) -> dict[str, str]:
    """What the paper that stands says of time and price."""
    values = signed.values
    return {"fee_before": values.get("fee.amount", ""), "period_before": values.get("service.period", "")}


def _begin(
    order: orders.Order, form: Form, kind: Kind, extra: dict[str, Any], *, by: Actor, at: datetime,
    parent: Contract | None = None,
) -> Contract:  # fmt: skip
    assert order.provider_id is not None, "an accepted order has a provider"
    contract = Contract(
        number=ids.number("C", at), kind=str(kind), order=order, organisation_id=order.provider_id,
        person_id=order.customer.person_id, parent=parent, template=_template(form, at), created_at=at,
        tripartite=parent.tripartite if parent else form is Form.TRIPARTITE,
    )  # fmt: skip
    contract.facts = extra
    facts = queries.order_facts(order, None, at)
    contract.facts = {**facts, **extra, "values": {**facts["values"], **own_facts(contract)}}
    begin(contract, by=by, at=at)
    evidence.add(contract, EvidenceKind.GENERATED, by=by, at=at, order=order.number,
                 text=contract.template.name, text_sha256=contract.template.sha256)  # fmt: skip
    record("contracts.draft", by=by, at=at, subject="contract", subject_id=contract.pk,
           detail={"number": contract.number, "order": order.number, "kind": contract.kind})  # fmt: skip
    touch(f"order:{order.pk}")
    return contract


def form_for(order: orders.Order) -> Form:
    """The form that fits how the agency works with its workers, as the order's terms froze it: a broker's contract has
    three parties; an employer's is the long one where the worker comes for a period."""
    if order.terms.get("engagement") == AgencyMode.BROKER:
        return Form.TRIPARTITE
    long = order.mode in LONG or order.timing != Timing.ONCE
    return Form.EMPLOYED if long else Form.ONCE


def _template(form: Form, at: datetime) -> Template:
    found = queries.template_for(form, at)
    if found is None:
        load_built_in(at=at)
        found = queries.template_for(form, at)
    assert found is not None
    return found


@transaction.atomic
def void(contract: Contract, *, reason: str, by: Actor, at: datetime) -> Contract:
    """The contract no longer stands: cancelled, or drawn up again. What was signed stays as evidence."""
    move(contract, ContractState.VOID, by=by, at=at, why=reason)
    evidence.add(contract, EvidenceKind.VOIDED, by=by, at=at, reason=reason)
    record("contracts.void", by=by, at=at, subject="contract", subject_id=contract.pk)
    touch(f"contract:{contract.pk}")
    return contract


@transaction.atomic
def void_of_order(*, order_id: UUID, reason: str, by: Actor, at: datetime) -> int:
    """Void every contract of a cancelled order; returns how many."""
    found = Contract.objects.filter(order=order_id).exclude(state=ContractState.VOID)
    standing = list(found.order_by("-created_at"))
    for contract in standing:
        void(contract, reason=reason, by=by, at=at)
    return len(standing)


@transaction.atomic
def unassign(*, order_id: UUID, by: Actor, at: datetime) -> int:
    """The worker no longer comes: nobody signs a paper that names them. What is unsigned or half signed is void (the
    contract is drafted again for the next worker); a contract that both signed stands. Returns how many."""
    contract = queries.live_of_order(order_id)
    if contract is None or orders.agreed_assignment(orders.by_id(order_id)) is not None:
        return 0
    standing = contract.state == ContractState.SIGNED
    rows = Contract.objects.filter(parent=contract) if standing else Contract.objects.filter(pk=contract.pk)
    open_rows = list(rows.filter(state__in=[*OPEN, *PART_SIGNED], assignment__isnull=False))
    for one in open_rows:
        void(one, reason=gettext_noop("选定的服务员不能来了"), by=by, at=at)
    if open_rows and not standing:
        draft(order_id=order_id, by=by, at=at)
    return len(open_rows)


@transaction.atomic
def refresh_of_order(*, order_id: UUID, by: Actor, at: datetime) -> Contract | None:
    """The order was moved: an unsigned contract says the new time; one that the customer alone has signed is drawn up
    again. A signed contract says itself that times may be moved by agreement on the platform; where the new day has
    another price, the order waits for an addendum that both sign.
    """
    contract = queries.live_of_order(order_id)
    if contract is None:
        return None
    if contract.state == ContractState.SIGNED:
        return _moved(contract, by=by, at=at)
    if contract.state not in PART_SIGNED:
        return refresh(contract, assignment_id=None, by=by, at=at)
    assignment_id = contract.assignment_id
    void(contract, reason=gettext_noop("签署期间改了服务时间"), by=by, at=at)
    fresh = draft(order_id=order_id, by=by, at=at)
    return refresh(fresh, assignment_id=assignment_id, by=by, at=at)


@transaction.atomic
def refresh_of_person(*, person_id: UUID, by: Actor, at: datetime) -> int:
    """A party's name or number is another now: every contract that nobody has signed says it. Returns how many."""
    found = queries.unsigned_of(person_id)
    for contract in found:
        refresh(contract, assignment_id=None, by=by, at=at)
    return len(found)
