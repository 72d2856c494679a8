"""The versions of the contract texts."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import Q

from anxin.contracts.engine import text as texts
from anxin.contracts.values import Form
from anxin.kit.actor import Actor
from anxin.kit.models import Base, Visible


class TemplateQuerySet(Visible):
    def visible_to(self, actor: Actor) -> Self:
        """Texts are standard terms: everybody may read them before dealing (民法典 496)."""
        return self


class Template(Base):
    """One version of the text for one form of contract; never changed, only followed by the next."""

    code = models.CharField(max_length=32)
    version = models.CharField(max_length=16)
    form = models.CharField(max_length=16)
    source = models.TextField()
    sha256 = models.CharField(max_length=64)
    official = models.BooleanField(default=False)
    in_force_at = models.DateTimeField()
    created_at = models.DateTimeField()
    created_by = models.UUIDField(null=True)

    objects = TemplateQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["code", "version", "form"], name="contracts_template_once"),
            models.CheckConstraint(
                condition=Q(form__in=[str(f) for f in Form]), name="contracts_template_form"
            ),
        ]
        indexes = [models.Index(fields=["form", "-in_force_at"], name="contracts_template_current")]

    @property
    def name(self) -> str:
        return f"{self.code}-{self.version}"

    @property
    def text(self) -> texts.Text:
        return texts.read(self.source)
