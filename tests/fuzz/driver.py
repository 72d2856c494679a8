"""Send whatever the document of the interface allows, and what it forbids, and look at every answer.

Nothing that a request did outlasts it, so that each meets the same world, and each finding can be made again.
"""

from __future__ import annotations

import logging
import os
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any
from urllib.parse import unquote

import schemathesis
from django.core.signals import got_request_exception, request_finished, request_started
from django.db import close_old_connections, transaction
from django.utils.crypto import get_random_string
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.core import NOT_SET
from schemathesis.core.failures import Failure, FailureGroup
from schemathesis.openapi import from_wsgi
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from anxin.config.wsgi import application
from tests.fuzz.world import Caller, World

CHECKS = [
    schemathesis.checks.not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
# `make fuzz` sets them; by themselves they keep the test within its time.
EXAMPLES = int(os.environ.get("ANXIN_FUZZ_EXAMPLES", "0"))
SEED = int(os.environ.get("ANXIN_FUZZ_SEED", "1"))
ONLY = os.environ.get("ANXIN_FUZZ_ONLY", "").split()


def chosen(address: str) -> bool:
    """Whether `make fuzz` was asked for this one."""
    return not ONLY or any(word in address for word in ONLY)


def document() -> Any:
    """The document, asked for as any program asks."""
    with one_connection():
        return from_wsgi("/api/v1/openapi.json", application)


@contextmanager
def one_connection() -> Iterator[None]:
    """Keep the test's connection, and the transaction that it is in, beyond a request."""
    signals = (request_started, request_finished)
    for one in signals:
        one.disconnect(close_old_connections)
    try:
        yield
    finally:
        for one in signals:
            one.connect(close_old_connections)


class Run:
    """One pass over every operation of the document. `findings`: what went wrong, once each. `answers`: how many
    of each status."""

    def __init__(self, schema: Any, world: World, stage: str, examples: int) -> None:
        self.schema, self.world, self.stage, self.examples = schema, world, stage, EXAMPLES or examples
        self.findings: dict[tuple[str, ...], str] = {}
        self.answers: dict[int, int] = {}

    def __call__(self, only: tuple[str, ...] = ("",)) -> None:
        """Drive every operation whose name holds one of the words."""
        with one_connection():
            for number, result in enumerate(self.schema.get_all_operations()):
                operation = result.ok()
                if any(word in operation.label for word in only) and chosen(operation.label):
                    self.operation(operation, SEED * 100_000 + number)

    def operation(self, operation: Any, chance: int) -> None:
        names = [one.name for one in operation.path_parameters]
        real = self.world.path_parameters(operation.path, names)
        ways = [
            (mode, known)
            for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)
            for known in ((True, False) if real and mode is GenerationMode.POSITIVE else (bool(real),))
        ]

        @cache
        def made(way: int) -> Any:
            """Each takes long to put together, and few are drawn from."""
            mode, known = ways[way]
            return operation.as_strategy(generation_mode=mode, path_parameters=real if known else None)

        @seed(chance)
        @settings(
            max_examples=self.examples,
            phases=[Phase.generate],
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
        )
        @given(st.data())
        def drive(data: st.DataObject) -> None:
            # The first one, with real numbers and a form that fits, most often.
            case = data.draw(made(data.draw(st.sampled_from([0, 0, *range(len(ways))]))))
            caller = data.draw(st.sampled_from(self.world.callers))
            if data.draw(st.integers(0, 3)):
                case.body = self._fed(case.body, data)
            self._send(operation, case, caller)

        try:
            drive()
        except Unsatisfiable:
            self.findings[("unsatisfiable", operation.label)] = f"{operation.label}: no request can be made"

    def _fed(self, body: Any, data: st.DataObject) -> Any:
        """The body with real values where it has fields of such names."""
        if isinstance(body, dict):
            return {
                key: data.draw(st.sampled_from(self.world.bodies[key]))
                if isinstance(key, str) and self.world.bodies.get(key) and data.draw(st.integers(0, 4))
                else self._fed(value, data)
                for key, value in body.items()
            }
        return [self._fed(one, data) for one in body] if isinstance(body, list) else body

    def _send(self, operation: Any, case: Any, caller: Caller) -> None:
        with transaction.atomic(), breakdowns() as broken:
            answer = case.call(headers=caller.headers)
            transaction.set_rollback(True)
        self.answers[answer.status_code] = self.answers.get(answer.status_code, 0) + 1
        told = f"{self.stage}: {caller.name}: {case.method} {case.formatted_path} {case.query or ''}"
        told += f" {str(case.body)[:600]}" if case.body is not NOT_SET else ""
        try:
            # 503 is told of a partner who does not answer, and is in the document: no breakdown of ours.
            case.validate_response(answer, checks=CHECKS[1:] if answer.status_code == 503 else CHECKS)
        except FailureGroup as group:
            for failure in group.exceptions:
                self._note(operation, failure, f"{told}\n  {failure.title}: {failure.message[:600]}", broken)
        except Failure as failure:
            self._note(operation, failure, f"{told}\n  {failure.title}: {failure.message[:600]}", broken)
        text = answer.content.decode(errors="replace")
        sent = unquote(f"{answer.request.url} {answer.request.body!r} {case.body}")
        for secret in caller.hidden(operation.path):
            if secret in text and secret not in sent:
                key = ("leak", operation.label, caller.name, secret)
                self.findings[key] = f"{told}\n  {answer.status_code} shows {secret!r}"

    def _note(self, operation: Any, failure: Any, told: str, broken: list[str]) -> None:
        key = (operation.label, failure.title, str(broken[-1:])[-160:])
        self.findings.setdefault(key, "\n  ".join([told, *broken[-1:]]))


@contextmanager
def breakdowns() -> Iterator[list[str]]:
    """Where the product broke down meanwhile; its own words about that are kept out of the log."""
    found: list[str] = []

    def heard(sender: Any, **more: Any) -> None:
        found.append("".join(traceback.format_exc().splitlines(keepends=True)[-7:]))

    name = get_random_string(8)
    got_request_exception.connect(heard, dispatch_uid=name, weak=False)
    before = logging.root.manager.disable
    logging.disable(logging.CRITICAL)
    try:
        yield found
    finally:
        logging.disable(before)
        got_request_exception.disconnect(dispatch_uid=name)
