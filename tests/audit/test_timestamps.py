"""An authority outside says when an anchor was there: by RFC 3161 over HTTP, judged offline, off by default."""

from __future__ import annotations

import io
import json
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from django.core.management import CommandError, call_command

from anxin.audit.actions import seals
from anxin.audit.adapters import anchors, timestamps, tsa_simulator
from anxin.audit.models import Seal
from anxin.audit.public import NoStamp, anchor, stamp, verify
from anxin.audit.tasks import stamp as hourly
from tests.audit.test_trail import outside, sealed
from tests.simulators import simulator_url

__all__ = ["outside", "sealed", "simulator_url"]
pytestmark = pytest.mark.requirement("A-7.4.3")


@pytest.fixture
def authority(simulator_url: str, outside: Path, settings: Any) -> str:
    """The simulator is the authority, and its root is trusted."""
    settings.ANXIN_TIMESTAMP_URL = f"{simulator_url}/tsa/"
    roots = outside / "tsa-roots.pem"
    roots.write_bytes(httpx.get(f"{simulator_url}/tsa/root.pem", trust_env=False).content)
    settings.ANXIN_TIMESTAMP_ROOTS = str(roots)
    return settings.ANXIN_TIMESTAMP_URL


def change_stamps(edit: Any) -> None:
    file = anchors.folder() / anchors.STAMPS
    file.write_text(
        "".join(json.dumps(edit(json.loads(line))) + "\n" for line in file.read_text().splitlines())
    )


def test_the_newest_anchor_is_stamped_once_and_verified_without_asking(sealed, authority, settings):
    anchor()
    newest = Seal.objects.order_by("-id").values_list("id", flat=True).first()
    assert (stamp(), stamp()) == (newest, 0)
    settings.ANXIN_TIMESTAMP_URL = ""
    assert verify()[2] == []
    out = io.StringIO()
    call_command("audit", "verify", stdout=out)
    assert "1 time-stamps" in out.getvalue()
    proved = timestamps.judge(anchors.stamps()[0][1], anchors.line(list(anchors.read())[-1]))
    assert abs(proved.at - datetime.now(UTC)) < timedelta(minutes=1)
    assert proved.authority == "模拟时间戳服务"


def test_it_is_off_by_default(sealed, settings):
    anchor()
    assert settings.ANXIN_TIMESTAMP_URL == ""
    assert stamp() == 0 and anchors.stamps() == []


def test_a_stamp_over_something_else_is_found(sealed, authority):
    anchor()
    stamp()
    file = next(anchors.folder().glob("seals-*.jsonl"))
    file.write_text(file.read_text().replace('"count":', '"count": '))
    assert verify()[2] == []  # The same anchor, written with a blank.
    first = next(anchors.read())["seal"]
    change_stamps(lambda one: one | {"seal": first})
    assert verify()[2] == [f"time-stamp of seal {first}: the token is of something else"]
    change_stamps(lambda one: one | {"seal": 999})
    assert verify()[2] == ["time-stamp of seal 999: there is no such anchor"]


@pytest.mark.parametrize("part", ["imprint", "time", "signature"])
def test_a_forged_token_is_no_token(sealed, authority, part):
    """Whatever the authority signed, or the signature itself."""
    anchor()
    number = stamp()
    over = sha256(anchors.line(list(anchors.read())[-1])).digest()
    year = str(datetime.now(UTC).year).encode()

    def forged(one: dict[str, Any]) -> dict[str, Any]:
        import base64

        token = bytearray(base64.b64decode(one["token"]))
        at = {"imprint": token.find(over), "time": token.find(year) + 3, "signature": len(token) - 20}[part]
        assert at > 0
        token[at] ^= 1
        return one | {"token": base64.b64encode(bytes(token)).decode()}

    change_stamps(forged)
    faults = verify()[2]
    assert len(faults) == 1 and faults[0].startswith(f"time-stamp of seal {number}: the token")


def test_a_token_of_an_authority_nobody_trusts_is_refused_and_not_kept(sealed, authority, settings, outside):
    anchor()
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    other = outside / "other.pem"
    other.write_bytes(tsa_simulator.certificate("别人", "别人", key, key, ca=True))
    for roots, told in (
        (str(other), "leads to none"),
        ("", "names no file"),
        (str(outside), "names no file"),
    ):
        settings.ANXIN_TIMESTAMP_ROOTS = roots
        with pytest.raises(NoStamp, match=told):
            stamp()
    assert anchors.stamps() == []


def test_a_stamp_older_than_what_it_is_over_is_found(sealed, authority, settings):
    anchor()
    settings.ANXIN_TIMESTAMP_URL = f"{authority}?offset=-99999999"
    number = stamp()
    newest = list(anchors.read())[-1]
    stamped_at = timestamps.judge(anchors.stamps()[0][1], anchors.line(newest)).at
    older = stamped_at < datetime.fromisoformat(newest["at"])
    faults = [f"time-stamp of seal {number}: it is older than what it is over"] if older else []
    assert verify()[2] == faults and older


def test_an_authority_that_refuses_or_is_away_stops_nothing(sealed, authority, settings, caplog):
    anchor()
    settings.ANXIN_TIMESTAMP_URL = f"{authority}?refuse=1"
    with pytest.raises(NoStamp, match="gave no token"):
        stamp()
    settings.ANXIN_TIMESTAMP_URL = "http://127.0.0.1:9/"
    hourly(at=datetime.now(UTC))
    assert "does not answer" in caplog.text
    with pytest.raises(CommandError, match="does not answer"):
        call_command("audit", "stamp")
    assert verify()[2] == [] and anchors.stamps() == []


def test_an_answer_that_is_no_token_is_refused(sealed, authority, monkeypatch):
    anchor()
    for body in (b"", b"\x30\x00", b"<html>", b"\x30\x82\xff\xff" + b"x" * 50):
        transport = httpx.MockTransport(lambda request, body=body: httpx.Response(200, content=body))
        monkeypatch.setattr(
            timestamps.outbound,
            "client",
            lambda timeout, transport=transport: httpx.Client(transport=transport),
        )
        with pytest.raises(NoStamp):
            seals.stamp()
    assert anchors.stamps() == []
