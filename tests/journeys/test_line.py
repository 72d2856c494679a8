"""The whole line: four people, four screens, from a household's need to a paid and reviewed service."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest
from playwright.sync_api import Page, Route, expect

from anxin.kit.clock import local
from tests.journeys.conftest import PATIENCE_MS, House, Someone, let_time_pass
from tests.stage import picture
from tests.town import soon

pytestmark = pytest.mark.browser
OPENS, CLOSES = 6 * 60, 21 * 60 + 30


def starting(now: datetime) -> datetime:
    """The nearest start that the page offers."""
    start = soon(now)
    minute = local(start).hour * 60 + local(start).minute
    if OPENS <= minute <= CLOSES:
        return start
    day = local(start).date() + timedelta(days=1 if minute > CLOSES else 0)
    return local(start).replace(
        year=day.year, month=day.month, day=day.day, hour=6, minute=0, second=0, microsecond=0
    )


def let_the_night_pass(house: House, start: datetime) -> None:
    """At night nothing near is offered: bring the day of the visit close instead of waiting for it."""
    now = datetime.now(UTC)
    if start - now < timedelta(hours=4):
        return
    with psycopg.connect(house.database, autocommit=True) as connection:
        connection.execute(
            "UPDATE orders_visit SET starts_at = starts_at - %(d)s, ends_at = ends_at - %(d)s",
            {"d": start - now - timedelta(hours=3)},
        )


@pytest.mark.requirement(
    "A-6.3.2b", "B-7.2.3", "B-7.3.1", "B-7.3.2", "B-7.4.2", "B-7.4.3", "B-7.5.1", "B-7.5.2", "B-7.6", "B-7.7.1",
    "B-7.8.1", "B-7.8.2", "C-5.4.2", "D-3b", "A-6.5.1",
)  # fmt: skip
def test_from_a_need_to_a_reviewed_service(
    someone: Callable[..., Someone], running_house: House, tmp_path: Path
) -> None:
    customer, agency, rival, worker = people(someone, running_house)
    order = up_to_the_door(customer, agency, rival, worker, tmp_path)
    serve(worker, customer, order, tmp_path)
    pay(customer, agency, order)
    review(customer, agency, rival, order)
    for one in (customer, agency, rival, worker):
        assert one.told == [], one.name


def let_earlier_visits_be_over(house: House) -> None:
    """Another journey in this house took the worker's time: it lies in the past."""
    with psycopg.connect(house.database, autocommit=True) as connection:
        connection.execute(
            "UPDATE workers_booking SET span = tstzrange(lower(span) - %(d)s, upper(span) - %(d)s),"
            " buffered = tstzrange(lower(buffered) - %(d)s, upper(buffered) - %(d)s)",
            {"d": timedelta(days=7)},
        )


def people(someone: Callable[..., Someone], house: House, before: str = "") -> tuple[Someone, ...]:
    """Customer, agency, rival and worker, each before a screen of their own; `before` begins their pictures' names."""
    town = house.town
    return (
        someone(f"{before}customer", town.customer, 390, 844), someone(f"{before}agency", town.head, 1440, 900),
        someone(f"{before}rival", town.rival, 1440, 900), someone(f"{before}worker", town.workers[0], 390, 844),
    )  # fmt: skip


def up_to_the_door(customer: Someone, agency: Someone, rival: Someone, worker: Someone, folder: Path) -> str:
    """From the need to the worker let in. Returns the order's number."""
    order = ask(customer)
    grab(agency, rival, customer, order)
    choose(agency, worker, customer, order)
    sign(customer, agency, order)
    let_the_night_pass(customer.house, starting(datetime.now(UTC)))
    come(worker, customer, order, folder)
    return order


def choose_label(one: Someone, id_: str) -> None:
    """Press what is written beside a choice, as a thumb does."""
    one.page.locator(f"label[for='{id_}'], label:has([id='{id_}'])").first.click()


