"""A dispatcher's day: planned, one visit moved by keyboard, published; an illness at 8:05, a new plan, and the customer
who takes the substitute."""

from __future__ import annotations

import json
import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.ahead import Ahead
from tests.journeys.conftest import PATIENCE_MS, House, Someone, run

pytestmark = pytest.mark.browser
# A plan is searched by a job, whose first search compiles the engine: on a busy machine that takes minutes.
SEARCH_MS = 240_000


@pytest.mark.requirement("E-21c", "E-6")
def test_a_day_is_planned_and_planned_anew_when_somebody_falls_ill(
    someone: Callable[..., Someone], running_house: House
) -> None:
    town = running_house.town
    day = Ahead(**json.loads(run("-m", "tests.ahead").splitlines()[-1]))
    dispatcher = someone("dispatcher", town.head, 1440, 900)
    plan(dispatcher, day)
    before = goes(dispatcher, day.waiting)
    move_by_keyboard(dispatcher, day.waiting)
    assert goes(dispatcher, day.waiting) != before
    publish(dispatcher, "first")
    fall_ill(dispatcher, day)
    substitute = someone("substitute", town.workers[1], 390, 844)
    substitute.go(f"/orders/{day.agreed}/")
    substitute.press("我确认接单")
    substitute.sees("等客户看名片")
    customer = someone("household", town.customer, 390, 844)
    customer.go(f"/orders/{day.agreed}/")
    customer.sees("李*")
    customer.look("substitute-offered")
    customer.press("就选这位")
    customer.sees("李梅")
    customer.look("substitute-taken")
    for one in (dispatcher, substitute, customer):
        assert one.told == [], one.name


def plan(one: Someone, day: Ahead) -> None:
    """Ask for the day and wait until it is planned."""
    one.go("/desk/dispatch/plans/")
    one.page.locator("input[name=first_date]").fill(day.day)
    one.look("ask-for-a-plan")
    one.press("开始计算")
    planned(one)
    one.look("planned")


def planned(one: Someone) -> None:
    one.page.wait_for_url(re.compile(r"/plans/[0-9a-f-]{36}/"))
    one.page.get_by_text("待发布").first.wait_for(timeout=SEARCH_MS)


def here(one: Someone) -> str:
    """The address of the plan that is looked at."""
    found = re.search(r"/desk/dispatch/plans/[0-9a-f-]{36}/", one.page.url)
    assert found, one.page.url
    return found[0]


def goes(one: Someone, order: str) -> str:
    """Who goes to an order by the plan's list."""
    one.go(here(one))
    return one.page.locator("section[data-shift]", has_text=order).locator("h2 a").inner_text()


def send(one: Someone, order: str, name: str) -> None:
    """By the forms of the list. The house may have more workers by now than the two of whom this is told."""
    one.page.locator("section[data-shift] tr", has_text=order).get_by_role("link", name="改").click()
    one.page.locator("#send-to").select_option(label=name)
    one.press("看看会怎样")
    one.press("就这样改")
    one.sees("已改")
    assert goes(one, order) == name


def move_by_keyboard(one: Someone, order: str) -> None:
    """To the other worker, with nothing but keys; what it costs is said before it is dropped."""
    page = one.page
    key = (
        page.locator("section[data-shift] tr", has_text=order)
        .get_by_role("link", name="改")
        .get_attribute("href")
    )
    assert key
    one.go(f"{here(one)}?view=board")
    one.look("board")
    panel, lanes = page.locator("[data-board-panel]"), page.locator("[data-lane]")
    visit = page.locator(f"[data-visit='{key.rstrip('/').rpartition('/')[2]}']")
    first = lanes.first.locator(visit).count() == 1
    visit.focus()
    page.keyboard.press("Enter")
    expect(panel).to_contain_text("拿起了", timeout=PATIENCE_MS)
    expect(visit).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("Escape")
    expect(panel).to_contain_text("没有改动")
    page.keyboard.press("Enter")
    page.keyboard.press("ArrowDown" if first else "ArrowUp")
    expect(panel.locator("[data-board-drop]")).to_be_visible(timeout=PATIENCE_MS)
    expect(panel).to_contain_text("代价")
    one.look("board-move")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    one.sees("已改")
    # One goes on where one was.
    expect(visit).to_be_focused()
    one.go(f"{here(one)}?view=map")
    one.look("map")


def publish(one: Someone, what: str) -> None:
    one.go(here(one))
    one.follow("看变动并发布")
    one.look(f"changes-{what}")
    one.press("发布这份排班")
    one.sees("已发布。服务员和客户各自收到了与自己有关的变动。")


def fall_ill(one: Someone, day: Ahead) -> None:
    """王芳 calls at five past eight; whoever was promised her gets somebody else, if they want."""
    page = one.page
    one.follow("有变化，重排")
    page.locator("select[name=why]").select_option(label="服务员生病或临时有事")
    page.locator("select[name=worker_id]").select_option(label="王芳")
    page.locator("input[name=since]").fill(f"{day.day}T08:05")
    one.look("ill")
    one.press("重排", exact=True)
    planned(one)
    assert goes(one, day.agreed) != "王芳"
    send(one, day.agreed, "李梅")
    one.follow("看变动并发布")
    one.sees(day.agreed, "换人，等客户同意", "王芳", "李梅")
    publish(one, "ill")
