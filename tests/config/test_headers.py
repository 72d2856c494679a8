"""Every kind of answer carries the security headers: page, API, file, error, redirect, static, stream, simulator."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings as configured
from django.test import Client
from starlette.testclient import TestClient

from anxin.config import asgi, headers, middleware, settings, simulators
from anxin.files import public as files
from anxin.files.values import FileKind
from anxin.kit.actor import ANONYMOUS
from tests.architecture.addresses import every
from tests.cast import signed_in
from tests.files.test_files import PDF, keep, picture

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("A-7.4.3")]
ALWAYS = ("Content-Security-Policy", "Referrer-Policy", "X-Content-Type-Options", "X-Frame-Options",
          "Permissions-Policy", "Cross-Origin-Opener-Policy")  # fmt: skip


def assert_guarded(answer: Any) -> None:
    for name in ALWAYS:
        assert answer.headers.get(name), f"{name} is missing"
    policy = dict(
        part.strip().partition(" ")[::2] for part in answer.headers["Content-Security-Policy"].split(";")
    )
    assert policy["frame-ancestors"] == "'none'" and policy["base-uri"] == "'none'"
    whole = answer.headers["Content-Security-Policy"]
    assert "unsafe" not in whole and "*" not in whole
    scripts = policy.get("script-src", policy["default-src"])
    assert scripts in {"'self'", "'none'"}
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("get", "/", 200),
        ("get", "/sign-in/", 200),
        ("get", "/nowhere/", 404),
        ("get", "/me/", 302),
        ("post", "/health/", 405),
        ("get", "/health/", 200),
        ("get", "/ready/", 200),
        ("get", "/metrics", 200),
        ("get", "/api/v1/me", 401),
        ("get", "/api/v1/openapi.json", 200),
        ("get", "/api/v1/nowhere", 404),
        ("get", "/a\0b/", 404),
        ("get", "/static/web/icon.svg", 200),
        ("get", "/static/nowhere.js", 404),
        ("get", "/files/x.y/", 404),
    ],
)
def test_what_a_stranger_is_answered(client, method, path, status):
    answer = getattr(client, method)(path)
    assert answer.status_code == status
    assert_guarded(answer)


def test_an_answer_to_a_forged_form_a_strange_host_and_a_broken_page(chen_jing, monkeypatch):
    strict = Client(enforce_csrf_checks=True, raise_request_exception=False)
    forged = strict.post("/preferences/", {})
    assert forged.status_code == 403
    assert_guarded(forged)
    strange = strict.get("/", headers={"host": "evil.example"})
    assert strange.status_code == 400
    assert_guarded(strange)

    def broken(request: Any) -> Any:
        raise RuntimeError

    monkeypatch.setattr(middleware, "actor_of", broken)
    trouble = strict.get("/")
    assert trouble.status_code == 500
    assert_guarded(trouble)


def test_a_file_a_paper_and_what_a_person_is_shown(chen_jing, settings, tmp_path):
    settings.ANXIN_FILES = tmp_path / "files"
    mine = signed_in(chen_jing.person)
    for row in (keep(picture()), keep(PDF, kind=FileKind.DOCUMENT)):
        answer = mine.get(files.url_for(row, ANONYMOUS))
        assert answer.status_code == 200
        assert_guarded(answer)
        assert "sandbox" in answer.headers["Content-Security-Policy"]
    page = mine.get("/me/")
    assert_guarded(page)
    assert "private" in page.headers["Cache-Control"] or "no-store" in page.headers["Cache-Control"]
    assert_guarded(mine.get("/api/v1/me"))


def test_every_page_without_parameters_as_a_stranger(client):
    for one in every():
        if not one.parameters:
            assert_guarded(client.get(one.path))


def test_the_live_server(monkeypatch):
    async def silent() -> None:
        return None

    monkeypatch.setattr(asgi, "listen", silent)
    with TestClient(asgi.application) as live:
        for path, status in (("/health", 200), ("/live/stream?token=x", 403), ("/nowhere", 404)):
            answer = live.get(path)
            assert answer.status_code == status
            assert_guarded(answer)


def test_the_simulators_name_their_one_style_by_its_digest():
    with TestClient(simulators.application) as outside:
        for path in ("/health", "/sms/", "/sms/messages", "/nowhere"):
            assert_guarded(outside.get(path))
        assert "style-src 'sha256-" in outside.get("/sms/").headers["Content-Security-Policy"]


# ── over TLS ─────────────────────────────────────────────────────────────────────────────────────────
@pytest.fixture
def over_tls(monkeypatch) -> Iterator[Any]:
    """The settings of an installation behind a proxy that speaks TLS."""
    monkeypatch.setenv("ANXIN_ORIGIN", "https://anxin.example")
    yield importlib.reload(settings)
    monkeypatch.undo()
    importlib.reload(settings)


def test_cookies_over_tls_belong_to_this_host_alone(over_tls):
    assert over_tls.SESSION_COOKIE_NAME.startswith("__Host-")
    assert over_tls.CSRF_COOKIE_NAME.startswith("__Host-")
    assert over_tls.SESSION_COOKIE_SECURE and over_tls.CSRF_COOKIE_SECURE and over_tls.LANGUAGE_COOKIE_SECURE
    assert over_tls.SESSION_COOKIE_HTTPONLY
    # What the prefix demands beside "secure": the whole host's path, and no domain.
    for name in ("SESSION", "CSRF"):
        assert getattr(configured, f"{name}_COOKIE_PATH") == "/"
        assert getattr(configured, f"{name}_COOKIE_DOMAIN") is None
        assert getattr(over_tls, f"{name}_COOKIE_SAMESITE") == "Lax"


def test_browsers_are_told_to_stay_on_tls_and_not_otherwise(client, settings):
    assert "Strict-Transport-Security" not in client.get("/sign-in/").headers
    settings.ANXIN_ORIGIN = "https://anxin.example"
    answer = client.get("/sign-in/")
    assert answer.headers["Strict-Transport-Security"] == "max-age=31536000"
    assert answer.wsgi_request.is_secure()


def test_the_way_back_leads_to_no_other_site(client):
    for target in ("https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"):
        answer = client.post("/preferences/", {"next": target})
        assert "evil" not in answer.headers.get("Location", "")
        assert not answer.headers.get("Location", "").startswith("javascript")


def test_a_style_is_allowed_by_its_digest_only():
    assert "'sha256-" in headers.bare_policy("body{}")
    assert "style-src" not in headers.bare_policy()
