"""Scans of safety codes by programs, beside nginx's constant answer, bare ASGI and Django's views, by turns in one run.

Counting, limits and every check of a token included; half of the tokens rotate, half are printed. Then: how long after
the commit of a changed fact the new colour is seen, at rest and under load.

It wants `wrk`, and `nginx` where that is installed (Debian: apt install wrk nginx-light).

usage: python -m benchmarks.scans [codes, 2000] [rounds, 5] [seconds, 2]
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

if not __package__:
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks import _ground as ground

if __name__ == "__main__":
    ground.own_database("scans")

from anxin.kit import clock
from anxin.kit.actor import SYSTEM
from anxin.safetycode import public as safetycode
from anxin.safetycode.models import LookCount, SafetyCode
from anxin.safetycode.queries.tokens import display_token, printed_token

CONNECTIONS = 32
CHANGES = 20
LIVE, NGINX = "our service", "nginx, constant body"
BARE, BARE_RSGI = "bare ASGI under Granian, constant body", "bare RSGI under Granian, constant body"
ASYNC, SYNC = "Django under ASGI, empty async view", "Django under WSGI, empty view"
PAGE = "Django under WSGI, the whole page of a scan"
GOAL_NGINX, GOAL_ASYNC, GOAL_SEEN_MS = 0.28, 20, 1000
LUA = """
local paths, at = {{}}, 0
init = function(args)
  for line in io.lines("{paths}") do paths[#paths + 1] = wrk.format("GET", line) end
end
request = function() at = at % #paths + 1; return paths[at] end
"""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def served(command: list[str], port: int, **environment: str) -> Iterator[int]:
    """A server until the block ends."""
    process = subprocess.Popen(
        command, env={**os.environ, **environment}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        end = time.monotonic() + 60
        while time.monotonic() < end:
            try:
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
                break
            except OSError:
                time.sleep(0.1)
        else:
            raise SystemExit(f"{command} did not come up")
        yield port
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()


def peer(name: str, **environment: str) -> Any:
    port = free_port()
    return served([sys.executable, "-m", "benchmarks._scan_peers", name, str(port)], port, **environment)


def nginx(folder: Path, body: str) -> Any:
    port = free_port()
    (folder / "nginx.conf").write_text(
        f"daemon off; worker_processes 1; pid {folder}/nginx.pid; error_log {folder}/error.log;\n"
        "events { worker_connections 1024; }\n"
        f"http {{ access_log off; client_body_temp_path {folder}/b; proxy_temp_path {folder}/p;"
        f" fastcgi_temp_path {folder}/f; uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;"
        f" keepalive_requests 100000000; server {{ listen 127.0.0.1:{port};"
        f" location / {{ default_type application/json; return 200 '{body}'; }} }} }}\n"
    )
    return served(
        [shutil.which("nginx") or "nginx", "-p", str(folder), "-c", str(folder / "nginx.conf")], port
    )


def wrk(port: int, script: Path, seconds: float) -> tuple[float, float, int]:
    """Requests a second, the 99th percentile in ms, answers that were not 200."""
    done = subprocess.run(
        ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds:.0f}s", "--latency", "-s", str(script), f"http://127.0.0.1:{port}"],
        capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    rate = float(re.search(r"Requests/sec:\s+([\d.]+)", done)[1])  # type: ignore[index]
    value, unit = re.search(r"99%\s+([\d.]+)(us|ms|s)", done).groups()  # type: ignore[union-attr]
    wrong = re.search(r"Non-2xx or 3xx responses: (\d+)", done)
    return rate, float(value) * {"us": 0.001, "ms": 1.0, "s": 1000.0}[unit], int(wrong[1]) if wrong else 0


def write_paths(folder: Path, codes: list[SafetyCode]) -> None:
    """Fresh tokens: a rotating one holds for its minute and the next."""
    at = clock.now()
    tokens = [display_token(c, at) if n % 2 else printed_token(c) for n, c in enumerate(codes)]
    for name, prefix in (("live", "/live/scan/{}"), ("sync", "/sync/scan/{}"), ("page", "/c/{}/")):
        (folder / f"{name}.txt").write_text("".join(prefix.format(t) + "\n" for t in tokens))
        (folder / f"{name}.lua").write_text(LUA.format(paths=folder / f"{name}.txt"))


def seen(port: int, codes: list[SafetyCode]) -> list[float]:
    """Milliseconds from the end of the change's transaction until the service says so; for each of some changes."""
    took = []
    for code in codes[:CHANGES]:
        client = HTTPConnection("127.0.0.1", port, timeout=10)
        path = f"/live/scan/{printed_token(code)}"

        def state(client: HTTPConnection = client, path: str = path) -> bytes:
            client.request("GET", path)
            return client.getresponse().read()

        assert b'"state":"issued"' in state()
        safetycode.suspend(worker_id=code.worker_id, why="x", by=SYSTEM, at=clock.now())
        begun = time.perf_counter()
        while b'"state":"suspended"' not in state():
            time.sleep(0.001)
        took.append((time.perf_counter() - begun) * 1000)
        safetycode.restore(worker_id=code.worker_id, why="x", by=SYSTEM, at=clock.now())
        client.close()
    return sorted(took)


def compared(
    ports: dict[str, tuple[int, str]], folder: Path, codes: list[SafetyCode], rounds: int, seconds: float
) -> Any:
    """By name the rate and the 99th percentile of each round."""
    rates: dict[str, list[tuple[float, float]]] = {name: [] for name in ports}
    for turn in range(rounds + 1):
        for name in list(ports) if turn % 2 else reversed(ports):
            write_paths(folder, codes)
            port, script = ports[name]
            rate, p99, wrong = wrk(port, folder / f"{script}.lua", seconds)
            if wrong and name != PAGE:
                raise SystemExit(f"{name}: {wrong} answers were refusals")
            if turn:  # the first round warms up
                rates[name].append((rate, p99))
    return rates


def main(count: int, rounds: int, seconds: float) -> int:
    from benchmarks.cards import people

    if not shutil.which("wrk"):
        raise SystemExit("this wants wrk: apt install wrk")
    people(count)
    SafetyCode.objects.update(valid_to=clock.now().date() + timedelta(days=300))
    codes = list(SafetyCode.objects.order_by("number"))
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        live = stack.enter_context(peer("live"))
        client = HTTPConnection("127.0.0.1", live, timeout=20)
        client.request("GET", f"/live/scan/{printed_token(codes[0])}")
        body = client.getresponse().read().decode()
        # Every code is read once before anything is measured: afterwards it is in memory, as in a service that runs.
        for code in codes:
            client.request("GET", f"/live/scan/{printed_token(code)}")
            client.getresponse().read()
        ports = {LIVE: (live, "live"), BARE: (stack.enter_context(peer("bare")), "live")}
        ports[BARE_RSGI] = stack.enter_context(peer("bare_rsgi")), "live"
        bare_django = {"DJANGO_SETTINGS_MODULE": "benchmarks._scan_settings"}
        ports[ASYNC] = stack.enter_context(peer("django_asgi", **bare_django)), "live"
        ports[SYNC] = stack.enter_context(peer("django_wsgi", **bare_django)), "sync"
        ports[PAGE] = stack.enter_context(peer("page", ANXIN_LIMITS="0")), "page"
        if shutil.which("nginx"):
            ports[NGINX] = stack.enter_context(nginx(folder, body)), "live"
        rates = compared(ports, folder, codes, rounds, seconds)
        time.sleep(6)  # looks are written down every five seconds
        counted = sum(LookCount.objects.values_list("count", flat=True))
        rest = seen(live, codes)
        write_paths(folder, codes)
        load = threading.Thread(target=wrk, args=(live, folder / "live.lua", 12))
        load.start()
        time.sleep(1)
        busy = seen(live, codes)
        load.join()
    return told(
        rates,
        rest,
        busy,
        counted,
        len(body),
        f"{count:,} codes, {rounds} rounds of {seconds:.0f} s, {CONNECTIONS} connections",
    )


def told(rates: Any, rest: list[float], busy: list[float], counted: int, size: int, scale: str) -> int:
    def ratio(name: str) -> str:
        if name not in rates:
            return "not installed"
        pairs = zip(rates[LIVE], rates[name], strict=True)
        return f"{ground.middle(ours / theirs for (ours, _), (theirs, _) in pairs):.2f}"

    rows = [
        [
            name,
            f"{ground.middle(rate for rate, _ in found):,.0f}",
            f"{ground.middle(p99 for _, p99 in found):.1f}",
            ratio(name),
        ]
        for name, found in sorted(rates.items(), key=lambda one: -ground.middle(rate for rate, _ in one[1]))
    ]
    body = ground.table(["one worker process each", "requests/s", "p99, ms", "our service ÷ it"], rows)
    body += (
        f"\n\nGoals: {GOAL_NGINX} of nginx: {ratio(NGINX)}; {GOAL_ASYNC} × Django's async view: {ratio(ASYNC)}."
        " The page of a scan is refused after 30 looks a minute from one address, so its figure is mostly of refusals."
        f" nginx gives out the same {size} bytes. {counted:,} looks were counted and written down.\n\n"
        "A changed fact is seen after its commit: at rest"
        f" {ground.middle(rest):.0f} ms in the middle, {rest[-1]:.0f} ms at most; under full load"
        f" {ground.middle(busy):.0f} ms, {busy[-1]:.0f} ms at most (goal {GOAL_SEEN_MS} ms; {len(rest)} changes each)."
    )
    ground.publish("scans", "Scans of safety codes", scale, body)
    reached = max(*rest, *busy) <= GOAL_SEEN_MS
    return 0 if reached else 1


if __name__ == "__main__":
    given = [float(one) for one in sys.argv[1:]]
    chosen = given + [2000, 5, 2][len(given) :]
    sys.exit(main(int(chosen[0]), int(chosen[1]), chosen[2]))
