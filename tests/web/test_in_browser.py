"""In a real browser: usable by everybody in every mode, nothing stopped by the content policy, behaviours that work."""

from __future__ import annotations

import re
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path
from socketserver import ThreadingMixIn
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import pytest
import segno
from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.core.wsgi import get_wsgi_application
from playwright.sync_api import Browser, Page, sync_playwright

from tools import chromium

AXE = Path(__file__).resolve().parents[2] / "frontend/node_modules/axe-core/axe.min.js"
MODES = {"light": "light.normal", "dark": "dark.normal", "large print": "light.large"}
pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    flags = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
    flags += ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"]
    with sync_playwright() as play:
        started = play.chromium.launch(executable_path=chromium.executable(), args=flags)
        yield started
        started.close()


class Threaded(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing: pytest's output is for the tests."""


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    """The product without a database: the style guide asks nothing of it."""
    application = StaticFilesHandler(get_wsgi_application())
    server = make_server("127.0.0.1", 0, application, server_class=Threaded, handler_class=Quiet)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://localhost:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def open_page(
    browser: Browser, url: str, *, mode: str = "light", width: int = 390, height: int = 844
) -> Page:
    context = browser.new_context(viewport={"width": width, "height": height}, locale="zh-CN")
    context.add_cookies([{"name": "anxin_view", "value": MODES[mode], "url": url}])
    page = context.new_page()
    page.goto(url)
    return page


@pytest.mark.requirement("A-6.5.1")
@pytest.mark.parametrize(
    ("layout", "width", "mode"),
    [
        ("phone", 390, "light"),
        ("phone", 390, "dark"),
        ("phone", 390, "large print"),
        ("desk", 1440, "light"),
        ("desk", 1440, "dark"),
        ("desk", 390, "large print"),
        ("public", 390, "light"),
        ("error", 390, "large print"),
    ],
)
def test_everybody_can_use_it(browser: Browser, site: str, layout: str, width: int, mode: str) -> None:
    page = open_page(browser, f"{site}/styleguide/{layout}/", mode=mode, width=width)
    page.evaluate(AXE.read_text())
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")["violations"]
    serious = [
        (v["id"], [n["html"] for n in v["nodes"]]) for v in found if v["impact"] in ("serious", "critical")
    ]
    assert serious == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.context.close()


def test_news_do_not_sweep_away_what_is_written_but_not_sent(browser: Browser, site: str) -> None:
    """Somebody wrote a note and put the keyboard away; then the other side answers, and the page follows."""
    page = open_page(browser, f"{site}/styleguide/phone/")
    told = 0

    def fragment(route: Any) -> None:
        nonlocal told
        told += 1
        route.fulfill(
            content_type="text/html",
            body=f"""<p id="news">{told}</p><form action="/visits/1/completion/" method="post">
            <input name="note"><textarea name="more">as it was</textarea><input type="checkbox" name="keys">
            <select name="how"><option value="a">a</option><option value="b">b</option></select>
            <input name="untouched" value="{told}"></form>
            <form action="/visits/2/completion/" method="post"><input name="note"></form>""",
        )

    def news() -> None:
        page.locator("[data-live-part]").dispatch_event("countdown:done")
        page.locator("#news", has_text=str(told + 1)).wait_for()

    page.route(f"**{page.locator('[data-live-refresh]').get_attribute('data-live-refresh')}", fragment)
    news()
    first = page.locator("form[action='/visits/1/completion/']")
    first.locator("[name=note]").fill("钥匙放在鞋柜上")
    first.locator("[name=more]").fill("两位老人都好")
    first.locator("[name=keys]").check()
    first.locator("[name=how]").select_option("b")
    page.evaluate("document.activeElement.blur()")
    for _ in range(2):
        news()
        assert first.locator("[name=note]").input_value() == "钥匙放在鞋柜上"
        assert first.locator("[name=more]").input_value() == "两位老人都好"
        assert first.locator("[name=keys]").is_checked()
        assert first.locator("[name=how]").input_value() == "b"
        assert first.locator("[name=untouched]").input_value() == str(told)
    assert page.locator("form[action='/visits/2/completion/'] [name=note]").input_value() == ""
    page.context.close()


