"""Which text is in force."""

from __future__ import annotations

from datetime import datetime

from django.db.models import QuerySet

from anxin.contracts.models import Template
from anxin.contracts.values import Form


def template_for(form: Form, at: datetime) -> Template | None:
    """The newest text of a form that is in force at a moment."""
    return (
        Template.objects.filter(form=form, in_force_at__lte=at)
        .order_by("-in_force_at", "-created_at")
        .first()
    )


def templates() -> QuerySet[Template]:
    """All versions, by form, newest first."""
    return Template.objects.order_by("form", "-in_force_at", "-created_at")
