"""Encoded values are given back as they stand, whatever their length."""

import pytest
from asn1crypto import core

from anxin.kit import der

der.mend()


class Note(core.Sequence):
    _fields = [("number", core.Integer), ("text", core.OctetString)]


class Notes(core.SequenceOf):
    _child_spec = Note


def note(length: int) -> bytes:
    """A note whose contents are so many octets long."""
    return Note(
        {"number": 1, "text": b"x" * (length - 3 - (2 if length < 133 else 3 if length < 262 else 4))}
    ).dump()


@pytest.mark.parametrize("length", [127, 128, 129, 384, 640, 641])
def test_what_was_read_is_given_back_without_being_read_and_written_anew(length: int) -> None:
    written = note(length)
    read = Note.load(written)
    assert len(read.contents) == length
    assert read.dump() == written
    assert read.children is None


def test_what_was_changed_is_written_anew() -> None:
    read = Note.load(note(384))
    read["text"] = b"y"
    assert read.dump() == Note({"number": 1, "text": b"y"}).dump()


def test_a_change_far_inside_is_written_too() -> None:
    inside = note(120)
    read = Notes.load(core.SequenceOf([Note.load(inside)] * 3, spec=Note).dump())
    read[2]["number"] = 7
    assert [each["number"].native for each in Notes.load(read.dump())] == [1, 1, 7]


def test_indefinite_lengths_are_made_definite() -> None:
    inner = b"\x02\x01\x01\x04\x01x"
    assert Note.load(b"\x30\x80" + inner + b"\x00\x00").dump() == b"\x30\x06" + inner
