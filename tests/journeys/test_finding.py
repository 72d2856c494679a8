"""A household says in its own words what it needs, sees what was understood, and the demand is filled in for it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from anxin.kit.clock import local_date
from tests.journeys.conftest import House, Someone

pytestmark = pytest.mark.browser


@pytest.mark.requirement("E-5", "B-7.4.2")
def test_own_words_become_a_demand_that_is_sent(
    someone: Callable[..., Someone], running_house: House
) -> None:
    customer = someone("finder", running_house.town.customer, 390, 844)
    page = customer.go("/")
    day = local_date(datetime.now(UTC)) + timedelta(days=1)
    page.locator("input[name=words]").fill(
        "明天下午两点到五点，来锦城街道打扫卫生，90平，家里有猫，四十岁以下"
    )
    customer.press("找服务")
    customer.sees("这样理解，对吗？", "这些不用来挑人")
    assert page.locator("select[name=item]").input_value() == "0101"
    assert page.locator("input[name=day]").input_value() == day.isoformat()
    customer.look("understood")
    page.locator("select[name=start]").select_option("15:00")
    customer.press("看谁能来")
    customer.sees("能来的机构", "能来的服务员")
    customer.look("who-can-come")
    customer.follow("填好需求单")
    assert page.locator("select[name=start]").input_value() == "15:00"
    assert page.locator("input[name=q_area]").input_value() == "90"
    page.locator("button[name=do][value=price]").first.click()
    customer.sees("开放抢单")
    customer.press("提交需求")
    page.wait_for_url("**/orders/O*/")
    customer.sees("正在等机构或服务员接单")
    assert customer.told == []
