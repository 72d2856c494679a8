"""The people and organisations of a small living Lin'an, made by the same actions that the pages call."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

from PIL import Image, ImageDraw

from anxin.accounts import public as accounts
from anxin.accounts.values import ASKED, Purpose
from anxin.agencies import public as agencies
from anxin.catalogue import public as catalogue
from anxin.catalogue.values import CredentialKind, ItemFacts
from anxin.customers import public as customers
from anxin.files import public as files
from anxin.kit.actor import SYSTEM, Actor
from anxin.kit.geo import Point
from anxin.places import public as places
from anxin.safetycode import public as safetycode
from anxin.simulation import names
from anxin.simulation.platform import CITY, COUNTY, Platform, in_post, new_person
from anxin.simulation.services import content_of, priced
from anxin.simulation.valleys import Valley
from anxin.workers import public as workers
from anxin.workers.values import CONSENTS, AffiliationKind

# So many of the first households live where the first agency is: the scenes play among them.
NEIGHBOURS = 24
# The number of the agency that applies last.
KNOCKS = 9_000
# What the demo's households ask for most; every agency offers some of these.
POPULAR = ("0101", "0102", "0203", "0105", "0401", "0402", "0204", "0603", "0107", "0202")
INTROS = ("做事仔细，话不多。", "本地人，熟悉周边小区。", "带过三个孩子，爱干净。", "会做临安家常菜。", "")


@dataclass
class AgencyCast:
    """A live agency: its staff as actors, what it offers, who works for it."""

    agency_id: UUID
    organisation_id: UUID
    name: str
    town: str
    point: Point
    head: Actor
    dispatcher: Actor
    finance: Actor
    services: dict[str, UUID] = field(default_factory=dict)
    towns: tuple[str, ...] = ()
    workers: list[UUID] = field(default_factory=list)


@dataclass
class Household:
    """A customer with one address."""

    actor: Actor
    address_id: UUID
    town: str


@dataclass
class World:
    """Everybody of one valley, and the chance that moves them."""

    rng: Random
    begin: datetime
    valley: Valley
    towns: list[Any]
    platform: Platform
    items: dict[str, ItemFacts]
    serial: int
    agencies: list[AgencyCast] = field(default_factory=list)
    households: list[Household] = field(default_factory=list)
    worker_actors: dict[UUID, Actor] = field(default_factory=dict)
    signature: str = ""
    photo: bytes = b""
    cashier: Any = None
    # Workers who may take open orders, and the worker of the demo's door, whom only the scenes send out.
    grabbers: set[UUID] = field(default_factory=set)
    star: UUID | None = None
    # The heads of the institution and the insurer behind the demo's doors.
    houses: dict[str, Actor] = field(default_factory=dict)
    # Who applies for a code, behind the demo's door.
    applicant: Actor | None = None

    def person(self, *, female: bool, at: datetime) -> Actor:
        """A registered and verified person, as an actor for themself."""
        self.serial += 1
        return new_person(self.rng, self.number, female=female, at=at)

    @property
    def number(self) -> int:
        """The serial of the last person; valleys take turns with them, so that each draws its own without asking."""
        return self.serial * 2 + self.valley.index

    def staff(self) -> Iterator[Actor]:
        """Everybody who works in an agency's office."""
        for one in self.agencies:
            yield from (one.head, one.dispatcher, one.finance)

    def in_post(self, person: Actor, organisation_id: UUID, post: str, at: datetime) -> Actor:
        return in_post(person, organisation_id, post, at)


def stage(platform: Platform, valley: Valley, rng: Random, begin: datetime) -> World:
    """An empty stage for one valley."""
    towns = {town.code: town for town in places.towns(COUNTY)}
    items = {item.code: item for item in catalogue.items(begin, orderable=True)}
    here = [towns[code] for code in valley.towns if code in towns]
    return World(rng, begin, valley, here, platform, items, platform.serial)


def near(rng: Random, town: Any, spread: float = 0.02) -> Point:
    """A point around a town's centre, in degrees; villages have no published points of their own."""
    lat, lng = _centre(town)
    return Point(round(lat + rng.gauss(0, spread / 2), 5), round(lng + rng.gauss(0, spread / 2), 5))


def _centre(town: Any) -> tuple[float, float]:
    return (town.lat, town.lng) if town.lat is not None else (30.2358, 119.7181)


