"""Everything that a machine can judge without running the product; all of it, so that one run tells all.

usage: python -m tools.check [name …]      without a name: every check
"""

import os
import subprocess
import sys
import time
from pathlib import Path

from anxin.config import embedded
from tools import (
    docs,
    leaks,
    level2,
    limits,
    personal_data,
    settings_page,
    states,
    translations,
    vulnerabilities,
)

ROOT = Path(__file__).resolve().parents[1]
BIN = Path(sys.executable).parent
DJANGO = [sys.executable, "-m", "django"]

COMMANDS = {
    "format": [BIN / "ruff", "format", "--check", "--quiet", "."],
    "lint": [BIN / "ruff", "check", "--quiet", "."],
    "import contracts": [BIN / "lint-imports", "--no-cache"],
    # Also that migrations are linear: two branches cannot both add number 7.
    "models": [*DJANGO, "check", "--fail-level=WARNING"],
    "migrations": [*DJANGO, "makemigrations", "--check", "--dry-run"],
    "migration safety": [sys.executable, "-m", "tools.migrations"],
    "templates": [BIN / "djlint", "--quiet", "--lint", "src/anxin"],
    "security lint": [BIN / "bandit", "--quiet", "--recursive", "--severity-level=medium", "src", "tools"],
    "types": [BIN / "mypy"],
    "conformance": [sys.executable, "-m", "tools.conformance", "--check"],
    "permissions": [sys.executable, "-m", "tools.rights", "--check"],
}
FUNCTIONS = {
    "lengths": limits.problems,
    "translations": translations.problems,
    "docs": docs.problems,
    "diagrams": states.problems,
    "personal data": personal_data.problems,
    "level 2": level2.problems,
    "settings page": settings_page.problems,
    "secrets": leaks.problems,
    "known vulnerabilities": vulnerabilities.problems,
}


def main(only: list[str]) -> int:
    home = ROOT / ".anxin-test"
    failed = []
    with embedded.running(home, throwaway=True) as url:
        settings = {
            "ANXIN_DATABASE_URL": url,
            "ANXIN_HOME": str(home),
            "DJANGO_SETTINGS_MODULE": "anxin.config.settings",
        }
        environment = {**os.environ, **settings}
        for name in only or [*FUNCTIONS, *COMMANDS]:
            began = time.monotonic()
            told = _run(COMMANDS[name], environment) if name in COMMANDS else "\n".join(FUNCTIONS[name](ROOT))
            print(f"{'✗' if told else '✓'} {name} ({time.monotonic() - began:.1f} s)", flush=True)
            if told:
                print(told, flush=True)
                failed.append(name)
    print(f"{len(failed)} checks failed: {', '.join(failed)}" if failed else "all checks passed")
    return 1 if failed else 0


def _run(command: list[str | Path], environment: dict[str, str]) -> str:
    """What a command said if it failed, else nothing."""
    done = subprocess.run(
        command,
        cwd=ROOT,
        env=environment,
        check=False,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    return (done.stdout.strip() or f"exit code {done.returncode}") if done.returncode else ""


if __name__ == "__main__":
    try:
        code = main(sys.argv[1:])
    except embedded.DatabaseTrouble as trouble:
        sys.exit(str(trouble))
    sys.exit(code)