def ask(customer: Someone) -> str:
    """陈静 asks for two hours of cleaning, open to whoever is first. Returns the order's number."""
    page = customer.page
    customer.look("home")
    customer.go("/ask/")
    customer.look("ask")
    customer.go("/ask/0101/")
    start = local(starting(datetime.now(UTC)))
    page.locator("input[name=day]").fill(f"{start:%Y-%m-%d}")
    page.locator("select[name=start]").select_option(f"{start:%H:%M}")
    page.locator("input[name=hours]").fill("2")
    for field in page.locator("input[name^=q_][type=number], input[name^=q_][inputmode]").all():
        if not field.input_value():
            field.fill("90")
    for radio in page.locator("input[name^=q_][type=radio]").all():
        name = radio.get_attribute("name")
        if not page.locator(f"input[name={name}]:checked").count():
            choose_label(customer, str(radio.get_attribute("id")))
    page.locator("textarea[name=wishes]").fill("家里有一只猫，请随手关门")
    page.locator("button[name=do][value=price]").first.click()
    customer.sees("请谁来", "开放抢单")
    # Looks at what one agency would take, and decides otherwise.
    page.locator("#who label.ax-choice").nth(1).click()
    customer.sees("价格明细")
    page.locator("label.ax-choice", has_text="开放抢单").click()
    expect(page.get_by_text("价格明细")).to_have_count(0, timeout=PATIENCE_MS)
    customer.look("demand")
    customer.press("提交需求")
    page.wait_for_url(re.compile(r"/orders/O[^/]+/$"), timeout=PATIENCE_MS)
    customer.sees("正在等机构或服务员接单", "提交了服务需求")
    customer.look("submitted")
    return page.url.rstrip("/").rpartition("/")[2]


def grab(agency: Someone, rival: Someone, customer: Someone, order: str) -> None:
    """Both agencies see it; one is first, the other is told so. The customer's page follows by itself."""
    for one in (agency, rival):
        one.go("/hall/")
        one.sees("可抢的单", "日常保洁")
    agency.look("hall")
    agency.page.locator(f"form[action*='{order}'] button").click()
    agency.page.wait_for_url(re.compile(order))
    agency.sees("请选派服务员")
    agency.look("accepted")
    # Others may be open: of this one the rival's page takes leave by itself.
    expect(rival.page.locator(f"form[action*='{order}']")).to_have_count(0, timeout=PATIENCE_MS)
    rival.look("hall-empty")
    customer.sees("机构正在为您选派服务员")
    customer.look("accepted")


def choose(agency: Someone, worker: Someone, customer: Someone, order: str) -> None:
    """Ranked candidates with their scores; the worker sees the need in full; the customer takes the card."""
    agency.follow("去选派")
    # Who came to a green code in another journey may stand among them.
    agency.sees("人可派", "1. 王芳", "李梅", "距离近")
    agency.look("candidates")
    worker.go("/today/")
    expect(worker.page.locator(f"main a[href*='{order}']")).to_have_count(0)
    agency.press("派给 王芳")
    agency.sees("等服务员确认")
    # The worker's day was open before: it tells of the proposal by itself.
    expect(worker.page.locator(f"main .ax-next a[href*='{order}']")).to_be_visible(timeout=PATIENCE_MS)
    worker.look("today")
    worker.go(f"/orders/{order}/")
    worker.sees("机构派给您一单", "家里有一只猫")
    worker.look("proposal")
    worker.press("我确认接单")
    worker.sees("等客户看名片")
    customer.sees("请看看这位服务员合不合适", "王*")
    customer.look("card")
    customer.press("就选这位")
    customer.sees("请阅读并签署合同")
    customer.look("contracting")


