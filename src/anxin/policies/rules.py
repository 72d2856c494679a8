"""How a value typed on a page becomes the JSON form of a policy."""

from collections.abc import Mapping
from typing import Any

from anxin.kit.text import gettext_noop
from anxin.policies.values import BASIS_POINTS, NOT_A_LIST, NOT_A_NUMBER, NOT_YES_NO, Policy, Unfit, plain

_YES, _NO = frozenset({"true", "1", "on", "是"}), frozenset({"false", "0", "", "否"})


def parse(policy: Policy[Any], typed: str, parts: Mapping[str, str]) -> Any:
    """The JSON form of what was typed: `typed` for single values, `parts` for named numbers. Raises Unfit."""
    default, typed = policy.default, typed.strip()
    if isinstance(default, bool):
        if typed.lower() not in _YES | _NO:
            raise Unfit(NOT_YES_NO)
        return typed.lower() in _YES
    if isinstance(default, int | float):
        return _number(typed)
    if isinstance(default, str):
        return typed
    if isinstance(default, tuple):
        try:
            return [int(part) for part in typed.replace("，", ",").split(",") if part.strip()]
        except ValueError as error:
            raise Unfit(NOT_A_LIST) from error
    return {part: _number(parts.get(part, "")) for part in default}


def _number(typed: str) -> int | float:
    try:
        found = float(typed)
    except ValueError as error:
        raise Unfit(NOT_A_NUMBER) from error
    # 1e400 and "nan" parse as floats; `fit` refuses what is not finite.
    return int(found) if found.is_integer() else found


YES, NO = gettext_noop("是"), gettext_noop("否")


def say(policy: Policy[Any], value: Any) -> list[tuple[str, str]]:
    """A value in words: (part, figure) for named numbers, else one pair with an empty part. Words are untranslated."""
    if isinstance(policy.default, bool):
        return [("", YES if value else NO)]
    if isinstance(policy.default, Mapping):
        return [(policy.labels.get(part, part), plain(value[part])) for part in policy.default]
    if isinstance(policy.default, tuple):
        return [("", "、".join(plain(part) for part in value))]
    if policy.unit == BASIS_POINTS:
        return [("", f"{value / 100:g}%")]
    if isinstance(policy.default, int | float):
        return [("", plain(value))]
    return [("", policy.labels.get(value, value))]


def bounds(policy: Policy[Any]) -> str:
    """The bounds of each number as `low–high` or `≥ low`, empty where none are declared."""
    if policy.low is None and policy.high is None:
        return ""
    low = plain(policy.low or 0)
    return f"≥ {low}" if policy.high is None else f"{low}–{plain(policy.high)}"
