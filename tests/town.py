"""A small town that lives now: two agencies, three green workers, a customer, the operator.

Unlike `tests/stage.py` its clock is the real one, for tests that play the product from outside: in a browser, or
as a program. Everybody comes about through the actions. `python -m tests.town` fills the database and tells whom
it made.
"""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from anxin.kit.clock import local_date
from anxin.kit.geo import Point

DAY = 1440
LENGTH = timedelta(hours=2)
DOOR = Point(30.2337, 119.7205)


@dataclass
class Town:
    """Phones of the people; ids of what the tests ask for."""

    customer: str = ""
    neighbour: str = ""
    head: str = ""
    rival: str = ""
    operations: str = ""
    workers: list[str] = field(default_factory=list)
    rival_worker: str = ""
    address_id: str = ""
    version_id: str = ""
    agency_number: str = ""
    association: str = ""
    bureau: str = ""
    clinic: str = ""
    insurer: str = ""


def found(at: datetime) -> Town:
    """Build the town at a moment; papers are valid for a year from then."""
    from anxin.agencies import public as agencies
    from anxin.customers import public as customers
    from tests import cast

    town = Town()
    operator = cast.new_organisation("operator", "安心平台运营中心", 201)
    operations = cast.in_post(cast.new_person(41, "蒋平台"), operator, "operator.operations")
    town.operations = cast.phone(41)
    for sequence, name in ((1, "陈静"), (2, "周敏")):
        member = cast.Member(cast.new_person(sequence, name))
        customers.add_address(
            contact_name=name, contact_phone=cast.phone(sequence), town_code=cast.JINCHENG, label="家",
            detail=f"临天路 {sequence}00 号 3 幢 502 室", lat=DOOR.lat, lng=DOOR.lng, by=member.actor, at=cast.BEGIN,
        )  # fmt: skip
        if sequence == 1:
            town.address_id = str(customers.addresses_of(member.actor)[0].id)
    town.customer, town.neighbour = cast.phone(1), cast.phone(2)

    jia = cast.new_organisation("agency", "临安甲家政服务有限公司", 101)
    yi = cast.new_organisation("agency", "临安乙家政服务有限公司", 102)
    head = cast.in_post(cast.new_person(11, "钱丽"), jia, "agency.head")
    rival = cast.in_post(cast.new_person(21, "吴刚"), yi, "agency.head")
    town.head, town.rival = cast.phone(11), cast.phone(21)
    version = _publish(head, operations.actor, price_fen=5000, at=at)
    _publish(rival, operations.actor, price_fen=5500, at=at)
    town.version_id = str(version.id)
    agency = agencies.agency_of(jia.pk)
    assert agency is not None
    town.agency_number = agency.number
    staff = ((32, "王芳", jia, 30.24, 9), (34, "李梅", jia, 30.27, 2), (35, "赵强", yi, 30.22, 4))
    for sequence, name, organisation, lat, years in staff:
        person = cast.Member(cast.new_person(sequence, name, birth=date(1982, 5, 6)))
        _enrol(person, organisation, home=Point(lat, 119.72), years=years, at=at)
    town.workers, town.rival_worker = [cast.phone(32), cast.phone(34)], cast.phone(35)
    _offices(town)
    return town


def _offices(town: Town) -> None:
    """Who leads a stranger to a code: the association that the bureau entrusted, the bureau, a clinic, an insurer."""
    from tests import cast
    from tests.safetycode.entrusting import entrust

    posts = {
        "association": ("association.head", "杭州市家政行业协会", "孔会长"),
        "bureau": ("bureau.head", "杭州市商务局", "严局长"),
        "clinic": ("exam.registrar", "临安区第一人民医院体检中心", "孟登记"),
        "insurer": ("insurer.clerk", "示例财产保险公司", "谢承保"),
    }
    for sequence, (office, (post, house, name)) in enumerate(posts.items(), start=51):
        organisation = cast.new_organisation(post.split(".")[0], house, 450 + sequence)
        cast.in_post(cast.new_person(sequence, name), organisation, post)
        setattr(town, office, cast.phone(sequence))
        if office == "association":
            entrust(organisation, "330112")


