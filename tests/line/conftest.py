"""Programs that speak for the people of the stage, and the outside world in this process."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client

from anxin.kit import jobs
from anxin.messaging.models import SmsMessage
from anxin.payments.public import Cashier, simulated_cashier
from tests.cast import NOON, Member
from tests.stage import Stage

CALLBACK = "/callbacks/wechatpay/"


@dataclass
class Clock:
    """The hands of everybody's clock: ours, the job worker's and the outside systems'."""

    traveller: Any
    now: datetime
    cashier: Cashier | None = None

    def to(self, at: datetime) -> None:
        self.now = at
        self.traveller.move_to(at)
        if self.cashier:
            self.cashier.set(at)

    def wait(self, **span: float) -> None:
        self.to(self.now + timedelta(**span))

    def work(self) -> None:
        """Let the job worker do what is due."""
        jobs.drain(self.now)


@pytest.fixture
def clock(db: None) -> Iterator[Clock]:
    with time_machine.travel(NOON, tick=False) as traveller:
        yield Clock(traveller, NOON)


@pytest.fixture
def cashier(clock: Clock, tmp_path: Path) -> Iterator[Cashier]:
    """The simulated channel; what it has to say comes in by the callback's address."""
    with simulated_cashier(clock.now, folder=tmp_path) as made:

        def hear(headers: Mapping[str, str], body: bytes) -> int:
            answer = Client().post(CALLBACK, body, content_type="application/json", headers=dict(headers))
            return answer.status_code

        made.deliver = hear
        clock.cashier = made
        yield made


@dataclass
class Program:
    """A program with a bearer token. `send` writes with a fresh idempotency key, twice, and compares."""

    token: str
    client: Client = field(default_factory=Client)

    def _headers(self, key: str = "") -> dict[str, str]:
        found = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        return found | ({"Idempotency-Key": key} if key else {})

    def get(self, path: str, **query: Any) -> Any:
        answer: Any = self.client.get(f"/api/v1{path}", query, headers=self._headers())
        assert answer.status_code == 200, (path, answer.status_code, answer.content.decode())
        return answer.json() if answer["Content-Type"].startswith("application/json") else answer.content

    def call(self, path: str, body: Any = None, *, method: str = "POST", key: str = "") -> HttpResponse:
        """One write, whatever comes of it."""
        answer: Any = self.client.generic(
            method, f"/api/v1{path}", json.dumps(body) if body is not None else "",
            content_type="application/json", headers=self._headers(key),
        )  # fmt: skip
        return answer

    def send(self, path: str, body: Any = None, *, method: str = "POST") -> Any:
        """A write that must succeed; the same write again has no effect and gets the same answer."""
        key = uuid4().hex
        first = self.call(path, body, method=method, key=key)
        assert first.status_code < 300, (path, first.status_code, first.content.decode())
        second = self.call(path, body, method=method, key=key)
        assert (second.status_code, second.content) == (first.status_code, first.content), path
        return json.loads(first.content) if first.content else None

    def upload(self, path: str, field_name: str, name: str, data: bytes, kind: str) -> HttpResponse:
        body = {field_name: SimpleUploadedFile(name, data, kind)}
        answer: Any = self.client.post(f"/api/v1{path}", body, headers=self._headers())
        return answer


def code_sent() -> str:
    """The newest one-time code."""
    return str(SmsMessage.objects.order_by("-created_at", "-id").first().params["code"])  # type: ignore[union-attr]


def let_in(member: Member) -> Program:
    """Signed in as a program does, by phone and one-time code, acting in the member's post."""
    door = Program("")
    assert door.call("/sign-in/codes", {"phone": member.person.phone}).status_code == 202
    answer = door.call("/sign-in/tokens", {"phone": member.person.phone, "code": code_sent()})
    assert answer.status_code == 201, answer.content
    one = Program(json.loads(answer.content)["token"])
    post = str(member.appointment.pk) if member.appointment else None
    assert one.call("/me/post", {"appointment_id": post}).status_code == 200
    return one


@pytest.fixture
def program(clock: Clock) -> Callable[[Member], Program]:
    """`program(member)`: the member's, signed in under the clock."""
    return let_in


@pytest.fixture
def standing(stage: Stage, clock: Clock, cashier: Cashier) -> Stage:
    """The stage under the clock and beside the cashier."""
    return stage
