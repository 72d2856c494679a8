"""The diagrams in the documents are drawn from the tables, and a table that changed is noticed."""

from __future__ import annotations

from pathlib import Path

from anxin.orders.states import ORDER
from tests.architecture.test_states import machines
from tools import states

ROOT = Path(__file__).resolve().parents[2]


def test_every_table_is_drawn_with_every_move() -> None:
    drawn_at_all = sorted(machine.name for machine in states.machines(ROOT))
    assert drawn_at_all == sorted(machine.name for machine in machines().values())
    drawn = states.diagram(ORDER)
    for source, targets in ORDER.moves.items():
        for target, verb in targets.items():
            assert f"    {source} --> {target}: {verb}\n" in f"{drawn}\n"
    for state in ORDER.final:
        assert f"{state} --> [*]" in drawn


def test_a_page_that_shows_something_else_is_told(tmp_path: Path) -> None:
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "states.md").write_text("# States\n")

    assert states.problems(tmp_path) == ["docs/states.md is out of date: `make docs` writes it anew"]
