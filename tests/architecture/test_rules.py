"""Who may call what is written down for every address, and in words that some post holds."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import resolve

from anxin.accounts.rules.permissions import PERMISSION_WORDS
from anxin.accounts.values import COMMON, POSTS
from anxin.config import rights
from anxin.kit.ids import new_id
from tests.architecture.addresses import every, pages
from tests.cast import Member

pytestmark = pytest.mark.requirement("A-6.3.3d")
GENERAL = {"public", "signed in", "as oneself", "verified", "demo only", "from ANXIN_METRICS_NETWORKS"}
SAMPLES = {"int": "7", "uuid": str(new_id()), "str": "x-7", "path": "x/7", "slug": "x-7"}


# Seals, money that moves, looks at a person whole, files of many, and the ways into an account.
GRAVE = {
    "/contracts/seal/", "/contracts/seal/<uuid:seal_id>/suspension/", "/contracts/seal/<uuid:seal_id>/resumption/",
    "/contracts/seal/<uuid:seal_id>/revocation/", "/contracts/<slug:number>/sealing/",
    "/api/v1/contracts/{number}/sealing",
    "/bills/<slug:number>/refunds/", "/reconciliation/refunds/<uuid:refund_id>/end/",
    "/compensations/<slug:number>/decision/", "/compensations/<slug:number>/end/",
    "/desk/care/claims/<str:number>/decision/", "/desk/care/claims/<str:number>/payment/",
    "/api/v1/bills/{number}/refunds", "/api/v1/refunds/{number}/resolution",
    "/api/v1/compensations/{number}/decision", "/api/v1/compensations/{number}/end",
    "/api/v1/safety-code/claims/{number}/decision", "/api/v1/safety-code/claims/{number}/payment",
    "/look/<str:kind>/<uuid:record>/", "/reviews/<uuid:review_id>/look/", "/api/v1/looks/",
    "/me/privacy/copies/<str:token>/", "/desk/agency/export/", "/desk/care/claims/<str:number>/export/",
    "/rights/stand-ins/", "/rights/requests/<str:request_id>/decision/", "/me/phone/", "/me/security/totp/",
    "/me/security/passkeys/", "/me/privacy/closing/", "/api/v1/me/closing/",
}  # fmt: skip


def test_what_is_grave_asks_for_a_fresh_proof():
    asking = {one.path for one in every() if one.rule and one.rule.base}
    assert GRAVE - asking == set()


def test_every_page_and_operation_has_a_rule():
    assert [str(one) for one in every() if one.rule is None] == []


def test_every_rule_names_a_permission_that_some_post_holds():
    held = GENERAL.union(*(post.permissions for post in POSTS.values()))
    unknown = {
        f"{name} ({one})"
        for one in every()
        if one.rule
        for name in one.rule.name.split(" | ")
        if name not in held
    }
    assert unknown == set()


def test_no_post_of_one_kind_of_organisation_holds_what_belongs_to_another():
    agency = set().union(*(post.permissions for post in POSTS.values() if post.kind == "agency"))
    beyond = set().union(*(post.permissions for post in POSTS.values() if post.kind != "agency"))
    # Every kind has a head, who appoints within their own organisation, and some write to their own people.
    assert agency & beyond == COMMON


def test_the_auditor_changes_nothing():
    assert POSTS["operator.auditor"].permissions == {"operator.desk", "audit.read", "rights.read"}


def test_no_page_hides_behind_the_address_of_another() -> None:
    for one in pages():
        path = one.filled({name: SAMPLES[kind] for name, kind in one.parameters})
        assert resolve(path).route == one.path.removeprefix("/"), f"{path} is answered by another page"


@pytest.mark.django_db
def test_the_address_of_a_form_leads_a_reader_to_a_page(chen_jing: Member, client_of: Any) -> None:
    client = client_of(chen_jing)
    reader = {"Accept": "text/html,application/xhtml+xml"}
    forms = [one for one in pages() if "POST" in one.methods and "GET" not in one.methods]
    for one in forms:
        path = one.filled({name: SAMPLES[kind] for name, kind in one.parameters})
        answer = client.get(path, headers=reader, follow=True)
        assert answer.redirect_chain and answer.status_code != 405, path
    assert client.get("/desk/agency/documents/", headers=reader).headers["Location"] == "/desk/agency/"
    assert client.get("/desk/agency/documents/").status_code == 405


def test_every_permission_has_a_word_for_people():
    held = set().union(*(post.permissions for post in POSTS.values()))
    assert held - set(PERMISSION_WORDS) == set()


def test_rules_of_one_name_ask_for_the_same() -> None:
    actors = rights.columns()
    for address, cells in rights.matrix():
        assert address.rule
        assert cells == {key: rights.cell(address.rule, actor) for key, actor in actors.items()}, str(address)
