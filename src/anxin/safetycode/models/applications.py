"""Applications for a code, how their clock was stopped and lengthened, and appeals."""

from __future__ import annotations

from typing import ClassVar, Self

from django.db import models
from django.db.models import F, Q

from anxin.catalogue.values import HealthTier
from anxin.kit.actor import Actor
from anxin.kit.fields import EncryptedField, EncryptedJSONField
from anxin.kit.models import Base, HistoryRow, Stateful, Visible, state_check
from anxin.safetycode.states import APPEAL, APPLICATION, ApplicationState
from anxin.safetycode.values.applying import CLOSED, DESK_OF, Cause, Desk

# Who looks after the applications of a region; and who does one thing about them, in whose stead soever.
REGIONAL = ("safetycode.manage", "safetycode.review", "governance.supervise")
ENTRUSTED = {"safetycode.vet": Desk.ASSOCIATION, "safetycode.issue": Desk.ISSUER}
OPEN = Q(state__in=[str(s) for s in ApplicationState if s not in CLOSED])


def seen_by(actor: Actor, *, worker: str, started: Q, concerned: Q) -> Q:
    """The worker themself; their agency's staff; association and bureau within their region from the submission on;
    who is entrusted with one step alone what it is `concerned` with there; the operator. A draft is a matter of the
    worker and the agency."""
    if actor.is_system or actor.holds("workers.oversee"):
        return Q()
    if any(actor.holds(permission) for permission in REGIONAL):
        return started & Q(town_code__startswith=actor.region)
    if actor.organisation_id and actor.region and any(actor.holds(permission) for permission in ENTRUSTED):
        return started & Q(town_code__startswith=actor.region) & concerned
    seen = Q(pk__in=[])
    if actor.person_id:
        seen |= Q(**{f"{worker}__person_id": actor.person_id})
    if actor.organisation_id and actor.holds("workers.read"):
        seen |= Q(organisation=actor.organisation_id)
    return seen


class Upload(Base):
    """A file of applications that an agency brought. Its rows are kept, sealed, until it is imported or given up."""

    RETENTION = "worker"

    organisation = models.ForeignKey(
        "accounts.Organisation", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    name = models.CharField(max_length=120)
    sha256 = models.CharField(max_length=64)
    rows = EncryptedJSONField()
    total = models.IntegerField()
    good = models.IntegerField()
    imported = models.IntegerField(default=0)
    created_at = models.DateTimeField()
    created_by = models.UUIDField(null=True)
    imported_at = models.DateTimeField(null=True)

    objects: ClassVar[models.Manager[Upload]] = models.Manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(total__gte=F("good"), good__gte=F("imported"), imported__gte=0),
                name="safetycode_upload_counts",
            )
        ]
        indexes = [models.Index(fields=["organisation", "-created_at"], name="safetycode_upload_agency")]


class ApplicationMoved(HistoryRow):
    row = models.ForeignKey(
        "safetycode.Application", on_delete=models.CASCADE, related_name="history", db_index=False
    )

    class Meta:
        indexes = [models.Index(fields=["row", "id"], name="safetycode_application_history")]


class ApplicationQuerySet(Visible):
    def visible_to(self, actor: Actor) -> Self:
        """Who is entrusted with a step sees what waits for it, and what went through its hands."""
        desks = [desk for permission, desk in ENTRUSTED.items() if actor.holds(permission)]
        waits = Q(state__in=[str(state) for state, desk in DESK_OF.items() if desk in desks])
        handled = ApplicationMoved.objects.filter(
            row=models.OuterRef("pk"), by_organisation=actor.organisation_id
        )
        started = Q(submitted_at__isnull=False)
        return self.filter(
            seen_by(actor, worker="worker", started=started, concerned=waits | Q(models.Exists(handled)))
        )


