"""The end of an account: asked, thought over, and then what the register says is destroyed."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from uuid import UUID

from django.apps import apps
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from anxin.accounts import public as accounts
from anxin.audit.public import record
from anxin.governance import rules
from anxin.governance.actions.blank import destroy, remove
from anxin.governance.models import Closing
from anxin.governance.queries.copy import rows_of
from anxin.governance.queries.duties import duties
from anxin.governance.states import ClosingState
from anxin.governance.values import HOLDINGS, Holding
from anxin.governance.values.copies import CLOSING_DAYS
from anxin.kit.actor import SYSTEM, Actor
from anxin.kit.errors import Conflict, NotFound
from anxin.kit.models import begin, move
from anxin.kit.text import gettext_noop
from anxin.messaging import public as messaging
from anxin.notices import public as notices
from anxin.policies import public as policies
from anxin.safetycode import public as safetycode
from anxin.safetycode.values import Ground, MeasureKind
from anxin.workers import public as workers
from anxin.workers.values import WorkerState

CLOSED = gettext_noop("账号已注销")


class StillOpen(Conflict):
    code = "still_open"
    message = _("还有没办完的事，暂时不能注销：%(what)s")


class ClosingAsked(Conflict):
    code = "closing_asked"
    message = _("您已经申请注销。")


@transaction.atomic
def ask(*, by: Actor, at: datetime) -> Closing:
    """Ask for the end of one's account; it comes after some days (policy), until then it can be taken back.

    Refuses: StillOpen (says which orders, bills, refunds, invoices, posts), ClosingAsked.
    Source: 个人信息保护法 art. 47; 电子商务法 art. 24; GB/T 35273-2020 (15 working days at most).
    """
    accounts.lock(by.person)
    if found := duties(by.person, at):
        raise StillOpen(what="；".join(one.words for one in found))
    days = policies.read(CLOSING_DAYS, at=at)
    row = Closing(person_id=by.person, due_at=at + timedelta(days=days), created_at=at)
    try:
        with transaction.atomic():
            begin(row, by=by, at=at)
    except IntegrityError as error:
        raise ClosingAsked from error
    record("governance.ask_closing", by=by, at=at, subject="closing", subject_id=row.pk)
    notices.tell(
        by.person, kind="governance.closing", title=gettext_noop("已收到您的注销申请"),
        body=gettext_noop("%(days)s 天后正式注销；在此之前可以撤回。"), params={"days": days},
        url="/me/privacy/closing/", at=at, sms=True,
    )  # fmt: skip
    return row


@transaction.atomic
def withdraw(*, by: Actor, at: datetime) -> Closing:
    """Stay. Refuses NotFound when nothing was asked."""
    row: Closing | None = Closing.objects.filter(person_id=by.person, state=ClosingState.ASKED).first()
    if row is None:
        raise NotFound
    move(row, ClosingState.WITHDRAWN, by=by, at=at)
    record("governance.withdraw_closing", by=by, at=at, subject="closing", subject_id=row.pk)
    return row


def close_due(*, at: datetime) -> int:
    """Close the accounts whose days are over. Whoever has something open again stays, and is told. Returns how many."""
    done = 0
    for row in Closing.objects.filter(state=ClosingState.ASKED, due_at__lte=at).order_by("due_at")[:200]:
        with transaction.atomic():
            accounts.lock(row.person_id)
            if duties(row.person_id, at):
                move(row, ClosingState.WITHDRAWN, by=SYSTEM, at=at, why="still open")
                notices.tell(
                    row.person_id, kind="governance.closing", title=gettext_noop("账号没有注销"),
                    body=gettext_noop("还有没办完的事。办完后请再申请一次。"), url="/me/privacy/closing/", at=at,
                )  # fmt: skip
                continue
            counts = erase(person_id=row.person_id, by=SYSTEM, at=at)
            move(row, ClosingState.DONE, by=SYSTEM, at=at, counts=counts)
            done += 1
    return done


@transaction.atomic
def erase(*, person_id: UUID, by: Actor, at: datetime) -> dict[str, int]:
    """Destroy what is held of a person, column by column as the register says. Returns rows touched by model.

    Ledger, bills and contracts stay, under a key without a name; what the law wants kept stays sealed until its
    time is over; reviews stay as anonymous ones. Safe to run twice.
    """
    secrets = _secrets(person_id)
    phone = accounts.people([person_id])[person_id].phone
    _leave_the_trade(person_id, at)
    accounts.end_account(person_id=person_id, by=by, at=at)
    counts: Counter[str] = Counter()
    # The person last: other columns are hashed from the name that stands there.
    for one in sorted(HOLDINGS, key=lambda holding: holding.model == "accounts.Person"):
        if one.subject and one.keep != "health_original":
            counts[one.model] += _of(one, person_id, secrets)
    if phone:
        counts["messaging.SmsMessage"] += messaging.forget_phone(phone)
    apps.get_model("reviews.Review")._base_manager.filter(author_id=person_id).update(anonymous=True)
    record("governance.erase", by=by, at=at, subject="person", subject_id=person_id, detail=dict(counts))
    return {model: count for model, count in counts.items() if count}


def _of(one: Holding, person_id: UUID, secrets: dict[str, str]) -> int:
    rows = rows_of(one, person_id)
    if one.row_goes:
        return remove(rows, one.fields)
    return sum(destroy(row, one.fields, secrets, at_end=False) for row in rows)


def _secrets(person_id: UUID) -> dict[str, str]:
    """Every text by which the person could be known, as it may stand within what survives."""
    facts = accounts.people([person_id])[person_id]
    found = {facts.name: rules.GONE, facts.phone: ""}
    person = apps.get_model("accounts.Person")._base_manager.get(pk=person_id)
    found[person.id_number or ""] = ""
    for address in apps.get_model("customers.Address")._base_manager.filter(customer__person=person_id):
        found |= {address.contact_name: rules.GONE, address.contact_phone: "", address.detail: ""}
    for order in apps.get_model("orders.Order")._base_manager.filter(customer__person=person_id):
        place = order.place or {}
        found |= {
            place.get("contact", ""): rules.GONE,
            place.get("phone", ""): "",
            place.get("detail", ""): "",
        }
    return {secret: instead for secret, instead in found.items() if secret and secret != rules.GONE}


def _leave_the_trade(person_id: UUID, at: datetime) -> None:
    worker = workers.worker_of(person_id)
    if worker is None:
        return
    code = safetycode.code_of(worker.pk)
    if code and "revoke" in code.MACHINE.verbs(code.state):
        safetycode.revoke(
            worker_id=worker.pk, kind=MeasureKind.CANCEL, ground=Ground.CLOSED, why=CLOSED, by=SYSTEM, at=at
        )
    if worker.state != WorkerState.LEFT:
        workers.set_state(worker_id=worker.pk, to=WorkerState.LEFT, by=SYSTEM, at=at, why=CLOSED)
