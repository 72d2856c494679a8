"""Text tokens reach 4.5:1 on every ground they are used on, by day and by night; controls reach 3:1."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

CSS = (Path(__file__).resolve().parents[2] / "frontend" / "css" / "tokens.css").read_text()
ROOT_RULE = CSS[CSS.index(":root {") : CSS.index("\n}")]
PAIRS = {
    name: (day, night)
    for name, day, night in re.findall(
        r"--ax-([\w-]+): light-dark\((#[0-9a-f]{3,6}), (#[0-9a-f]{3,6})\)", ROOT_RULE
    )
}
GROUNDS = ("surface", "canvas", "sunken", "raised", "hover")


def luminance(colour: str) -> float:
    digits = colour[1:] if len(colour) == 7 else "".join(c * 2 for c in colour[1:])
    parts = [int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("night", [False, True], ids=["day", "night"])
def test_words_can_be_read_on_every_ground(night: bool) -> None:
    weak = {
        (ink, ground): round(contrast(PAIRS[ink][night], PAIRS[ground][night]), 2)
        for ink in ("ink", "ink-2", "ink-3", "brand", "brand-strong", "green", "amber", "red")
        for ground in GROUNDS
        if contrast(PAIRS[ink][night], PAIRS[ground][night]) < 4.5
    }
    assert weak == {}


@pytest.mark.parametrize("night", [False, True], ids=["day", "night"])
@pytest.mark.parametrize("family", ["brand", "green", "amber", "red"])
def test_a_state_can_be_read_on_its_own_soft_fill_and_in_white_on_its_strong_one(
    family: str, night: bool
) -> None:
    ink = PAIRS["brand-strong" if family == "brand" else family][night]
    assert contrast(ink, PAIRS[f"{family}-soft"][night]) >= 4.5
    assert contrast("#ffffff", PAIRS[f"{family}-fill"][night]) >= 4.5


@pytest.mark.parametrize("night", [False, True], ids=["day", "night"])
def test_controls_and_focus_stand_out(night: bool) -> None:
    for ground in ("surface", "canvas", "sunken"):
        assert contrast(PAIRS["control-line"][night], PAIRS[ground][night]) >= 3
        assert contrast(PAIRS["focus"][night], PAIRS[ground][night]) >= 3


def test_the_safety_colours_are_the_tested_ones() -> None:
    assert (PAIRS["green"][0], PAIRS["amber"][0], PAIRS["red"][0]) == ("#1a7f37", "#8a5a00", "#b42318")
