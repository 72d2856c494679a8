"""The auditor looks the trail through, sees what is sealed, has it verified, and takes it along."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.db import transaction
from django.test import Client

from anxin.audit import queries
from anxin.audit.actions import retention
from anxin.audit.adapters import archives
from anxin.audit.models import Entry
from anxin.audit.public import archive, check, record, seal_batch
from anxin.kit.actor import SYSTEM
from anxin.web.audit_words import ACTIONS, AREAS
from anxin.web.pages import audit as audit_page
from tests.audit.test_trail import tamper
from tests.cast import NOON, Member
from tests.seeking import sought
from tests.stage import Stage

At = Callable[..., Client]
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(autouse=True)
def noon() -> Any:
    with time_machine.travel(NOON + timedelta(hours=1), tick=False):
        yield


def told(client: Client, query: str = "") -> str:
    answer = sought(client, "/operator/audit/", query.removeprefix("?"))
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.mark.requirement("A-6.3.3d")
def test_only_the_auditor_reads_the_trail(
    client_of: At, stranger: Member, jia_head: Member, operations: Member, reviews_admin: Member
) -> None:
    for who in (stranger, jia_head, operations, reviews_admin):
        assert client_of(who).get("/operator/audit/").status_code == 403
        assert client_of(who).post("/operator/audit/check/").status_code == 403


def test_the_trail_is_narrowed_by_actor_act_subject_and_time(
    stage: Stage, client_of: At, auditor: Member, jia_head: Member
) -> None:
    order = stage.ask()
    record("reviews.hide", by=jia_head.actor, at=NOON, subject="review", subject_id="r-1")
    client = client_of(auditor)
    assert "提交需求" in told(client) and "r-1" in told(client)
    by_order = told(client, f"?subject={order.number}")
    assert "orders.submit_demand</code>" in by_order and "reviews.hide</code>" not in by_order
    by_person = told(client, f"?who={jia_head.id}")
    assert "reviews.hide</code>" in by_person and "orders.submit_demand</code>" not in by_person
    assert "reviews.hide</code>" in told(client, f"?who={jia_head.person.phone}")
    assert "没有符合条件的记录" in told(client, "?who=19900009999")
    assert "orders.submit_demand</code>" not in told(client, "?area=reviews")
    assert "reviews.hide</code>" in told(client, "?action=reviews.hide")
    assert "没有符合条件的记录" in told(client, "?from=2001-01-01&to=2001-01-02")


@pytest.mark.requirement("A-6.3.3d")
def test_each_row_shows_whether_it_is_sealed_and_the_page_what_the_last_check_found(
    transactional_db: None, client_of: At, auditor: Member
) -> None:
    record("policies.change", by=auditor.actor, at=NOON, subject="policy", subject_id="x")
    client = client_of(auditor)
    assert "待封存" in told(client) and "还没有核验过" in told(client)
    sealed = seal_batch(at=NOON)
    assert sealed is not None
    assert f"第 {sealed.pk} 批" in told(client, "?action=policies.change").replace("\xa0", " ")
    assert check(at=NOON) == []
    assert "最近一次核验：没有改动" in told(client)


def test_faults_of_the_last_check_stand_on_top(client_of: At, auditor: Member) -> None:
    record(
        "audit.check", by=auditor.actor, at=NOON, subject="audit", subject_id="trail",
        detail={"seals": 2, "entries": 9, "faults": 1, "first": ["seal 2: an entry was changed"]},
    )  # fmt: skip
    page = told(client_of(auditor))
    assert "核验发现记录被改动" in page and "seal 2: an entry was changed" in page


def test_asking_for_a_check_is_recorded(client_of: At, auditor: Member) -> None:
    assert client_of(auditor).post("/operator/audit/check/").status_code == 303
    assert Entry.objects.filter(action="audit.ask_check", by_person=auditor.id).count() == 1


def test_the_export_holds_what_was_found_and_is_recorded(client_of: At, auditor: Member) -> None:
    record("policies.change", by=auditor.actor, at=NOON, subject="policy", subject_id="=cmd()")
    answer = client_of(auditor).get("/operator/audit/?action=policies.change&format=csv")
    text = answer.content.decode("utf-8-sig")
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert "修改规则" in text and "'=cmd()" in text
    assert Entry.objects.get(action="audit.export").detail == {"asked": ["action"], "rows": 1}


def test_names_are_masked(client_of: At, auditor: Member) -> None:
    record("policies.change", by=auditor.actor, at=NOON, subject="policy", subject_id="x")
    page = told(client_of(auditor))
    assert "韩审计" not in page and "韩*计" in page


def test_a_long_trail_takes_as_many_queries_as_a_short_one(
    client_of: At, auditor: Member, jia_head: Member, django_assert_num_queries: Any
) -> None:
    client = client_of(auditor)
    told(client)
    counts = []
    for who in (auditor, jia_head):
        for number in range(40):
            record("policies.change", by=who.actor, at=NOON, subject="policy", subject_id=str(number))
        with django_assert_num_queries(QUERIES, exact=False) as ran:
            told(client)
        counts.append(len(ran))
    assert counts[0] == counts[1]


QUERIES = 12


def test_older_entries_are_walked_to_without_counting(client_of: At, auditor: Member) -> None:
    for number in range(60):
        record("policies.change", by=auditor.actor, at=NOON, subject="policy", subject_id=f"k-{number:02}")
    client = client_of(auditor)
    page = told(client, "?action=policies.change")
    assert "k-59" in page and "k-05" not in page
    older = re.search(r'href="(\?[^"]*before=\d+[^"]*)"', page)
    assert older
    there = older[1].replace("&amp;", "&")
    assert "k-05" in client.get(f"/operator/audit/{there}").content.decode()


@pytest.fixture
def kept_apart(transactional_db: None, tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Sixty-one acts of last year, archived in files of ten."""
    settings.ANXIN_ANCHORS, settings.ANXIN_AUDIT_KEY = tmp_path / "anchors", tmp_path / "audit.pem"
    settings.ANXIN_HOME = tmp_path
    monkeypatch.setattr(retention, "ENTRIES_A_FILE", 10)
    for begins in range(0, 61, 10):
        with transaction.atomic():
            for number in range(begins, min(begins + 10, 61)):
                record("policies.change", by=SYSTEM, at=OLD, subject="policy", subject_id=f"old-{number:02}")
        seal_batch(at=OLD)
    yield archive(by=SYSTEM, at=NOON)
    tamper("TRUNCATE audit_seal, audit_entry, audit_archive")


