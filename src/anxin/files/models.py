"""What is known of an upload; its bytes lie on disk, sharded by hash."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from anxin.files.values import FileKind, Format, Scan
from anxin.kit.models import Base


class StoredFile(Base):
    """One kept upload. The owning area decides who may see it; here is only who brought it."""

    RETENTION = "of its owner"

    kind = models.CharField(max_length=20)
    person = models.ForeignKey(
        "accounts.Person", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    organisation = models.ForeignKey(
        "accounts.Organisation", null=True, on_delete=models.PROTECT, related_name="+"
    )
    sha256 = models.CharField(max_length=64, db_index=True)
    size = models.PositiveBigIntegerField()
    content_type = models.CharField(max_length=40)
    name = models.CharField(max_length=120)
    width = models.PositiveIntegerField(default=0)
    height = models.PositiveIntegerField(default=0)
    scan = models.CharField(max_length=10, default=Scan.NONE, db_default=Scan.NONE.value)
    created_at = models.DateTimeField()

    class Meta:
        verbose_name = _("文件")
        indexes = [
            models.Index(fields=["person", "-created_at"], name="files_person_at"),
            models.Index(
                fields=["created_at"], name="files_waiting", condition=models.Q(scan=Scan.WAITING.value)
            ),
        ]
        constraints = [
            models.CheckConstraint(
                name="files_kind", condition=models.Q(kind__in=[v.value for v in FileKind])
            ),
            models.CheckConstraint(name="files_scan", condition=models.Q(scan__in=[v.value for v in Scan])),
            models.CheckConstraint(
                name="files_content_type", condition=models.Q(content_type__in=[v.value for v in Format])
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.id}"

    @property
    def is_image(self) -> bool:
        return self.content_type.startswith("image/")