@pytest.mark.parametrize("way", ["", "data-offline"])
def test_sending_one_form_does_not_lose_what_stands_in_another(browser: Browser, site: str, way: str) -> None:
    """A worker notes where the key lies, ticks a step, and the page comes anew: the note is still there."""
    context = browser.new_context(viewport={"width": 390, "height": 844})
    page, forms = (
        context.new_page(),
        f"""
      <form action="/steps/1/" method="post" {way}><input name="note"><button>tick</button></form>
      <form action="/visits/1/completion/" method="post"><input name="note"></form>""",
    )

    def with_forms(route: Any) -> None:
        whole = route.fetch()
        # Somebody's phone: what is pressed goes through the store of what waits.
        text = whole.text().replace("<body", '<body data-reader="somebody"', 1)
        route.fulfill(response=whole, body=re.sub(r"<div[^>]* data-live-part[^>]*>", rf"\g<0>{forms}", text))

    page.route("**/styleguide/phone/", with_forms)
    # What is redirected to is not asked through a route: the way back is a page of its own.
    back = '<meta http-equiv="refresh" content="0;url=/styleguide/phone/">'
    page.route("**/steps/1/", lambda route: route.fulfill(content_type="text/html", body=back))
    page.goto(f"{site}/styleguide/phone/")
    page.set_default_timeout(8000)
    page.locator("form[action='/steps/1/'] [name=note]").fill("sent")
    page.locator("form[action='/visits/1/completion/'] [name=note]").fill("钥匙放在鞋柜上")
    for _ in range(2):
        with page.expect_event("load", lambda there: there.url.endswith("/styleguide/phone/")):
            page.get_by_role("button", name="tick").click()
        assert (
            page.locator("form[action='/visits/1/completion/'] [name=note]").input_value() == "钥匙放在鞋柜上"
        )
        assert page.locator("form[action='/steps/1/'] [name=note]").input_value() == ""
    page.goto(f"{site}/styleguide/phone/")
    assert page.locator("form[action='/visits/1/completion/'] [name=note]").input_value() == ""
    context.close()


@pytest.mark.parametrize("layout", ["phone", "desk", "public", "print"])
def test_the_content_policy_stops_nothing_of_ours(browser: Browser, site: str, layout: str) -> None:
    context = browser.new_context()
    page = context.new_page()
    told: list[str] = []
    page.on("console", lambda message: told.append(message.text))
    page.on("pageerror", lambda error: told.append(str(error)))
    page.goto(f"{site}/styleguide/{layout}/")
    page.wait_for_load_state("load")
    assert [text for text in told if "Content Security Policy" in text or "Error" in text] == []
    context.close()


def test_the_interface_is_described_under_our_content_policy(browser: Browser, site: str) -> None:
    # The interface goes by the language that is asked for.
    context = browser.new_context(viewport={"width": 390, "height": 844}, locale="zh-CN")
    page = context.new_page()
    told: list[str] = []
    page.on("console", lambda message: told.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: told.append(str(error)))
    page.goto(f"{site}/api/v1/docs/")
    page.locator(".opblock").first.wait_for()
    assert page.locator(".opblock").count() > 100
    assert page.get_by_role("link", name="回到首页").is_visible()
    assert told == []
    context.close()


def test_targets_are_large_enough_for_a_thumb_and_larger_for_the_elderly(browser: Browser, site: str) -> None:
    measure = """() => [...document.querySelectorAll('main .btn:not(.btn-sm, .btn-icon), .ax-tabbar a, .ax-choice')]
      .map(e => e.getBoundingClientRect().height).filter(h => h > 0)"""
    for mode, least in (("light", 44), ("large print", 60)):
        page = open_page(browser, f"{site}/styleguide/phone/", mode=mode)
        assert min(page.evaluate(measure)) >= least
        page.context.close()


