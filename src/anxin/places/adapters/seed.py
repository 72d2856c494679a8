"""Reads the public geography and calendar files that the package carries (sources: docs/data-sources.md)."""

import csv
import json
from collections.abc import Iterator
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any

from anxin.places.values import DayKind, DivisionFacts, Level, PointSource

_DATA = files("anxin.places") / "data"


def _rows(name: str) -> Iterator[dict[str, str]]:
    with (_DATA / name).open(encoding="utf-8") as lines:
        yield from csv.DictReader(lines)


def divisions() -> list[DivisionFacts]:
    """Zhejiang, Hangzhou, its 13 counties, 196 towns and the 319 villages of Lin'an, parents first."""
    return [
        DivisionFacts(
            code=row["code"],
            name=row["name"],
            level=Level(row["level"]),
            parent_code=row["parent"],
            pinyin=row["pinyin"],
            initials=row["initials"],
            lat=float(row["lat"]) if row["lat"] else None,
            lng=float(row["lng"]) if row["lng"] else None,
            point_source=PointSource(row["point_source"]) if row["point_source"] else None,
        )
        for row in _rows("divisions.csv")
    ]


def days() -> list[tuple[date, DayKind, str]]:
    """Exceptional days 2024–2026 with the name of the festival."""
    return [
        (date.fromisoformat(row["date"]), DayKind(row["kind"]), row["festival"])
        for row in _rows("calendar.csv")
    ]


@cache
def linan_outline() -> list[list[tuple[float, float]]]:
    """Rings of (lng, lat) of Lin'an's outline, CGCS2000 (≈ WGS-84); a schematic, not a map."""
    found: dict[str, Any] = json.loads((_DATA / "linan_outline.json").read_text(encoding="utf-8"))
    return [[(lng, lat) for lng, lat in ring] for ring in found["rings"]]
