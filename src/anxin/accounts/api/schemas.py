"""What accounts takes from programs and tells them."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from ninja import Schema
from pydantic import Field

from anxin.accounts import queries
from anxin.accounts.models import Appointment, Person, SignIn
from anxin.accounts.values import CodePurpose, Purpose
from anxin.kit.masks import mask_phone


class PhoneIn(Schema):
    phone: str = Field(max_length=24)


class TokenIn(Schema):
    """Either the code from the text message or the password; who has a second factor shows it as well."""

    phone: str = Field(max_length=24)
    code: str | None = Field(None, max_length=12)
    password: str | None = Field(None, max_length=200)
    second: str = Field("", max_length=24)
    device: str = Field("", max_length=200)
    scopes: list[str] = Field(default_factory=lambda: ["read", "write"], max_length=60)


class PasskeyTokenIn(Schema):
    """`credential`: what the device answered to the question, PublicKeyCredential.toJSON()."""

    credential: dict[str, Any]
    device: str = Field("", max_length=200)
    scopes: list[str] = Field(default_factory=lambda: ["read", "write"], max_length=60)


class PostOut(Schema):
    id: UUID
    organisation_id: UUID
    organisation: str
    kind: str
    post: str
    label: str
    permissions: list[str]


class MeOut(Schema):
    """`notice_due`: the privacy notice is to be shown, and agreed to by PUT /me/consents/notice/."""

    id: UUID
    name: str
    phone_masked: str
    verified: bool
    language: str
    large_print: bool
    theme: str
    notice_due: bool
    post: PostOut | None
    posts: list[PostOut]


class TokenOut(Schema):
    token: str
    expires_at: datetime
    me: MeOut


class SettingsIn(Schema):
    language: str | None = None
    large_print: bool | None = None
    theme: str | None = None


class RealNameIn(Schema):
    name: str = Field(max_length=60)
    id_number: str = Field(max_length=40)


class ChoiceIn(Schema):
    appointment_id: UUID | None = None


class PurposeIn(Schema):
    purpose: CodePurpose


class PasswordIn(Schema):
    code: str = Field(max_length=12)
    password: str = Field(max_length=200)


class ProofIn(Schema):
    """A second factor by who has one; else a code of purpose step_up, or the password."""

    answer: str = Field("", max_length=24)
    password: str = Field("", max_length=200)


class SignInOut(Schema):
    id: UUID
    how: str
    program: bool
    device: str
    address: str
    signed_in_at: datetime
    seen_at: datetime
    expires_at: datetime
    here: bool


class StaffIn(Schema):
    phone: str = Field(max_length=24)
    name: str = Field(max_length=30)
    post: str = Field(max_length=32)


class StaffOut(Schema):
    id: UUID
    person_id: UUID
    name: str
    phone_masked: str
    verified: bool
    post: str
    label: str
    since: datetime


def post_shape(row: Appointment) -> dict[str, Any]:
    return {
        "id": row.pk,
        "organisation_id": row.organisation_id,
        "organisation": row.organisation.name,
        "kind": row.organisation.kind,
        "post": row.post,
        "label": _(row.definition.label),
        "permissions": sorted(row.permissions),
    }


def me_shape(person: Person, acting: UUID | None, at: datetime) -> dict[str, Any]:
    posts = [post_shape(row) for row in queries.appointments_of(person.pk, at)]
    return {
        "id": person.pk,
        "name": person.name,
        "phone_masked": mask_phone(person.phone),
        "verified": person.is_verified,
        "language": person.language,
        "large_print": person.large_print,
        "theme": person.theme,
        "notice_due": not queries.consented(person.pk, Purpose.NOTICE),
        "posts": posts,
        "post": next((one for one in posts if one["id"] == acting), None),
    }


def sign_in_shape(row: SignIn, here: UUID | None) -> dict[str, Any]:
    fields = ("how", "device", "address", "signed_in_at", "seen_at", "expires_at")
    return {name: getattr(row, name) for name in fields} | {
        "id": row.pk,
        "program": row.token_hash is not None,
        "here": row.pk == here,
    }


def staff_shape(row: Appointment) -> dict[str, Any]:
    return {
        "id": row.pk,
        "person_id": row.person_id,
        "name": row.person.name,
        "phone_masked": mask_phone(row.person.phone),
        "verified": row.person.is_verified,
        "post": row.post,
        "label": _(row.definition.label),
        "since": row.period.lower,
    }
