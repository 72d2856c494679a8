"""The published rules with their history, and the operator's page to change them."""

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
from anxin.policies import actions, queries, rules
from anxin.policies.actions import UnknownPolicy
from anxin.policies.forms import ChangeForm
from anxin.policies.values import AREAS, BASIS_POINTS, CHANGE


@page(PUBLIC)
def published(request: Request) -> HttpResponse:
    """All rules that hold now: value, meaning, source, and every change with its reason."""
    return render(request, "policies/published.html", {"groups": _groups(clock.now())})


@page(holds(CHANGE))
def desk(request: Request) -> HttpResponse:
    """All rules, to be changed."""
    return render(request, "policies/desk.html", {"groups": _groups(clock.now())})


@page(holds(CHANGE))
def rule(request: Request, key: str) -> HttpResponse:
    """One rule: value, history, and the form to change it."""
    at = clock.now()
    found = _reading(key, at)
    return _rule(request, found, ChangeForm(found.policy, found.value))


@page(holds(CHANGE), methods=("POST",))
def change(request: Request, key: str) -> HttpResponse:
    """Give a rule a new value."""
    at = clock.now()
    found = _reading(key, at)
    form = ChangeForm(found.policy, found.value, request.POST)
    if not form.is_valid():
        return _rule(request, found, form, status=422)
    try:
        actions.change(
            policy=found.policy,
            value=form.cleaned_data["stored"],
            valid_from=form.moment(at),
            reason=form.cleaned_data["reason"],
            by=request.actor,
            at=at,
        )
    except Refusal as refusal:
        tell(form, refusal)
        return _rule(request, found, form, status=refusal.status)
    messages.success(request, _("规则已更新，并在规则公示页公布。"))
    return see_other(reverse("policies:rule", args=[key]))


def _reading(key: str, at: datetime) -> queries.Reading:
    found = queries.reading(key, at=at)
    if found is None:
        raise UnknownPolicy(key=key[:80])
    return found


def _rule(request: Request, found: queries.Reading, form: ChangeForm, status: int = 200) -> HttpResponse:
    return render(request, "policies/rule.html", {"rule": _told(found), "form": form}, status=status)


def _groups(at: datetime) -> list[dict[str, Any]]:
    """Rules by area, in the order of AREAS, the rest after it."""
    by_area: dict[str, list[dict[str, Any]]] = {}
    for found in queries.readings(at=at):
        by_area.setdefault(found.policy.key.partition(".")[0], []).append(_told(found))
    order = [*AREAS, *sorted(by_area.keys() - AREAS.keys())]
    return [
        {"code": area, "name": _(AREAS.get(area, area)), "rules": by_area[area]}
        for area in order
        if area in by_area
    ]


def _told(found: queries.Reading) -> dict[str, Any]:
    policy = found.policy
    return {
        "key": policy.key,
        "meaning": policy.meaning,
        "unit": "" if policy.unit == BASIS_POINTS else policy.unit,
        "typed_unit": policy.unit,
        "source": policy.source,
        "bounds": rules.bounds(policy),
        "value": rules.say(policy, found.value),
        "default": rules.say(policy, policy.default),
        "is_default": found.current is None,
        "current": found.current,
        "history": [_version(found, row) for row in found.history],
        "coming": [_version(found, row) for row in found.coming],
    }


def _version(found: queries.Reading, row: Any) -> dict[str, Any]:
    return {"row": row, "value": rules.say(found.policy, queries.value_of(found.policy, row.value))}