def scan(title: str) -> bytes:
    """A stand-in picture of a paper: it says that it is one."""
    image = Image.new("RGB", (640, 452), "#f7f4ea")
    draw = ImageDraw.Draw(image)
    draw.rectangle((12, 12, 628, 440), outline="#b08d3c", width=4)
    draw.text((250, 210), f"DEMO {title.encode('ascii', 'ignore').decode() or 'PAPER'}", fill="#555555")
    data = io.BytesIO()
    image.save(data, "PNG")
    return data.getvalue()


def open_agencies(world: World, count: int) -> Iterator[AgencyCast]:
    """Agencies apply, are verified, go live and publish; the larger towns have more of them."""
    picture = scan("LICENCE")
    for index in range(count):
        town = (
            world.towns[index % len(world.towns)]
            if index < len(world.towns)
            else world.rng.choice(world.towns[:5])
        )
        yield _open_agency(world, index, town, picture)


def _open_agency(world: World, index: int, town: Any, picture: bytes) -> AgencyCast:
    at = world.begin + timedelta(hours=index)
    agency, staff, home = _apply(world, index, town, at)
    _show_papers(world, index, agency, staff, picture, at)
    agencies.submit(agency_id=agency.pk, agreed=True, by=staff, at=at)
    agencies.approve(agency_id=agency.pk, by=world.platform.operator, at=at + timedelta(hours=6))
    agencies.set_credit(agency.pk, score=92 - index * 5 % 24, by=SYSTEM, at=at + timedelta(hours=6))
    cast = AgencyCast(
        agency.pk, agency.organisation_id, agency.name, town.code, home, staff,
        world.in_post(world.person(female=True, at=at), agency.organisation_id, "agency.dispatcher", at),
        world.in_post(world.person(female=True, at=at), agency.organisation_id, "agency.finance", at),
    )  # fmt: skip
    _publish(world, cast, index, at + timedelta(hours=8))
    world.agencies.append(cast)
    return cast


def _apply(world: World, index: int, town: Any, at: datetime) -> tuple[Any, Actor, Point]:
    """Somebody founds an agency and applies: the application, its head as an actor, where it is."""
    rng = world.rng
    number = world.valley.first_agency + index
    name = f"临安{names.AGENCY_HEADS[number % len(names.AGENCY_HEADS)]}{rng.choice(names.AGENCY_TAILS)}"
    head = world.person(female=rng.random() < 0.6, at=at)
    home = near(rng, town, 0.008)
    profile = agencies.Profile(
        mode=rng.choice(("employer","broker","dispatch")),
        legal_representative=names.person_name(rng, female=False),
        phone=f"0571-6371{number:04d}", town_code=town.code, address=f"{town.name}人民路 {rng.randint(1, 300)} 号",
        intro=f"扎根{town.name}的社区家政机构，提供保洁、照护等上门服务，服务员持证上岗。", lat=home.lat, lng=home.lng,
    )  # fmt: skip
    code = names.uscc(number + 1, sole_trader=rng.random() < 0.3)
    agency = agencies.apply(name=name, uscc=code, profile=profile, by=head, at=at)
    appointment = accounts.appointments_of(head.person, at)[0]
    staff = accounts.actor_for(appointment.person, appointment)
    return agency, staff, home


def _show_papers(world: World, index: int, agency: Any, staff: Actor, picture: bytes, at: datetime) -> None:
    rng, code = world.rng, agency.organisation.uscc
    papers = [("licence", "营业执照", "临安区市场监督管理局", code)]
    if rng.random() < 0.5:
        papers.append(
            ("honour", "巾帼家政示范单位", "临安区妇女联合会", f"JG-{world.valley.first_agency + index:03d}")
        )
    if rng.random() < 0.4:
        papers.append(("grade", "AAA", "杭州市家庭服务业协会", f"DJ-{world.valley.first_agency + index:03d}"))
    for kind, title, issuer, number in papers:
        _verified_paper(world, agency.pk, staff, picture, agencies.Paper(
            kind, title, issuer, number=number, valid_from=date(2022, 1, 1),
            valid_to=None if kind == "licence" else date(world.begin.year + 2, 12, 31)), at)  # fmt: skip


