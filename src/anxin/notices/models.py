"""The inbox of each person."""

from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from anxin.kit.actor import Actor
from anxin.kit.fields import EncryptedJSONField
from anxin.kit.models import Base, Visible


class NoticeQuerySet(Visible):
    def visible_to(self, actor: Actor) -> Self:
        """A person sees their own inbox, nobody another's."""
        return self.filter(person_id=actor.person_id) if actor.person_id else self.none()


class Notice(Base):
    """Something a person is told. `title` and `body` are Chinese source texts with places filled from `params`.

    The places are encrypted, because names and addresses go in there. Retention: 24 months.
    """

    RETENTION = "notice"

    person = models.ForeignKey("accounts.Person", on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=64)
    title = models.CharField(max_length=200)
    body = models.CharField(max_length=1000, blank=True)
    params = EncryptedJSONField(null=True)
    url = models.CharField(max_length=300, blank=True)
    at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        verbose_name = _("消息")
        indexes = [
            models.Index(fields=["person", "-at"], name="notices_person_at"),
            models.Index(fields=["person"], name="notices_unread", condition=models.Q(read_at=None)),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.id}"
