"""Applications for a code in every state, some late, one refused and appealed against: what each desk finds to do."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from anxin.accounts.values import ASKED, Purpose
from anxin.catalogue.values import HealthTier
from anxin.kit.actor import SYSTEM, Actor
from anxin.messaging import public as messaging
from anxin.safetycode import public as safetycode
from anxin.safetycode.values import HaltCause
from anxin.simulation.cast import AgencyCast, World, near
from anxin.simulation.platform import CITY
from anxin.workers import public as workers
from anxin.workers.values import AUTHORISATION_NOW, AffiliationKind, ArchiveItem, CredentialKind

HOUR = timedelta(hours=1)
CONSENTS = {purpose: ASKED[purpose].now.version for purpose in Purpose}


@dataclass
class Applicant:
    """Somebody on the way to a code, as far as they have come."""

    world: World
    cast: AgencyCast
    person: Actor
    worker_id: UUID
    at: datetime
    application: UUID | None = None

    def then(self, hours: float = 3) -> datetime:
        self.at += timedelta(hours=hours)
        return self.at

    def apply(self, *, by_agency: bool = False) -> None:
        by = self.cast.head if by_agency else self.person
        row = safetycode.open_application(
            worker_id=self.worker_id, tier=HealthTier.HOME, by=by, at=self.then()
        )
        self.application = row.pk
        if not by_agency:
            safetycode.submit_application(
                application_id=row.pk, declared=True, by=self.person, at=self.then(1)
            )

    def on(self, *desks: Actor) -> None:
        """One step forward by each."""
        for by in desks:
            assert self.application is not None
            safetycode.forward_application(application_id=self.application, by=by, at=self.then())

    def paper(self, kind: CredentialKind, title: str, issuer: str, **more: int) -> None:
        day = self.at.date()
        row = workers.add_credential(
            worker_id=self.worker_id, kind=kind, title=title, issuer=issuer, valid_from=day - timedelta(days=2),
            valid_to=day + timedelta(days=363), by=SYSTEM, at=self.then(),
            health_tier=HealthTier(more["tier"]) if "tier" in more else None,
            occupation_class=more.get("occupation"),
        )  # fmt: skip
        workers.verify_credential(credential_id=row.pk, how="核对原件和查询平台", by=SYSTEM, at=self.at)

    def examined(self) -> None:
        self.paper(CredentialKind.HEALTH_CHECK, "健康体检", "临安区第一人民医院", tier=2)

    def insured(self) -> None:
        self.paper(CredentialKind.INSURANCE, "家政责任险", "示例财产保险公司", occupation=4)


def applicants(world: World, now: datetime) -> None:
    """Each begins so long ago that they have come as far as their desk lets them; the last is the demo's door."""
    cast = max(world.agencies, key=lambda one: len(one.workers))
    for days, tell in (
        (1, _drafted), (2, _to_first_review), (4, _to_association), (5, _to_bureau), (8, _waits_for_check),
        (6, _to_issue), (3, _returned), (9, _appealed), (25, _late_at_association), (6, _to_hand_down),
        (2, _to_confirm),
    ):  # fmt: skip
        one = _joined(world, cast, now - timedelta(days=days, hours=20))
        tell(one)
        world.applicant = one.person


def _joined(world: World, cast: AgencyCast, at: datetime) -> Applicant:
    person = world.person(female=True, at=at)
    town = next(one for one in world.towns if one.code == cast.town)
    worker = workers.enrol(
        person_id=person.person,
        by=SYSTEM,
        at=at,
        home_town=town.code,
        home=near(world.rng, town),
        city_code=CITY,
    )
    workers.set_skills(worker_id=worker.pk, levels={"0101": 5}, by=SYSTEM, at=at)
    workers.set_areas(worker_id=worker.pk, town_codes=cast.towns, by=SYSTEM, at=at)
    workers.join_agency(
        worker_id=worker.pk,
        organisation_id=cast.organisation_id,
        kind=AffiliationKind.EMPLOYEE,
        by=SYSTEM,
        at=at,
    )
    one = Applicant(world, cast, person, worker.pk, at)
    workers.send_authorisation_code(by=person, at=one.then(1))
    code = messaging.demo_phone(worker.person.phone, "confirm_code")["code"]
    workers.sign_authorisation(
        items=frozenset(ArchiveItem), version=AUTHORISATION_NOW.version, consents=CONSENTS, drawn=world.signature,
        code=code, by=person, at=one.at,
    )  # fmt: skip
    safetycode.take_over_match(
        worker_id=worker.pk,
        score=96,
        provider="simulator",
        request_id=f"demo-{worker.number}",
        by=SYSTEM,
        at=one.then(1),
    )
    one.paper(CredentialKind.TRAINING, "岗前培训", "临安区家政培训中心")
    one.paper(CredentialKind.BACKGROUND_CHECK, "背景核查", "示例核查机构")
    return one


def _desks(one: Applicant, n: int) -> None:
    one.apply()
    platform = one.world.platform
    one.on(*(one.cast.head, platform.association, platform.county)[:n])


def _drafted(one: Applicant) -> None:
    one.apply(by_agency=True)


def _to_first_review(one: Applicant) -> None:
    _desks(one, 0)


def _to_association(one: Applicant) -> None:
    _desks(one, 1)


def _to_bureau(one: Applicant) -> None:
    _desks(one, 2)
    assert one.application is not None
    safetycode.extend_application(
        application_id=one.application, days=3, why="外省户籍，等原籍地核查回函", by=one.world.platform.county,
        at=one.then(),
    )  # fmt: skip


def _waits_for_check(one: Applicant) -> None:
    _desks(one, 3)
    assert one.application is not None
    safetycode.pause_application(
        application_id=one.application, cause=HaltCause.INSTITUTION, whom="临安区第一人民医院",
        why="本周体检号源已约满，约到下周", by=one.cast.head, at=one.then(20),
    )  # fmt: skip


def _to_issue(one: Applicant) -> None:
    _desks(one, 3)
    one.examined()
    one.insured()


def _to_hand_down(one: Applicant) -> None:
    _to_issue(one)
    one.on(one.world.platform.association)


def _returned(one: Applicant) -> None:
    _desks(one, 1)
    assert one.application is not None
    safetycode.send_back_application(
        application_id=one.application, why="培训证书照片看不清编号，请重新上传", by=one.world.platform.association,
        at=one.then(),
    )  # fmt: skip


def _appealed(one: Applicant) -> None:
    """Refused by the county's bureau, appealed, answered, replied to: the city decides."""
    _desks(one, 2)
    assert one.application is not None
    county = one.world.platform.county
    safetycode.reject_application(
        application_id=one.application, why="信用信息与申领人不符", by=county, at=one.then()
    )
    row = safetycode.appeal(
        worker_id=one.worker_id, application_id=one.application, by=one.person, at=one.then(20),
        statement="核查的是与我同名的另一个人，身份证号码后四位不同，请重新核对。",
    )  # fmt: skip
    safetycode.answer_appeal(
        appeal_id=row.pk, text="核查回函所列姓名与申领人一致，未能排除同名。", by=county, at=one.then(20)
    )
    safetycode.reply_to_appeal(
        appeal_id=row.pk, text="我可以到窗口出示原件，也同意再查一次。", by=one.person, at=one.then(10)
    )


def _late_at_association(one: Applicant) -> None:
    _desks(one, 1)


def _to_confirm(one: Applicant) -> None:
    """The demo's door: the agency has prepared it, and she has to confirm."""
    one.apply(by_agency=True)
