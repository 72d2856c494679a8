"""The evidence page of level 2: one register for page and document, and facts of the house as it stands."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.test import Client

from anxin.accounts import public as accounts
from anxin.accounts.models import Passkey
from anxin.accounts.values import Guards
from anxin.audit import public as audit
from anxin.config.evidence import facts
from anxin.config.evidence.register import CONTROLS, FACTS, Control
from anxin.config.recovery import drill
from anxin.kit.actor import SYSTEM
from tests import cast
from tools import level2

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("A-7.4.3"), pytest.mark.requirement("A-7.4.4")]
ROOT = Path(__file__).resolve().parents[2]
HERE = "/desk/level2/"


@pytest.fixture
def house(settings: Any, tmp_path: Path) -> Path:
    """A home of its own: no backup yet, no drill."""
    settings.ANXIN_HOME, settings.ANXIN_BACKUP_TO = tmp_path, str(tmp_path / "backups")
    return tmp_path


@pytest.fixture
def security(operator: Any) -> cast.Member:
    return cast.in_post(cast.new_person(880, "卫安全"), operator, "operator.security")


def test_every_control_is_on_the_page_and_in_the_document(
    security: cast.Member, client_of: Callable[..., Client]
) -> None:
    page = client_of(security).get(HERE)

    assert page.status_code == 200
    text = page.content.decode()
    for one in CONTROLS:
        assert one.told in text and all(name in text for name in (*one.where, *one.tests))
        assert bool(one.people) == bool(one.people_told)
    assert level2.page() == (ROOT / "docs" / "security-level2.md").read_text()
    assert level2.problems(ROOT) == []


def test_the_page_is_for_the_security_administrator_and_the_auditor_alone(
    auditor: cast.Member, operations: cast.Member, supervisor: cast.Member, stranger: cast.Member,
    client_of: Callable[..., Client], client: Client,
) -> None:  # fmt: skip
    assert client_of(auditor).get(HERE).status_code == 200
    for member in (operations, supervisor, stranger):
        assert client_of(member).get(HERE).status_code == 403
    assert client.get(HERE).status_code == 302


def test_the_page_costs_the_same_however_many_accounts_there_are(
    security: cast.Member, operator: Any, client_of: Callable[..., Client], django_assert_max_num_queries: Any
) -> None:
    for number in range(5):
        cast.in_post(cast.new_person(900 + number, "平台员"), operator, "operator.service")
    client = client_of(security)
    client.get(HERE)
    with django_assert_max_num_queries(16):
        client.get(HERE)


def test_each_fact_is_told_and_used(house: Path) -> None:
    found = facts.look(cast.NOON)

    assert tuple(found) == FACTS
    assert {name for one in CONTROLS for name in one.facts} == set(FACTS)
    assert all(fact.words for fact in found.values())


def test_an_account_without_second_factor_is_counted_until_it_has_one(
    security: cast.Member, jia_head: cast.Member
) -> None:

    bare = accounts.guards(cast.NOON)
    assert (bare.posts, bare.privileged, bare.without_second) == (2, 1, 1)
    assert facts.look(cast.NOON)["second"].ok is False

    Passkey.objects.create(
        person=security.person, name="钥匙", credential_id=b"x", public_key=b"y", created_at=cast.NOON
    )

    assert accounts.guards(cast.NOON) == Guards(
        posts=2, suspended=0, privileged=1, without_second=0, locked=0
    )
    assert facts.look(cast.NOON)["second"].ok


def test_backup_drill_and_check_of_the_trail_grow_old(house: Path) -> None:
    assert [facts.look(cast.NOON)[name].ok for name in ("backup", "drill", "audit")] == [False, False, False]

    name = house / "backups" / "7" / "base" / f"{cast.NOON:%Y%m%dT%H%M%SZ}" / "manifest"
    name.parent.mkdir(parents=True)
    name.write_bytes(b"sealed")
    note = {"at": cast.NOON.isoformat(), "backup": "x", "rows": 12, "rpo_s": 3.0, "rto_s": 40.0, "checked_s": 50.0,
            "faults": []}  # fmt: skip
    (house / "drill.json").write_text(json.dumps(note))
    audit.record(
        "audit.check", by=SYSTEM, at=cast.NOON, subject="audit", subject_id="trail", detail={"entries": 1}
    )

    found = facts.look(cast.NOON + timedelta(hours=1))
    assert found["backup"].ok and found["drill"].ok
    assert "12" in found["drill"].words and "40" in found["drill"].words
    late = facts.look(cast.NOON + timedelta(days=100))
    assert late["backup"].ok is False and late["drill"].ok is False and late["audit"].ok is False


def test_a_drill_with_faults_is_no_proof_and_a_spoilt_note_counts_as_none(house: Path) -> None:
    note = {"at": cast.NOON.isoformat(), "backup": "x", "rows": 1, "rpo_s": 0, "rto_s": 0, "checked_s": 0,
            "faults": ["table x is missing"]}  # fmt: skip
    (house / "drill.json").write_text(json.dumps(note))
    assert facts.look(cast.NOON)["drill"].ok is False

    (house / "drill.json").write_text("{")
    assert drill.last() is None


def test_settings_that_are_for_a_trial_only_are_said_to_be(house: Path, settings: Any) -> None:
    with time_machine.travel(cast.NOON):
        settings.ANXIN_ORIGIN, settings.ANXIN_DEMO, settings.ANXIN_LIMITS = "http://localhost", True, False
        assert [facts.look(cast.NOON)[name].ok for name in ("tls", "demo", "limits")] == [False] * 3
        settings.ANXIN_ORIGIN, settings.ANXIN_DEMO, settings.ANXIN_LIMITS = (
            "https://anxin.example.cn",
            False,
            True,
        )
        assert [facts.look(cast.NOON)[name].ok for name in ("tls", "demo", "limits")] == [True] * 3


def test_a_control_that_names_what_is_gone_is_told() -> None:
    gone = Control("x", "words", "话", ("kit/no.py",), ("kit/test_no.py::test_no",), facts=("no",))

    assert len(level2._gone(ROOT, gone)) == 3
