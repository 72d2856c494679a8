"""Figures per city, and within a city per issuer, by which the work of each is assessed (D-6, D-9). Each figure is a
set of rows that can be looked at.

Counts are of what the reader may see: a county's bureau has its county's, the operator the whole province's, who
issues without managing a region their own. Bureaus and the operator see issuers side by side; an issuer sees itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.expressions import Combinable

from anxin.kit.actor import Actor
from anxin.kit.clock import local_date
from anxin.kit.text import gettext_noop
from anxin.safetycode.models import (
    CardCost,
    ClaimLine,
    Fault,
    Issue,
    Measure,
    MinistryRecord,
    Refresh,
    SafetyCode,
    Scan,
)
from anxin.safetycode.queries.refreshing import WAITING
from anxin.safetycode.states import ClaimState, CodeState, RefreshState
from anxin.safetycode.values import Colour
from anxin.safetycode.values.care import MeasureKind
from anxin.workers.public import Worker


@dataclass(frozen=True)
class Span:
    """Half-open time that the figures of what happened are about."""

    since: datetime
    until: datetime


Rows = Callable[[datetime], QuerySet[Any]]


@dataclass(frozen=True)
class Figure:
    """`worker`: the path from a row to the worker; `when`: the column that lies in the span ("" = as it is now);
    `fen`: the column that is summed up beside the count; `issuer`: the path to who issued the code, where the path to
    the worker does not lead past it."""

    code: str
    label: str
    rows: Rows
    worker: str
    when: str = ""
    fen: str = ""
    issuer: str = ""


# An issuer that no delegation names: codes of before delegations were kept.
NOBODY = "none"
# Who manages a region's codes sees its cities whole; who looks after issuers sees each of them.
WHOLE_CITY = ("safetycode.manage", "workers.oversee", "governance.supervise")
EVERY_ISSUER = ("workers.oversee", "governance.supervise")


def _codes(**having: Any) -> Rows:
    return lambda at: SafetyCode.objects.filter(**having)


def _valid(at: datetime) -> QuerySet[Any]:
    return SafetyCode.objects.filter(state=CodeState.ISSUED, valid_to__gte=local_date(at))


def _coloured(shade: Colour) -> Rows:
    return _codes(worker__standing__colour=shade)


def _measures(kind: MeasureKind) -> Rows:
    return lambda at: Measure.objects.filter(kind=kind)


def _in_time(at: datetime) -> QuerySet[Any]:
    return Refresh.objects.filter(state=RefreshState.DONE, done_at__date__lte=F("due_on"))


def _late(at: datetime) -> QuerySet[Any]:
    """Ended late, or waits although its last day is over."""
    return Refresh.objects.filter(
        Q(state=RefreshState.DONE, done_at__date__gt=F("due_on"))
        | Q(state__in=WAITING, due_on__lt=local_date(at))
    )


FIGURES: tuple[Figure, ...] = (
    Figure("issued", gettext_noop("发放"), lambda at: Issue.objects.all(), "code__worker", "issued_at",
           issuer="issuer"),
    Figure("valid", gettext_noop("在用"), _valid, "worker", issuer="issuer"),
    Figure("green", gettext_noop("绿码"), _coloured(Colour.GREEN), "worker", issuer="issuer"),
    Figure("yellow", gettext_noop("黄码"), _coloured(Colour.YELLOW), "worker", issuer="issuer"),
    Figure("red", gettext_noop("红码"), _coloured(Colour.RED), "worker", issuer="issuer"),
    Figure("suspended", gettext_noop("暂停"), _measures(MeasureKind.SUSPEND), "code__worker", "at"),
    Figure("recalled", gettext_noop("收回"), _measures(MeasureKind.RECALL), "code__worker", "at"),
    Figure("cancelled", gettext_noop("注销"), _measures(MeasureKind.CANCEL), "code__worker", "at"),
    Figure("superseded", gettext_noop("换发"), _measures(MeasureKind.SUPERSEDE), "code__worker", "at"),
    Figure("waiting", gettext_noop("待更新"), lambda at: Refresh.objects.filter(state__in=WAITING), "code__worker"),
    Figure("refreshed", gettext_noop("按时更新"), _in_time, "code__worker", "done_at"),
    Figure("late", gettext_noop("逾期更新"), _late, "code__worker"),
    Figure("faults", gettext_noop("问题码"), lambda at: Fault.objects.filter(cleared_at=None), "worker"),
    Figure("differing", gettext_noop("双证不一致"),
           lambda at: MinistryRecord.objects.exclude(differences=[]), "worker"),
    Figure("scans", gettext_noop("查验"), lambda at: Scan.objects.all(), "code__worker", "at"),
    Figure("cards", gettext_noop("制证"), lambda at: CardCost.objects.all(), "card__code__worker", "printed_at",
           "cost_fen"),
    Figure("subsidies", gettext_noop("补贴拨付"),
           lambda at: ClaimLine.objects.filter(voided_at=None, claim__state=ClaimState.PAID), "code__worker",
           "claim__paid_on", "amount_fen"),
)  # fmt: skip
BY_CODE = {one.code: one for one in FIGURES}


@dataclass(frozen=True)
class Value:
    """A city's figure: how many rows, and their sum where there is one."""

    count: int = 0
    fen: int | None = None


