"""The operator's rules: typed, bounded, dated, never rewritten, and public."""

from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.db.utils import DatabaseError

from anxin.audit import public as audit
from anxin.kit.actor import SYSTEM
from anxin.kit.errors import Forbidden
from anxin.policies import actions, public, rules
from anxin.policies.models import PolicyVersion
from anxin.policies.values import Policy, Unfit, sums_to_one
from tests.cast import NOON, signed_in

MINUTES = Policy("tests.minutes", 30, unit="分钟", meaning="测试用时限", low=5, high=1440)
SHARE = Policy("tests.share", 0.05, unit="", meaning="测试用比例", low=0, high=1)
OPEN = Policy("tests.open", True, unit="", meaning="测试用开关")
WORD = Policy("tests.word", "nearest", unit="", meaning="测试用选项", choices=("nearest", "best"))
HOURS = Policy("tests.hours", (9, 17), unit="点", meaning="测试用列表", low=0, high=23)
WEIGHTS = Policy(
    "tests.weights",
    {"near": 0.6, "good": 0.4},
    unit="",
    meaning="测试用权重",
    labels={"near": "距离", "good": "好评"},
    low=0,
    high=1,
    check=sums_to_one,
)
DAY = timedelta(days=1)


def change(policy=MINUTES, value=45, *, valid_from=NOON, reason="试运行", by=SYSTEM, at=NOON):
    return public.change(policy=policy, value=value, valid_from=valid_from, reason=reason, by=by, at=at)


@pytest.mark.django_db
def test_default_holds_until_somebody_changes_it(django_assert_num_queries):
    with django_assert_num_queries(1):
        assert public.read(MINUTES, at=NOON) == 30


@pytest.mark.django_db
def test_new_value_holds_from_its_moment_and_not_before():
    change(valid_from=NOON + DAY)
    assert public.read(MINUTES, at=NOON + DAY - timedelta(seconds=1)) == 30
    assert public.read(MINUTES, at=NOON + DAY) == 45


@pytest.mark.django_db
def test_a_past_told_in_one_go_reads_the_rules_once_and_finds_the_same(django_assert_num_queries):
    change(valid_from=NOON + DAY)
    change(value=60, valid_from=NOON + DAY, at=NOON + timedelta(hours=1))
    with django_assert_num_queries(1), public.steady():
        assert public.read(MINUTES, at=NOON) == 30
        assert public.read_many(MINUTES, SHARE, at=NOON + DAY) == {MINUTES.key: 60, SHARE.key: SHARE.default}
    with django_assert_num_queries(1):
        assert public.read(MINUTES, at=NOON + DAY) == 60


@pytest.mark.django_db
def test_later_decision_for_the_same_moment_wins():
    change(value=45, valid_from=NOON + DAY)
    change(value=60, valid_from=NOON + DAY, at=NOON + timedelta(hours=1))
    assert public.read(MINUTES, at=NOON + DAY) == 60


@pytest.mark.django_db
def test_change_is_seen_at_once(django_assert_num_queries):
    assert public.read(MINUTES, at=NOON) == 30
    change()
    assert public.read(MINUTES, at=NOON) == 45


@pytest.mark.django_db
def test_many_are_read_by_one_query(django_assert_num_queries):
    change()
    with django_assert_num_queries(1):
        found = public.read_many(MINUTES, SHARE, WEIGHTS, at=NOON)
    assert found == {"tests.minutes": 45, "tests.share": 0.05, "tests.weights": {"near": 0.6, "good": 0.4}}


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("policy", "value", "read"),
    [
        (SHARE, 0.1, 0.1),
        (SHARE, 1, 1.0),
        (OPEN, False, False),
        (WORD, "best", "best"),
        (HOURS, [8, 12, 18], (8, 12, 18)),
        (WEIGHTS, {"near": 0.3, "good": 0.7}, {"near": 0.3, "good": 0.7}),
    ],
)
def test_every_type_comes_back_as_it_was(policy, value, read):
    change(policy, value)
    found = public.read(policy, at=NOON)
    assert found == read
    assert type(found) is type(policy.fit(policy.to_json(policy.default)))


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("policy", "value"),
    [
        (MINUTES, 4),
        (MINUTES, 1441),
        (MINUTES, "45"),
        (MINUTES, 45.5),
        (MINUTES, True),
        (MINUTES, None),
        (MINUTES, float("nan")),
        (MINUTES, float("inf")),
        (SHARE, 1.01),
        (OPEN, 1),
        (WORD, "dearest"),
        (WORD, 3),
        (HOURS, [8, 24]),
        (HOURS, 8),
        (WEIGHTS, {"near": 1.0}),
        (WEIGHTS, {"near": 0.5, "good": 0.4}),
        (WEIGHTS, {"near": 0.5, "good": 0.4, "new": 0.1}),
        (WEIGHTS, {"near": "x", "good": 0.4}),
    ],
)
def test_unfit_value_is_refused_and_nothing_changes(policy, value):
    with pytest.raises(public.ValueUnfit) as refused:
        change(policy, value)
    assert str(refused.value)
    assert "%(" not in str(refused.value)
    assert not PolicyVersion.objects.exists()