def test_a_dialog_opens_closes_and_gives_the_focus_back(browser: Browser, site: str) -> None:
    page = open_page(browser, f"{site}/styleguide/phone/")
    page.get_by_role("button", name="打开对话框").click()
    assert page.locator("#sample").is_visible()
    page.keyboard.press("Escape")
    assert not page.locator("#sample").is_visible()
    assert page.evaluate("document.activeElement.dataset.dialog") == "sample"
    page.context.close()


def test_a_refusal_by_htmx_is_told_and_stays_until_it_is_closed(browser: Browser, site: str) -> None:
    page = open_page(browser, f"{site}/styleguide/phone/")
    page.evaluate(
        "document.body.dispatchEvent(new CustomEvent('toast', {detail: {kind: 'error', text: '<b>来晚了</b>'}}))"
    )
    told = page.locator("#toasts .ax-toast-bad")
    assert told.inner_text().strip() == "<b>来晚了</b>"
    told.get_by_role("button", name="关闭").click()
    assert told.count() == 0
    page.context.close()


def test_pressing_three_times_sends_once(browser: Browser, site: str) -> None:
    page = open_page(browser, f"{site}/styleguide/phone/")
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.method) if request.method == "POST" else None)
    press = "b => { for (let i = 0; i < 3; i += 1) b.click(); }"
    page.get_by_role("button", name="提交需求").evaluate(press)
    page.wait_for_timeout(500)
    assert sent == ["POST"]
    page.context.close()


def test_back_at_a_form_that_was_sent_something_else_is_a_request_of_its_own(
    browser: Browser, site: str
) -> None:
    """It went under the key of the first and was refused; reloading for a new key lost what had been typed."""
    page = open_page(browser, f"{site}/styleguide/phone/")
    form = page.locator("form:has-text('提交需求')").first
    key, name = form.locator("[name=idempotency_key]"), form.locator("[name=name]")
    first = key.input_value()
    name.fill("家里有猫")
    assert key.input_value() == first
    # As the browser tells a page that it shows it again as it was left.
    page.evaluate("window.dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))")
    assert key.input_value() == first, "unchanged it is the same request, and answered as before"
    name.fill("家里有狗")
    second = key.input_value()
    assert 8 <= len(second) <= 100
    assert second != first
    name.fill("家里有猫和狗")
    assert key.input_value() == second
    page.context.close()


def test_a_signature_is_drawn_kept_through_rotation_and_cleared(browser: Browser, site: str) -> None:
    page = open_page(browser, f"{site}/styleguide/phone/")
    canvas, field = page.locator("[data-sign] canvas"), page.locator("[data-sign] input[type=hidden]")
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 40, box["y"] + 60)
    page.mouse.down()
    for step in range(12):
        page.mouse.move(box["x"] + 40 + step * 12, box["y"] + 60 + step % 4 * 12)
    page.mouse.up()
    drawn = field.input_value()
    assert drawn.startswith("data:image/png;base64,")
    page.set_viewport_size({"width": 844, "height": 390})
    assert field.input_value() == drawn
    page.get_by_role("button", name="重签").click()
    assert field.input_value() == ""
    page.context.close()


def test_a_code_is_read_from_a_photo(browser: Browser, site: str, tmp_path: Path) -> None:
    picture = tmp_path / "code.png"
    segno.make("https://anxin.example/c/ABC", error="m").save(str(picture), scale=8, border=4)
    page = open_page(browser, f"{site}/styleguide/phone/")
    with page.expect_navigation():
        page.locator("[data-scan-file]").set_input_files(str(picture))
    assert "scanned=https%3A%2F%2Fanxin.example%2Fc%2FABC" in page.url
    page.context.close()


def test_the_camera_starts_with_a_worker_of_our_own(browser: Browser, site: str) -> None:
    page = open_page(browser, f"{site}/styleguide/phone/")
    picture = page.locator(".ax-scan-frame video")
    assert not picture.is_visible()
    with page.expect_worker(lambda worker: "/static/js/qr-worker" in worker.url):
        page.get_by_role("button", name="打开相机扫码").click()
    page.get_by_text("请对准二维码").wait_for()
    assert picture.is_visible()
    page.context.close()


