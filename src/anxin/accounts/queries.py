"""Reads of accounts."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from anxin.accounts.models import (
    Appointment,
    Consent,
    DemoLogin,
    Lockout,
    Organisation,
    Passkey,
    Person,
    RecoveryCode,
    RightRequest,
    SignIn,
    SignInQuerySet,
    Totp,
    limits,
)
from anxin.accounts.rules import id_facts
from anxin.accounts.rules.factors import DEVICE_KNOWN, needs_second
from anxin.accounts.states import RequestState
from anxin.accounts.values import POSTS, REGIONAL_KINDS, Guards, OrganisationKind, PersonFacts, Sex, Ways
from anxin.accounts.values.consents import ASKED, Purpose
from anxin.kit import prepared
from anxin.kit.actor import Actor
from anxin.kit.clock import local_date
from anxin.kit.crypto import sha256
from anxin.kit.fields import blinds
from anxin.kit.masks import mask_phone


def person_by_phone(phone: str) -> Person | None:
    """The person with this number (in normal form)."""
    found: Person | None = Person.objects.filter(phone_hash__in=blinds(Person, "phone_hash", phone)).first()
    return found


def people(ids: Iterable[UUID]) -> dict[UUID, PersonFacts]:
    """Facts of many people by id. One query. The caller has a reason to read them, and masks for its reader."""
    return {row.pk: facts(row) for row in Person.objects.filter(pk__in=set(ids))}


def facts(person: Person) -> PersonFacts:
    """Plain facts of one person, unmasked; sex and birthday only once the number has been checked."""
    sex, birth = Sex.UNKNOWN, None
    if person.verified_at and person.id_number:
        told = id_facts(person.id_number, local_date(person.verified_at))
        sex, birth = told.sex, told.birth_date
    return PersonFacts(person.pk, person.name, person.phone, person.is_verified, sex, birth)


def organisations(ids: Iterable[UUID]) -> dict[UUID, Organisation]:
    """Organisations by id; their names are public. One query."""
    return {row.pk: row for row in Organisation.objects.filter(pk__in=set(ids))}


def appointments_of(person_id: UUID, at: datetime) -> QuerySet[Appointment]:
    """The posts a person holds at a moment, with their organisations, oldest first."""
    return (
        Appointment.objects.filter(person_id=person_id, period__contains=at, suspended_at=None)
        .select_related("organisation", "stands_in_for__person")
        .order_by("created_at", "id")
    )


def appointment_of(actor: Actor, at: datetime) -> Appointment | None:
    """The appointment in which the actor acts. One query."""
    if actor.person_id is None or actor.organisation_id is None:
        return None
    held = appointments_of(actor.person_id, at)
    return held.filter(
        organisation_id=actor.organisation_id, post=actor.post, stands_in_for__person=actor.on_behalf
    ).first()


def suspended_of(actor: Actor, at: datetime) -> QuerySet[Appointment]:
    """The actor's own posts that were suspended because they were not used."""
    rows = Appointment.objects.filter(period__contains=at, suspended_at__isnull=False)
    if actor.person_id is None:
        return rows.none()
    return rows.filter(person_id=actor.person_id).select_related("organisation")


def staff_for(actor: Actor, at: datetime) -> QuerySet[Appointment]:
    """The appointments that the actor may end, suspended ones too: of their organisation, or of all."""
    rows = Appointment.objects.filter(period__contains=at).select_related("person", "organisation")
    if actor.holds("accounts.organise"):
        return rows
    return rows.filter(organisation_id=actor.organisation_id) if actor.organisation_id else rows.none()


def organisations_for(actor: Actor, *, text: str = "", kind: str = "") -> QuerySet[Organisation]:
    """Organisations the actor may see, by name."""
    rows = Organisation.objects.visible_to(actor)
    if text:
        rows = rows.filter(name__icontains=text)
    return (rows.filter(kind=kind) if kind else rows).order_by("name", "id")


