"""Every kind of live stream, opened as the whole cast: by the pages that it stands on, and on the live server.

A page opens a stream for whom it is shown to, and names no topic that its reader may not see; the server tells what
a stream's token names, and nothing else.
"""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from starlette.requests import Request

from anxin.accounts.values import OrganisationKind
from anxin.config import asgi
from anxin.kit.clock import local_date
from anxin.kit.live import CHANNEL, watch_of
from anxin.kit.models import begin
from anxin.matching.actions import keep_rolling
from anxin.matching.models import Batch, DayPlan
from anxin.matching.values import Fairness
from anxin.payments.actions import accept_bill
from anxin.safetycode.models import Application, CardBatch
from tests import cast
from tests.architecture.driving import Caller
from tests.architecture.streams import MAY, overheard, tokens
from tests.cast_posts import everybody
from tests.contracts.conftest import deal
from tests.payments.conftest import bill, make_order, order
from tests.thorough import Turns

__all__ = ["bill", "deal", "make_order", "order"]
pytestmark = [pytest.mark.django_db, pytest.mark.requirement("A-6.3.3d")]
SOURCES = Path(asgi.__file__).parents[1]
SAID = re.compile(r"""\btouch\(f?"(\w+)[:"]""")
NAMED = re.compile(r"""topics?": (?:\[)?f?"(\w+)[:"]""")


@dataclass
class Heard:
    """By kind of topic: who got a stream that tells of the thing of the stage, and the tokens of these streams."""

    who: dict[str, set[str]] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)


@dataclass
class Scene:
    """One of each live thing. `topics`: kind → topic; `pages`: the addresses that tell of them."""

    topics: dict[str, str]
    pages: list[str]


@pytest.fixture
def scene(deal: Any, bill: Any) -> Scene:
    stage = deal.stage
    accept_bill(bill, by=stage.customer.actor, at=cast.NOON)
    worker = stage.workers[0]
    application = Application(
        number="A260318-1", worker=worker, organisation_id=stage.head.organisation.pk, town_code=cast.JINCHENG,
        tier=2, limit_days=10, submitted_at=cast.NOON, created_at=cast.NOON,
    )  # fmt: skip
    begin(application, by=stage.worker, at=cast.NOON)
    batch = CardBatch.objects.create(issuer=None, total=1, at=cast.NOON)
    plan = Batch.objects.create(
        organisation=stage.head.organisation,
        asked_at=cast.NOON,
        fairness="none",
        limit=0,
        order_ids=[],
        total=1,
    )
    days = DayPlan(
        organisation=stage.head.organisation, first_date=local_date(cast.NOON), asked_at=cast.NOON, prices={}
    )
    begin(days, by=stage.head.actor, at=cast.NOON)
    rolling = keep_rolling(
        fairness=Fairness.NONE, limit=0, window_minutes=10, by=stage.head.actor, at=cast.NOON
    )
    topics = {
        "order": f"order:{deal.order.pk}", "contract": f"contract:{deal.contract.pk}", "bill": f"bill:{bill.pk}",
        "application": f"application:{application.pk}", "cards": f"cards:{batch.pk}", "code": f"code:{worker.pk}",
        "inbox": f"inbox:{stage.customer.id}", "announcements": f"announcements:{stage.head.organisation.pk}",
        "hall": "hall", "batch": f"batch:{plan.pk}",
        "dayplan": f"dayplan:{days.pk}", "rolling": f"rolling:{rolling.pk}",
    }  # fmt: skip
    pages = [
        f"/orders/{deal.order.number}/", f"/contracts/{deal.contract.number}/", f"/bills/{bill.number}/payment/",
        f"/bills/{bill.number}/result/", "/code/application/", f"/desk/cards/{batch.pk}/", "/code/", "/inbox/",
        "/today/", "/announcements/", "/hall/", "/desk/", f"/desk/dispatch/batches/{plan.pk}/",
        f"/desk/dispatch/plans/{days.pk}/", f"/desk/dispatch/rolling/{rolling.pk}/",
    ]  # fmt: skip
    return Scene(topics, pages)


def _present(people: dict[str, cast.Member]) -> dict[str, cast.Member]:
    """Everybody; in the shortest run one of each kind and of those elsewhere, the whole agency, and a share."""
    turns, found = Turns(), {}
    for row, (name, member) in enumerate(people.items()):
        own = not member.appointment or member.organisation.kind == OrganisationKind.AGENCY
        far = name.endswith("of another")
        thing = (own, far) if far else name if own else member.organisation.kind
        if turns.take(thing, row, 0):
            found[name] = member
    return found


