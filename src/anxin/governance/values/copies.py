"""How long a copy of one's data is there, and how often one may be asked for."""

from anxin.kit.text import gettext_noop
from anxin.policies.values import Policy

COPY_DAYS = Policy(
    "governance.copy_days", 7, unit=gettext_noop("天"), low=1, high=30,
    meaning=gettext_noop("个人信息副本可以下载几天"), source="GB/T 35273-2020",
)  # fmt: skip
COPIES_A_DAY = Policy(
    "governance.copies_a_day", 2, unit=gettext_noop("份"), low=1, high=20,
    meaning=gettext_noop("一个人一天可以申请几份个人信息副本"), source="DEF",
)  # fmt: skip
CORRECTION_DAYS = Policy(
    "governance.correction_days", 15, unit=gettext_noop("天"), low=1, high=30,
    meaning=gettext_noop("更正申请几天内答复"), source="GB/T 35273-2020",
)  # fmt: skip
CLOSING_DAYS = Policy(
    "governance.closing_days", 7, unit=gettext_noop("天"), low=0, high=15,
    meaning=gettext_noop("申请注销后几天正式注销，期间可以撤回"), source="GB/T 35273-2020",
)  # fmt: skip
