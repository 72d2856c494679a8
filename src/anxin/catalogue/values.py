"""Words of the service catalogue, and an item as frozen facts for the rules of other areas."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum, StrEnum
from uuid import UUID

from anxin.kit.text import gettext_noop


class Unit(StrEnum):
    """What a price is for."""

    HOUR = "hour"
    SQUARE_METRE = "square_metre"
    VISIT = "visit"
    PIECE = "piece"
    MEAL = "meal"
    DAY = "day"
    SHIFT = "shift"
    TERM26 = "term26"
    MONTH = "month"
    CALL = "call"

    @property
    def label(self) -> str:
        """The Chinese source word."""
        return UNIT_LABELS[self]

    @property
    def counted(self) -> str:
        """The Chinese source word after a number: 2 月 is February."""
        return COUNTED_LABELS.get(self, self.label)


UNIT_LABELS = {
    Unit.HOUR: gettext_noop("小时"),
    Unit.SQUARE_METRE: gettext_noop("平方米"),
    Unit.VISIT: gettext_noop("次"),
    Unit.PIECE: gettext_noop("台/件"),
    Unit.MEAL: gettext_noop("餐"),
    Unit.DAY: gettext_noop("天"),
    Unit.SHIFT: gettext_noop("班"),
    Unit.TERM26: gettext_noop("26天"),
    Unit.MONTH: gettext_noop("月"),
    Unit.CALL: gettext_noop("次出动"),
}
COUNTED_LABELS = {Unit.TERM26: gettext_noop("个26天"), Unit.MONTH: gettext_noop("个月")}


class Mode(StrEnum):
    """How the worker is there (modes of the MOFCOM contract, and single jobs)."""

    HOURLY = "hourly"
    LIVE_IN = "live_in"
    LIVE_OUT = "live_out"
    PER_JOB = "per_job"

    @property
    def label(self) -> str:
        """The Chinese source word."""
        return MODE_LABELS[self]


MODE_LABELS = {
    Mode.HOURLY: gettext_noop("计时服务"),
    Mode.LIVE_IN: gettext_noop("全日住家"),
    Mode.LIVE_OUT: gettext_noop("日间上门（不住家）"),
    Mode.PER_JOB: gettext_noop("按次服务"),
}


_LONG = frozenset({Unit.SHIFT, Unit.DAY, Unit.TERM26, Unit.MONTH})
_BY_TIME = frozenset({Unit.HOUR, Unit.SHIFT})
UNITS_OF_MODE = {
    Mode.HOURLY: _BY_TIME,
    Mode.LIVE_IN: _LONG,
    Mode.LIVE_OUT: _LONG,
    Mode.PER_JOB: frozenset(Unit) - _BY_TIME - {Unit.TERM26, Unit.MONTH},
}
"""In what each mode can be counted and priced: nobody lives in by the hour. DEF"""


class HealthTier(IntEnum):
    """Tiers of the health check, lax to strict (商贸服规函〔2020〕191号); a higher tier covers the lower ones."""

    GENERAL = 1
    HOME = 2
    ELDER = 3
    MATERNAL = 4

    @property
    def label(self) -> str:
        """The Chinese source word."""
        return HEALTH_TIER_LABELS[self]


HEALTH_TIER_LABELS = {
    HealthTier.GENERAL: gettext_noop("一般家政服务员"),
    HealthTier.HOME: gettext_noop("居家家政服务员"),
    HealthTier.ELDER: gettext_noop("养老照护服务员"),
    HealthTier.MATERNAL: gettext_noop("母婴照护服务员"),
}


class CredentialKind(StrEnum):
    """Kinds of papers a worker can be asked for."""

    HEALTH_CHECK = "health_check"
    INSURANCE = "insurance"
    BACKGROUND_CHECK = "background_check"
    TRAINING = "training"
    CERTIFICATE = "certificate"

    @property
    def label(self) -> str:
        """The Chinese source word."""
        return CREDENTIAL_LABELS[self]


CREDENTIAL_LABELS = {
    CredentialKind.HEALTH_CHECK: gettext_noop("健康体检"),
    CredentialKind.INSURANCE: gettext_noop("家政责任险"),
    CredentialKind.BACKGROUND_CHECK: gettext_noop("背景核查"),
    CredentialKind.TRAINING: gettext_noop("岗前培训"),
    CredentialKind.CERTIFICATE: gettext_noop("职业证书"),
}


class Trade(StrEnum):
    """Occupations (工种) in which a worker's skill is recorded and an item asks for it."""

    HOUSEKEEPING = "housekeeping"
    CLEANING = "cleaning"
    TIDYING = "tidying"
    COOKING = "cooking"
    MATERNAL = "maternal"
    INFANT = "infant"
    RECOVERY = "recovery"
    ELDER = "elder"
    MEDICAL = "medical"
    COMPANION = "companion"
    APPLIANCE = "appliance"
    ELECTRIC = "electric"
    PIPES = "pipes"
    INSTALLING = "installing"
    MOVING = "moving"
    GUESTHOUSE = "guesthouse"

    @property
    def label(self) -> str:
        """The Chinese source word."""
        return TRADE_LABELS[self]


