"""Addresses for machines that watch over the house, and the table of rights for those who watch over posts."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from prometheus_client import CONTENT_TYPE_LATEST

from anxin.accounts.values import KIND_LABELS, POSTS, OrganisationKind
from anxin.config import rights
from anxin.config.evidence.facts import look
from anxin.config.evidence.register import CONTROLS
from anxin.config.operations import figures, health
from anxin.kit import clock
from anxin.kit.access import PUBLIC, Request, from_networks, holds, page
from anxin.kit.lists import Asked, as_csv
from anxin.kit.network import inside
from anxin.kit.text import gettext_noop
from anxin.web.public import AREAS

# The columns before the posts.
PLAIN = {
    "visitor": gettext_noop("访客"),
    "signed in": gettext_noop("已登录"),
    "verified": gettext_noop("已实名"),
}


@page(PUBLIC)
def ready(request: Request) -> HttpResponse:
    """200 when requests may be sent here, else 503. What is wrong is told to the operator's networks only."""
    checks = health.look(clock.now())
    fine = health.ready(checks)
    answer: dict[str, object] = {"ready": fine}
    if inside(request.actor.address, settings.ANXIN_METRICS_NETWORKS):
        answer["checks"] = {check.name: check.words for check in checks}
    return JsonResponse(answer, status=200 if fine else 503)


@page(from_networks("ANXIN_METRICS_NETWORKS"))
def metrics(request: Request) -> HttpResponse:
    """Figures in the text format of Prometheus."""
    return HttpResponse(figures.exposition(), content_type=CONTENT_TYPE_LATEST)


@page(holds("rights.read"))
def table_of_rights(request: Request) -> HttpResponse:
    """Operation × post, as the code has it at this moment: by kind of organisation and area, or all as a file."""
    asked = Asked.of(request)
    if asked.exporting:
        return _export()
    kind = asked.pick("kind", _("单位类别"), [(str(one), _(words)) for one, words in KIND_LABELS.items()])
    rows = rights.matrix()
    areas = sorted({one.area for one, _cells in rows})
    area = asked.pick("area", _("范围"), [(one, _(AREAS[one]) if one in AREAS else one) for one in areas])
    keys = [*PLAIN, *(key for key, post in POSTS.items() if post.kind == (kind or "operator"))]
    context = {
        "asked": asked,
        "columns": [_(PLAIN[key]) if key in PLAIN else _(POSTS[key].label) for key in keys],
        "rows": [
            (one, [cells.get(key, rights.Cell.NO).value for key in keys])
            for one, cells in rows
            if not area or one.area == area
        ],
        "kind": _(KIND_LABELS[OrganisationKind(kind or "operator")]),
        "operations": len(rows), "posts": len(POSTS), "unruled": rights.unruled(),
    }  # fmt: skip
    return render(request, "config/rights.html", context)


@page(holds("rights.read"))
def evidence(request: Request) -> HttpResponse:
    """Level 2: each control with where the code keeps it, which tests show it, and what this house says of itself."""
    facts = look(clock.now())
    english = get_language() == "en"
    rows = [
        (
            one,
            one.words if english else one.told,
            one.people if english else one.people_told,
            [facts[name] for name in one.facts],
        )
        for one in CONTROLS
    ]
    context = {"rows": rows, "wrong": [fact for fact in facts.values() if fact.ok is False]}
    return render(request, "config/evidence.html", context)


def _export() -> HttpResponse:
    keys = [*PLAIN, *POSTS]
    head = (_("方法"), _("地址"), _("规则"), *keys)
    lines = [
        (
            "/".join(one.methods),
            one.path,
            one.rule.name if one.rule else "",
            *(cells[key].value for key in keys),
        )
        for one, cells in rights.matrix()
    ]
    return as_csv("rights", head, lines)