@pytest.mark.django_db
def test_reason_moment_and_difference_are_asked_for():
    with pytest.raises(actions.ReasonMissing):
        change(reason="  ")
    with pytest.raises(actions.InThePast):
        change(valid_from=NOON - timedelta(seconds=1))
    with pytest.raises(actions.Unchanged):
        change(value=30)
    assert not PolicyVersion.objects.exists()


@pytest.mark.django_db
def test_only_the_operator_changes_rules(jia_head, stranger, operations):
    for actor in (jia_head.actor, stranger.actor):
        with pytest.raises(Forbidden):
            change(by=actor)
    assert not PolicyVersion.objects.exists()
    row = change(by=operations.actor)
    assert row.by_person_id == operations.id
    entry = audit.of_subject("policies.policy", "tests.minutes")[0]
    assert entry.detail["before"] == 30
    assert entry.detail["after"] == 45


@pytest.mark.django_db
def test_undeclared_policy_is_refused():
    stray = object.__new__(Policy)
    object.__setattr__(stray, "key", "tests.stray")
    with pytest.raises(public.UnknownPolicy):
        change(stray)


def test_two_policies_cannot_share_a_key():
    with pytest.raises(ValueError, match=r"tests\.minutes"):
        Policy("tests.minutes", 1, unit="", meaning="")


def test_default_must_fit_its_own_bounds():
    with pytest.raises(Unfit):
        Policy("tests.impossible", 1, unit="", meaning="", low=2)


@pytest.mark.django_db
def test_history_cannot_be_rewritten_even_by_sql():
    change()
    for statement in ("UPDATE policies_policyversion SET value = '1'", "DELETE FROM policies_policyversion"):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            connection.cursor().execute(statement)
    assert public.read(MINUTES, at=NOON) == 45


@pytest.mark.django_db
def test_stored_value_that_no_longer_fits_gives_way_to_the_default(caplog):
    PolicyVersion.objects.create(key=MINUTES.key, value=2, valid_from=NOON, reason="旧", created_at=NOON)
    assert public.read(MINUTES, at=NOON) == 30
    assert "tests.minutes" in caplog.text


@pytest.mark.parametrize(
    ("policy", "typed", "parts", "stored"),
    [
        (MINUTES, " 45 ", {}, 45),
        (SHARE, "0.1", {}, 0.1),
        (OPEN, "false", {}, False),
        (OPEN, "true", {}, True),
        (HOURS, "8，12, 18", {}, [8, 12, 18]),
        (WEIGHTS, "", {"near": "0.3", "good": "0.7"}, {"near": 0.3, "good": 0.7}),
    ],
)
def test_typed_text_becomes_a_value(policy, typed, parts, stored):
    assert rules.parse(policy, typed, parts) == stored


@pytest.mark.parametrize(
    ("policy", "typed"), [(MINUTES, "x"), (MINUTES, ""), (OPEN, "maybe"), (HOURS, "a,b"), (WEIGHTS, "")]
)
def test_typed_nonsense_is_refused(policy, typed):
    with pytest.raises(Unfit):
        rules.parse(policy, typed, {})


