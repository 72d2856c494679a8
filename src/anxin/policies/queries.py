"""Reads of the operator's rules. They are public by law and by choice, so everybody may see all of them."""

import logging
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from anxin.policies.models import PolicyVersion
from anxin.policies.values import Policy, Unfit, declared

log = logging.getLogger(__name__)
V = TypeVar("V")
_steady: ContextVar[Mapping[str, Sequence[PolicyVersion]] | None] = ContextVar("steady", default=None)


@dataclass(frozen=True)
class Reading:
    """A policy as it stands: its value now, the version behind it (None = default), and all versions."""

    policy: Policy[Any]
    value: Any
    current: PolicyVersion | None
    history: Sequence[PolicyVersion]
    coming: Sequence[PolicyVersion]


def read(policy: Policy[V], *, at: datetime) -> V:
    """The value of `policy` that holds at `at`. One indexed query; for several use `read_many`."""
    return read_many(policy, at=at)[policy.key]  # type: ignore[no-any-return]


def read_many(*policies: Policy[Any], at: datetime) -> Mapping[str, Any]:
    """Values by key for several policies at once. One query, never a cache: a change holds from its moment on."""
    if (known := _steady.get()) is not None:
        found = {
            policy.key: (row for row in known.get(policy.key, ()) if row.valid_from <= at)
            for policy in policies
        }
        values = {key: next((row.value for row in rows), None) for key, rows in found.items()}
        return {policy.key: value_of(policy, values[policy.key]) for policy in policies}
    rows = (
        PolicyVersion.objects.filter(key__in=[policy.key for policy in policies], valid_from__lte=at)
        .order_by("key", "-valid_from", "-created_at")
        .distinct("key")
    )
    stored = {row.key: row.value for row in rows}
    return {policy.key: value_of(policy, stored.get(policy.key)) for policy in policies}


@contextmanager
def steady() -> Iterator[None]:
    """Read all rules once for what happens inside, where nobody changes one: for a past told in one go."""
    known: dict[str, list[PolicyVersion]] = {}
    for row in PolicyVersion.objects.order_by("key", "-valid_from", "-created_at"):
        known.setdefault(row.key, []).append(row)
    token = _steady.set(known)
    try:
        yield
    finally:
        _steady.reset(token)


# The stored value of one policy at %(at)s, for a higher area's one statement: a scalar subquery, read by `value_of`.
STORED_SQL = """
  SELECT p.value::json FROM policies_policyversion p WHERE p.key = '{key}' AND p.valid_from <= %(at)s
  ORDER BY p.valid_from DESC, p.created_at DESC LIMIT 1
"""


def value_of(policy: Policy[Any], stored: Any) -> Any:
    """The typed value of a stored one; the default where there is none or it no longer fits."""
    if stored is None:
        return policy.default
    try:
        return policy.fit(stored)
    except Unfit:
        # A release narrowed the bounds after the operator had chosen: the default is safe, the log is loud.
        log.error("stored value of policy %s no longer fits, default used", policy.key)
        return policy.default


def readings(*, at: datetime) -> list[Reading]:
    """Every declared policy with value and history, as the areas declare them. One query."""
    versions: dict[str, list[PolicyVersion]] = {}
    for row in PolicyVersion.objects.order_by("key", "-valid_from", "-created_at"):
        versions.setdefault(row.key, []).append(row)
    return [_reading(policy, versions.get(key, []), at) for key, policy in declared().items()]


def reading(key: str, *, at: datetime) -> Reading | None:
    """One declared policy with value and history, None if no area declares it. One query."""
    policy = declared().get(key)
    if policy is None:
        return None
    rows = PolicyVersion.objects.filter(key=key).order_by("-valid_from", "-created_at")
    return _reading(policy, list(rows), at)


def _reading(policy: Policy[Any], rows: Sequence[PolicyVersion], at: datetime) -> Reading:
    past = [row for row in rows if row.valid_from <= at]
    current = past[0] if past else None
    return Reading(
        policy=policy,
        value=value_of(policy, current.value if current else None),
        current=current,
        history=past,
        coming=[row for row in rows if row.valid_from > at],
    )
