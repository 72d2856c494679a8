"""Agencies on the platform, their papers, and what they publish. A published version never changes."""

from __future__ import annotations

from datetime import date
from typing import ClassVar, Self

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q

from anxin.agencies.states import AGENCY, ITEM, AgencyState, ItemState
from anxin.agencies.values import (
    START_CREDIT,
    DocumentKind,
    Mode,
    Rating,
    ServiceContent,
    Verification,
)
from anxin.kit.actor import Actor
from anxin.kit.fields import EncryptedField
from anxin.kit.models import Base, HistoryRow, Stateful, Visible, state_check

PUBLIC_STATES = (AgencyState.LIVE, AgencyState.LEAVING)


def _inside(actor: Actor, path: str) -> Q | None:
    """The rows that the actor may see beyond the public ones; None = all of them."""
    if actor.is_system or actor.holds("agencies.verify"):
        return None
    if actor.holds("governance.supervise"):
        return Q(**{f"{path}town_code__startswith": actor.region})
    if actor.organisation_id and actor.holds("agencies.read"):
        return Q(**{f"{path}organisation_id": actor.organisation_id})
    return Q(pk__in=[])


class AgencyQuerySet(Visible):
    def visible_to(self, actor: Actor) -> Self:
        """Their own agency for staff, all for the verifying operator, those of its region for a regulator."""
        inside = _inside(actor, "")
        return self if inside is None else self.filter(inside)

    def public(self) -> Self:
        """Those whose page anybody may read."""
        return self.filter(state__in=PUBLIC_STATES)


class AgencyHistory(HistoryRow):
    row = models.ForeignKey("Agency", on_delete=models.PROTECT, related_name="history", db_index=False)

    class Meta:
        indexes = [models.Index(fields=["row", "at"], name="agencies_agency_history")]


class Agency(Stateful):
    """A household-service agency as a member of the platform; its legal name and USCC are its organisation's."""

    MACHINE = AGENCY
    HISTORY = AgencyHistory
    RETENTION = "business"

    organisation = models.OneToOneField("accounts.Organisation", on_delete=models.PROTECT, related_name="+")
    number = models.CharField(max_length=24, unique=True)
    city_code = models.CharField(max_length=4)
    town_code = models.CharField(max_length=9, blank=True)
    name = models.CharField(max_length=120)
    pinyin = models.CharField(max_length=400, blank=True)
    mode = models.CharField(max_length=16)
    legal_representative = EncryptedField()
    phone = models.CharField(max_length=20)
    address = models.CharField(max_length=200)
    lat = models.FloatField(null=True)
    lng = models.FloatField(null=True)
    intro = models.TextField(blank=True)
    agreement_version = models.CharField(max_length=16, blank=True)
    agreed_at = models.DateTimeField(null=True)
    agreed_by = models.UUIDField(null=True)
    submitted_at = models.DateTimeField(null=True)
    verified_at = models.DateTimeField(null=True)
    reverify_due_at = models.DateTimeField(null=True)
    reminded_at = models.DateTimeField(null=True)
    leaves_at = models.DateTimeField(null=True)
    decision_note = models.TextField(blank=True)
    created_at = models.DateTimeField()
    created_by = models.UUIDField(null=True)

    # Filled by the queries behind the public pages (prefetch with to_attr).
    published: list[ServiceItem]
    shown: list[Document]
    grades: list[Document]

    objects = AgencyQuerySet.as_manager()

    class Meta:
        constraints = [
            state_check(AGENCY, "agencies_agency_state"),
            models.CheckConstraint(
                condition=Q(mode__in=[str(mode) for mode in Mode]), name="agencies_agency_mode"
            ),
            models.CheckConstraint(
                condition=Q(lat__isnull=True, lng__isnull=True)
                | Q(lat__range=(-90, 90), lng__range=(-180, 180)),
                name="agencies_agency_point",
            ),
        ]
        indexes = [
            models.Index(fields=["city_code", "state", "pinyin"], name="agencies_agency_list"),
            models.Index(fields=["state", "submitted_at"], name="agencies_agency_queue"),
            models.Index(
                fields=["reverify_due_at"],
                name="agencies_agency_reverify",
                condition=Q(state=AgencyState.LIVE),
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def is_public(self) -> bool:
        return self.state in PUBLIC_STATES


class AgencyStanding(models.Model):
    """Sums of what customers gave the agency and the credit score that a higher area worked out (0–100); written by
    the actions of `actions.standing` only."""

    agency = models.OneToOneField(Agency, primary_key=True, on_delete=models.PROTECT, related_name="standing")
    reviews = models.PositiveIntegerField(default=0)
    content_sum = models.PositiveIntegerField(default=0)
    scope_sum = models.PositiveIntegerField(default=0)
    quality_sum = models.PositiveIntegerField(default=0)
    fee_sum = models.PositiveIntegerField(default=0)
    completed = models.PositiveIntegerField(default=0)
    credit_score = models.SmallIntegerField(default=START_CREDIT, db_default=START_CREDIT)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(credit_score__range=(0, 100)), name="agencies_standing_credit"
            ),
            models.CheckConstraint(
                condition=Q(
                    content_sum__lte=F("reviews") * 5,
                    scope_sum__lte=F("reviews") * 5,
                    quality_sum__lte=F("reviews") * 5,
                    fee_sum__lte=F("reviews") * 5,
                ),
                name="agencies_standing_sums",
            ),
        ]

    @property
    def rating(self) -> Rating:
        sums = {
            "content": self.content_sum,
            "scope": self.scope_sum,
            "quality": self.quality_sum,
            "fee": self.fee_sum,
        }
        return Rating(self.reviews, sums, self.completed)


