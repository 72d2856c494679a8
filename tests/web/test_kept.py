"""A form that was sent too late, after its sender had been signed out or had signed in anew elsewhere, is not lost."""

from __future__ import annotations

import html
import re
from collections.abc import Callable

import pytest
from django.test import Client

from anxin.customers.models import Address
from anxin.messaging.models import SmsMessage
from tests import cast
from tests.cast import Member

At = Callable[..., Client]
pytestmark = pytest.mark.django_db
NEW = "/addresses/new/"


def inputs(page: str) -> dict[str, str]:
    """What the page's form would send of itself."""
    found = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page)
    return {name: html.unescape(value) for name, value in found}


def written(page: str) -> dict[str, str]:
    return inputs(page) | {
        "contact_name": "𠮷田䶮", "contact_phone": cast.phone(1), "town_code": cast.JINCHENG, "label": "爸妈家",
        "detail": "临天路 200 号", "lat": "30.2337", "lng": "119.7205",
    }  # fmt: skip


def sign_in(client: Client, number: int, target: str) -> str:
    """By the code from the phone. Returns where it leads."""
    client.post("/sign-in/", {"phone": cast.phone(number), "next": target})
    code = SmsMessage.objects.latest("id").params["code"]
    answer = client.post("/sign-in/code/", {"code": code, "next": target})
    if answer.headers["Location"].startswith("/sign-in/notice/"):
        answer = client.post("/sign-in/notice/", {"version": "1", "next": target})
    return answer.headers["Location"]


def sent_signed_out(client: Client) -> str:
    """Fill the form in, be signed out, send it. Returns where signing in leads."""
    page = client.get(NEW).content.decode()
    client.post("/sign-out/")
    answer = client.post(NEW, written(page))
    assert answer.headers["Location"] == "/sign-in/?next=%2Fsign-in%2Fkept%2F"
    return "/sign-in/kept/"


@pytest.mark.requirement("B-7.2.1")
def test_what_was_sent_signed_out_is_there_after_signing_in(client_of: At, chen_jing: Member) -> None:
    client, before = client_of(chen_jing), Address.objects.count()
    assert sign_in(client, 1, sent_signed_out(client)) == "/sign-in/kept/"
    assert Address.objects.count() == before, "signing in sends nothing by itself"
    shown = client.get("/sign-in/kept/").content.decode()
    assert "𠮷田䶮" in shown and "临天路 200 号" in shown
    action = re.search(r'<form class="ax-form" method="post" action="([^"]+)"', shown)
    assert action and action[1] == NEW
    assert client.post(action[1], inputs(shown)).status_code == 303
    assert Address.objects.count() == before + 1


def test_what_proves_who_somebody_is_is_neither_kept_nor_shown(client_of: At, chen_jing: Member) -> None:
    client = client_of(chen_jing)
    page = client.get(NEW).content.decode()
    client.post("/sign-out/")
    proofs = dict.fromkeys(("password", "code", "answer", "step_up_password", "step_up_answer"), "Geheim-5")
    client.post(NEW, written(page) | proofs)
    sign_in(client, 1, "/sign-in/kept/")
    shown = client.get("/sign-in/kept/").content.decode()
    assert "临天路 200 号" in shown and "Geheim-5" not in shown


def test_it_is_shown_to_nobody_else(client_of: At, chen_jing: Member, zhou_min: Member) -> None:
    client = client_of(chen_jing)
    target = sent_signed_out(client)
    sign_in(client, 2, target)
    answer = client.get(target)
    assert (answer.status_code, answer.headers.get("Location")) == (303, "/")


def test_a_form_that_does_not_say_whose_it_is_is_not_kept(client_of: At, chen_jing: Member) -> None:
    client = client_of(chen_jing)
    client.post("/sign-out/")
    answer = client.post(NEW, {"label": "爸妈家"})
    assert "kept" not in answer.headers["Location"]


OURS = {"Origin": "http://testserver"}


def strict(client: Client) -> Client:
    client.handler.enforce_csrf_checks = True
    return client


def test_a_page_left_open_while_one_signed_in_anew_sends_after_one_more_press(
    client_of: At, chen_jing: Member
) -> None:
    client, before = strict(client_of(chen_jing)), Address.objects.count()
    old = written(client.get(NEW).content.decode()) | {"csrfmiddlewaretoken": "a" * 64}
    answer = client.post(NEW, old, headers=OURS)
    page = answer.content.decode()
    assert answer.status_code == 403
    assert "填写的内容都在，再按一次就好" in page and Address.objects.count() == before
    assert client.post(NEW, inputs(page), headers=OURS).status_code == 303
    assert Address.objects.count() == before + 1


def test_what_another_site_sends_is_not_offered_again(
    client_of: At, chen_jing: Member, zhou_min: Member
) -> None:
    client = strict(client_of(chen_jing))
    mine = written(client.get(NEW).content.decode())
    theirs = written(client_of(zhou_min).get(NEW).content.decode())
    for fields, headers in (
        (mine, {"Origin": "https://evil.example"}),
        (mine, {}),
        ({k: v for k, v in mine.items() if k != "shown_to"}, OURS),
        (theirs, OURS),
    ):
        answer = client.post(NEW, fields | {"csrfmiddlewaretoken": "a" * 64}, headers=headers)
        assert answer.status_code == 403
        assert "<form" not in answer.content.decode()
        assert "爸妈家" not in answer.content.decode()