def _heard(scene: Scene, people: dict[str, cast.Member]) -> Heard:
    found = Heard({kind: set() for kind in scene.topics})
    client = Caller()
    for name, member in _present(people).items():
        client.cookies = cast.signed_in(member.person, member.appointment).cookies
        for page in scene.pages:
            # A refusal told to a script is the same refusal without a page around it.
            text = client.get(page, headers={"HX-Request": "true"}).content.decode()
            found.wrong += [f"{name} hears {topic} from {page}" for topic in overheard(text, member.actor)]
            for token in tokens(text):
                found.tokens[token] = name
                for kind, topic in scene.topics.items():
                    if topic in watch_of(token).topics:
                        found.who[kind].add(name)
    return found


def test_each_kind_is_told_to_those_whom_it_concerns_and_to_no_other(
    scene, deal, stranger, newcomer, zhou_min
):
    people = everybody(deal.stage, stranger=stranger, newcomer=newcomer, household=zhou_min)
    heard = _heard(scene, people)
    assert heard.wrong == []
    who = heard.who
    assert {"customer", "worker", "agency.head"} <= who["order"]
    assert {"customer", "agency.head"} <= who["contract"]
    assert "customer" in who["bill"]
    assert who["application"] == who["code"] == {"worker"}
    assert who["inbox"] == {"customer"}
    assert "agency.head" in who["announcements"]
    assert "operator.operations" in who["cards"]
    assert "agency.head" in who["batch"] & who["dayplan"] & who["rolling"]
    assert {"worker", "agency.head", "agency.head of another"} <= who["hall"]
    apart = {"stranger", "newcomer", "household", *(name for name in people if name.endswith("of another"))}
    assert {kind: who[kind] & apart for kind in who if kind != "hall"} == {
        kind: set() for kind in who if kind != "hall"
    }
    _on_the_server(scene, heard)


def _on_the_server(scene: Scene, heard: Heard) -> None:
    """Each topic is said once: exactly the streams whose token names it are told."""
    streams = list(heard.tokens)
    for topic in scene.topics.values():
        told = asyncio.run(_told(streams, topic))
        wanted = [topic in watch_of(token).topics for token in streams]
        assert any(wanted)
        assert told == wanted, topic


async def _told(streams: list[str], topic: str) -> list[bool]:
    asgi._touched.clear()
    bodies = []
    for token in streams:
        scope = {"type": "http", "method": "GET", "path": "/live/stream", "headers": [],
                 "query_string": f"token={token}".encode()}  # fmt: skip
        bodies.append(aiter((await asgi.stream(Request(scope))).body_iterator))  # type: ignore[attr-defined]
    for body in bodies:
        assert (await anext(body)).startswith("retry")
    waiting = [asyncio.ensure_future(anext(body)) for body in bodies]
    await _turns()
    assert not any(one.done() for one in waiting)
    asgi._pass_on(psycopg.Notify(CHANNEL, topic, 0))
    await _turns()
    told = [one.done() and one.result().startswith("event: changed") for one in waiting]
    for one in waiting:
        one.cancel()
    await asyncio.gather(*waiting, return_exceptions=True)
    return told


async def _turns() -> None:
    """Let everything that can go on do so; nothing here waits for the clock."""
    for _ in range(10):
        await asyncio.sleep(0)


@pytest.fixture(autouse=True)
def _heard_from_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    """The server has listened for ever, and nothing was touched yet."""
    monkeypatch.setattr(asgi, "_touched", {})
    monkeypatch.setattr(asgi, "_listening_since", [0.0])
    monkeypatch.setattr(asgi, "PING_SECONDS", timedelta(hours=1).total_seconds())


def test_no_kind_of_topic_is_left_out(scene):
    texts = [path.read_text(encoding="utf-8") for path in SOURCES.rglob("*.py")]
    said = {kind for text in texts for kind in SAID.findall(text)}
    named = {kind for text in texts for kind in NAMED.findall(text)}
    assert said | {"announcements"} == named == set(scene.topics)
    assert set(scene.topics) | {"styleguide"} == set(MAY)


@pytest.mark.parametrize("token", ["", "x", "x.y", "a" * 5000])
def test_what_is_no_token_of_ours_opens_no_stream(token):
    scope = {"type": "http", "method": "GET", "path": "/live/stream", "headers": [],
             "query_string": f"token={token}".encode()}  # fmt: skip
    assert asyncio.run(asgi.stream(Request(scope))).status_code == 403
