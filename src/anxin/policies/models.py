"""The versions of the operator's rules: appended, never changed."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from anxin.kit.models import Base


class PolicyVersion(Base):
    """What a policy is from `valid_from` on, who decided so, and why."""

    key = models.CharField(max_length=80)
    value = models.JSONField()
    valid_from = models.DateTimeField()
    reason = models.CharField(max_length=500)
    by_person = models.ForeignKey("accounts.Person", null=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()

    class Meta:
        verbose_name = _("规则版本")
        # Access path: the newest version of a key that holds at a moment.
        indexes = [models.Index(fields=["key", "-valid_from", "-created_at"], name="policies_key_from")]
        constraints = [
            models.UniqueConstraint(
                fields=["key", "valid_from", "created_at"], name="policies_one_at_a_time"
            ),
            models.CheckConstraint(name="policies_reason_given", condition=~models.Q(reason="")),
        ]

    def __str__(self) -> str:
        return f"{self.key} {self.valid_from:%F}"