def suspended_in(organisation_id: UUID, at: datetime) -> list[Appointment]:
    """Posts of an organisation that were suspended, with the people. One query."""
    return list(
        Appointment.objects.filter(
            organisation_id=organisation_id, period__contains=at, suspended_at__isnull=False
        ).select_related("person")
    )


def approvers(organisation_id: UUID, at: datetime, *, alone: bool = False) -> set[UUID]:
    """Who decides requests of an organisation: its heads, and the security administrators (`alone`: only these)."""
    held = Appointment.objects.filter(period__contains=at, suspended_at=None)
    security = [key for key, post in POSTS.items() if "accounts.organise" in post.permissions]
    heads = [key for key, post in POSTS.items() if "accounts.appoint" in post.permissions]
    wanted = Q(post__in=security)
    if not alone:
        wanted |= Q(organisation_id=organisation_id, post__in=heads)
    return set(held.filter(wanted).values_list("person_id", flat=True))


def stand_ins_of(actor: Actor, at: datetime) -> list[Appointment]:
    """Who stands in for the actor, now or later, and for whom the actor does. One query."""
    return list(
        Appointment.objects.filter(
            Q(stands_in_for__person_id=actor.person_id) | Q(person_id=actor.person_id),
            stands_in_for__isnull=False,
            period__endswith__gt=at,
        )
        .select_related("person", "stands_in_for__person", "organisation")
        .order_by("period", "id")
    )


def requests_for(actor: Actor) -> list[RightRequest]:
    """The latest requests that concern the actor: their own, and those they may decide. One query."""
    rows = RightRequest.objects.visible_to(actor).select_related("person", "organisation")
    return list(rows.order_by("-created_at", "-id")[:100])


def waiting_requests(actor: Actor) -> list[RightRequest]:
    """Requests of others that wait for the actor's decision, the oldest first. One query."""
    rows = RightRequest.objects.visible_to(actor).filter(state=RequestState.OPEN)
    others = rows.exclude(person_id=actor.person_id).select_related("person", "organisation")
    return list(others.order_by("created_at", "id")[:100])


def staff_of(organisation_id: UUID, at: datetime, *, permission: str | None = None) -> list[Appointment]:
    """Who may act in a post of an organisation at a moment (with this permission), with the people. One query."""
    rows = _serving(organisation_id, at).select_related("person").order_by("created_at", "id")
    return [row for row in rows if permission is None or permission in row.permissions]


def staff_ids(organisation_id: UUID, at: datetime, *, permission: str) -> set[UUID]:
    """The people of `staff_of`, for whoever only tells them something. One query."""
    rows = _serving(organisation_id, at).only("person", "post", "only", "stands_in_for")
    return {row.person_id for row in rows if permission in row.permissions}


def _serving(organisation_id: UUID, at: datetime) -> QuerySet[Appointment]:
    return Appointment.objects.filter(organisation_id=organisation_id, period__contains=at, suspended_at=None)


def holders_of(post: str, at: datetime) -> list[Appointment]:
    """Who holds a post ("operator.auditor"), in whichever organisation, at a moment. One query."""
    return list(Appointment.objects.filter(post=post, period__contains=at).order_by("created_at", "id"))


def heads_in(region: str, at: datetime) -> list[UUID]:
    """The heads of agencies of a region (start of the town's code; "" = all) at a moment. One query."""
    rows = Appointment.objects.filter(post="agency.head", period__contains=at, suspended_at=None)
    if region:
        # Until it has named its town an agency belongs to its city.
        town = Q(organisation__town_code__startswith=region)
        rows = rows.filter(town | Q(organisation__town_code="", organisation__city_code=region))
    return list(rows.values_list("person_id", flat=True).distinct())


def heads(organisation_id: UUID, at: datetime) -> int:
    """How many heads an organisation has at a moment."""
    return Appointment.objects.filter(
        organisation_id=organisation_id, post__endswith=".head", period__contains=at,
        stands_in_for=None, suspended_at=None,
    ).count()  # fmt: skip


