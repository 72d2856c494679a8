"""Requirement by requirement, what its tests say.

usage: make conformance IDS="ID …"      without an id: all of docs/requirements.toml
       python -m tools.conformance [--check]      write docs/conformance.md, or say that it is out of date

Runs the tests marked `@pytest.mark.requirement("B-7.3.2")` and prints `ID level passed|failed|unmarked tests…` for
each requirement, then a total. Ends with 1 if a requirement failed, or if an id, here or in a mark, is unknown.
The module is also the pytest plugin that selects the tests and collects what they say.
"""

import os
import sys
import tomllib
from collections import defaultdict
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
CHOSEN = "ANXIN_REQUIREMENTS"


def requirements() -> list[dict[str, str]]:
    """The clauses, in the order of the document."""
    found: list[dict[str, str]] = tomllib.loads((ROOT / "docs" / "requirements.toml").read_text())[
        "requirement"
    ]
    return found


def levels() -> dict[str, str]:
    """Requirement → must | should, in the order of the document."""
    return {entry["id"]: entry["level"] for entry in requirements()}


def marks_of(item: pytest.Item) -> set[str]:
    """The requirements that a test shows."""
    return {str(name) for mark in item.iter_markers("requirement") for name in mark.args}


def status(outcomes: list[str]) -> str:
    """What a requirement's tests say together. One that was only skipped has shown nothing, so it is no pass."""
    if not outcomes:
        return "unmarked"
    return "passed" if "failed" not in outcomes and "passed" in outcomes else "failed"


class Conformance:
    """Keeps the marked tests, hears their outcomes, and tells at the end."""

    def __init__(self, chosen: list[str]) -> None:
        self.levels = levels()
        self.chosen = chosen or list(self.levels)
        self.outcomes: dict[str, str] = {}
        self.tests: defaultdict[str, list[str]] = defaultdict(list)
        self.complete = not chosen

    def pytest_collection_modifyitems(self, config: pytest.Config, items: list[pytest.Item]) -> None:
        kept, dropped = [], []
        for item in items:
            ids = marks_of(item)
            # Tests run in other processes; these properties come back with their reports.
            item.user_properties += [("requirement", name) for name in sorted(ids)]
            unknown = ids - self.levels.keys()
            (kept if ids & set(self.chosen) or (self.complete and unknown) else dropped).append(item)
        config.hook.pytest_deselected(items=dropped)
        items[:] = kept

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        # The cases of one test are told as one.
        test = report.nodeid.split("[")[0]
        for name, value in report.user_properties:
            if name == "requirement" and test not in self.tests[str(value)]:
                self.tests[str(value)].append(test)
        if report.outcome == "failed" or (report.when == "call" and self.outcomes.get(test) != "failed"):
            self.outcomes[test] = report.outcome
        self.outcomes.setdefault(test, "skipped")

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        if session.exitstatus == pytest.ExitCode.NO_TESTS_COLLECTED:
            session.exitstatus = pytest.ExitCode.OK
        if self.tests.keys() - self.levels.keys():
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        told: defaultdict[str, int] = defaultdict(int)
        for name in self.chosen:
            says = status([self.outcomes[test] for test in self.tests[name]])
            told[says] += 1
            terminalreporter.write_line(" ".join([name, self.levels[name], says, *self.tests[name]]))
        for name in sorted(self.tests.keys() - self.levels.keys()):
            terminalreporter.write_line(f"unknown requirement {name} in {', '.join(self.tests[name])}")
        counts = ", ".join(f"{told[says]} {says}" for says in ("passed", "failed", "unmarked"))
        terminalreporter.write_line(f"{len(self.chosen)} requirements: {counts}")


def pytest_configure(config: pytest.Config) -> None:
    config.pluginmanager.register(Conformance(os.environ.get(CHOSEN, "").split()), "anxin-conformance")


def choose(ids: list[str]) -> None:
    """Pass the chosen ids to the processes that run the tests; end with one line on an unknown one."""
    unknown = sorted(set(ids) - levels().keys())
    if unknown:
        sys.exit(f"docs/requirements.toml knows no {', '.join(unknown)}")
    os.environ[CHOSEN] = " ".join(ids)


# ── the table of clauses and tests ──────────────────────────────────────────────────────────────────
PAGE = ROOT / "docs" / "conformance.md"
HEAD = """# Conformance

Which tests show which clause of [requirements.toml](requirements.toml), by the tests' own marks. Made by
`make docs`; `make conformance` runs the tests and tells what they say. {shown} of {all} clauses have tests
({must} of {musts} that are a must).
"""


class Collected:
    """Hears which tests there are, and runs none."""

    def __init__(self) -> None:
        self.tests: defaultdict[str, list[str]] = defaultdict(list)

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        for item in items:
            test = item.nodeid.split("[")[0]
            for name in marks_of(item):
                if test not in self.tests[name]:
                    self.tests[name].append(test)


def page(entries: list[dict[str, str]], tests: dict[str, list[str]]) -> str:
    """The text of docs/conformance.md: a table for each domain, in the order of the document."""
    rooms: defaultdict[str, list[dict[str, str]]] = defaultdict(list)
    for entry in entries:
        rooms[entry["room"]].append(entry)
    musts = [entry for entry in entries if entry["level"] == "must"]
    told = HEAD.format(
        shown=sum(bool(tests.get(entry["id"])) for entry in entries), all=len(entries),
        must=sum(bool(tests.get(entry["id"])) for entry in musts), musts=len(musts),
    )  # fmt: skip
    for room, clauses in rooms.items():
        told += f"\n## {room}\n\n| clause | level | term | tests |\n| --- | --- | --- | --- |\n"
        for entry in clauses:
            shown = _links(tests.get(entry["id"], []))
            told += f"| {entry['id']} | {entry['level']} | {entry['term']} | {shown} |\n"
    return told


def _links(tests: list[str]) -> str:
    """Tests, file by file."""
    files: defaultdict[str, list[str]] = defaultdict(list)
    for test in sorted(tests):
        file, _, name = test.partition("::")
        files[file].append(name.removeprefix("test_").replace("_", " "))
    return "<br>".join(
        f"[{file.removeprefix('tests/').removesuffix('.py')}](../{file}): {'; '.join(names)}"
        for file, names in files.items()
    )


def collect() -> dict[str, list[str]]:
    """Requirement → its tests, as pytest finds them."""
    found = Collected()
    with open(os.devnull, "w") as nothing:
        said, sys.stdout = sys.stdout, nothing
        try:
            code = pytest.main(
                ["--collect-only", "-q", "-p", "no:cacheprovider", str(ROOT / "tests")], [found]
            )
        finally:
            sys.stdout = said
    if code != pytest.ExitCode.OK:
        sys.exit("The tests cannot be collected: `pytest --collect-only` tells why.")
    return found.tests


if __name__ == "__main__":
    wanted = page(requirements(), collect())
    if "--check" not in sys.argv:
        PAGE.write_text(wanted)
    elif not PAGE.exists() or PAGE.read_text() != wanted:
        sys.exit("docs/conformance.md is out of date: `make docs` writes it anew")
