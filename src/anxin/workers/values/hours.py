"""The operator's caps on hours and rest. Services of a day or longer (a live-in carer) have their own terms."""

from __future__ import annotations

from anxin.kit.text import gettext_noop
from anxin.policies.values import Policy

DAY_CAP = Policy(
    "workers.day_minutes", 720, unit=gettext_noop("分钟"), low=0, high=1440,
    meaning=gettext_noop("每天最多工作多少分钟，0 表示不限"),
)  # fmt: skip
WEEK_CAP = Policy(
    "workers.week_minutes", 4320, unit=gettext_noop("分钟"), low=0, high=10_080,
    meaning=gettext_noop("每周最多工作多少分钟，0 表示不限"),
)  # fmt: skip
REST = Policy(
    "workers.rest_minutes", 480, unit=gettext_noop("分钟"), low=0, high=1440,
    meaning=gettext_noop("两天的工作之间至少休息多少分钟，0 表示不限"),
)  # fmt: skip
