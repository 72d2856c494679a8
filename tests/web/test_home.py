"""The first page."""

from __future__ import annotations

from django.test import Client


def test_anybody_can_say_what_they_need(client: Client, db: None) -> None:
    page = client.get("/").content.decode()
    for way in ('action="/ask/"', "/ask/0101/", "/agencies/", "/check/", "/verify/"):
        assert way in page


def test_it_answers_that_it_lives(client: Client, db: None) -> None:
    assert client.get("/health/").content == b"ok"
