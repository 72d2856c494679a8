"""The diagrams of docs/states.md, drawn from the tables that the product runs by.

usage: python -m tools.states      write them anew
"""

import sys
from importlib import import_module
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "src"))

from anxin.kit.states import Machine  # noqa: E402

HEAD = """# States

Every machine of the house, drawn from its table in `src/anxin/<area>/states.py` by `make docs`; an arrow carries the
verb that leads along it. The database admits these states and no others.
"""


def machines(root: Path) -> list[Machine]:
    """Every table, in the order of the files."""
    found = []
    for path in sorted((root / "src" / "anxin").glob("*/states.py")):
        area = path.parent.name
        if area != "kit":
            module = import_module(f"anxin.{area}.states")
            found += [one for one in vars(module).values() if isinstance(one, Machine)]
    return found


def diagram(machine: Machine) -> str:
    """One table as a Mermaid diagram."""
    lines = ["stateDiagram-v2", f"    [*] --> {machine.initial}"]
    lines += [
        f"    {source} --> {target}: {verb}"
        for source, targets in machine.moves.items()
        for target, verb in targets.items()
    ]
    return "\n".join([*lines, *(f"    {state} --> [*]" for state in machine.final)])


def page(root: Path) -> str:
    """The text of docs/states.md."""
    told = [HEAD]
    for machine in machines(root):
        told.append(f"\n## {machine.name}\n\n```mermaid\n{diagram(machine)}\n```\n")
    return "".join(told)


def problems(root: Path) -> list[str]:
    """One line if the page does not show the tables as they are."""
    path = root / "docs" / "states.md"
    current = path.exists() and path.read_text() == page(root)
    return [] if current else ["docs/states.md is out of date: `make docs` writes it anew"]


if __name__ == "__main__":
    (ROOT / "docs" / "states.md").write_text(page(ROOT))
