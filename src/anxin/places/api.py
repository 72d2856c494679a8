"""Geography and calendar for programs."""

from datetime import date, timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _
from ninja import Router, Schema

from anxin.kit.access import PUBLIC, ruled
from anxin.kit.errors import Invalid
from anxin.places import queries
from anxin.places.values import HANGZHOU, DivisionFacts

router = Router(tags=["places"])
MOST_DAYS = 400


class DivisionOut(Schema):
    """`point_source` says how far to trust the point (WGS-84); without one, the enclosing division's is used."""

    code: str
    name: str
    level: str
    parent_code: str
    lat: float | None
    lng: float | None
    point_source: str | None


class DayOut(Schema):
    day: date
    kind: str


class TooManyDays(Invalid):
    code = "too_many_days"
    message = _("一次最多查询 400 天，且结束日期不能早于开始日期。")


@router.get("/places/divisions", response=list[DivisionOut], summary="The divisions directly below one")
@ruled(PUBLIC)
def divisions(request: Any, parent: str = HANGZHOU) -> list[DivisionFacts]:
    return queries.children(parent[:12])


@router.get("/places/divisions/{code}", response=DivisionOut, summary="One division")
@ruled(PUBLIC)
def division(request: Any, code: str) -> DivisionFacts:
    return queries.division(code)


@router.get("/places/days", response=list[DayOut], summary="What each day is: workday, weekend or statutory")
@ruled(PUBLIC)
def days(request: Any, first: date, last: date) -> list[dict[str, Any]]:
    span = (last - first).days
    if not 0 <= span < MOST_DAYS:
        raise TooManyDays(field="last")
    kinds = queries.day_kinds(first + timedelta(days=n) for n in range(span + 1))
    return [{"day": day, "kind": kind} for day, kind in kinds.items()]
