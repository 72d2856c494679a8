"""Writing a review, answering it, and the post that manages reviews."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from anxin.audit import public as audit
from anxin.catalogue import public as catalogue
from anxin.files import public as files
from anxin.kit import clock
from anxin.kit.access import PUBLIC, SIGNED_IN, Request, fresh, holds, page
from anxin.kit.errors import NotFound, Refusal
from anxin.kit.forms import tell
from anxin.kit.lists import EXPORT_LIMIT, LATELY, Asked, as_csv
from anxin.kit.redirects import see_other
from anxin.orders import public as orders
from anxin.orders.values import Side
from anxin.reviews import actions, queries
from anxin.reviews.forms import HideForm, ReviewForm, WordsForm
from anxin.reviews.models import Review
from anxin.reviews.states import ReviewState
from anxin.reviews.values import DIMENSION_LABELS, STATE_LABELS, TARGET_LABELS, HideGround, Target

MANAGE = holds("reviews.manage")
OVERSEE = holds("reviews.oversee")
PER_PAGE = 10
PER_PAGE_DESK = 20


@page(SIGNED_IN, methods=("GET", "POST"))
def write(request: Request, number: str) -> HttpResponse:
    """The customer rates the worker, then the agency, one after the other."""
    order = orders.by_number(number, request.actor)
    if order is None or orders.side_of(order, request.actor) != Side.CUSTOMER:
        raise NotFound
    left = queries.missing(order)
    if not left:
        return see_other(reverse("web:order", args=[number]))
    # The worker is fresher in mind than the agency.
    target = Target.WORKER if Target.WORKER in left else left[0]
    form = ReviewForm(request.POST or None, request.FILES or None, initial={"target": target})
    if request.POST.get("target") in list(Target):
        # Of whom the page asked: another page, or the way back, may have told the one already.
        target = Target(request.POST["target"])
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                _review(request, order, target, form)
            except Refusal as refusal:
                tell(form, refusal)
                status = refusal.status
            else:
                messages.success(request, _("谢谢您的评价。"))
                again = len(left) > 1
                return see_other(reverse("reviews:write" if again else "web:order", args=[number]))
        files.keep_chosen(form, by=request.actor, at=clock.now())
    context = {"form": form, "order": order, "target": _(TARGET_LABELS[target])}
    return render(request, "reviews/write.html", context, status=status)


def _review(request: Request, order: orders.Order, target: Target, form: ReviewForm) -> Review:
    data = form.cleaned_data
    return actions.review(
        order, target=target, scores=form.scores(), words=data["words"], anonymous=data["anonymous"],
        photos=data["photos"], by=request.actor, at=clock.now(),
    )  # fmt: skip


@page(PUBLIC)
def of_agency(request: Request, number: str) -> HttpResponse:
    """What customers say about an agency, for anybody; a fragment on its page, or a page of its own."""
    return _told(
        request,
        queries.of_number(actor=request.actor, agency=number),
        reverse("agencies:agency", args=[number]),
    )


@page(PUBLIC)
def of_worker(request: Request, number: str) -> HttpResponse:
    """What customers say about a worker, for anybody."""
    return _told(
        request,
        queries.of_number(actor=request.actor, worker=number),
        reverse("safetycode:card", args=[number]),
    )


def _told(request: Request, rows: QuerySet[Review], back: str) -> HttpResponse:
    found = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    context = {"page": found, "shown": [_with_photos(row, request) for row in found], "back": back}
    return render(request, "reviews/_told.html" if request.htmx else "reviews/told.html", context)


def _with_photos(row: Review, request: Request) -> dict[str, Any]:
    """A review's public face, its scores in words, and addresses of its photos."""
    one = queries.facts(row)
    scores = [(_(words), one.scores[str(code)]) for code, words in DIMENSION_LABELS.items()]
    return {"one": one, "scores": scores, "photos": [files.url_for(pk, request.actor) for pk in one.photos]}


def _asked(asked: Asked, *, managing: bool) -> queries.Narrowed:
    """The filters above a list of reviews, those of the post that manages them besides."""
    yes_no = [("yes", _("是")), ("no", _("否"))]
    stars = [("low", _("2.5 星及以下")), ("middle", _("中等")), ("high", _("4 星及以上"))]
    items = [(item.code, _(item.name)) for item in catalogue.items(clock.now(), orderable=True)]
    return queries.Narrowed(
        text=asked.words("q", _("查找评价"), _("订单号、服务员姓名或评价文字")),
        stars=asked.pick("stars", _("星级"), stars),
        target=asked.pick("target", _("评谁"), [(t, _(words)) for t, words in TARGET_LABELS.items()]),
        item_code=asked.pick("item", _("服务"), items),
        answered=asked.pick("answered", _("机构已回复"), yes_no),
        words=asked.pick("words", _("有文字"), yes_no),
        state=asked.pick("state", _("状态"), [("shown", _("公开")), ("hidden", _("已隐藏"))]) if managing else "",
        anonymous=asked.pick("anonymous", _("匿名"), yes_no) if managing else "",
    )  # fmt: skip


