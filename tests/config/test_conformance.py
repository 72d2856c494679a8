"""What the tests of a requirement say together."""

from __future__ import annotations

import pytest

from tools import conformance


@pytest.mark.parametrize(
    ("outcomes", "says"),
    [
        ([], "unmarked"),
        (["passed", "passed"], "passed"),
        (["passed", "skipped"], "passed"),
        (["passed", "failed"], "failed"),
        (["skipped"], "failed"),
    ],
)
def test_one_failure_fails_it_and_a_skip_shows_nothing(outcomes: list[str], says: str) -> None:
    assert conformance.status(outcomes) == says


def test_an_unknown_requirement_is_refused() -> None:
    with pytest.raises(SystemExit, match="knows no B-99"):
        conformance.choose(["B-7.3.2", "B-99"])


def test_every_mark_in_the_tests_names_a_requirement(request: pytest.FixtureRequest) -> None:
    known = conformance.levels()

    marks = {
        name
        for item in request.session.items
        for mark in item.iter_markers("requirement")
        for name in mark.args
    }

    assert not marks - known.keys()
