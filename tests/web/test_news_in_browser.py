"""News on a page that follows: where the keyboard is, and what is read out."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.web.test_in_browser import browser, open_page, site  # noqa: F401

pytestmark = pytest.mark.browser


@pytest.mark.requirement("A-6.5.1")
def test_news_leave_the_keyboard_where_it_is_and_are_read_out_once(
    browser: Browser,  # noqa: F811
    site: str,  # noqa: F811
) -> None:
    """The focus fell out of the page with every piece of news, and a clock beside it was read out every second."""
    page = open_page(browser, f"{site}/styleguide/phone/")
    told = ["等待接单", "等待接单", "机构已接单"]

    def fragment(route: Any) -> None:
        route.fulfill(
            content_type="text/html",
            body=f"""<section data-live-says><h2>{told.pop(0)}</h2><span id="left">{len(told)}</span>
            </section><a href="/b/">看账单</a><form action="/c/" method="post"><button>同意</button></form>""",
        )

    def news() -> str:
        left = str(len(told) - 1)
        page.locator("[data-live-part]").dispatch_event("countdown:done")
        page.locator("#left", has_text=left).wait_for()
        return page.locator("[data-live-said]").inner_text()

    page.route(f"**{page.locator('[data-live-refresh]').get_attribute('data-live-refresh')}", fragment)
    assert news() == "等待接单"
    page.get_by_role("link", name="看账单").focus()
    page.evaluate("document.querySelector('[data-live-said]').textContent = ''")
    # The same words again: nothing is said.
    assert news() == ""
    assert page.evaluate("document.activeElement.textContent") == "看账单"
    page.get_by_role("button", name="同意").focus()
    assert news() == "机构已接单"
    assert page.evaluate("document.activeElement.textContent") == "同意"
    assert page.locator("[data-live-part] [aria-live]").count() == 0
    page.context.close()
