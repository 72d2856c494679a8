"""A reader hears of what changed between the making of a page and the beginning of its stream."""

from __future__ import annotations

import time
from typing import Any

import pytest

from anxin.config import asgi
from anxin.kit.crypto import Tampered
from anxin.kit.live import stream_url, touch, unwatched, watch_of


def token(url: str) -> str:
    return url.partition("token=")[2]


def test_a_token_allows_its_topics_only_and_says_when_it_was_made() -> None:
    before = int(time.time())
    watch = watch_of(token(stream_url(["order:2", "order:1"])))
    assert watch.topics == {"order:1", "order:2"}
    assert before <= watch.since <= time.time()


def test_a_changed_token_is_refused() -> None:
    with pytest.raises(Tampered):
        watch_of(token(stream_url(["order:1"])).replace(".", "x.", 1))


def test_what_was_touched_after_the_page_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asgi, "_touched", {})
    monkeypatch.setattr(asgi, "_listening_since", [0.0])
    made = int(time.time())
    asgi.remember("order:1")
    assert asgi.missed(frozenset({"order:1"}), made)
    assert not asgi.missed(frozenset({"order:2"}), made)
    assert not asgi.missed(frozenset({"order:1"}), made + 60)


def test_a_server_that_has_just_begun_to_listen_cannot_know_and_says_changed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(asgi, "_touched", {})
    monkeypatch.setattr(asgi, "_listening_since", [time.time()])
    assert asgi.missed(frozenset({"order:1"}), int(time.time()) - 5)


def test_the_memory_of_topics_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asgi, "_touched", {})
    monkeypatch.setattr(asgi, "REMEMBERED", 2)
    for topic in ("a", "b", "a", "c"):
        asgi.remember(topic)
    assert list(asgi._touched) == ["a", "c"]


@pytest.mark.django_db
def test_a_past_told_in_one_go_touches_nothing(django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(0), unwatched():
        touch("order:1")
    with django_assert_num_queries(1):
        touch("order:1")
