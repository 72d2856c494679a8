"""The gate of hours and rest: one predicate for candidates, for who is told why not, and for who grabs."""

from __future__ import annotations

from typing import Any

from anxin.policies.public import STORED_SQL
from anxin.policies.values import Policy
from anxin.workers.values import Span
from anxin.workers.values.hours import DAY_CAP, REST, WEEK_CAP, cap_windows


def _cap(policy: Policy[int]) -> str:
    """The minutes that hold on the day of service, so that no caller needs another clock or query."""
    stored = STORED_SQL.format(key=policy.key).replace("%(at)s", "%(start)s")
    return f"COALESCE(({stored})::text::int, {policy.default})"


# What is shorter than a day lies within a day before the moment it is looked for: that bounds the index.
_WORK = "b.kind = 'visit' AND upper(b.span) - lower(b.span) < interval '1 day'"

HOURS_GATE = f"""
  %(hours_until)s::timestamptz - %(start)s::timestamptz >= interval '1 day' OR (
    NOT EXISTS (
      SELECT 1
      FROM unnest(%(cap_from)s::timestamptz[], %(cap_until)s::timestamptz[], %(cap_own)s::int[], %(cap_week)s::bool[])
        AS t(a, z, own, week)
      CROSS JOIN LATERAL (
        SELECT COALESCE(sum(extract(epoch FROM least(upper(b.span), t.z) - greatest(lower(b.span), t.a))), 0) AS seconds
        FROM workers_booking b
        WHERE b.worker_id = w.id AND {_WORK} AND lower(b.span) > t.a - interval '1 day' AND lower(b.span) < t.z
          AND upper(b.span) > t.a) done
      WHERE t.own + done.seconds > 60 * nullif(CASE WHEN t.week THEN {_cap(WEEK_CAP)} ELSE {_cap(DAY_CAP)} END, 0))
    AND NOT EXISTS (
      SELECT 1 FROM workers_booking b
      WHERE b.worker_id = w.id AND {_WORK}
        AND lower(b.span) > %(hours_first)s::timestamptz - interval '2 days'
        AND lower(b.span) < %(hours_last)s::timestamptz + interval '1 day'
        AND CASE
          WHEN upper(b.span) <= %(hours_first)s THEN %(start)s - upper(b.span)
          WHEN lower(b.span) >= %(hours_last)s THEN lower(b.span) - %(hours_until)s
        END < make_interval(mins => {_cap(REST)})))
"""  # nosec B608  # only our own constants and placeholders


def hours_values(span: Span) -> dict[str, Any]:
    """The parameters of `HOURS_GATE` beside %(start)s."""
    windows = cap_windows(span)
    days = [one for one in windows if not one.week]
    return {
        "hours_until": span.end, "hours_first": days[0].start, "hours_last": days[-1].end,
        "cap_from": [one.start for one in windows], "cap_until": [one.end for one in windows],
        "cap_own": [one.own_seconds for one in windows], "cap_week": [one.week for one in windows],
    }  # fmt: skip
