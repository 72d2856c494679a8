"""Rendering templates the way a page does, for a stranger unless said otherwise."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.http import HttpRequest
from django.template import engines
from django.test import RequestFactory

from anxin.kit.actor import ANONYMOUS, Actor

Render = Callable[..., str]


@pytest.fixture
def render(rf: RequestFactory) -> Render:
    """render("{% … %}", request=…, actor=…, **context) → HTML."""

    def make(
        source: str, request: HttpRequest | None = None, actor: Actor = ANONYMOUS, **context: Any
    ) -> str:
        asked: Any = request or rf.get("/")
        asked.actor, asked.session = actor, {}
        return str(engines["django"].from_string(source).render(context, asked)).strip()

    return make