class DocumentQuerySet(Visible):
    def visible_to(self, actor: Actor) -> Self:
        """Those of one's own agency for staff, all for the verifying operator, those of its region for a regulator."""
        inside = _inside(actor, "agency__")
        return self if inside is None else self.filter(inside)

    def standing(self) -> Self:
        """Not replaced by a newer one."""
        return self.filter(replaced_at=None)


class Document(Base):
    """A licence, qualification, honour or grade with its issuer, number and validity, and who checked it how."""

    RETENTION = "business"

    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="documents", db_index=False)
    kind = models.CharField(max_length=16)
    title = models.CharField(max_length=120)
    issuer = models.CharField(max_length=120)
    number = models.CharField(max_length=80, blank=True)
    valid_from = models.DateField(null=True)
    valid_to = models.DateField(null=True)
    file = models.ForeignKey("files.StoredFile", null=True, on_delete=models.PROTECT, related_name="+")
    verification = models.CharField(max_length=16, default=Verification.UNVERIFIED.value)
    verified_by = models.UUIDField(null=True)
    verified_at = models.DateTimeField(null=True)
    verified_how = models.CharField(max_length=200, blank=True)
    warned_at = models.DateTimeField(null=True)
    replaced_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    created_by = models.UUIDField(null=True)

    objects = DocumentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=[str(kind) for kind in DocumentKind]), name="agencies_document_kind"
            ),
            models.CheckConstraint(
                condition=Q(verification__in=[str(v) for v in Verification]),
                name="agencies_document_verification",
            ),
            models.CheckConstraint(
                condition=Q(valid_from=None) | Q(valid_to=None) | Q(valid_to__gte=F("valid_from")),
                name="agencies_document_validity",
            ),
            models.UniqueConstraint(
                fields=["agency"],
                condition=Q(kind=DocumentKind.LICENCE.value, replaced_at=None),
                name="agencies_document_one_licence",
            ),
        ]
        indexes = [
            models.Index(fields=["agency", "kind"], name="agencies_document_of"),
            models.Index(fields=["valid_to"], name="agencies_document_expiry", condition=Q(replaced_at=None)),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.number}"

    def is_valid_on(self, day: date) -> bool:
        return (self.valid_from is None or self.valid_from <= day) and (
            self.valid_to is None or day <= self.valid_to
        )

    @property
    def is_verified(self) -> bool:
        return self.verification == Verification.VERIFIED


