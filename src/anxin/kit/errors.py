"""Refusals: what happened and what to do, in the reader's language, with the HTTP status that fits.

An area subclasses the base that fits beside the action that refuses.
"""

from __future__ import annotations

from typing import Any, ClassVar

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Refusal(Exception):
    """An action said no, and nothing changed. `field` names the form field it concerns, if any."""

    status: ClassVar[int] = 400
    code: ClassVar[str] = "refused"
    message: ClassVar[str | Promise] = _("这一步没有办成，请检查后再试。")
    # What the page says above it, where "this step was not carried out" would not be true.
    headline: ClassVar[str | Promise] = ""

    def __init__(self, field: str | None = None, **params: Any) -> None:
        self.field = field
        self.params = params
        super().__init__(self.code)

    def __str__(self) -> str:
        text = str(self.message)
        return text % self.params if self.params else text

    def told(self, request_id: str) -> dict[str, Any]:
        """The form in which a program is told."""
        return {"code": self.code, "message": str(self), "field": self.field, "request_id": request_id}


class Silent(Exception):
    """An outside system gave no usable answer: what became of the request is not known, so it is made again later."""


class Malformed(Refusal):
    code = "malformed"
    message: ClassVar[str | Promise] = _("请求中有无法识别的字符，请删去后再试。")


class Invalid(Refusal):
    status = 422
    code = "invalid"
    message: ClassVar[str | Promise] = _("填写的内容有误，请检查后再提交。")


class Forbidden(Refusal):
    status = 403
    code = "forbidden"
    message: ClassVar[str | Promise] = _("您当前的岗位没有这项权限。请切换岗位，或联系本机构负责人。")


class AsOneself(Refusal):
    status = 403
    code = "as_oneself"
    headline: ClassVar[str | Promise] = _("请换成个人身份")
    message: ClassVar[str | Promise] = _("这是您自己的事。请先换成个人身份，再办一次。")


class SignInNeeded(Refusal):
    status = 401
    code = "sign_in_needed"
    message: ClassVar[str | Promise] = _("请先登录，再继续刚才的操作。")


class RealNameNeeded(Forbidden):
    code = "real_name_needed"
    message: ClassVar[str | Promise] = _("下单、接单前需要完成实名核验，约需一分钟。")


class StepUpNeeded(Forbidden):
    code = "step_up_needed"
    message: ClassVar[str | Promise] = _("这是重要操作，请先再次确认是您本人（5 分钟内有效）。")


class ScopeMissing(Forbidden):
    code = "scope_missing"
    message: ClassVar[str | Promise] = _("这个访问令牌的授权范围不包括此操作。请换用授权范围更大的令牌。")


class CrossSite(Forbidden):
    code = "cross_site"
    message: ClassVar[str | Promise] = _(
        "用浏览器登录状态调用写接口时，须带上 X-CSRFToken；程序请使用访问令牌。"
    )


class NotFound(Refusal):
    status = 404
    code = "not_found"
    message: ClassVar[str | Promise] = _("没有找到，或您无权查看。请核对编号。")


class Conflict(Refusal):
    status = 409
    code = "conflict"
    message: ClassVar[str | Promise] = _("情况刚刚发生了变化，请刷新后再试。")


class TooMany(Refusal):
    """Too often. `retry_after`: seconds until it may go through, told in the header of that name."""

    status = 429
    code = "too_many"
    message: ClassVar[str | Promise] = _("操作太频繁，请稍等片刻再试。")

    def __init__(self, field: str | None = None, *, retry_after: int = 60, **params: Any) -> None:
        super().__init__(field, **params)
        self.retry_after = retry_after


class TooFast(TooMany):
    code = "too_fast"
    message: ClassVar[str | Promise] = _("请求太频繁，请在 %(seconds)s 秒后再试。")


class Unavailable(Refusal):
    """The house cannot write or read just now. `retry_after`: seconds, told in the header of that name."""

    status = 503
    code = "unavailable"
    retry_after: ClassVar[int] = 10
    message: ClassVar[str | Promise] = _(
        "系统正在恢复，这一步没有办成，也没有保存一半的内容。请稍等片刻再试一次。"
    )


class Broken(Refusal):
    """A mistake of ours."""

    status = 500
    code = "broken"
    message: ClassVar[str | Promise] = _(
        "系统出了点问题，这一步没有办成，没有保存一半的内容。请过几分钟再试。"
    )
