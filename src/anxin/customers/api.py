"""Customers for programs: addresses and household."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from ninja import Router, Schema, Status
from pydantic import Field

from anxin.customers import actions, queries
from anxin.customers.values import AddressFacts, Household, HousemateKind, PointSource
from anxin.kit import clock
from anxin.kit.access import SIGNED_IN, Request, holds, ruled
from anxin.kit.errors import NotFound
from anxin.kit.inputs import PageNumber
from anxin.kit.masks import mask_name, mask_phone

router = Router(tags=["customers"])


class AddressIn(Schema):
    """lat and lng: degrees WGS-84; left out, the village's or town's point is taken."""

    contact_name: str = Field(max_length=30)
    contact_phone: str = Field(max_length=24)
    town_code: str = Field(max_length=9)
    village_code: str = Field("", max_length=12)
    detail: str = Field(max_length=100)
    label: str = Field("", max_length=20)
    lat: float | None = None
    lng: float | None = None
    is_default: bool = False


class AddressOut(Schema):
    id: UUID
    label: str
    contact_name: str
    contact_phone: str
    town_code: str
    town_name: str
    village_code: str
    village_name: str
    detail: str
    lat: float
    lng: float
    point_source: PointSource
    is_default: bool


class HousemateIn(Schema):
    kind: HousemateKind
    birth_year: int | None = None
    note: str = Field("", max_length=200)


class HousemateOut(HousemateIn):
    id: UUID


class HouseholdOut(Schema):
    people: list[HousemateOut]
    pets: list[HousemateOut]
    wishes: str


class WishesIn(Schema):
    wishes: str = Field(max_length=500)


@router.get("/addresses", response=list[AddressOut], summary="我的服务地址")
@ruled(SIGNED_IN)
def addresses(request: Request) -> Any:
    default = queries.default_address_id(request.actor)
    return [_address(one, default) for one in queries.addresses_of(request.actor)]


@router.post("/addresses", response={201: AddressOut}, summary="新增地址")
@ruled(SIGNED_IN)
def add_address(request: Request, data: AddressIn) -> Any:
    row = actions.add_address(**data.dict(), by=request.actor, at=clock.now())
    return Status(201, _own(request, row.pk))


@router.put("/addresses/{address_id}", response=AddressOut, summary="修改地址")
@ruled(SIGNED_IN)
def change_address(request: Request, address_id: UUID, data: AddressIn) -> Any:
    """An address that an order used gets a new id; the order keeps the old one."""
    row = actions.change_address(address_id=address_id, **data.dict(), by=request.actor, at=clock.now())
    return _own(request, row.pk)


@router.delete("/addresses/{address_id}", response={204: None}, summary="删除地址")
@ruled(SIGNED_IN)
def remove_address(request: Request, address_id: UUID) -> Any:
    actions.remove_address(address_id=address_id, by=request.actor, at=clock.now())
    return Status(204, None)


@router.get("/household", response=HouseholdOut, summary="家庭成员、宠物与嘱咐")
@ruled(SIGNED_IN)
def household(request: Request) -> Any:
    customer = queries.customer_of(request.actor.person_id)
    return queries.household_of(customer.pk, by=request.actor) if customer else Household((), (), "")


@router.post("/household/members", response={201: HousemateOut}, summary="添加家庭成员或宠物")
@ruled(SIGNED_IN)
def add_housemate(request: Request, data: HousemateIn) -> Any:
    row = actions.add_housemate(**data.dict(), by=request.actor, at=clock.now())
    return Status(201, {"id": row.pk, "kind": row.kind, "birth_year": row.birth_year, "note": row.note})


@router.delete("/household/members/{housemate_id}", response={204: None}, summary="移除家庭成员或宠物")
@ruled(SIGNED_IN)
def remove_housemate(request: Request, housemate_id: UUID) -> Any:
    actions.remove_housemate(housemate_id=housemate_id, by=request.actor, at=clock.now())
    return Status(204, None)


@router.put("/household/wishes", response={204: None}, summary="修改给上门服务人员的话")
@ruled(SIGNED_IN)
def change_wishes(request: Request, data: WishesIn) -> Any:
    actions.change_wishes(wishes=data.wishes, by=request.actor, at=clock.now())
    return Status(204, None)


class ClientOut(Schema):
    customer_id: UUID
    name_masked: str
    phone_masked: str
    since: datetime


@router.get("/customers", response=list[ClientOut], summary="本机构的客户")
@ruled(holds("orders.read"))
def clientele(request: Request, page: PageNumber = 1, page_size: int = 50) -> Any:
    """At most 100 a page, latest first."""
    size = max(1, min(page_size, 100))
    first = (max(1, page) - 1) * size
    return [
        ClientOut(
            customer_id=row.customer_id,
            name_masked=mask_name(row.customer.person.name),
            phone_masked=mask_phone(row.customer.person.phone),
            since=row.since,
        )
        for row in queries.clientele(request.actor)[first : first + size]
    ]


@router.get("/customers/{customer_id}/household", response=HouseholdOut, summary="客户的家庭情况")
@ruled(holds("orders.read"))
def client_household(request: Request, customer_id: UUID) -> Any:
    """Of one's own customers only; that it was read is kept."""
    return actions.read_household(customer_id=customer_id, by=request.actor, at=clock.now())


def _own(request: Request, address_id: UUID) -> dict[str, Any]:
    found = queries.address_of(address_id, by=request.actor)
    if found is None:
        raise NotFound
    return _address(found, queries.default_address_id(request.actor))


def _address(one: AddressFacts, default: UUID | None) -> dict[str, Any]:
    names = [name for name in AddressOut.model_fields if name != "is_default"]
    return {name: getattr(one, name) for name in names} | {"is_default": one.id == default}
