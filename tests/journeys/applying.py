"""What a stranger and the offices do, step by step, until there is a safety code."""

from __future__ import annotations

import re
from base64 import b32decode
from datetime import date, timedelta
from pathlib import Path

import psycopg

from anxin.accounts.rules.factors import code_at
from anxin.catalogue.values import HealthTier
from anxin.kit import clock
from anxin.kit.clock import local_date
from anxin.safetycode.engine import shapes
from tests import cast
from tests.journeys.conftest import House, Someone, let_time_pass
from tests.stage import picture

NAME, SEQUENCE = "何春燕", 71
IDENTITY = cast.id_number(SEQUENCE, birth=date(1986, 4, 9))
APPLICATIONS = "/desk/code-applications/"


def policy(serial: int) -> str:
    """The number of the agency's first, second … policy for her."""
    return f"PEAC{SEQUENCE:06d}{serial:02d}"


def register(newcomer: Someone) -> None:
    """Real name, then the trade: who is let into a home is known."""
    page = newcomer.page
    newcomer.go("/worker/enrolment/")
    newcomer.sees("先完成实名核验")
    newcomer.follow("去实名核验")
    page.get_by_label("姓名").fill(NAME)
    page.get_by_label("身份证号").first.fill(IDENTITY)
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


def train(newcomer: Someone, agency: Someone, folder: Path) -> None:
    """She hands in her certificate of training, the agency looks at the original."""
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
    agency.go("/desk/workers/papers/")
    agency.sees("家政服务员培训合格证")
    agency.look("papers-to-verify")
    row = agency.page.locator("tr", has_text=NAME)
    row.locator("summary", has_text="核验").click()
    row.get_by_role("button", name="核验通过").click()
    agency.page.locator("tr", has_text=NAME).wait_for(state="detached")


def authorise(newcomer: Someone) -> None:
    """The credit-information authorisation: item by item, drawn, confirmed by the code from her phone."""
    page = newcomer.page
    newcomer.go("/worker/authorisation/signature/")
    newcomer.sees("家政服务员信用信息授权书")
    for box in page.locator("input[name=items]").all():
        box.check()
    for box in page.locator("input[type=checkbox][name^=consent_]").all():
        box.check()
    newcomer.draw()
    let_time_pass(newcomer.house, "1 minute")
    newcomer.press("获取验证码")
    newcomer.sees("验证码已发送到")
    page.locator("input[name=code]").fill(newcomer.code("授权书"))
    newcomer.look("authorisation")
    newcomer.press("签署授权书")
    newcomer.sees("授权给")
    newcomer.look("authorised")


def be_compared_and_checked(newcomer: Someone, folder: Path) -> None:
    """Her face beside her card, and the question to the authority: of both only the conclusion is kept."""
    page, face = newcomer.page, folder / "face.png"
    face.write_bytes(shapes.drawn(IDENTITY))
    newcomer.go("/worker/checks/")
    newcomer.look("checks")
    form = page.locator("form", has=page.locator("input[type=file]"))
    form.locator("input[name^=consent_]").check()
    form.locator("input[type=file]").set_input_files(str(face))
    newcomer.press("比对一次")
    newcomer.sees("分")
    newcomer.look("compared")
    for box in page.locator("form", has_text="申请背景核查").locator("input[name^=consent_]").all():
        box.check()
    newcomer.press("申请背景核查")
    newcomer.comes_back_to("通过")
    newcomer.look("checked")


def apply_for(newcomer: Someone) -> None:
    page = newcomer.page
    newcomer.go("/code/application/")
    newcomer.look("begin-application")
    newcomer.press("开始申领")
    page.locator("input[name=declared]").check()
    newcomer.look("declaration")
    newcomer.press("确认并提交")
    newcomer.sees("机构初审")
    newcomer.look("applied")


