"""A signed code is checked in a phone whose network is cut: true, changed, run out, called back, and not ours."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import psycopg
import pytest

from tests.journeys.conftest import House, Someone

pytestmark = pytest.mark.browser


def outcome(reader: Someone, text: str) -> str:
    """What the page makes of a text that was typed or scanned."""
    page = reader.page
    page.locator("[data-result]").evaluate("place => { place.dataset.shown = '' }")
    page.locator("#typed").fill(text)
    page.get_by_role("button", name="核对").click()
    page.locator("[data-result]:not([data-shown=''])").wait_for()
    return str(page.locator("[data-result]").get_attribute("data-shown"))


@pytest.mark.requirement("D-1", "F-2")
def test_a_code_is_checked_with_the_network_cut(
    someone: Callable[..., Someone], running_house: House
) -> None:
    town = running_house.town
    worker = someone("shows-code", town.workers[0], 390, 844)
    reader = someone("checks-code", town.customer, 390, 844)
    worker.go("/code/")
    worker.page.locator("[data-signed] summary").click()
    worker.look("signed-code")
    text = worker.page.locator("[data-signed-text]").text_content() or ""

    reader.go("/check/offline/")
    reader.page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    reader.sees("公钥和名单取于")
    reader.look("check-offline")
    reader.page.context.set_offline(True)
    reader.page.reload()
    reader.sees("公钥和名单取于")

    assert outcome(reader, text) == "green"
    reader.sees("ZJ-")
    reader.look("checked-green")
    place = len(text) - 20
    changed = text[:place] + ("0" if text[place] != "0" else "1") + text[place + 1 :]
    assert outcome(reader, changed) == "forged"
    reader.look("checked-forged")
    assert outcome(reader, text[:-3]) == "unreadable"
    assert outcome(reader, "https://anxin.example.org/c/x/") == "unreadable"

    # The phone's own clock: long after the last day, and long before the signature.
    said_at = datetime.now(UTC)
    for jump, found in ((timedelta(days=800), "over"), (timedelta(days=-2), "ahead")):
        clock = int((said_at + jump).timestamp() * 1000)
        reader.page.evaluate(f"() => {{ window.realNow = Date.now; Date.now = () => {clock}; }}")
        assert outcome(reader, text) == found
        reader.page.evaluate("() => { Date.now = window.realNow; }")

    # Revoked while the phone was away: it learns of it with the next list, and keeps it when the network goes again.
    with psycopg.connect(running_house.database) as connection:
        connection.execute("UPDATE safetycode_safetycode SET state = 'revoked'")
    reader.page.context.set_offline(False)
    try:
        # A list is made at most once a minute.
        for _ in range(80):
            reader.press("联网更新")
            reader.page.wait_for_timeout(1000)
            if outcome(reader, text) == "changed":
                break
        else:
            pytest.fail("the phone never learnt that the code was revoked")
        reader.page.context.set_offline(True)
        reader.page.reload()
        reader.sees("公钥和名单取于")
        assert outcome(reader, text) == "changed"
        reader.look("checked-revoked")
        reader.page.context.set_offline(False)
    finally:
        with psycopg.connect(running_house.database) as connection:
            connection.execute("UPDATE safetycode_safetycode SET state = 'issued'")
    assert worker.told == [] and [t for t in reader.told if "ERR_INTERNET" not in t] == []
