"""People, organisations, and who holds which post. Person ≠ role ≠ affiliation."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar, Self

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import Q

from anxin.accounts.values import ADMINISTRATORS, POSTS, REGIONAL_KINDS, OrganisationKind, Post
from anxin.kit.actor import Actor
from anxin.kit.fields import BlindIndexField, EncryptedField, blinds
from anxin.kit.models import Base, Visible


class PersonQuerySet(Visible):
    def visible_to(self, actor: Actor) -> Self:
        """A person sees themself. What others may see of a person, the area that has the reason decides."""
        return self if actor.is_system else self.filter(pk=actor.person_id)


class PersonManager(BaseUserManager["Person"]):
    def get_by_natural_key(self, username: str | None) -> Person:
        """Found by the phone number."""
        return self.get(phone_hash__in=blinds(Person, "phone_hash", username or ""))


class Person(Base, AbstractBaseUser):
    """One human being. The phone number signs in; the real name is checked once and then stands."""

    name = EncryptedField()
    phone = EncryptedField()
    phone_hash = BlindIndexField(of="phone", unique=True)
    id_number = EncryptedField(null=True)
    id_number_hash = BlindIndexField(of="id_number", null=True, unique=True)
    verified_at = models.DateTimeField(null=True)
    verified_how = models.CharField(max_length=64, blank=True)
    is_active = models.BooleanField(default=True)
    language = models.CharField(max_length=8, default="zh-hans")
    large_print = models.BooleanField(default=False)
    theme = models.CharField(max_length=8, default="auto")
    password_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()

    USERNAME_FIELD = "phone_hash"
    REQUIRED_FIELDS: ClassVar[list[str]] = []
    RETENTION = "account"

    objects: ClassVar[Any] = PersonManager.from_queryset(PersonQuerySet)()

    @property
    def is_verified(self) -> bool:
        return self.verified_at is not None

    def __str__(self) -> str:
        return f"person {self.pk}"


class OrganisationQuerySet(Visible):
    def visible_to(self, actor: Actor) -> Self:
        if actor.is_system or actor.holds("operator.desk"):
            return self
        return self.filter(pk=actor.organisation_id) if actor.organisation_id else self.none()


class Organisation(Base):
    """Any of the kinds. `region`: the county ("330112") or city ("3301") an association or bureau answers for."""

    kind = models.CharField(max_length=16)
    name = models.CharField(max_length=120)
    uscc = models.CharField(max_length=18, unique=True, null=True)
    city_code = models.CharField(max_length=4)
    town_code = models.CharField(max_length=9, blank=True)
    region = models.CharField(max_length=9, blank=True)
    created_at = models.DateTimeField()

    objects = OrganisationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=[str(k) for k in OrganisationKind]), name="accounts_organisation_kind"
            ),
            models.CheckConstraint(
                condition=~Q(kind__in=[str(k) for k in REGIONAL_KINDS]) | ~Q(region=""),
                name="accounts_organisation_region",
            ),
        ]


class Appointment(Base):
    """A person holds a post in an organisation over a half-open period, their own or standing in for a colleague.

    A stand-in may do `only` what was entrusted. `used_at` is exact to a day; a post long unused is suspended.
    """

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="appointments")
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="appointments", db_index=False
    )
    post = models.CharField(max_length=32)
    period = DateTimeRangeField()
    appointed_by = models.UUIDField(null=True)
    created_at = models.DateTimeField()
    stands_in_for = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="stand_ins")
    only = ArrayField(models.CharField(max_length=64), default=list, blank=True)
    why = models.CharField(max_length=200, blank=True)
    used_at = models.DateTimeField(null=True)
    warned_at = models.DateTimeField(null=True)
    suspended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="accounts_appointment_one_administrator",
                expressions=[
                    ("person", RangeOperators.EQUAL),
                    ("period", RangeOperators.OVERLAPS),
                ],
                condition=Q(post__in=ADMINISTRATORS),
            ),
            ExclusionConstraint(
                name="accounts_appointment_once",
                expressions=[
                    ("person", RangeOperators.EQUAL),
                    ("organisation", RangeOperators.EQUAL),
                    ("post", RangeOperators.EQUAL),
                    ("period", RangeOperators.OVERLAPS),
                ],
            ),
            models.CheckConstraint(condition=Q(post__in=list(POSTS)), name="accounts_appointment_post"),
        ]
        indexes = [models.Index(fields=["organisation", "post"], name="accounts_appointment_staff")]

    @property
    def definition(self) -> Post:
        return POSTS[self.post]

    @property
    def permissions(self) -> frozenset[str]:
        """What may be done by it: all that the post holds, or what of it was entrusted to a stand-in."""
        held = self.definition.permissions
        return held & frozenset(self.only) if self.stands_in_for_id else held

    @property
    def begins(self) -> datetime:
        moment: datetime = self.period.lower
        return moment

    def covers(self, at: datetime) -> bool:
        """Whether it may be acted in at `at`."""
        inside = self.period.lower <= at and (self.period.upper is None or at < self.period.upper)
        return bool(inside and self.suspended_at is None)