def sign(customer: Someone, agency: Someone, order: str) -> None:
    """Read, draw, confirm by the code from the phone; the agency seals; anybody can check."""
    page = customer.page
    customer.follow("去看合同")
    customer.sees("合同要点", "合同全文")
    customer.look("contract")
    number = page.url.rstrip("/").rpartition("/")[2]
    customer.follow("我读完了，去签名")
    customer.draw()
    let_time_pass(customer.house, "1 minute")
    customer.press("获取验证码")
    customer.sees("验证码已发送到")
    page.locator("input[name=code]").fill(customer.code("签署合同，验证码"))
    page.locator("input[name=consent]").check()
    if (box := page.locator("input[name=consent_handwriting]")).count():
        box.check()
    customer.look("signing")
    customer.press("确认签署")
    customer.sees("您已签名，等待机构盖章")
    agency.go(f"/orders/{order}/")
    agency.sees("客户已签名，请盖章")
    agency.follow("去盖章")
    agency.page.locator("input[name=confirm]").check()
    if agency.page.locator("input[name=step_up_answer]").count():
        # Signed in more than five minutes ago: the seal asks who one is, on the same page.
        agency.press("发送验证码")
        agency.sees("验证码已发送")
        agency.page.locator("input[name=step_up_answer]").fill(agency.code("确认重要操作，验证码"))
    agency.look("sealing")
    agency.press("确认盖章")
    agency.sees("合同已由双方签署")
    agency.look("sealed")
    customer.sees("合同已由双方签署")
    customer.look("signed")
    customer.go(f"/verify/{number}/")
    customer.sees(number)
    customer.look("verified")
    customer.go(f"/orders/{order}/")
    customer.sees("一切就绪，等待上门")


def come(worker: Someone, customer: Someone, order: str, folder: Path) -> None:
    """The worker phones, sets out, arrives and shows the code; the customer scans it from the screen."""
    worker.go(f"/orders/{order}/")
    worker.sees("先给客户打个电话")
    worker.look("contact")
    worker.page.locator("#note").fill("两点到，车停小区北门")
    worker.press("打过电话了")
    worker.press("我出发了")
    worker.sees("到了请点一下")
    customer.sees("服务员在路上", "服务员已出发")
    arrives_while_news_comes(worker.page)
    worker.sees("请主动出示安心码")
    worker.follow("亮出安心码")
    shown = worker.page.locator(".ax-code > img.ax-code-picture")
    shown.wait_for()
    worker.look("code")
    photo = folder / "code.png"
    customer.sees("服务员已到门口")
    customer.follow("扫码确认入户")
    customer.look("scan")
    shown.screenshot(path=photo)
    customer.page.locator("[data-scan-file]").set_input_files(str(photo))
    customer.sees("服务进行中", "客户扫码确认入户，服务开始")
    customer.look("in-service")


def arrives_while_news_comes(page: Page) -> None:
    """The phone looks for its place while the page has news: what was pressed is sent all the same."""
    # Who agreed on an earlier visit is not asked again.
    for box in page.locator("form[data-place] [data-consent] input").all():
        box.check()
    page.evaluate("() => { navigator.geolocation.getCurrentPosition = found => { window.asked = found } }")
    page.get_by_role("button", name="我到了").click()
    page.locator("[data-live-part]").dispatch_event("countdown:done")
    # Twice as long as it takes the page to fetch its part anew.
    page.wait_for_timeout(1500)
    page.evaluate("asked({coords: {latitude: 30.2337, longitude: 119.7205}})")


def opened_while_news_is_on_its_way(page: Page, summary: str) -> None:
    """Open a form just when the page fetches its live part anew: it stays open."""
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    live = page.locator("[data-live-refresh]")
    page.route(f"**{live.get_attribute('data-live-refresh')}", hold)
    page.locator("[data-live-part]").dispatch_event("countdown:done")
    for _ in range(100):
        if held:
            break
        page.wait_for_timeout(50)
    page.get_by_text(summary).click()
    with page.expect_response(held[0].request.url):
        for route in held:
            route.continue_()
    page.unroute_all()
    page.wait_for_timeout(500)
    assert page.locator("details[open]").filter(has_text=summary).count() == 1


