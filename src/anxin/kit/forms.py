"""Forms and refusals: what an action refused is told beside the field it concerns, and what was typed stays."""

from __future__ import annotations

from django.forms import BaseForm

from anxin.kit.errors import Refusal


def tell(form: BaseForm, refusal: Refusal) -> None:
    """Put a refusal on a bound form: at its field if the form has that field, else on top."""
    field = refusal.field if refusal.field in form.fields else None
    form.add_error(field, str(refusal))
