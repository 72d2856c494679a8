"""A scanner on the loopback that speaks clamd's protocol and knows one virus: the EICAR test file.

It runs beside the other simulators when ANXIN_SCANNER_URL names the port after theirs; tests start their own.
"""

from __future__ import annotations

import socketserver
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from starlette.routing import BaseRoute

PREFIX = "/scanner"
routes: list[BaseRoute] = []
# In two parts, so that no scanner finds this very file.
EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
MOST = 30 * 1024 * 1024


class _Session(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        if self.rfile.read(10) != b"zINSTREAM\0":
            self.wfile.write(b"UNKNOWN COMMAND\0")
            return
        seen = bytearray()
        while size := struct.unpack("!I", self.rfile.read(4).rjust(4, b"\0"))[0]:
            if len(seen) + size > MOST:
                self.wfile.write(b"INSTREAM size limit exceeded. ERROR\0")
                return
            seen += self.rfile.read(size)
        self.wfile.write(b"stream: Eicar-Test-Signature FOUND\0" if EICAR in seen else b"stream: OK\0")


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True


@contextmanager
def listening(port: int = 0) -> Iterator[str]:
    """The scanner in a thread of its own; gives its address, `tcp://127.0.0.1:port`."""
    with _Server(("127.0.0.1", port), _Session) as server:
        # It looks so often whether it is to stop.
        told = {"poll_interval": 0.02}
        threading.Thread(
            target=server.serve_forever, kwargs=told, name="clamd-simulator", daemon=True
        ).start()
        try:
            yield f"tcp://127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()
