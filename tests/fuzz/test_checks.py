"""What is said to us of a worker: by the authority of background checks, on the wire and in its files, and by whoever
compares faces. And the digits of a signature, which we read faster than the library does."""

from __future__ import annotations

import io
import json
from datetime import date
from typing import Any

import httpx
from hypothesis import given
from hypothesis import strategies as st

from anxin.contracts.engine import mended
from anxin.safetycode.adapters import background, face
from anxin.safetycode.engine import exchange
from anxin.safetycode.values.checks import CheckResult
from tests.cast import NOON, id_number
from tests.fuzz.register import examples, fuzzes
from tests.fuzz.test_channels import ANY_BODY, STATUS, STRANGE, partner
from tests.fuzz.test_files import broken

__all__ = ["partner"]
KEY = bytes(range(32))
DAY = date(2026, 3, 18)
ANSWERED = background.CheckAnswer(CheckResult.PASS, DAY, "MPS", "BJ-2026000001", DAY)


def said(partner: list[httpx.Response], body: bytes, status: int) -> None:
    partner[:] = [httpx.Response(status, content=body, request=httpx.Request("POST", "http://127.0.0.1/"))]


@fuzzes("safetycode.adapters.background._call")
def test_what_the_authority_of_background_checks_answers(partner: list[httpx.Response]) -> None:
    told = st.fixed_dictionaries(
        {"result": st.one_of(st.sampled_from([str(one) for one in CheckResult]), STRANGE)},
        optional=dict.fromkeys(("checked_on", "authority", "reference_no", "valid_until"), STRANGE),
    )

    @examples
    @given(st.one_of(ANY_BODY, told.map(lambda one: json.dumps(one).encode())), STATUS)
    def drive(body: bytes, status: int) -> None:
        said(partner, body, status)
        try:
            found = background.ask(number="B1", name="陈静", id_number=id_number(1), at=NOON)
        except background.AuthoritySilent:
            return
        assert status < 300
        assert found is None or found.result in CheckResult

    drive()


@fuzzes("safetycode.adapters.face.compare")
def test_what_the_comparer_of_faces_answers(partner: list[httpx.Response]) -> None:
    told = st.fixed_dictionaries(
        {"score": st.one_of(st.integers(-1, 101), STRANGE)},
        optional=dict.fromkeys(("provider", "request_id"), STRANGE),
    )

    @examples
    @given(st.one_of(ANY_BODY, told.map(lambda one: json.dumps(one).encode())), STATUS)
    def drive(body: bytes, status: int) -> None:
        said(partner, body, status)
        try:
            found = face.compare(name="陈静", id_number=id_number(1), picture=b"\xff\xd8", at=NOON)
        except face.Unavailable:
            return
        assert status < 300
        assert found.score is None or 0 <= found.score <= 100

    drive()


@fuzzes("safetycode.engine.exchange._day")
@examples
@given(st.data())
def test_a_file_of_the_authority(data: st.DataObject) -> None:
    """A line with strange fields in a file that bears the right mark, and a file of any bytes."""
    day = data.draw(st.one_of(st.just("2026-03-18"), st.text(max_size=12)))
    line = f"A|1|B1|pass|{day}|{ANSWERED.authority}|{ANSWERED.reference_no}|{day}".replace("\n", " ")
    whole = exchange.write_answers("B-1", DAY, [("B1", ANSWERED)], KEY)
    marked = exchange._closed([whole.decode().split("\n")[0], line], KEY)
    try:
        found = exchange.read_answers(data.draw(st.one_of(st.just(marked), broken(whole, marked))), KEY)
    except exchange.FileBroken:
        return
    assert found.batch == "B-1"


@fuzzes("contracts.engine.mended.read_hex_string")
@examples
@given(st.one_of(st.binary(max_size=60), st.text("0123456789abcdefABCDEF >%\n", max_size=60).map(str.encode)))
def test_the_digits_of_a_signature_are_read_as_the_library_reads_them(digits: bytes) -> None:
    data = b"<" + digits
    assert outcome(mended.read_hex_string, data) == outcome(mended._read_slowly, data)


def outcome(read: Any, data: bytes) -> Any:
    """What was read and where the reading ended; or that it was refused."""
    stream = io.BytesIO(data)
    try:
        found = read(stream)
    except Exception as error:  # noqa: BLE001 - whatever it is, it must be the same
        return type(error)
    return found, stream.tell()
