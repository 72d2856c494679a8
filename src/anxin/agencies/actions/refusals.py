"""Refusals that several actions share."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from anxin.agencies.rules import Problem
from anxin.kit.errors import Conflict, Invalid


class Unfit(Invalid):
    """Several fields are wrong; `problems` lists (field, text)."""

    code = "unfit"
    message = "%(first)s"

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = [(p.field, told(p)) for p in problems]
        super().__init__(field=problems[0].field, first=self.problems[0][1])


class Stale(Conflict):
    code = "stale"
    message = _(
        "您打开之后，%(who)s在 %(when)s 改过这项服务。为避免互相覆盖，这次没有保存；请对照最新内容后再提交。"
    )


class NothingChanged(Conflict):
    code = "nothing_changed"
    message = _("和当前发布的版本完全一样，没有需要发布的改动。")


class NotLive(Conflict):
    code = "not_live"
    message = _("机构审核通过、正常服务之后才能发布。现在可以先把内容存成草稿。")


class LicenceMissing(Conflict):
    code = "licence_missing"
    message = _("还没有上传营业执照。请先上传清晰完整的执照，再提交审核。")


class LicenceExpired(Conflict):
    code = "licence_expired"
    message = _("营业执照已经过期。请先上传新的执照，再提交审核。")


class LicenceNotVerified(Conflict):
    code = "licence_not_verified"
    message = _("营业执照还没有核实或已经过期，不能通过。请先核实执照。")


class AgreementMissing(Invalid):
    code = "agreement_missing"
    message = _("请阅读并同意平台入驻协议，再提交审核。")


class ReasonMissing(Invalid):
    code = "reason_missing"
    message = _("请写明理由（至少 5 个字），对方会看到。")


def told(problem: Problem) -> str:
    """A problem in the reader's language."""
    text = gettext(problem.text)
    return text % dict(problem.params) if problem.params else text


def reason(text: str, field: str = "why") -> str:
    """The reason, trimmed. Refuses: ReasonMissing."""
    kept = text.strip()
    if len(kept) < 5:
        raise ReasonMissing(field=field)
    return kept[:500]