def has_platform_post(person_id: UUID, at: datetime) -> bool:
    """Whether a person holds a post of the platform or of who looks after others: stricter rules for passwords."""
    beyond = [OrganisationKind.OPERATOR, *REGIONAL_KINDS]
    return appointments_of(person_id, at).filter(organisation__kind__in=beyond).exists()


def usual_appointment(person_id: UUID, at: datetime) -> Appointment | None:
    """The post to start in: the one used last if it is still held, else the only one."""
    held = {row.pk: row for row in appointments_of(person_id, at)}
    if not held:
        return None
    last = (
        SignIn.objects.filter(person_id=person_id)
        .order_by("-signed_in_at")
        .values_list("appointment_id")
        .first()
    )
    if last is not None:
        return held.get(last[0])
    return next(iter(held.values())) if len(held) == 1 else None


def sign_in(sign_in_id: UUID, at: datetime) -> SignIn | None:
    """A living sign-in with its person, post and organisation. One query."""
    return next(iter(_by_key.rows(key=sign_in_id, **limits(at))), None)


def sign_in_by_token(token: str, at: datetime) -> SignIn | None:
    """The living sign-in of a bearer token. One query."""
    return next(iter(_by_token.rows(token_hash=sha256(token.encode()), **limits(at))), None)


def sign_ins_of(actor: Actor, at: datetime) -> list[SignIn]:
    """Where the actor is signed in at present, latest first. One query."""
    return list(_living(at).visible_to(actor).filter(person_id=actor.person_id).order_by("-seen_at")[:100])


def _living(at: datetime) -> SignInQuerySet:
    return _living_by(**limits(at))


def _living_by(at: datetime, idle_self: datetime, idle_staff: datetime) -> SignInQuerySet:
    living = SignIn.objects.living_by(at, idle_self, idle_staff).filter(second_due=False)
    return living.select_related("person", "appointment__organisation", "appointment__stands_in_for")


# Every request of somebody signed in begins with one of these two.
@prepared.Query
def _by_key(at: datetime, idle_self: datetime, idle_staff: datetime, key: UUID) -> SignInQuerySet:
    return _living_by(at, idle_self, idle_staff).filter(pk=key, token_hash=None)


@prepared.Query
def _by_token(at: datetime, idle_self: datetime, idle_staff: datetime, token_hash: str) -> SignInQuerySet:
    return _living_by(at, idle_self, idle_staff).filter(token_hash=token_hash)


def waiting_sign_in(sign_in_id: UUID, at: datetime) -> SignIn | None:
    """A living sign-in that waits for its second factor. One query."""
    waiting = SignIn.objects.living(at).select_related("person", "appointment__organisation")
    return waiting.filter(pk=sign_in_id, second_due=True, token_hash=None).first()


def ways(person: Person) -> Ways:
    """How a person may prove who they are. Three queries."""
    return Ways(
        totp=Totp.objects.filter(person=person, confirmed_at__isnull=False).exists(),
        passkeys=Passkey.objects.filter(person=person).count(),
        recovery_left=RecoveryCode.objects.filter(person=person, used_at=None).count(),
        password=person.has_usable_password(),
        phone_masked=mask_phone(person.phone),
    )


def has_factor(person_id: UUID) -> bool:
    """Whether the person has a second factor in use. At most two queries."""
    return (
        Totp.objects.filter(person_id=person_id, confirmed_at__isnull=False).exists()
        or Passkey.objects.filter(person_id=person_id).exists()
    )


def needs_factor(person_id: UUID, at: datetime) -> bool:
    """Whether a post of the person may be taken up with a second factor only, and they have none."""
    kinds = appointments_of(person_id, at).values_list("organisation__kind", flat=True)
    needed = any(needs_second(kind, settings.ANXIN_SECOND_FACTOR) for kind in kinds)
    return needed and not has_factor(person_id)