def test_a_file_of_the_wrong_kind_is_refused_before_it_is_sent(
    browser: Browser, site: str, tmp_path: Path
) -> None:
    wrong = tmp_path / "notes.txt"
    wrong.write_text("x")
    page = open_page(browser, f"{site}/styleguide/phone/")
    chooser = page.locator("input[type=file][data-preview]")
    chooser.set_input_files(str(wrong))
    assert "格式不支持" in page.locator("[data-file-error]").inner_text()
    assert chooser.evaluate("e => e.files.length") == 0
    page.context.close()


def test_a_desk_is_walked_by_keyboard(browser: Browser, site: str) -> None:
    page = open_page(browser, f"{site}/styleguide/desk/", width=1440, height=900)
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("k")
    assert page.evaluate("document.activeElement.matches('[data-row]')")
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.type") == "search"
    page.context.close()


@pytest.mark.parametrize("mode", ["light", "large print"])
def test_on_a_phone_what_is_ticked_is_done_from_a_bar_at_the_thumb(
    browser: Browser, site: str, mode: str
) -> None:
    page = open_page(browser, f"{site}/styleguide/desk/", mode=mode)
    bar, rows = page.locator("[data-batch]"), page.locator("[data-pick]")
    many, least = rows.count(), 60 if mode == "large print" else 44
    assert bar.evaluate("e => getComputedStyle(e).position") == "static"
    assert bar.get_by_role("button").is_disabled()
    assert (
        min(rows.locator("xpath=..").evaluate_all("a => a.map(e => e.getBoundingClientRect().height)"))
        >= least
    )
    rows.first.check()
    said = bar.get_by_role("status")
    assert said.inner_text() == "已勾选 1 条"
    box = bar.bounding_box()
    assert box is not None and abs(box["y"] + box["height"] - 844) <= 1
    bar.locator("[data-pick-page]").check()
    assert said.inner_text() == f"已勾选 {many} 条"
    # At its end the list is whole: the bar lies over nothing.
    page.locator(".ax-pages").scroll_into_view_if_needed()
    last = page.locator("[data-rows] > tr").last.bounding_box()
    box = bar.bounding_box()
    assert last is not None and box is not None and last["y"] + last["height"] <= box["y"] + 1
    bar.locator("[data-pick-page]").uncheck()
    assert bar.get_by_role("button").is_disabled()
    page.context.close()


def test_without_script_the_menu_opens_and_the_form_is_whole(browser: Browser, site: str) -> None:
    context = browser.new_context(java_script_enabled=False, viewport={"width": 390, "height": 844})
    page = context.new_page()
    page.goto(f"{site}/styleguide/desk/")
    page.get_by_role("link", name="打开导航").click()
    assert page.locator("#menu").is_visible()
    page.goto(f"{site}/styleguide/phone/")
    assert page.locator("input[type=file]").first.is_visible()
    assert page.get_by_role("button", name="提交需求").is_enabled()
    context.close()


def test_every_printed_sheet_carries_number_and_heads_of_tables_and_nothing_to_press(
    browser: Browser, site: str, tmp_path: Path
) -> None:
    page = open_page(browser, f"{site}/styleguide/print/", mode="dark")
    page.evaluate("window.print = () => document.body.setAttribute('data-printed', '')")
    page.get_by_role("button", name="打印").click()
    assert page.locator("[data-printed]").count() == 1
    file = tmp_path / "sheet.pdf"
    page.pdf(path=str(file), format="A5")
    text = subprocess.run(
        ["pdftotext", "-layout", str(file), "-"], capture_output=True, text=True, check=True
    )
    sheets = text.stdout.rstrip("\f\n").split("\f")
    assert len(sheets) > 1
    assert all("B261020-59HHRAN4" in sheet for sheet in sheets)
    assert "服务清单" in sheets[-1]
    assert not any("打印" in sheet for sheet in sheets)
    page.context.close()
