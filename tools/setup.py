"""Make the virtual environment and install the locked packages, when the lock has changed since the last time.

usage: setup.py run|dev|bench   run: what the product needs; dev: with test and check tools; bench: with peers.
Standard library only: nothing is installed yet.
"""

import hashlib
import os
import platform
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
VENV = Path(os.environ.get("ANXIN_VENV") or ROOT / ".venv").absolute()
LOCKS = {
    "run": ROOT / "requirements.lock",
    "dev": ROOT / "requirements-dev.lock",
    "bench": ROOT / "requirements-bench.lock",
}


def main(kind: str) -> None:
    # Each lock holds all that is in those before it, in the same versions.
    enough = list(LOCKS)[list(LOCKS).index(kind) :]
    if any(_stamp(name).is_file() and _stamp(name).read_text() == _wanted(name) for name in enough):
        return
    _check_machine()
    python = VENV / "bin" / "python"
    if (
        subprocess.run([python, "-c", "import pip"], check=False, capture_output=True).returncode
        if python.exists()
        else 1
    ):
        print(f"Making the virtual environment {VENV}", flush=True)
        shutil.rmtree(VENV, ignore_errors=True)
        subprocess.run([sys.executable, "-m", "venv", VENV], check=True)
    for stamp in VENV.glob(".anxin-*"):
        stamp.unlink()
    _install(python, LOCKS[kind])
    _pip(python, ["--no-deps", "--no-build-isolation", "--editable", str(ROOT)])
    _stamp(kind).write_text(_wanted(kind))


def _stamp(kind: str) -> Path:
    return VENV / f".anxin-{kind}"


def _wanted(kind: str) -> str:
    """What the environment was made from: the lock, and what names the `anxin` command."""
    parts = LOCKS[kind].read_bytes(), (ROOT / "pyproject.toml").read_bytes(), str(ROOT).encode()
    return hashlib.sha256(b"\0".join(parts)).hexdigest()


def _check_machine() -> None:
    """Refuse, in one line, a machine for which there are no packages."""
    system, libc = platform.system(), platform.libc_ver()[0]
    if not (system == "Linux" and libc == "glibc") and not (
        system == "Darwin" and platform.machine() == "arm64"
    ):
        found = f"{system} on {platform.machine()}" + (" without glibc" if system == "Linux" else "")
        sys.exit(
            f"{found} is not supported: use Linux with glibc (on Windows: WSL), or macOS on Apple silicon."
        )
    if find_spec("venv") is None or find_spec("ensurepip") is None:
        version = "{}.{}".format(*sys.version_info)
        sys.exit(
            f"This Python lacks its venv module: install it (Debian, Ubuntu: apt install python{version}-venv)."
        )


def _install(python: Path, lock: Path) -> None:
    count = sum(line[0].isalnum() for line in lock.read_text().splitlines() if line)
    print(f"Installing {count} packages from {lock.name} (once, about a minute)", flush=True)
    _pip(python, ["--require-hashes", "--requirement", str(lock)], count)


def _pip(python: Path, arguments: "list[str]", count: int = 0) -> None:
    """Run pip; on a terminal a counter moves, on failure its last words are shown."""
    command = [
        python,
        "-m",
        "pip",
        "install",
        "--disable-pip-version-check",
        "--progress-bar=off",
        *arguments,
    ]
    said, done = [], 0
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as pip:
        for line in pip.stdout or ():
            said.append(line)
            if line.startswith("Collecting") and sys.stdout.isatty():
                done += 1
                print(f"\r  {done}/{count} {line.split()[1].split('==')[0]:<40}", end="", flush=True)
    if done:
        print(f"\r{'':60}\r", end="")
    if pip.returncode:
        sys.stderr.writelines(said[-12:])
        sys.exit(
            "The packages could not be installed: see above; the network or the package index may be out of reach."
        )


if __name__ == "__main__":
    try:
        main(sys.argv[1])
    except KeyboardInterrupt:
        sys.exit("Stopped; the next start goes on from here.")
