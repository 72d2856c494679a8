"""Addresses: adding, changing, removing, and taking one for an order."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from anxin.accounts.public import clean_phone
from anxin.audit.public import record
from anxin.customers import queries
from anxin.customers.actions.joining import become_customer, locked
from anxin.customers.models import Address
from anxin.customers.values import AddressFacts, PointSource
from anxin.kit.actor import Actor
from anxin.kit.errors import Conflict, Invalid, NotFound
from anxin.kit.geo import Point, distance_m
from anxin.places.public import division, point
from anxin.places.values import Level

MOST_ADDRESSES = 20
# The largest town here is some 25 km across; beyond that the pin or the town is wrong.
FAR_M = 40_000


class TownUnknown(Invalid):
    code = "town_unknown"
    message = _("请从列表中选择本区的镇街；目前只服务临安区内的地址。")


class VillageUnknown(Invalid):
    code = "village_unknown"
    message = _("所选村社不属于这个镇街，请重新选择。")


class PointFar(Invalid):
    code = "point_far"
    message = _("地图上的位置离所选镇街太远，请检查镇街或重新标定位置。")


class ContactMissing(Invalid):
    code = "contact_missing"
    message = _("请填写联系人姓名（不超过 30 个字），服务人员上门前会联系此人。")


class DetailMissing(Invalid):
    code = "detail_missing"
    message = _("请填写详细地址：小区或门牌、楼栋、单元、房号，不超过 100 个字。")


class TooManyAddresses(Conflict):
    code = "too_many_addresses"
    message = _("最多保存 20 个地址。请先删除不再使用的地址。")


@dataclass(frozen=True, slots=True)
class Place:
    """Where an address lies: checked codes and a point."""

    town_code: str
    village_code: str
    lat: float
    lng: float
    source: PointSource


@transaction.atomic
def add_address(
    *,
    contact_name: str,
    contact_phone: str,
    town_code: str,
    detail: str,
    by: Actor,
    at: datetime,
    village_code: str = "",
    label: str = "",
    lat: float | None = None,
    lng: float | None = None,
    is_default: bool = False,
) -> Address:
    """Add an address of one's own; the first becomes the default. Without a point the village's or town's is taken.

    Refuses ContactMissing, PhoneMalformed, TownUnknown, VillageUnknown, DetailMissing, PointFar,
    TooManyAddresses. lat, lng in degrees WGS-84.
    """
    place = _place(town_code, village_code, lat, lng)
    customer = locked(become_customer(by=by, at=at))
    living = Address.objects.filter(customer=customer, archived_at=None)
    if living.count() >= MOST_ADDRESSES:
        raise TooManyAddresses
    first = not living.filter(is_default=True).exists()
    if is_default and not first:
        living.update(is_default=False)
    row = Address(customer=customer, is_default=is_default or first, created_at=at)
    _fill(row, place, contact_name, contact_phone, detail, label)
    row.save(force_insert=True)
    record("customers.add_address", by=by, at=at, subject="address", subject_id=row.pk)
    return row


@transaction.atomic
def change_address(
    *,
    address_id: UUID,
    contact_name: str,
    contact_phone: str,
    town_code: str,
    detail: str,
    by: Actor,
    at: datetime,
    village_code: str = "",
    label: str = "",
    lat: float | None = None,
    lng: float | None = None,
    is_default: bool = False,
) -> Address:
    """Change an address. One that an order used is archived and a new one takes its place: orders keep theirs.

    Refuses NotFound and what add_address refuses.
    """
    old = _own_address(address_id, by)
    locked(old.customer)
    place = _place(town_code, village_code, lat, lng)
    default = is_default or old.is_default
    if default:
        Address.objects.filter(customer_id=old.customer_id, is_default=True).update(is_default=False)
    if old.used_at:
        Address.objects.filter(pk=old.pk).update(archived_at=at, is_default=False)
        row = Address(customer_id=old.customer_id, is_default=default, created_at=at)
    else:
        row = old
        row.is_default = default
    _fill(row, place, contact_name, contact_phone, detail, label)
    row.save()
    record("customers.change_address", by=by, at=at, subject="address", subject_id=old.pk,
           detail={"now": str(row.pk)})  # fmt: skip
    return row


@transaction.atomic
def remove_address(*, address_id: UUID, by: Actor, at: datetime) -> None:
    """Remove an address; one that an order used is kept, archived. The newest other one becomes default."""
    row = _own_address(address_id, by)
    locked(row.customer)
    if row.used_at:
        Address.objects.filter(pk=row.pk).update(archived_at=at, is_default=False)
    else:
        Address.objects.filter(pk=row.pk).delete()
    if row.is_default:
        other = Address.objects.filter(customer_id=row.customer_id, archived_at=None).order_by("-created_at")
        if heir := other.values_list("pk", flat=True).first():
            Address.objects.filter(pk=heir).update(is_default=True)
    record("customers.remove_address", by=by, at=at, subject="address", subject_id=row.pk)


@transaction.atomic
def use_address(*, address_id: UUID, by: Actor, at: datetime) -> AddressFacts:
    """Take one's own address for an order: from now on it is never deleted. Refuses NotFound."""
    row = _own_address(address_id, by)
    Address.objects.filter(pk=row.pk, used_at=None).update(used_at=at)
    return queries.address_facts([row.pk])[row.pk]


def _own_address(address_id: UUID, by: Actor) -> Address:
    rows = Address.objects.visible_to(by).select_for_update(of=("self",)).select_related("customer")
    row: Address | None = rows.filter(pk=address_id, archived_at=None).first()
    if row is None:
        raise NotFound
    return row


def _place(town_code: str, village_code: str, lat: float | None, lng: float | None) -> Place:
    try:
        town = division(town_code)
    except NotFound:
        raise TownUnknown(field="town_code") from None
    if town.level is not Level.TOWN or not town.code.startswith(settings.ANXIN_COUNTY_CODE):
        raise TownUnknown(field="town_code")
    if village_code:
        try:
            village = division(village_code)
        except NotFound:
            raise VillageUnknown(field="village_code") from None
        if village.level is not Level.VILLAGE or village.parent_code != town.code:
            raise VillageUnknown(field="village_code")
    near = point(village_code or town.code)
    if near is None:
        raise TownUnknown(field="town_code")
    if lat is None or lng is None:
        source = {12: PointSource.VILLAGE, 9: PointSource.TOWN}.get(len(near.of_code), PointSource.COUNTY)
        return Place(town.code, village_code, near.lat, near.lng, source)
    if not (-90 <= lat <= 90 and -180 <= lng <= 180) or (
        distance_m(Point(lat, lng), Point(near.lat, near.lng)) > FAR_M
    ):
        raise PointFar(field="lat")
    return Place(town.code, village_code, lat, lng, PointSource.MAP)


def _fill(row: Address, place: Place, contact_name: str, contact_phone: str, detail: str, label: str) -> None:
    name, detail = contact_name.strip(), detail.strip()
    if not 1 <= len(name) <= 30:
        raise ContactMissing(field="contact_name")
    if not 2 <= len(detail) <= 100:
        raise DetailMissing(field="detail")
    row.contact_name = name
    row.contact_phone = clean_phone(contact_phone, "contact_phone")
    row.detail, row.label = detail, label.strip()[:20]
    row.city_code = settings.ANXIN_CITY_CODE
    row.town_code, row.village_code = place.town_code, place.village_code
    row.lat, row.lng, row.point_source = place.lat, place.lng, place.source
