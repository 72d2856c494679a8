"""What went out by SMS, for the operator: to whom (masked), which template, and whether it arrived at the provider."""

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from anxin.kit.access import Request, holds, page
from anxin.kit.lists import Asked
from anxin.kit.text import gettext_noop
from anxin.messaging import queries
from anxin.messaging.states import SmsState

KINDS = {
    "login_code": gettext_noop("登录验证码"),
    "confirm_code": gettext_noop("操作验证码"),
    "notice": gettext_noop("通知"),
}


@page(holds("messaging.read"))
def outbox(request: Request) -> HttpResponse:
    """Messages with their state, newest first, by state and kind."""
    asked = Asked.of(request)
    state = asked.pick("state", _("状态"), [(str(one), one.label) for one in SmsState])
    template = asked.pick("template", _("内容"), [(code, _(words)) for code, words in KINDS.items()])
    rows = asked.page(queries.recent(state=state, template=template), 50)
    context = {
        "page": rows,
        "rows": [(row, _(KINDS.get(row.template, row.template))) for row in rows],
        "asked": asked,
        "counts": queries.counts(),
        "screens": f"{settings.ANXIN_SIMULATOR_URL}/sms/" if settings.ANXIN_DEMO else "",
    }
    return render(request, "messaging/outbox.html", context)
