"""What was typed on one page comes to the form of another, sealed and for a while."""

from __future__ import annotations

from typing import Any

from anxin.kit import handing

NOW = 1_773_799_200.0


def test_it_comes_as_it_was_and_lies_sealed() -> None:
    session: dict[str, Any] = {}
    handing.hand(session, "ask.0101", {"wishes": "家里有猫", "kinds": ["ac", "hood"], "n": 2}, NOW)
    assert handing.handed(session, "ask.0101", NOW) == {"wishes": "家里有猫", "kinds": ["ac", "hood"], "n": 2}
    assert "家里" not in str(session)


def test_it_lapses_and_can_be_dropped() -> None:
    session: dict[str, Any] = {}
    handing.hand(session, "x", {"a": "1"}, NOW)
    assert handing.handed(session, "x", NOW + handing.TTL) == {}
    assert handing.handed(session, "x", NOW) == {"a": "1"}
    handing.drop(session, "x")
    assert handing.handed(session, "x", NOW) == {}


def test_what_was_changed_or_moved_is_nothing() -> None:
    session: dict[str, Any] = {}
    handing.hand(session, "x", {"a": "1"}, NOW)
    session["handed.y"] = session["handed.x"]
    session["handed.z"] = "no base64 at all"
    assert handing.handed(session, "y", NOW) == handing.handed(session, "z", NOW) == {}
