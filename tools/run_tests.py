"""Run the tests on a database of their own: first all without browser, then the browser journeys.

A journey that failed beside others is run once more, alone; failing twice is failing.

    python -m tools.run_tests [pytest arguments]     with arguments: just these, in one go
    … --debian [pytest arguments]                    without browser, on Debian's PostgreSQL 15
    … --conformance [ID …]                           what shows requirements, told requirement by requirement

Ends with pytest's own summary, of the part that failed or of the last one.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import psycopg
import pytest

from anxin.config import embedded
from tools import chromium, conformance

ROOT = Path(__file__).resolve().parents[1]
HOME = ROOT / ".anxin-test"
DEBIAN = Path("/usr/lib/postgresql/15/bin")
# In the order of the folders: by number of tests the longest files, which have few, would all come last.
PARALLEL = ["-n", str(min(os.cpu_count() or 1, 4)), "--dist", "loadfile", "--no-loadscope-reorder"]
JOURNEYS = ROOT / "tests" / "journeys"
# The run without arguments tries a share and leaves out what is long, the others do everything (tests/thorough.py).
SHARE = {"ANXIN_TEST_SHARE": "8"}
# The process that pytest starts with only tells others which tests to run (tests/conftest.py).
HANDS_OUT = {"ANXIN_TEST_HANDS_OUT": "1"}


def main(arguments: list[str]) -> int:
    mode = arguments.pop(0) if arguments and arguments[0] in {"--debian", "--conformance"} else ""
    debian = mode == "--debian"
    if debian and not (DEBIAN / "postgres").exists():
        sys.exit(f"PostgreSQL 15 is not in {DEBIAN}: apt install postgresql-15")
    home, programs = (HOME / "debian", DEBIAN) if debian else (HOME, None)
    if mode == "--conformance":
        conformance.choose(arguments)
        chromium.ensure()
        arguments = ["-p", "tools.conformance", "-q", "--no-header", "--disable-warnings", *PARALLEL]
    with embedded.running(home, throwaway=True, programs=programs) as url:
        os.environ["ANXIN_DATABASE_URL"] = url
        _let_rows_be_put_back(home)
        if arguments:
            return _pytest([*(["-m", "not browser"] if debian else []), *arguments])
        code = _pytest(["-m", "not browser", *PARALLEL], **HANDS_OUT, **({} if debian else SHARE))
        if code or debian or not JOURNEYS.exists():
            return code
        chromium.ensure()
        # Each process has a house of its own.
        code = _pytest(["-m", "browser", *PARALLEL], **HANDS_OUT)
        # Two houses and two browsers may be too much for a busy machine.
        if code == pytest.ExitCode.TESTS_FAILED:
            code = _pytest(["-m", "browser", "--last-failed", "--last-failed-no-failures", "none"])
        return code


def _let_rows_be_put_back(home: Path) -> None:
    """Tests put rows back as the product wrote them: triggers would check and write once more."""
    with psycopg.connect(embedded.owner_url(home), autocommit=True) as server:
        server.execute("GRANT SET ON PARAMETER session_replication_role TO PUBLIC")


def _pytest(arguments: list[str], **more: str) -> int:
    # What the tests leave in temporary folders (homes with keys and files, a browser's profile) goes with them.
    with tempfile.TemporaryDirectory(prefix="anxin-test-", ignore_cleanup_errors=True) as folder:
        environment = {**os.environ, **more, "TMPDIR": folder}
        # Compiled once and kept: these processes start many more, and each would compile all it imports.
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        command = [sys.executable, "-m", "pytest", *arguments]
        return subprocess.run(command, env=environment, cwd=ROOT, check=False).returncode


if __name__ == "__main__":
    try:
        code = main(sys.argv[1:])
    except embedded.DatabaseTrouble as trouble:
        sys.exit(str(trouble))
    sys.exit(code)
