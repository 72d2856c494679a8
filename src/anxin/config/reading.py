"""How the bodies of the API are read: JSON as its standard has it, and text that can be kept."""

from __future__ import annotations

import json
from math import isfinite
from typing import Any

from django.http import HttpRequest
from ninja.parser import Parser


def read_json(body: bytes) -> Any:
    """A body as JSON. Raises ValueError also on what Python's reader lets through: NaN, Infinity and what becomes
    it, half of a pair of surrogates, a depth past its limits, one name twice in one object."""
    try:
        text = body.decode("utf-8")
        found = json.loads(text, parse_constant=_refuse, parse_float=_finite, object_pairs_hook=_once)
        if "\\u" in text:
            # Only an escape can bring a lone surrogate into text that was UTF-8.
            json.dumps(found, ensure_ascii=False).encode("utf-8")
    except RecursionError as error:
        raise ValueError("too deep") from error
    return found


def _finite(digits: str) -> float:
    found = float(digits)
    if not isfinite(found):
        raise ValueError(digits)
    return found


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Of a name that stands twice, readers keep the first or the last: two of them would read two requests."""
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a name twice")
    return found


def _refuse(word: str) -> Any:
    raise ValueError(word)


class Reader(Parser):
    """What ninja reads bodies by; whoever reads a request's body after the first is given what was found then."""

    def parse_body(self, request: HttpRequest) -> Any:
        if not hasattr(request, "as_json"):
            request.as_json = read_json(request.body)  # type: ignore[attr-defined]
        return request.as_json  # type: ignore[attr-defined]
