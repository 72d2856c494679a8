"""Customers, their addresses and households, and which agency may see whom."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import Exists, OuterRef, Q

from anxin.accounts.public import Organisation, Person
from anxin.customers.values import HousemateKind, PointSource
from anxin.kit.actor import Actor
from anxin.kit.fields import EncryptedField
from anxin.kit.models import Base, Visible


class CustomerQuerySet(Visible):
    def visible_to(self, actor: Actor) -> Self:
        """Themselves, and the staff of an agency that has had an order of theirs (A-6.3.3a)."""
        if actor.is_system:
            return self
        if actor.organisation_id and actor.holds("orders.read"):
            granted = Sight.objects.filter(customer=OuterRef("pk"), organisation_id=actor.organisation_id)
            return self.filter(Exists(granted))
        return self.filter(person_id=actor.person_id) if actor.person_id else self.none()


class Customer(Base):
    """A person as one who asks for help at home."""

    person = models.OneToOneField(Person, on_delete=models.PROTECT, related_name="+")
    wishes = EncryptedField()
    created_at = models.DateTimeField()

    RETENTION = "customer"

    objects = CustomerQuerySet.as_manager()


class OwnQuerySet(Visible):
    def visible_to(self, actor: Actor) -> Self:
        """One's own. Who serves an order sees its address on the order, for as long as there is a reason."""
        if actor.is_system:
            return self
        return self.filter(customer__person_id=actor.person_id) if actor.person_id else self.none()


class Address(Base):
    """Where help is wanted. Once an order used it, it is archived instead of deleted."""

    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="addresses")
    label = models.CharField(max_length=20, blank=True)
    contact_name = EncryptedField()
    contact_phone = EncryptedField()
    city_code = models.CharField(max_length=4)
    town_code = models.CharField(max_length=9)
    village_code = models.CharField(max_length=12, blank=True)
    detail = EncryptedField()
    lat = models.FloatField()
    lng = models.FloatField()
    point_source = models.CharField(max_length=16)
    is_default = models.BooleanField(default=False)
    used_at = models.DateTimeField(null=True)
    archived_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()

    RETENTION = "customer"

    objects = OwnQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["customer"], condition=Q(is_default=True), name="customers_address_one_default"
            ),
            models.CheckConstraint(
                condition=Q(is_default=False) | Q(archived_at=None), name="customers_address_default_lives"
            ),
            models.CheckConstraint(
                condition=Q(point_source__in=[str(s) for s in PointSource]), name="customers_address_source"
            ),
        ]


class Housemate(Base):
    """A person or pet of the household; notes may tell of health, so they are sealed."""

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="housemates")
    kind = models.CharField(max_length=16)
    birth_year = models.SmallIntegerField(null=True)
    note = EncryptedField()
    created_at = models.DateTimeField()

    RETENTION = "customer"

    objects = OwnQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=[str(k) for k in HousemateKind]), name="customers_housemate_kind"
            )
        ]


class Sight(Base):
    """An organisation may see a customer, because of an order; orders grants it."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+", db_index=False)
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="+", db_index=False)
    since = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["customer", "organisation"], name="customers_sight_once"),
        ]
        indexes = [models.Index(fields=["organisation", "-since"], name="customers_sight_organisation")]
