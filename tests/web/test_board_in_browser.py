"""The board of a day plan under finger and mouse: resting picks up, moving scrolls, and nothing is dropped unseen."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from urllib.parse import parse_qs

import pytest
from django.template.loader import render_to_string
from playwright.sync_api import Browser, CDPSession, Locator, Page, Route, expect

from anxin.kit.ids import new_id
from tests.web.test_in_browser import MODES, browser, site

__all__ = ["browser", "site"]
pytestmark = [pytest.mark.browser, pytest.mark.requirement("E-21c")]
DAY = date(2026, 3, 20)
MIDNIGHT = datetime(2026, 3, 19, 16, tzinfo=UTC)
PEOPLE = ("王芳", "李梅", "赵敏", "孙丽")
REST_MS = 600
TRIED = """
<p><strong>代价多 12</strong> · 10:30 开始</p>
<form method="post" action="/dropped/" class="ax-actions" data-board-drop data-begins="630">
  <input type="hidden" name="sure" value="1"><button class="btn btn-primary btn-sm">就放这里</button>
  <button type="button" class="btn btn-sm" data-board-cancel>不动</button></form>
"""
REFUSED = "<p data-board-refused>不能这样排：这样一天要工作 780 分钟，上限 720 分钟</p>"


def moment(minute: int) -> datetime:
    return MIDNIGHT + timedelta(minutes=minute)


def stop(begins: int, minutes: int, town: str) -> SimpleNamespace:
    shown = SimpleNamespace(
        order=SimpleNamespace(pk=new_id()), begins=moment(begins), ends=moment(begins + minutes), label="日常保洁",
        town=town, way=10, late=0, turn="same", locked=False, asked=SimpleNamespace(begun=False),
    )  # fmt: skip
    return SimpleNamespace(stop=shown, at=begins, minutes=minutes)


def lane(name: str, *stops: SimpleNamespace) -> SimpleNamespace:
    person = SimpleNamespace(worker_id=new_id(), number=f"W-{name}", name=name)
    shift = SimpleNamespace(person=person, day=DAY, visits=len(stops))
    return SimpleNamespace(shift=shift, begins=480, ends=1080, stops=stops)


def board() -> str:
    """Four people from eight to six, the first with two visits, the second with one."""
    lanes = [
        lane(PEOPLE[0], stop(540, 120, "锦城街道"), stop(780, 120, "玲珑街道")),
        lane(PEOPLE[1], stop(840, 120, "青山湖街道")),
        *(lane(name) for name in PEOPLE[2:]),
    ]
    return render_to_string(
        "matching/_dayplan_board.html",
        {
            "first": 480, "last": 1080, "hours": [(at, f"{at // 60}:00") for at in range(480, 1080, 60)],
            "ready": True, "plan": SimpleNamespace(pk=new_id(), version=3, days=1), "lanes": lanes,
        },
    )  # fmt: skip


@dataclass
class Hand:
    """A board on a screen, what was asked of the server, and a finger."""

    page: Page
    finger: CDPSession
    answer: str = TRIED
    tried: list[dict[str, list[str]]] = field(default_factory=list)
    dropped: list[str] = field(default_factory=list)

    def serve(self, route: Route) -> None:
        sent = route.request.post_data or ""
        if route.request.url.endswith("/dropped/"):
            self.dropped.append(sent)
            route.fulfill(status=200, content_type="text/html; charset=utf-8", body="<p>已改</p>")
        else:
            fields = parse_qs("&".join(_fields(sent)))
            self.tried.append(fields)
            route.fulfill(status=200, content_type="text/html; charset=utf-8", body=self.answer)

    def visit(self, n: int = 0) -> Locator:
        return self.page.locator("[data-lane] [data-visit]").nth(n)

    def middle(self, one: Locator) -> tuple[float, float]:
        box = one.bounding_box()
        assert box is not None
        return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2

    def in_lane(self, n: int, minute: int) -> tuple[float, float]:
        """A point in somebody's lane."""
        box = self.page.locator("[data-lane] .ax-board-lane").nth(n).bounding_box()
        assert box is not None
        return box["x"] + box["width"] * (minute - 480) / 600, box["y"] + box["height"] / 2

    def touch(self, kind: str, *points: tuple[float, float]) -> None:
        spots = [{"x": x, "y": y} for x, y in points]
        self.finger.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": spots})

    def slide(self, start: tuple[float, float], end: tuple[float, float], steps: int = 8) -> None:
        for n in range(1, steps + 1):
            here = tuple(a + (b - a) * n / steps for a, b in zip(start, end, strict=True))
            self.touch("touchMove", (here[0], here[1]))
            self.page.wait_for_timeout(16)

    @property
    def panel(self) -> Locator:
        return self.page.locator("[data-board-panel]")

    @property
    def scrolled(self) -> float:
        return float(self.page.evaluate("document.querySelector('.ax-board-scroll').scrollLeft"))

    @property
    def ghost(self) -> Locator:
        return self.page.locator(".is-carried")


def _fields(multipart: str) -> Iterator[str]:
    """name=value of a form sent in parts."""
    for part in multipart.split("form-data; name=")[1:]:
        name, _, rest = part.partition("\r\n\r\n")
        yield f"{json.loads(name.strip())}={rest.partition(chr(13))[0]}"


