"""A credit score is entered with its grounds, told to whom it is about, and decides when a demand opens for them."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from anxin.agencies import public as agencies
from anxin.audit.models import Entry
from anxin.matching import actions
from anxin.matching.actions.credit import GroundsNeeded, NobodyOfNumber, ScoreWrong
from anxin.matching.values import CreditOf
from anxin.notices.models import Notice
from anxin.orders.models import Offer
from anxin.orders.rules import opens_for
from anxin.workers import public as workers
from tests.cast import NOON, Member
from tests.stage import GOOD_CREDIT, Stage

At = Callable[..., Client]
pytestmark = [pytest.mark.django_db, pytest.mark.requirement("E-8")]


def enter(by: Member, number: str, of: CreditOf = CreditOf.WORKER, **more: Any) -> int:
    given: dict[str, Any] = {"score": 65, "source": "区级信用评价", "reason": "两次爽约"}
    return actions.enter_credit(of=of, number=number, by=by.actor, at=NOON, **given | more)


def test_a_worker_hears_score_grounds_and_how_to_object(stage: Stage, operations: Member) -> None:
    worker = stage.workers[0]
    assert enter(operations, worker.number) == GOOD_CREDIT
    assert workers.credit_of(worker.pk) == 65
    told = Notice.objects.get(kind="matching.credit_entered")
    assert (told.person_id, told.url) == (stage.people[0].id, "/me/privacy/corrections/")
    assert (told.params["score"], told.params["before"]) == ("65", str(GOOD_CREDIT))
    assert (told.params["source"], told.params["reason"]) == ("区级信用评价", "两次爽约")
    (entry,) = Entry.objects.filter(action="matching.enter_credit")
    assert entry.detail["before"] == GOOD_CREDIT and entry.detail["source"] == "区级信用评价"


def test_an_agency_of_less_credit_waits_longer_and_its_head_alone_is_told(
    stage: Stage, operations: Member, jia_dispatcher: Member
) -> None:
    uscc = stage.head.organisation.uscc
    assert uscc
    enter(operations, uscc, CreditOf.AGENCY)
    assert agencies.credit_of(stage.head.organisation.pk) == 65
    order = stage.ask(version_id=None)
    offer = Offer.objects.get(order=order)
    credit = agencies.credit_of(stage.head.organisation.pk)
    assert opens_for(offer.opens_at, offer.opens_by_credit, credit) == offer.opens_at + timedelta(minutes=10)
    assert opens_for(offer.opens_at, offer.opens_by_credit, GOOD_CREDIT) == offer.opens_at
    told = Notice.objects.filter(kind="matching.credit_entered").values_list("person_id", flat=True)
    assert set(told) == {stage.head.id}, "who takes and dispatches orders has no part in it"


@pytest.mark.parametrize(
    ("given", "refusal"),
    [
        ({"score": 101}, ScoreWrong),
        ({"score": -1}, ScoreWrong),
        ({"source": "  "}, GroundsNeeded),
        ({"reason": ""}, GroundsNeeded),
        ({"number": "nobody"}, NobodyOfNumber),
    ],
)
def test_without_grounds_or_of_nobody_it_is_refused_and_nothing_written(
    stage: Stage, operations: Member, given: dict[str, Any], refusal: type[Exception]
) -> None:
    number = given.pop("number", stage.workers[0].number)
    with pytest.raises(refusal):
        enter(operations, number, **given)
    assert workers.credit_of(stage.workers[0].pk) == GOOD_CREDIT
    assert not Notice.objects.filter(kind="matching.credit_entered").exists()


@pytest.mark.usefixtures("at_noon")
def test_only_the_post_that_manages_reviews_enters_it(
    stage: Stage, reviews_admin: Member, client_of: At
) -> None:
    typed = {
        "of": "worker", "number": stage.workers[0].number, "score": "70", "source": "区级评价", "reason": "投诉成立",
    }  # fmt: skip
    assert client_of(stage.head).post("/operator/credit/", typed).status_code == 403
    desk = client_of(reviews_admin)
    assert "早 10 分钟" in desk.get("/operator/credit/").content.decode()
    wrong = desk.post("/operator/credit/", typed | {"source": ""})
    assert wrong.status_code == 422 and workers.credit_of(stage.workers[0].pk) == GOOD_CREDIT
    assert desk.post("/operator/credit/", typed).status_code == 303
    assert workers.credit_of(stage.workers[0].pk) == 70
    sent = json.dumps(typed | {"score": 88})
    answer = desk.post("/api/v1/credit/", sent, content_type="application/json")
    assert (answer.status_code, answer.json()) == (201, {"before": 70, "score": 88})
