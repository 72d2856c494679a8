"""Every parser of outside input, found in the code, and the test with made-up input that belongs to it.

A function counts as one if it has a parser's name, reads a request's headers, or calls what turns text or bytes
into something else. It must be driven by a test (`@fuzzes`), or stand in `INSIDE` with the reason why nobody
outside can reach it.
"""

from __future__ import annotations

import ast
import os
import re
import time
from collections.abc import Callable, Iterator
from functools import cache, wraps
from pathlib import Path
from typing import Any, TypeVar

from hypothesis import HealthCheck, seed, settings

from tests import thorough

SOURCE = Path(__file__).resolve().parents[2] / "src"
NAMED = re.compile(
    r"_*(parse\w*|normal_\w+|sniff|unseal|read_(token|notice|trade|refund|json)|is_phone|id_facts|from_json"
    r"|uuid_or_none|next_of|client_address|clean_(phone|name|id_number)|safe_name|to_python)"
)
DECODERS = {
    "loads", "fromisoformat", "strptime", "b64decode", "urlsafe_b64decode", "b32decode", "a85decode", "fromhex",
    "unhexlify", "unpack", "unpack_from", "fromstring", "ip_address", "ip_network", "PdfFileReader", "parse_qs",
    "parse_qsl", "json", "load_der_public_key", "load_pem_public_key", "from_buffer", "frombytes",
    "load_workbook",
}  # fmt: skip
# (what stands before the dot, name): too common a name to count alone.
PAIRS = {("Image", "open"), ("csv", "reader"), ("csv", "DictReader"), ("cbor2", "decode"), ("der", "decode")}
NUMBERS = {"int", "float", "Decimal", "UUID"}
REQUEST = re.compile(r"request\.(GET|POST|headers|META|COOKIES|FILES|body)\b|\bself\.query\b")
# Not a part of the serving product: what runs at the operator's desk or stands for somebody else.
ELSEWHERE = re.compile(
    r"/(migrations|simulated|management|embedded)/|simulator|/simulation/|/recovery/|/keys/|/demo"
)

Fuzz = TypeVar("Fuzz", bound=Callable[..., Any])
FUZZED: dict[str, Callable[..., Any]] = {}


def fuzzes(*names: str) -> Callable[[Fuzz], Fuzz]:
    """Say which parsers a test drives, by their names below `anxin.`."""

    def note(test: Fuzz) -> Fuzz:
        FUZZED.update(dict.fromkeys(names, test))
        return test

    return note


@cache
def parsers() -> frozenset[str]:
    """The name of every parser in the code, below `anxin.`: module, class if any, function."""
    return frozenset(_parsers())


def _parsers() -> Iterator[str]:
    for file in sorted((SOURCE / "anxin").rglob("*.py")):
        if ELSEWHERE.search(str(file.relative_to(SOURCE))):
            continue
        module = ".".join(file.relative_to(SOURCE / "anxin").with_suffix("").parts).removesuffix(".__init__")
        for name, function in _functions(ast.parse(file.read_text())):
            if NAMED.fullmatch(function.name) or any(map(_decodes, ast.walk(function))):
                yield f"{module}.{name}"


def _functions(tree: ast.AST, prefix: str = "") -> Iterator[tuple[str, ast.FunctionDef]]:
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.ClassDef):
            yield from _functions(node, f"{prefix}{node.name}.")
        elif isinstance(node, ast.FunctionDef):
            yield prefix + node.name, node


def _decodes(node: ast.AST) -> bool:
    if not isinstance(node, ast.Call):
        return False
    called = node.func
    if isinstance(called, ast.Attribute):
        owner = called.value.id if isinstance(called.value, ast.Name) else ""
        return called.attr in DECODERS or (owner, called.attr) in PAIRS
    if isinstance(called, ast.Name) and called.id in NUMBERS:
        return bool(node.args) and REQUEST.search(ast.unparse(node.args[0])) is not None
    return isinstance(called, ast.Name) and called.id in DECODERS


EXAMPLES = int(os.environ.get("ANXIN_FUZZ_EXAMPLES", "0")) or thorough.examples(60)


def examples(test: Any) -> Any:
    """As many examples as asked for; the same ones each time unless a seed is given. On the average none may take
    more than a tenth of a second of the processor, which tells what takes for ever, also on a busy machine."""
    chance = os.environ.get("ANXIN_FUZZ_SEED")
    driven = settings(
        max_examples=EXAMPLES,
        deadline=None,
        derandomize=chance is None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )(test)
    if chance:
        driven = seed(int(chance))(driven)

    @wraps(driven)
    def timed(*args: Any, **options: Any) -> None:
        began = time.thread_time()
        driven(*args, **options)
        assert time.thread_time() - began < 5 + EXAMPLES / 10

    return timed
