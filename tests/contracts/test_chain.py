"""The evidence chain."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from anxin.contracts.engine.chain import START, Link, first_fault, seal
from tests.cast import NOON


def chain(kinds: list[str]) -> list[Link]:
    links: list[Link] = []
    for position, kind in enumerate(kinds, 1):
        previous = links[-1].hash if links else START
        link = Link("c1", position, kind, NOON, "p", {"n": position}, previous)
        links.append(replace(link, hash=seal(link)))
    return links


@given(st.lists(st.text(max_size=8), max_size=12))
def test_an_untouched_chain_holds(kinds: list[str]) -> None:
    assert first_fault(chain(kinds)) is None


@given(st.lists(st.text(max_size=8), min_size=2, max_size=12), st.data())
def test_a_changed_removed_or_moved_entry_shows_at_its_place(kinds: list[str], data: st.DataObject) -> None:
    links = chain(kinds)
    at = data.draw(st.integers(0, len(links) - 1))
    changed = [replace(k, detail={"n": -1}) if i == at else k for i, k in enumerate(links)]
    assert first_fault(changed) == at + 1
    if at < len(links) - 1:
        assert first_fault(links[:at] + links[at + 1 :]) == at + 1
        swapped = links.copy()
        swapped[at], swapped[at + 1] = swapped[at + 1], swapped[at]
        assert first_fault(swapped) == at + 1
