"""Agencies with services and prices, workers with papers and codes, customers with addresses."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

from anxin.catalogue.values import CredentialKind, ItemFacts
from anxin.kit.clock import local_date
from anxin.places import public as places
from anxin.simulation import names
from anxin.simulation.bulk.rows import make, stateful, write
from anxin.simulation.cast import POPULAR, near
from anxin.simulation.platform import CITY
from anxin.simulation.services import content_of


@dataclass
class House:
    """An agency with what it may sell and who works for it."""

    agency: Any
    organisation: Any
    towns: tuple[str, ...]
    versions: dict[str, Any] = field(default_factory=dict)
    workers: list[tuple[Any, list[str]]] = field(default_factory=list)


@dataclass
class Crowd:
    """Chance, the clock, and numbers that are used once."""

    rng: Random
    at: datetime
    now: datetime
    towns: list[Any]
    items: dict[str, ItemFacts]
    association: UUID | None
    serial: int = 100_000
    numbers: set[str] = field(default_factory=set)

    def person(self, *, female: bool) -> Any:
        self.serial += 1
        number = ""
        while not number or number in self.numbers:
            number = names.id_number(self.rng, self.rng.randrange(450), female=female)
        self.numbers.add(number)
        return make(
            "accounts.Person", name=names.person_name(self.rng, female=female), phone=names.phone(self.serial),
            id_number=number, verified_at=self.at, verified_how="simulator", created_at=self.at, password="!",
        )  # fmt: skip

    def code(self, prefix: str) -> str:
        """A number as people see it, unlike any that the product gives out."""
        self.serial += 1
        return f"{prefix}BULK-{self.serial:08d}"


def agencies(crowd: Crowd, count: int) -> list[House]:
    """Live agencies, each with a head, a dispatcher, a licence, and four to seven published services."""
    rng, at = crowd.rng, crowd.at
    houses, people, history, posts = [], [], [], []
    for index in range(count):
        town = crowd.towns[index % len(crowd.towns)]
        name = f"临安{rng.choice(names.AGENCY_HEADS)}{index + 1:03d}{rng.choice(names.AGENCY_TAILS)}"
        organisation = make(
            "accounts.Organisation", kind="agency", name=name, city_code=CITY, town_code=town.code, created_at=at,
            uscc=names.uscc(5_000 + index, sole_trader=rng.random() < 0.3),
        )  # fmt: skip
        home = near(rng, town, 0.008)
        agency, rows = stateful(
            "agencies.Agency", [("applied", at), ("verifying", at), ("live", at)], organisation=organisation,
            number=crowd.code("A"), city_code=CITY, town_code=town.code, name=name, pinyin="", mode="employer",
            legal_representative=names.person_name(rng, female=False), phone=f"0571-6372{index:04d}",
            address=f"{town.name}人民路 {rng.randint(1, 300)} 号", lat=home.lat, lng=home.lng,
            submitted_at=at, verified_at=at, reverify_due_at=crowd.now + timedelta(days=300), created_at=at,
        )  # fmt: skip
        history += rows
        others = rng.sample(crowd.towns, min(len(crowd.towns), rng.randint(4, 8)))
        houses.append(House(agency, organisation, (town.code, *[t.code for t in others if t != town])))
        for post in ("agency.head", "agency.dispatcher"):
            person = crowd.person(female=True)
            people.append(person)
            posts.append(
                make("accounts.Appointment", person=person, organisation=organisation, post=post,
                     period=(at, None), created_at=at)
            )  # fmt: skip
    write(house.organisation for house in houses)
    write(people)
    write(posts)
    write(house.agency for house in houses)
    write(history)
    write(make("agencies.AgencyStanding", agency=house.agency) for house in houses)
    write(
        make("agencies.Document", agency=h.agency, kind="licence", title="营业执照", issuer="临安区市场监督管理局",
             number=h.organisation.uscc, valid_from=date(2022, 1, 1), verification="verified", verified_at=at,
             verified_how="bulk", created_at=at)
        for h in houses
    )  # fmt: skip
    _services(crowd, houses)
    return houses


def _services(crowd: Crowd, houses: list[House]) -> None:
    rng, at = crowd.rng, crowd.at
    services, versions, history = [], [], []
    codes = [code for code in POPULAR if code in crowd.items]
    for house in houses:
        for code in ["0101", *rng.sample([c for c in codes if c != "0101"], rng.randint(3, 6))]:
            item, rows = stateful(
                "agencies.ServiceItem", [("draft", at), ("published", at)], agency=house.agency, item_code=code,
                created_at=at,
            )  # fmt: skip
            version = make("agencies.ServiceVersion", service=item, number=1, written_at=at, published_at=at)
            version.take(content_of(crowd.items[code], house.towns, rng))
            house.versions[code] = version
            services.append((item, version))
            versions.append(version)
            history += rows
    # A published service names its version and the version its service: the reference is put in afterwards.
    for item, _ in services:
        item.state = "draft"
    write(item for item, _ in services)
    write(versions)
    for item, version in services:
        item.state, item.current = "published", version
    model = type(services[0][0])
    model._base_manager.bulk_update([item for item, _ in services], ["state", "current"], batch_size=500)
    write(history)


def workers(crowd: Crowd, houses: list[House], count: int) -> None:
    """Workers with four papers, a shift a day, an agency, a safety code; one in twenty is not green."""
    rng, at, today = crowd.rng, crowd.at, local_date(crowd.now)
    people, rows, history, standings, codes = [], [], [], [], []
    for index in range(count):
        house = houses[index % len(houses)]
        person = crowd.person(female=rng.random() < 0.88)
        code = rng.choice(house.towns)
        home = near(rng, next(t for t in crowd.towns if t.code == code))
        worker, moved = stateful(
            "workers.Worker", [("active", at)], person=person, number=crowd.code("W"), city_code=CITY,
            home_town=code, home_point={"lat": home.lat, "lng": home.lng}, lat=round(home.lat, 2),
            lng=round(home.lng, 2), practising_since=today - timedelta(days=rng.randint(120, 12 * 365)), created_at=at,
        )  # fmt: skip
        skills = [c for c in house.versions if rng.random() < 0.8] or ["0101"]
        house.workers.append((worker, skills))
        people.append(person)
        rows.append((worker, house, skills))
        history += moved
        ratings = rng.randint(0, 60)
        standings.append(
            make("workers.Standing", worker=worker, rating_count=ratings, completed=ratings + rng.randint(0, 40),
                 rating_hundredths=round(ratings * rng.uniform(390, 500)), credit_score=rng.randint(70, 98),
                 late=rng.randint(0, 3), recent_orders=rng.randint(0, 12), counted_at=at,
                 colour="green" if index % 20 else "red", colour_at=at)
        )  # fmt: skip
        codes.append(
            stateful(
                "safetycode.SafetyCode", [("issued", at)], worker=worker, issuer_id=crowd.association,
                number=f"ZJ-{CITY}-{at.year - 1}-{index + 1:06d}", issued_at=at,
                valid_to=today + timedelta(days=300), last_verified_at=crowd.now, secret=rng.randbytes(32).hex(),
                slot=index,
            )
        )  # fmt: skip
    write(people)
    write(worker for worker, _, _ in rows)
    write(history)
    write(standings)
    write(code for code, _ in codes)
    write(moved for _, path in codes for moved in path)
    leave = type(make("safetycode.Delegation"))._base_manager.filter(issuer=crowd.association).first()
    write(
        make("safetycode.Issue", code=code, issuer_id=code.issuer_id, delegation=leave, city_code=CITY,
             handle=code.handle, issued_at=at)
        for code, _ in codes
    )  # fmt: skip
    _place(crowd, rows)
    series = type(make("safetycode.Series"))
    series._base_manager.update_or_create(city_code=CITY, year=at.year - 1, defaults={"last": count})


def _place(crowd: Crowd, rows: list[tuple[Any, House, list[str]]]) -> None:
    """What workers have around them: an agency, towns, skills, hours, papers."""
    rng = crowd.rng
    write(
        make("workers.Affiliation", worker=w, organisation=house.organisation, kind="employee",
             period=(crowd.at, None), may_grab=rng.random() < 0.5, created_at=crowd.at)
        for w, house, _ in rows
    )  # fmt: skip
    write(make("workers.WorkArea", worker=w, town_code=town) for w, house, _ in rows for town in house.towns)
    write(
        make("workers.Skill", worker=w, item_code=code, level=rng.choice((5, 4, 4, 3)))
        for w, _, skills in rows
        for code in skills
    )
    write(
        make("workers.Shift", worker=w, weekday=day, from_minute=8 * 60, to_minute=20 * 60)
        for w, _, _ in rows
        for day in range(7)
    )
    write(
        paper
        for n, (w, _, skills) in enumerate(rows)
        for paper in _papers(crowd, w, skills, valid=n % 20 > 0)
    )


def _papers(crowd: Crowd, worker: Any, skills: list[str], *, valid: bool) -> list[Any]:
    today, at = local_date(crowd.now), crowd.at
    tier = max(crowd.items[code].health_tier for code in skills)
    certificates = sorted({name for code in skills for name in crowd.items[code].certificates})
    wanted: list[tuple[CredentialKind, dict[str, Any]]] = [
        (CredentialKind.HEALTH_CHECK, {"title": "健康体检", "health_tier": int(tier)}),
        (CredentialKind.INSURANCE, {"title": "家政责任险", "occupation_class": 4}),
        (CredentialKind.BACKGROUND_CHECK, {"title": "背景核查"}),
        (CredentialKind.TRAINING, {"title": "岗前培训"}),
        *[(CredentialKind.CERTIFICATE, {"title": name}) for name in certificates],
    ]
    return [
        make("workers.Credential", worker=worker, kind=str(kind), issuer="示例机构", conclusion="passed",
             valid_from=today - timedelta(days=60), verified_at=at, verified_how="bulk", created_at=at,
             valid_to=today + timedelta(days=300 if valid or kind != CredentialKind.HEALTH_CHECK else -1), **paper)
        for kind, paper in wanted
    ]  # fmt: skip


def customers(crowd: Crowd, count: int) -> dict[str, list[tuple[Any, Any]]]:
    """Customers with one address each, by town."""
    rng, at = crowd.rng, crowd.at
    people, rows = [], []
    found: dict[str, list[tuple[Any, Any]]] = {}
    villages = {town.code: places.villages(town.code) for town in crowd.towns}
    for index in range(count):
        town = crowd.towns[index % len(crowd.towns)]
        person = crowd.person(female=rng.random() < 0.7)
        customer = make("customers.Customer", person=person, wishes="", created_at=at)
        point = near(rng, town)
        address = make(
            "customers.Address", customer=customer, label="家", contact_name=person.name, contact_phone=person.phone,
            city_code=CITY, town_code=town.code, lat=point.lat, lng=point.lng, point_source="map",
            village_code=rng.choice(villages[town.code]).code if villages[town.code] else "",
            detail=f"{rng.choice(names.ESTATES)} {rng.randint(1, 30)} 幢 {rng.randint(1, 18)}01 室",
            is_default=True, used_at=at, created_at=at,
        )  # fmt: skip
        people.append(person)
        rows.append((customer, address))
        found.setdefault(town.code, []).append((customer, address))
    write(people)
    write(customer for customer, _ in rows)
    write(address for _, address in rows)
    return found
