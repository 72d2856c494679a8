"""Run the benchmarks, one after the other, on the embedded database: each `benchmarks/<name>.py` is one figure.

usage: make bench [ONLY=name]
"""

import os
import subprocess
import sys
from pathlib import Path

from anxin.config.preflight import Unready, database

ROOT = Path(__file__).resolve().parents[1]


def main(only: list[str]) -> int:
    found = {
        path.stem: path for path in sorted((ROOT / "benchmarks").glob("[!_]*.py")) if path.stem != "faults"
    }
    unknown = set(only) - found.keys()
    if unknown or not found:
        sys.exit(
            f"There is no benchmark {', '.join(sorted(unknown))}; there are: {', '.join(found) or 'none'}"
        )
    # Their data lies apart from the demo's.
    os.environ.setdefault("ANXIN_HOME", str(ROOT / ".anxin-bench"))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "anxin.config.settings")
    with database() as url:
        environment = {**os.environ, "ANXIN_DATABASE_URL": url}
        subprocess.run(
            [sys.executable, "-m", "django", "migrate", "--verbosity=0"], env=environment, check=True
        )
        failed = []
        for name in only or found:
            print(f"── {name}", flush=True)
            done = subprocess.run(
                [sys.executable, "-m", f"benchmarks.{name}"], env=environment, cwd=ROOT, check=False
            )
            if done.returncode:
                failed.append(name)
    if failed:
        print(f"failed: {', '.join(failed)}")
    return 1 if failed else 0


if __name__ == "__main__":
    try:
        code = main(sys.argv[1:])
    except Unready as trouble:
        sys.exit(str(trouble))
    sys.exit(code)
