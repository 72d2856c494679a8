"""Where the operator's posts, associations and bureaus begin the day."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from anxin.agencies.models import Agency
from anxin.kit import clock
from anxin.kit.geo import Point
from anxin.orders import public as orders
from anxin.orders.models import Order
from anxin.safetycode import public as safetycode
from anxin.safetycode.models import SafetyCode
from anxin.workers.models import Standing
from tests import cast
from tests.cast import NOON, Member
from tests.cast_posts import FAR_TOWN
from tests.stage import Stage, green_worker

At = Callable[..., Client]
TODAY = clock.local_date(NOON)
DESK = "/supervision/"


@pytest.fixture(autouse=True)
def noon() -> Any:
    with time_machine.travel(NOON, tick=False):
        yield


def far_supervisor() -> Member:
    bureau = cast.new_organisation("bureau", "别县商务主管部门", 605, town_code=FAR_TOWN)
    return cast.in_post(cast.new_person(605, "别县监管"), bureau, "bureau.supervisor")


def test_a_bureau_begins_with_the_codes_and_agencies_of_its_region(
    stage: Stage, client_of: At, supervisor: Member
) -> None:
    red = stage.workers[0]
    Standing.objects.filter(worker=red).update(colour="red")
    Agency.objects.filter(organisation=stage.rival.organisation).update(state="suspended")
    page = client_of(supervisor).get(DESK).content.decode()
    assert f"/desk/codes/{red.number}/" in page
    assert stage.rival.organisation.name in page
    for away in ("/desk/codes/?colour=red", "/desk/codes/?colour=ending", "?state=suspended"):
        assert away in page
    elsewhere = client_of(far_supervisor()).get(DESK).content.decode()
    assert red.number not in elsewhere
    assert stage.rival.organisation.name not in elsewhere


def test_each_figure_of_codes_leads_to_as_many_rows(stage: Stage, supervisor: Member) -> None:
    SafetyCode.objects.filter(worker=stage.workers[0]).update(valid_to=TODAY + timedelta(days=29))
    SafetyCode.objects.exclude(worker=stage.workers[0]).update(valid_to=TODAY + timedelta(days=30))
    counts = safetycode.counts(supervisor.actor, TODAY)
    assert counts["ending"] == 1
    for shade, count in counts.items():
        assert safetycode.listed(supervisor.actor, today=TODAY, colour=shade).count() == count


def test_figures_of_orders_are_those_of_the_region_and_lead_to_the_list(
    stage: Stage, client_of: At, supervisor: Member
) -> None:
    Order.objects.filter(pk=stage.ask().pk).update(state="unanswered")
    assert orders.overseen_counts(supervisor.actor, NOON) == {"unanswered": 1}
    assert orders.overseen_counts(supervisor.actor, NOON + timedelta(days=31)) == {}
    assert orders.overseen_counts(far_supervisor().actor, NOON) == {}
    assert "/oversight/orders/?state=unanswered" in client_of(supervisor).get(DESK).content.decode()


def test_the_desk_asks_as_often_for_many_as_for_few(stage: Stage, client_of: At, supervisor: Member) -> None:
    client = client_of(supervisor)
    client.get(DESK)
    asked = []
    for sequence in (None, 71, 72):
        if sequence:
            person = Member(cast.new_person(sequence, "新来的人"))
            green_worker(person, stage.head.organisation, home=Point(30.23, 119.72))
        Standing.objects.update(colour="red")
        with CaptureQueriesContext(connection) as found:
            assert client.get(DESK).status_code == 200
        asked.append(len(found))
    assert asked[0] == asked[1] == asked[2]


def test_the_desk_of_a_region_is_for_who_looks_after_one(
    stage: Stage, client_of: At, association_staff: Member, stranger: Member
) -> None:
    assert client_of(stage.head).get(DESK).status_code in (403, 404)
    assert client_of(stranger).get(DESK).status_code in (403, 404)
    page = client_of(association_staff).get(DESK).content.decode()
    assert "/desk/codes/?colour=red" in page
    assert "要关注的机构" not in page


def test_customer_service_sees_what_could_not_be_sent(client_of: At, operator: Any) -> None:
    member = cast.in_post(cast.new_person(610, "许客服"), operator, "operator.service")
    page = client_of(member).get("/operator/").content.decode()
    assert "/desk/sms/?state=failed" in page
    assert "没有发送失败的短信" in page
    assert "对账差异" not in page


def test_the_security_administrator_sees_requests_that_wait(client_of: At, operator: Any) -> None:
    member = cast.in_post(cast.new_person(611, "何安全"), operator, "operator.security")
    page = client_of(member).get("/operator/").content.decode()
    for words in ("权限申请待批", "个人信息申请", "其中已逾期", "今天看全"):
        assert words in page
