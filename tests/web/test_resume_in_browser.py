"""A large file on its way in a real browser: in parts, over a break, and the form goes when it is there."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Browser, Route

from tests.web.test_in_browser import browser, open_page, site

__all__ = ["browser", "site"]
pytestmark = [pytest.mark.browser, pytest.mark.requirement("A-7.4.3")]
FORM = """
const form = document.createElement("form");
form.method = "post"; form.action = "/taken/"; form.id = "papers"; form.enctype = "multipart/form-data";
form.innerHTML = '<div class="ax-file"><input type="file" name="file" required data-preview data-resume="/uploads/"'
  + ' data-kind="document" data-words-sending="正在上传" data-words-broken="网络断了">'
  + '<p data-file-error role="alert"></p><ul class="ax-previews"></ul></div><button id="go">提交</button>';
document.querySelector("main").prepend(form);
form.dispatchEvent(new CustomEvent("htmx:load", { bubbles: true }));
"""
NUMBER = "01a201dc-9786-7441-8a5f-81d6da6e867c"


def test_a_large_file_goes_on_after_a_break_and_the_form_carries_its_number(browser: Browser, site: str):
    page = open_page(browser, f"{site}/styleguide/phone/")
    kept, broken, sent = bytearray(), [], []

    def server(route: Route) -> None:
        request = route.request
        ours: dict[str, Any] = {"Tus-Resumable": "1.0.0", "Upload-Offset": str(len(kept))}
        if request.method == "POST":
            route.fulfill(status=201, headers={**ours, "Location": f"/uploads/{NUMBER}/"})
        elif request.method == "PATCH" and len(kept) and not broken:
            broken.append(True)
            route.abort()
        elif request.method == "PATCH":
            assert request.headers["upload-offset"] == str(len(kept))
            kept.extend(request.post_data_buffer or b"")
            route.fulfill(status=204, headers={**ours, "Upload-Offset": str(len(kept))})
        else:
            route.fulfill(status=200, headers=ours)

    def taken(route: Route) -> None:
        sent.append(route.request.post_data_buffer or b"")
        route.fulfill(status=200, body="ok")

    page.route("**/uploads/**", server)
    page.route("**/taken/", taken)
    page.evaluate(FORM)
    content = bytes(range(256)) * 10_000
    page.set_input_files(
        "#papers input[type=file]", {"name": "a.pdf", "mimeType": "application/pdf", "buffer": content}
    )
    page.click("#go")
    page.wait_for_url("**/taken/", timeout=15_000)
    assert bytes(kept) == content and broken
    assert NUMBER.encode() in sent[0] and len(sent[0]) < 2000


STEP = """
const list = document.createElement("ol");
list.className = "ax-list";
list.innerHTML = '<li class="ax-item"><div class="ax-grow"><span class="ax-item-title">进门确认</span>'
  + '<span class="ax-item-sub">要拍一张照片</span></div><form class="ax-row" data-upload-box>'
  + '<label class="btn">拍照完成</label>'
  + '<p class="ax-error">文件太大：服务照片不能超过 15 MB。请压缩或重新拍摄后再上传。</p></form></li>';
document.querySelector("main").prepend(list);
"""


def test_what_is_wrong_with_a_photo_fits_the_phone_and_leaves_the_step_to_be_read(
    browser: Browser, site: str
):
    page = open_page(browser, f"{site}/styleguide/phone/")
    page.evaluate(STEP)
    wide, window = page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
    assert wide <= window
    title = page.locator("ol .ax-item-title").bounding_box()
    assert title is not None and title["height"] < 60


def test_a_refusal_is_told_beside_the_field_and_a_small_file_goes_with_the_form(browser: Browser, site: str):
    page = open_page(browser, f"{site}/styleguide/phone/")
    page.route("**/uploads/**", lambda route: route.fulfill(status=415, body="不支持这种文件"))
    sent: list[bytes] = []

    def taken(route: Route) -> None:
        sent.append(route.request.post_data_buffer or b"")
        route.fulfill(status=200, body="ok")

    page.route("**/taken/", taken)
    page.evaluate(FORM)
    large = {"name": "a.pdf", "mimeType": "application/pdf", "buffer": b"x" * 600_000}
    page.set_input_files("#papers input[type=file]", large)
    page.locator("[data-file-error]", has_text="不支持这种文件").wait_for()
    small = {"name": "b.pdf", "mimeType": "application/pdf", "buffer": b"small file"}
    page.set_input_files("#papers input[type=file]", small)
    page.click("#go")
    page.wait_for_url("**/taken/", timeout=15_000)
    assert b"small file" in sent[0]
