"""An agency's services: open one from the catalogue, draft, publish a version, withdraw."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _text
from django.utils.translation import gettext_lazy as _

from anxin.accounts import public as accounts
from anxin.agencies import queries, rules
from anxin.agencies.actions.refusals import NothingChanged, NotLive, Stale, Unfit
from anxin.agencies.events import ServiceWithdrawn, VersionPublished
from anxin.agencies.models import Agency, ServiceItem, ServiceVersion
from anxin.agencies.states import AgencyState, ItemState
from anxin.agencies.values import ServiceContent
from anxin.audit.public import record
from anxin.catalogue import public as catalogue
from anxin.kit import clock
from anxin.kit.access import holds, require
from anxin.kit.actor import Actor
from anxin.kit.errors import Conflict, NotFound
from anxin.kit.events import announce
from anxin.kit.models import begin, move
from anxin.places import public as places

PUBLISH = "agencies.publish"


class AlreadyOffered(Conflict):
    code = "already_offered"
    message = _("您已经有这项服务了，请直接修改它的价格和内容。")


@transaction.atomic
def open_service(*, agency_id: UUID, item_code: str, by: Actor, at: datetime) -> ServiceItem:
    """Start offering an item: a draft that begins with the catalogue's specification.

    Refuses: Forbidden, NotFound (another's agency), UnknownItem, AlreadyOffered. Source: B-7.1.2.
    """
    require(holds(PUBLISH), by)
    agency = Agency.objects.visible_to(by).filter(pk=agency_id).first()
    if agency is None:
        raise NotFound
    facts = catalogue.item(item_code, at)
    row = ServiceItem(agency=agency, item_code=facts.code, created_at=at)
    try:
        with transaction.atomic():
            begin(row, by=by, at=at)
    except IntegrityError:
        raise AlreadyOffered(field="item_code") from None
    _write_draft(row, rules.starting_content(facts, agency.town_code), by=by, at=at)
    record(
        "agencies.open_service",
        by=by, at=at, subject="service", subject_id=row.pk, detail={"item": facts.code},
    )  # fmt: skip
    return row


@transaction.atomic
def save_draft(
    *, service_id: UUID, content: ServiceContent, revision: str, by: Actor, at: datetime
) -> ServiceVersion:
    """Keep a draft; it may be unfinished. `revision` is what the writer had before them.

    Refuses: Forbidden, NotFound, Stale (somebody saved or published since).
    """
    row = _locked(service_id, by)
    _check_revision(row, revision)
    draft = _write_draft(row, content, by=by, at=at)
    record("agencies.save_draft", by=by, at=at, subject="service", subject_id=row.pk)
    return draft


@transaction.atomic
def publish_version(
    *, service_id: UUID, content: ServiceContent, revision: str, by: Actor, at: datetime
) -> ServiceVersion:
    """Publish `content` as the next version; what was ordered before keeps its own version.

    Two heads at once: the second is refused as Stale, with nothing lost of what they typed. A withdrawn
    service comes back, without a new version when nothing was changed.
    Refuses: Forbidden, NotFound, Stale, NotLive, Unfit, NothingChanged. Source: B-7.1.2, B-7.1.3.
    """
    row = _locked(service_id, by)
    if row.agency.state != AgencyState.LIVE:
        raise NotLive
    _check_revision(row, revision)
    towns = frozenset(places.named({*content.towns, *(t.town_code for t in content.price_list.travel)}))
    if problems := rules.content_problems(content, towns, catalogue.item_or_none(row.item_code, at)):
        raise Unfit(problems)
    current = row.current
    if current is not None and rules.same_content(current.content, content):
        if row.state == ItemState.PUBLISHED:
            raise NothingChanged
        ServiceVersion.objects.filter(service=row, published_at=None).delete()
        version = current
        move(row, ItemState.PUBLISHED, by=by, at=at)
    else:
        version = _write_draft(row, content, by=by, at=at, published=True)
        if row.state == ItemState.PUBLISHED:
            ServiceItem.objects.filter(pk=row.pk).update(current=version)
            row.current = version
        else:
            move(row, ItemState.PUBLISHED, by=by, at=at, current_id=version.pk)
    record(
        "agencies.publish_version",
        by=by, at=at, subject="service", subject_id=row.pk,
        detail={"version": str(version.pk), "number": version.number},
    )  # fmt: skip
    announce(VersionPublished(version.pk, row.pk, row.agency_id))
    return version


@transaction.atomic
def discard_draft(*, service_id: UUID, by: Actor, at: datetime) -> ServiceItem:
    """Drop the draft; what is published stays. Refuses: Forbidden, NotFound."""
    row = _locked(service_id, by)
    ServiceVersion.objects.filter(service=row, published_at=None).delete()
    record("agencies.discard_draft", by=by, at=at, subject="service", subject_id=row.pk)
    return row


@transaction.atomic
def withdraw_service(*, service_id: UUID, by: Actor, at: datetime, why: str = "") -> ServiceItem:
    """Take a service off the list; orders already made under it go on. Refuses: Forbidden, NotFound, NotAllowed."""
    row = _locked(service_id, by)
    move(row, ItemState.WITHDRAWN, by=by, at=at, why=why.strip())
    record("agencies.withdraw_service", by=by, at=at, subject="service", subject_id=row.pk)
    announce(ServiceWithdrawn(row.pk, row.agency_id))
    return row


def _locked(service_id: UUID, by: Actor) -> ServiceItem:
    """The service under a row lock: writers of one service queue here."""
    require(holds(PUBLISH), by)
    row: ServiceItem | None = (
        ServiceItem.objects.visible_to(by)
        .filter(pk=service_id)
        .select_related("agency", "current")
        .select_for_update(of=("self",))
        .first()
    )
    if row is None:
        raise NotFound
    return row


def _check_revision(row: ServiceItem, revision: str) -> None:
    newest = queries.newest(row.pk)
    if newest is None or revision == queries.revision_of(newest):
        return
    who = accounts.people([newest.written_by]) if newest.written_by else {}
    name = next((facts.name for facts in who.values()), _text("同事"))
    raise Stale(field="revision", who=name, when=f"{clock.local(newest.written_at):%H:%M:%S}")


def _write_draft(
    row: ServiceItem, content: ServiceContent, *, by: Actor, at: datetime, published: bool = False
) -> ServiceVersion:
    """Write the one draft of a service, or turn it into the next published version."""
    draft = ServiceVersion.objects.filter(service=row, published_at=None).first()
    if draft is None:
        last = queries.newest(row.pk)
        draft = ServiceVersion(service=row, number=last.number + 1 if last else 1)
    draft.take(content)
    draft.written_at, draft.written_by = at, by.person_id
    if published:
        draft.published_at, draft.published_by = at, by.person_id
    draft.save()
    return draft


@transaction.atomic
def offer_service(
    *, agency_id: UUID, item_code: str, content: ServiceContent, by: Actor, at: datetime
) -> ServiceVersion:
    """Open a service if the agency has none of this item yet, and publish `content`: one step for programs.

    Refuses what open_service and publish_version refuse.
    """
    row = ServiceItem.objects.visible_to(by).filter(agency_id=agency_id, item_code=item_code).first()
    if row is None:
        row = open_service(agency_id=agency_id, item_code=item_code, by=by, at=at)
    newest = queries.newest(row.pk)
    return publish_version(
        service_id=row.pk,
        content=content,
        revision=queries.revision_of(newest) if newest else "",
        by=by,
        at=at,
    )
