"""From a stranger who wants to work to a green code and a door opened with it, everybody before a screen of theirs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests import cast
from tests.journeys.applying import (
    NAME,
    SEQUENCE,
    apply_for,
    authorise,
    be_compared_and_checked,
    be_examined,
    be_insured,
    forward,
    join,
    policy,
    register,
    show_second_factor,
    train,
)  # fmt: skip
from tests.journeys.conftest import House, Someone
from tests.journeys.test_line import (
    ask,
    come,
    let_earlier_visits_be_over,
    let_the_night_pass,
    sign,
    starting,
)

pytestmark = pytest.mark.browser


@dataclass
class Offices:
    """Everybody between a stranger and the door."""

    agency: Someone
    association: Someone
    bureau: Someone
    clinic: Someone
    insurer: Someone


@pytest.fixture
def offices(someone: Callable[..., Someone], running_house: House) -> Offices:
    town = running_house.town
    phones = {
        "agency": town.head, "association": town.association, "bureau": town.bureau, "clinic": town.clinic,
        "insurer": town.insurer,
    }  # fmt: skip
    return Offices(**{name: someone(f"code-{name}", phone, 1440, 900) for name, phone in phones.items()})


@pytest.mark.requirement(
    "C-5.3.8", "D-1", "D-2", "D-3a", "D-3b", "D-4", "D-5a", "D-6a", "E-2", "F-3", "B-6.1.2"
)
def test_from_a_stranger_to_a_green_code_a_door_and_back_from_red(
    someone: Callable[..., Someone], running_house: House, offices: Offices, tmp_path: Path
) -> None:
    for office in (offices.association, offices.bureau):
        show_second_factor(office)
    newcomer = someone("newcomer", cast.phone(SEQUENCE), 390, 844)
    register(newcomer)
    number = join(newcomer, offices.agency)
    train(newcomer, offices.agency, tmp_path)
    authorise(newcomer)
    be_compared_and_checked(newcomer, tmp_path)
    apply_for(newcomer)
    forward(offices.agency, "初审通过")
    forward(offices.association, "复核通过")
    forward(offices.bureau, "信用审核通过")
    be_examined(newcomer, offices.clinic)
    be_insured(offices.agency, offices.insurer, number, tmp_path)
    forward(offices.association, "发放安心码和服务证")
    newcomer.go("/code/")
    newcomer.sees("绿码")
    newcomer.look("green")
    forward(offices.agency, "服务证已交给本人")
    newcomer.go("/code/application/")
    newcomer.sees("已下发")
    newcomer.look("handed-down")
    customer = someone("code-customer", running_house.town.neighbour, 390, 844)
    open_a_door(newcomer, customer, offices.agency, number, tmp_path)
    turn_yellow(newcomer, offices.agency)
    turn_red(newcomer, offices.association, number)
    appeal(newcomer, offices.association, offices.bureau)
    be_insured(offices.agency, offices.insurer, number, tmp_path, serial=2)
    newcomer.go("/code/")
    newcomer.sees("绿码")
    newcomer.look("green-again")
    for one in (newcomer, customer, *vars(offices).values()):
        assert one.told == [], one.name


def open_a_door(newcomer: Someone, customer: Someone, agency: Someone, number: str, folder: Path) -> None:
    """With what she can do, where and when written down, she is sent out, and let in by her code."""
    skills, areas, shifts = agency.page, newcomer.page, newcomer.page
    agency.go(f"/desk/workers/{number}/skills/")
    skills.locator("select[name=item_0101]").select_option(index=1)
    agency.press("保存")
    agency.sees("已保存")
    newcomer.go("/worker/areas/")
    areas.locator(f"input[name=towns][value='{cast.JINCHENG}']").check()
    newcomer.press("保存")
    newcomer.sees("已保存")
    newcomer.go("/worker/shifts/")
    for field in shifts.locator("input[type=time], .ax-shift input").all():
        field.fill("00:00")
    newcomer.look("shifts")
    newcomer.press("保存")
    newcomer.sees("已保存")
    let_earlier_visits_be_over(agency.house)
    for one in (customer, agency, newcomer):
        one.hurries = True
    order = ask(customer)
    agency.go("/hall/")
    agency.page.locator(f"form[action*='{order}'] button").click()
    agency.sees("请选派服务员")
    agency.follow("去选派")
    agency.press(f"派给 {NAME}")
    agency.sees("等服务员确认")
    newcomer.go(f"/orders/{order}/")
    newcomer.press("我确认接单")
    newcomer.sees("等客户看名片")
    customer.press("就选这位")
    customer.sees("请阅读并签署合同")
    sign(customer, agency, order)
    let_the_night_pass(customer.house, starting(datetime.now(UTC)))
    come(newcomer, customer, order, folder)
    for one in (customer, agency, newcomer):
        one.hurries = False


def turn_yellow(newcomer: Someone, agency: Someone) -> None:
    """Struck from the roster she is insured no more: the code says so at once, and what would help."""
    agency.go("/desk/policies/")
    agency.follow(policy(1))
    agency.page.locator("tr", has_text=NAME).get_by_role("button", name="移出名单").click()
    agency.sees("已移出")
    newcomer.go("/code/")
    newcomer.sees("黄码", "为什么是这个颜色", "这样做就能变绿")
    newcomer.look("yellow")


def turn_red(newcomer: Someone, association: Someone, number: str) -> None:
    """The association suspends the code, with a ground that reaches her."""
    page = association.page
    association.go(f"/desk/codes/{number}/measures/suspend/")
    page.locator("select[name=ground]").select_option("complaint")
    page.locator("input[name=why]").fill("客户反映上门的不是本人，核实期间暂停")
    association.look("suspension")
    page.locator("main form .btn-primary").click()
    association.sees("已暂停")
    newcomer.go("/code/")
    newcomer.sees("红码")
    newcomer.look("red")


def appeal(newcomer: Someone, association: Someone, bureau: Someone) -> None:
    """She is heard: the office answers, she has the last word, somebody who had no part in it decides."""
    newcomer.follow("申诉")
    newcomer.sees("核实期间暂停")
    newcomer.page.locator("textarea[name=statement]").fill("那天是我本人，门口有我扫码入户的记录")
    newcomer.look("appeal")
    newcomer.press("提出申诉")
    newcomer.sees("我的申诉")
    association.go("/desk/appeals/")
    association.look("appeals")
    association.follow(NAME)
    association.page.locator("textarea[name=text]").fill("已向客户核实，等待其回复")
    association.look("appeal")
    association.press("提交答复")
    association.sees("等待其回复")
    newcomer.go("/code/appeals/")
    newcomer.page.locator("main .ax-list a").first.click()
    newcomer.page.locator("textarea[name=text]").fill("扫码记录里有时间和地点")
    newcomer.look("reply")
    newcomer.press("提交陈述")
    newcomer.sees("扫码记录里有时间和地点")
    bureau.go("/desk/appeals/")
    bureau.follow(NAME)
    bureau.page.locator("label", has_text="申诉成立").first.click()
    bureau.page.locator("textarea[name=ruling]").fill("扫码记录与本人陈述一致，撤销暂停")
    bureau.look("ruling")
    bureau.press("作出裁定")
    bureau.sees("申诉成立")
    bureau.look("ruled")
    newcomer.go("/code/")
    newcomer.sees("黄码")
    newcomer.look("yellow-again")
