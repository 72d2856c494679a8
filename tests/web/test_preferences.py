"""Readers choose print size, theme and language, without an account and without being led elsewhere."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from tests.cast import Member

pytestmark = pytest.mark.django_db


def test_large_print_is_kept_for_the_next_pages(client: Client) -> None:
    assert 'data-print="large"' not in client.get("/styleguide/").content.decode()
    answer = client.post("/preferences/", {"print": "large", "next": "/styleguide/"})
    assert answer.status_code == 303
    assert answer["Location"] == "/styleguide/"
    assert 'data-print="large"' in client.get("/styleguide/").content.decode()
    client.post("/preferences/", {"print": "normal"})
    assert 'data-print="large"' not in client.get("/styleguide/").content.decode()


def test_theme_and_print_do_not_undo_each_other(client: Client) -> None:
    client.post("/preferences/", {"print": "large"})
    client.post("/preferences/", {"theme": "dark"})
    html = client.get("/styleguide/").content.decode()
    assert 'data-print="large"' in html
    assert 'data-bs-theme="dark"' in html


def test_paper_is_always_light(client: Client) -> None:
    client.post("/preferences/", {"theme": "dark"})
    assert 'data-bs-theme="light"' in client.get("/styleguide/print/").content.decode()


def test_the_language_is_announced_on_the_page(client: Client) -> None:
    assert '<html lang="zh-CN"' in client.get("/styleguide/").content.decode()
    client.post("/preferences/", {"language": "en"})
    assert '<html lang="en"' in client.get("/styleguide/").content.decode()


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example/", "javascript:alert(1)", ""])
def test_nobody_is_led_to_another_site(client: Client, target: str) -> None:
    assert client.post("/preferences/", {"print": "large", "next": target})["Location"] == "/"


@pytest.mark.parametrize("cookie", ["<script>", "dark", "pink.huge", "." * 500])
def test_a_strange_cookie_is_as_none(client: Client, cookie: str) -> None:
    client.cookies["anxin_view"] = cookie
    html = client.get("/styleguide/").content.decode()
    assert 'data-print="large"' not in html
    assert "pink" not in html


def test_only_a_worker_may_change_sides(client_of: Callable[..., Client], chen_jing: Member) -> None:
    client = client_of(chen_jing)
    client.get("/styleguide/public/")
    client.post("/preferences/", {"side": "worker"})
    assert client.session.get("anxin_side", "customer") == "customer"
