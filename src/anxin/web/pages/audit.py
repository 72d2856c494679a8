"""The audit trail for the one post that reads it: who did what to what, when, and whether it was changed since."""

from __future__ import annotations

from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from anxin.accounts.values import POSTS
from anxin.audit import public as audit
from anxin.audit.values import EXPORT
from anxin.kit import clock
from anxin.kit.access import PUBLIC, Request, holds, page, prove_first
from anxin.kit.errors import Invalid
from anxin.kit.lists import EXPORT_LIMIT, Asked, as_csv
from anxin.kit.models import uuid_or_none
from anxin.kit.redirects import see_other
from anxin.web.audit_words import ACTIONS, AREAS
from anxin.web.trail import NOBODY, ArchiveTouched, person_of, subject_of, told, walk

READ = holds("audit.read")
PER_PAGE = 50
# An export reads what the days asked for hold in archives: some ten seconds at most.
EXPORT_READS = 500_000


class TooMuchArchived(Invalid):
    code = "too_much_archived"
    message = _lazy("这段时间的归档里有 %(held)s 条记录，一次最多查 %(most)s 条。请缩短时间段再导出。")


@page(READ)
def trail(request: Request) -> HttpResponse:
    """The trail, newest first, narrowed by actor, act, subject and time; nine queries whatever its length.

    Where days are asked for, what lies in archives is read on after the table, so many files a page at most.
    """
    asked = Asked.of(request)
    wanted = _wanted(asked)
    if asked.exporting:
        prove_first(request.actor)
        return _export(request, asked, wanted)
    before = request.GET.get("before", "")
    rows, onward, old = walk(request.actor, wanted, before, PER_PAGE)
    context = {
        "asked": asked, "rows": [one | _ways(asked, one["row"]) for one in told(rows, old.rows)],
        "older": asked.address(before=onward) if onward else "", "newest": asked.address(before=""),
        "walked": bool(before), "seal": audit.last_seal(), "check": audit.last_check(),
        "archive": audit.last_archive(), "touched": old.touched, "dated": bool(wanted.since or wanted.until),
    }  # fmt: skip
    return render(request, "web/audit.html", context)


@page(PUBLIC)
def key(request: Request) -> HttpResponse:
    """The keys by which anybody given the anchors can verify who signed them."""
    return HttpResponse("".join(audit.public_pems()), content_type="text/plain; charset=us-ascii")


@page(READ, methods=("POST",))
def check(request: Request) -> HttpResponse:
    """Have the whole trail verified now."""
    audit.ask_check(by=request.actor, at=clock.now())
    messages.success(request, _("核验已开始，完成后结果显示在这一页。"))
    return see_other(reverse("web:audit"))


def _wanted(asked: Asked) -> audit.Wanted:
    who = asked.words("who", _("谁"), _("手机号或人员编号"))
    what = asked.words("subject", _("对象"), _("订单号、合同号或对象编号"))
    area = asked.pick("area", _("范围"), [(code, _(words)) for code, words in AREAS.items()])
    action = asked.pick(
        "action", _("做了什么"),
        [(c, _(w)) for c, w in ACTIONS.items() if not area or c.startswith(f"{area}.")],
    )  # fmt: skip
    post = asked.pick("post", _("岗位"), [(code, _(one.label)) for code, one in POSTS.items()])
    since, until = asked.days(_("从"), _("到"))
    kind, subject_id = subject_of(what)
    organisation = asked.query.get("organisation", "")
    if organisation:
        asked.kept.append(("organisation", organisation))
    return audit.Wanted(
        area=area, action=action, post=post, person_id=person_of(who), subject=kind, subject_id=subject_id,
        organisation_id=(uuid_or_none(organisation) or NOBODY) if organisation else None,
        since=since, until=until,
    )  # fmt: skip


def _ways(asked: Asked, row: audit.Entry) -> dict[str, str]:
    """Addresses of everything else by this person, and about this subject."""
    return {
        "by_them": asked.seeking(who=str(row.by_person)) if row.by_person else "",
        "about_it": asked.seeking(subject=row.subject_id),
    }


def _export(request: Request, asked: Asked, wanted: audit.Wanted) -> HttpResponse:
    """What was found as a file, at most EXPORT_LIMIT rows; taking it away is itself recorded.

    Refuses ArchiveTouched rather than leave rows out, and TooMuchArchived.
    """
    rows = list(audit.trail(request.actor, wanted)[:EXPORT_LIMIT])
    old = _all_archived(request, wanted, EXPORT_LIMIT - len(rows))
    head = (
        _("编号"), _("时间"), _("人员"), _("人员编号"), _("岗位"), _("组织"), _("做了什么"), _("代码"), _("对象"),
        _("对象编号"), _("渠道"), _("地址"), _("请求号"), _("内容"), _("封存批次"), _("来自归档"),
    )  # fmt: skip
    lines = [
        (
            t["row"].pk, t["row"].at, t["who"], t["row"].by_person, t["post"], t["firm"], t["did"], t["row"].action,
            t["subject"], t["row"].subject_id, t["channel"], t["row"].address, t["row"].request_id,
            urlencode(t["detail"]), t["seal"].pk if t["seal"] else "", _("是") if t["archived"] else "",
        )
        for t in told(rows, old)
    ]  # fmt: skip
    at = clock.now()
    audit.record(
        EXPORT, by=request.actor, at=at, subject="audit", subject_id="trail",
        detail={"asked": sorted(one.name for one in asked.filters if one.value), "rows": len(lines)},
    )  # fmt: skip
    return as_csv(f"audit-{clock.local(at):%Y%m%d-%H%M}", head, lines)


def _all_archived(request: Request, wanted: audit.Wanted, most: int) -> list[audit.Entry]:
    held = audit.archived_count(wanted)
    if held > EXPORT_READS:
        raise TooMuchArchived(held=held, most=EXPORT_READS)
    rows: list[audit.Entry] = []
    onward: audit.Place | None = None
    while len(rows) < most:
        old = audit.archived(request.actor, wanted, most=most - len(rows), after=onward)
        if old.touched:
            raise ArchiveTouched(names=", ".join(old.touched))
        rows += old.rows
        onward = old.onward
        if onward is None:
            break
    return rows
