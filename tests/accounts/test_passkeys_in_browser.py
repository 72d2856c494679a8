"""A real browser with a virtual authenticator registers a passkey and signs in with it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect, sync_playwright

from anxin.accounts.models import Passkey, SignIn
from tools import chromium

DIST = Path(__file__).resolve().parents[2] / "frontend/dist"
pytestmark = [
    pytest.mark.browser,
    pytest.mark.requirement("A-7.4.3"),
    pytest.mark.skipif(not DIST.is_dir(), reason="needs the built front end: make build"),
]


@pytest.fixture
def page(monkeypatch: pytest.MonkeyPatch) -> Iterator[Page]:
    """A page whose device has a fingerprint reader that always agrees."""
    # Playwright keeps a loop in this thread; the queries of the test itself are meant to block.
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
    flags = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=chromium.executable(), args=flags)
        context = browser.new_context(viewport={"width": 390, "height": 844}, locale="zh-CN")
        made = context.new_page()
        device = context.new_cdp_session(made)
        device.send("WebAuthn.enable")
        device.send(
            "WebAuthn.addVirtualAuthenticator",
            {
                "options": {
                    "protocol": "ctap2",
                    "transport": "internal",
                    "hasResidentKey": True,
                    "hasUserVerification": True,
                    "isUserVerified": True,
                    "automaticPresenceSimulation": True,
                }
            },
        )
        yield made
        browser.close()


def test_register_then_sign_in_with_nothing_typed(
    page: Page, live_server: Any, client_of: Any, jia_head: Any, settings: Any
) -> None:
    origin = live_server.url.replace("127.0.0.1", "localhost")
    settings.ANXIN_ORIGIN = origin
    told: list[str] = []
    page.on("console", lambda said: told.append(said.text) if said.type == "error" else None)
    client = client_of(jia_head)
    name = settings.SESSION_COOKIE_NAME
    page.context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": origin}])
    page.goto(f"{origin}/me/security/")
    page.locator("input[name=name]").fill("我的手机")
    page.get_by_role("button", name="登记通行密钥").click()
    expect(page.get_by_role("heading", name="恢复码")).to_be_visible()
    page.get_by_role("link", name="我已收好").click()
    expect(page.locator("input[value='我的手机']")).to_be_visible()
    assert Passkey.objects.get().person_id == jia_head.id
    page.context.clear_cookies()
    page.goto(f"{origin}/sign-in/?next=/me/")
    page.get_by_role("button", name="用通行密钥登录").click()
    page.get_by_role("button", name="我已阅读并同意").click()
    page.wait_for_url(f"{origin}/me/")
    last = SignIn.objects.order_by("-signed_in_at").first()
    assert last is not None
    assert (last.person_id, last.how, last.second_due) == (jia_head.id, "passkey", False)
    assert told == []
