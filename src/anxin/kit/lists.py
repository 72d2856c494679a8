"""A desk's list: what its address asks for (words, choices, days, order), its pages, and its export.

Filters live in the address alone, so that a view can be kept, sent and walked back to, with or without script.
What is typed (a name, a phone) stands there sealed for the one who typed it: see anxin.kit.seeking.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any, TypeVar
from uuid import UUID

from django.core.paginator import Page, Paginator
from django.db.models import Model, QuerySet
from django.http import HttpResponse, QueryDict
from ninja import Schema

from anxin.kit import clock, seeking
from anxin.kit.access import Request
from anxin.kit.batch import chosen
from anxin.kit.clock import SHANGHAI
from anxin.kit.inputs import Moment, PageNumber, PageSize, day

R = TypeVar("R", bound=Model)
EXPORT_LIMIT = 20_000
# The export of the ticked rows alone.
CHOSEN = "chosen"
# How far back a long list looks where no days are asked for.
LATELY = timedelta(days=30)
# A spreadsheet would run what begins like a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True)
class Filter:
    """One field above a list; `kind` is words, pick or day."""

    name: str
    label: str
    kind: str
    value: str
    hint: str = ""
    choices: Sequence[tuple[str, str]] = ()


@dataclass
class Asked:
    """What the address of a list asks for. Name each filter once; unknown values count as not asked.

    typed: what its sealed words say; lapsed: it has sealed words, and they open no more.
    """

    query: QueryDict
    typed: Mapping[str, str] = field(default_factory=dict)
    lapsed: bool = False
    person: UUID | None = None
    filters: list[Filter] = field(default_factory=list)
    kept: list[tuple[str, str]] = field(default_factory=list)
    order: str = ""

    @classmethod
    def of(cls, request: Request) -> Asked:
        """What this request asks for."""
        token = request.GET.get(seeking.SEALED, "")
        typed = seeking.opened(token, request.actor.person_id, clock.now().timestamp()) if token else None
        lapsed = bool(token) and typed is None
        return cls(request.GET, typed or {}, lapsed=lapsed, person=request.actor.person_id)

    def words(self, name: str, label: str, hint: str = "") -> str:
        """What was typed, without the blanks around it, at most 100 characters; never read from the address."""
        value = self.typed.get(name, "")
        self.filters.append(Filter(name, label, "words", value, hint))
        return value

    def pick(self, name: str, label: str, choices: Iterable[tuple[str, Any]]) -> str:
        """One of `choices` (value, words), or "" for all."""
        known = [(str(value), str(words)) for value, words in choices]
        value = self._known(name, {code for code, _ in known})
        self.filters.append(Filter(name, label, "pick", value, choices=known))
        return value

    def days(self, label_from: str, label_to: str) -> tuple[datetime | None, datetime | None]:
        """`from` and `to` as the bounds of calendar days here, half-open; None where not asked."""
        first, last = self._day("from"), self._day("to")
        self.filters.append(Filter("from", label_from, "day", first.isoformat() if first else ""))
        self.filters.append(Filter("to", label_to, "day", last.isoformat() if last else ""))
        return (_midnight(first) if first else None), (_midnight(last + timedelta(days=1)) if last else None)

    def keep(self, name: str, allowed: Iterable[str], default: str = "") -> str:
        """A choice made elsewhere on the page, such as a tab, that the filters carry along."""
        value = self._known(name, set(map(str, allowed)), default)
        if name in self.query:
            self.kept.append((name, value))
        return value

    def sort(self, columns: Mapping[str, tuple[str, ...]], default: str) -> list[str]:
        """The columns to order by. `columns` gives each name its database columns; "-name" turns them round."""
        self.order = self._known("sort", {*columns, *(f"-{name}" for name in columns)}, default)
        if "sort" in self.query:
            self.kept.append(("sort", self.order))
        names = columns[self.order.lstrip("-")]
        return [_turned(name) for name in names] if self.order.startswith("-") else list(names)

    def within(
        self, rows: QuerySet[Any], column: str, span: tuple[datetime | None, datetime | None]
    ) -> QuerySet[Any]:
        """The rows whose `column` lies in the span."""
        if span[0]:
            rows = rows.filter(**{f"{column}__gte": span[0]})
        return rows.filter(**{f"{column}__lt": span[1]}) if span[1] else rows

    def ticked(self) -> list[str]:
        """The numbers of the rows to export; [] for all that are found. Refuses: NothingChosen, TooManyChosen."""
        return chosen(self.query) if self.query.get("format") == CHOSEN else []

    def page(self, rows: Any, per_page: int) -> Page[Any]:
        return Paginator(rows, per_page).get_page(self.query.get("page"))

    @property
    def any(self) -> bool:
        """Whether a filter is set: an empty list then says so."""
        return any(one.value for one in self.filters)

    @property
    def narrows(self) -> bool:
        """Whether there is more to ask for than words."""
        return any(one.kind != "words" for one in self.filters)

    @property
    def narrowed(self) -> bool:
        """Whether something beside words is asked for."""
        return any(one.value for one in self.filters if one.kind != "words")

    @property
    def exporting(self) -> bool:
        # Of a search that has lapsed, the file would hold everybody.
        return self.query.get("format") in ("csv", CHOSEN) and not self.lapsed

    @property
    def bare(self) -> str:
        """The present address without any filter."""
        return self.address(**{one.name: "" for one in self.filters}, **{seeking.SEALED: ""})

    def seeking(self, **words: str) -> str:
        """The address of this list for these words alone."""
        return f"?{seeking.SEALED}={seeking.sealed(words, self.person, clock.now().timestamp())}"

    def address(self, **changes: str) -> str:
        """The present address with changes; "" takes a value out. Starts over on the first page."""
        query = self.query.copy()
        query.pop("page", None)
        if self.lapsed:
            query.pop(seeking.SEALED, None)
        for name, value in changes.items():
            query.pop(name, None)
            if value:
                query[name] = value
        return f"?{query.urlencode()}"

    def _known(self, name: str, allowed: set[str], default: str = "") -> str:
        value = self.query.get(name, default)
        return value if value in allowed else default

    def _day(self, name: str) -> date | None:
        return day(self.query.get(name, ""))


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=SHANGHAI)


def _turned(column: str) -> str:
    return column[1:] if column.startswith("-") else f"-{column}"


def as_csv(name: str, head: Sequence[Any], rows: Iterable[Sequence[Any]]) -> HttpResponse:
    """Rows as a file that spreadsheets open with the right characters; times in Shanghai, no cell runs as a formula."""
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    response.headers["Cache-Control"] = "private, no-store"
    response.write("\ufeff")
    writer = csv.writer(response)
    writer.writerow([str(cell) for cell in head])
    writer.writerows([[_cell(value) for value in row] for row in rows])
    return response


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M:%S")
    text = str(value)
    if not isinstance(value, (int, float)) and text.startswith(_FORMULA):
        return f"'{text}"
    return text


class Lately(Schema):
    """What a list of the API is asked for by when its rows were made: of the last thirty days unless told otherwise."""

    since: Moment | None = None
    until: Moment | None = None
    page: PageNumber = 1
    page_size: PageSize = 50

    def among(self, rows: QuerySet[R], *, state: str | None) -> QuerySet[R]:
        """Those made in that time, and in that state if one is named."""
        found = rows.filter(created_at__gte=self.since or clock.now() - LATELY)
        if self.until:
            found = found.filter(created_at__lt=self.until)
        return found.filter(state=state) if state else found

    def cut(self, rows: QuerySet[R]) -> QuerySet[R]:
        """The page that was asked for."""
        start = (self.page - 1) * self.page_size
        return rows[start : start + self.page_size]
