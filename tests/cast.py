"""The named people of the tests, among them a stranger who must see nothing.

Every name and number is synthetic (county code 330199 belongs to nobody). All of them come about through the
same actions that the pages call. Areas add their own rows to these people in `tests/<area>/conftest.py`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from importlib import import_module
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from anxin.accounts import public as accounts
from anxin.accounts.models import Appointment, Organisation, Person
from anxin.accounts.rules.idcard import check_character
from anxin.accounts.rules.uscc import check_character as uscc_character
from anxin.accounts.rules.uscc import organisation_check
from anxin.accounts.values import FactorKind
from anxin.customers import public as customers
from anxin.kit import clock
from anxin.kit.actor import SYSTEM, Actor
from tests.tape import taped

# A Wednesday, 10:00 in Lin'an.
NOON = datetime(2026, 3, 18, 2, 0, tzinfo=UTC)
# When organisations were founded and people registered: before NOON, and before any real clock of today.
BEGIN = datetime(2025, 1, 6, 1, 0, tzinfo=UTC)
JINCHENG = "330112006"


@dataclass(frozen=True)
class Member:
    """A person of the cast, in the post in which they act (none = as themself)."""

    person: Person
    appointment: Appointment | None = None

    @property
    def actor(self) -> Actor:
        return actor_of(self.person, self.appointment)

    @property
    def id(self) -> Any:
        return self.person.pk

    @property
    def organisation(self) -> Organisation:
        assert self.appointment is not None
        return self.appointment.organisation


def id_number(sequence: int, *, birth: date = date(1985, 1, 1)) -> str:
    """A valid synthetic identity number; an odd sequence (1–999) is male. 904–909 have a meaning in the simulator."""
    first17 = f"330199{birth:%Y%m%d}{sequence:03d}"
    return first17 + check_character(first17)


def phone(sequence: int) -> str:
    """A synthetic mobile number."""
    return f"1990000{sequence:04d}"


def uscc(sequence: int, *, category: str = "91") -> str:
    """A valid synthetic unified social credit code."""
    organisation = f"MATE{sequence:04d}"
    first17 = f"{category}330199{organisation}{organisation_check(organisation)}"
    return first17 + uscc_character(first17)


def actor_of(person: Person, appointment: Appointment | None = None) -> Actor:
    """Who a person is to an action, in one of their posts or as themself."""
    if person.verified_at is None:  # Since then they may have been.
        person.refresh_from_db(fields=["verified_at"])
    return accounts.actor_for(person, appointment)


def new_person(sequence: int, name: str, *, verified: bool = True, birth: date = date(1985, 1, 1)) -> Person:
    """A registered person; `sequence` makes phone and identity number and must be unique in a test."""
    person = accounts.register_person(phone=phone(sequence), name=name, by=SYSTEM, at=BEGIN)
    if not verified:
        return person
    return accounts.record_verification(
        person_id=person.pk, name=name, id_number=id_number(sequence % 900, birth=birth),
        provider="manual", request_id="", by=SYSTEM, at=BEGIN,
    )  # fmt: skip


def new_organisation(kind: str, name: str, sequence: int, *, town_code: str = JINCHENG) -> Organisation:
    """An organisation founded by the system."""
    return accounts.found_organisation(
        kind=kind, name=name, uscc=uscc(sequence), city_code="3301", town_code=town_code, by=SYSTEM, at=BEGIN
    )


def in_post(person: Person, organisation: Organisation, post: str) -> Member:
    """The person, appointed to a post since BEGIN."""
    return Member(
        person,
        accounts.appoint(
            person_id=person.pk, organisation_id=organisation.pk, post=post, by=SYSTEM, at=BEGIN
        ),
    )


def signed_in(person: Person, appointment: Appointment | None = None, **options: Any) -> Client:
    """A browser in which the person is signed in, acting in the post (none = as themself)."""
    row, _ = accounts.open_sign_in(
        person_id=person.pk, how="code", by=SYSTEM, at=clock.now(),
        appointment_id=appointment.pk if appointment else None, second=FactorKind.TOTP,
    )  # fmt: skip
    if appointment is None and row.appointment_id:
        row.appointment = None
        row.save(update_fields=["appointment"])
    client = Client(**options)
    # `client.session` would save it empty first.
    session = import_module(settings.SESSION_ENGINE).SessionStore()
    session[accounts.SIGN_IN] = str(row.pk)
    session.save()
    client.cookies[settings.SESSION_COOKIE_NAME] = session.session_key
    return client


def token_of(person: Person, appointment: Appointment | None = None, *scopes: str) -> dict[str, str]:
    """Headers with which a program calls the API for the person: `client.get(path, headers=token_of(p))`."""
    _, token = accounts.open_sign_in(
        person_id=person.pk, how="code", by=SYSTEM, at=clock.now(), scopes=scopes or ("read", "write"),
        appointment_id=appointment.pk if appointment else None, second=FactorKind.TOTP,
    )  # fmt: skip
    return {"Authorization": f"Bearer {token}"}


@pytest.fixture
def client_of(db: None) -> Callable[..., Client]:
    """`client_of(member)` or `client_of(person, appointment)`: a signed-in test client."""

    def make(who: Member | Person, appointment: Appointment | None = None, **options: Any) -> Client:
        if isinstance(who, Member):
            return signed_in(who.person, who.appointment, **options)
        return signed_in(who, appointment, **options)

    return make


# ── customers ────────────────────────────────────────────────────────────────────────────────────────
@taped
def chen_jing(db: None) -> Member:
    """陈静, a verified customer with an address in 锦城街道 (`address_of_chen_jing`)."""
    member = Member(new_person(1, "陈静"))
    customers.add_address(
        contact_name="陈静", contact_phone=phone(1), town_code=JINCHENG, detail="临天路 100 号 3 幢 502 室",
        label="家", lat=30.2337, lng=119.7205, by=member.actor, at=BEGIN,
    )  # fmt: skip
    return member


@taped
def address_of_chen_jing(chen_jing: Member) -> Any:
    """陈静's address, as AddressFacts."""
    return customers.addresses_of(chen_jing.actor)[0]


