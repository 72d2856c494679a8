"""Seeing one person whole, for a reason and a short time; who has looked at whom."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from anxin.governance import rules
from anxin.governance.actions import looks as actions
from anxin.governance.forms import LookForm
from anxin.governance.pages.edge import layout
from anxin.governance.queries import looks
from anxin.governance.values.looks import LOOK_KIND_LABELS, LookKind
from anxin.kit import clock
from anxin.kit.access import SIGNED_IN, Request, any_of, fresh, holds, page
from anxin.kit.errors import NotFound
from anxin.kit.forms import DONE, attempt, sent
from anxin.kit.lists import Asked
from anxin.kit.redirects import next_of, see_other
from anxin.kit.text import gettext_noop

FIELD_LABELS = {
    "name": gettext_noop("姓名"), "phone": gettext_noop("手机号"), "id_number": gettext_noop("身份证号码"),
    "contact": gettext_noop("联系人"), "detail": gettext_noop("门牌"),
}  # fmt: skip
LOOKERS = any_of(
    holds("orders.read"), holds("workers.read"), holds("safetycode.issue"), holds("workers.oversee")
)
WATCHERS = any_of(holds("audit.read"), holds("accounts.appoint"))


@page(fresh(LOOKERS), methods=("GET", "POST"), replay=False)
def look(request: Request, kind: str, record: UUID) -> HttpResponse:
    """One record: masked with a form that asks why, or whole for the minutes that are left."""
    at, back = clock.now(), next_of(request)
    one = looks.subject(LookKind(kind), record, request.actor) if kind in list(LookKind) else None
    if one is None:
        raise NotFound
    form = LookForm(sent(request))
    status = attempt(form, lambda: actions.look(kind=one.kind, record_id=one.record, by=request.actor, at=at,
                                                **form.cleaned_data))  # fmt: skip
    if status == DONE:
        here = reverse("governance:look", args=[kind, record])
        return see_other(f"{here}?next={back}" if back != "/" else here)
    seen = looks.open_look(one, request.actor, at)
    fields = [
        (_(FIELD_LABELS[name]), name, value if seen else rules.masked(name, value))
        for name, value in one.fields
        if value
    ]
    context = {
        "layout": layout(request), "form": form, "one": one, "seen": seen, "fields": fields, "back": back,
        "kind": _(LOOK_KIND_LABELS[one.kind]),
        "minutes": -(-int((seen.until - at).total_seconds()) // 60) if seen else 0,
    }  # fmt: skip
    answer = render(request, "governance/look.html", context, status=status)
    answer.headers["Cache-Control"] = "no-store"
    return answer


@page(WATCHERS)
def watched(request: Request) -> HttpResponse:
    """Every look of one's organisation; of the whole platform for the auditor."""
    asked = Asked.of(request)
    kinds = [(str(kind), _(words)) for kind, words in LOOK_KIND_LABELS.items()]
    rows = looks.overseen(request.actor)
    if kind := asked.pick("kind", _("看了什么"), kinds):
        rows = rows.filter(kind=kind)
    found = asked.page(asked.within(rows, "at", asked.days(_("从"), _("到"))), 30)
    context = {"found": found, "told": looks.told(found), "asked": asked, "layout": layout(request)}
    return render(request, "governance/watched.html", context)


@page(SIGNED_IN)
def at_me(request: Request) -> HttpResponse:
    """Who has looked at me, as which post, and why."""
    found = Asked.of(request).page(looks.at_me(request.actor), 30)
    context = {"found": found, "told": looks.told(found), "layout": layout(request)}
    return render(request, "governance/at_me.html", context)