def serve(worker: Someone, customer: Someone, order: str, folder: Path) -> None:
    """The checklist with its photo, one extra agreed on the spot, done, confirmed."""
    kitchen = folder / "kitchen.jpg"
    kitchen.write_bytes(picture("JPEG", (800, 600)))
    page = worker.page
    worker.go(f"/orders/{order}/")
    worker.sees("按清单逐项完成", "清洁厨房")
    worker.look("checklist")
    page.locator("#steps input[type=file]").set_input_files(str(kitchen))
    worker.sees("已完成 1/2")
    page.locator("#steps img").first.wait_for()
    page.locator("#steps").get_by_role("button", name="完成", exact=True).click()
    page.locator("#steps form").first.wait_for(state="detached")
    opened_while_news_is_on_its_way(page, "客户要加做一项")
    page.get_by_label("加做什么").fill("擦阳台玻璃")
    page.get_by_label("单价（元）").fill("30")
    worker.press("请客户确认")
    worker.sees("待客户答复")
    customer.sees("擦阳台玻璃")
    customer.look("extra")
    customer.press("同意", exact=True)
    customer.sees("已同意")
    worker.sees("已同意")
    worker.press("全部做完了")
    worker.sees("等客户验收")
    worker.look("done")
    customer.sees("服务已完成，请验收")
    customer.look("done")
    customer.press("验收确认")
    customer.sees("请核对账单并付款")


def pay(customer: Someone, agency: Someone, order: str) -> None:
    """The bill line by line, paid at the simulated cashier, known by its notice; an invoice for it."""
    page = customer.page
    customer.look("billed")
    customer.follow("看账单")
    customer.sees("费用明细", "擦阳台玻璃", "130.00")
    customer.look("bill")
    bill = page.url.rstrip("/").rpartition("/")[2]
    customer.press("账单没问题，去付款")
    customer.sees("在这台手机上用微信支付")
    customer.look("cashier")
    customer.press("在这台手机上用微信支付")
    customer.follow("去微信支付")
    customer.sees("模拟的微信支付")
    page.locator("button[name=how][value=pay]").click()
    if page.get_by_role("link", name="返回商户").count():
        customer.follow("返回商户")
    customer.sees("付款成功")
    customer.go(f"/bills/{bill}/result/")
    customer.look("paid")
    customer.follow("申请发票")
    page.locator("input[name=title]").fill("陈静")
    customer.look("invoice-form")
    customer.press("提交申请")
    page.wait_for_url(re.compile("/invoices/"))
    customer.look("invoice")
    agency.go("/invoices/")
    agency.sees("陈*", "130.00")
    agency.look("invoices")
    agency.page.locator("main table a").first.click()
    agency.press("开具")
    customer.comes_back_to("下载 PDF")
    customer.look("invoice-issued")
    agency.go("/bills/")
    agency.look("bills")


def review(customer: Someone, agency: Someone, rival: Someone, order: str) -> None:
    """Worker and agency are rated; both pages and the ranking say so; the order is closed."""
    page = customer.page
    customer.go(f"/orders/{order}/")
    customer.sees("说说这次服务怎么样")
    customer.follow("去评价")
    for round_ in ("worker", "agency"):
        customer.sees("提交评价")
        for name in ("content", "scope", "quality", "fee"):
            # The last star of the row, as it is seen, is the fifth.
            stars = page.locator(f".ax-rate:has(input[name={name}]) label")
            last = max(stars.all(), key=lambda star: (star.bounding_box() or {"x": 0.0})["x"])
            last.click()
            assert page.locator(f"input[name={name}][value='5']").is_checked()
        page.locator("textarea[name=words]").fill("擦得很干净，人也和气")
        customer.look(f"review-{round_}")
        customer.press("提交评价")
    page.wait_for_url(re.compile(rf"/orders/{order}/$"))
    customer.sees("这张订单已结束")
    customer.look("closed")
    agency.go("/desk/reviews/")
    agency.sees("擦得很干净")
    agency.look("reviews")
    agency.go(f"/orders/{order}/")
    agency.sees("订单已结束")
    agency.look("closed")
    rival.go(f"/agencies/{customer.house.town.agency_number}/")
    rival.sees("擦得很干净")
    rival.look("agency")
    answer = rival.page.goto(f"{customer.house.origin}/orders/{order}/")
    assert answer is not None and answer.status == 404
