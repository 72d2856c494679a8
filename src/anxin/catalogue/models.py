"""Versions of the service catalogue. A published version and its rows never change; the database refuses it."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from anxin.kit.models import Base


class CatalogueVersion(Base):
    """One edition of the catalogue; it holds from `valid_from` until a later one does."""

    label = models.CharField(max_length=20, unique=True)
    valid_from = models.DateTimeField(db_index=True)
    note = models.CharField(max_length=300, blank=True)
    checksum = models.CharField(max_length=64)
    published_at = models.DateTimeField()

    class Meta:
        verbose_name = _("服务目录版本")

    def __str__(self) -> str:
        return self.label


class Category(Base):
    """A group of items as one version has it."""

    version = models.ForeignKey(
        CatalogueVersion, on_delete=models.PROTECT, related_name="categories", db_index=False
    )
    code = models.CharField(max_length=4)
    name = models.CharField(max_length=40)
    summary = models.CharField(max_length=200)
    icon = models.CharField(max_length=40)
    position = models.PositiveSmallIntegerField()

    class Meta:
        verbose_name = _("服务分类")
        constraints = [models.UniqueConstraint(fields=["version", "code"], name="catalogue_category_once")]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class Item(Base):
    """A service as one version has it. `spec` is the item as the catalogue file writes it, read by the same parser."""

    version = models.ForeignKey(
        CatalogueVersion, on_delete=models.PROTECT, related_name="items", db_index=False
    )
    category = models.ForeignKey(Category, on_delete=models.PROTECT, related_name="items")
    code = models.CharField(max_length=8)
    name = models.CharField(max_length=60)
    position = models.PositiveSmallIntegerField()
    spec = models.JSONField()

    class Meta:
        verbose_name = _("服务项目")
        constraints = [models.UniqueConstraint(fields=["version", "code"], name="catalogue_item_once")]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"
