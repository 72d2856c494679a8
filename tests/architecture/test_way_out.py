"""One way out: nobody but anxin.kit.outbound opens a connection to another system."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

SOURCE = Path(__file__).resolve().parents[2] / "src" / "anxin"
THE_WAY = SOURCE / "kit" / "outbound.py"
CLIENTS = {
    "httpx": {
        "Client", "AsyncClient", "HTTPTransport", "AsyncHTTPTransport",
        "get", "post", "put", "patch", "delete", "head", "options", "request", "stream",
    },
    "socket": {"create_connection"},
}  # fmt: skip
MODULES = {"urllib.request", "http.client", "requests", "aiohttp", "urllib3", "httpcore", "smtplib", "ftplib"}


def escapes(tree: ast.AST) -> Iterator[str]:
    """Every place in a module that makes a connection of its own."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            owner = node.func.value
            if isinstance(owner, ast.Name) and node.func.attr in CLIENTS.get(owner.id, ()):
                yield f"line {node.lineno}: {owner.id}.{node.func.attr}()"
        if isinstance(node, ast.Import):
            yield from (f"line {node.lineno}: {one.name}" for one in node.names if one.name in MODULES)
        if isinstance(node, ast.ImportFrom) and node.module:
            names = {one.name for one in node.names}
            modules = {node.module, *(f"{node.module}.{name}" for name in names)}
            if modules & MODULES or names & CLIENTS.get(node.module, set()):
                yield f"line {node.lineno}: from {node.module}"


# A module is used by none that does not write each part of its name: most files need not be parsed.
WRITTEN = [name.split(".") for name in MODULES | CLIENTS.keys()]


def may_escape(text: str) -> bool:
    return any(all(part in text for part in parts) for parts in WRITTEN)


@pytest.mark.requirement("A-7.4.3")
def test_nobody_else_makes_a_client():
    found = [
        f"{path.relative_to(SOURCE)} {escape}"
        for path in sorted(SOURCE.rglob("*.py"))
        if path != THE_WAY and may_escape(text := path.read_text())
        for escape in escapes(ast.parse(text))
    ]
    # The supervisor asks our own servers on the loopback whether they are well: no partner and no name.
    assert [line for line in found if not line.startswith("config/supervisor.py")] == []


@pytest.mark.parametrize(
    "text",
    [
        "import httpx\nhttpx.get('http://x')",
        "import urllib.request",
        "from urllib import request",
        "from httpx import Client",
        "import socket\nsocket.create_connection(('x', 1))",
    ],
)
def test_the_search_finds_an_escape(text):
    assert may_escape(text)
    assert list(escapes(ast.parse(text)))