def _issuer(figure: Figure) -> Combinable:
    """Who issued the code that a row is about."""
    if figure.issuer:
        return F(figure.issuer)
    if figure.worker == "worker":
        return Subquery(SafetyCode.objects.filter(worker=OuterRef("worker")).values("issuer")[:1])
    return F(f"{figure.worker.removesuffix('worker')}issuer")


def of_issuer(rows: QuerySet[Any], actor: Actor, issuer: str) -> QuerySet[Any]:
    """Of rows that bear their `house`: those of one issuer ("" = of all), as far as the actor sees it."""
    if not any(actor.holds(one) for one in WHOLE_CITY):
        rows = rows.filter(house=actor.organisation_id)
    if not issuer:
        return rows
    if issuer != str(actor.organisation_id) and not any(actor.holds(one) for one in EVERY_ISSUER):
        return rows.none()
    return rows.filter(house__isnull=True) if issuer == NOBODY else rows.filter(house=issuer)


def rows_of(
    figure: Figure, actor: Actor, span: Span, at: datetime, city: str = "", issuer: str = ""
) -> QuerySet[Any]:
    """The rows that a figure counts, of those whose worker the actor may see. issuer: an id, or NOBODY."""
    rows = figure.rows(at).filter(**{f"{figure.worker}__in": Worker.objects.visible_to(actor)})
    rows = of_issuer(rows.annotate(house=_issuer(figure)), actor, issuer)
    if figure.when == "claim__paid_on":
        rows = rows.filter(
            claim__paid_on__gte=local_date(span.since), claim__paid_on__lt=local_date(span.until)
        )
    elif figure.when:
        rows = rows.filter(**{f"{figure.when}__gte": span.since, f"{figure.when}__lt": span.until})
    return rows.filter(**{f"{figure.worker}__city_code": city}) if city else rows


def by_city(actor: Actor, span: Span, at: datetime) -> dict[str, dict[str, Value]]:
    """city → figure → value, for the cities that have a code the actor may see. One query for each figure."""
    found: dict[str, dict[str, Value]] = {}
    for figure in FIGURES:
        path = f"{figure.worker}__city_code"
        _sum_up(figure, rows_of(figure, actor, span, at), path, found)
    return {city: found[city] for city in sorted(found)}


def by_issuer(actor: Actor, span: Span, at: datetime, city: str) -> dict[str, dict[str, Value]]:
    """issuer (an id, or NOBODY) → figure → value, within a city: together they are the city's figures, for who sees
    every issuer; who does not sees their own house. One query for each figure."""
    found: dict[str, dict[str, Value]] = {}
    whose = alone(actor)
    for figure in FIGURES:
        _sum_up(figure, rows_of(figure, actor, span, at, city, whose), "house", found)
    return found


def alone(actor: Actor) -> str:
    """The one issuer that the actor sees among those of a city; "" for all."""
    return "" if any(actor.holds(one) for one in EVERY_ISSUER) else str(actor.organisation_id)


def _sum_up(figure: Figure, rows: QuerySet[Any], column: str, found: dict[str, dict[str, Value]]) -> None:
    sums: dict[str, Any] = {"n": Count("pk")} | ({"fen": Sum(figure.fen)} if figure.fen else {})
    for row in rows.order_by().values(column).annotate(**sums):
        found.setdefault(str(row[column] or NOBODY), {})[figure.code] = Value(row["n"], row.get("fen"))


@dataclass(frozen=True)
class Line:
    """One row behind a figure."""

    worker: Worker
    number: str
    at: Any
    fen: int | None


def lines(figure: Figure, rows: Iterable[Any]) -> list[Line]:
    """A page of rows as lines: worker, code number, when, amount. Two queries."""
    found = list(rows)
    ids = {row.pk: _follow(row, figure.worker) for row in found}
    workers = Worker.objects.select_related("person").in_bulk(list(ids.values()))
    numbers = dict(SafetyCode.objects.filter(worker__in=workers).values_list("worker", "number"))
    return [
        Line(
            workers[ids[row.pk]], numbers.get(ids[row.pk], ""),
            _follow(row, figure.when) if figure.when else None,
            getattr(row, figure.fen) if figure.fen else None,
        )
        for row in found
    ]  # fmt: skip


def related(figure: Figure, rows: QuerySet[Any]) -> QuerySet[Any]:
    """The rows with what `lines` reads, the newest first."""
    step = figure.worker.removesuffix("worker").strip("_")
    joins = [name for name in (step, "claim" if figure.when.startswith("claim__") else "") if name]
    rows = rows.select_related(*joins) if joins else rows
    return rows.order_by(f"-{figure.when}" if figure.when else "-pk", "-pk")


def _follow(row: Any, path: str) -> Any:
    """The value at the end of a path of names; of a worker its key."""
    names = path.split("__")
    if names[-1] == "worker":
        names[-1] = "worker_id"
    for name in names:
        row = getattr(row, name)
    return row
