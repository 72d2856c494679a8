"""From a stranger who wants to work to a green code, with everybody who has a say in it, each before a screen."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import pytest

from anxin.kit import clock
from anxin.kit.clock import local_date
from tests import cast
from tests.journeys.conftest import House, Someone
from tests.stage import picture

pytestmark = pytest.mark.browser
NAME, SEQUENCE = "何春燕", 71


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
    return Offices(
        agency=someone("code-agency", town.head, 1440, 900),
        association=someone("code-association", town.association, 1440, 900),
        bureau=someone("code-bureau", town.bureau, 1440, 900),
        clinic=someone("code-clinic", town.clinic, 1440, 900),
        insurer=someone("code-insurer", town.insurer, 1440, 900),
    )


@pytest.mark.requirement("D-4", "D-5a", "D-2", "D-3a", "E-2", "F-3")
def test_from_a_stranger_to_a_green_code(
    someone: Callable[..., Someone], running_house: House, offices: Offices, tmp_path: Path
) -> None:
    newcomer = someone("newcomer", cast.phone(SEQUENCE), 390, 844)
    register(newcomer)
    number = join(newcomer, offices.agency)
    give_papers(newcomer, offices.agency, number, tmp_path)
    apply_for(newcomer)
    decide(offices.agency, newcomer, "初审")
    decide(offices.association, newcomer, "协会")


def register(newcomer: Someone) -> None:
    """Real name, then the trade: who lets her into a home knows who she is."""
    page = newcomer.page
    newcomer.go("/worker/enrolment/")
    newcomer.sees("先完成实名核验")
    newcomer.follow("去实名核验")
    page.get_by_label("姓名").fill(NAME)
    page.get_by_label("身份证号").first.fill(cast.id_number(SEQUENCE, birth=date(1986, 4, 9)))
    newcomer.look("real-name")
    newcomer.press("提交核验")
    page.wait_for_url(re.compile("/worker/enrolment/"))
    page.locator("select[name=home_town]").select_option(cast.JINCHENG)
    page.locator("textarea[name=intro]").fill("做过三年保洁，手脚麻利")
    newcomer.look("enrolment")
    newcomer.press("提交登记")


def join(newcomer: Someone, agency: Someone) -> str:
    """The agency takes her on. Returns her number."""
    page = agency.page
    agency.go("/desk/workers/new/")
    page.get_by_label("手机号").fill(newcomer.number)
    page.get_by_label("姓名").fill(NAME)
    agency.look("taking-on")
    agency.press("加入本机构")
    agency.sees(NAME)
    agency.look("member")
    return page.url.rstrip("/").rpartition("/")[2]


def give_papers(newcomer: Someone, agency: Someone, number: str, folder: Path) -> None:
    """She hands in her certificate of training, signs the authorisation, and shows her face beside her card."""
    page, today = newcomer.page, local_date(clock.now())
    paper = folder / "training.png"
    paper.write_bytes(picture("PNG", (600, 400)))
    newcomer.go("/worker/papers/")
    page.locator("select[name=kind]").select_option("training")
    for field, words in {
        "title": "家政服务员培训合格证", "issuer": "临安区职业培训中心", "number": "PX20260001",
        "valid_from": f"{today - timedelta(days=40):%Y-%m-%d}", "valid_to": f"{today + timedelta(days=600):%Y-%m-%d}",
    }.items():  # fmt: skip
        page.locator(f"input[name={field}]").fill(words)
    page.locator("input[type=file]").first.set_input_files(str(paper))
    newcomer.look("training-paper")
    newcomer.press("提交，等机构核验")
    newcomer.sees("家政服务员培训合格证")
    agency.go(f"/desk/workers/{number}/")
    agency.sees("家政服务员培训合格证")
    agency.look("papers-to-verify")


def apply_for(newcomer: Someone) -> None:
    newcomer.go("/code/application/")
    newcomer.look("begin-application")
    newcomer.press("开始申领")
    newcomer.page.locator("input[name=declared]").check()
    newcomer.look("declaration")
    newcomer.press("确认并提交")
    newcomer.sees("机构初审")
    newcomer.look("applied")


def decide(desk: Someone, newcomer: Someone, words: str) -> None:
    desk.go("/desk/code-applications/")
    desk.sees(NAME)
    desk.look("queue")
    desk.follow(NAME)
    desk.look("application")
