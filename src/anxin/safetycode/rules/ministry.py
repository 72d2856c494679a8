"""Our certificate and the Ministry's held against each other (D-A4). Plain."""

from __future__ import annotations

from datetime import date

from anxin.safetycode.states import CodeState
from anxin.safetycode.values.care import Difference, MinistryState, Theirs

_OF_STATE = {
    MinistryState.NONE: Difference.MISSING,
    MinistryState.REVIEWING: Difference.REVIEWING,
    MinistryState.FROZEN: Difference.FROZEN,
    MinistryState.ENDED: Difference.ENDED,
}


def differences(ours: CodeState, agency_uscc: str, theirs: Theirs, day: date) -> tuple[Difference, ...]:
    """In what the two disagree on a day. A record without an agency or a last day says nothing about it."""
    in_force = theirs.state is MinistryState.IN_FORCE
    if ours is not CodeState.ISSUED:
        return (Difference.OURS_ENDED,) if in_force else ()
    if not in_force:
        return (_OF_STATE[theirs.state],)
    found = []
    if theirs.agency_uscc and agency_uscc and theirs.agency_uscc != agency_uscc:
        found.append(Difference.AGENCY)
    if theirs.valid_to is not None and theirs.valid_to < day:
        found.append(Difference.OVER)
    return tuple(found)
