"""Who may call what is written down for every address, and in words that some post holds."""

from __future__ import annotations

import pytest

from anxin.accounts.values import COMMON, POSTS
from tests.architecture.addresses import every

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
