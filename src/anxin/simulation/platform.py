"""Those who run and watch over the platform, and how anybody comes into being."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from uuid import UUID

from anxin.accounts import public as accounts
from anxin.kit.actor import SYSTEM, Actor
from anxin.safetycode import public as safetycode
from anxin.safetycode.values import Task
from anxin.simulation import names

CITY = "3301"
COUNTY = "330112"


@dataclass(frozen=True)
class Platform:
    """Those who run the platform, issue codes and supervise; they are the same for everybody."""

    operator: Actor
    reviews_admin: Actor
    auditor: Actor
    association: Actor
    system_admin: Actor
    security_admin: Actor
    county: Actor
    city: Actor
    city_head: Actor
    credit: Actor
    serial: int


def new_person(rng: Random, serial: int, *, female: bool, at: datetime) -> Actor:
    """A registered and verified person, as an actor for themself; nobody else has the serial."""
    name = names.person_name(rng, female=female)
    person = accounts.register_person(phone=names.phone(serial), name=name, by=SYSTEM, at=at)
    number = names.id_number(rng, serial, female=female)
    person = accounts.record_verification(
        person_id=person.pk, name=name, id_number=number, provider="simulator", request_id=f"demo-{serial}",
        by=SYSTEM, at=at,
    )  # fmt: skip
    return accounts.actor_for(person, None)


def in_post(person: Actor, organisation_id: UUID, post: str, at: datetime) -> Actor:
    """The person as an actor in a post from now on."""
    appointment = accounts.appoint(
        person_id=person.person, organisation_id=organisation_id, post=post, by=SYSTEM, at=at
    )
    return accounts.actor_for(appointment.person, appointment)


def found(rng: Random, begin: datetime) -> Platform:
    """The operator with its three administrators, the association, and the bureaus of county and city."""
    operators = (
        "operator.operations", "operator.reviews", "operator.auditor", "operator.system", "operator.security",
    )  # fmt: skip
    offices = [
        ("operator", "安心平台运营中心", "", operators),
        ("association", "临安区家庭服务业协会", COUNTY, ("association.codes",)),
        ("bureau", "临安区商务主管部门", COUNTY, ("bureau.supervisor",)),
        ("bureau", "杭州市商务主管部门", CITY, ("bureau.supervisor", "bureau.head")),
        ("credit", "临安区信用服务中心", COUNTY, ("credit.issuer",)),
    ]
    actors: list[Actor] = []
    for kind, name, region, posts in offices:
        organisation = accounts.found_organisation(
            kind=kind, name=name, city_code=CITY, town_code="330112006", region=region, by=SYSTEM, at=begin
        )
        for post in posts:
            person = new_person(rng, 2 * len(actors) + 2, female=True, at=begin)
            actors.append(in_post(person, organisation.pk, post, begin))
    operator, reviews_admin, auditor, system, security, association, county, city, head, credit = actors
    # Codes that came with their workers were issued before.
    before = begin - timedelta(days=400)
    for house, tasks, document, reason in (
        (association, list(Task), "杭商务〔2025〕18号", "委托区家庭服务业协会复核申领，发放和管理本区安心码"),
        (credit, [Task.ISSUE], "杭商务〔2025〕19号", "协会人手不足时，由区信用服务中心发码"),
    ):
        assert house.organisation_id is not None
        safetycode.entrust(
            issuer_id=house.organisation_id, area=COUNTY, tasks=tasks, starts_at=before, ends_at=None,
            document=document, reason=reason, by=head, at=before,
        )  # fmt: skip
    return Platform(
        operator,
        reviews_admin,
        auditor,
        association,
        system,
        security,
        county,
        city,
        head,
        credit,
        len(actors),
    )
