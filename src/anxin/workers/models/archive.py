"""The credit archive beside the papers: the signed authorisation, rewards and penalties, practice, warnings told."""

from __future__ import annotations

from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import Q

from anxin.kit.actor import Actor
from anxin.kit.crypto import seal, unseal
from anxin.kit.fields import SealedField
from anxin.kit.models import Base, HistoryRow, Stateful, Visible, state_check
from anxin.workers.models.papers import Credential
from anxin.workers.models.worker import OVERSEERS, Worker
from anxin.workers.states import AUTHORISATION, CONDUCT, AuthorisationState
from anxin.workers.values.archive import ArchiveItem, ConductKind


class AuthorisationQuerySet(Visible):
    def visible_to(self, actor: Actor) -> Self:
        """The worker; the agency that it names; association, regulator and operator for those whom they may see."""
        if actor.is_system:
            return self
        if actor.organisation_id is None:
            return self.filter(worker__person=actor.person_id) if actor.person_id else self.none()
        named = Q(organisation=actor.organisation_id) if actor.holds("workers.read") else Q(pk__in=[])
        if any(actor.holds(permission) for permission in (*OVERSEERS, "governance.supervise")):
            named |= Q(worker__in=Worker.objects.visible_to(actor))
        return self.filter(named)


class AuthorisationMoved(HistoryRow):
    row = models.ForeignKey("workers.Authorisation", on_delete=models.PROTECT, related_name="history")


class Authorisation(Stateful):
    """A signed 《家政服务员信用信息授权书》: text version, agency, items (rows of their own), the paper as signed.

    `document` is the PDF, `picture` the drawn signature, both sealed and never changed; `sha256` is the PDF's.
    `code` is the one-time code that confirmed it.
    """

    MACHINE = AUTHORISATION
    HISTORY = AuthorisationMoved
    RETENTION = "privacy"

    worker = models.ForeignKey(
        Worker, on_delete=models.PROTECT, related_name="authorisations", db_index=False
    )
    organisation = models.ForeignKey("accounts.Organisation", on_delete=models.PROTECT, related_name="+")
    number = models.CharField(max_length=24, unique=True)
    version = models.PositiveSmallIntegerField()
    text_hash = models.CharField(max_length=64)
    sha256 = models.CharField(max_length=64)
    # Empty once the time for which proofs of consent are kept is over.
    document = SealedField(null=True)
    picture = SealedField(null=True)
    code = models.UUIDField()
    address = models.CharField(max_length=45, blank=True)
    user_agent = models.CharField(max_length=300, blank=True)
    signed_at = models.DateTimeField()

    objects = AuthorisationQuerySet.as_manager()

    class Meta:
        constraints = [
            state_check(AUTHORISATION, "workers_authorisation_state"),
            models.UniqueConstraint(
                fields=["worker"],
                condition=Q(state=str(AuthorisationState.SIGNED)),
                name="workers_authorisation_sole",
            ),
        ]
        indexes = [models.Index(fields=["worker", "-signed_at"], name="workers_authorisation_worker")]

    def write(self, *, document: bytes, picture: bytes) -> None:
        self.document = seal(document, f"workers_authorisation.document:{self.pk}")
        self.picture = seal(picture, f"workers_authorisation.picture:{self.pk}")

    def read(self) -> bytes:
        """The PDF as it was signed. Raises crypto.Tampered."""
        sealed: Any = self.document
        return unseal(bytes(sealed), f"workers_authorisation.document:{self.pk}")


class AuthorisedItem(models.Model):
    """One item of an authorisation: given with the signature, taken back by itself."""

    id = models.BigAutoField(primary_key=True)
    authorisation = models.ForeignKey(
        Authorisation, on_delete=models.CASCADE, related_name="items", db_index=False
    )
    item = models.CharField(max_length=16)
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_channel = models.CharField(max_length=16, blank=True)

    objects: ClassVar[models.Manager[AuthorisedItem]] = models.Manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["authorisation", "item"], name="workers_authorised_once"),
            models.CheckConstraint(
                condition=Q(item__in=[str(i) for i in ArchiveItem]), name="workers_authorised_item"
            ),
        ]