class ServiceItemQuerySet(Visible):
    def visible_to(self, actor: Actor) -> Self:
        """Those of one's own agency for staff, all for the verifying operator, those of its region for a regulator."""
        inside = _inside(actor, "agency__")
        return self if inside is None else self.filter(inside)

    def offered(self) -> Self:
        """Published, of a live agency: what can be ordered now."""
        return self.filter(state=ItemState.PUBLISHED, agency__state=AgencyState.LIVE)


class ServiceItemHistory(HistoryRow):
    row = models.ForeignKey("ServiceItem", on_delete=models.PROTECT, related_name="history", db_index=False)

    class Meta:
        indexes = [models.Index(fields=["row", "at"], name="agencies_item_history")]


class ServiceItem(Stateful):
    """One item of the catalogue as one agency offers it. `current` is the version that can be ordered now."""

    MACHINE = ITEM
    HISTORY = ServiceItemHistory

    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="services", db_index=False)
    item_code = models.CharField(max_length=8)
    current = models.OneToOneField("ServiceVersion", null=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()

    objects = ServiceItemQuerySet.as_manager()

    class Meta:
        constraints = [
            state_check(ITEM, "agencies_item_state"),
            models.UniqueConstraint(fields=["agency", "item_code"], name="agencies_item_once"),
            models.CheckConstraint(
                condition=~Q(state=ItemState.PUBLISHED) | Q(current__isnull=False),
                name="agencies_item_published_has_version",
            ),
        ]
        indexes = [models.Index(fields=["item_code", "state"], name="agencies_item_offers")]

    def __str__(self) -> str:
        return f"{self.item_code} {self.pk}"

    @property
    def version(self) -> ServiceVersion:
        """The current version of a service that is or was published."""
        assert self.current is not None
        return self.current


class ServiceVersion(Base):
    """What a service said at one time: name, specification, prices, towns, hours.

    A version without `published_at` is the draft; a trigger keeps every published one as it is.
    """

    service = models.ForeignKey(
        ServiceItem, on_delete=models.PROTECT, related_name="versions", db_index=False
    )
    number = models.PositiveIntegerField()
    name = models.CharField(max_length=80)
    description = models.TextField(blank=True)
    specification = models.JSONField(default=list)
    price_list = models.JSONField()
    towns = ArrayField(models.CharField(max_length=9))
    hours = models.JSONField(default=list)
    notice_minutes = models.PositiveIntegerField(default=120)
    # Kept beside the JSON, so that offers can be sorted and shown "from ¥…" without opening every price list.
    unit = models.CharField(max_length=16)
    unit_price_fen = models.BigIntegerField()
    written_at = models.DateTimeField()
    written_by = models.UUIDField(null=True)
    published_at = models.DateTimeField(null=True)
    published_by = models.UUIDField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["service", "number"], name="agencies_version_number"),
            models.UniqueConstraint(
                fields=["service"], condition=Q(published_at=None), name="agencies_version_one_draft"
            ),
            models.CheckConstraint(
                condition=Q(unit_price_fen__gte=0), name="agencies_version_price_not_negative"
            ),
        ]
        indexes = [
            GinIndex(fields=["towns"], name="agencies_version_towns"),
            models.Index(fields=["service", "-number"], name="agencies_version_latest"),
        ]

    def __str__(self) -> str:
        return f"{self.service_id} v{self.number}"

    FIELDS_OF_CONTENT: ClassVar[tuple[str, ...]] = (
        "name",
        "description",
        "specification",
        "price_list",
        "towns",
        "hours",
        "notice_minutes",
    )

    @property
    def content(self) -> ServiceContent:
        return ServiceContent.from_json({name: getattr(self, name) for name in self.FIELDS_OF_CONTENT})

    def take(self, content: ServiceContent) -> None:
        """Set all columns from a content."""
        for name, value in content.to_json().items():
            setattr(self, name, value)
        self.unit = str(content.price_list.unit)
        self.unit_price_fen = content.price_list.unit_price_fen
