"""What may be seen whole, by whom, and who has seen it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from anxin.accounts import public as accounts
from anxin.accounts.values import POSTS
from anxin.customers import public as customers
from anxin.governance.models import Look
from anxin.governance.values.looks import LOOK_KIND_LABELS, LOOK_REASON_LABELS, LookKind, LookReason
from anxin.kit import clock
from anxin.kit.actor import Actor
from anxin.orders import public as orders
from anxin.workers import public as workers


@dataclass(frozen=True)
class Subject:
    """A record of a person: `fields` are (name, whole value); `title` names the record without the person."""

    kind: LookKind
    record: UUID
    person_id: UUID
    title: str
    fields: tuple[tuple[str, str], ...]


def subject(kind: LookKind, record: UUID, actor: Actor) -> Subject | None:
    """The record, if the actor's post gives a reason to see it at all (masked); None for everybody else."""
    if not (actor.post or actor.is_system):
        return None
    if kind is LookKind.CUSTOMER:
        return _customer(record, actor)
    if kind is LookKind.WORKER:
        return _worker(record, actor)
    return _order(record, actor) if kind is LookKind.ORDER else None


def _customer(record: UUID, actor: Actor) -> Subject | None:
    row = customers.customers_visible(actor, ids=[record]).get(record) if actor.holds("orders.read") else None
    if row is None:
        return None
    fields = (("name", row.person.name), ("phone", row.person.phone))
    return Subject(LookKind.CUSTOMER, row.pk, row.person_id, "", fields)


def _worker(record: UUID, actor: Actor) -> Subject | None:
    rows = workers.Worker.objects.visible_to(actor).select_related("person")
    row = rows.filter(pk=record).first()
    if row is None:
        return None
    one = row.person
    fields = (("name", one.name), ("phone", one.phone), ("id_number", one.id_number or ""))
    return Subject(LookKind.WORKER, row.pk, one.pk, row.number, fields)


def _order(record: UUID, actor: Actor) -> Subject | None:
    if not actor.holds("orders.read"):
        return None
    found = orders.Order.objects.visible_to(actor).filter(pk=record).first()
    row = orders.by_number(found.number, actor) if found else None
    if row is None or not row.place.get("detail"):
        return None
    fields = tuple((name, row.place.get(name, "")) for name in ("contact", "phone", "detail"))
    return Subject(LookKind.ORDER, row.pk, row.customer.person_id, row.number, fields)


def open_look(one: Subject, by: Actor, at: datetime) -> Look | None:
    """The look by which the actor may see this record whole at this moment, in their present post."""
    row: Look | None = (
        Look.objects.filter(
            by_person=by.person, by_post=by.post, by_organisation=by.organisation_id, kind=one.kind,
            record=one.record, until__gt=at, at__lte=at,
        )
        .order_by("-at")
        .first()
    )  # fmt: skip
    return row


def count_today(person_id: UUID, at: datetime) -> int:
    """How often somebody has looked since midnight here."""
    return Look.objects.filter(by_person=person_id, at__gte=clock.at_local(clock.local_date(at), 0)).count()


def at_me(actor: Actor) -> QuerySet[Look]:
    """Who has looked at oneself, newest first."""
    rows: QuerySet[Look] = Look.objects.visible_to(actor).filter(person_id=actor.person_id).order_by("-at")
    return rows


def overseen(actor: Actor) -> QuerySet[Look]:
    """The looks that an auditor or a head watches over, newest first."""
    rows: QuerySet[Look] = Look.objects.visible_to(actor).order_by("-at")
    return rows


@dataclass(frozen=True)
class Told:
    """A look with its words: who (as a post of an organisation), at whom."""

    row: Look
    organisation: str
    post: str
    viewer: str
    person: str

    @property
    def kind_words(self) -> str:
        return _(LOOK_KIND_LABELS[LookKind(self.row.kind)])

    @property
    def reason_words(self) -> str:
        return _(LOOK_REASON_LABELS[LookReason(self.row.reason)])


def told(rows: Iterable[Look]) -> list[Told]:
    """Looks with names. Two queries."""
    rows = list(rows)
    organisations = accounts.organisations(row.by_organisation for row in rows if row.by_organisation)
    people = accounts.people({row.by_person for row in rows} | {row.person_id for row in rows})
    found = []
    for row in rows:
        organisation = organisations.get(row.by_organisation) if row.by_organisation else None
        post = POSTS.get(row.by_post)
        viewer, person = people.get(row.by_person), people.get(row.person_id)
        found.append(
            Told(
                row, organisation.name if organisation else "", post.label if post else row.by_post,
                viewer.name_masked if viewer else "", person.name_masked if person else "",
            )
        )  # fmt: skip
    return found
