"""What was destroyed because its time was over: by holding, up to which moment, how much."""

from __future__ import annotations

from django.db import models

from anxin.kit.models import Base


class Sweep(Base):
    """One run over one holding of the register; the next begins where this one ended."""

    holding = models.CharField(max_length=80)
    cutoff = models.DateTimeField()
    count = models.PositiveIntegerField()
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["holding", "-cutoff"], name="governance_sweep_last")]
