"""Log lines: for people or for machines, with the id of the request, never with a phone or identity number."""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from pythonjsonlogger.json import JsonFormatter

# What looks like an identity number, a mobile or a bank card is struck out of whatever is logged, tracebacks too:
# a library's error text may quote what a person typed.
PERSONAL = re.compile(r"(?<![0-9A-Za-z.])(?:\d{17}[\dXx]|(?:\+?86)?1[3-9]\d{9}|\d{16,19})(?![0-9A-Za-z])")
_request: ContextVar[str] = ContextVar("request", default="-")


def without_persons(text: str) -> str:
    """The text with every number struck out that could be a person's."""
    return PERSONAL.sub("[struck out]", text)


@contextmanager
def of_request(request_id: str) -> Iterator[None]:
    """Lines written inside carry this id."""
    token = _request.set(request_id)
    try:
        yield
    finally:
        _request.reset(token)


class OfRequest(logging.Filter):
    """Notes on each record in which request it was written."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.request_id = _request.get()
        return True


class Line(logging.Formatter):
    """One line for a person; times are UTC."""

    converter = staticmethod(time.gmtime)

    def __init__(self) -> None:
        super().__init__("%(asctime)sZ %(levelname)s [%(request_id)s] %(name)s %(message)s")

    def format(self, record: logging.LogRecord) -> str:
        return without_persons(super().format(record))


class Json(JsonFormatter):
    """One JSON object for a machine that gathers logs."""

    def __init__(self) -> None:
        names = {"asctime": "at", "levelname": "level", "name": "logger"}
        super().__init__(
            "%(asctime)s %(levelname)s %(request_id)s %(name)s %(message)s",
            rename_fields=names,
            json_ensure_ascii=False,
        )

    def format(self, record: logging.LogRecord) -> str:
        return without_persons(super().format(record))