# ── pages ────────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.django_db
def test_everybody_sees_all_rules_with_history(client, django_assert_num_queries):
    change(reason="新年试运行")
    with django_assert_num_queries(1):
        answer = client.get("/rules/")
    assert answer.status_code == 200
    for word in ("测试用时限", "45", "新年试运行", "距离", "0.6"):
        assert word in answer.text


@pytest.mark.django_db
def test_operator_changes_a_rule_on_the_page(operations):
    mine = signed_in(operations.person, operations.appointment)
    assert "测试用时限" in mine.get("/desk/rules/").text
    assert mine.get("/desk/rules/tests.minutes/").status_code == 200
    answer = mine.post("/desk/rules/tests.minutes/change/", {"value": "50", "reason": "提速"})
    assert answer.status_code == 303
    row = PolicyVersion.objects.get()
    assert (row.value, row.reason, row.by_person_id) == (50, "提速", operations.id)
    assert "提速" in mine.get("/desk/rules/tests.minutes/").text


@pytest.mark.django_db
def test_weights_are_changed_part_by_part(operations):
    mine = signed_in(operations.person, operations.appointment)
    form = {"part_near": "0.5", "part_good": "0.5", "reason": "均衡", "valid_from": "2099-01-01T08:00"}
    assert mine.post("/desk/rules/tests.weights/change/", form).status_code == 303
    assert PolicyVersion.objects.get().value == {"near": 0.5, "good": 0.5}


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("form", "told"),
    [
        ({"value": "4", "reason": "x"}, "不能小于 5"),
        ({"value": "abc", "reason": "x"}, "请填写数字"),
        ({"value": "50", "reason": ""}, "请填写修改原因"),
        ({"value": "50", "reason": "x", "valid_from": "2001-01-01T00:00"}, "不能早于现在"),
        ({"value": "50", "reason": "x", "valid_from": "tomorrow"}, "valid_from"),
    ],
)
def test_page_tells_what_is_wrong_and_keeps_what_was_typed(operations, form, told):
    mine = signed_in(operations.person, operations.appointment)
    answer = mine.post("/desk/rules/tests.minutes/change/", form)
    assert answer.status_code == 422
    assert told in answer.text
    assert f'value="{form["value"]}"' in answer.text
    assert not PolicyVersion.objects.exists()


@pytest.mark.django_db
def test_others_may_not_change_rules(client, jia_head, stranger):
    form = {"value": "50", "reason": "x"}
    assert client.post("/desk/rules/tests.minutes/change/", form).status_code == 302
    for member in (jia_head, stranger):
        browser = signed_in(member.person, member.appointment)
        assert browser.get("/desk/rules/").status_code == 403
        assert browser.post("/desk/rules/tests.minutes/change/", form).status_code == 403
    assert not PolicyVersion.objects.exists()


@pytest.mark.django_db
def test_unknown_rule_is_not_found(operations):
    assert signed_in(operations.person, operations.appointment).get("/desk/rules/no.such/").status_code == 404


@pytest.mark.django_db
def test_programs_read_and_change_rules(client, operations, stranger):
    mine = signed_in(operations.person, operations.appointment)
    body = {"value": 50, "reason": "提速"}
    url = "/api/v1/rules/tests.minutes/changes"
    assert client.post(url, body, content_type="application/json").status_code == 401
    assert signed_in(stranger.person).post(url, body, content_type="application/json").status_code in (
        401,
        403,
    )
    answer = mine.post(url, body, content_type="application/json")
    assert answer.status_code == 201
    found = {rule["key"]: rule for rule in client.get("/api/v1/rules").json()}
    assert found["tests.minutes"]["value"] == 50
    assert found["tests.minutes"]["history"][0]["reason"] == "提速"


def test_numbers_are_written_as_people_write_them():
    policy = Policy("tests.limit", 50_000, unit="元", meaning="", low=5_000, high=10_000_000)
    assert rules.bounds(policy) == "5,000–10,000,000"
    assert rules.say(policy, 10_000_000) == [("", "10,000,000")]
    assert rules.say(Policy("tests.shares", {"near": 0.25}, unit="", meaning=""), {"near": 0.25}) == [
        ("near", "0.25")
    ]
