"""Background checks online and by file: conclusion and dates are kept, and what lies behind them is nowhere."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import httpx
import pytest
from django.conf import settings as conf
from django.db import connection
from django.db.models import Q

from anxin.accounts.public import ConsentOfAnother
from anxin.accounts.values import Purpose
from anxin.kit import jobs, signed
from anxin.kit.errors import Refusal, Silent
from anxin.safetycode import actions
from anxin.safetycode import public as safetycode
from anxin.safetycode.actions.checks import settle
from anxin.safetycode.adapters import background
from anxin.safetycode.adapters.background_simulator import CATEGORY
from anxin.safetycode.engine import exchange
from anxin.safetycode.models import AnswerFile, BackgroundCheck, RequestBatch
from anxin.safetycode.queries import checks as queries
from anxin.safetycode.values.checks import Channel, CheckAnswer, CheckResult, LineFault
from anxin.workers import public as workers
from anxin.workers.models import Credential
from tests import cast
from tests.cast import NOON
from tests.safetycode.exam_world import agree
from tests.tape import taped

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("D-4")]
KEY = b"shared"
DAY = date(2026, 3, 18)


def candidate(sequence, name="核查人"):
    """A worker without papers, whose identity number ends as the simulator reads it."""
    person = cast.new_person(sequence + 3000, name, verified=False)
    person.id_number, person.verified_at = cast.id_number(sequence), cast.BEGIN
    person.save()
    agree(person, Purpose.BACKGROUND)
    return workers.enrol(person_id=person.pk, by=cast.SYSTEM, at=cast.BEGIN)


def ask(worker, channel=Channel.ONLINE, by=cast.SYSTEM):
    return safetycode.ask_background(worker_id=worker.pk, channel=channel, by=by, at=NOON)


def everywhere():
    """All that the database, the home's files (but for the simulators' own) and so on hold, as one text."""
    found = []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
        )
        for (table,) in cursor.fetchall():
            cursor.execute(f'SELECT t::text FROM "{table}" t')
            found += [row[0] for row in cursor.fetchall()]
    for path in Path(conf.ANXIN_HOME).rglob("*"):
        if path.is_file() and "simulators" not in path.parts:
            found.append(path.read_bytes().decode("utf-8", "replace"))
    return "\n".join(found)


def test_a_pass_becomes_a_verified_paper(simulators):
    worker = candidate(601)
    row = ask(worker)
    jobs.drain(NOON)
    row.refresh_from_db()
    assert (row.state, row.result, row.authority) == ("answered", "pass", "SIMULATED")
    paper = Credential.objects.get(worker=worker)
    assert (paper.kind, paper.conclusion, paper.valid_to) == ("background_check", "passed", row.valid_until)
    assert paper.number == row.reference_no


def test_a_failure_is_kept_as_a_conclusion_and_why_nowhere(simulators, caplog, capfd):
    caplog.set_level("DEBUG")
    row = ask(worker := candidate(904))
    jobs.drain(NOON)
    row.refresh_from_db()
    assert (row.state, row.result, row.valid_until) == ("answered", "fail", None)
    assert Credential.objects.get(worker=worker).conclusion == "failed"
    printed = capfd.readouterr()
    assert CATEGORY not in everywhere() + caplog.text + printed.out + printed.err
    assert row.reference_no in everywhere()


def test_what_cannot_be_verified_writes_no_paper(simulators):
    row = ask(worker := candidate(906))
    jobs.drain(NOON)
    row.refresh_from_db()
    assert row.result == "unverifiable"
    assert not Credential.objects.filter(worker=worker).exists()


def test_an_answer_that_comes_later_is_looked_for(simulators):
    row = ask(candidate(907))
    jobs.drain(NOON)
    row.refresh_from_db()
    assert row.state == "waiting"
    jobs.drain(NOON + timedelta(minutes=19))
    row.refresh_from_db()
    assert row.state == "waiting"
    for minutes in (20, 40):
        jobs.drain(NOON + timedelta(minutes=minutes))
    row.refresh_from_db()
    assert (row.state, row.result) == ("answered", "pass")


def test_while_the_partner_is_down_the_question_waits_and_is_put_again(simulators, settings):
    row = ask(candidate(908))
    with pytest.raises(Silent):
        actions.send_check(check_id=row.pk, at=NOON)
    jobs.drain(NOON, patient=True)
    row.refresh_from_db()
    assert row.state == "asked"
    person = row.worker.person
    person.id_number = cast.id_number(602)
    person.save()
    jobs.drain(NOON + timedelta(minutes=5), patient=True)
    row.refresh_from_db()
    assert (row.state, row.result) == ("answered", "pass")


def test_the_same_question_twice_is_one_and_a_second_answer_changes_nothing(simulators):
    row = ask(worker := candidate(601))
    actions.send_check(check_id=row.pk, at=NOON)
    actions.send_check(check_id=row.pk, at=NOON)
    row.refresh_from_db()
    other = CheckAnswer(CheckResult.FAIL, DAY, "SIMULATED", "SIM-20260318000099")
    assert settle(row, other, by=cast.SYSTEM, at=NOON) is False
    row.refresh_from_db()
    assert row.result == "pass"
    assert Credential.objects.filter(worker=worker).count() == 1


def test_one_question_is_open_at_a_time(simulators):
    ask(worker := candidate(601))
    with pytest.raises(actions.AlreadyAsked):
        ask(worker)
    assert BackgroundCheck.objects.count() == 1


def test_without_the_workers_own_consent_nothing_is_asked(stage):
    with pytest.raises(ConsentOfAnother):
        ask(stage.workers[0], by=stage.head.actor)
    assert not BackgroundCheck.objects.exists()


@pytest.mark.parametrize(
    "answer",
    [
        {"result": "pass", "checked_on": "2026-03-18", "authority": "某人", "reference_no": "SIM-20260318000001"},
        {"result": "pass", "checked_on": "2026-03-18", "authority": "MPS", "reference_no": "盗窃"},
        {"result": "wanted", "checked_on": "2026-03-18", "authority": "MPS", "reference_no": "SIM-20260318000001"},
        {"result": "pass", "checked_on": "gestern", "authority": "MPS", "reference_no": "SIM-20260318000001"},
        {"result": "pass"}, [], "pass",
    ],
)  # fmt: skip
def test_an_answer_out_of_shape_is_no_answer(answer):
    with pytest.raises(Silent):
        background._answer(answer if isinstance(answer, dict) else {})


def test_an_unsigned_or_repeated_question_is_refused_by_the_authority(simulators):
    url = f"{simulators}/background{background.PATH}"
    assert httpx.post(url, json={"number": "B1"}, trust_env=False).status_code == 401
    body = b'{"number": "B2", "name": "x", "id_number": "1"}'
    headers = signed.headers(
        background.secret(), app="a", method="POST", path=f"/background{background.PATH}", body=body, at=NOON
    )
    codes = [httpx.post(url, content=body, headers=headers, trust_env=False).status_code for _ in range(2)]
    assert codes == [200, 401]


# ── by file ──────────────────────────────────────────────────────────────────────────────────────────────
@taped
def batch(association_staff):
    for sequence in (601, 904, 602):
        ask(candidate(sequence), Channel.FILE)
    return actions.make_batch(by=association_staff.actor, at=NOON)


def answered(simulators, batch, staff):
    name, content = actions.request_file(batch_id=batch.pk, by=staff.actor, at=NOON)
    assert name == f"{batch.number}.txt"
    return httpx.post(f"{simulators}/background/v1/files", content=content, trust_env=False).content


def test_a_file_goes_out_signed_and_its_answers_come_in(simulators, batch, association_staff):
    content = answered(simulators, batch, association_staff)
    kept = actions.take_answers(content=content, by=association_staff.actor, at=NOON)
    assert (kept.count, queries.batches(association_staff.actor).get().open) == (3, 0)
    results = sorted(BackgroundCheck.objects.values_list("result", flat=True))
    assert results == ["fail", "pass", "pass"]
    assert Credential.objects.filter(kind="background_check").count() == 3
    with pytest.raises(actions.AnswerReplayed):
        actions.take_answers(content=content, by=association_staff.actor, at=NOON)
    assert AnswerFile.objects.count() == 1


def resigned(content, change):
    """The file with its lines changed, closed again by whoever holds the key."""
    lines = content.decode().splitlines()[:-1]
    return exchange._closed(change(lines), background.secret())


@pytest.mark.parametrize(
    ("spoil", "why"),
    [
        (lambda content: content.replace(b"|pass|", b"|fail|", 1), exchange.Broken.DIGEST),
        (lambda content: content.replace(b"T|3|", b"T|2|"), exchange.Broken.ROWS),
        (lambda content: b"".join(content.splitlines(True)[:-1]), exchange.Broken.SHAPE),
        (lambda content: content[:-1], exchange.Broken.SHAPE),
        (lambda content: b"", exchange.Broken.SHAPE),
        (
            lambda content: exchange._closed(content.decode().splitlines()[:-1], b"other"),
            exchange.Broken.SIGNATURE,
        ),
    ],
)
def test_a_damaged_or_foreign_file_is_refused_whole(simulators, batch, association_staff, spoil, why):
    content = spoil(answered(simulators, batch, association_staff))
    with pytest.raises(actions.AnswerBroken, match=str(actions.exchange.WHY[why])):
        actions.take_answers(content=content, by=association_staff.actor, at=NOON)
    assert not BackgroundCheck.objects.filter(~Q(result="")).exists()


def test_faulty_lines_are_told_by_number_and_nothing_of_the_file_is_taken(
    simulators, batch, association_staff
):
    def change(lines):
        fields = [line.split("|") for line in lines]
        fields[1].append("盗窃")
        fields[2][5] = "PSB-XX"
        fields[3][2] = "B000000-XXXXXXXX"
        return ["|".join(one) for one in fields]

    content = resigned(answered(simulators, batch, association_staff), change)
    with pytest.raises(actions.AnswerFaulty) as refused:
        actions.take_answers(content=content, by=association_staff.actor, at=NOON)
    assert refused.value.faults == [(2, LineFault.SHAPE), (3, LineFault.AUTHORITY), (4, LineFault.UNKNOWN)]
    assert not BackgroundCheck.objects.exclude(result="").exists()
    assert not AnswerFile.objects.exists()
    assert "盗窃" not in everywhere()


def test_a_file_put_right_passes_over_what_was_answered_alike(simulators, batch, association_staff):
    content = answered(simulators, batch, association_staff)
    first = resigned(content, lambda lines: lines[:2])
    actions.take_answers(content=first, by=association_staff.actor, at=NOON)
    assert actions.take_answers(content=content, by=association_staff.actor, at=NOON).count == 3
    assert Credential.objects.filter(kind="background_check").count() == 3


def test_files_are_the_associations_that_made_them(simulators, batch, association_staff, stage, stranger):
    for member in (stage.head, stage.people[0], stranger):
        with pytest.raises(Refusal):
            actions.request_file(batch_id=batch.pk, by=member.actor, at=NOON)
        with pytest.raises(Refusal):
            actions.make_batch(by=member.actor, at=NOON)
        assert queries.batches(member.actor).count() == 0
    assert RequestBatch.objects.count() == 1


def test_each_sees_their_own_checks_and_a_stranger_none(stage, association_staff, stranger):
    agree(stage.people[0].person, Purpose.BACKGROUND)
    ask(stage.workers[0], Channel.FILE, by=stage.head.actor)
    seen = [queries.checks(member.actor).count() for member in (
        stage.people[0], stage.head, association_staff, stage.rival, stage.people[1], stranger, stage.customer,
    )]  # fmt: skip
    assert seen == [1, 1, 1, 0, 0, 0, 0]
