"""Other weights: tried on what was served, announced seven days ahead, and in force from then on."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from anxin.kit.actor import Actor
from anxin.kit.errors import Forbidden
from anxin.matching import actions, queries
from anxin.matching.values import NUMBERS, WEIGHTS, Component, Order, Rules
from anxin.orders import public as orders
from anxin.policies.actions import ReasonMissing, TooSoon, ValueUnfit
from anxin.policies.models import PolicyVersion
from anxin.workers.models import Standing
from tests.cast import NOON, Member, token_of
from tests.orders import played
from tests.stage import START, Stage

At = Callable[..., Client]
pytestmark = pytest.mark.usefixtures("at_noon")
WEEK = timedelta(days=7)
AFTER = START + timedelta(days=1)


def rules(**shares: float) -> Rules:
    """The rules that hold without a change, with these weights; the others share nothing."""
    weights = dict.fromkeys(map(str, Component), 0.0) | shares
    return Rules.of({policy.key: policy.default for policy in NUMBERS} | {WEIGHTS.key: weights})


def announced(by: Actor, **more: Any) -> Any:
    given = {"rules": rules(near=1.0), "reason": "先看谁近", "by": by, "at": NOON}
    return actions.announce_rules(**given | more)


@pytest.mark.requirement("E-6")
def test_a_version_holds_from_seven_days_on_and_is_told_at_once(operations: Member, client_of: At) -> None:
    moment = announced(operations.actor)
    assert moment == NOON + WEEK
    assert queries.rules_at(moment - timedelta(seconds=1)).weights == WEIGHTS.default
    assert queries.rules_at(moment) == rules(near=1.0)
    page = Client().get("/rules/ranking/").content.decode()
    assert "先看谁近" in page


@pytest.mark.parametrize(
    ("more", "refusal"),
    [
        ({"valid_from": NOON + WEEK - timedelta(seconds=1)}, TooSoon),
        ({"reason": " "}, ReasonMissing),
        ({"rules": rules(**WEIGHTS.default)}, actions.NothingNew),
        ({"rules": rules(near=0.5)}, ValueUnfit),
    ],
)
def test_what_may_not_be_announced_changes_nothing(operations: Member, more: Any, refusal: Any) -> None:
    with pytest.raises(refusal):
        announced(operations.actor, **more)
    assert not PolicyVersion.objects.exists()


def test_only_the_operator_announces(stage: Stage, client_of: At) -> None:
    with pytest.raises(Forbidden):
        announced(stage.head.actor)
    assert client_of(stage.head).get("/desk/ranking/").status_code == 403
    assert not PolicyVersion.objects.exists()


def test_a_single_number_of_the_ranking_cannot_be_changed_sooner_elsewhere(
    operations: Member, client_of: At
) -> None:
    typed = {f"part_{part}": str(share) for part, share in rules(near=1.0).weights.items()}
    answer = client_of(operations).post(
        "/desk/rules/matching.weights/", typed | {"reason": "试", "idempotency": "x"}
    )
    assert answer.status_code != 500
    assert not PolicyVersion.objects.filter(valid_from__lt=NOON + WEEK).exists()


class TestTrial:
    """王芳 lives nearer and has worked longer; 李梅 has the better credit here."""

    def served(self, stage: Stage) -> Any:
        order, _ = played.paid(stage)
        for worker, credit in zip(stage.workers, (60, 100), strict=True):
            Standing.objects.update_or_create(worker=worker, defaults={"credit_score": credit})
        return order

    @pytest.mark.requirement("E-6")
    def test_it_tells_who_would_have_stood_first_and_changes_nothing(self, stage: Stage) -> None:
        order = self.served(stage)
        found = queries.trial(rules(credit=1.0), at=AFTER)
        assert (found.orders, found.other_first, found.kept) == (1, 1, 1.0)
        (row,) = found.rows
        assert row.number == order.number
        assert (row.before, row.after) == (stage.workers[0].number, stage.workers[1].number)
        assert row.place == (1, 2)
        assert found.metres[0] < found.metres[1]
        assert not PolicyVersion.objects.exists()

    def test_the_same_rules_change_nobody_s_place(self, stage: Stage) -> None:
        self.served(stage)
        found = queries.trial(queries.rules_at(AFTER), at=AFTER)
        assert (found.orders, found.other_first, found.rows) == (1, 0, ())

    def test_the_page_tries_then_offers_to_announce(
        self, stage: Stage, operations: Member, client_of: At
    ) -> None:
        self.served(stage)
        desk = client_of(operations)
        typed = {str(part): "0" for part in Component} | {"credit": "100"}
        plain = {p.key.removeprefix("matching."): str(p.default) for p in NUMBERS if p is not WEIGHTS}
        page = desk.get("/desk/ranking/", typed | plain)
        assert page.status_code == 200
        wrong = desk.get("/desk/ranking/", typed | plain | {"near": "50"})
        assert wrong.status_code == 422
        assert "合计" in wrong.content.decode() or "等于 1" in wrong.content.decode()
        assert desk.get("/desk/ranking/", typed).status_code == 422

    def test_a_program_tries_and_announces_as_the_page_does(self, stage: Stage, operations: Member) -> None:
        self.served(stage)
        headers = token_of(operations.person, operations.appointment)
        body = rules(credit=1.0).to_json()

        def post(path: str, **more: Any) -> Any:
            where, sent = f"/api/v1/rules/ranking/{path}/", json.dumps(body | more)
            return Client().post(where, sent, content_type="application/json", headers=headers)

        assert post("trials").status_code == 200
        assert post("trials", weights={"near": 1.0}).json()["code"] == "policy_value_unfit"
        assert not PolicyVersion.objects.exists()
        assert post("announcements", reason="信用先").status_code == 201
        assert PolicyVersion.objects.get().value == body["weights"]

    def test_continuity_counts_served_orders_of_this_household_only(self, stage: Stage) -> None:
        order = self.served(stage)
        assert orders.visits_before(order) == {}
        order.pk = None
        assert orders.visits_before(order) == {stage.workers[0].pk: 1}


@pytest.mark.requirement("E-6")
def test_a_worker_reads_at_which_place_they_stood_among_how_many(stage: Stage, client_of: At) -> None:
    order = played.accepted(stage)
    plain = [one.number for one in queries.rank(order, NOON, Order.PLAIN)]
    assert plain == sorted(worker.number for worker in stage.workers)
    made = actions.propose(order=order, worker_id=stage.workers[1].pk, by=stage.head.actor, at=NOON)
    assert (made.score["place"], made.score["of"]) == (2, 2)
    page = client_of(stage.people[1]).get(f"/orders/{order.number}/standing/").content.decode()
    assert "当时 2 位可派，您排第 2 位" in page
