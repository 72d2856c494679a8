"""Reads behind the pages: the directory, one agency, desks and queues."""

from __future__ import annotations

from uuid import UUID

from django.db.models import (
    Case,
    Count,
    Exists,
    F,
    IntegerField,
    OuterRef,
    Prefetch,
    Q,
    QuerySet,
    Value,
    When,
)

from anxin.accounts import public as accounts
from anxin.agencies.models import Agency, Document, ServiceItem, ServiceVersion
from anxin.agencies.states import AgencyState, ItemState
from anxin.agencies.values import DocumentKind, Verification
from anxin.kit.actor import Actor
from anxin.kit.errors import NotFound

PUBLISHED = (
    ServiceItem.objects.filter(state=ItemState.PUBLISHED).select_related("current").order_by("item_code")
)
SHOWN = Document.objects.standing().exclude(verification=Verification.REFUSED)


def directory(
    *, text: str = "", town_code: str = "", item_code: str = "", city_code: str = ""
) -> QuerySet[Agency]:
    """Agencies anybody may see, by name, for a paginator. Services and grades come with two queries more."""
    rows = Agency.objects.public()
    if city_code:
        rows = rows.filter(city_code=city_code)
    if text := text.strip()[:40]:
        service = ServiceItem.objects.filter(
            agency=OuterRef("pk"), state=ItemState.PUBLISHED, current__name__icontains=text
        )
        rows = rows.filter(
            Q(name__icontains=text)
            | Q(pinyin__contains=text.lower())
            | Q(number=text.upper())
            | Exists(service)
        )
    if town_code or item_code:
        offer = ServiceItem.objects.filter(agency=OuterRef("pk"), state=ItemState.PUBLISHED)
        if town_code:
            offer = offer.filter(current__towns__contains=[town_code])
        if item_code:
            offer = offer.filter(item_code=item_code)
        rows = rows.filter(Exists(offer))
    grades = SHOWN.filter(kind=DocumentKind.GRADE, verification=Verification.VERIFIED)
    return (
        rows.select_related("organisation", "standing")
        .prefetch_related(
            Prefetch("services", queryset=PUBLISHED, to_attr="published"),
            Prefetch("documents", queryset=grades, to_attr="grades"),
        )
        .order_by("pinyin", "id")
    )


def public_agency(number: str) -> Agency:
    """An agency's public page: papers and published services. Three queries. NotFound if it is not public."""
    row: Agency | None = (
        Agency.objects.public()
        .filter(number=number)
        .select_related("organisation", "standing")
        .prefetch_related(
            Prefetch("services", queryset=PUBLISHED, to_attr="published"),
            Prefetch("documents", queryset=SHOWN.order_by("kind", "-valid_to"), to_attr="shown"),
        )
        .first()
    )
    if row is None:
        raise NotFound
    return row


def public_service(number: str, item_code: str) -> ServiceItem:
    """One published service of a public agency with its version. One query. NotFound."""
    row: ServiceItem | None = (
        PUBLISHED.filter(agency__in=Agency.objects.public(), agency__number=number, item_code=item_code)
        .select_related("current", "agency__organisation", "agency__standing")
        .first()
    )
    if row is None:
        raise NotFound
    return row


def entered(actor: Actor) -> accounts.Organisation | None:
    """The agency that the actor heads; it may not have applied yet."""
    if actor.organisation_id is None or not actor.holds("agencies.manage"):
        return None
    return accounts.organisations([actor.organisation_id]).get(actor.organisation_id)


def own(actor: Actor) -> Agency | None:
    """The agency of the post in which the actor acts, with papers and services. Three queries."""
    if actor.organisation_id is None:
        return None
    row: Agency | None = (
        Agency.objects.visible_to(actor)
        .filter(organisation_id=actor.organisation_id)
        .select_related("organisation", "standing")
        .prefetch_related(
            Prefetch("documents", queryset=Document.objects.standing().order_by("kind", "-created_at")),
            Prefetch(
                "services", queryset=ServiceItem.objects.select_related("current").order_by("item_code")
            ),
        )
        .first()
    )
    return row


def own_service(service_id: UUID, actor: Actor) -> ServiceItem:
    """One of the actor's own services with its versions, latest first. Two queries. NotFound for another's."""
    row: ServiceItem | None = (
        ServiceItem.objects.visible_to(actor)
        .filter(pk=service_id)
        .select_related("agency", "current")
        .prefetch_related(Prefetch("versions", queryset=ServiceVersion.objects.order_by("-number")))
        .first()
    )
    if row is None:
        raise NotFound
    return row


def queue(actor: Actor, *, state: str = "", text: str = "") -> QuerySet[Agency]:
    """Agencies for the verifying operator, what is due first on top: applications by age, then re-verifications."""
    rows = Agency.objects.visible_to(actor)
    if state:
        rows = rows.filter(state=state)
    if text := text.strip()[:40]:
        rows = rows.filter(
            Q(name__icontains=text) | Q(organisation__uscc__istartswith=text) | Q(number__istartswith=text)
        )
    rank = Case(
        When(state=AgencyState.VERIFYING, then=Value(0)),
        When(state__in=[AgencyState.LIVE, AgencyState.SUSPENDED], then=Value(1)),
        default=Value(2),
        output_field=IntegerField(),
    )
    unchecked = Document.objects.standing().filter(
        agency=OuterRef("pk"), verification=Verification.UNVERIFIED
    )
    ordered: QuerySet[Agency] = (
        rows.annotate(rank=rank, unchecked=Exists(unchecked))
        .select_related("organisation")
        .order_by("rank", "-unchecked", F("reverify_due_at").asc(nulls_last=True), "submitted_at", "id")
    )
    return ordered


def application(number: str, actor: Actor) -> Agency:
    """One agency for the verifying operator, with papers and history. Three queries. NotFound."""
    row: Agency | None = (
        Agency.objects.visible_to(actor)
        .filter(number=number)
        .select_related("organisation", "standing")
        .prefetch_related(
            Prefetch("documents", queryset=Document.objects.order_by("replaced_at", "kind", "-created_at")),
            "history",
        )
        .first()
    )
    if row is None:
        raise NotFound
    return row


def document(document_id: UUID, actor: Actor) -> Document:
    """A document that the actor may see, public ones included. One query. NotFound."""
    mine = Document.objects.visible_to(actor).filter(pk=document_id)
    row: Document | None = mine.select_related("file").first()
    if row is None:
        row = (
            SHOWN.filter(pk=document_id, agency__state__in=[AgencyState.LIVE, AgencyState.LEAVING])
            .select_related("file")
            .first()
        )
    if row is None:
        raise NotFound
    return row


def counts(actor: Actor) -> dict[str, int]:
    """How many agencies are in each state, for the operator. One query."""
    rows = Agency.objects.visible_to(actor).values_list("state").annotate(n=Count("pk"))
    return dict(rows)
