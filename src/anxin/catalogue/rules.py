"""Answers to an item's questions, checked; and how a catalogue text becomes facts."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal, InvalidOperation
from typing import Any

from anxin.catalogue.values import (
    Answer,
    AnswerKind,
    CategoryFacts,
    Channel,
    CredentialKind,
    HealthTier,
    ItemFacts,
    Mode,
    PriceRange,
    Question,
    Step,
    Trade,
    Unit,
)
from anxin.kit.text import gettext_noop

NEEDED = gettext_noop("请填写“%(label)s”。")
NOT_WHOLE = gettext_noop("“%(label)s”请填写整数。")
NOT_A_NUMBER = gettext_noop("“%(label)s”请填写数字，比如 2 或 2.5。")
OUT_OF_RANGE = gettext_noop("“%(label)s”应在 %(low)s 到 %(high)s 之间。")
NOT_A_CHOICE = gettext_noop("“%(label)s”请从给出的选项中选择。")
TOO_LONG = gettext_noop("“%(label)s”不要超过 %(high)s 个字。")

_TEXT_CHARS = 300
_TRUE, _FALSE = frozenset({"true", "1", "on", "yes"}), frozenset({"false", "0", "off", "no"})


class BadAnswer(ValueError):
    """An answer that a question does not take: Chinese `message` with places `params`, for question `code`."""

    def __init__(self, question: Question, message: str) -> None:
        super().__init__(message)
        self.code = question.code
        self.message = message
        self.params = {
            "label": question.label,
            "low": question.low if question.low is not None else 0,
            "high": question.high if question.high is not None else _TEXT_CHARS,
        }


def check_answers(
    questions: Sequence[Question], given: Mapping[str, Any]
) -> tuple[dict[str, Answer], list[BadAnswer]]:
    """Typed answers by question code, and what is wrong. Unknown codes in `given` are dropped; empty ones too."""
    good: dict[str, Answer] = {}
    bad: list[BadAnswer] = []
    for question in questions:
        try:
            answer = _answer(question, given.get(question.code))
        except BadAnswer as wrong:
            bad.append(wrong)
            continue
        if answer is not None:
            good[question.code] = answer
        elif question.required:
            bad.append(BadAnswer(question, NEEDED))
    return good, bad


def _answer(question: Question, given: Any) -> Answer | None:
    if given is None or given == "" or given == []:
        return None
    if question.kind is AnswerKind.NUMBER:
        return _hours(question, given) if question.code == "hours" else _whole(question, given)
    if question.kind is AnswerKind.YES_NO:
        text = str(given).lower()
        if text not in _TRUE | _FALSE:
            raise BadAnswer(question, NOT_A_CHOICE)
        return text in _TRUE
    if question.kind is AnswerKind.TEXT:
        text = str(given).strip()
        if len(text) > (question.high or _TEXT_CHARS):
            raise BadAnswer(question, TOO_LONG)
        return text or None
    known = {code for code, _label in question.choices}
    several = question.kind is AnswerKind.CHOICES
    picked = [str(part) for part in given] if several and isinstance(given, list | tuple) else [str(given)]
    if not set(picked) <= known:
        raise BadAnswer(question, NOT_A_CHOICE)
    return tuple(dict.fromkeys(picked)) if several else picked[0]


def _whole(question: Question, given: Any) -> int:
    try:
        found = int(str(given).strip())
    except ValueError as error:
        raise BadAnswer(question, NOT_WHOLE) from error
    _bounded(question, found)
    return found


def _hours(question: Question, given: Any) -> int | float:
    """Hours need not be whole: what is said of a visit is what it is timed and priced by."""
    try:
        found = Decimal(str(given).strip())
    except InvalidOperation as error:
        raise BadAnswer(question, NOT_A_NUMBER) from error
    if not found.is_finite():
        raise BadAnswer(question, NOT_A_NUMBER)
    hours = int(found) if found == int(found) else round(float(found), 2)
    _bounded(question, hours)
    return hours


def _bounded(question: Question, found: float) -> None:
    if (question.low is not None and found < question.low) or (
        question.high is not None and found > question.high
    ):
        raise BadAnswer(question, OUT_OF_RANGE)


MEASURED = gettext_noop("%(number)s%(unit)s")


def tell_answers(
    questions: Sequence[Question], answers: Mapping[str, Any], say: Callable[[str], str] = str
) -> list[tuple[str, str]]:
    """Question and answer in the words of `say`, for the worker and the contract; (是/否 for yes and no)."""
    told: list[tuple[str, str]] = []
    for question in questions:
        answer = answers.get(question.code)
        if answer is None or answer == "":
            continue
        names = dict(question.choices)
        if isinstance(answer, bool):
            text = say(gettext_noop("是")) if answer else say(gettext_noop("否"))
        elif isinstance(answer, list | tuple):
            comma = say(gettext_noop("、"))
            text = comma.join(say(names[part]) if part in names else part for part in map(str, answer))
        elif question.unit:
            text = say(MEASURED) % {"number": answer, "unit": say(question.unit)}
        else:
            text = say(names[str(answer)]) if str(answer) in names else str(answer)
        told.append((say(question.label), text))
    return told


def parse_question(raw: Mapping[str, Any]) -> Question:
    """A question as the catalogue file writes it; choices as ["code=标签", …]."""
    choices = tuple(
        (code, label) for code, _eq, label in (str(part).partition("=") for part in raw.get("choices", ()))
    )
    return Question(
        code=raw["code"],
        label=raw["label"],
        kind=AnswerKind(raw["kind"]),
        required=raw.get("required", False),
        unit=raw.get("unit", ""),
        help=raw.get("help", ""),
        low=raw.get("low"),
        high=raw.get("high"),
        choices=choices,
        quantity=raw.get("quantity", False),
    )


def parse_step(raw: Sequence[str]) -> Step:
    """A step as the catalogue file writes it: [what, standard] or [what, standard, "photo"]."""
    return Step(title=raw[0], standard=raw[1], photo=len(raw) > 2 and raw[2] == "photo")


_BASE = ("health_check", "insurance", "background_check", "training")


def parse_item(raw: Mapping[str, Any], category: str, category_name: str) -> ItemFacts:
    """An item as the catalogue file writes it. Raises KeyError or ValueError for a mistake in the file."""
    ranges = raw.get("prices", {})
    # In the order of the units: a JSON column does not keep the order of keys.
    priced = [unit for unit in raw["units"] if unit in ranges] + [
        unit for unit in ranges if unit not in raw["units"]
    ]
    prices = tuple(
        PriceRange(Unit(unit), round(ranges[unit][0] * 100), round(ranges[unit][1] * 100)) for unit in priced
    )
    return ItemFacts(
        code=raw["code"],
        name=raw["name"],
        category=category,
        category_name=category_name,
        summary=raw["summary"],
        description=raw["description"],
        steps=tuple(parse_step(step) for step in raw.get("steps", ())),
        included=tuple(raw.get("included", ())),
        excluded=tuple(raw.get("excluded", ())),
        units=tuple(Unit(unit) for unit in raw["units"]),
        modes=tuple(Mode(mode) for mode in raw["modes"]),
        prices=prices,
        default_minutes=raw["minutes"],
        min_quantity=raw.get("min_quantity", 1),
        turnover_minutes=raw.get("turnover", 15),
        health_tier=HealthTier[raw["health"].upper()],
        insurance_class=raw["insurance"],
        trade=Trade(raw["trade"]) if raw.get("trade") else None,
        occupation=raw.get("occupation", ""),
        min_level=raw.get("level", 0),
        credentials=tuple(CredentialKind(kind) for kind in raw.get("credentials", _BASE)),
        certificates=tuple(raw.get("certificates", ())),
        industry=raw.get("industry", ""),
        tools=raw.get("tools", ""),
        synonyms=tuple(raw.get("synonyms", ())),
        questions=tuple(parse_question(question) for question in raw.get("questions", ())),
        channel=Channel(raw.get("channel", "order")),
        icon=raw["icon"],
        pinyin=raw["pinyin"],
        initials=raw["initials"],
    )


def rank(items: Sequence[ItemFacts], text: str) -> list[ItemFacts]:
    """Items that `text` means, best first: by name, then everyday words, then pinyin, then what the summary says.

    Several words (parted by spaces) must all be found.
    """
    words = text.lower().split()[:5]
    scored = [([_score(item, word) for word in words], at, item) for at, item in enumerate(items)]
    found = [entry for entry in scored if words and all(entry[0])]
    return [item for _scores, _at, item in sorted(found, key=lambda entry: (-sum(entry[0]), entry[1]))]


def _score(item: ItemFacts, word: str) -> int:
    name = item.name.lower()
    if word in {name, item.code}:
        return 100
    if name.startswith(word):
        return 80
    if word in name or word in item.synonyms:
        return 70
    if any(word in known or known in word for known in item.synonyms):
        return 50
    if word.isascii() and (item.initials.startswith(word) or item.pinyin.startswith(word)):
        return 40
    if word in item.category_name or word in item.summary:
        return 20
    return 0


def mistakes(categories: Sequence[CategoryFacts]) -> list[str]:
    """What is wrong with a catalogue before it is published; empty if it is sound."""
    found: list[str] = []
    seen: set[str] = set()
    for category in categories:
        for item in category.items:
            if item.code in seen:
                found.append(f"{item.code}: code used twice")
            seen.add(item.code)
            found.extend(f"{item.code}: {wrong}" for wrong in _item_mistakes(item))
    return found


def _item_mistakes(item: ItemFacts) -> list[str]:
    quantities = [question for question in item.questions if question.quantity]
    checks = {
        "no unit": not item.units,
        "no mode": not item.modes,
        "a mode in none of its units": any(not item.units_in(mode) for mode in item.modes),
        "a unit in none of its modes": any(item.mode_in(unit) is None for unit in item.units),
        "a price for a unit it does not have": any(price.unit not in item.units for price in item.prices),
        "a price range upside down": any(not 0 < price.low_fen <= price.high_fen for price in item.prices),
        "fewer than 5 or more than 9 steps": item.channel is Channel.ORDER and not 5 <= len(item.steps) <= 9,
        "nothing to photograph": item.channel is Channel.ORDER and not any(step.photo for step in item.steps),
        "no scope excluded": item.channel is Channel.ORDER and not item.excluded,
        "more than one question for the quantity": len(quantities) > 1,
        "a choice question without choices": any(
            question.kind in {AnswerKind.CHOICE, AnswerKind.CHOICES} and not question.choices
            for question in item.questions
        ),
        "two questions of one code": len({question.code for question in item.questions})
        != len(item.questions),
    }
    return [wrong for wrong, is_so in checks.items() if is_so]


def in_version(item: ItemFacts, version: str) -> ItemFacts:
    """The same item, said to be of a version."""
    return replace(item, version=version)
