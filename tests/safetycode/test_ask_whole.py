"""Who scanned asks, the worker's phone shows the number, the worker agrees, the whole card is seen once."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import time_machine
from django.test import Client

from anxin.accounts.public import Person
from anxin.audit.models import Entry
from anxin.kit.actor import ANONYMOUS, SYSTEM
from anxin.safetycode import actions, queries
from anxin.safetycode import public as codes
from anxin.safetycode.models import Ask
from tests.cast import signed_in
from tests.tape import taped
from tests.workers.world import NOW, World, self_of

pytestmark = pytest.mark.requirement("D-2")


@taped
def token(world: World) -> str:
    codes.issue(worker_id=world.worker.pk, by=SYSTEM, at=NOW)
    return codes.display_token(world.worker.pk, NOW)


def test_the_whole_way_on_both_phones(world: World, token: str) -> None:
    reader = Client()
    worker = signed_in(Person.objects.get(pk=world.worker.person_id))
    with time_machine.travel(NOW, tick=False):
        assert "请服务员同意，查看完整证件" in reader.get(f"/c/{token}/").content.decode()
        where = reader.post(f"/c/{token}/asks/").headers["Location"]
        waiting = reader.get(where).content.decode()
        number = Ask.objects.get().number
        assert f">{number}<" in waiting and world.worker.person.name not in waiting
        assert reader.post(where + "opening/").status_code == 409
        mine = worker.get("/code/").content.decode()
        assert f">{number}<" in mine
        [path] = re.findall(r'action="(/code/asks/[^"]+)"', mine)
        assert worker.post(path, {"answer": "yes"}).status_code == 302
        assert "服务员同意您查看一次" in reader.get(where).content.decode()
        shown = reader.post(where + "opening/")
        text = shown.content.decode()
        assert world.worker.person.name in text and shown.headers["Cache-Control"] == "no-store"
        for secret in (world.worker.person.phone, world.worker.person.id_number):
            assert secret not in text
        assert reader.post(where + "opening/").status_code == 409
        assert "已失效" in reader.get(where).content.decode()
    actions_done = list(Entry.objects.filter(subject="safetycode").values_list("action", flat=True))
    assert actions_done.count("safetycode.show_whole") == 1


def test_nothing_is_shown_that_the_worker_refused_or_left_for_five_minutes(world: World, token: str) -> None:
    me = self_of(world.worker)
    refused, key = actions.ask(token=token, by=ANONYMOUS, at=NOW)
    actions.answer(ask_id=refused.pk, granted=False, by=me, at=NOW)
    with pytest.raises(actions.NotAgreed):
        actions.open_whole(key=key, by=ANONYMOUS, at=NOW)
    late, key = actions.ask(token=token, by=ANONYMOUS, at=NOW)
    with pytest.raises(actions.AskOver):
        actions.answer(ask_id=late.pk, granted=True, by=me, at=NOW + timedelta(minutes=5))
    agreed, key = actions.ask(token=codes.printed_token(world.worker.pk), by=ANONYMOUS, at=NOW)
    actions.answer(ask_id=agreed.pk, granted=True, by=me, at=NOW + timedelta(minutes=4))
    with pytest.raises(actions.AskOver):
        actions.open_whole(key=key, by=ANONYMOUS, at=NOW + timedelta(minutes=5))
    with pytest.raises(actions.NoSuchAsk):
        actions.open_whole(key="made-up", by=ANONYMOUS, at=NOW)
    assert not Ask.objects.exclude(opened_at=None).exists()


def test_only_the_worker_answers_and_once(world: World, token: str) -> None:
    row, _key = actions.ask(token=token, by=ANONYMOUS, at=NOW)
    for other in (world.head, world.rival_head, world.stranger, ANONYMOUS):
        with pytest.raises(actions.NoSuchAsk):
            actions.answer(ask_id=row.pk, granted=True, by=other, at=NOW)
    actions.answer(ask_id=row.pk, granted=False, by=self_of(world.worker), at=NOW)
    with pytest.raises(actions.AskOver):
        actions.answer(ask_id=row.pk, granted=True, by=self_of(world.worker), at=NOW)
    assert Ask.objects.get().granted is False


def test_so_many_at_once_as_can_be_told_apart_and_no_trace_of_who(world: World, token: str) -> None:
    keys = [actions.ask(token=token, by=ANONYMOUS, at=NOW)[1] for _ in range(5)]
    with pytest.raises(actions.TooManyAsks):
        actions.ask(token=token, by=ANONYMOUS, at=NOW)
    numbers = [row.number for row in queries.waiting_asks(world.worker.pk, NOW)]
    assert len(set(numbers)) == 5
    later = NOW + timedelta(minutes=6)
    assert queries.waiting_asks(world.worker.pk, later) == []
    actions.ask(token=codes.display_token(world.worker.pk, later), by=ANONYMOUS, at=later)
    for row in Ask.objects.all():
        assert not any(key.encode() in bytes(row.key_hash) for key in keys)
    assert actions.forget_asks(at=NOW + timedelta(days=2)) == 6


def test_a_stale_or_forged_code_lets_nobody_ask(world: World, token: str) -> None:
    for wrong, at in ((token, NOW + timedelta(minutes=3)), ("x" * 35, NOW)):
        with pytest.raises((codes.TokenExpired, codes.TokenForged)):
            actions.ask(token=wrong, by=ANONYMOUS, at=at)
    assert not Ask.objects.exists()