def knock(world: World, at: datetime) -> None:
    """One more agency has applied and waits for the operator."""
    town = world.towns[len(world.agencies) % len(world.towns)]
    agency, staff, _ = _apply(world, KNOCKS, town, at)
    stored = files.store_bytes(
        scan("LICENCE"), name="paper.png", kind=files.FileKind.DOCUMENT, by=staff, at=at
    )
    paper = agencies.Paper(
        "licence",
        "营业执照",
        "临安区市场监督管理局",
        number=agency.organisation.uscc,
        valid_from=date(2025, 3, 1),
        valid_to=None,
    )
    agencies.add_document(agency_id=agency.pk, paper=paper, file_id=stored.pk, by=staff, at=at)
    agencies.submit(agency_id=agency.pk, agreed=True, by=staff, at=at)


def _verified_paper(
    world: World, agency_id: UUID, staff: Actor, picture: bytes, paper: agencies.Paper, at: datetime
) -> None:
    stored = files.store_bytes(picture, name="paper.png", kind=files.FileKind.DOCUMENT, by=staff, at=at)
    row = agencies.add_document(agency_id=agency_id, paper=paper, file_id=stored.pk, by=staff, at=at)
    agencies.verify_document(
        document_id=row.pk, passed=True, how="比对公示系统登记信息", by=world.platform.operator, at=at
    )


def _publish(world: World, cast: AgencyCast, index: int, at: datetime) -> None:
    rng = world.rng
    centre = _centre(next(t for t in world.towns if t.code == cast.town))
    by_distance = sorted(world.towns, key=lambda t: _gap(centre, _centre(t)))
    cast.towns = tuple(t.code for t in by_distance[: rng.randint(5, 9)])
    wanted = [
        "0101",
        *rng.sample([c for c in POPULAR if c != "0101" and c in world.items], rng.randint(3, 6)),
    ]
    for code in wanted:
        version = agencies.offer_service(
            agency_id=cast.agency_id, item_code=code,
            content=content_of(
                world.items[code], cast.towns, rng, all_day=_at_doors(world, cast),
                usual=priced(world.items[code], index),
            ),
            by=cast.head, at=at,
        )  # fmt: skip
        cast.services[code] = version.pk


def _gap(a: tuple[float, float], b: tuple[float, float]) -> float:
    return (a[0] - b[0]) ** 2 + (a[1] - b[1]) ** 2


def _at_doors(world: World, cast: AgencyCast) -> bool:
    """Whether it is the agency behind the demo's doors: it works round the clock, so that something goes on always."""
    return world.valley.has_doors and cast is (world.agencies or [cast])[0]


def enrol_workers(world: World, count: int) -> Iterator[UUID]:
    """Workers join an agency with papers in order; some papers have run out, as they do."""
    for index in range(count):
        cast = world.agencies[index % len(world.agencies)]
        yield _enrol(world, cast, index)


def _enrol(world: World, cast: AgencyCast, index: int) -> UUID:
    rng, at = world.rng, world.begin + timedelta(days=3, minutes=index)
    person = world.person(female=rng.random() < 0.88, at=at)
    code = cast.town if rng.random() < 0.7 else rng.choice(cast.towns)
    town = next(t for t in world.towns if t.code == code)
    worker = workers.enrol(
        person_id=person.person, by=SYSTEM, at=at, home_town=town.code, home=near(rng, town),
        practising_since=at.date() - timedelta(days=rng.randint(120, 12 * 365)), city_code=CITY,
        intro=rng.choice(INTROS),
    )  # fmt: skip
    first = _at_doors(world, cast)
    star = first and index == 0
    skills = {code: rng.choice((5, 4, 4, 3)) for code in cast.services if rng.random() < 0.8} or {"0101": 5}
    if first:
        skills["0101"] = 4
    if star:
        skills = dict.fromkeys(cast.services, 4)
    workers.set_skills(worker_id=worker.pk, levels=skills, by=SYSTEM, at=at)
    workers.set_areas(worker_id=worker.pk, town_codes=cast.towns, by=SYSTEM, at=at)
    shifts = [(day, 8 * 60, 20 * 60) for day in range(7) if day < 5 or rng.random() < 0.7]
    if first:
        shifts = [(day, 0, 24 * 60) for day in range(7)]
    workers.set_shifts(worker_id=worker.pk, shifts=shifts, by=SYSTEM, at=at)
    for purpose in (*CONSENTS.values(), Purpose.ARRIVAL, Purpose.LISTING):
        accounts.give_consent(purpose=purpose, version=ASKED[purpose].now.version, by=person, at=at)
    for kind, paper in _papers(world, rng, skills, sound=first):
        row = workers.add_credential(worker_id=worker.pk, kind=kind, by=SYSTEM, at=at, **paper)
        workers.verify_credential(credential_id=row.pk, how="核对原件和查询平台", by=SYSTEM, at=at)
    grabs = star or rng.random() < 0.5
    workers.join_agency(
        worker_id=worker.pk, organisation_id=cast.organisation_id,
        kind=rng.choice((AffiliationKind.EMPLOYEE, AffiliationKind.INTRODUCED, AffiliationKind.FLEXIBLE)),
        by=SYSTEM, at=at, may_grab=grabs,
    )  # fmt: skip
    workers.set_credit(worker_id=worker.pk, score=96 if star else 94 - index * 7 % 26, by=SYSTEM, at=at)
    # Every fifth brought a code along that is more than half a year old: it waits for its refresh.
    issued_at = at - timedelta(days=185) if index % 5 == 4 and not first else at + timedelta(hours=2)
    safetycode.issue(worker_id=worker.pk, by=world.platform.association, at=issued_at)
    cast.workers.append(worker.pk)
    world.worker_actors[worker.pk] = person
    if grabs:
        world.grabbers.add(worker.pk)
    if star:
        world.star = worker.pk
    return worker.pk