def shown(browser: Browser, site: str, width: int) -> Hand:
    context = browser.new_context(
        viewport={"width": width, "height": 844}, locale="zh-CN", has_touch=True, reduced_motion="reduce"
    )
    context.add_cookies([{"name": "anxin_view", "value": MODES["light"], "url": site}])
    page = context.new_page()
    hand = Hand(page, context.new_cdp_session(page))
    page.route("**/trial/", hand.serve)
    page.route("**/dropped/", hand.serve)
    page.goto(f"{site}/styleguide/desk/")
    page.evaluate(
        """html => { const main = document.querySelector("main"); main.innerHTML = html + "<div id=low></div>";
        document.querySelector("#low").style.height = "900px";
        main.dispatchEvent(new CustomEvent("htmx:load", { bubbles: true, detail: { elt: main } })); }""",
        board(),
    )
    page.locator(".ax-board-sheet[style]").wait_for()
    page.evaluate("document.querySelector('.ax-board').scrollIntoView({ block: 'center' })")
    return hand


@pytest.mark.parametrize("width", [390, 1440])
def test_a_finger_that_rests_picks_up_and_drops_only_after_a_yes(
    browser: Browser, site: str, width: int
) -> None:
    hand = shown(browser, site, width)
    start, end = hand.middle(hand.visit()), hand.in_lane(2, 590)
    hand.touch("touchStart", start)
    hand.page.wait_for_timeout(REST_MS)
    expect(hand.ghost).to_be_visible()
    hand.slide(start, end)
    above = hand.ghost.bounding_box()
    assert above is not None and above["y"] + above["height"] < end[1], "a finger hides what is under it"
    expect(hand.page.locator(".is-target")).to_have_attribute("data-who", "赵敏")
    hand.touch("touchEnd")
    expect(hand.panel).to_contain_text("代价多 12")
    expect(hand.ghost).to_have_count(0)
    asked = hand.tried[-1]
    assert asked["worker_id"] == [hand.page.locator("[data-lane]").nth(2).get_attribute("data-worker")]
    assert asked["position"] == ["1"] and hand.dropped == []
    expect(hand.visit()).to_have_attribute("aria-pressed", "true")
    hand.panel.get_by_text("就放这里").tap()
    hand.page.get_by_text("已改").wait_for()
    assert hand.dropped == ["sure=1"]


def test_a_finger_that_moves_at_once_scrolls(browser: Browser, site: str) -> None:
    hand = shown(browser, site, 390)
    start = hand.middle(hand.visit())
    hand.touch("touchStart", start)
    hand.slide(start, (start[0] - 120, start[1]))
    hand.touch("touchEnd")
    hand.page.wait_for_timeout(REST_MS)
    assert hand.scrolled > 50
    expect(hand.visit()).to_have_attribute("aria-pressed", "false")
    assert hand.tried == [] and hand.ghost.count() == 0


def test_what_is_carried_to_the_edge_pulls_the_board_along(browser: Browser, site: str) -> None:
    hand = shown(browser, site, 390)
    start = hand.middle(hand.visit())
    hand.touch("touchStart", start)
    hand.page.wait_for_timeout(REST_MS)
    hand.slide(start, (385, start[1]))
    for _time in range(100):
        if hand.scrolled > 200:
            break
        hand.page.wait_for_timeout(50)
    assert hand.scrolled > 200
    hand.touch("touchEnd")
    expect(hand.ghost).to_have_count(0)


def test_what_may_not_be_is_told_and_can_be_put_back(browser: Browser, site: str) -> None:
    hand = shown(browser, site, 390)
    hand.answer = REFUSED
    start, end = hand.middle(hand.visit()), hand.in_lane(1, 560)
    hand.touch("touchStart", start)
    hand.page.wait_for_timeout(REST_MS)
    hand.slide(start, end)
    hand.touch("touchEnd")
    expect(hand.panel).to_contain_text("上限 720 分钟")
    hand.page.keyboard.press("Escape")
    expect(hand.panel).to_contain_text("没有改动")
    expect(hand.visit()).to_have_attribute("aria-pressed", "false")
    assert hand.page.locator(".is-target, .ax-board-here").count() == 0 and hand.dropped == []


def test_a_tap_points_and_a_mouse_drags_as_before(browser: Browser, site: str) -> None:
    hand = shown(browser, site, 1440)
    hand.visit().tap()
    expect(hand.panel).to_contain_text("拿起了")
    hand.page.touchscreen.tap(*hand.in_lane(3, 590))
    expect(hand.panel).to_contain_text("代价多 12")
    hand.panel.get_by_text("不动").tap()
    expect(hand.visit()).to_have_attribute("aria-pressed", "false")
    hand.page.mouse.move(*hand.middle(hand.visit(1)))
    hand.page.mouse.down()
    hand.page.mouse.move(*hand.in_lane(2, 590), steps=5)
    expect(hand.ghost).to_be_visible()
    expect(hand.panel).to_contain_text("代价多 12")
    hand.page.mouse.up()
    hand.page.get_by_text("已改").wait_for()
    assert hand.dropped == ["sure=1"] and len(hand.tried) >= 2
