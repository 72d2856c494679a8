"""Facts about customers, their addresses and households that other areas may use. Plain."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from anxin.kit.geo import Point
from anxin.kit.masks import mask_address, mask_name, mask_phone
from anxin.kit.text import gettext_noop


class PointSource(StrEnum):
    """Where an address's coordinates come from, so that a page can say how far to trust them."""

    MAP = "map"
    VILLAGE = "village"
    TOWN = "town"
    COUNTY = "county"


POINT_SOURCE_LABELS = {
    PointSource.MAP: gettext_noop("地图上标定"),
    PointSource.VILLAGE: gettext_noop("村社中心点"),
    PointSource.TOWN: gettext_noop("镇街中心点，可在地图上标得更准"),
    PointSource.COUNTY: gettext_noop("仅到区县，请在地图上标定"),
}


class HousemateKind(StrEnum):
    """Who lives there, as far as it matters to a helper."""

    ADULT = "adult"
    ELDER = "elder"
    CHILD = "child"
    INFANT = "infant"
    MOTHER = "mother"
    PATIENT = "patient"
    DOG = "dog"
    CAT = "cat"
    OTHER_PET = "other_pet"


HOUSEMATE_LABELS = {
    HousemateKind.ADULT: gettext_noop("成年人"),
    HousemateKind.ELDER: gettext_noop("老人"),
    HousemateKind.CHILD: gettext_noop("儿童"),
    HousemateKind.INFANT: gettext_noop("婴幼儿（3 岁以下）"),
    HousemateKind.MOTHER: gettext_noop("孕产妇"),
    HousemateKind.PATIENT: gettext_noop("需要照护的病人"),
    HousemateKind.DOG: gettext_noop("狗"),
    HousemateKind.CAT: gettext_noop("猫"),
    HousemateKind.OTHER_PET: gettext_noop("其他宠物"),
}
PETS = frozenset({HousemateKind.DOG, HousemateKind.CAT, HousemateKind.OTHER_PET})


@dataclass(frozen=True, slots=True)
class AddressFacts:
    """One address as it stands now; unmasked, so the caller masks for its reader. Degrees WGS-84."""

    id: UUID
    customer_id: UUID
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

    @property
    def point(self) -> Point:
        return Point(self.lat, self.lng)

    @property
    def area_name(self) -> str:
        """Town and village: what anybody who is asked may know before accepting."""
        return self.town_name + self.village_name

    @property
    def full(self) -> str:
        """Town, village and the rest, as one writes it."""
        return self.town_name + self.village_name + self.detail

    @property
    def masked(self) -> str:
        """Down to the town, no house."""
        return mask_address(self.town_name, self.detail)

    @property
    def contact_name_masked(self) -> str:
        return mask_name(self.contact_name)

    @property
    def contact_phone_masked(self) -> str:
        return mask_phone(self.contact_phone)


@dataclass(frozen=True, slots=True)
class Housemate:
    """One who lives there: kind, how old roughly, and what a helper should know."""

    id: UUID
    kind: HousemateKind
    birth_year: int | None
    note: str

    @property
    def label(self) -> str:
        return HOUSEMATE_LABELS[self.kind]


@dataclass(frozen=True, slots=True)
class Household:
    """People, pets and wishes of a customer's home."""

    people: tuple[Housemate, ...]
    pets: tuple[Housemate, ...]
    wishes: str

    @property
    def everyone(self) -> tuple[Housemate, ...]:
        return self.people + self.pets
