"""Known vulnerabilities of the locked dependencies, where the advisories can be reached from here."""

import json
import subprocess
import sys
from pathlib import Path

PATIENCE_S = 90


def problems(root: Path) -> list[str]:
    """One line for each dependency with an advisory. Says so on the terminal if nothing could be looked up."""
    command = [
        *(sys.executable, "-m", "pip_audit", "--requirement", "requirements.lock", "--disable-pip"),
        *("--require-hashes", "--progress-spinner=off", "--timeout=5", "--format=json"),
    ]
    try:
        done = subprocess.run(
            command, cwd=root, capture_output=True, text=True, check=False, timeout=PATIENCE_S
        )
        answer = json.loads(done.stdout)
    except (subprocess.TimeoutExpired, json.JSONDecodeError):
        return _skipped("the advisory service does not answer")
    return judged(answer)


def judged(answer: dict[str, list[dict[str, object]]]) -> list[str]:
    """The lines for an answer of pip-audit."""
    looked_up = [one for one in answer["dependencies"] if "skip_reason" not in one]
    if not looked_up:
        return _skipped("the advisories of no dependency could be had")
    return [
        f"{one['name']} {one['version']}: {', '.join(vuln['id'] for vuln in one['vulns'])}"
        for one in looked_up
        if one["vulns"]
    ]


def _skipped(why: str) -> list[str]:
    print(f"– known vulnerabilities not looked up: {why}", flush=True)
    return []
