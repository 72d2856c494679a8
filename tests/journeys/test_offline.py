"""A worker goes on where there is no signal: the steps wait on the phone, and each arrives exactly once."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest

from tests.journeys.conftest import House, Someone
from tests.journeys.test_line import let_earlier_visits_be_over, people, up_to_the_door
from tests.stage import picture

pytestmark = pytest.mark.browser


def rows(house: House, query: str, *values: object) -> list[tuple[object, ...]]:
    with psycopg.connect(house.database) as connection:
        return connection.execute(query.encode(), values).fetchall()


def history(house: House, order: str, state: str) -> int:
    return len(
        rows(
            house,
            "SELECT h.id FROM orders_visithistory h JOIN orders_visit v ON v.id = h.row_id"
            " JOIN orders_order o ON o.id = v.order_id WHERE o.number = %s AND h.to_state = %s",
            order,
            state,
        )
    )


def steps_done(house: House, order: str) -> int:
    query = (
        "SELECT s.id FROM orders_step s JOIN orders_visit v ON v.id = s.visit_id"
        " JOIN orders_order o ON o.id = v.order_id WHERE o.number = %s AND s.done_at IS NOT NULL"
    )
    return len(rows(house, query, order))


@pytest.mark.requirement("B-7.6")
def test_steps_without_a_network_wait_and_arrive_exactly_once(
    someone: Callable[..., Someone], running_house: House, tmp_path: Path
) -> None:
    let_earlier_visits_be_over(running_house)
    customer, agency, rival, worker = people(someone, running_house, "offline-")
    order = up_to_the_door(customer, agency, rival, worker, tmp_path)

    page, path = worker.page, f"/orders/{order}/"
    worker.go(path)
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    worker.go(path)
    worker.sees("按清单逐项完成")
    network = page.context
    refused_at_once(worker, order)
    refused_without_loss(worker, order)
    kitchen = tmp_path / "kitchen.jpg"
    kitchen.write_bytes(picture("JPEG", (800, 600)))
    page.locator("#steps input[type=file]").set_input_files(str(kitchen))
    worker.sees("已完成 1/2")

    network.set_offline(True)
    page.locator("#steps").get_by_role("button", name="完成", exact=True).click()
    worker.sees("1 步等待发送")
    page.locator("#finish-note").fill("钥匙放在鞋柜上")
    worker.press("全部做完了")
    worker.sees("2 步等待发送")
    assert history(running_house, order, "done") == 0

    # The day's card is still there, with what waits on it; another page is not.
    page.reload()
    worker.sees("按清单逐项完成", "2 步等待发送")
    worker.go("/me/")
    worker.sees("现在连不上网络", order)
    worker.go(path)
    worker.sees("2 步等待发送")

    network.set_offline(False)
    worker.sees("等客户验收")
    page.locator("#waiting").wait_for(state="detached")
    assert history(running_house, order, "done") == 1
    assert steps_done(running_house, order) == 2
    customer.sees("服务已完成，请验收")


def refused_at_once(worker: Someone, order: str) -> None:
    """With a network a refusal is told to who pressed: nothing waits, and what was typed stands in the form."""
    page = worker.page
    page.locator("#finish-note").fill("厨房还没拍")
    worker.press("全部做完了")
    page.locator("#toasts .ax-toast-bad").wait_for()
    assert page.locator("#finish-note").input_value() == "厨房还没拍"
    assert page.locator("#waiting").count() == 0
    assert history(worker.house, order, "done") == 0
    page.locator("#toasts .ax-toast-bad button").click()


def refused_without_loss(worker: Someone, order: str) -> None:
    """What the house refuses later is told with what was typed, and leaves when its owner says so."""
    page = worker.page
    page.context.set_offline(True)
    page.locator("#finish-note").fill("还有厨房没拍照")
    worker.press("全部做完了")
    worker.sees("1 步等待发送")
    page.context.set_offline(False)
    worker.sees("有一步没有办成", "还有厨房没拍照")
    assert history(worker.house, order, "done") == 0
    worker.press("不再发送")
    page.locator("#waiting").wait_for(state="detached")
    worker.sees("按清单逐项完成")