def _papers(
    world: World, rng: Random, skills: dict[str, int], *, sound: bool
) -> list[tuple[CredentialKind, dict[str, Any]]]:
    day = world.begin.date()
    tier = max(
        (world.items[code].health_tier for code in skills),
        default=next(iter(world.items.values())).health_tier,
    )
    year = timedelta(days=365)
    late = {
        kind: rng.random() < share and not sound
        for kind, share in ((CredentialKind.HEALTH_CHECK, 0.05), (CredentialKind.INSURANCE, 0.05))
    }
    certificates = sorted({name for code in skills for name in world.items[code].certificates})

    def dates(kind: CredentialKind) -> dict[str, Any]:
        since = day - timedelta(days=rng.randint(5, 60))
        return {"valid_from": since, "valid_to": day + timedelta(days=20) if late.get(kind) else since + year}

    papers: list[tuple[CredentialKind, dict[str, Any]]] = [
        (CredentialKind.HEALTH_CHECK, {"title": "健康体检", "issuer": "临安区第一人民医院", "health_tier": tier}),
        (CredentialKind.INSURANCE, {"title": "家政责任险", "issuer": "示例财产保险公司", "occupation_class": 4}),
        (CredentialKind.BACKGROUND_CHECK, {"title": "背景核查", "issuer": "示例核查机构"}),
        (CredentialKind.TRAINING, {"title": "岗前培训", "issuer": "临安区家政培训中心"}),
        *[(CredentialKind.CERTIFICATE, {"title": c, "issuer": "示例评价机构"}) for c in certificates],
    ]  # fmt: skip
    return [(kind, {**paper, **dates(kind)}) for kind, paper in papers]


def move_in(world: World, count: int) -> Iterator[Household]:
    """Households register, pass the real-name check and name where help is wanted."""
    reached = {code for one in world.agencies for code in one.towns}
    served = [town for town in world.towns if town.code in reached] or world.towns
    for index in range(count):
        rng, at = world.rng, world.begin + timedelta(days=4, minutes=index)
        actor = world.person(female=rng.random() < 0.7, at=at)
        town = rng.choice(served[:5]) if rng.random() < 0.6 else rng.choice(served)
        if index < NEIGHBOURS and world.agencies and world.valley.has_doors:
            town = next(t for t in world.towns if t.code == world.agencies[0].town)
        villages = places.villages(town.code) if index % 5 == 0 else []
        place = near(rng, town)
        address = customers.add_address(
            contact_name=names.person_name(rng, female=True), contact_phone=names.phone(world.number),
            town_code=town.code, village_code=rng.choice(villages).code if villages else "",
            detail=f"{rng.choice(names.ESTATES)} {rng.randint(1, 30)} 幢 {rng.randint(1, 18)}0{rng.randint(1, 4)} 室",
            label="家", lat=place.lat, lng=place.lng, by=actor, at=at, is_default=True,
        )  # fmt: skip
        household = Household(actor, address.id, town.code)
        world.households.append(household)
        yield household
