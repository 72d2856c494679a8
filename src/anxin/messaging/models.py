"""Text messages on their way out."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from anxin.kit.fields import EncryptedField, EncryptedJSONField
from anxin.kit.models import Base
from anxin.messaging.states import SmsState


class SmsMessage(Base):
    """One text message to one phone. Phone and places are encrypted; the log shows the masked phone only.

    Retention: 6 months, then deleted.
    """

    RETENTION = "message"

    phone = EncryptedField()
    phone_masked = models.CharField(max_length=20)
    template = models.CharField(max_length=40)
    params = EncryptedJSONField(null=True)
    state = models.CharField(max_length=6, default=SmsState.QUEUED)
    due_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    sent_at = models.DateTimeField(null=True)
    provider_id = models.CharField(max_length=80, blank=True, default="")
    error = models.CharField(max_length=200, blank=True, default="")
    created_at = models.DateTimeField()

    class Meta:
        verbose_name = _("短信")
        indexes = [models.Index(fields=["due_at"], name="messaging_due", condition=models.Q(state="queued"))]
        constraints = [
            models.CheckConstraint(
                name="messaging_sms_state", condition=models.Q(state__in=[v.value for v in SmsState])
            )
        ]

    def __str__(self) -> str:
        return f"{self.template} {self.phone_masked}"
