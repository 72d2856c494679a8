"""Judgements and papers in the reader's words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from anxin.safetycode.values import (
    COLOUR_LABELS,
    COLOUR_MEANINGS,
    COLOUR_SHAPES,
    REASON_LABELS,
    REMEDY_LABELS,
    Colour,
    Judgement,
    PaperRow,
    Reason,
)
from anxin.workers.values import PAPER_LABELS, PaperState

CSS = {Colour.GREEN: "green", Colour.YELLOW: "amber", Colour.RED: "red"}


@dataclass(frozen=True)
class Shown:
    """A judgement ready for a template."""

    colour: str
    css: str
    shape: str
    word: str
    meaning: str
    reasons: tuple[str, ...]
    remedies: tuple[str, ...]


@dataclass(frozen=True)
class PaperWords:
    label: str
    state: str
    tone: str
    when: str


def day_text(day: date | None) -> str:
    return date_format(day, "Y-m-d") if day else ""


def reason_text(reason: Reason) -> str:
    """One reason in words, with its date."""
    text = _(REASON_LABELS[reason.code])
    return text % {"day": day_text(reason.day)} if "%(day)s" in text else text


def shown(judgement: Judgement) -> Shown:
    """Word, shape, colour and every reason of a judgement."""
    colour = judgement.colour
    return Shown(
        colour=str(colour),
        css=CSS[colour],
        shape=COLOUR_SHAPES[colour],
        word=_(COLOUR_LABELS[colour]),
        meaning=_(COLOUR_MEANINGS[colour]),
        reasons=tuple(reason_text(reason) for reason in judgement.reasons),
        remedies=tuple(_(REMEDY_LABELS[remedy]) for remedy in judgement.would_turn_green),
    )


def papers(rows: Iterable[PaperRow]) -> list[PaperWords]:
    """The conclusions as rows: what, how it stands, until when."""
    return [PaperWords(_(row.label), _state(row), _tone(row.state), _when(row)) for row in rows]


def _state(row: PaperRow) -> str:
    if row.state is PaperState.VALID and row.kind == "background_check":
        return _("已通过")
    return _(PAPER_LABELS[row.state])


def _tone(state: PaperState) -> str:
    return {
        PaperState.VALID: "good",
        PaperState.PENDING: "wait",
        PaperState.NOT_YET: "wait",
        PaperState.MISSING: "plain",
    }.get(state, "bad")


def _when(row: PaperRow) -> str:
    if row.day is None:
        return ""
    texts: dict[Any, str] = {
        PaperState.VALID: _("有效至 %(day)s"),
        PaperState.EXPIRED: _("%(day)s 到期"),
        PaperState.NOT_YET: _("%(day)s 起生效"),
    }
    return texts.get(row.state, "%(day)s") % {"day": day_text(row.day)}
