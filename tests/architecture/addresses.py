"""Every address of the house: pages and API operations, each with its rule."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, get_resolver

from anxin.config.api import api
from anxin.kit.access import Rule

API = "api/v1"
# What ninja itself answers: the description of the interface, and the way to it.
OWN_TO_NINJA = {"openapi-json", "openapi-view", "api-root"}
PARAMETER = re.compile(r"[<{](?:(?P<kind>\w+):)?(?P<name>\w+)[>}]")


@dataclass(frozen=True)
class Address:
    """One page or operation: where, by which methods, under which rule (None = it has none, which is a fault)."""

    name: str
    path: str
    methods: tuple[str, ...]
    rule: Rule | None

    @property
    def is_api(self) -> bool:
        return self.path.startswith(f"/{API}/")

    @property
    def parameters(self) -> list[tuple[str, str]]:
        """(name, kind) of each part of the path that varies."""
        return [(found["name"], found["kind"] or "str") for found in PARAMETER.finditer(self.path)]

    def filled(self, values: dict[str, str]) -> str:
        """The path with every parameter replaced."""
        return PARAMETER.sub(lambda found: values[found["name"]], self.path)

    def __str__(self) -> str:
        return f"{'/'.join(self.methods)} {self.path}"


def pages() -> Iterator[Address]:
    """Every page."""
    for prefix, pattern in _walk(get_resolver()):
        path = prefix + str(pattern.pattern)
        if path.startswith(f"{API}/"):
            continue
        view: Any = pattern.callback
        yield Address(
            str(pattern.name), f"/{path}", getattr(view, "methods", ("GET",)), getattr(view, "rule", None)
        )


def operations() -> Iterator[Address]:
    """Every operation of the API."""
    for router in api._get_bound_routers():
        for path, view in router.path_operations.items():
            for one in view.operations:
                whole = "/" + "/".join(part.strip("/") for part in (API, router.prefix) if part.strip("/"))
                yield Address(
                    one.view_func.__name__,
                    whole + "/" + path.lstrip("/"),
                    tuple(one.methods),
                    getattr(one.view_func, "rule", None),
                )


def every() -> list[Address]:
    """All of them, in the order in which they are found."""
    return [*pages(), *operations()]


def _walk(resolver: Any, prefix: str = "") -> Iterator[tuple[str, URLPattern]]:
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLPattern):
            yield prefix, pattern
        else:
            yield from _walk(pattern, prefix + str(pattern.pattern))
