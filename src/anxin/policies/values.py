"""Operator's rules as values: declared by the area that obeys them, changed without a new release.

An area declares its rules as module-level constants in its own `values`:

    OFFER_MINUTES = Policy("orders.offer_minutes", 30, unit=gettext_noop("分钟"),
                           meaning=gettext_noop("…"), source="DEF", low=5, high=1440)

and reads them at run time with `policies.public.read(OFFER_MINUTES, at=at)`.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any, Generic, TypeVar

from anxin.kit.text import gettext_noop

# The permission of the operator to change a rule.
CHANGE = "policies.change"

V = TypeVar("V")

NOT_A_NUMBER = gettext_noop("请填写数字。")
NOT_WHOLE = gettext_noop("请填写整数。")
TOO_LOW = gettext_noop("不能小于 %(low)s。")
TOO_HIGH = gettext_noop("不能大于 %(high)s。")
NOT_A_CHOICE = gettext_noop("请从给出的选项中选择。")
NOT_YES_NO = gettext_noop("请选择“是”或“否”。")
NOT_TEXT = gettext_noop("请填写文字。")
WRONG_PARTS = gettext_noop("各项名称必须正好是：%(parts)s。")
NOT_A_LIST = gettext_noop("请填写用逗号分隔的整数。")


class Unfit(ValueError):
    """A value that a policy does not take. `message` is a Chinese text, `params` fill its places."""

    def __init__(self, message: str, **params: object) -> None:
        super().__init__(message)
        self.message = message
        self.params = params


@dataclass(frozen=True, eq=False)
class Policy(Generic[V]):
    """One rule of the operator.

    key: `<area>.<name>`. default: what holds until somebody changes it; its type is the rule's type
    (bool, int, float, str, tuple of int, or a mapping of named numbers such as weights).
    unit, meaning: Chinese for the public page. source: clause or "DEF" (our own default).
    low, high: inclusive bounds of each number; nothing is negative unless `low` says so.
    choices: allowed texts. labels: names of a mapping's parts.
    check: a further condition; returns the Chinese text of what is wrong, or None.
    ahead_days: how many days before it holds a change must be announced.
    """

    key: str
    default: V
    unit: str
    meaning: str
    source: str = "DEF"
    low: float | None = None
    high: float | None = None
    choices: tuple[str, ...] = ()
    labels: Mapping[str, str] = field(default_factory=dict)
    check: Callable[[Any], str | None] | None = None
    ahead_days: int = 0

    def earliest(self, at: datetime) -> datetime:
        """From when a change that is announced at `at` may hold."""
        return at + timedelta(days=self.ahead_days)

    def __post_init__(self) -> None:
        if self.key in _registry:
            raise ValueError(f"two policies are called {self.key}")
        self.fit(self.to_json(self.default))
        _registry[self.key] = self

    def to_json(self, value: V) -> Any:
        """`value` as it is stored."""
        if isinstance(value, Mapping):
            return dict(value)
        return list(value) if isinstance(value, tuple) else value

    def fit(self, stored: Any) -> V:
        """The typed value of something stored or typed in; raises Unfit."""
        value: Any = _fitted(self, stored)
        wrong = self.check(value) if self.check else None
        if wrong:
            raise Unfit(wrong)
        return value  # type: ignore[no-any-return]


# Ten-thousandths; pages show such a rule as per cent.
BASIS_POINTS = "万分之"

# Words for the areas, as headings of the published rules.
AREAS = {
    "notices": gettext_noop("通知"),
    "accounts": gettext_noop("账号"),
    "agencies": gettext_noop("机构"),
    "workers": gettext_noop("家政员"),
    "safetycode": gettext_noop("安心码"),
    "customers": gettext_noop("客户"),
    "orders": gettext_noop("订单"),
    "matching": gettext_noop("匹配与排序"),
    "contracts": gettext_noop("合同"),
    "payments": gettext_noop("收费与付款"),
    "ledger": gettext_noop("账务"),
    "reviews": gettext_noop("评价"),
    "governance": gettext_noop("个人信息保护"),
}

_registry: dict[str, Policy[Any]] = {}


def _fitted(policy: Policy[Any], stored: Any) -> Any:
    default = policy.default
    if isinstance(default, bool):
        if not isinstance(stored, bool):
            raise Unfit(NOT_YES_NO)
        return stored
    if isinstance(default, int | float):
        return _number(policy, stored, whole=isinstance(default, int))
    if isinstance(default, str):
        if not isinstance(stored, str):
            raise Unfit(NOT_TEXT)
        if policy.choices and stored not in policy.choices:
            raise Unfit(NOT_A_CHOICE)
        return stored
    if isinstance(default, tuple):
        if not isinstance(stored, list | tuple):
            raise Unfit(NOT_A_LIST)
        return tuple(_number(policy, part, whole=True) for part in stored)
    if not isinstance(stored, Mapping) or set(stored) != set(default):
        raise Unfit(WRONG_PARTS, parts="、".join(policy.labels.get(part, part) for part in default))
    return MappingProxyType({part: _number(policy, stored[part], whole=False) for part in default})


def plain(number: float) -> str:
    """A number as people write it: 10,000,000, never 1e+07."""
    return f"{number:,.12g}"


def _number(policy: Policy[Any], stored: Any, *, whole: bool) -> int | float:
    if isinstance(stored, bool) or not isinstance(stored, int | float) or not math.isfinite(stored):
        raise Unfit(NOT_WHOLE if whole else NOT_A_NUMBER)
    if whole and stored != int(stored):
        raise Unfit(NOT_WHOLE)
    low = 0 if policy.low is None else policy.low
    if stored < low:
        raise Unfit(TOO_LOW, low=plain(low))
    if policy.high is not None and stored > policy.high:
        raise Unfit(TOO_HIGH, high=plain(policy.high))
    return int(stored) if whole else float(stored)


def declared() -> Mapping[str, Policy[Any]]:
    """Every policy of the areas that are loaded, by key."""
    return MappingProxyType(_registry)


SUM_NOT_ONE = gettext_noop("各项之和必须等于 1，也就是百分之百。")


def sums_to_one(weights: Mapping[str, float]) -> str | None:
    """A check for weights: their sum is 1 (to a millionth)."""
    return None if math.isclose(sum(weights.values()), 1, abs_tol=1e-6) else SUM_NOT_ONE
