"""What papers are worth on a day, worked out by the database: the twin of `values.Papers.on`, for whole cities.

A test holds the two against each other over every combination.
"""

from __future__ import annotations

from collections.abc import Mapping

from anxin.workers.values import CredentialKind

# A kind's worth is one number, so that its best paper is a plain maximum: the rank, then a day. Integers only:
# numeric costs several times as much.
RANK = 1 << 22
NOT_YET, PENDING, FAILED, STANDING = 2, 3, 4, 5
_DOUBTFUL = 6
# Day numbers count from here; all dates of the calendar lie below RANK.
FIRST_DAY = "DATE '0001-01-01'"


def worth_sql(spared: Mapping[CredentialKind, frozenset[int]], among: str = "") -> str:
    """For each worker with papers: worker_id, one column a kind of `spared`, and `turns`. On the day %(day)s.

    A worth is rank * RANK + day number: STANDING with the last day, FAILED with the failure's day, PENDING, NOT_YET
    with RANK - 1 - the first day's number; null = missing. turns: the next day on which a paper begins or ends;
    `spared` gives for each kind the days of grace that count as ends too. among: a further condition on c.
    """
    # OFFSET 0, so that whoever reads a column several times does not have it worked out several times.
    kinds = ", ".join(f"'{kind}'" for kind in spared)
    columns = ", ".join(f"max(worth) FILTER (WHERE kind = '{kind}') AS {kind}" for kind in spared)
    return f"""
      SELECT worker_id, {", ".join(_settled(kind) for kind in spared)}, turns FROM (
        SELECT worker_id, {columns}, min(turn) AS turns FROM (
          SELECT c.worker_id, c.kind,
            CASE WHEN c.verified_at IS NULL THEN {PENDING * RANK}
              WHEN c.conclusion = 'passed' THEN CASE WHEN c.valid_from <= %(day)s
                THEN {STANDING * RANK} + (c.valid_to - {FIRST_DAY})
                ELSE {(NOT_YET + 1) * RANK - 1} - (c.valid_from - {FIRST_DAY}) END
              WHEN c.conclusion = 'failed' THEN CASE WHEN c.valid_from <= %(day)s
                THEN {_DOUBTFUL * RANK} + (c.valid_from - {FIRST_DAY}) END
              ELSE {PENDING * RANK} END AS worth,
            CASE WHEN c.valid_from > %(day)s THEN c.valid_from ELSE {_ends(spared)} END AS turn
          FROM workers_credential c WHERE c.withdrawn_at IS NULL AND c.kind IN ({kinds}){among}
        ) papers GROUP BY worker_id
      ) found OFFSET 0
    """  # nosec B608  # only our own constants and placeholders


def _settled(kind: CredentialKind) -> str:
    """A failure is known: only what passed after it stands. So few have failed that each is looked up by itself, which
    spares everybody else a join."""
    return f"""CASE WHEN {kind} < {_DOUBTFUL * RANK} THEN {kind} ELSE COALESCE((
        SELECT max({STANDING * RANK} + (c.valid_to - {FIRST_DAY})) FROM workers_credential c
        WHERE c.worker_id = found.worker_id AND c.kind = '{kind}' AND c.withdrawn_at IS NULL
          AND c.verified_at IS NOT NULL AND c.conclusion = 'passed' AND c.valid_from <= %(day)s
          AND c.valid_from > {FIRST_DAY} + ({kind} - {_DOUBTFUL * RANK})
      ), {kind} - {(_DOUBTFUL - FAILED) * RANK}) END AS {kind}"""  # nosec B608  # only our own constants


def _ends(spared: Mapping[CredentialKind, frozenset[int]]) -> str:
    """The next day after %(day)s on which the paper c no longer counts, by any of the days of grace of its kind."""
    if all(days == {0} for days in spared.values()):
        return _end(frozenset({0}))
    cases = " ".join(f"WHEN '{kind}' THEN {_end(days)}" for kind, days in spared.items())
    return f"CASE c.kind {cases} END"


def _end(graces: frozenset[int]) -> str:
    ends = " ".join(
        f"WHEN c.valid_to + {days} >= %(day)s THEN c.valid_to + {days + 1}" for days in sorted(graces)
    )
    return f"CASE {ends} END"