OLD = NOON - timedelta(days=500)
DAYS = f"from={OLD:%Y-%m-%d}&to={OLD:%Y-%m-%d}"


def test_archived_entries_are_found_by_days_paged_and_marked(
    kept_apart: Any, client_of: At, auditor: Member, django_assert_num_queries: Any
) -> None:
    client = client_of(auditor)
    assert "选了起止日期，就连归档一起查" in told(client) and "old-60" not in told(client)
    with django_assert_num_queries(QUERIES, exact=False):
        page = told(client, f"?{DAYS}&action=policies.change")
    assert "old-60" in page and "old-11" in page and "old-10" not in page
    assert page.count("来自归档") == 50 and f"{OLD:%Y-%m-%d}" in page
    onward = re.search(r'href="(\?[^"]*before=\d+-\d+[^"]*)" rel="next"', page)
    assert onward
    rest = client.get(f"/operator/audit/{onward[1].replace('&amp;', '&')}").content.decode()
    assert "old-10" in rest and "old-00" in rest and "old-11" not in rest and 'rel="next"' not in rest
    assert "old-07" in told(client, f"?{DAYS}&subject=old-07")
    assert "没有符合条件的记录" in told(client, f"?{DAYS}&action=reviews.hide")


def test_a_walk_that_found_nothing_yet_leads_on(
    kept_apart: Any, client_of: At, auditor: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "READ_ENTRIES", 20)
    page = told(client_of(auditor), f"?{DAYS}&subject=old-00")
    assert "读过的归档里还没有符合条件的记录" in page and "接着查更早的归档" in page


def test_the_table_and_its_archives_are_one_walk(kept_apart: Any, client_of: At, auditor: Member) -> None:
    record("policies.change", by=auditor.actor, at=NOON, subject="policy", subject_id="new-00")
    page = told(client_of(auditor), f"?from={OLD:%Y-%m-%d}&action=policies.change")
    assert page.index("new-00") < page.index("old-60") < page.index("old-12")
    assert "old-11" not in page and page.count("来自归档") == 49


def test_of_a_touched_archive_the_page_says_so_and_the_export_refuses(
    kept_apart: Any, client_of: At, auditor: Member
) -> None:
    file = archives.path_of(kept_apart[-1].name)
    file.write_bytes(file.read_bytes()[:-1] + b"x")
    page = told(client_of(auditor), f"?{DAYS}&action=policies.change")
    assert (
        "归档文件与封存不符" in page
        and kept_apart[-1].name in page
        and "old-60" not in page
        and "old-30" in page
    )
    answer = client_of(auditor).get(f"/operator/audit/?{DAYS}&format=csv")
    assert answer.status_code == 409 and kept_apart[-1].name in answer.content.decode()
    assert not Entry.objects.filter(action="audit.export").exists()


def test_the_export_holds_the_archived_too_and_refuses_more_than_it_would_read(
    kept_apart: Any, client_of: At, auditor: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    query = f"/operator/audit/?{DAYS}&action=policies.change&format=csv"
    lines = client_of(auditor).get(query).content.decode("utf-8-sig").splitlines()
    assert len(lines) == 62 and lines[1].endswith(",是") and "old-00" in lines[-1]
    monkeypatch.setattr(audit_page, "EXPORT_READS", 60)
    answer = client_of(auditor).get(query)
    assert answer.status_code == 422 and "61" in answer.content.decode()


@pytest.mark.parametrize("before", ["9" * 40, "x", "-", "1-x", "9-" + "9" * 40, "١٢"])
def test_a_place_that_is_none_is_the_beginning(client_of: At, auditor: Member, before: str) -> None:
    assert "审计" in told(client_of(auditor), f"?from=2020-01-01&before={before}")


def test_every_act_that_is_recorded_has_words() -> None:
    found = set()
    for source in (ROOT / "src/anxin").rglob("*.py"):
        found |= set(re.findall(r'record\(\s*"([a-z_]+\.[a-z_]+)"', source.read_text()))
    assert found - set(ACTIONS) == set()
    assert {name.split(".")[0] for name in ACTIONS} <= set(AREAS)
