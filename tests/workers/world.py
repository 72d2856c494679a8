"""A small world of workers: two agencies, their staff, workers with papers in order, and a stranger."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import count
from uuid import UUID

from anxin.accounts.public import Organisation, Person
from anxin.accounts.values import POSTS
from anxin.agencies.public import Agency
from anxin.catalogue.values import CredentialKind, HealthTier
from anxin.kit.actor import SYSTEM, Actor
from anxin.kit.geo import Point
from anxin.kit.ids import new_id, number
from anxin.workers import public as workers
from anxin.workers.models import Booking, Worker
from anxin.workers.values import AffiliationKind, BookingKind, ItemNeeds, Span

NOW = datetime(2026, 3, 18, 2, 0, tzinfo=UTC)  # Wednesday 10:00 here
TODAY = date(2026, 3, 18)
JINCHENG, LINGLONG = "330112001", "330112002"
HOME = Point(30.2345, 119.7251)
PLACE = Point(30.2401, 119.7203)
NEEDS = ItemNeeds("0101")
_serial = count(1)


def at(hour: int, minute: int = 0, day: int = 20) -> datetime:
    """A wall-clock time in Lin'an on a day of March 2026 (the 20th is a Friday)."""
    return datetime(2026, 3, day, hour, minute, tzinfo=UTC) - timedelta(hours=8)


def span(start: int, end: int, day: int = 20) -> Span:
    return Span(at(start, day=day), at(end, day=day))


def make_person(name: str = "王桂芳") -> Person:
    # Born on a day on which nobody of the cast was.
    n = next(_serial)
    person: Person = Person.objects.create(
        name=name, phone=f"139{n:08d}", id_number=f"33019919850201{n:04d}", verified_at=NOW, created_at=NOW
    )
    return person


def make_agency(name: str = "安心家政", state: str = "live") -> Organisation:
    organisation = Organisation.objects.create(
        kind="agency", name=name, city_code="3301", town_code=JINCHENG, created_at=NOW
    )
    Agency.objects.create(
        organisation=organisation, number=number("A", NOW), city_code="3301", town_code=JINCHENG, name=name,
        mode="employer", legal_representative="法人", phone="057112345678", address="锦城街道", state=state,
        state_at=NOW, created_at=NOW,
    )  # fmt: skip
    return organisation


def staff_of(organisation: Organisation, post: str = "agency.head") -> Actor:
    return Actor(
        person_id=make_person("店长").pk,
        organisation_id=organisation.pk,
        post=post,
        permissions=POSTS[post].permissions,
        verified=True,
    )


def self_of(worker: Worker) -> Actor:
    return Actor(person_id=worker.person_id, verified=True)


def add_paper(
    worker: Worker,
    kind: CredentialKind,
    until: date = date(2026, 12, 31),
    since: date = date(2026, 1, 1),
    verified: bool = True,
    **more: object,
) -> None:
    details: dict[str, object] = {
        CredentialKind.HEALTH_CHECK: {"health_tier": HealthTier.HOME},
        CredentialKind.INSURANCE: {"occupation_class": 3},
    }.get(kind, {})
    given: dict[str, object] = {"title": str(kind), "issuer": "临安区人民医院", **details, **more}
    paper = workers.add_credential(
        worker_id=worker.pk, kind=kind, valid_from=since, valid_to=until, by=SYSTEM, at=NOW,
        **given,  # type: ignore[arg-type]
    )  # fmt: skip
    if verified:
        workers.verify_credential(credential_id=paper.pk, how="查验原件", by=SYSTEM, at=NOW)


def make_worker(
    organisation: Organisation | None = None,
    *,
    name: str = "王桂芳",
    papers: bool = True,
    skills: dict[str, int] | None = None,
    towns: tuple[str, ...] = (JINCHENG,),
    may_grab: bool = False,
) -> Worker:
    worker = workers.enrol(
        person_id=make_person(name).pk, by=SYSTEM, at=NOW, home=HOME, practising_since=date(2020, 3, 18)
    )
    workers.set_skills(worker_id=worker.pk, levels=skills or {"0101": 4}, by=SYSTEM, at=NOW)
    workers.set_areas(worker_id=worker.pk, town_codes=towns, by=SYSTEM, at=NOW)
    workers.set_shifts(
        worker_id=worker.pk, shifts=[(d, 8 * 60, 20 * 60) for d in range(7)], by=SYSTEM, at=NOW
    )
    if papers:
        for kind in (
            CredentialKind.HEALTH_CHECK,
            CredentialKind.INSURANCE,
            CredentialKind.BACKGROUND_CHECK,
        ):
            add_paper(worker, kind)
    if organisation:
        workers.join_agency(
            worker_id=worker.pk, organisation_id=organisation.pk, kind=AffiliationKind.EMPLOYEE,
            by=SYSTEM, at=NOW, may_grab=may_grab,
        )  # fmt: skip
    return worker


def hold(
    worker: Worker, time: Span, *, ref: UUID | None = None, turnover: int = 30, place: Point | None = PLACE
) -> Booking:
    return workers.hold_time(
        worker_id=worker.pk, span=time, kind=BookingKind.VISIT, ref=ref or new_id(), point=place,
        turnover_minutes=turnover, by=SYSTEM, at=NOW,
    )  # fmt: skip


@dataclass
class World:
    agency: Organisation
    rival: Organisation
    head: Actor
    rival_head: Actor
    worker: Worker
    stranger: Actor


def make_world() -> World:
    agency, rival = make_agency(), make_agency("对门家政")
    return World(
        agency, rival, staff_of(agency), staff_of(rival), make_worker(agency),
        Actor(person_id=make_person("路人").pk, verified=True),
    )  # fmt: skip
