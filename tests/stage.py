"""The stage of the line: a live agency with a published service, its workers with green codes, and a customer."""

from __future__ import annotations

import io
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from PIL import Image

from anxin.agencies import public as agencies
from anxin.agencies.values import Hours, PriceList, ServiceContent, SpecStep
from anxin.catalogue.values import CredentialKind, HealthTier, Unit
from anxin.customers.values import AddressFacts
from anxin.files import public as files
from anxin.kit import jobs
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
from tests.tape import scene, taped

START = NOON + timedelta(days=2, hours=4)  # Friday 14:00 in Lin'an

# What nobody looks at where only the orders themselves count: words to people, their messages, drafts of contracts.
UNSEEN = frozenset({"orders.tell", "messaging.deliver", "contracts.draft"})
# Everybody on the stage may grab at once; test_head_start is about those who may not.
GOOD_CREDIT = 95


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

    @scene
    def ask(self, at: datetime = NOON, *, unseen: frozenset[str] = frozenset(), **changes: Any) -> Order:
        """Submit the demand (changed as told) and let the jobs run, but for the unseen."""
        order = orders.submit_demand(
            replace(self.demand, **changes), order_id=new_id(), by=self.customer.actor, at=at
        )
        jobs.drain(at, discard=unseen)
        order.refresh_from_db()
        return order


def picture(kind: str = "PNG", size: tuple[int, int] = (64, 48)) -> bytes:
    """A small real picture."""
    data = io.BytesIO()
    Image.new("RGB", size, "white").save(data, kind)
    return data.getvalue()


def publish(
    head: Member, operator: Actor, name: str, *, price_fen: int = 5000, item_code: str = "0101"
) -> Any:
    """The head's organisation joins, is verified, goes live and publishes one service."""
    at, by = cast.BEGIN, head.actor
    profile = agencies.Profile(
        mode="employer", legal_representative=name[0] + "店长", phone="057163710001", town_code=JINCHENG,
        address="锦城街道衣锦街 8 号", lat=30.235, lng=119.718,
    )  # fmt: skip
    agency = agencies.apply(
        name=name, uscc="", profile=profile, organisation_id=head.organisation.pk, by=by, at=at
    )
    licence = agencies.Paper(
        "licence",
        "营业执照",
        "临安区市场监督管理局",
        number=head.organisation.uscc or "",
        valid_from=date(2020, 1, 1),
    )
    scan = files.store_bytes(picture(), name="licence.png", kind=files.FileKind.DOCUMENT, by=by, at=at)
    paper = agencies.add_document(agency_id=agency.pk, paper=licence, file_id=scan.pk, by=by, at=at)
    agencies.submit(agency_id=agency.pk, agreed=True, by=by, at=at)
    agencies.verify_document(document_id=paper.pk, passed=True, how="比对登记信息", by=operator, at=at)
    agencies.approve(agency_id=agency.pk, by=operator, at=at)
    agencies.set_credit(agency.pk, score=GOOD_CREDIT, by=SYSTEM, at=at)
    content = ServiceContent(
        name="日常保洁", price_list=PriceList(unit=Unit.HOUR, unit_price_fen=price_fen, minimum=Decimal(2)),
        specification=(SpecStep("a", "清洁厨房", photo=True), SpecStep("b", "清洁卫生间")),
        towns=(JINCHENG, "330112002"), hours=tuple(Hours(d, 480, 1200) for d in range(7)), notice_minutes=60,
    )  # fmt: skip
    return agencies.offer_service(agency_id=agency.pk, item_code=item_code, content=content, by=by, at=at)


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
    workers.set_credit(worker_id=worker.pk, score=GOOD_CREDIT, by=SYSTEM, at=at)
    safetycode.issue(worker_id=worker.pk, by=SYSTEM, at=NOON, valid_to=date(2027, 1, 1))
    return worker


@taped
def stage(
    chen_jing, address_of_chen_jing, jia_head, yi_head, wang_fang, li_mei, zhao_qiang, operations
) -> Stage:
    version = publish(jia_head, operations.actor, "甲家政")
    publish(yi_head, operations.actor, "乙家政", price_fen=5500)
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
    # That somebody joined is looked into once, and not by each test that runs its jobs.
    jobs.drain(NOON)
    return Stage(chen_jing, address_of_chen_jing, jia_head, yi_head, found, team, version, demand)
