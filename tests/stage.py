"""The stage of the line: a live agency with a published service, its workers with green codes, and a customer."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from anxin.agencies import public as agencies
from anxin.agencies.models import Agency, ServiceItem, ServiceVersion
from anxin.agencies.values import Hours, PriceList, ServiceContent, SpecStep
from anxin.catalogue.values import CredentialKind, HealthTier, Unit
from anxin.customers.values import AddressFacts
from anxin.kit import ids, jobs
from anxin.kit.actor import SYSTEM, Actor
from anxin.kit.geo import Point
from anxin.kit.ids import new_id
from anxin.orders import public as orders
from anxin.orders.models import Order
from anxin.safetycode import public as safetycode
from anxin.workers import public as workers
from anxin.workers.values import AffiliationKind
from tests import cast
from tests.cast import JINCHENG, NOON, Member

START = NOON + timedelta(days=2, hours=4)  # Friday 14:00 in Lin'an


@dataclass
class Stage:
    """Everybody the line needs; `demand` is what 陈静 would ask 甲 for."""

    customer: Member
    address: AddressFacts
    head: Member
    rival: Member
    workers: list[workers.Worker]
    people: list[Member]
    version: agencies.ServiceVersion
    demand: orders.Demand

    @property
    def worker(self) -> Actor:
        """The first worker, as themself."""
        return self.people[0].actor

    def ask(self, at: datetime = NOON, **changes: Any) -> Order:
        """Submit the demand (changed as told) and let the jobs run."""
        order = orders.submit_demand(
            replace(self.demand, **changes), order_id=new_id(), by=self.customer.actor, at=at
        )
        jobs.drain(at)
        order.refresh_from_db()
        return order


def publish(
    organisation: Any, name: str, *, price_fen: int = 5000, item_code: str = "0101"
) -> ServiceVersion:
    agency = Agency.objects.create(
        organisation=organisation, number=ids.number("A", NOON), city_code="3301", town_code=JINCHENG, name=name,
        mode="employer", legal_representative="法人", phone="057112345678", address="锦城街道", state="live",
        state_at=cast.BEGIN, created_at=cast.BEGIN, lat=30.235, lng=119.718,
    )  # fmt: skip
    content = ServiceContent(
        name="日常保洁", price_list=PriceList(unit=Unit.HOUR, unit_price_fen=price_fen, minimum=Decimal(2)),
        specification=(SpecStep("a", "清洁厨房", photo=True), SpecStep("b", "清洁卫生间")),
        towns=(JINCHENG, "330112002"), hours=tuple(Hours(d, 480, 1200) for d in range(7)), notice_minutes=60,
    ).to_json()  # fmt: skip
    service = ServiceItem.objects.create(
        agency=agency, item_code=item_code, state="draft", state_at=cast.BEGIN, created_at=cast.BEGIN
    )
    version = ServiceVersion.objects.create(
        service=service, number=1, name=content["name"], specification=content["specification"],
        price_list=content["price_list"], towns=content["towns"], hours=content["hours"], notice_minutes=60,
        unit="hour", unit_price_fen=price_fen, written_at=cast.BEGIN, published_at=cast.BEGIN,
    )  # fmt: skip
    ServiceItem.objects.filter(pk=service.pk).update(current=version, state="published")
    return version


def green_worker(
    person: Member, organisation: Any, *, home: Point, years: int = 5, may_grab: bool = True
) -> Any:
    """A worker with all papers valid through 2026 and an issued code."""
    at = cast.BEGIN
    worker = workers.enrol(
        person_id=person.id, by=SYSTEM, at=at, home=home, practising_since=date(2025 - years, 3, 1)
    )
    workers.set_skills(worker_id=worker.pk, levels={"0101": 4}, by=SYSTEM, at=at)
    workers.set_areas(worker_id=worker.pk, town_codes=(JINCHENG, "330112002"), by=SYSTEM, at=at)
    workers.set_shifts(worker_id=worker.pk, shifts=[(d, 480, 1260) for d in range(7)], by=SYSTEM, at=at)
    details: dict[CredentialKind, dict[str, Any]] = {
        CredentialKind.HEALTH_CHECK: {"health_tier": HealthTier.HOME},
        CredentialKind.INSURANCE: {"occupation_class": 3},
        CredentialKind.BACKGROUND_CHECK: {},
        CredentialKind.TRAINING: {},
    }
    for kind, more in details.items():
        paper = workers.add_credential(
            worker_id=worker.pk, kind=kind, title=str(kind), issuer="临安区人民医院", valid_from=date(2026, 1, 1),
            valid_to=date(2026, 12, 31), by=SYSTEM, at=at, **more,
        )  # fmt: skip
        workers.verify_credential(credential_id=paper.pk, how="查验原件", by=SYSTEM, at=at)
    workers.join_agency(
        worker_id=worker.pk, organisation_id=organisation.pk, kind=AffiliationKind.EMPLOYEE, by=SYSTEM, at=at,
        may_grab=may_grab,
    )  # fmt: skip
    safetycode.issue(worker_id=worker.pk, by=SYSTEM, at=NOON, valid_to=date(2027, 1, 1))
    return worker


@pytest.fixture
def stage(chen_jing, address_of_chen_jing, jia_head, yi_head, wang_fang, li_mei, zhao_qiang) -> Stage:
    version = publish(jia_head.organisation, "甲家政")
    publish(yi_head.organisation, "乙家政", price_fen=5500)
    team = [wang_fang, li_mei]
    found = [
        green_worker(wang_fang, jia_head.organisation, home=Point(30.24, 119.72)),
        green_worker(li_mei, jia_head.organisation, home=Point(30.26, 119.74), years=2),
    ]
    green_worker(zhao_qiang, yi_head.organisation, home=Point(30.20, 119.70))
    demand = orders.Demand(
        item_code="0101", mode="hourly", quantity=Decimal(3), starts_at=START, ends_at=START + timedelta(hours=3),
        address_id=address_of_chen_jing.id, version_id=version.id, wishes="家里有一只猫",
        scope={"area": 90, "hours": 3},
    )  # fmt: skip
    return Stage(chen_jing, address_of_chen_jing, jia_head, yi_head, found, team, version, demand)
