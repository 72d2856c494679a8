"""The agency's services: the list, the editor with preview, publication, withdrawal, versions side by side."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from anxin.agencies import actions, public, queries, rules
from anxin.agencies.engine.words import changes
from anxin.agencies.forms.desk import told
from anxin.agencies.forms.service import FIELDS, ServiceForm, starting
from anxin.agencies.models import Agency, ServiceItem, ServiceVersion
from anxin.agencies.pages.shown import hours_shown, next_wednesday, prices_shown, unit_word
from anxin.agencies.queries import pages as reads
from anxin.agencies.states import ItemState
from anxin.agencies.values import ITEM_LABELS, UNIT_LABELS, ServiceContent, Unit
from anxin.catalogue import public as catalogue
from anxin.catalogue.values import ItemFacts
from anxin.kit import clock
from anxin.kit.access import Request, holds, page
from anxin.kit.errors import NotFound, Refusal
from anxin.places import public as places

READ, PUBLISH = holds("agencies.read"), holds("agencies.publish")


@page(READ)
def items(request: Request) -> HttpResponse:
    """All services of the agency, and what of the catalogue it does not offer yet."""
    return _items(request)


@page(PUBLISH, methods=("POST",))
def open_service(request: Request) -> HttpResponse:
    """Start offering an item of the catalogue."""
    try:
        row = actions.open_service(
            agency_id=_own(request).pk,
            item_code=request.POST.get("item_code", ""),
            by=request.actor,
            at=clock.now(),
        )
    except Refusal as refusal:
        return _items(request, error=str(refusal), status=refusal.status)
    return _see_other("agencies:editor", row.pk)


@page(READ)
def editor(request: Request, service_id: UUID) -> HttpResponse:
    """The newest text of a service, ready to be changed."""
    row = reads.own_service(service_id, request.actor)
    return _editor(request, row, _form(row, clock.now()))


@page(PUBLISH, methods=("POST",))
def draft(request: Request, service_id: UUID) -> HttpResponse:
    """Keep what was typed as a draft, finished or not."""
    return _write(request, service_id, actions.save_draft, _("草稿已保存，客户还看不到。"))


@page(PUBLISH, methods=("POST",))
def publication(request: Request, service_id: UUID) -> HttpResponse:
    """Publish what was typed as the next version."""
    return _write(
        request,
        service_id,
        actions.publish_version,
        _("已发布，客户现在就能看到。已下的订单仍按原来的版本。"),
    )


@page(PUBLISH, methods=("POST",), replay=False)
def preview(request: Request, service_id: UUID) -> HttpResponse:
    """What customers would read, and what three usual orders would cost; nothing is kept."""
    row = reads.own_service(service_id, request.actor)
    at = clock.now()
    form = _form(row, at, request.POST)
    context = (
        _preview(form, catalogue.item_or_none(row.item_code, at), at) if form.is_valid() else {"form": form}
    )
    if request.htmx:
        return render(request, "agencies/preview.html", context)
    return _editor(request, row, form, **context)


@page(PUBLISH, methods=("POST",))
def discard(request: Request, service_id: UUID) -> HttpResponse:
    """Drop the draft."""
    actions.discard_draft(service_id=service_id, by=request.actor, at=clock.now())
    messages.success(request, _("草稿已丢弃。"))
    return _see_other("agencies:items")


@page(PUBLISH, methods=("POST",))
def withdrawal(request: Request, service_id: UUID) -> HttpResponse:
    """Take a service off the list."""
    actions.withdraw_service(
        service_id=service_id, why=request.POST.get("why", ""), by=request.actor, at=clock.now()
    )
    messages.success(request, _("已下架。已下的订单照常服务，随时可以重新发布。"))
    return _see_other("agencies:items")


@page(READ)
def versions(request: Request, service_id: UUID) -> HttpResponse:
    """Every version with what it changed."""
    row = reads.own_service(service_id, request.actor)
    towns = _towns()
    rows = list(row.versions.all())
    shown = [
        {
            "version": newer,
            "first": older is None,
            "changes": changes(older.content if older else None, newer.content, towns, _),
        }
        for newer, older in zip(rows, [*rows[1:], None], strict=True)
    ]
    context = {"service": row, "versions": shown, "newest": rows[0] if rows else None}
    return render(request, "agencies/versions.html", context)


def _own(request: Request) -> Agency:
    row = reads.own(request.actor)
    if row is None:
        raise NotFound
    return row


def _items(request: Request, *, error: str = "", status: int = 200) -> HttpResponse:
    row = reads.own(request.actor)
    if row is None:
        return redirect("agencies:apply")
    drafts = queries.drafts(row.pk)
    known = {item.code: item for item in catalogue.items(clock.now(), orderable=True)}
    services = list(row.services.all())
    taken = {service.item_code for service in services}
    context = {
        "agency": row,
        "services": [
            _row(service, drafts.get(service.pk), known.get(service.item_code)) for service in services
        ],
        "missing": [item for code, item in known.items() if code not in taken],
        "error": error,
        "live": row.state == "live",
    }
    return render(request, "agencies/items.html", context, status=status)


def _row(service: ServiceItem, draft: ServiceVersion | None, item: ItemFacts | None) -> dict[str, Any]:
    shown = service.current or draft
    return {
        "service": service,
        "name": shown.name if shown and shown.name else (item.name if item else service.item_code),
        "item": item,
        "shown": shown,
        "unit": unit_word(shown.unit) if shown else "",
        "draft": draft,
        "state": _(ITEM_LABELS[ItemState(service.state)]),
        "towns": len(shown.towns) if shown else 0,
    }


def _form(row: ServiceItem, at: Any, data: Any = None) -> ServiceForm:
    newest = next(iter(row.versions.all()), None)
    if newest is None:
        item = catalogue.item(row.item_code, at)
        content, revision = rules.starting_content(item, row.agency.town_code), ""
    else:
        content, revision = newest.content, queries.revision_of(newest)
    item_facts = catalogue.item_or_none(row.item_code, at)
    units = dict.fromkeys(
        [*(item_facts.units if item_facts else tuple(UNIT_LABELS)), content.price_list.unit]
    )
    return ServiceForm(
        data,
        initial=starting(content, revision),
        towns=list(_towns().items()),
        units=[Unit(unit) for unit in units],
        kept_nights=content.price_list.nights[1:],
    )


def _write(request: Request, service_id: UUID, action: Any, done: str) -> HttpResponse:
    row = reads.own_service(service_id, request.actor)
    at = clock.now()
    form = _form(row, at, request.POST)
    if not form.is_valid():
        return _editor(request, row, form, status=422)
    try:
        action(
            service_id=row.pk,
            content=form.content,
            revision=form.cleaned_data["revision"],
            by=request.actor,
            at=at,
        )
    except Refusal as refusal:
        stale = isinstance(refusal, actions.Stale)
        if stale:
            # They are told of it now, and shown the newest: sent again, what they typed follows upon that.
            row = reads.own_service(service_id, request.actor)
            form = _form(row, at, _upon(request.POST, row))
            form.is_valid()
        told(form, refusal, FIELDS)
        return _editor(request, row, form, status=refusal.status, stale=stale)
    messages.success(request, done)
    if action is actions.publish_version:
        return _see_other("agencies:items")
    return _see_other("agencies:editor", row.pk)


def _upon(typed: QueryDict, row: ServiceItem) -> QueryDict:
    """What was typed, as a change of the newest version."""
    found = typed.copy()
    found["revision"] = queries.revision_of(row.versions.all()[0])
    return found


def _editor(
    request: Request, row: ServiceItem, form: ServiceForm, *, status: int = 200, **more: Any
) -> HttpResponse:
    at = clock.now()
    item = catalogue.item_or_none(row.item_code, at)
    if "quotes" not in more and not form.is_bound:
        more |= _preview_of(form.initial["content"], item, at)
    newest = next(iter(row.versions.all()), None)
    context = {
        "service": row,
        "agency": row.agency,
        "form": form,
        "item": item,
        "newest": newest,
        "is_draft": newest is not None and newest.published_at is None,
        "live": row.agency.state == "live",
        "may_publish": request.actor.holds("agencies.publish"),
        **more,
    }
    return render(request, "agencies/editor.html", context, status=status)


def _preview(form: ServiceForm, item: ItemFacts | None, at: Any) -> dict[str, Any]:
    assert form.content is not None
    towns = frozenset(form.town_names)
    problems = [actions.told(p) for p in rules.content_problems(form.content, towns, item)]
    return {"problems": problems, **_preview_of(form.content, item, at)}


def _preview_of(content: ServiceContent, item: ItemFacts | None, at: Any) -> dict[str, Any]:
    towns = _towns()
    quotes = []
    usual = item.default_minutes if item else 120
    for label, usage in rules.examples(content.price_list, usual, next_wednesday(at)):
        quotes.append({"label": _(label), "usage": usage, "quote": public.price(content.price_list, usage)})
    return {
        "quotes": quotes,
        "shown": {
            "content": content,
            "prices": prices_shown(content.price_list, towns),
            "hours": hours_shown(content.hours),
            "unit": unit_word(content.price_list.unit),
            "price_fen": content.price_list.unit_price_fen,
            "towns": [(code, towns.get(code, code)) for code in content.towns],
        },
    }


def _towns() -> dict[str, str]:
    return {town.code: town.name for town in places.towns()}


def _see_other(name: str, *args: Any) -> HttpResponse:
    response = redirect(name, *args)
    response.status_code = 303
    return response
