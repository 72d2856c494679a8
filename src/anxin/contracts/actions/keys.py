"""Keys: the authority's own, made once; and the seals of organisations: made, suspended, resumed, revoked."""

from __future__ import annotations

import base64
from datetime import datetime
from uuid import UUID

from django.db import connection, transaction

from anxin.accounts.public import Organisation
from anxin.audit.public import record
from anxin.contracts.actions import refusals
from anxin.contracts.adapters.authority import authority
from anxin.contracts.engine.certificates import STAMP_NAME, Identity, Subject, Use, issue, make_root
from anxin.contracts.engine.seal import seal_picture
from anxin.contracts.models import Authority, Seal
from anxin.contracts.states import SealState
from anxin.kit import ids
from anxin.kit.actor import Actor
from anxin.kit.models import begin, move
from anxin.kit.typesetting import Unprintable

KEYS_LOCK = 7_310_041


def root_identity(*, at: datetime) -> Identity:
    """The root of the platform's own authority; made at the first need, never again."""
    row = Authority.objects.filter(use=Use.ROOT).first() or _make(Use.ROOT, at)
    return row.identity(bytes(row.certificate))


def stamp_identity(*, at: datetime) -> Identity:
    """The key of the time stamps."""
    return identities(at=at)[1]


def identities(*, at: datetime) -> tuple[Identity, Identity]:
    """The root and the key of the time stamps. One query."""
    made = {row.use: row for row in Authority.objects.filter(use__in=[Use.ROOT, Use.STAMP])}
    root = made.get(Use.ROOT) or _make(Use.ROOT, at)
    stamps = made.get(Use.STAMP) or _make(Use.STAMP, at)
    certificate = bytes(root.certificate)
    return root.identity(certificate), stamps.identity(certificate)


def make_authority(*, at: datetime) -> None:
    """Make what the authority signs with, where it is not made yet, so that it is valid from `at` on."""
    stamp_identity(at=at)


@transaction.atomic
def _make(use: Use, at: datetime) -> Authority:
    with connection.cursor() as cursor:
        # Two processes may need the first key at once; the second waits here and finds the first one's.
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [KEYS_LOCK + (use is Use.STAMP)])
    if (row := Authority.objects.filter(use=use).first()) is not None:
        return row
    made = make_root(at) if use is Use.ROOT else issue(root_identity(at=at), Subject(STAMP_NAME), use, at)
    row = Authority(use=str(use), certificate=made.certificate, created_at=at)
    row.key = base64.b64encode(made.key).decode()
    row.save(force_insert=True)
    return row


@transaction.atomic
def make_seal(*, organisation_id: UUID, by: Actor, at: datetime) -> Seal:
    """Make the organisation's electronic seal: picture, certificate, key (GB/T 33481: apply → make → issue).

    Refuses: OnlyAgency (no right to seal for it), SealInUse (one at a time), NotPrintable.
    """
    may_seal(organisation_id, by)
    organisation = Organisation.objects.select_for_update().get(pk=organisation_id)
    if Seal.objects.filter(organisation=organisation).exclude(state=SealState.REVOKED).exists():
        raise refusals.SealInUse
    number = ids.number("S", at)
    try:
        picture = seal_picture(organisation.name, number)
        vector = seal_picture(organisation.name, number, form="pdf")
    except Unprintable as error:
        raise refusals.NotPrintable(characters="、".join(error.characters)) from error
    subject = Subject(organisation.name, organisation.uscc or number, organisation.name)
    made = authority().for_seal(subject, root=root_identity(at=at), at=at)
    row = Seal(
        organisation=organisation, number=number, name=organisation.name, picture=picture, vector=vector,
        certificate=made.certificate, serial=made.serial, expires_at=made.until, made_by=by.person_id, created_at=at,
    )  # fmt: skip
    row.key = base64.b64encode(made.key).decode()
    begin(row, by=by, at=at)
    record("contracts.make_seal", by=by, at=at, subject="seal", subject_id=row.pk,
           detail={"number": number, "serial": made.serial})  # fmt: skip
    return row


def may_seal(organisation_id: UUID, by: Actor) -> None:
    """Refuse whoever may not seal for this organisation right now."""
    if by.is_system:
        return
    if by.organisation_id != organisation_id or not by.holds("contracts.seal"):
        raise refusals.OnlyAgency


@transaction.atomic
def change_seal(seal: Seal, to: SealState, *, reason: str, by: Actor, at: datetime) -> Seal:
    """Suspend, resume or revoke a seal, with a reason; a revoked seal never comes back.

    Refuses: OnlyAgency, ReasonNeeded, NotAllowed, Moved. Source: A-6.3.2e.
    """
    if not by.holds("contracts.oversee"):
        may_seal(seal.organisation_id, by)
    if not reason.strip():
        raise refusals.ReasonNeeded("reason")
    move(seal, to, by=by, at=at, why=reason.strip())
    record(f"contracts.seal_{to}", by=by, at=at, subject="seal", subject_id=seal.pk,
           detail={"number": seal.number})  # fmt: skip
    return seal
