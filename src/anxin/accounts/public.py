"""The door of accounts."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from anxin.accounts import queries
from anxin.accounts.actions import (
    CodeWrong,
    ConsentNeeded,
    ConsentOfAnother,
    IdNumberInvalid,
    NameMalformed,
    PasswordDue,
    PhoneMalformed,
    TextChanged,
    UsccInvalid,
    UsccTaken,
    appoint,
    ask_consent,
    change_settings,
    check_code,
    check_uscc,
    choose_post,
    clean_id_number,
    clean_name,
    clean_phone,
    correct_name,
    dismiss,
    end_account,
    found_organisation,
    give_consent,
    lock,
    make_link,
    note_use,
    offer_demo_login,
    open_sign_in,
    post_refusal,
    prove,
    record_verification,
    register_person,
    reset_factors,
    seen,
    send_code,
    send_proof_code,
    set_password,
    verify_real_name,
    withdraw_consent,
)
from anxin.accounts.events import (
    Appointed,
    ConsentWithdrawn,
    Dismissed,
    FactorChanged,
    NameCorrected,
    NewDevice,
    PersonRegistered,
    PersonVerified,
    PostLapsing,
    PostSuspended,
    RightsAsked,
    RightsDecided,
    StandInEnded,
    StandInNamed,
)
from anxin.accounts.models import Appointment, Consent, Organisation, Person, SignIn
from anxin.accounts.queries import (
    actor_for,
    appointments_of,
    approvers,
    consent_history,
    consented,
    consenting,
    consents_of,
    demo_logins,
    facts,
    guards,
    heads_in,
    holders_of,
    organisations,
    people,
    person_by_phone,
    sign_in_by_token,
    staff_ids,
    staff_of,
    took_back,
    waiting_requests,
    ways,
)
from anxin.accounts.rules.factors import is_fresh
from anxin.accounts.values import CONSENT_FIELD, Purpose
from anxin.kit import clock
from anxin.kit.actor import Actor
from anxin.kit.errors import Forbidden, SignInNeeded
from anxin.kit.models import uuid_or_none

if TYPE_CHECKING:
    from anxin.kit.access import Request

SIGN_IN = "anxin_sign_in"


def ticked(request: Request, purpose: Purpose) -> int | None:
    """The version of a consent's text that the reader ticked in a form with {% consent_box %}; None if they did not."""
    text = request.POST.get(CONSENT_FIELD + purpose, "")
    return int(text) if text.isdecimal() and len(text) < 5 else None


__all__ = [
    "Appointed",
    "Appointment",
    "CodeWrong",
    "Consent",
    "ConsentNeeded",
    "ConsentOfAnother",
    "ConsentWithdrawn",
    "TextChanged",
    "ask_consent",
    "consent_history",
    "consented",
    "consenting",
    "consents_of",
    "give_consent",
    "ticked",
    "took_back",
    "withdraw_consent",
    "Dismissed",
    "FactorChanged",
    "IdNumberInvalid",
    "NameCorrected",
    "NameMalformed",
    "NewDevice",
    "Organisation",
    "Person",
    "PersonRegistered",
    "PersonVerified",
    "PhoneMalformed",
    "PostLapsing",
    "PostSuspended",
    "RightsAsked",
    "RightsDecided",
    "SIGN_IN",
    "StandInEnded",
    "StandInNamed",
    "UsccInvalid",
    "UsccTaken",
    "actor_for",
    "actor_of",
    "appoint",
    "appointments_of",
    "approvers",
    "change_settings",
    "check_code",
    "check_uscc",
    "choose_post",
    "clean_id_number",
    "clean_name",
    "clean_phone",
    "correct_name",
    "demo_logins",
    "dismiss",
    "end_account",
    "facts",
    "found_organisation",
    "guards",
    "heads_in",
    "holders_of",
    "lock",
    "make_link",
    "offer_demo_login",
    "open_sign_in",
    "organisations",
    "people",
    "person_by_phone",
    "prove",
    "record_verification",
    "register_person",
    "reset_factors",
    "send_code",
    "send_proof_code",
    "set_password",
    "staff_ids",
    "staff_of",
    "verify_real_name",
    "ways",
    "waiting_requests",
]


class TokenRefused(SignInNeeded):
    code = "token_refused"


class PostRefused(Forbidden):
    code = "post_refused"


def actor_of(request: Request) -> Actor:
    """Who acts in this request: by bearer token or by the browser's sign-in, in the post chosen there.

    A program may choose the post by the header X-Anxin-Post (id of an appointment). Notes on the request what
    kit.access needs. Refuses TokenRefused, PostRefused, PasswordDue.
    """
    at = clock.now()
    stranger = Actor(
        person_id=None,
        address=request.META.get("REMOTE_ADDR", ""),
        request_id=getattr(request, "request_id", ""),
    )
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        found = sign_in_by_token(token.strip(), at)
        if found is None:
            raise TokenRefused
        request.scopes = frozenset(found.scopes)
    else:
        known = request.session.get(SIGN_IN)
        key = uuid_or_none(known) if known else None
        found = queries.sign_in(key, at) if key else None
        if found is None:
            return stranger
    request.sign_in_id = found.pk
    seen(found, at)
    return _in_post(request, found, stranger, at)


def _in_post(request: Request, found: SignIn, stranger: Actor, at: datetime) -> Actor:
    appointment = found.appointment if found.appointment and found.appointment.covers(at) else None
    if chosen := request.headers.get("X-Anxin-Post"):
        key = uuid_or_none(chosen)
        appointment = appointments_of(found.person_id, at).filter(pk=key).first() if key else None
        if appointment is None:
            raise PostRefused
        if refusal := post_refusal(found, appointment, stranger.address, at):
            raise refusal
    elif appointment and post_refusal(found, appointment, stranger.address, at) not in (None, PasswordDue):
        appointment = None
    request.appointment_id = appointment.pk if appointment else None
    if appointment:
        note_use(appointment, at)
    actor = actor_for(
        found.person,
        appointment,
        channel="web" if request.scopes is None else "api",
        address=stranger.address,
        request_id=stranger.request_id,
        fresh=is_fresh(found.proved_at, at),
    )
    fewer = (request.scopes or frozenset()) - {"read", "write"}
    return replace(actor, permissions=actor.permissions & fewer) if fewer else actor
