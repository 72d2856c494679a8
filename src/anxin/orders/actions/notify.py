"""Telling each person named by a line of the timeline."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from anxin.accounts import public as accounts
from anxin.notices import public as notices
from anxin.orders import rules
from anxin.orders.models import Assignment, Note, Offer, Order
from anxin.orders.states import LIVE_ASSIGNMENTS, OfferState

# An order is wide, and of most lines only these are wanted.
READ = (
    "kind", "text", "params", "at", "audience", "by_person", "order__number", "order__item_name",
    "order__provider", "order__customer__person",
)  # fmt: skip


@transaction.atomic
def deliver(*, note_id: int, sms: bool, at: datetime) -> int:
    """Put the line into the inbox of everybody it names, and send the short message if asked. Returns how many: nobody
    when it was told before."""
    if not Note.objects.filter(pk=note_id, told_at=None).update(told_at=at):
        return 0
    notes = Note.objects.select_related("order", "order__customer").only(*READ)
    note = notes.get(pk=note_id)
    names, page = note.audience.split(), f"/orders/{note.order.number}/"
    people = audience(note.order, names, at, note.at) - ({note.by_person} if note.by_person else set())
    former = _former(note.order, note.at) if "former" in names else set()
    # Who no longer comes no longer sees the order; who is only asked does not see it yet.
    asked = audience(note.order, ["offered"], at, note.at) if "offered" in names else set()
    addresses = (
        (people - former - asked, page), (people & former, "/today/"), ((people & asked) - former, f"{page}offer/")
    )  # fmt: skip
    customers = {note.order.customer.person_id}
    for told, url in addresses:
        for some, customer in ((told & customers, True), (told - customers, False)):
            notices.tell_all(
                some, kind=f"orders.{note.kind}", title=note.order.item_name,
                body=rules.words_for(note.kind, note.text, customer=customer),
                params={**note.params, "number": note.order.number}, at=note.at, sms=sms, url=url,
            )  # fmt: skip
    return len(people)


def audience(order: Order, names: list[str], at: datetime, since: datetime) -> set[UUID]:
    """The persons behind "customer", "provider" (who dispatch there), "money" (who see to its bills), "worker",
    "offered" and "former".

    "former" are the workers whose assignment ended with the step told, at the moment `since`.
    """
    people: set[UUID] = set()
    if "customer" in names:
        people.add(order.customer.person_id)
    if "provider" in names and order.provider_id:
        people.update(_staff(order.provider_id, "orders.dispatch", at))
    if "money" in names and order.provider_id:
        people.update(_staff(order.provider_id, "payments.bill", at))
    if "offered" in names:
        for offer in Offer.objects.filter(order=order, state=OfferState.OPEN, organisation__isnull=False):
            people.update(_staff(offer.organisation_id, "orders.accept", at))
    if "worker" in names:
        live = Assignment.objects.filter(order=order).live()
        people.update(live.values_list("worker__person_id", flat=True))
    if "former" in names:
        people.update(_former(order, since))
    return people


def _former(order: Order, since: datetime) -> set[UUID]:
    ended = Assignment.objects.filter(order=order, state_at=since).exclude(state__in=LIVE_ASSIGNMENTS)
    return set(ended.values_list("worker__person_id", flat=True))


def _staff(organisation_id: UUID | None, permission: str, at: datetime) -> set[UUID]:
    if organisation_id is None:
        return set()
    return accounts.staff_ids(organisation_id, at, permission=permission)