def forward(desk: Someone, words: str) -> None:
    """The desk finds her application in its queue, reads it, and lets it go on."""
    page = desk.page
    desk.go(APPLICATIONS)
    desk.sees(NAME)
    desk.look("queue")
    desk.follow(NAME)
    desk.sees("发码条件")
    desk.look("application")
    page.locator("label", has_text=words).first.click()
    desk.press("确定")
    page.locator(".ax-toast, [role=status], .alert").first.wait_for()
    desk.look("decided")


def be_examined(newcomer: Someone, clinic: Someone) -> None:
    """The clinic offers a session, she books it, comes, and only the conclusion is written down."""
    page, today = clinic.page, local_date(clock.now())
    clinic.go("/desk/exams/slots/")
    for field, words in {
        "day": f"{today + timedelta(days=1):%Y-%m-%d}", "since": "08:00", "until": "09:30", "capacity": "5",
        "place": "衣锦街 548 号 2 楼",
    }.items():  # fmt: skip
        page.locator(f"[name={field}]").fill(words)
    page.locator("select[name=tier]").select_option(str(int(HealthTier.HOME)))
    clinic.press("开放预约")
    clinic.sees("号源已开放")
    clinic.look("slots")
    newcomer.go("/worker/exams/")
    newcomer.look("sessions")
    for box in newcomer.page.locator("input[name^=consent_]").all():
        box.check()
    newcomer.press("约这场")
    newcomer.sees("预约单")
    newcomer.look("booked")
    let_the_session_come(newcomer.house)
    clinic.go("/desk/exams/")
    clinic.sees(NAME)
    clinic.press("登记到检")
    clinic.follow("登记结论")
    page.locator("[name=report_no]").fill(f"TJ20260320{SEQUENCE:05d}")
    clinic.look("conclusion")
    clinic.press("登记结论")
    clinic.sees("结论已登记")
    clinic.look("day")


def let_the_session_come(house: House) -> None:
    """Tomorrow's session is today's."""
    with psycopg.connect(house.database, autocommit=True) as connection:
        connection.execute(
            "UPDATE safetycode_examslot SET starts_at = starts_at - %(d)s, ends_at = ends_at - %(d)s",
            {"d": timedelta(days=1)},
        )


def be_insured(agency: Someone, insurer: Someone, number: str, folder: Path, serial: int = 1) -> None:
    """The agency files the policy and its roster, the insurer confirms it."""
    page, today = agency.page, local_date(clock.now())
    agency.go("/desk/policies/filing/")
    for field, words in {
        "insurer_name": "示例财产保险公司", "number": policy(serial), "valid_from": f"{today:%Y-%m-%d}",
        "valid_to": f"{today + timedelta(days=364):%Y-%m-%d}",
    }.items():  # fmt: skip
        page.locator(f"input[name={field}]").fill(words)
    page.locator("select[name=occupation_class]").select_option("3")
    for field in page.locator("input[name^=limit_]").all():
        field.fill("500000")
    agency.look("filing")
    agency.press("报备，下一步上传名单")
    agency.sees("名单还是空的")
    roster = folder / "roster.csv"
    roster.write_text(f"姓名,服务员编号,身份证号码\n{NAME},{number},\n", encoding="utf-8-sig")
    page.locator("input[type=file]").set_input_files(str(roster))
    agency.press("核对名单")
    agency.sees("每一行都对上了")
    agency.look("roster")
    agency.press("加入这 1 人")
    agency.sees("待确认")
    agency.look("policy")
    insurer.go("/desk/policies/")
    insurer.look("policies")
    insurer.follow(policy(serial))
    insurer.press("确认")
    insurer.sees("承保中")
    insurer.look("confirmed")


def show_second_factor(one: Someone) -> None:
    """Whoever speaks for an office binds an authenticator app before they take up the post."""
    page = one.page
    one.go("/me/security/totp/")
    shown = page.locator("code.num").inner_text().replace(" ", "")
    secret = b32decode(shown + "=" * (-len(shown) % 8))
    page.locator("input[name=code]").fill(code_at(secret, clock.now()))
    one.press("完成绑定")
    one.sees("恢复码")
    one.look("recovery-codes")
    one.go("/me/")
    one.press("切换到此岗位")
    one.look("in-office")