def guards(at: datetime) -> Guards:
    """How the accounts of staff are guarded at a moment. Three queries."""
    held = Appointment.objects.filter(period__contains=at)
    posts = held.aggregate(all=Count("id"), suspended=Count("id", filter=Q(suspended_at__isnull=False)))
    shown = Exists(Totp.objects.filter(person=OuterRef("person"), confirmed_at__isnull=False)) | Exists(
        Passkey.objects.filter(person=OuterRef("person"))
    )
    needed = held.filter(organisation__kind__in=settings.ANXIN_SECOND_FACTOR).annotate(shown=shown)
    people = needed.aggregate(
        all=Count("person", distinct=True), bare=Count("person", distinct=True, filter=Q(shown=False))
    )
    locked = Lockout.objects.filter(until__gt=at).count()
    return Guards(posts["all"], posts["suspended"], people["all"], people["bare"], locked)


def known_device(person_id: UUID, device_hash: str, at: datetime) -> bool:
    """Whether the person has signed in there before, or never anywhere. At most two queries."""
    earlier = SignIn.objects.filter(person_id=person_id, signed_in_at__gt=at - DEVICE_KNOWN)
    return earlier.filter(device_hash=device_hash).exists() or not earlier.exists()


def passkeys_of(actor: Actor) -> list[Passkey]:
    """The actor's passkeys, oldest first. One query."""
    return list(Passkey.objects.visible_to(actor).filter(person_id=actor.person_id).order_by("created_at"))


def demo_logins() -> list[DemoLogin]:
    """The one-click logins of the demo, in their order. One query."""
    return list(DemoLogin.objects.select_related("appointment__organisation"))


def actor_for(
    person: Person,
    appointment: Appointment | None,
    *,
    channel: str = "web",
    address: str = "",
    request_id: str = "",
    fresh: bool = False,
) -> Actor:
    """The actor a person is in one of their posts, or as themself."""
    return Actor(
        person_id=person.pk,
        organisation_id=appointment.organisation_id if appointment else None,
        post=appointment.post if appointment else "",
        permissions=appointment.permissions if appointment else frozenset(),
        channel=channel,
        address=address,
        request_id=request_id,
        name=person.name,
        verified=person.is_verified,
        fresh=fresh,
        region=appointment.organisation.region if appointment else "",
        on_behalf=(
            appointment.stands_in_for.person_id if appointment and appointment.stands_in_for else None
        ),
    )


# ── consents ─────────────────────────────────────────────────────────────────────────────────────────
def consent_in_force(person_id: UUID, purpose: Purpose) -> Consent | None:
    """The consent to a purpose that has not been taken back. One query."""
    row: Consent | None = Consent.objects.filter(
        person_id=person_id, purpose=purpose, withdrawn_at=None
    ).first()
    return row


def consented(person_id: UUID, purpose: Purpose) -> bool:
    """Whether the person agreed to the present text and has not taken it back. One query."""
    row = consent_in_force(person_id, purpose)
    return row is not None and row.version == ASKED[purpose].now.version


def consenting(person_ids: Iterable[UUID], purpose: Purpose) -> set[UUID]:
    """Those who agreed to the present text and have not taken it back. One query."""
    rows = Consent.objects.filter(
        person__in=list(person_ids), purpose=purpose, version=ASKED[purpose].now.version, withdrawn_at=None
    )
    return set(rows.values_list("person_id", flat=True))


def took_back(person_id: UUID, purpose: Purpose) -> bool:
    """Whether the person once agreed and then took it back: the last word was no. Two queries."""
    rows = Consent.objects.filter(person_id=person_id, purpose=purpose)
    return rows.exists() and not rows.filter(withdrawn_at=None).exists()


def consents_of(person_id: UUID) -> dict[str, Consent]:
    """Every consent of a person that is in force, by purpose. One query."""
    return {row.purpose: row for row in Consent.objects.filter(person_id=person_id, withdrawn_at=None)}


def consent_history(actor: Actor) -> QuerySet[Consent]:
    """One's own consents, newest first."""
    rows: QuerySet[Consent] = Consent.objects.visible_to(actor).filter(person_id=actor.person_id)
    return rows.order_by("-given_at")
