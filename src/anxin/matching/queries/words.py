"""Understanding somebody's words with what holds now: the catalogue's edition, the places, the announced days off."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from functools import lru_cache

from anxin.catalogue import public as catalogue
from anxin.kit import clock
from anxin.matching.engine import words
from anxin.places import public as places
from anxin.places.values import HANGZHOU, LINAN

_BACK = timedelta(days=40)


def understood(text: str, at: datetime) -> words.Understood:
    """What the words say at a moment; they are kept nowhere. Four queries."""
    return words.understand(text, known(at), clock.local(at))


def known(at: datetime) -> words.Vocabulary:
    """The vocabulary that holds. Four queries; the grammars are made ready once for the same rows."""
    services = tuple(
        words.Service(one.code, one.name, one.synonyms, (one.summary, one.description, *one.included))
        for one in catalogue.items(at)
    )
    spots = [words.Spot(one.code, one.name) for one in places.counties(HANGZHOU)]
    for town, villages in places.all_villages_grouped(LINAN):
        spots += [words.Spot(one.code, one.name) for one in (town, *villages)]
    festivals: dict[tuple[str, int], list[date]] = {}
    for name, day in places.days_off(clock.local_date(at) - _BACK):
        festivals.setdefault((name, day.year), []).append(day)
    return _ready(
        services, tuple(spots), tuple((name, tuple(days)) for (name, _y), days in festivals.items())
    )


@lru_cache(maxsize=4)
def _ready(
    services: tuple[words.Service, ...],
    spots: tuple[words.Spot, ...],
    festivals: tuple[tuple[str, tuple[date, ...]], ...],
) -> words.Vocabulary:
    return words.Vocabulary(services, spots, festivals)
