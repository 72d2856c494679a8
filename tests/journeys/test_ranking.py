"""The operator tries a new weight on what was served last month, sees whom it puts first, and publishes it."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from tests.journeys.applying import show_second_factor
from tests.journeys.conftest import House, Someone, run

pytestmark = pytest.mark.browser
WEIGHTS = ("near", "rating", "experience", "credit", "fairness", "continuity")


@pytest.mark.requirement("E-6", "A-6.4.2")
def test_a_new_weight_is_tried_on_last_month_and_published(
    someone: Callable[..., Someone], running_house: House
) -> None:
    order = run("-m", "tests.past").splitlines()[-1]
    operator = someone("operator", running_house.town.operations, 1440, 900)
    show_second_factor(operator)
    page = operator.page
    operator.go("/desk/ranking/")
    operator.look("weights")
    # Only who had few orders lately: whoever served is put behind who did not.
    for name in WEIGHTS:
        page.locator(f"input[name={name}]").fill("100" if name == "fairness" else "0")
    page.locator("input[name=near]").fill("5")
    operator.press("试算", exact=True)
    operator.sees("各项之和必须等于 1")
    operator.look("do-not-add-up")
    page.locator("input[name=near]").fill("0")
    operator.press("试算", exact=True)
    operator.sees("试算结果", "会换一位排在最前", order)
    row = page.locator("tr", has_text=order)
    assert row.locator("td").nth(0).inner_text() != row.locator("td").nth(1).inner_text()
    operator.look("tried")
    page.get_by_label("修改原因").fill("让近期派单少的人先有机会")
    operator.press("公布，7 天后生效")
    operator.sees("已公布，尚未生效", "让近期派单少的人先有机会")
    operator.look("announced")
    reader = someone("reader", running_house.town.neighbour, 390, 844)
    reader.go("/rules/ranking/")
    reader.sees("已公布，尚未生效", "让近期派单少的人先有机会")
    reader.look("published")
    # What holds today is what held before.
    share = reader.page.locator("tr", has_text=re.compile("^近期派单少")).first
    assert "15%" in share.inner_text()
    assert operator.told == [] and reader.told == []
