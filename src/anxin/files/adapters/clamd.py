"""The virus scanner: clamd's INSTREAM command over a socket.

    zINSTREAM\\0  ⟨length, 4 bytes, network order⟩⟨bytes⟩ …  ⟨0000⟩   →   stream: OK\\0 | stream: Eicar-Test FOUND\\0

ANXIN_SCANNER_URL names it, `tcp://host:port`; without one nothing is scanned.
"""

from __future__ import annotations

import socket
import struct

from django.conf import settings

from anxin.kit import outbound

PIECE = 64 * 1024
TIMEOUT_S = 10.0
LONGEST_ANSWER = 4096


class ScannerDown(Exception):
    """The scanner did not answer, or not in its own words."""


def in_use() -> bool:
    """Whether uploads are scanned at all."""
    return bool(settings.ANXIN_SCANNER_URL)


def scan(content: bytes) -> str:
    """The name of what was found, "" for nothing. Raises ScannerDown."""
    try:
        with outbound.connect(settings.ANXIN_SCANNER_URL, timeout=TIMEOUT_S) as link:
            link.sendall(b"zINSTREAM\0")
            for start in range(0, len(content), PIECE):
                piece = content[start : start + PIECE]
                link.sendall(struct.pack("!I", len(piece)) + piece)
            link.sendall(struct.pack("!I", 0))
            said = _answer(link)
    except OSError as error:
        raise ScannerDown(type(error).__name__) from error
    if said == "stream: OK":
        return ""
    if said.startswith("stream: ") and said.endswith(" FOUND"):
        return said[8:-6][:100]
    raise ScannerDown(said[:100] or "no answer")


def _answer(link: socket.socket) -> str:
    heard = b""
    while not heard.endswith(b"\0") and len(heard) < LONGEST_ANSWER:
        more = link.recv(1024)
        if not more:
            break
        heard += more
    return heard.rstrip(b"\0\r\n").decode("utf-8", "replace")
