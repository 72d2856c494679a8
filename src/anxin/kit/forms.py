"""Forms and refusals: what an action refused is told beside the field it concerns, and what was typed stays."""

from __future__ import annotations

from collections.abc import Callable

from django.forms import BaseForm
from django.http import HttpRequest, QueryDict

from anxin.kit.errors import Refusal

DONE = 303


def sent(request: HttpRequest) -> QueryDict | None:
    """What binds a form: what was posted, even if nothing was; None while the form is only asked for."""
    return request.POST if request.method == "POST" else None


def attempt(form: BaseForm, act: Callable[[], object]) -> int:
    """Do what a bound form asks: DONE, or the status of the page that shows the form again with what is wrong.

    200 for a form that nobody sent yet.
    """
    if not form.is_bound:
        return 200
    if not form.is_valid():
        return 422
    try:
        act()
    except Refusal as refusal:
        tell(form, refusal)
        return refusal.status
    return DONE


def tell(form: BaseForm, refusal: Refusal) -> None:
    """Put a refusal on a bound form: at its field if the form has that field, else on top."""
    field = refusal.field if refusal.field in form.fields else None
    form.add_error(field, str(refusal))
