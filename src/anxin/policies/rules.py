"""How a value typed on a page becomes the JSON form of a policy."""

from collections.abc import Mapping
from typing import Any

from anxin.policies.values import NOT_A_LIST, NOT_A_NUMBER, NOT_YES_NO, Policy, Unfit

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
