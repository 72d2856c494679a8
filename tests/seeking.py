"""How a reader narrows a desk's list: chooses and types above it, and sends that."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl

from django.test import Client

from anxin.kit.seeking import TYPED

# What is typed, as opposed to chosen, above the lists of the desks.
WORDS = {"q", "who", "subject"}


def send(client: Client, path: str, query: str) -> Any:
    """The answer to the posted filters: the way to the list."""
    fields = {TYPED + name if name in WORDS else name: value for name, value in parse_qsl(query)}
    return client.post("/search/", {"list": path, **fields})


def sought(client: Client, path: str, query: str) -> Any:
    """The list, narrowed by `query` ("q=张三&state=paid")."""
    return client.get(send(client, path, query).headers["Location"])
