"""What an agency and its papers must say, and when they are looked at again."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta

from anxin.agencies.rules.problem import Problem
from anxin.agencies.values import (
    GRADES,
    DocumentKind,
    Mode,
)
from anxin.kit.clock import SHANGHAI
from anxin.kit.text import gettext_noop

REVERIFY_MONTHS = 6
REVERIFY_GRACE = timedelta(days=30)
LEAVE_NOTICE = timedelta(days=30)
WARN_BEFORE = timedelta(days=30)
PHONE = re.compile(r"1[3-9]\d{9}|0\d{2,3}-?\d{7,8}(-\d{1,6})?|400-?\d{3}-?\d{4}", re.ASCII)


def profile_problems(
    mode: str, legal_representative: str, phone: str, town_code: str, address: str, *, known_town: bool
) -> list[Problem]:
    """What is wrong with what an agency says of itself."""
    found = []
    if mode not in set(Mode):
        found.append(Problem("mode", gettext_noop("请选择用工方式。")))
    if not 2 <= len(legal_representative.strip()) <= 40:
        found.append(
            Problem("legal_representative", gettext_noop("请填写法定代表人（经营者）姓名，2 到 40 个字。"))
        )
    if not PHONE.fullmatch(phone.strip()):
        found.append(Problem("phone", gettext_noop("请填写手机号，或带区号的座机号，例如 0571-63720000。")))
    if len(town_code) != 9 or not known_town:
        found.append(Problem("town_code", gettext_noop("请选择机构所在的镇街。")))
    if not 4 <= len(address.strip()) <= 200:
        found.append(Problem("address", gettext_noop("请填写详细地址，4 到 200 个字。")))
    return found


def paper_problems(
    kind: str,
    title: str,
    issuer: str,
    number: str,
    valid_from: date | None,
    valid_to: date | None,
    *,
    has_file: bool,
) -> list[Problem]:
    """What is wrong with a document as it is handed in."""
    found = []
    if kind not in set(DocumentKind):
        found.append(Problem("kind", gettext_noop("请选择资料的类别。")))
    if not 2 <= len(title.strip()) <= 120:
        found.append(Problem("title", gettext_noop("请填写资料名称，2 到 120 个字。")))
    if not 2 <= len(issuer.strip()) <= 120:
        found.append(Problem("issuer", gettext_noop("请填写发证机关，2 到 120 个字。")))
    if kind in (DocumentKind.LICENCE, DocumentKind.GRADE) and not number.strip():
        found.append(Problem("number", gettext_noop("请填写证书编号。")))
    if kind == DocumentKind.GRADE and title.strip() not in GRADES:
        found.append(Problem("title", gettext_noop("等级请填写 A、AA、AAA、AAAA 或 AAAAA。")))
    if valid_from and valid_to and valid_to < valid_from:
        found.append(Problem("valid_to", gettext_noop("有效期的结束不能早于开始。")))
    if not has_file:
        found.append(Problem("file", gettext_noop("请上传资料的照片或 PDF。")))
    return found


def add_months(day: date, months: int) -> date:
    """The same day of a later month, or its last day."""
    year, month = divmod(day.month - 1 + months, 12)
    first = date(day.year + year, month + 1, 1)
    following = date(first.year + first.month // 12, first.month % 12 + 1, 1)
    return min(first.replace(day=1) + timedelta(days=day.day - 1), following - timedelta(days=1))


def reverify_due(verified_at: datetime) -> datetime:
    """Six months later at the same time of day (网络交易监督管理办法 art. 24)."""
    local = verified_at.astimezone(SHANGHAI)
    due = add_months(local.date(), REVERIFY_MONTHS)
    return local.replace(year=due.year, month=due.month, day=due.day)


def weekday_after(day: date, weekday: int) -> date:
    """The first such weekday (0 = Monday) on or after a day."""
    return day + timedelta(days=(weekday - day.weekday()) % 7)
