"""DER as asn1crypto writes it, without its one mistake.

A value whose length ends in the octet 80 (one in 256 of those beyond 127 octets) is taken by the library for one of
indefinite length, and is decoded and encoded anew at each of its levels, again and again: a signature with its time
stamp then takes twenty seconds instead of a millisecond.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from asn1crypto import core

KINDS = (core.Asn1Value, core.Choice, core.Primitive, core.SequenceOf, core.Sequence)


def mend() -> None:
    """Put the right encoding in the place of the wrong one. Once more changes nothing."""
    for kind in KINDS:
        if not hasattr(kind.dump, "mends"):
            kind.dump = _as_it_stands(kind.dump)


def _as_it_stands(encode: Callable[..., bytes]) -> Callable[..., bytes]:
    def dump(self: Any, force: bool = False) -> bytes:
        # What is of indefinite length has an end mark behind it.
        if not force and self._header and self._header[-1] == 0x80 and not self._trailer:
            contents = self.contents
            # What was changed has lost its header by now, and is encoded.
            if self._header and contents is not None:
                return bytes(self._header + contents)
        return encode(self, force)

    dump.mends = encode  # type: ignore[attr-defined]
    return dump
