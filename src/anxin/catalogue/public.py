"""The door of the catalogue: what can be ordered, with specification, units, defaults and demands on the worker."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext

from anxin.catalogue import rules
from anxin.catalogue.models import Item
from anxin.catalogue.queries import (
    ITEM_SQL,
    UnknownItem,
    categories,
    frozen_item,
    item,
    item_by_id,
    item_or_none,
    items,
    search,
    versions,
)
from anxin.catalogue.values import Answer, ItemFacts
from anxin.kit.errors import Invalid

__all__ = [
    "ITEM_SQL",
    "AnswersUnfit",
    "Item",
    "UnknownItem",
    "categories",
    "clean_answers",
    "frozen_item",
    "item",
    "item_or_none",
    "item_by_id",
    "items",
    "search",
    "tell_answers",
    "versions",
]


class AnswersUnfit(Invalid):
    code = "answers_unfit"
    message = "%(wrong)s"


def clean_answers(facts: ItemFacts, given: Mapping[str, Any]) -> dict[str, Answer]:
    """Typed answers to the item's questions; AnswersUnfit (field `answers.<code>`) for the first that is wrong."""
    good, bad = rules.check_answers(facts.questions, given)
    if bad:
        first = bad[0]
        said = {key: gettext(str(word)) if key == "label" else word for key, word in first.params.items()}
        raise AnswersUnfit(field=f"answers.{first.code}", wrong=gettext(first.message) % said)
    return good


def tell_answers(facts: ItemFacts, answers: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Questions and answers in the reader's language, in the item's order."""
    return rules.tell_answers(facts.questions, answers, gettext)
