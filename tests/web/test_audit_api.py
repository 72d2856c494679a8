"""The audit trail for programs: who may, with what proof, page by page, and what is recorded of it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from anxin.audit.actions import retention
from anxin.audit.adapters import archives
from anxin.audit.models import Entry
from anxin.audit.public import archive, check, record, seal_batch
from anxin.kit.actor import SYSTEM
from tests.audit.test_trail import tamper
from tests.cast import NOON, Member, token_of
from tests.stage import Stage

OLD = NOON - timedelta(days=500)
ENTRIES = "/api/v1/audit/entries/search"
pytestmark = [pytest.mark.django_db, pytest.mark.requirement("A-6.3.3d")]


@pytest.fixture(autouse=True)
def noon() -> Any:
    with time_machine.travel(NOON + timedelta(hours=1), tick=False) as clock:
        yield clock


class Program:
    """Reads the trail for one person."""

    def __init__(self, who: Member) -> None:
        self.headers = token_of(who.person, who.appointment)

    def get(self, path: str) -> Any:
        return Client().get(path, headers=self.headers)

    def post(self, path: str, **asked: Any) -> Any:
        return Client().post(path, asked, content_type="application/json", headers=self.headers)

    def search(self, **asked: Any) -> Any:
        return self.post(ENTRIES, **asked)

    def ids(self, **asked: Any) -> list[str]:
        return [one["subject_id"] for one in self.search(**asked).json()["entries"]]


def written(by: Member, *subjects: str, action: str = "policies.change") -> None:
    for subject in subjects:
        record(action, by=by.actor, at=NOON, subject="policy", subject_id=subject)


def test_only_the_auditor_reads_and_asks_for_checks(
    stranger: Member, jia_head: Member, operations: Member, reviews_admin: Member
) -> None:
    for who in (stranger, jia_head, operations, reviews_admin):
        program = Program(who)
        assert program.search().status_code == 403
        assert program.get("/api/v1/audit/state/").status_code == 403
        assert program.post("/api/v1/audit/checks/").status_code == 403
    assert Client().post(ENTRIES).status_code == 401
    assert not Entry.objects.filter(action__in=["audit.export", "audit.ask_check"]).exists()


def test_without_a_fresh_proof_nothing_is_read(auditor: Member, noon: Any) -> None:
    program = Program(auditor)
    written(auditor, "x")
    noon.shift(timedelta(minutes=6))
    answer = program.search()
    assert (answer.status_code, answer.json()["code"]) == (403, "step_up_needed")
    assert not Entry.objects.filter(action="audit.export").exists()


def test_an_entry_is_told_in_words_and_codes_with_the_name_masked(auditor: Member) -> None:
    written(auditor, "x")
    (one,) = Program(auditor).search(action="policies.change").json()["entries"]
    assert (one["did"], one["action"], one["subject_label"], one["subject_id"]) == (
        "修改规则", "policies.change", "规则", "x",
    )  # fmt: skip
    assert (one["who"], one["person_id"]) == ("韩*计", str(auditor.id))
    assert (one["post"], one["post_label"], one["seal"], one["archived"]) == (
        "operator.auditor", "审计管理员", None, False,
    )  # fmt: skip


def test_it_is_narrowed_as_the_page_is(stage: Stage, auditor: Member, jia_head: Member) -> None:
    order = stage.ask()
    written(jia_head, "r-1", action="reviews.hide")
    program = Program(auditor)

    def acts(**asked: Any) -> set[str]:
        return {one["action"] for one in program.search(**asked, limit=500).json()["entries"]}

    assert {"orders.submit_demand", "reviews.hide"} <= acts()
    assert "orders.submit_demand" in acts(subject=order.number) and "reviews.hide" not in acts(
        subject=order.number
    )
    assert acts(area="reviews") == acts(action="reviews.hide") == {"reviews.hide"}
    assert (
        acts(who=str(jia_head.id), area="reviews")
        == acts(who=jia_head.person.phone, area="reviews")
        == {"reviews.hide"}
    )
    assert acts(who="19900009999") == set()
    assert acts(post="agency.head", area="reviews") == {"reviews.hide"}
    assert acts(organisation=str(jia_head.organisation.pk), area="reviews") == {"reviews.hide"}
    assert acts(since="2001-01-01T00:00:00Z", until="2001-01-02T00:00:00Z") == set()
    assert program.search(since="yesterday").status_code == 422


def test_it_is_walked_from_the_newest_without_gaps_while_the_reading_itself_is_recorded(
    auditor: Member,
) -> None:
    written(auditor, *(f"k-{number:02}" for number in range(25)))
    program, seen, before = Program(auditor), [], ""
    for _page in range(3):
        told = program.search(action="policies.change", limit=10, before=before).json()
        seen += [one["subject_id"] for one in told["entries"]]
        before = told["onward"]
    assert seen == [f"k-{number:02}" for number in range(24, -1, -1)] and before == ""
    taken = list(Entry.objects.filter(action="audit.export", by_person=auditor.id).order_by("id"))
    assert [one.detail["rows"] for one in taken] == [10, 10, 5]
    assert taken[0].detail["asked"] == ["action"], "what was asked about, not whom"
    assert program.search(limit=501).status_code == 422


def test_a_long_page_takes_as_many_queries_as_a_short_one(
    auditor: Member, jia_head: Member, django_assert_num_queries: Any
) -> None:
    program = Program(auditor)
    counts = []
    for who in (auditor, jia_head):
        written(who, *map(str, range(30)))
        program.search(limit=500)
        with django_assert_num_queries(30, exact=False) as ran:
            program.search(limit=500)
        counts.append(len(ran))
    assert counts[0] == counts[1]


def test_archives_are_read_on_after_the_table_and_a_touched_one_is_refused(
    transactional_db: None, tmp_path: Any, settings: Any, monkeypatch: pytest.MonkeyPatch, auditor: Member
) -> None:
    settings.ANXIN_ANCHORS, settings.ANXIN_AUDIT_KEY = tmp_path / "anchors", tmp_path / "audit.pem"
    settings.ANXIN_HOME = tmp_path
    monkeypatch.setattr(retention, "ENTRIES_A_FILE", 10)
    for number in range(21):
        record("policies.change", by=SYSTEM, at=OLD, subject="policy", subject_id=f"old-{number:02}")
        seal_batch(at=OLD)
    kept = archive(by=SYSTEM, at=NOON)
    program = Program(auditor)
    asked = {"action": "policies.change", "since": (OLD - timedelta(days=1)).isoformat()}
    first = program.search(**asked, limit=15).json()
    assert first["entries"][0]["archived"] and first["onward"]
    rest = program.search(**asked, limit=15, before=first["onward"]).json()
    assert [one["subject_id"] for one in first["entries"] + rest["entries"]] == [
        f"old-{number:02}" for number in range(20, -1, -1)
    ]
    file = archives.path_of(kept[-1].name)
    file.write_bytes(file.read_bytes()[:-1] + b"x")
    answer = program.search(**asked)
    assert (answer.status_code, answer.json()["code"]) == (409, "archive_touched")
    tamper("TRUNCATE audit_seal, audit_entry, audit_archive")


def test_the_state_tells_the_last_seal_and_check_and_asking_for_one_is_recorded(
    transactional_db: None, auditor: Member
) -> None:
    program = Program(auditor)
    written(auditor, "x")
    sealed = seal_batch(at=NOON)
    assert sealed is not None and check(at=NOON) == []
    told = program.get("/api/v1/audit/state/").json()
    assert told["seal"]["number"] == sealed.pk and told["check"]["detail"]["faults"] == 0
    assert program.post("/api/v1/audit/checks/").status_code == 202
    assert Entry.objects.filter(action="audit.ask_check", by_person=auditor.id).count() == 1