class Application(Stateful):
    """A worker's way to a code through their agency. `due_on` is the clock's last day, kept for lists; empty while
    the clock stands still in time. `sent_from` is the state in which it was returned or refused."""

    MACHINE = APPLICATION
    HISTORY = ApplicationMoved
    RETENTION = "worker"

    number = models.CharField(max_length=24, unique=True)
    worker = models.ForeignKey("workers.Worker", on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey(
        "accounts.Organisation", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    town_code = models.CharField(max_length=9)
    tier = models.SmallIntegerField()
    upload = models.ForeignKey(
        Upload, null=True, on_delete=models.PROTECT, related_name="applications", db_index=False
    )
    opened_by = models.UUIDField(null=True)
    declared_at = models.DateTimeField(null=True)
    submitted_at = models.DateTimeField(null=True)
    limit_days = models.SmallIntegerField()
    due_on = models.DateField(null=True)
    sent_from = models.CharField(max_length=32, blank=True)
    code = models.ForeignKey("safetycode.SafetyCode", null=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()

    objects = ApplicationQuerySet.as_manager()

    class Meta:
        constraints = [
            state_check(APPLICATION, "safetycode_application_state"),
            models.UniqueConstraint(fields=["worker"], condition=OPEN, name="safetycode_application_open"),
            models.CheckConstraint(
                condition=Q(tier__in=[int(t) for t in HealthTier]), name="safetycode_application_tier"
            ),
            models.CheckConstraint(condition=Q(limit_days__gt=0), name="safetycode_application_limit"),
        ]
        indexes = [
            models.Index(fields=["organisation", "state", "due_on"], name="safetycode_application_agency"),
            models.Index(fields=["state", "due_on", "id"], name="safetycode_application_due"),
        ]


class Pause(Base):
    """The clock of an application stood still: for whom, why, from when until when. `until`: the last day on which it
    may; then the house starts it again."""

    RETENTION = "worker"

    application = models.ForeignKey(
        Application, on_delete=models.CASCADE, related_name="pauses", db_index=False
    )
    cause = models.CharField(max_length=12)
    whom = models.CharField(max_length=120, blank=True)
    why = models.CharField(max_length=200)
    started_at = models.DateTimeField()
    until = models.DateField(null=True)
    ended_at = models.DateTimeField(null=True)
    by_person = models.UUIDField(null=True)
    by_organisation = models.UUIDField(null=True)

    objects: ClassVar[models.Manager[Pause]] = models.Manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(cause__in=[str(Cause.WORKER), str(Cause.INSTITUTION)]),
                name="safetycode_pause_cause",
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True) | Q(ended_at__gte=F("started_at")),
                name="safetycode_pause_span",
            ),
            models.UniqueConstraint(
                fields=["application"], condition=Q(ended_at__isnull=True), name="safetycode_pause_once"
            ),
        ]
        indexes = [models.Index(fields=["application", "started_at"], name="safetycode_pause_application")]


class Extension(Base):
    """More working days for an application, with the reason as the worker was told."""

    RETENTION = "worker"

    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="extensions")
    days = models.SmallIntegerField()
    why = models.CharField(max_length=300)
    at = models.DateTimeField()
    by_person = models.UUIDField(null=True)
    by_organisation = models.UUIDField(null=True)

    objects: ClassVar[models.Manager[Extension]] = models.Manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(days__gt=0) & ~Q(why=""), name="safetycode_extension_reasoned")
        ]


class AppealMoved(HistoryRow):
    row = models.ForeignKey(
        "safetycode.Appeal", on_delete=models.CASCADE, related_name="history", db_index=False
    )

    class Meta:
        indexes = [models.Index(fields=["row", "id"], name="safetycode_appeal_history")]


class AppealQuerySet(Visible):
    def visible_to(self, actor: Actor) -> Self:
        against = Q(against=actor.organisation_id)
        return self.filter(seen_by(actor, worker="worker", started=Q(), concerned=against))


class Appeal(Stateful):
    """A worker contradicts a refusal or a red code. `evidence` is what was decided from, as codes and dates; what the
    sides say is sealed. `organisation` is the worker's agency, `against` who decided (empty: the facts did)."""

    MACHINE = APPEAL
    HISTORY = AppealMoved
    RETENTION = "worker"

    number = models.CharField(max_length=24, unique=True)
    worker = models.ForeignKey("workers.Worker", on_delete=models.PROTECT, related_name="+", db_index=False)
    application = models.ForeignKey(Application, null=True, on_delete=models.PROTECT, related_name="appeals")
    organisation = models.ForeignKey(
        "accounts.Organisation", null=True, on_delete=models.PROTECT, related_name="+"
    )
    against = models.ForeignKey(
        "accounts.Organisation", null=True, on_delete=models.PROTECT, related_name="+"
    )
    town_code = models.CharField(max_length=9)
    desk = models.CharField(max_length=12)
    evidence = models.JSONField()
    statement = EncryptedField()
    answer = EncryptedField()
    reply = EncryptedField()
    ruling = EncryptedField()
    restored = models.JSONField(default=list)
    file = models.ForeignKey("files.StoredFile", null=True, on_delete=models.SET_NULL, related_name="+")
    answer_by = models.DateField()
    reply_by = models.DateField(null=True)
    due_on = models.DateField()
    created_at = models.DateTimeField()

    objects = AppealQuerySet.as_manager()

    class Meta:
        constraints = [
            state_check(APPEAL, "safetycode_appeal_state"),
            models.CheckConstraint(
                condition=Q(desk__in=[str(Desk.ASSOCIATION), str(Desk.BUREAU)]), name="safetycode_appeal_desk"
            ),
            models.UniqueConstraint(
                fields=["worker"],
                condition=Q(state__in=["filed", "answered", "ready"]),
                name="safetycode_appeal_open",
            ),  # fmt: skip
        ]
        indexes = [
            models.Index(fields=["state", "due_on", "id"], name="safetycode_appeal_due"),
            models.Index(fields=["worker", "-created_at"], name="safetycode_appeal_worker"),
        ]
