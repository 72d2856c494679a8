"""The real product as its own processes, on a database of its own, and people before it in a real browser."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import NoReturn
from urllib.parse import urlsplit

import psycopg
import pytest
from playwright.sync_api import Browser, Page, sync_playwright
from playwright.sync_api import TimeoutError as PlaywrightTimeout

from anxin.config.supervisor import Supervisor, house
from tests.ports import free_port
from tests.town import Town
from tools import chromium

ROOT = Path(__file__).resolve().parents[2]
DIST = ROOT / "frontend" / "dist"
AXE = ROOT / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
RESULTS = ROOT / "test-results"
PATIENCE_MS = 20_000
FIRST = (("migrate", "--verbosity=0"), ("collectstatic", "--verbosity=0"))


@dataclass
class House:
    """The product as it runs: where it answers, its database, who lives in it."""

    origin: str
    simulators: str
    database: str
    town: Town
    # Messages with codes that somebody has typed; "" is no message.
    codes_read: set[str] = field(default_factory=lambda: {""})


def _build_front_end() -> None:
    done = subprocess.run([sys.executable, "-m", "tools.build"], cwd=ROOT, check=False)
    if done.returncode or not DIST.is_dir():
        pytest.exit("The browser journeys need the built front end: run `make build` first.", returncode=1)


@pytest.fixture(scope="session")
def running_house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """Web, live, worker and simulators as real processes over a fresh database; all of it goes at the end."""
    if not DIST.is_dir() or not AXE.is_file():
        _build_front_end()
    server = os.environ["ANXIN_DATABASE_URL"]
    name = f"anxin_journeys_{uuid.uuid4().hex[:8]}"
    _on_server(server, f'CREATE DATABASE "{name}"')
    database = urlsplit(server)._replace(path=f"/{name}").geturl()
    port = free_port(in_a_row=3)
    home = tmp_path_factory.mktemp("house")
    (home / "log").mkdir()
    settings = {
        "ANXIN_DATABASE_URL": database, "ANXIN_HOME": str(home), "ANXIN_PORT": str(port), "ANXIN_DEMO": "1",
        "ANXIN_STATIC_MANIFEST": "1", "ANXIN_WEB_WORKERS": "1", "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}",
        "DJANGO_SETTINGS_MODULE": "anxin.config.settings",
    }  # fmt: skip
    with pytest.MonkeyPatch.context() as patch:
        for key, value in settings.items():
            patch.setenv(key, value)
        try:
            # Neither needs the other; both take a while.
            with ThreadPoolExecutor() as both:
                done = [both.submit(run, "-m", "anxin", "django", *words, "--no-input") for words in FIRST]
            for one in done:
                one.result()
            town = Town(**json.loads(run("-m", "tests.town").splitlines()[-1]))
            supervisor = Supervisor(house(port, home / "log"), print)
            try:
                supervisor.start()
                for service in supervisor.services:
                    supervisor.wait_for(service)
                yield House(f"http://localhost:{port}", f"http://localhost:{port + 2}", database, town)
            finally:
                supervisor.stop()
        finally:
            _on_server(server, f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def run(*command: str) -> str:
    done = subprocess.run(
        [sys.executable, *command], cwd=ROOT, check=False, capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, done.stderr[-4000:]
    return done.stdout


def _on_server(url: str, statement: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(statement.encode())


# Closed after each file: Playwright keeps a loop in this thread, and another file brings a browser of its own.
@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    flags = ["--disable-gpu", "--disable-background-networking"]
    if os.geteuid() == 0:
        flags.append("--no-sandbox")
    with sync_playwright() as play:
        started = play.chromium.launch(executable_path=chromium.executable(), args=flags)
        yield started
        started.close()


@dataclass
class Someone:
    """A person before a screen of their own: every page they look at is held to the same demands."""

    name: str
    number: str
    page: Page
    house: House
    told: list[str] = field(default_factory=list)
    looked_at: list[str] = field(default_factory=list)
    # On a way that another journey has looked at page by page.
    hurries: bool = False

    def go(self, path: str) -> Page:
        self._let_forms_arrive()
        self.page.goto(self.house.origin + path)
        return self.page

    def _let_forms_arrive(self) -> None:
        # A form that is on its way would be broken off by going elsewhere; without a network it waits on the phone.
        if self.page.evaluate("navigator.onLine"):
            self.page.locator("form[data-sending]").first.wait_for(state="detached", timeout=PATIENCE_MS)

    def sees(self, *texts: str) -> None:
        """Wait until the texts are on the page, live updates included."""
        for text in texts:
            try:
                self.page.get_by_text(text).locator("visible=true").first.wait_for(timeout=PATIENCE_MS)
            except PlaywrightTimeout:
                self._finds_nothing(text)

    def _finds_nothing(self, words: str) -> NoReturn:
        shown = self.page.locator("body").inner_text()
        pytest.fail(f"{self.name} does not see {words!r} on {self.page.url}:\n{shown[:3000]}", pytrace=False)

    def comes_back_to(self, text: str) -> None:
        """Look again until the text is there, on a page that does not follow by itself."""
        self._let_forms_arrive()
        for _ in range(40):
            self.page.reload()
            if self.page.get_by_text(text).count():
                return
            self.page.wait_for_timeout(500)
        self.sees(text)

    def press(self, words: str, *, exact: bool = False) -> None:
        try:
            self.page.get_by_role("button", name=words, exact=exact).first.click(timeout=PATIENCE_MS)
        except PlaywrightTimeout:
            self._finds_nothing(words)

    def follow(self, words: str) -> None:
        self.page.get_by_role("link", name=words).first.click(timeout=PATIENCE_MS)

    def look(self, what: str) -> None:
        """Photograph the page; it must be usable by everybody and fit the screen."""
        if self.hurries:
            return
        self.page.wait_for_load_state("load")
        RESULTS.mkdir(exist_ok=True)
        number = len(self.looked_at) + 1
        self.looked_at.append(what)
        self.page.screenshot(path=RESULTS / f"{self.name}-{number:02d}-{what}.png", full_page=True)
        self.page.evaluate(AXE.read_text())
        serious = self._serious()
        for _ in range(6):
            if not serious:
                break
            # A part that is just being swapped in is half-faded and has no contrast of its own; a fault stays.
            self.page.wait_for_timeout(500)
            serious = self._serious()
        assert serious == [], (what, self.page.url, serious)
        wide = self.page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert wide <= 0, (what, self.page.url, f"{wide} px too wide")

    def _serious(self) -> list[tuple[str, list[str]]]:
        found = self.page.evaluate("axe.run(document, {resultTypes: ['violations']})")["violations"]
        return [
            (v["id"], [n["html"][:300] for n in v["nodes"]])
            for v in found
            if v["impact"] in ("serious", "critical")
        ]

    def draw(self) -> None:
        """Sign by hand, as soon as the page listens and stands still."""
        canvas, start = self.page.locator("[data-sign] canvas"), {"x": 60, "y": 40}
        # Playwright's own waiting looks again by evaluating text, which the page's policy forbids.
        for _ in range(PATIENCE_MS // 50):
            if self.page.evaluate("document.querySelector('[data-sign]')?.signReady"):
                break
            self.page.wait_for_timeout(50)
        else:
            self._finds_nothing("[data-sign]")
        canvas.hover(position=start)
        box = canvas.bounding_box()
        assert box is not None
        self.page.mouse.down()
        for step in range(24):
            self.page.mouse.move(box["x"] + start["x"] + step * 8, box["y"] + start["y"] + step % 5 * 14)
        self.page.mouse.up()
        drawn = self.page.locator("[data-sign] input[type=hidden]").input_value()
        assert drawn.startswith("data:image/png;base64,")

    def code(self, purpose: str) -> str:
        """Read the newest code for a purpose from the simulated phone's own screen, as soon as it is there."""
        phone = self.page.context.new_page()
        messages = phone.locator("article p", has_text=purpose)
        phone.goto(f"{self.house.simulators}/sms/")
        phone.get_by_label("手机号码").fill(self.number)
        with phone.expect_navigation():
            phone.get_by_role("button", name="查看").click()
        # One that was read before, by another journey too, is not the one that is waited for.
        for _ in range(80):
            phone.reload()
            text = messages.first.inner_text() if messages.count() else ""
            if text not in self.house.codes_read:
                break
            phone.wait_for_timeout(250)
        self.house.codes_read.add(text)
        phone.close()
        found = re.search(r"(?<!\d)(\d{6})(?!\d)", text)
        assert found, text
        return found[1]


