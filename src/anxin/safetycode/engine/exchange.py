"""Files in which background checks are asked for and answered: lines of fields, with a trailer that closes them. Plain.

    H|ANXIN-BG-REQUEST|1|<batch>|<day>              H|ANXIN-BG-ANSWER|1|<batch>|<day>
    R|<row>|<number>|<name>|<identity number>       A|<row>|<number>|<result>|<day>|<authority>|<reference>|<until>
    T|<rows>|<SHA-256 of all before>|<HMAC-SHA256 of all before, by the shared key>

UTF-8, every line ends with a line feed. A line with more fields than these is refused: there is no place to say why.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from anxin.safetycode.values.checks import AUTHORITIES, REFERENCE_NO, CheckAnswer, CheckResult, LineFault

REQUEST, ANSWER, VERSION = "ANXIN-BG-REQUEST", "ANXIN-BG-ANSWER", "1"
MOST_BYTES = 4 * 1024 * 1024
DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)


class Broken(StrEnum):
    """Why a file as a whole is not to be trusted."""

    SHAPE = "shape"
    ROWS = "rows"
    DIGEST = "digest"
    SIGNATURE = "signature"


class FileBroken(ValueError):
    """The file is damaged or not from whom it says."""

    def __init__(self, why: Broken) -> None:
        super().__init__(str(why))
        self.why = why


@dataclass(frozen=True)
class Answers:
    """An answer file, read: its batch; by number of the question its line in the file and what that says; and which
    lines say nothing."""

    batch: str
    digest: str
    found: Mapping[str, tuple[int, CheckAnswer]]
    faults: Sequence[tuple[int, LineFault]]


def write_requests(batch: str, day: date, rows: Iterable[tuple[str, str, str]], key: bytes) -> bytes:
    """`rows`: number, name, identity number."""
    lines = [f"R|{at}|{number}|{_plain(name)}|{card}" for at, (number, name, card) in enumerate(rows, 1)]
    return _closed([f"H|{REQUEST}|{VERSION}|{batch}|{day.isoformat()}", *lines], key)


def write_answers(batch: str, day: date, rows: Iterable[tuple[str, CheckAnswer]], key: bytes) -> bytes:
    lines = [
        f"A|{at}|{number}|{one.result}|{one.checked_on.isoformat()}|{one.authority}|{one.reference_no}|"
        f"{one.valid_until.isoformat() if one.valid_until else ''}"
        for at, (number, one) in enumerate(rows, 1)
    ]
    return _closed([f"H|{ANSWER}|{VERSION}|{batch}|{day.isoformat()}", *lines], key)


def read_requests(content: bytes, key: bytes) -> tuple[str, list[tuple[str, str, str]]]:
    """The other side's reading. Raises FileBroken."""
    batch, lines = _opened(content, REQUEST, key)
    rows = [line.split("|") for line in lines]
    if any(len(row) != 5 or row[0] != "R" for row in rows):
        raise FileBroken(Broken.SHAPE)
    return batch, [(row[2], row[3], row[4]) for row in rows]


def read_answers(content: bytes, key: bytes) -> Answers:
    """What a file answers. Raises FileBroken for the file; what is wrong with a line is told by its number in it."""
    batch, lines = _opened(content, ANSWER, key)
    found: dict[str, tuple[int, CheckAnswer]] = {}
    faults: list[tuple[int, LineFault]] = []
    for at, line in enumerate(lines, 1):
        told = _line(line, at)
        if isinstance(told, LineFault):
            faults.append((at + 1, told))
        elif told[0] in found:
            faults.append((at + 1, LineFault.TWICE))
        else:
            found[told[0]] = at + 1, told[1]
    return Answers(batch, hashlib.sha256(content).hexdigest(), found, faults)


def _line(line: str, at: int) -> tuple[str, CheckAnswer] | LineFault:
    fields = line.split("|")
    if len(fields) != 8 or fields[0] != "A":
        return LineFault.SHAPE
    _kind, row, number, result, checked, authority, reference, until = fields
    if row != str(at):
        return LineFault.ORDER
    if result not in (CheckResult.PASS, CheckResult.FAIL, CheckResult.UNVERIFIABLE):
        return LineFault.RESULT
    days = _day(checked), _day(until)
    if days[0] is None or (until and days[1] is None) or bool(until) != (result == CheckResult.PASS):
        return LineFault.DAY
    if days[1] and days[1] < days[0]:
        return LineFault.DAY
    if authority not in AUTHORITIES:
        return LineFault.AUTHORITY
    if not re.match(REFERENCE_NO, reference, re.ASCII) or reference.endswith("\n"):
        return LineFault.REFERENCE
    return number, CheckAnswer(CheckResult(result), days[0], authority, reference, days[1])


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if DAY.fullmatch(text) else None
    except ValueError:
        return None


def _plain(text: str) -> str:
    return re.sub(r"[|\r\n]", " ", text)


def _closed(lines: Sequence[str], key: bytes) -> bytes:
    body = "".join(f"{line}\n" for line in lines).encode()
    digest, signed = hashlib.sha256(body).hexdigest(), hmac.new(key, body, hashlib.sha256).hexdigest()
    return body + f"T|{len(lines) - 1}|{digest}|{signed}\n".encode()


def _opened(content: bytes, kind: str, key: bytes) -> tuple[str, list[str]]:
    if not content.endswith(b"\n") or len(content) > MOST_BYTES:
        raise FileBroken(Broken.SHAPE)
    body, _newline, last = content[:-1].rpartition(b"\n")
    body += b"\n"
    trailer = last.decode("utf-8", "replace").split("|")
    if len(trailer) != 4 or trailer[0] != "T":
        raise FileBroken(Broken.SHAPE)
    if not hmac.compare_digest(hashlib.sha256(body).hexdigest().encode(), trailer[2].encode()):
        raise FileBroken(Broken.DIGEST)
    if not hmac.compare_digest(hmac.new(key, body, hashlib.sha256).hexdigest().encode(), trailer[3].encode()):
        raise FileBroken(Broken.SIGNATURE)
    try:
        lines = body.decode().split("\n")[:-1]
    except UnicodeDecodeError as error:
        raise FileBroken(Broken.SHAPE) from error
    head = lines[0].split("|")
    if head[:3] != ["H", kind, VERSION] or len(head) != 5:
        raise FileBroken(Broken.SHAPE)
    if trailer[1] != str(len(lines) - 1):
        raise FileBroken(Broken.ROWS)
    return head[3], lines[1:]
