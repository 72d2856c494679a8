"""Everybody finds their own pages, and no entry leads nowhere."""

from __future__ import annotations

import uuid

import pytest

from anxin.accounts.values import POSTS
from anxin.kit.actor import ANONYMOUS, Actor
from anxin.web import navigation as nav

ME = uuid.uuid4()


def in_post(post: str) -> Actor:
    return Actor(person_id=ME, organisation_id=uuid.uuid4(), post=post, permissions=POSTS[post].permissions)


@pytest.mark.parametrize(
    ("actor", "side", "kind"),
    [
        (None, "", "visitor"),
        (ANONYMOUS, "worker", "visitor"),
        (Actor(person_id=ME), "", "customer"),
        (Actor(person_id=ME), "worker", "worker"),
        (in_post("agency.head"), "worker", "agency"),
        (in_post("operator.operations"), "", "operator"),
    ],
)
def test_the_navigation_follows_the_post_then_the_side(actor: Actor | None, side: str, kind: str) -> None:
    assert nav.kind_of(actor, side) == kind


def test_a_page_that_does_not_exist_yet_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    items = (nav.Item("首页", "web:home", "home"), nav.Item("以后", "nowhere:yet", "clock"))
    monkeypatch.setitem(nav.NAVIGATION, "visitor", (nav.Group("", items),))
    [group] = nav.navigation("visitor", ANONYMOUS, "/")
    assert [item.name for item in group.items] == ["web:home"]


def test_what_a_post_may_not_open_is_not_offered(monkeypatch: pytest.MonkeyPatch) -> None:
    items = (nav.Item("合同", "web:home", "home", "contracts.seal"),)
    monkeypatch.setitem(nav.NAVIGATION, "agency", (nav.Group("", items),))
    assert nav.navigation("agency", in_post("agency.dispatcher")) == []
    assert nav.navigation("agency", in_post("agency.head"))


def test_the_longest_address_is_the_current_one(monkeypatch: pytest.MonkeyPatch) -> None:
    items = (nav.Item("首页", "web:home", "home"), nav.Item("样例", "web:styleguide", "apps"))
    monkeypatch.setitem(nav.NAVIGATION, "visitor", (nav.Group("", items),))
    [group] = nav.navigation("visitor", ANONYMOUS, "/styleguide/desk/")
    assert [item.current for item in group.items] == [False, True]


def test_phones_have_no_more_than_five_tabs() -> None:
    for kind in ("customer", "worker"):
        [group] = nav.NAVIGATION[kind]
        assert len(group.items) <= 5


def test_permissions_of_the_navigation_exist() -> None:
    known = {permission for post in POSTS.values() for permission in post.permissions}
    asked = {
        i.permission for groups in nav.NAVIGATION.values() for g in groups for i in g.items if i.permission
    }
    assert asked <= known