TRADE_LABELS = {
    Trade.HOUSEKEEPING: gettext_noop("家务服务员"),
    Trade.CLEANING: gettext_noop("保洁员"),
    Trade.TIDYING: gettext_noop("整理收纳师"),
    Trade.COOKING: gettext_noop("家庭餐制作"),
    Trade.MATERNAL: gettext_noop("母婴护理员"),
    Trade.INFANT: gettext_noop("育婴员"),
    Trade.RECOVERY: gettext_noop("产后康复"),
    Trade.ELDER: gettext_noop("养老护理员"),
    Trade.MEDICAL: gettext_noop("医疗护理员"),
    Trade.COMPANION: gettext_noop("陪伴代办"),
    Trade.APPLIANCE: gettext_noop("家电清洗维修"),
    Trade.ELECTRIC: gettext_noop("水电工"),
    Trade.PIPES: gettext_noop("管道疏通"),
    Trade.INSTALLING: gettext_noop("家居安装"),
    Trade.MOVING: gettext_noop("搬家搬运"),
    Trade.GUESTHOUSE: gettext_noop("民宿服务"),
}


class Channel(StrEnum):
    """How an item is had: ordered and served at home, or a service of outlets with a desk of its own."""

    ORDER = "order"
    OUTLET = "outlet"


class AnswerKind(StrEnum):
    """Type of the answer to a question of the demand form."""

    NUMBER = "number"
    CHOICE = "choice"
    CHOICES = "choices"
    YES_NO = "yes_no"
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class Question:
    """One question that an item's demand form asks. `choices` are (code, label).

    `low`/`high` bound a number (inclusive) or a text's length; `quantity` says that the number is the amount to be
    priced, in `unit`.
    """

    code: str
    label: str
    kind: AnswerKind
    required: bool = False
    unit: str = ""
    help: str = ""
    low: int | None = None
    high: int | None = None
    choices: tuple[tuple[str, str], ...] = ()
    quantity: bool = False


@dataclass(frozen=True, slots=True)
class Step:
    """A step of the service specification: what is done, what counts as done well, whether a photo shows it."""

    title: str
    standard: str
    photo: bool = False


@dataclass(frozen=True, slots=True)
class PriceRange:
    """What is usual for one unit, in fen. A default of this platform for orientation, no price of anybody."""

    unit: Unit
    low_fen: int
    high_fen: int

    @property
    def text(self) -> str:
        """The range in yuan: ¥35–60."""
        low, high = (f"{fen / 100:,.2f}".removesuffix(".00") for fen in (self.low_fen, self.high_fen))
        return f"¥{low}" if low == high else f"¥{low}–{high}"


@dataclass(frozen=True, slots=True)
class ItemFacts:
    """A catalogue item as one version has it. `id` is the key of the row, None for an item not yet loaded.

    default_minutes: usual length of one visit. min_quantity: least amount of the first unit in one order.
    turnover_minutes: fixed time a worker needs after a visit (clean tools, hand over) before the next.
    insurance_class: occupation class that the worker's policy must reach. min_level: skill level 5 (lowest) to 1,
    0 where no certificate of level is asked for. certificates: names of papers beyond the four of the safety code.
    """

    code: str
    name: str
    category: str
    category_name: str
    summary: str
    description: str
    steps: tuple[Step, ...]
    included: tuple[str, ...]
    excluded: tuple[str, ...]
    units: tuple[Unit, ...]
    modes: tuple[Mode, ...]
    prices: tuple[PriceRange, ...]
    default_minutes: int
    min_quantity: int
    turnover_minutes: int
    health_tier: HealthTier
    insurance_class: int
    trade: Trade | None
    occupation: str
    min_level: int
    credentials: tuple[CredentialKind, ...]
    certificates: tuple[str, ...]
    industry: str
    tools: str
    synonyms: tuple[str, ...]
    questions: tuple[Question, ...]
    channel: Channel
    icon: str
    pinyin: str
    initials: str
    version: str = ""
    id: UUID | None = None

    @property
    def unit(self) -> Unit:
        """The unit it is usually priced in."""
        return self.units[0]

    def units_in(self, mode: Mode) -> tuple[Unit, ...]:
        """In what the item can be ordered in a mode, the usual one first."""
        return tuple(unit for unit in self.units if unit in UNITS_OF_MODE[mode])

    def mode_in(self, unit: Unit) -> Mode | None:
        """The first mode in which a unit can be ordered; None if there is none."""
        return next((mode for mode in self.modes if unit in self.units_in(mode)), None)

    def price_in(self, unit: Unit) -> PriceRange | None:
        """The usual range for a unit, None if we give none."""
        return next((found for found in self.prices if found.unit == unit), None)

    @property
    def quantity_question(self) -> Question | None:
        """The question whose answer is the amount to be priced, if there is one."""
        return next((found for found in self.questions if found.quantity), None)


@dataclass(frozen=True, slots=True)
class CategoryFacts:
    """A category with its items, in the order of the catalogue."""

    code: str
    name: str
    summary: str
    icon: str
    items: tuple[ItemFacts, ...]


@dataclass(frozen=True, slots=True)
class VersionFacts:
    """A version of the catalogue; it holds from `valid_from` until the next one does."""

    label: str
    valid_from: datetime
    note: str


Answer = int | float | str | bool | tuple[str, ...]
Answers = Mapping[str, Answer]
