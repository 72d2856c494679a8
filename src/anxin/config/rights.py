"""Every address of the house with its rule, and the table of operation × post that follows from the rules.

Nothing here is written by hand: addresses come from the resolver, the API and the live server, posts from accounts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any
from uuid import UUID

from django.urls import URLPattern, get_resolver

from anxin.accounts.values import POSTS
from anxin.config.api import api
from anxin.kit.access import PUBLIC, Rule
from anxin.kit.actor import ANONYMOUS, Actor

API = "api/v1"
PARAMETER = re.compile(r"[<{](?:(?P<kind>\w+):)?(?P<name>\w+)[>}]")
# The page that shows a thing signs the token with which its stream is heard; the live server trusts nothing else.
STREAM_TOKEN = Rule("token of the page", lambda actor: None)
_SOMEBODY = UUID(int=1)


class Cell(StrEnum):
    """What a rule says of somebody: open to all, one's own things, by the post, or not at all."""

    OPEN = "open"
    OWN = "own"
    POST = "post"
    NO = "no"


@dataclass(frozen=True)
class Address:
    """One page or operation: where, by which methods, under which rule (None = it has none, which is a fault)."""

    name: str
    path: str
    methods: tuple[str, ...]
    rule: Rule | None
    area: str = ""

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
        methods = getattr(view, "methods", ("GET",))
        yield Address(str(pattern.name), f"/{path}", methods, getattr(view, "rule", None), _area(view))


def operations() -> Iterator[Address]:
    """Every operation of the API."""
    for router in api._get_bound_routers():
        for path, view in router.path_operations.items():
            for one in view.operations:
                whole = "/" + "/".join(part.strip("/") for part in (API, router.prefix) if part.strip("/"))
                call = one.view_func
                yield Address(
                    call.__name__, f"{whole}/{path.lstrip('/')}", tuple(one.methods), getattr(call, "rule", None),
                    _area(call),
                )  # fmt: skip


def streams() -> Iterator[Address]:
    """What the live server beside Django answers."""
    yield Address("stream", "/live/stream", ("GET",), STREAM_TOKEN, "live")
    yield Address("scan", "/live/scan/<token>", ("GET",), PUBLIC, "live")
    yield Address("health", "/live/health", ("GET",), PUBLIC, "live")


def every() -> list[Address]:
    """Pages and operations, in the order in which they are found."""
    return [*pages(), *operations()]


def cell(rule: Rule, actor: Actor) -> Cell:
    """What a rule says of an actor who has just proved who they are."""
    actor = replace(actor, fresh=True)
    if rule.check(actor) is not None:
        return Cell.NO
    if rule.check(ANONYMOUS) is None:
        return Cell.OPEN
    plain = Actor(person_id=actor.person_id, verified=actor.verified, fresh=True)
    return Cell.OWN if rule.check(plain) is None else Cell.POST


def columns() -> dict[str, Actor]:
    """Everybody the table tells apart: visitor, signed in, verified, and each post."""
    return {
        "visitor": ANONYMOUS,
        "signed in": Actor(person_id=_SOMEBODY),
        "verified": Actor(person_id=_SOMEBODY, verified=True),
        **{
            key: Actor(
                person_id=_SOMEBODY, organisation_id=_SOMEBODY, post=key, permissions=post.permissions, verified=True
            )
            for key, post in POSTS.items()
        },
    }  # fmt: skip


def matrix() -> list[tuple[Address, dict[str, Cell]]]:
    """Each address with the cell of each column; an address without a rule has no cells."""
    actors = columns()
    rows = [*every(), *streams()]
    # A rule's name says all that it asks for but the fresh proof, which cells leave aside; few rules rule all.
    rules = {one.rule.name: one.rule for one in rows if one.rule}
    cells = {name: {key: cell(rule, actor) for key, actor in actors.items()} for name, rule in rules.items()}
    return [(one, dict(cells[one.rule.name]) if one.rule else {}) for one in rows]


def unruled() -> list[Address]:
    """Addresses without a rule; there are none."""
    return [one for one in every() if one.rule is None]


def _area(view: Any) -> str:
    return str(view.__module__).split(".")[1]


def _walk(resolver: Any, prefix: str = "") -> Iterator[tuple[str, URLPattern]]:
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLPattern):
            yield prefix, pattern
        else:
            yield from _walk(pattern, prefix + str(pattern.pattern))
