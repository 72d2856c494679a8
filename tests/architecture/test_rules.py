"""Who may call what is written down for every address, and in words that some post holds."""

from __future__ import annotations

import pytest
from django.urls import resolve

from anxin.accounts.rules.permissions import PERMISSION_WORDS
from anxin.accounts.values import COMMON, POSTS
from anxin.kit.ids import new_id
from tests.architecture.addresses import every, pages

pytestmark = pytest.mark.requirement("A-6.3.3d")
GENERAL = {"public", "signed in", "verified", "demo only", "from ANXIN_METRICS_NETWORKS"}


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
    samples = {"int": "7", "uuid": str(new_id()), "str": "x-7", "path": "x/7", "slug": "x-7"}
    for one in pages():
        path = one.filled({name: samples[kind] for name, kind in one.parameters})
        assert resolve(path).route == one.path.removeprefix("/"), f"{path} is answered by another page"


def test_every_permission_has_a_word_for_people():
    held = set().union(*(post.permissions for post in POSTS.values()))
    assert held - set(PERMISSION_WORDS) == set()
