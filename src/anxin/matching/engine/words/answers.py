"""What was understood of the home, as answers to an item's own questions; the form checks them as if typed."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from anxin.catalogue.values import Question
from anxin.matching.engine.words.pieces import Field, Understood

_MACHINES = {"ac": "ac_wall"}
_ROOMS = 4
Answer = Callable[[Understood, str], Any]


def _plain(field: Field) -> Answer:
    return lambda said, item: said.first(field)


def _pets(said: Understood, item: str) -> Any:
    return "yes" if said.first(Field.PETS) else None


def _rooms(said: Understood, item: str) -> Any:
    rooms = said.first(Field.ROOMS)
    return str(min(rooms, _ROOMS)) if rooms else None


def _kinds(said: Understood, item: str) -> Any:
    return [_MACHINES.get(kind, kind) for kind in said.all(Field.KINDS)] or None


def _years(said: Understood, item: str) -> Any:
    """孩子几岁 where children are brought, the old person's age elsewhere."""
    months = said.first(Field.CHILD)
    return said.first(Field.ELDER) if not item.startswith("03") else months // 12 if months else None


def _taste(said: Understood, item: str) -> Any:
    words = [said.text[p.start : p.end] for p in said.of(Field.WISH) if p.value == "taste"]
    return "、".join(dict.fromkeys(words)) or None


def _term(unit: str) -> Answer:
    def count(said: Understood, item: str) -> Any:
        term = said.first(Field.TERM)
        return int(term[:-1]) if term and term[-1] == unit else None

    return count


def _hours(said: Understood, item: str) -> Any:
    hours = said.first(Field.HOURS)
    return int(hours) if hours is not None and hours == int(hours) else None


def _amount(said: Understood, item: str) -> Any:
    return said.first(Field.PIECES) or said.first(Field.AREA) if item == "0106" else None


ANSWERS: dict[str, Answer] = {
    "area": _plain(Field.AREA), "rooms": _rooms, "bathrooms": _plain(Field.BATHS), "floor": _plain(Field.FLOOR),
    "from_floor": _plain(Field.FLOOR), "lift": _plain(Field.LIFT), "from_lift": _plain(Field.LIFT),
    "volume": _plain(Field.VOLUME), "pets": _pets, "pet": lambda said, item: said.all(Field.PETS) or None,
    "age_months": _plain(Field.CHILD), "age": _years, "patient": _plain(Field.ELDER),
    "dependency": _plain(Field.CARE), "weight": _plain(Field.WEIGHT), "family": _plain(Field.FAMILY),
    "residents": _plain(Field.FAMILY), "people": lambda said, item: said.first(Field.EATERS) or said.first(Field.FAMILY),
    "dishes": _plain(Field.DISHES), "pieces": _plain(Field.PIECES), "kinds": _kinds,
    "appliance": lambda said, item: said.first(Field.KINDS), "babies": _plain(Field.BABIES),
    "due": _plain(Field.DUE), "taste": _taste, "days": _term("d"), "months": _term("m"), "hours": _hours,
    "amount": _amount,
}  # fmt: skip


def answers(said: Understood, item: str, questions: Iterable[Question]) -> dict[str, Any]:
    """Question code → what was said about it; questions that nothing was said about are left out."""
    found = {one.code: ANSWERS[one.code](said, item) for one in questions if one.code in ANSWERS}
    return {code: value for code, value in found.items() if value not in (None, "", [])}
