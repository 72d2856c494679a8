"""The catalogue for programs."""

from typing import Annotated, Any

from ninja import Router, Schema
from pydantic import Field

from anxin.catalogue import queries
from anxin.catalogue.values import CategoryFacts, ItemFacts, Question
from anxin.kit import clock
from anxin.kit.access import PUBLIC, ruled

router = Router(tags=["catalogue"])


class PriceOut(Schema):
    """What is usual for one unit, in fen; for orientation, no price of anybody."""

    unit: str
    low_fen: int
    high_fen: int


class StepOut(Schema):
    title: str
    standard: str
    photo: bool


class QuestionOut(Schema):
    code: str
    label: str
    kind: str
    required: bool
    unit: str
    help: str
    low: int | None
    high: int | None
    choices: dict[str, str]
    quantity: bool

    @staticmethod
    def resolve_choices(found: Question) -> dict[str, str]:
        return dict(found.choices)


class BriefOut(Schema):
    code: str
    name: str
    summary: str
    channel: str
    units: list[str]
    modes: list[str]
    prices: list[PriceOut]


class CategoryOut(Schema):
    code: str
    name: str
    summary: str
    items: list[BriefOut]


class ItemOut(BriefOut):
    version: str
    category: str
    description: str
    steps: list[StepOut]
    included: list[str]
    excluded: list[str]
    default_minutes: int
    min_quantity: int
    turnover_minutes: int
    health_tier: int
    insurance_class: int
    trade: str | None
    occupation: str
    min_level: int
    credentials: list[str]
    certificates: list[str]
    tools: str
    questions: list[QuestionOut]


@router.get("/catalogue/categories", response=list[CategoryOut], summary="All categories with their services")
@ruled(PUBLIC)
def categories(request: Any) -> list[CategoryFacts]:
    return queries.categories(clock.now())


@router.get("/catalogue/items", response=list[BriefOut], summary="Services that a text means, best first")
@ruled(PUBLIC)
def search(request: Any, q: Annotated[str, Field(max_length=60)] = "") -> list[ItemFacts]:
    at = clock.now()
    return queries.search(q, at) if q.strip() else queries.items(at)


@router.get("/catalogue/items/{code}", response=ItemOut, summary="One service in full")
@ruled(PUBLIC)
def item(request: Any, code: str) -> ItemFacts:
    return queries.item(code, clock.now())