def _publish(head: Any, operator: Any, *, price_fen: int, at: datetime) -> Any:
    """The head's organisation joins, is verified, goes live, and publishes one service round the clock."""
    from anxin.agencies import public as agencies
    from anxin.agencies.values import Hours, PriceList, ServiceContent, SpecStep
    from anxin.catalogue.values import Unit
    from anxin.files import public as files
    from tests import cast
    from tests.stage import picture

    by, organisation = head.actor, head.organisation
    profile = agencies.Profile(
        mode="employer", legal_representative="店长", phone="057163710001", town_code=cast.JINCHENG,
        address="锦城街道衣锦街 8 号", lat=30.235, lng=119.718,
    )  # fmt: skip
    agency = agencies.apply(
        name=organisation.name, uscc="", profile=profile, organisation_id=organisation.pk, by=by, at=at
    )
    licence = agencies.Paper(
        "licence",
        "营业执照",
        "临安区市场监督管理局",
        number=organisation.uscc or "",
        valid_from=date(2020, 1, 1),
    )
    scan = files.store_bytes(picture(), name="licence.png", kind=files.FileKind.DOCUMENT, by=by, at=at)
    paper = agencies.add_document(agency_id=agency.pk, paper=licence, file_id=scan.pk, by=by, at=at)
    agencies.submit(agency_id=agency.pk, agreed=True, by=by, at=at)
    agencies.verify_document(document_id=paper.pk, passed=True, how="比对登记信息", by=operator, at=at)
    agencies.approve(agency_id=agency.pk, by=operator, at=at)
    # Who grabs on a journey need not wait for the moment of their grade.
    agencies.set_credit(agency.pk, score=95, by=operator, at=at)
    content = ServiceContent(
        name="日常保洁", price_list=PriceList(unit=Unit.HOUR, unit_price_fen=price_fen, minimum=Decimal(2)),
        specification=(SpecStep("a", "清洁厨房", photo=True), SpecStep("b", "清洁卫生间")),
        towns=(cast.JINCHENG,), hours=tuple(Hours(day, 0, DAY) for day in range(7)), notice_minutes=60,
    )  # fmt: skip
    return agencies.offer_service(agency_id=agency.pk, item_code="0101", content=content, by=by, at=at)


def _enrol(person: Any, organisation: Any, *, home: Point, years: int, at: datetime) -> Any:
    """A worker of the organisation with all papers in order and an issued code, at work round the clock."""
    from anxin.catalogue.values import CredentialKind, HealthTier
    from anxin.kit.actor import SYSTEM
    from anxin.safetycode import public as safetycode
    from anxin.workers import public as workers
    from anxin.workers.values import AffiliationKind
    from tests import cast

    today = local_date(at)
    since, until = today - timedelta(days=30), today + timedelta(days=330)
    worker = workers.enrol(
        person_id=person.id, by=SYSTEM, at=at, home=home, practising_since=today - timedelta(days=365 * years)
    )
    workers.set_skills(worker_id=worker.pk, levels={"0101": 4}, by=SYSTEM, at=at)
    workers.set_areas(worker_id=worker.pk, town_codes=(cast.JINCHENG,), by=SYSTEM, at=at)
    workers.set_shifts(worker_id=worker.pk, shifts=[(day, 0, DAY) for day in range(7)], by=SYSTEM, at=at)
    papers: dict[Any, dict[str, Any]] = {
        CredentialKind.HEALTH_CHECK: {"health_tier": HealthTier.HOME},
        CredentialKind.INSURANCE: {"occupation_class": 3},
        CredentialKind.BACKGROUND_CHECK: {},
        CredentialKind.TRAINING: {},
    }
    for kind, more in papers.items():
        paper = workers.add_credential(
            worker_id=worker.pk, kind=kind, title=str(kind), issuer="临安区人民医院", valid_from=since,
            valid_to=until, by=SYSTEM, at=at, **more,
        )  # fmt: skip
        workers.verify_credential(credential_id=paper.pk, how="查验原件", by=SYSTEM, at=at)
    workers.join_agency(
        worker_id=worker.pk, organisation_id=organisation.pk, kind=AffiliationKind.EMPLOYEE, by=SYSTEM, at=at,
        may_grab=True,
    )  # fmt: skip
    safetycode.issue(worker_id=worker.pk, by=SYSTEM, at=at, valid_to=until)
    return worker


def soon(at: datetime) -> datetime:
    """The next half hour that may be asked for; a departure for it is allowed at once."""
    first = at + timedelta(minutes=125)
    return first.replace(minute=0, second=0, microsecond=0) + timedelta(minutes=30 * -(-first.minute // 30))


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "anxin.config.settings")
    import django

    django.setup()
    from anxin.kit import clock

    print(json.dumps(asdict(found(clock.now()))))
