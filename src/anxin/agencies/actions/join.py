"""An agency joins: applies, brings its papers, agrees with the platform, and asks to be verified (E-22)."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from anxin.accounts import public as accounts
from anxin.accounts.values import OrganisationKind
from anxin.agencies import rules
from anxin.agencies.actions.refusals import AgreementMissing, LicenceExpired, LicenceMissing, Unfit, reason
from anxin.agencies.models import Agency, AgencyStanding, Document
from anxin.agencies.states import AgencyState
from anxin.agencies.values import AGREEMENT_VERSION, DocumentKind
from anxin.audit.public import record
from anxin.files import public as files
from anxin.kit.access import holds, require
from anxin.kit.actor import Actor
from anxin.kit.clock import local_date
from anxin.kit.errors import Conflict, NotFound, RealNameNeeded
from anxin.kit.ids import number
from anxin.kit.models import allow, begin, move
from anxin.places import public as places

MANAGE = "agencies.manage"


class AlreadyJoined(Conflict):
    code = "already_joined"
    message = _("这家机构已经申请过入驻，请在“机构主页”查看进度。")


class DocumentStands(Conflict):
    code = "document_stands"
    message = _("已核实的资料不能直接删除；可以上传新的替换它。")


@dataclass(frozen=True, slots=True)
class Profile:
    """What an agency says of itself. `lat`/`lng` WGS-84 degrees or None (then the town's point stands for it)."""

    mode: str
    legal_representative: str
    phone: str
    town_code: str
    address: str
    intro: str = ""
    lat: float | None = None
    lng: float | None = None


@dataclass(frozen=True, slots=True)
class Paper:
    """A document as it is handed in. `valid_to` None = without end."""

    kind: str
    title: str
    issuer: str
    number: str = ""
    valid_from: date | None = None
    valid_to: date | None = None


@transaction.atomic
def apply(
    *, name: str, uscc: str, profile: Profile, by: Actor, at: datetime, organisation_id: UUID | None = None
) -> Agency:
    """Apply to join, free of charge. Founds the organisation with the applicant as its head.

    The head of an agency that is entered already names it by `organisation_id`; name and code are then its own.
    Refuses: RealNameNeeded, UsccInvalid, UsccTaken, Unfit, AlreadyJoined, NotFound. Source: E-22.
    """
    if not (by.verified or by.is_system):
        raise RealNameNeeded
    clean = _clean(profile)
    organisation = (
        _own_organisation(organisation_id, by)
        if organisation_id
        else accounts.found_organisation(
            kind=OrganisationKind.AGENCY,
            name=name,
            uscc=accounts.check_uscc(uscc).code,
            city_code=clean.town_code[:4],
            town_code=clean.town_code,
            head_id=by.person_id,
            by=by,
            at=at,
        )
    )
    row = Agency(
        organisation=organisation,
        number=number("A", at),
        city_code=organisation.city_code,
        name=organisation.name,
        pinyin=pinyin_of(organisation.name),
        created_at=at,
        created_by=by.person_id,
        **_columns(clean),
    )
    try:
        with transaction.atomic():
            begin(row, by=by, at=at)
    except IntegrityError:
        raise AlreadyJoined from None
    AgencyStanding.objects.create(agency=row)
    record("agencies.apply", by=by, at=at, subject="agency", subject_id=row.pk)
    return row


@transaction.atomic
def change_profile(*, agency_id: UUID, profile: Profile, by: Actor, at: datetime) -> Agency:
    """Change what the agency says of itself; once it has been verified, mode and legal representative stay.

    Refuses: Forbidden, NotFound, Unfit.
    """
    row = own_agency(agency_id, by)
    columns = _columns(_clean(profile))
    if row.state not in (AgencyState.APPLIED, AgencyState.RETURNED, AgencyState.REJECTED):
        del columns["mode"], columns["legal_representative"]
    for name, value in columns.items():
        setattr(row, name, value)
    row.save(update_fields=list(columns))
    record("agencies.change_profile", by=by, at=at, subject="agency", subject_id=row.pk)
    return row


@transaction.atomic
def hand_in(*, agency_id: UUID, paper: Paper, upload: Any, by: Actor, at: datetime) -> Document:
    """Keep a document together with its scan. Refuses what files refuse, and what `add_document` does."""
    stored = files.store(
        upload, kind=files.FileKind.DOCUMENT, by=by, at=at, organisation_id=by.organisation_id
    )
    return add_document(agency_id=agency_id, paper=paper, file_id=stored.pk, by=by, at=at)


@transaction.atomic
def add_document(*, agency_id: UUID, paper: Paper, file_id: UUID | None, by: Actor, at: datetime) -> Document:
    """Hand in a document, unverified; a new licence takes the place of the old one.

    `file_id` is an upload of this agency's staff. Refuses: Forbidden, NotFound, Unfit. Source: B-7.1.1.
    """
    row = own_agency(agency_id, by)
    if problems := rules.paper_problems(
        paper.kind,
        paper.title,
        paper.issuer,
        paper.number,
        paper.valid_from,
        paper.valid_to,
        has_file=bool(file_id),
    ):
        raise Unfit(problems)
    if file_id is not None and not _may_use(file_id, by):
        raise NotFound(field="file")
    if paper.kind == DocumentKind.LICENCE:
        row.documents.standing().filter(kind=DocumentKind.LICENCE).update(replaced_at=at)
    document = Document.objects.create(
        agency=row, file_id=file_id, created_at=at, created_by=by.person_id, **asdict(paper)
    )
    record(
        "agencies.add_document",
        by=by, at=at, subject="agency", subject_id=row.pk,
        detail={"document": str(document.pk), "kind": paper.kind},
    )  # fmt: skip
    return document


@transaction.atomic
def remove_document(*, document_id: UUID, by: Actor, at: datetime) -> Document:
    """Take back a document that has not been verified. Refuses: Forbidden, NotFound, DocumentStands."""
    require(holds(MANAGE), by)
    row: Document | None = (
        Document.objects.visible_to(by).standing().select_for_update().filter(pk=document_id).first()
    )
    if row is None:
        raise NotFound
    if row.is_verified:
        raise DocumentStands
    row.replaced_at = at
    row.save(update_fields=["replaced_at"])
    record("agencies.remove_document", by=by, at=at, subject="agency", subject_id=row.agency_id)
    return row


@transaction.atomic
def submit(*, agency_id: UUID, agreed: bool, by: Actor, at: datetime) -> Agency:
    """Agree to the platform's terms and ask to be verified; again after a return.

    Refuses: Forbidden, NotFound, AgreementMissing, LicenceMissing, LicenceExpired, NotAllowed.
    """
    row = own_agency(agency_id, by)
    allow(row, "submit")
    if not agreed:
        raise AgreementMissing(field="agreed")
    licence = row.documents.standing().filter(kind=DocumentKind.LICENCE).first()
    if licence is None:
        raise LicenceMissing
    if not licence.is_valid_on(local_date(at)):
        raise LicenceExpired
    move(
        row, AgencyState.VERIFYING, by=by, at=at,
        agreement_version=AGREEMENT_VERSION, agreed_at=at, agreed_by=by.person_id, submitted_at=at,
    )  # fmt: skip
    record(
        "agencies.submit",
        by=by, at=at, subject="agency", subject_id=row.pk, detail={"agreement": AGREEMENT_VERSION},
    )  # fmt: skip
    return row


@transaction.atomic
def appeal(*, agency_id: UUID, why: str, by: Actor, at: datetime) -> Agency:
    """Ask for a rejected application to be looked at again, with grounds. Refuses: ReasonMissing, NotAllowed."""
    row = own_agency(agency_id, by)
    allow(row, "appeal")
    move(row, AgencyState.VERIFYING, by=by, at=at, why=reason(why), submitted_at=at)
    record("agencies.appeal", by=by, at=at, subject="agency", subject_id=row.pk)
    return row


def own_agency(agency_id: UUID, by: Actor) -> Agency:
    """The agency under a row lock, for those who manage it. Refuses: Forbidden, NotFound."""
    require(holds(MANAGE), by)
    row: Agency | None = Agency.objects.visible_to(by).select_for_update().filter(pk=agency_id).first()
    if row is None:
        raise NotFound
    return row


def pinyin_of(name: str) -> str:
    """Sort and search key: full pinyin, then the initials."""
    from pypinyin import Style, lazy_pinyin  # costs a fifth of a second of every start

    full = lazy_pinyin(name, style=Style.NORMAL)
    return f"{''.join(full)} {''.join(part[:1] for part in full)}".lower()[:400]


def _own_organisation(organisation_id: UUID, by: Actor) -> accounts.Organisation:
    found = accounts.organisations([organisation_id]).get(organisation_id)
    own = by.organisation_id == organisation_id and by.holds(MANAGE)
    if found is None or found.kind != OrganisationKind.AGENCY or not (own or by.is_system):
        raise NotFound
    return found


def _clean(profile: Profile) -> Profile:
    if problems := rules.profile_problems(
        profile.mode, profile.legal_representative, profile.phone, profile.town_code, profile.address,
        known_town=bool(places.named([profile.town_code])),
    ):  # fmt: skip
        raise Unfit(problems)
    return profile


def _columns(profile: Profile) -> dict[str, Any]:
    columns = {
        name: value.strip() if isinstance(value, str) else value for name, value in asdict(profile).items()
    }
    if profile.lat is None or profile.lng is None:
        point = places.town_point(profile.town_code)
        columns["lat"], columns["lng"] = (point.lat, point.lng) if point else (None, None)
    return columns


def _may_use(file_id: UUID, by: Actor) -> bool:
    """Whether the upload is the actor's own or their organisation's."""
    found = files.files([file_id]).get(file_id)
    if found is None:
        return False
    return (
        by.is_system
        or found.person_id == by.person_id
        or (found.organisation_id is not None and found.organisation_id == by.organisation_id)
    )
