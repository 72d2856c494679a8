"""The second factor at sign-in, and the fresh proof that what is grave asks for."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.contrib.auth.hashers import check_password
from django.utils.translation import gettext_lazy as _

from anxin.accounts import queries
from anxin.accounts.actions.codes import check_code, phone_digest, send_code
from anxin.accounts.actions.lockout import count_attempt, forgive, minutes
from anxin.accounts.actions.passkeys import use_passkey
from anxin.accounts.actions.proof import note_proof
from anxin.accounts.actions.recovery import use_recovery
from anxin.accounts.actions.totp import use_totp
from anxin.accounts.models import Person, SignIn
from anxin.accounts.values import CodePurpose, FactorKind
from anxin.audit.public import record
from anxin.kit.actor import Actor
from anxin.kit.crypto import blind_index
from anxin.kit.errors import Forbidden, Invalid, NotFound, TooMany


class SecondWrong(Invalid):
    code = "second_factor_wrong"
    message = _("没有通过。请输入验证器 App 此刻显示的 6 位动态口令，或一个没有用过的恢复码。")


class SecondLocked(TooMany):
    code = "second_factor_locked"
    message = _("连续输错 5 次，第二重验证已暂停，请 %(minutes)s 分钟后再试。")


class SecondNeeded(Forbidden):
    code = "second_factor_needed"
    message = _("请同时提供第二重验证：验证器 App 的动态口令，或一个恢复码。")


class ProofWrong(Invalid):
    code = "proof_wrong"
    message = _("没有通过。请核对后再输入。")


def show_second(*, sign_in_id: UUID, by: Actor, at: datetime, answer: str = "", passkey: str = "") -> SignIn:
    """Show the second factor of a sign-in that waits for it: a TOTP, a recovery code or a passkey's answer (JSON).

    Refuses NotFound (no such sign-in, or it waits for nothing), SecondWrong, SecondLocked, PasskeyRefused.
    Do not call it inside a transaction that a refusal undoes: the failed attempt must stay counted.
    """
    row = queries.waiting_sign_in(sign_in_id, at)
    if row is None:
        raise NotFound
    how = check_second(person_id=row.person_id, by=by, at=at, answer=answer, passkey=passkey)
    who = queries.actor_for(row.person, row.appointment, address=by.address, request_id=by.request_id)
    note_proof(sign_in_id=row.pk, how=how, by=who, at=at)
    row.refresh_from_db()
    return row


def check_second(
    *, person_id: UUID, by: Actor, at: datetime, answer: str = "", passkey: str = ""
) -> FactorKind:
    """Check (and use up) a second factor of a person. Refuses SecondWrong, SecondLocked, PasskeyRefused."""
    if passkey:
        use_passkey(credential=passkey, purpose="second", by=by, at=at, person_id=person_id)
        return FactorKind.PASSKEY
    digest = blind_index("accounts.second", str(person_id))
    if wait := count_attempt(digest, at):
        raise SecondLocked(field="answer", minutes=minutes(wait))
    if use_totp(person_id=person_id, code=answer, at=at):
        how = FactorKind.TOTP
    elif use_recovery(person_id=person_id, code=answer, at=at):
        how = FactorKind.RECOVERY
    else:
        record("accounts.second_factor_wrong", by=by, at=at, subject="person", subject_id=person_id)
        raise SecondWrong(field="answer")
    forgive(digest)
    return how


def prove(
    *, sign_in_id: UUID, by: Actor, at: datetime, answer: str = "", password: str = "", passkey: str = ""
) -> None:
    """Prove anew who acts, for the next five minutes: with a second factor by who has one, else by a one-time code
    (purpose step_up) or the password.

    Refuses NotFound, SecondWrong, SecondLocked, PasskeyRefused, CodeWrong, ProofWrong. Not inside a transaction that
    a refusal undoes. Source: standards §13.1.
    """
    found = SignIn.objects.visible_to(by).alive(at).select_related("person").filter(pk=sign_in_id)
    row: SignIn | None = found.first()
    if row is None:
        raise NotFound
    if queries.ways(row.person).has_second:
        how: str = check_second(person_id=row.person_id, by=by, at=at, answer=answer, passkey=passkey)
    elif password:
        how = _check_password(row.person, password, by, at)
    else:
        check_code(phone=row.person.phone, purpose=CodePurpose.STEP_UP, code=answer, at=at)
        how = "code"
    note_proof(sign_in_id=row.pk, how=how, by=by, at=at)


def send_proof_code(*, by: Actor, at: datetime) -> None:
    """Send the code that confirms something grave to one's own phone. Refuses CodeTooSoon."""
    person = Person.objects.visible_to(by).get(pk=by.person)
    send_code(phone=person.phone, purpose=CodePurpose.STEP_UP, by=by, at=at)


def _check_password(person: Person, password: str, by: Actor, at: datetime) -> str:
    digest = phone_digest(person.phone)
    if wait := count_attempt(digest, at):
        raise SecondLocked(field="password", minutes=minutes(wait))
    if not person.has_usable_password() or not check_password(password, person.password):
        record("accounts.password_wrong", by=by, at=at, subject="person", subject_id=person.pk)
        raise ProofWrong(field="password")
    forgive(digest)
    return "password"
