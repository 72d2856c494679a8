"""Reads of insurance policies and their rosters."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from anxin.accounts.public import Organisation, Person
from anxin.kit.actor import Actor
from anxin.kit.clock import local_date
from anxin.kit.fields import blinds
from anxin.kit.sheets import Line
from anxin.policies.public import read_many
from anxin.safetycode.models import InsurancePolicy, InsuredWorker
from anxin.safetycode.rules.filing import findings
from anxin.safetycode.states import FilingState
from anxin.safetycode.values.filings import (
    LEAST_LIMITS,
    SOON_DAYS,
    Cover,
    Limit,
    Product,
    RosterRow,
    RowFault,
    Terms,
    Told,
)
from anxin.workers.public import Worker

NAME, NUMBER, IDENTITY = "姓名", "服务员编号", "身份证号码"


def policies(actor: Actor, *, state: str = "") -> QuerySet[InsurancePolicy]:
    """Policies the actor may see with their holder and how many they insure, the newest first. One query a page."""
    rows: QuerySet[InsurancePolicy] = InsurancePolicy.objects.visible_to(actor).select_related(
        "holder", "insurer"
    )
    if state:
        rows = rows.filter(state=state)
    insured = Count("roster", filter=Q(roster__struck_at=None))
    return rows.annotate(insured=insured).order_by("-created_at", "-pk")


def policy_for(actor: Actor, policy_id: UUID) -> InsurancePolicy | None:
    """One policy, if the actor may see it."""
    return policies(actor).filter(pk=policy_id).first()


def roster(actor: Actor, policy_id: UUID, *, struck: bool = True) -> QuerySet[InsuredWorker]:
    """Whom a policy insures (and insured, if `struck`), by the worker's number. One query."""
    rows: QuerySet[InsuredWorker] = InsuredWorker.objects.visible_to(actor).filter(policy=policy_id)
    if not struck:
        rows = rows.filter(struck_at=None)
    return rows.select_related("worker__person").order_by("struck_at", "worker__number")


def terms_of(row: InsurancePolicy) -> Terms:
    return Terms(
        row.number, Product(row.product), row.occupation_class, row.valid_from, row.valid_to, row.limits
    )


def told_of(row: InsurancePolicy, at: datetime) -> list[Told]:
    """What is to be told of a policy. Three queries."""
    who = list(InsuredWorker.objects.filter(policy=row, struck_at=None).values_list("worker_id", flat=True))
    asked = read_many(LEAST_LIMITS, SOON_DAYS, at=at)
    least = {Limit(name): int(number) * 100 for name, number in asked[LEAST_LIMITS.key].items()}
    return findings(
        terms_of(row), least=least, covers=_covers(who, row.pk), insured=len(who), today=local_date(at),
        soon=asked[SOON_DAYS.key],
    )  # fmt: skip


def _covers(worker_ids: Iterable[UUID], without: UUID) -> list[Cover]:
    """What other policies in force or to come give these workers. One query."""
    rows = InsuredWorker.objects.filter(
        worker__in=list(worker_ids), struck_at=None, confirmed_at__isnull=False,
        policy__state=FilingState.CONFIRMED,
    ).exclude(policy=without)  # fmt: skip
    fields = (
        "worker_id",
        "policy__number",
        "policy__occupation_class",
        "policy__valid_from",
        "policy__valid_to",
    )
    return [Cover(*values) for values in rows.values_list(*fields)]


def insurer_named(name: str) -> Organisation | None:
    """The insurer of that name, if it has a desk here."""
    return Organisation.objects.filter(kind="insurer", name=name.strip()).first()


def insurers() -> list[str]:
    """The names of insurers that have a desk here. One query."""
    return list(Organisation.objects.filter(kind="insurer").order_by("name").values_list("name", flat=True))


def read_roster(policy: InsurancePolicy, lines: Sequence[Line]) -> list[RosterRow]:
    """Each row of an uploaded roster with the worker of the holder whom it names, or what is wrong. Four queries."""
    staff = Worker.objects.filter(
        affiliations__organisation=policy.holder_id, affiliations__period__upper_inf=True
    ).select_related("person")
    wanted = {line[NUMBER].upper() for line in lines} - {""}
    cards = {digest: line[IDENTITY].upper() for line in lines if line[IDENTITY]
             for digest in blinds(Person, "id_number_hash", line[IDENTITY].upper())}  # fmt: skip
    found = list(staff.filter(Q(number__in=wanted) | Q(person__id_number_hash__in=list(cards))))
    known = {worker.number: worker for worker in found}
    by_card = {cards[bytes(worker.person.id_number_hash)]: worker for worker in found
               if worker.person.id_number_hash and bytes(worker.person.id_number_hash) in cards}  # fmt: skip
    insured = set(
        InsuredWorker.objects.filter(policy=policy, struck_at=None).values_list("worker_id", flat=True)
    )
    seen: dict[UUID, int] = {}
    return [_row(line, known, by_card, insured, seen) for line in lines]


def _row(
    line: Line, known: Mapping[str, Worker], by_card: Mapping[str, Worker], insured: set[UUID],
    seen: dict[UUID, int],
) -> RosterRow:  # fmt: skip
    name, number, card = line[NAME], line[NUMBER].upper(), line[IDENTITY].upper()

    def fault(kind: RowFault, **params: object) -> RosterRow:
        return RosterRow(line.number, name, number, fault=kind, params=params)

    if not name or not (number or card):
        return fault(RowFault.NAMELESS)
    worker = known.get(number) if number else by_card.get(card)
    if worker is None:
        return fault(RowFault.UNKNOWN)
    same_card = not card or by_card.get(card) == worker
    if worker.person.name != name or not same_card:
        return fault(RowFault.OTHER_NAME)
    if worker.pk in seen:
        return fault(RowFault.TWICE, row=seen[worker.pk])
    seen[worker.pk] = line.number
    if worker.pk in insured:
        return fault(RowFault.INSURED)
    return RosterRow(line.number, name, worker.number, worker.pk)


def ending(actor: Actor, until: date, today: date) -> QuerySet[InsurancePolicy]:
    """Confirmed policies that end by a day, the soonest first: what is to be renewed."""
    rows = policies(actor, state=FilingState.CONFIRMED)
    return rows.filter(valid_to__gte=today, valid_to__lte=until).order_by("valid_to")
