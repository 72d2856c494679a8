"""The world of applications: a worker with an agency, the association and the bureau of their county, and consents."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from anxin.accounts import public as accounts
from anxin.accounts.public import Organisation
from anxin.accounts.values import POSTS
from anxin.catalogue.values import CredentialKind, HealthTier
from anxin.kit.actor import SYSTEM, Actor
from anxin.kit.models import begin
from anxin.safetycode.actions import applying
from anxin.safetycode.models import Application, FaceMatch
from anxin.safetycode.values.checks import FaceResult
from anxin.workers.models import Authorisation, AuthorisedItem, Worker
from anxin.workers.values.archive import ArchiveItem
from tests.safetycode.entrusting import entrust
from tests.tape import scene, taped
from tests.workers.world import NOW, add_paper, make_agency, make_person, make_worker, self_of, staff_of

COUNTY = "330112"
STEPS_TO = {
    "draft": 0, "agency_review": 1, "association_review": 2, "bureau_review": 3, "exam_pending": 4,
    "insurance_pending": 5, "approved": 6, "issued": 7, "delivered": 8,
}  # fmt: skip


def in_office(kind: str, post: str, region: str = COUNTY, organisation: Organisation | None = None) -> Actor:
    """Somebody in a post of an office that answers for a region; notices reach them as well."""
    office = organisation or Organisation.objects.create(
        kind=kind,
        name=f"{region}{kind}",
        city_code="3301",
        town_code="330112001",
        region=region,
        created_at=NOW,
    )
    person = make_person("办事员")
    accounts.appoint(person_id=person.pk, organisation_id=office.pk, post=f"{kind}.{post}", by=SYSTEM, at=NOW)
    return Actor(
        person.pk,
        office.pk,
        f"{kind}.{post}",
        POSTS[f"{kind}.{post}"].permissions,
        verified=True,
        region=region,
    )


def authorise(worker: Worker, agency: Organisation) -> None:
    """A signed authorisation of everything, and a face that was found to be the one on the card."""
    row = Authorisation(
        worker=worker, organisation=agency, number=f"Z{worker.number}", version=1, text_hash="0" * 64,
        sha256="0" * 64, code=worker.pk, signed_at=NOW,
    )  # fmt: skip
    begin(row, by=self_of(worker), at=NOW)
    AuthorisedItem.objects.bulk_create(
        AuthorisedItem(authorisation=row, item=str(item)) for item in ArchiveItem
    )
    FaceMatch.objects.create(
        worker=worker, result=FaceResult.MATCH, score=98, provider="t", request_id="1", at=NOW
    )


@dataclass
class Cast:
    agency: Organisation
    head: Actor
    rival: Actor
    association: Actor
    bureau: Actor
    second: Actor
    worker: Worker
    own: Actor
    stranger: Actor


def cast(
    *, papers: tuple[CredentialKind, ...] = (CredentialKind.TRAINING, CredentialKind.BACKGROUND_CHECK)
) -> Cast:
    agency = make_agency()
    worker = make_worker(agency, papers=False)
    authorise(worker, agency)
    for kind in papers:
        add_paper(worker, kind)
    bureau = in_office("bureau", "supervisor")
    office = Organisation.objects.get(pk=bureau.organisation_id)
    association = in_office("association", "codes")
    entrust(Organisation.objects.get(pk=association.organisation_id))
    return Cast(
        agency, staff_of(agency), staff_of(make_agency("对门家政")), association, bureau,
        in_office("bureau", "supervisor", organisation=office), worker, self_of(worker),
        Actor(make_person("路人").pk, verified=True),
    )  # fmt: skip


@taped
def world(db: None) -> Cast:
    return cast()


@scene
def opened(world: Cast, at: datetime = NOW) -> Application:
    return applying.open_application(worker_id=world.worker.pk, tier=HealthTier.GENERAL, by=world.own, at=at)


@scene
def brought_to(world: Cast, state: str, at: datetime = NOW) -> Application:
    """An application in that state, each step an hour after the other."""
    row = opened(world, at)
    same = {"application_id": row.pk}
    acts = [
        lambda t: applying.submit(declared=True, by=world.own, at=t, **same),
        lambda t: applying.forward(by=world.head, at=t, **same),
        lambda t: applying.pass_on(by=world.association, at=t, **same),
        lambda t: applying.clear(by=world.bureau, at=t, **same),
        lambda t: add_paper(world.worker, CredentialKind.HEALTH_CHECK),
        lambda t: add_paper(world.worker, CredentialKind.INSURANCE),
        lambda t: applying.issue_applied(by=world.association, at=t, **same),
        lambda t: applying.hand_down(by=world.head, at=t, **same),
    ]
    for number, act in enumerate(acts[: STEPS_TO[state]], start=1):
        act(at + timedelta(hours=number))
    row.refresh_from_db()
    return row


def day(number: int, month: int = 3) -> date:
    return date(2026, month, number)
