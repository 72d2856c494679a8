"""docs/security-level2.md: each control of level 2 (GB/T 22239 ch. 7), where the code keeps it, which tests show it.

usage: python -m tools.level2      write it anew

A control without a module or without a test fails `make check`, unless it is kept by people and says how; so does a
module or a test that is named and gone, and a fact that the house does not know.
"""

import re
import sys
from pathlib import Path

from anxin.config.evidence.register import CONTROLS, FACTS, Control

ROOT = Path(__file__).resolve().parents[1]
HEAD = """# Level 2: control, where, test

The controls of GB/T 22239 chapter 7 in our own words. Written from `src/anxin/config/evidence/register.py` by
`make docs`; `make check` fails if a module or a test named there is gone. What people keep is listed with what they do.
The security administrator and the auditor read the same table at `/desk/level2/`, with what the running house says of
itself beside it.

| point | control | where | shown by |
| --- | --- | --- | --- |
"""


def page() -> str:
    """The text of docs/security-level2.md."""
    told = [HEAD]
    for one in CONTROLS:
        where = "<br>".join(f"`{name}`" for name in one.where)
        tests = "<br>".join(f"`{name}`" for name in one.tests)
        told.append(
            f"| {one.point} | {one.words} | {where or '—'} | {tests}{'<br>' * bool(tests)}{one.people} |\n"
        )
    return "".join(told).replace("<br> |", " |")


def _gone(root: Path, one: Control) -> list[str]:
    found = [
        f"{one.point}: src/anxin/{n} is gone" for n in one.where if not (root / "src/anxin" / n).is_file()
    ]
    found += [f"{one.point}: there is no fact {name}" for name in one.facts if name not in FACTS]
    for name in one.tests:
        file, _, test = name.partition("::")
        path = root / "tests" / file
        if not path.is_file() or not re.search(rf"^def {re.escape(test)}\(", path.read_text(), re.MULTILINE):
            found.append(f"{one.point}: tests/{name} is gone")
    return found


def problems(root: Path) -> list[str]:
    """One line for each control that nothing shows, and one if the page is not the table as it is."""
    found = [line for one in CONTROLS for line in _gone(root, one)]
    found += [
        f"{one.point}: no module or no test, and nobody keeps it"
        for one in CONTROLS
        if not one.people and not (one.where and one.tests)
    ]
    path = root / "docs" / "security-level2.md"
    if not path.exists() or path.read_text() != page():
        found.append("docs/security-level2.md is out of date: `make docs` writes it anew")
    return found


if __name__ == "__main__":
    (ROOT / "docs" / "security-level2.md").write_text(page())
    sys.exit("\n".join(problems(ROOT)) or None)