class ConductQuerySet(Visible):
    def visible_to(self, actor: Actor) -> Self:
        """The worker; who gave it; association, regulator and operator for those whom they may see."""
        if actor.is_system:
            return self
        if actor.organisation_id is None:
            return self.filter(worker__person=actor.person_id) if actor.person_id else self.none()
        own = Q(organisation=actor.organisation_id)
        if any(actor.holds(permission) for permission in (*OVERSEERS, "governance.supervise")):
            own |= Q(worker__in=Worker.objects.visible_to(actor))
        elif not actor.holds("workers.read"):
            return self.none()
        return self.filter(own)


class ConductMoved(HistoryRow):
    row = models.ForeignKey("workers.Conduct", on_delete=models.CASCADE, related_name="history")


class Conduct(Stateful):
    """A reward or a penalty: who gave it, on what basis, with which evidence, from when to when (inclusive).

    A penalty may be appealed once, with the worker's words (`reply`) and their evidence; who gave it does not decide.
    """

    MACHINE = CONDUCT
    HISTORY = ConductMoved
    RETENTION = "worker"

    worker = models.ForeignKey(Worker, on_delete=models.CASCADE, related_name="conducts", db_index=False)
    kind = models.CharField(max_length=8)
    title = models.CharField(max_length=120)
    basis = models.CharField(max_length=300)
    organisation = models.ForeignKey("accounts.Organisation", on_delete=models.PROTECT, related_name="+")
    given_by = models.UUIDField(null=True)
    given_on = models.DateField()
    valid_to = models.DateField(null=True)
    evidence = models.ForeignKey("files.StoredFile", null=True, on_delete=models.SET_NULL, related_name="+")
    reply = models.CharField(max_length=500, blank=True)
    reply_evidence = models.ForeignKey(
        "files.StoredFile", null=True, on_delete=models.SET_NULL, related_name="+"
    )
    due_at = models.DateTimeField(null=True)
    decision = models.CharField(max_length=500, blank=True)
    decided_by = models.UUIDField(null=True)
    created_at = models.DateTimeField()

    objects = ConductQuerySet.as_manager()

    class Meta:
        constraints = [
            state_check(CONDUCT, "workers_conduct_state"),
            models.CheckConstraint(
                condition=Q(kind__in=[str(k) for k in ConductKind]), name="workers_conduct_kind"
            ),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=models.F("given_on")),
                name="workers_conduct_dates",
            ),
            models.CheckConstraint(
                condition=~Q(state="appealed") | Q(due_at__isnull=False, kind="penalty"),
                name="workers_conduct_due",
            ),
        ]
        indexes = [
            models.Index(fields=["worker", "-given_on"], name="workers_conduct_worker"),
            models.Index(fields=["due_at"], name="workers_conduct_open", condition=Q(state="appealed")),
        ]


class Practice(Base):
    """Where somebody worked before or beside the platform, in the words of the worker or their agency."""

    RETENTION = "worker"

    worker = models.ForeignKey(Worker, on_delete=models.CASCADE, related_name="practices")
    place = models.CharField(max_length=120)
    duty = models.CharField(max_length=120)
    since = models.DateField()
    until = models.DateField(null=True)
    created_at = models.DateTimeField()
    created_by = models.UUIDField(null=True)

    objects: ClassVar[models.Manager[Practice]] = models.Manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=models.F("since")),
                name="workers_practice_dates",
            )
        ]


class ExpiryTold(models.Model):
    """That worker and agency were told once of a paper that runs out in `days` or fewer."""

    id = models.BigAutoField(primary_key=True)
    credential = models.ForeignKey(Credential, on_delete=models.CASCADE, related_name="told", db_index=False)
    days = models.SmallIntegerField()
    told_at = models.DateTimeField()

    objects: ClassVar[models.Manager[ExpiryTold]] = models.Manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["credential", "days"], name="workers_expiry_told_once")
        ]
