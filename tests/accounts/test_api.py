"""Accounts for programs."""

from __future__ import annotations

import pytest
from django.test import Client

from anxin.accounts.models import SignIn
from anxin.kit import clock
from anxin.messaging.models import SmsMessage
from tests import cast

pytestmark = pytest.mark.django_db


def sent_code() -> str:
    return SmsMessage.objects.latest("created_at").params["code"]


def call(client, method, path, data=None, **headers):
    return getattr(client, method)(
        f"/api/v1{path}", data="" if data is None else data, content_type="application/json", headers=headers
    )


def token_by_code(client, phone):
    assert call(client, "post", "/sign-in/codes", {"phone": phone}).status_code == 202
    answer = call(client, "post", "/sign-in/tokens", {"phone": phone, "code": sent_code()})
    assert answer.status_code == 201, answer.content
    return answer.json()["token"]


@pytest.mark.requirement("B-7.2.1")
def test_phone_and_code_give_a_token_and_register_a_new_person(client):
    token = token_by_code(client, cast.phone(700))
    me = call(client, "get", "/me", Authorization=f"Bearer {token}")
    assert me.status_code == 200
    assert me.json()["verified"] is False
    assert me.json()["phone_masked"] == "199****0700"


def test_a_token_needs_no_csrf_but_a_cookie_does(client_of, chen_jing):
    strict = Client(enforce_csrf_checks=True)
    answer = call(strict, "patch", "/me", {"theme": "dark"}, **cast.token_of(chen_jing.person))
    assert answer.status_code == 200

    browser = client_of(chen_jing, enforce_csrf_checks=True)
    refused = call(browser, "patch", "/me", {"theme": "light"})
    assert refused.status_code == 403
    assert refused.json()["code"] == "cross_site"
    chen_jing.person.refresh_from_db()
    assert chen_jing.person.theme == "dark"

    browser.get("/sign-in/password/")  # renders a form, which sets the cookie
    page = browser.get("/me/")
    csrf = page.context["csrf_token"]
    allowed = call(browser, "patch", "/me", {"theme": "light"}, **{"X-CSRFToken": str(csrf)})
    assert allowed.status_code == 200


def test_a_made_up_token_is_refused_on_every_address(client):
    for path in ("/me", "/staff", "/sign-in/codes"):
        answer = call(client, "get", path, Authorization="Bearer anxin_nonsense")
        assert answer.status_code == 401
        assert answer.json()["code"] == "token_refused"


def test_a_read_only_token_cannot_write(client, chen_jing):
    headers = cast.token_of(chen_jing.person, None, "read")
    assert call(client, "get", "/me", **headers).status_code == 200
    answer = call(client, "patch", "/me", {"theme": "dark"}, **headers)
    assert (answer.status_code, answer.json()["code"]) == (403, "scope_missing")


def test_a_token_can_be_limited_to_some_permissions_of_the_post(client, jia_head):
    headers = cast.token_of(jia_head.person, jia_head.appointment, "read", "orders.read")
    assert call(client, "get", "/staff", **headers).status_code == 403
    full = cast.token_of(jia_head.person, jia_head.appointment)
    assert call(client, "get", "/staff", **full).status_code == 200


def test_the_post_can_be_chosen_for_one_call(client, jia_head, yi_head):
    headers = cast.token_of(jia_head.person)
    chosen = {**headers, "X-Anxin-Post": str(jia_head.appointment.pk)}
    assert call(client, "get", "/me", **chosen).json()["post"]["post"] == "agency.head"
    other = {**headers, "X-Anxin-Post": str(yi_head.appointment.pk)}
    answer = call(client, "get", "/me", **other)
    assert (answer.status_code, answer.json()["code"]) == (403, "post_refused")


def test_a_token_runs_out_and_can_be_ended(client, chen_jing):
    headers = cast.token_of(chen_jing.person)
    SignIn.objects.filter(token_hash__isnull=False).update(expires_at=clock.now())
    assert call(client, "get", "/me", **headers).status_code == 401

    headers = cast.token_of(chen_jing.person)
    assert call(client, "delete", "/sign-in/tokens/current", **headers).status_code == 204
    assert call(client, "get", "/me", **headers).status_code == 401


def test_the_token_itself_is_not_kept(chen_jing):
    token = cast.token_of(chen_jing.person)["Authorization"].removeprefix("Bearer ")
    row = SignIn.objects.latest("signed_in_at")
    assert token not in (row.token_hash, *row.scopes)
    assert len(row.token_hash) == 64


def test_staff_are_appointed_and_dismissed_by_program(client, jia_head, jia):
    headers = cast.token_of(jia_head.person, jia_head.appointment)
    new = {"phone": cast.phone(710), "name": "何静", "post": "agency.service"}
    row = call(client, "post", "/staff", new, **headers)
    assert row.status_code == 201
    assert row.json()["phone_masked"] == "199****0710"
    again = call(client, "post", "/staff", new, **headers)
    assert again.json()["code"] == "already_appointed"
    assert call(client, "delete", f"/staff/{row.json()['id']}", **headers).status_code == 204
    assert len(call(client, "get", "/staff", **headers).json()) == 1


def test_a_head_cannot_dismiss_staff_of_another_agency(client, jia_head, yi_dispatcher):
    headers = cast.token_of(jia_head.person, jia_head.appointment)
    answer = call(client, "delete", f"/staff/{yi_dispatcher.appointment.pk}", **headers)
    assert answer.status_code == 404
    yi_dispatcher.appointment.refresh_from_db()
    assert yi_dispatcher.appointment.period.upper is None
