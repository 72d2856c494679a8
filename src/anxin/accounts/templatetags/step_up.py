"""The fields by which one proves who one is, inside a form whose rule asks for it."""

from __future__ import annotations

from typing import Any

from django import template
from django.template.context import Context

from anxin.accounts import queries
from anxin.accounts.forms import StepUpForm
from anxin.accounts.models import Person

register = template.Library()


@register.inclusion_tag("accounts/_step_up_here.html", takes_context=True)
def step_up(context: Context) -> dict[str, Any]:
    """{% step_up %} in a form of a page under `fresh(...)`: nothing for who has just proved who they are.

    For passkeys the form itself carries data-passkey="get" and data-passkey-url.
    """
    actor = context["request"].actor
    if actor.fresh or actor.person_id is None:
        return {"ways": None}
    person: Person = Person.objects.visible_to(actor).get(pk=actor.person_id)
    ways = queries.ways(person)
    return {
        "ways": ways,
        "form": StepUpForm(ways=ways),
        "there": True,
        "demo": context.get("demo"),
    }
