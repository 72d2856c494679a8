"""Published instances of routes with time windows: read, planned, counted; a file that is none is told by its line."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from anxin.matching.engine.dayplan.check import check
from anxin.matching.engine.dayplan.plan import plan
from benchmarks._dayplan_vrptw import BadInstance, Instance, Unfit, day, distance, find, read

pytestmark = pytest.mark.requirement("A-6.4.2")
# A depot in the corner of a field; two customers beside each other early, one far away late.
FILE = """\
TOWN4

VEHICLE
NUMBER     CAPACITY
   3         50

CUSTOMER
CUST NO.  XCOORD.   YCOORD.    DEMAND   READY TIME  DUE DATE   SERVICE   TIME

    0      0          0          0          0        200          0
    1      3          4         20          0         10         10
    2      3          5         20          0         30         10
    3      10        10         20        100        150         10
"""


@pytest.fixture
def town(tmp_path: Path) -> Instance:
    return read(written(tmp_path, FILE))


def written(folder: Path, text: str, name: str = "town4.txt") -> Path:
    path = folder / name
    path.write_text(text)
    return path


def test_an_instance_is_read_as_it_is_written(town: Instance) -> None:
    assert (town.name, town.vehicles, town.capacity, town.customers) == ("TOWN4", 3, 50, 3)
    assert town.table[3].tolist() == [10, 10, 20, 100, 150, 10]


def test_distances_are_cut_to_one_decimal(town: Instance) -> None:
    # 5 exactly; √34 = 5.8309…; √200 = 14.1421…: never rounded up, and what is whole stays whole.
    assert town.tenths[0].tolist() == [0, 50, 58, 141]
    assert np.array_equal(town.tenths, town.tenths.T)


def test_lines_end_as_on_windows_too(tmp_path: Path, town: Instance) -> None:
    other = read(written(tmp_path, FILE.replace("\n", "\r\n"), "other.txt"))
    assert (other.name, other.table.tolist()) == (town.name, town.table.tolist())


def test_the_plan_of_an_instance_serves_everybody_and_is_counted_the_same_twice(town: Instance) -> None:
    asked = day(town)
    found = plan(asked, steps=5_000)
    assert check(asked, found) == [] and not found.left
    routes = [[stop.visit + 1 for stop in route] for route in found.routes]
    # Three loads of 20 do not fit into 50: two vehicles, of all such ways the shortest.
    assert sorted(route for route in routes if route) == [[1], [2, 3]]
    assert distance(town, routes) == pytest.approx(found.cost.total) == 2 * 5.0 + 5.8 + 8.6 + 14.1


@pytest.mark.parametrize(
    ("routes", "why"),
    [
        ([[1, 2]], "not served exactly once"),
        ([[1, 2], [3], [3]], "not served exactly once"),
        ([[1, 2, 3]], "load 60"),
        ([[2, 1], [3]], "after it closes"),
        ([[1], [2], [3], []], None),
    ],
)
def test_routes_are_counted_plainly(town: Instance, routes: list[list[int]], why: str | None) -> None:
    if why is None:
        assert distance(town, routes) == 2 * (5.0 + 5.8 + 14.1)
        return
    with pytest.raises(Unfit, match=why):
        distance(town, routes)


def test_more_vehicles_than_there_are_do_not_count(tmp_path: Path) -> None:
    few = read(written(tmp_path, FILE.replace("   3         50", "   1         50")))
    with pytest.raises(Unfit, match="2 vehicles, there are 1"):
        distance(few, [[1, 2], [3]])


@pytest.mark.parametrize(
    ("was", "becomes", "why"),
    [
        (FILE, "", "not in the format of Solomon"),
        (FILE, "<html>no such page</html>", "not in the format of Solomon"),
        ("VEHICLE", "TRUCK", "not in the format of Solomon"),
        ("   3         50", "   3", "line 5: the number of vehicles and their capacity"),
        ("   3         50", "   0         50", "line 5: the number of vehicles and their capacity"),
        ("    2      3          5 ", "    4      3          5 ", "line 12: number 2 is expected, there is 4"),
        (
            "         10         10\n    2",
            "         10\n    2",
            "line 11: 7 numbers are expected, there are 6",
        ),
        ("    1      3          4 ", "    1      3          x ", "line 11: “x” is no whole number"),
        ("    1      3          4 ", "    1      3          4.5 ", "line 11: “4.5” is no whole number"),
        ("    1      3          4 ", "    1      inf        4 ", "line 11: “inf” is no whole number"),
        ("        100        150", "        150        100", "line 13: the window 150 to 100 is none"),
        (
            "        100        150",
            "        300        350",
            "line 13: opens at 300, when all is over at 200",
        ),
        (
            "         20          0         30 ",
            "        -20          0         30 ",
            "line 12: demand and service",
        ),
    ],
)
def test_a_file_that_is_no_instance_is_told_with_its_line(
    tmp_path: Path, was: str, becomes: str, why: str
) -> None:
    assert was in FILE
    with pytest.raises(BadInstance, match="town4.txt.*" + why.replace("(", r"\(")):
        read(written(tmp_path, FILE.replace(was, becomes)))


def test_a_file_that_is_not_there_or_no_text_is_told(tmp_path: Path) -> None:
    with pytest.raises(BadInstance, match="C101.txt is not below"):
        find(tmp_path, "C101")
    (tmp_path / "c101.TXT").write_bytes(b"\xff\xfe")
    with pytest.raises(BadInstance, match="c101.TXT"):
        read(find(tmp_path, "C101"))