@page(holds("agencies.read"))
def desk(request: Request) -> HttpResponse:
    """An agency's reviews, unanswered first; the names of anonymous authors are not opened."""
    asked = Asked.of(request)
    found = queries.narrowed(queries.desk(request.actor), _asked(asked, managing=False), managing=False)
    rows = asked.page(asked.within(found, "created_at", asked.days(_("从"), _("到"))), PER_PAGE_DESK)
    context = {
        "page": rows, "shown": [(row, queries.facts(row)) for row in rows], "asked": asked,
        "may_answer": request.actor.holds("reviews.answer"), "here": request.get_full_path(),
    }  # fmt: skip
    return render(request, "reviews/desk.html", context)


@page(holds("reviews.answer"), methods=("POST",))
def answer(request: Request, review_id: UUID) -> HttpResponse:
    row = queries.desk(request.actor).filter(pk=review_id).first()
    if row is None:
        raise NotFound
    form = WordsForm(request.POST)
    words = form.cleaned_data["words"] if form.is_valid() else ""
    return _then(request, "reviews:desk", _("已回复。"), actions.answer, row, words=words)


@page(OVERSEE)
def overseen(request: Request) -> HttpResponse:
    """Reviews of a bureau's or association's region, of the last thirty days where no days are asked for."""
    asked = Asked.of(request)
    found = queries.narrowed(queries.overseen(request.actor), _asked(asked, managing=True), managing=False)
    span = asked.days(_("从"), _("到"))
    found = asked.within(found, "created_at", span if any(span) else (clock.now() - LATELY, None))
    if asked.exporting:
        audit.take_along("reviews of the region", found, asked, by=request.actor, at=clock.now())
        return _overseen_csv(found)
    rows, totals = asked.page(found, PER_PAGE_DESK), queries.overseen_totals(found)
    context = {
        "page": rows, "shown": [(row, queries.facts(row)) for row in rows], "asked": asked, "totals": totals,
        "mean": round(totals["stars4"] / len(DIMENSION_LABELS) / totals["count"], 2) if totals["count"] else None,
    }  # fmt: skip
    return render(request, "reviews/overseen.html", context)


def _overseen_csv(found: QuerySet[Review]) -> HttpResponse:
    """As on the screen: the order of an anonymous review would tell who wrote it."""
    head = (
        _("机构"), _("服务"), _("评谁"), _("作者"), _("订单号"), _("星级"), _("评价"), _("回复"), _("状态"),
        _("隐藏依据"), _("时间"),
    )  # fmt: skip
    rows = (
        (
            row.order.provider.name if row.order.provider else "", row.order.item_name,
            _(TARGET_LABELS[Target(row.target)]), queries.facts(row).author,
            "" if row.anonymous else row.order.number, row.stars, row.words, row.answer,
            _(STATE_LABELS[ReviewState(row.state)]), row.ground_words, row.created_at,
        )
        for row in found[:EXPORT_LIMIT]
    )  # fmt: skip
    return as_csv(f"reviews-{clock.local(clock.now()):%Y%m%d-%H%M}", head, rows)


@page(MANAGE)
def manage(request: Request) -> HttpResponse:
    """All reviews, for the one post that manages them; narrowed by what they say and of whom."""
    asked = Asked.of(request)
    found = queries.narrowed(queries.managed(), _asked(asked, managing=True), managing=True)
    rows = asked.page(asked.within(found, "created_at", asked.days(_("从"), _("到"))), PER_PAGE_DESK)
    context = {"page": rows, "hide": HideForm(), "asked": asked, "here": request.get_full_path()}
    return render(request, "reviews/manage.html", context)


def _managed(review_id: UUID) -> Review:
    row = queries.managed().filter(pk=review_id).first()
    if row is None:
        raise NotFound
    return row


@page(MANAGE, methods=("POST",))
def hide(request: Request, review_id: UUID) -> HttpResponse:
    form = HideForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("请选择法律依据并写明理由。"))
        return see_other(_back(request, "reviews:manage"))
    data = form.cleaned_data
    return _then(request, "reviews:manage", _("已隐藏，作者会看到理由。"), actions.hide, _managed(review_id),
                 ground=HideGround(data["ground"]), reason=data["reason"])  # fmt: skip


@page(MANAGE, methods=("POST",))
def show(request: Request, review_id: UUID) -> HttpResponse:
    reason = request.POST.get("reason", "")
    return _then(
        request, "reviews:manage", _("已恢复公开。"), actions.show, _managed(review_id), reason=reason
    )


@page(fresh(MANAGE), methods=("POST",))
def look(request: Request, review_id: UUID) -> HttpResponse:
    """Look behind an anonymous review; the look and its reason are kept."""
    row = _managed(review_id)
    try:
        person = actions.look_behind(
            row, reason=request.POST.get("reason", ""), by=request.actor, at=clock.now()
        )
    except Refusal as refusal:
        messages.error(request, str(refusal))
        return see_other(_back(request, "reviews:manage"))
    context = {"row": row, "person": person, "back": _back(request, "reviews:manage")}
    return render(request, "reviews/behind.html", context)


def _then(request: Request, name: str, done: str, act: Any, row: Review, **more: Any) -> HttpResponse:
    try:
        act(row, **more, by=request.actor, at=clock.now())
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, done)
    return see_other(_back(request, name))


def _back(request: Request, name: str) -> str:
    """The list as it was narrowed, if the form came from there."""
    home, back = reverse(name), request.POST.get("back", "")
    return back if back == home or back.startswith(f"{home}?") else home
