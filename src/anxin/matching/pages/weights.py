"""The ranking as it is published; other weights tried on past orders, and announced."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from anxin.kit import clock
from anxin.kit.access import PUBLIC, Request, holds, page
from anxin.kit.errors import Refusal
from anxin.kit.forms import tell
from anxin.kit.redirects import see_other
from anxin.matching import actions, queries
from anxin.matching.forms import AnnounceForm, RulesForm
from anxin.matching.values import COMPONENT_LABELS, HEAD_START, HEAD_START_SHARE, NUMBERS, Component, Rules
from anxin.policies import public as policies
from anxin.policies.values import CHANGE
from anxin.workers.values import CREDIT_GRADES


@page(PUBLIC)
def published(request: Request) -> HttpResponse:
    """The ranking in plain words with the weights that hold now, and what is announced."""
    at = clock.now()
    rules = queries.rules_at(at)
    context = {
        "rules": rules, "weights": _shares(rules), "coming": _coming(at), "head_start": _head_start(at),
        "soon": HEAD_START_SHARE,
    }  # fmt: skip
    return render(request, "matching/published.html", context)


def _head_start(at: datetime) -> list[tuple[str, int, int]]:
    """Grades of credit with their least score and the minutes they may grab before everybody (E-8)."""
    ahead = policies.read(HEAD_START, at=at)
    return [(grade, least, round(ahead[grade])) for grade, least in CREDIT_GRADES]


@page(holds(CHANGE))
def desk(request: Request) -> HttpResponse:
    """The numbers that hold, to be changed; once some are given, what they would have changed."""
    at = clock.now()
    now = queries.rules_at(at)
    if Component.NEAR not in request.GET:
        return _desk(request, RulesForm(now))
    form = RulesForm(now, request.GET)
    if not form.is_valid():
        return _desk(request, form, status=422)
    announce = AnnounceForm(now, initial={name: request.GET.get(name) for name in form.fields})
    return _desk(request, form, announce=announce, trial=queries.trial(form.rules, at=at))


@page(holds(CHANGE), methods=("POST",))
def announce(request: Request) -> HttpResponse:
    """Publish the numbers, to hold from seven days on."""
    at = clock.now()
    form = AnnounceForm(queries.rules_at(at), request.POST)
    if not form.is_valid():
        return _desk(request, form, announce=form, status=422)
    try:
        moment = actions.announce_rules(
            rules=form.rules, reason=form.cleaned_data["reason"], by=request.actor, at=at,
            valid_from=form.cleaned_data["valid_from"],
        )  # fmt: skip
    except Refusal as refusal:
        tell(form, refusal)
        return _desk(request, form, announce=form, status=refusal.status)
    said = _("已公布，%(day)s 起生效。在那之前仍按现在的规则排序。")
    messages.success(request, said % {"day": f"{clock.local(moment):%Y-%m-%d %H:%M}"})
    return see_other(reverse("matching:weights"))


def _desk(
    request: Request, form: RulesForm, *, announce: AnnounceForm | None = None,
    trial: queries.Trial | None = None, status: int = 200,
) -> HttpResponse:  # fmt: skip
    context: dict[str, Any] = {
        "form": form, "announce": announce, "trial": trial, "coming": _coming(clock.now()),
    }  # fmt: skip
    if trial:
        context |= {"means": _means(trial), "kept_percent": round(100 * trial.kept)}
    return render(request, "matching/weights.html", context, status=status)


def _means(trial: queries.Trial) -> list[tuple[str, list[str]]]:
    """What becomes of who stands first: (words, [by the rules in force, by those tried])."""
    return [
        (_("路程（公里）"), [f"{one / 1000:.1f}" for one in trial.metres]),
        (_("评价得分"), [f"{100 * one:.0f}" for one in trial.rating]),
        (_("近期派单少的得分"), [f"{100 * one:.0f}" for one in trial.fairness]),
    ]


def _shares(rules: Rules) -> list[tuple[str, str]]:
    """Components with their weights in per cent."""
    return [(_(COMPONENT_LABELS[part]), f"{100 * rules.weights[part]:g}") for part in Component]


def _coming(at: Any) -> list[dict[str, Any]]:
    """What is announced of the ranking: from when, which number, why; soonest first."""
    keys = {policy.key for policy in (*NUMBERS, HEAD_START)}
    rows = [
        {"meaning": _(found.policy.meaning), "row": row, "value": _said(row.value)}
        for found in policies.readings(at=at)
        if found.policy.key in keys
        for row in found.coming
    ]
    return sorted(rows, key=lambda one: one["row"].valid_from)


def _said(value: Any) -> str:
    if not isinstance(value, dict):
        return f"{value:g}"
    if set(value) != set(Component):
        return "，".join(f"{part} {minutes:g}" for part, minutes in value.items())
    return "，".join(
        f"{_(COMPONENT_LABELS[Component(part)])} {100 * share:g}%" for part, share in value.items()
    )