@taped
def zhou_min(db: None) -> Member:
    """周敏, another verified customer, in 玲珑街道, who must not see 陈静's things."""
    member = Member(new_person(2, "周敏"))
    customers.add_address(
        contact_name="周敏", contact_phone=phone(2), town_code="330112002", detail="玲珑路 8 号",
        by=member.actor, at=BEGIN,
    )  # fmt: skip
    return member


@taped
def newcomer(db: None) -> Member:
    """刘洋, registered by phone, real name not yet checked."""
    return Member(new_person(3, "", verified=False))


@taped
def stranger(db: None) -> Member:
    """路人: signed in, verified, no part in anything; must see nothing."""
    return Member(new_person(4, "路人"))


# ── agencies 甲 and 乙 ─────────────────────────────────────────────────────────────────────────────────
@taped
def jia(db: None) -> Organisation:
    return new_organisation("agency", "临安甲家政服务有限公司", 101)


@taped
def yi(db: None) -> Organisation:
    return new_organisation("agency", "临安乙家政服务有限公司", 102)


@taped
def jia_head(jia: Organisation) -> Member:
    return in_post(new_person(11, "钱丽"), jia, "agency.head")


@taped
def jia_dispatcher(jia: Organisation) -> Member:
    return in_post(new_person(12, "孙浩"), jia, "agency.dispatcher")


@taped
def jia_finance(jia: Organisation) -> Member:
    return in_post(new_person(13, "李娟"), jia, "agency.finance")


@taped
def yi_head(yi: Organisation) -> Member:
    return in_post(new_person(21, "吴刚"), yi, "agency.head")


@taped
def yi_dispatcher(yi: Organisation) -> Member:
    return in_post(new_person(22, "郑爽"), yi, "agency.dispatcher")


@taped
def yi_finance(yi: Organisation) -> Member:
    return in_post(new_person(23, "冯洁"), yi, "agency.finance")


# ── people who work (their Worker rows are made by the area that owns them) ─────────────────────────────
@taped
def wang_fang(db: None) -> Member:
    return Member(new_person(32, "王芳", birth=date(1978, 5, 6)))


@taped
def li_mei(db: None) -> Member:
    return Member(new_person(34, "李梅", birth=date(1982, 9, 12)))


@taped
def zhao_qiang(db: None) -> Member:
    return Member(new_person(35, "赵强", birth=date(1990, 2, 28)))


# ── the operator, the association, the bureau ───────────────────────────────────────────────────────────
@taped
def operator(db: None) -> Organisation:
    return new_organisation("operator", "安心平台运营中心", 201)


@taped
def operations(operator: Organisation) -> Member:
    return in_post(new_person(41, "蒋平台"), operator, "operator.operations")


@taped
def reviews_admin(operator: Organisation) -> Member:
    return in_post(new_person(42, "沈评价"), operator, "operator.reviews")


@taped
def auditor(operator: Organisation) -> Member:
    return in_post(new_person(43, "韩审计"), operator, "operator.auditor")


@taped
def association(db: None) -> Organisation:
    return new_organisation("association", "临安区家政服务行业协会", 301)


@taped
def association_staff(association: Organisation) -> Member:
    return in_post(new_person(51, "杨协会"), association, "association.codes")


@taped
def supervisor(db: None) -> Member:
    bureau = new_organisation("bureau", "临安区商务主管部门", 401)
    return in_post(new_person(61, "朱监管"), bureau, "bureau.supervisor")
