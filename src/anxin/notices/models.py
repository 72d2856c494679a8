"""The inbox of each person, and what organisations announce to many."""

from typing import Self

from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from anxin.kit.actor import Actor
from anxin.kit.fields import EncryptedJSONField
from anxin.kit.models import Base, HistoryRow, Stateful, Visible, state_check
from anxin.notices.states import ANNOUNCEMENT, AnnouncementState
from anxin.notices.values import AUDIENCES, PURPOSE_LABELS, STATE_LABELS, Purpose, may_send


class NoticeQuerySet(Visible):
    def visible_to(self, actor: Actor) -> Self:
        """A person sees their own inbox, nobody another's."""
        return self.filter(person_id=actor.person_id) if actor.person_id else self.none()


class Notice(Base):
    """Something a person is told. `title` and `body` are Chinese source texts with places filled from `params`.

    The places are encrypted, because names and addresses go in there. Retention: 24 months.
    """

    RETENTION = "notice"

    person = models.ForeignKey("accounts.Person", on_delete=models.CASCADE, related_name="+", db_index=False)
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


class AnnouncementQuerySet(Visible):
    def visible_to(self, actor: Actor) -> Self:
        """What one's organisation has sent, to whoever may send; the operator's auditor sees that in the trail."""
        if actor.is_system:
            return self
        return self.filter(organisation=actor.organisation_id) if may_send(actor) else self.none()


class AnnouncementHistory(HistoryRow):
    row = models.ForeignKey("notices.Announcement", on_delete=models.CASCADE, related_name="history")


class Announcement(Stateful):
    """One text from an organisation to many people. total = whom it was meant for when it was sent off; declined = how
    many of them take no advertising; told = who has it. Retention: 24 months."""

    MACHINE = ANNOUNCEMENT
    HISTORY = AnnouncementHistory
    RETENTION = "notice"

    organisation = models.ForeignKey(
        "accounts.Organisation", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    by_person = models.UUIDField()
    purpose = models.CharField(max_length=12)
    audience = models.CharField(max_length=24)
    title = models.CharField(max_length=60)
    body = models.CharField(max_length=500)
    sms = models.BooleanField(default=False)
    total = models.IntegerField()
    declined = models.IntegerField(default=0)
    told = models.IntegerField(default=0)
    created_at = models.DateTimeField()
    read: int
    """Set by `queries.announcements`: how many have read it."""

    objects = AnnouncementQuerySet.as_manager()

    class Meta:
        constraints = [
            state_check(ANNOUNCEMENT, "notices_announcement_state"),
            models.CheckConstraint(
                condition=models.Q(purpose__in=[str(p) for p in Purpose]), name="notices_announcement_purpose"
            ),
            models.CheckConstraint(
                condition=models.Q(sms=False) | models.Q(purpose=str(Purpose.SERVICE)),
                name="notices_announcement_no_ads_by_sms",
            ),
        ]
        indexes = [models.Index(fields=["organisation", "-created_at"], name="notices_announcement_sent")]

    @property
    def words(self) -> str:
        """The state as people read it."""
        return gettext(STATE_LABELS[AnnouncementState(self.state)])

    @property
    def purpose_words(self) -> str:
        return gettext(PURPOSE_LABELS[Purpose(self.purpose)])

    @property
    def audience_words(self) -> str:
        known = AUDIENCES.get(self.audience)
        return gettext(known.label) if known else self.audience


class Recipient(models.Model):
    """Somebody to whom an announcement goes, once."""

    id = models.BigAutoField(primary_key=True)
    announcement = models.ForeignKey(
        Announcement, on_delete=models.CASCADE, related_name="recipients", db_index=False
    )
    person = models.ForeignKey("accounts.Person", on_delete=models.CASCADE, related_name="+")
    notice = models.OneToOneField(Notice, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["announcement", "person"], name="notices_recipient_once"),
        ]
        indexes = [
            models.Index(
                fields=["announcement", "id"],
                condition=models.Q(notice=None),
                name="notices_recipient_waiting",
            ),
        ]


class NoAdvertising(Base):
    """Whoever wants no advertising. The row goes when they take it again."""

    RETENTION = "notice"

    person = models.OneToOneField("accounts.Person", on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField()
