"""Every layout renders, keeps to the content policy, and is shown in the demo only."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from pytest_django import Settings

from anxin.web.pages.styleguide import LAYOUTS

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_layout_has_a_title_a_skip_link_one_heading_and_one_main(client: Client, layout: str) -> None:
    answer = client.get(f"/styleguide/{layout}/")
    html = answer.content.decode()
    assert answer.status_code == 200
    assert re.search(r"<title>\s*\S+", html)
    assert 'href="#main"' in html
    assert html.count("<main ") == 1
    assert len(re.findall(r"<h1[ >]", html)) == 1


@pytest.mark.parametrize("layout", LAYOUTS)
def test_nothing_is_inline_that_the_content_policy_would_stop(client: Client, layout: str) -> None:
    html = client.get(f"/styleguide/{layout}/").content.decode()
    assert not re.findall(r"<script(?![^>]*\bsrc=)(?![^>]*application/json)", html)
    assert not re.findall(r"<style|\sstyle=|\son\w+=|javascript:", html)
    assert not re.findall(r'(?:src|href)="https?:', html)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_no_identifier_is_used_twice(client: Client, layout: str) -> None:
    found = re.findall(r'\sid="([^"]+)"', client.get(f"/styleguide/{layout}/").content.decode())
    assert sorted(found) == sorted(set(found))


def test_it_is_not_there_outside_the_demo(client: Client, settings: Settings) -> None:
    settings.ANXIN_DEMO = False
    assert client.get("/styleguide/").status_code == 404


def test_an_unknown_layout_is_not_found(client: Client) -> None:
    assert client.get("/styleguide/nonsense/").status_code == 404


def test_a_page_that_is_not_there_says_what_to_do(client: Client) -> None:
    answer = client.get("/no-such-page/")
    html = answer.content.decode()
    assert answer.status_code == 404
    assert "没有找到这个页面" in html
    assert "请核对编号或地址" in html
    assert "回到首页" in html
    assert answer["X-Request-Id"] in html
