"""The code on the phone in each colour: read from a screenshot, followed to what all may see, seen whole by leave."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import psycopg
import pytest
import zxingcpp
from PIL import Image

from anxin.safetycode.engine.picture import INKS
from anxin.safetycode.values import Colour
from tests.journeys.conftest import House, Someone

pytestmark = pytest.mark.browser
WORDS = {Colour.GREEN: "绿码", Colour.YELLOW: "黄码", Colour.RED: "红码"}
# What has run out for each colour.
OVER: dict[Colour, tuple[str, ...]] = {
    Colour.GREEN: (), Colour.YELLOW: ("insurance",), Colour.RED: ("insurance", "health_check"),
}  # fmt: skip


@contextmanager
def run_out(house: House, kinds: tuple[str, ...]) -> Iterator[None]:
    """These papers of everybody ended yesterday; afterwards they are as they were."""
    with psycopg.connect(house.database, autocommit=True) as connection:
        kept = connection.execute(
            "SELECT id, valid_from, valid_to FROM workers_credential WHERE kind = ANY(%s)", [list(kinds)]
        ).fetchall()
        connection.execute(
            "UPDATE workers_credential SET valid_from = current_date - 400, valid_to = current_date - 2"
            " WHERE kind = ANY(%s)", [list(kinds)],
        )  # fmt: skip
        try:
            yield
        finally:
            for key, since, until in kept:
                connection.execute(
                    "UPDATE workers_credential SET valid_from = %s, valid_to = %s WHERE id = %s",
                    [since, until, key],
                )


def read(picture: bytes) -> tuple[str, tuple[int, int, int]]:
    """The one address in a screenshot, and the ink of its symbol."""
    image = Image.open(io.BytesIO(picture)).convert("RGB")
    [found] = [one for one in zxingcpp.read_barcodes(image) if "/c/" in one.text]
    corner = found.position.top_left
    ink = image.getpixel((corner.x + 3, corner.y + 3))
    assert isinstance(ink, tuple)
    return found.text, (ink[0], ink[1], ink[2])


@pytest.mark.requirement("D-3b")
def test_what_is_read_out_stays_open_while_the_code_changes(
    someone: Callable[..., Someone], running_house: House
) -> None:
    page = someone("reads-out", running_house.town.workers[1], 390, 844).go("/code/")
    page.get_by_text("扫不了？看校验串").click()
    page.evaluate(
        "document.querySelector('#code > *').dataset.old = 1;"
        "htmx.ajax('GET', '/code/live/', {target: '#code', swap: 'innerHTML'})"
    )
    page.wait_for_selector("#code > :not([data-old])")
    assert page.locator("[data-token]").is_visible()
    assert page.locator("[data-signed-text]").is_hidden()


@pytest.mark.requirement("A-6.3.2c", "D-2", "F-2")
def test_the_code_of_each_colour_is_read_from_a_screenshot(
    someone: Callable[..., Someone], running_house: House
) -> None:
    worker = someone("shows-colours", running_house.town.workers[1], 390, 844)
    reader = someone("scans-colours", running_house.town.neighbour, 390, 844)
    for colour in Colour:
        with run_out(running_house, OVER[colour]):
            worker.go("/code/")
            worker.sees(WORDS[colour])
            address, ink = read(worker.page.screenshot())
            wanted = tuple(int(INKS[colour][n : n + 2], 16) for n in (1, 3, 5))
            assert max(abs(a - b) for a, b in zip(ink, wanted, strict=True)) <= 24, (colour, ink)
            reader.page.goto(address)
            reader.sees(WORDS[colour], "咨询与维权")
            reader.look(f"scanned-{colour}")
    assert worker.told == [] and reader.told == []


@pytest.mark.requirement("D-2")
def test_who_scanned_sees_the_whole_card_once_the_worker_agrees(
    someone: Callable[..., Someone], running_house: House
) -> None:
    worker = someone("lets-look", running_house.town.workers[1], 390, 844)
    reader = someone("asks-to-look", running_house.town.neighbour, 390, 844)
    worker.go("/code/")
    address, _ink = read(worker.page.screenshot())
    reader.page.goto(address)
    reader.press("请服务员同意，查看完整证件")
    reader.sees("请服务员在手机上核对这个数字并同意")
    number = reader.page.locator(".ax-code-word strong").inner_text()
    reader.look("waits-for-the-worker")
    # By the live stream, without loading the page again.
    worker.sees("对方手机上的数字是")
    assert number in worker.page.locator("body").inner_text()
    worker.look("is-asked")
    worker.press("同意查看一次")
    reader.sees("服务员同意您查看一次")
    reader.press("查看完整证件")
    reader.sees("这一次查看已记录")
    reader.look("whole-card")
    assert worker.told == [] and reader.told == []
