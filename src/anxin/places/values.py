"""Words and facts of geography and calendar that every area shares."""

from dataclasses import dataclass
from enum import StrEnum

from anxin.kit.text import gettext_noop

LINAN = "330112"
HANGZHOU = "3301"
# The permission of the operator to keep the calendar and the points of towns.
MANAGE = "places.manage"


class Level(StrEnum):
    """Rank of an administrative division; the length of its code tells it (2, 4, 6, 9, 12 digits)."""

    PROVINCE = "province"
    CITY = "city"
    COUNTY = "county"
    TOWN = "town"
    VILLAGE = "village"

    @property
    def label(self) -> str:
        """The Chinese source word."""
        return LEVEL_LABELS[self]


CODE_LENGTH = {Level.PROVINCE: 2, Level.CITY: 4, Level.COUNTY: 6, Level.TOWN: 9, Level.VILLAGE: 12}

LEVEL_LABELS = {
    Level.PROVINCE: gettext_noop("省"),
    Level.CITY: gettext_noop("市"),
    Level.COUNTY: gettext_noop("区县"),
    Level.TOWN: gettext_noop("镇街"),
    Level.VILLAGE: gettext_noop("村社"),
}


class PointSource(StrEnum):
    """Where the coordinates of a division come from, so that a page can say how far to trust them."""

    VERIFIED = "verified"
    GEONAMES = "geonames"
    ESTIMATE = "estimate"

    @property
    def label(self) -> str:
        """The Chinese source word."""
        return POINT_SOURCE_LABELS[self]


POINT_SOURCE_LABELS = {
    PointSource.VERIFIED: gettext_noop("已核实"),
    PointSource.GEONAMES: gettext_noop("GeoNames 公开数据"),
    PointSource.ESTIMATE: gettext_noop("估计位置，待核实"),
}


class DayKind(StrEnum):
    """What a calendar day is for work and pay: statutory days are the paid public holidays."""

    WORKDAY = "workday"
    WEEKEND = "weekend"
    STATUTORY = "statutory"

    @property
    def label(self) -> str:
        """The Chinese source word."""
        return DAY_KIND_LABELS[self]


DAY_KIND_LABELS = {
    DayKind.WORKDAY: gettext_noop("工作日"),
    DayKind.WEEKEND: gettext_noop("休息日"),
    DayKind.STATUTORY: gettext_noop("法定节假日"),
}


@dataclass(frozen=True, slots=True)
class DivisionFacts:
    """One administrative division. `lat`/`lng` are WGS-84 degrees, None where unknown."""

    code: str
    name: str
    level: Level
    parent_code: str
    pinyin: str
    initials: str
    lat: float | None = None
    lng: float | None = None
    point_source: PointSource | None = None

    @property
    def short_name(self) -> str:
        """The name as people say it: 崂山村 for 崂山村委会."""
        return self.name.removesuffix("委会") if self.name.endswith("村委会") else self.name


@dataclass(frozen=True, slots=True)
class PlacePoint:
    """A point for a division: its own or, where unknown, that of the nearest enclosing division.

    `of_code`/`of_name` tell whose point it is; `exact` is False when it was borrowed.
    """

    lat: float
    lng: float
    source: PointSource
    of_code: str
    of_name: str
    exact: bool


@dataclass(frozen=True, slots=True)
class TownOnMap:
    """A town placed on the schematic outline, in the units of its box, and where its name stands beside the dot."""

    code: str
    name: str
    x: float
    y: float
    estimated: bool
    label_x: float
    label_y: float
    anchor: str


@dataclass(frozen=True, slots=True)
class Schematic:
    """The outline of a county as one SVG path in a `width` × `height` box, and its towns as dots (示意图)."""

    path: str
    width: float
    height: float
    towns: tuple[TownOnMap, ...]


def level_of(code: str) -> Level | None:
    """The level that the length of `code` stands for, None if it is no division code."""
    if not code.isascii() or not code.isdigit():
        return None
    return next((level for level, length in CODE_LENGTH.items() if length == len(code)), None)


def ancestors(code: str) -> list[str]:
    """The codes that enclose `code`, nearest first: 330112006001 → 330112006, 330112, 3301, 33."""
    return [code[:length] for length in (9, 6, 4, 2) if length < len(code)]