@pytest.fixture
def someone(browser: Browser, running_house: House) -> Iterator[Callable[..., Someone]]:
    """`someone("customer", phone, 390, 844)`: a person in a browser context of their own, signed in by code."""
    everybody: list[Someone] = []

    def make(name: str, number: str, width: int, height: int) -> Someone:
        context = browser.new_context(
            viewport={"width": width, "height": height}, locale="zh-CN", timezone_id="Asia/Shanghai",
            geolocation={"latitude": 30.2337, "longitude": 119.7205}, permissions=["geolocation"],
            has_touch=width < 600, reduced_motion="reduce",
        )  # fmt: skip
        context.set_default_timeout(PATIENCE_MS)
        page = context.new_page()
        one = Someone(name, number, page, running_house)
        page.on("console", lambda said: one.told.append(f"{page.url}: {said.text}") if _bad(said) else None)
        page.on("pageerror", lambda error: one.told.append(f"{page.url}: {error}"))
        everybody.append(one)
        _sign_in(one)
        return one

    yield make
    for one in everybody:
        one.page.context.close()


def _bad(said: object) -> bool:
    text, kind = said.text, said.type  # type: ignore[attr-defined]
    # A refused form answers 422, a part that is not for this reader 404; browser and htmx note the status, which is no
    # fault of the page.
    noted = "status of 4" in text or "Response Status Error Code 4" in text
    return kind in ("error", "warning") and not noted


def let_time_pass(house: House, span: str) -> None:
    """So many codes a minute, an hour and a day go to a phone: those that went out before went out that much sooner."""
    with psycopg.connect(house.database, autocommit=True) as connection:
        connection.execute("UPDATE accounts_code SET sent_at = sent_at - %s::interval", [span])


def _sign_in(one: Someone) -> None:
    # Another journey may have signed the same person in a moment ago.
    let_time_pass(one.house, "1 day")
    one.go("/sign-in/")
    one.page.get_by_label("手机号").fill(one.number)
    one.press("获取验证码")
    one.sees("输入验证码")
    code = one.code("登录验证码")
    one.page.locator("input[name=code]").fill(code)
    one.page.get_by_role("button", name="登录", exact=True).click()
    one.page.wait_for_url(lambda url: "/sign-in/code/" not in url)
    if "/sign-in/notice/" in one.page.url:
        one.press("我已阅读并同意")
        one.page.wait_for_url(lambda url: "/sign-in/" not in url)
