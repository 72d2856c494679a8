"""The pages and the API of health checks, insurance, background checks and faces: each person does their part."""

from __future__ import annotations

import base64
import os
import tempfile
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from anxin.accounts.values import Purpose
from anxin.kit import clock, jobs, sheets
from anxin.safetycode import public as safetycode
from anxin.safetycode.engine import shapes
from anxin.safetycode.models import BackgroundCheck, ExamAppointment, ExamSlot, FaceMatch, InsurancePolicy
from anxin.safetycode.queries import filings as queries
from anxin.safetycode.values.exams import NewSlot
from anxin.workers.models import Credential
from anxin.workers.values import HealthTier
from tests.cast import token_of
from tests.safetycode.exam_world import agree, institution, insurer
from tests.tape import taped

pytestmark = pytest.mark.django_db
CONSENT = {"consent_health_check": "1"}


@taped
def house(db):
    return institution()


@pytest.fixture
def soon(house):
    """A session that begins in four hours by the real clock, which pages read."""
    at = clock.now()
    starts = at + timedelta(hours=4)
    slot = NewSlot(starts, starts + timedelta(hours=1), HealthTier.ELDER, 3, at)
    return safetycode.open_slot(slot=slot, place="二楼", by=house.actor, at=at)


def test_from_booking_on_the_phone_to_the_conclusion_on_the_desk(stage, house, soon, client_of):
    worker, desk = client_of(stage.people[0]), client_of(house)
    page = worker.get("/worker/exams/")
    assert page.status_code == 200 and "二楼" in page.content.decode()
    refused = worker.post("/worker/exams/", {"slot": str(soon.pk), "tier": "2"})
    assert refused.status_code == 422 and not ExamAppointment.objects.exists()
    assert worker.post("/worker/exams/", {"slot": str(soon.pk), "tier": "2", **CONSENT}).status_code == 303
    exam = ExamAppointment.objects.get()
    assert exam.number in worker.get(f"/worker/exams/{exam.number}/").content.decode()
    assert "王芳" in desk.get(f"/desk/exams/?day={clock.local_date(soon.starts_at)}").content.decode()
    # As if the day had come.
    ExamSlot.objects.update(starts_at=clock.now() - timedelta(minutes=5))
    assert desk.post(f"/desk/exams/{exam.number}/arrival/").status_code == 303
    path = f"/desk/exams/{exam.number}/conclusion/"
    assert desk.get(path).status_code == 200
    told = {"tier": "2", "conclusion": "passed", "exam_date": clock.local_date(clock.now()).isoformat()}
    wrong = desk.post(path, {**told, "report_no": "ALT 35 U/L"})
    assert wrong.status_code == 422 and "TJ2026031800012" in wrong.content.decode()
    # What is sent beyond the form's fields goes nowhere.
    assert (
        desk.post(
            path, {**told, "report_no": "TJ20260318000012", "alt": "35", "note": "血压 120/80"}
        ).status_code
        == 303
    )
    exam.refresh_from_db()
    assert (exam.state, exam.conclusion) == ("done", "passed")
    assert Credential.objects.get(pk=exam.credential_id).verified_at


def test_the_agency_books_and_gives_back_for_its_worker(stage, soon, client_of):
    agree(stage.people[0].person, Purpose.HEALTH)
    desk, number = client_of(stage.head), stage.workers[0].number
    path = f"/desk/workers/{number}/exams/"
    assert desk.get(path).status_code == 200
    assert desk.post(path, {"slot": str(soon.pk), "tier": "2"}).status_code == 303
    exam = ExamAppointment.objects.get()
    assert desk.post(f"/worker/exams/{exam.number}/cancellation/")["Location"] == path
    assert client_of(stage.rival).get(path).status_code == 404
    assert client_of(stage.rival).get(f"/worker/exams/{exam.number}/").status_code == 404


def test_an_institution_opens_and_closes_a_session(house, client_of):
    desk = client_of(house)
    day = clock.local_date(clock.now()) + timedelta(days=3)
    form = {
        "day": day.isoformat(),
        "since": "08:00",
        "until": "09:30",
        "tier": "3",
        "capacity": "20",
        "place": "二楼",
    }
    assert desk.post("/desk/exams/slots/", form).status_code == 303
    assert desk.post("/desk/exams/slots/", form).status_code == 409
    slot = ExamSlot.objects.get()
    assert desk.post(f"/desk/exams/slots/{slot.pk}/closing/").status_code == 303
    assert ExamSlot.objects.get().closed_at


def test_a_value_beside_the_conclusion_is_refused_by_the_api(stage, house, soon, client):
    agree(stage.people[0].person, Purpose.HEALTH)
    safetycode.book_exam(
        slot_id=soon.pk, worker_id=stage.workers[0].pk, tier=HealthTier.HOME, by=stage.worker, at=clock.now()
    )
    exam = ExamAppointment.objects.get()
    ExamSlot.objects.update(starts_at=clock.now() - timedelta(minutes=5))
    headers = token_of(house.person, house.appointment)
    base = f"/api/v1/exams/{exam.number}"
    assert client.post(f"{base}/arrival", headers=headers).status_code == 200
    told = {"tier": 2, "conclusion": "passed", "exam_date": clock.local_date(clock.now()).isoformat(),
            "report_no": "TJ20260318000012"}  # fmt: skip
    more = client.post(f"{base}/conclusion", {**told, "alt": 35}, "application/json", headers=headers)
    assert more.status_code == 422
    done = client.post(f"{base}/conclusion", told, "application/json", headers=headers)
    assert (done.status_code, done.json()["state"]) == (200, "done")


def upload(rows):
    heading = (queries.NAME, queries.NUMBER, queries.IDENTITY)
    return SimpleUploadedFile("roster.xlsx", sheets.write_xlsx(heading, rows))


def policy_form():
    today = clock.local_date(clock.now())
    return {
        "insurer_name": "示例财产保险公司", "number": "PZ-1", "product": "combined", "occupation_class": "2",
        "valid_from": today.isoformat(), "valid_to": (today + timedelta(days=364)).isoformat(),
        "limit_death": "200,000", "limit_medical": "20000", "limit_third_party": "300000", "limit_property": "50000",
    }  # fmt: skip


def test_a_policy_is_filed_its_roster_looked_at_and_confirmed(stage, client_of):
    desk, clerk = client_of(stage.head), client_of(insurer())
    assert desk.get("/desk/policies/filing/").status_code == 200
    assert desk.post("/desk/policies/filing/", policy_form()).status_code == 303
    policy = InsurancePolicy.objects.get()
    home = f"/desk/policies/{policy.pk}/"
    assert "低于最低要求" in desk.get(home).content.decode()
    first, second = (one.number for one in stage.workers)
    wrong = desk.post(f"{home}roster/", {"file": upload([("王芳", first, ""), ("李美", second, "")])})
    assert wrong.status_code == 422 and 'name="roster"' not in wrong.content.decode()
    good = desk.post(f"{home}roster/", {"file": upload([("王芳", first, ""), ("李梅", second, "")])})
    assert good.status_code == 200 and policy.roster.count() == 0
    token = good.content.decode().split('name="roster" value="')[1].split('"')[0]
    assert client_of(stage.rival).post(f"{home}insured/", {"roster": token}).status_code == 404
    desk.post(f"{home}insured/", {"roster": token[:-4] + "AAAA"})
    assert policy.roster.count() == 0
    desk.post(f"{home}insured/", {"roster": token})
    assert policy.roster.count() == 2
    assert desk.post(f"{home}confirmation/").status_code == 403
    assert "王芳" in clerk.get(home).content.decode()
    clerk.post(f"{home}confirmation/")
    assert Credential.objects.filter(number="PZ-1", verified_at__isnull=False).count() == 2
    desk.post(f"{home}insured/{stage.workers[0].pk}/striking/")
    assert Credential.objects.filter(number="PZ-1", withdrawn_at=None).count() == 1
    ending = {"last_day": (clock.local_date(clock.now()) - timedelta(days=1)).isoformat(), "why": "退保"}
    assert clerk.post(f"{home}ending/", ending).status_code == 303
    assert not Credential.objects.filter(number="PZ-1", withdrawn_at=None).exists()


def test_a_policy_sent_back_comes_with_its_form(stage, client_of, association_staff):
    desk, association = client_of(stage.head), client_of(association_staff)
    desk.post("/desk/policies/filing/", policy_form())
    home = f"/desk/policies/{InsurancePolicy.objects.get().pk}/"
    association.post(f"{home}return/", {"why": "保额写错"})
    assert 'name="limit_death"' in desk.get(home).content.decode()
    desk.post(f"{home}again/", policy_form() | {"limit_death": "300000"})
    row = InsurancePolicy.objects.get()
    assert (row.state, row.death_fen) == ("filed", 30_000_000)


def test_the_template_is_read_as_it_was_written(stage, client_of):
    content = client_of(stage.head).get("/desk/policies/template/").content
    assert sheets.read(content, columns=(queries.NAME, queries.NUMBER, queries.IDENTITY)) == []


def test_a_worker_asks_for_a_check_and_the_answer_is_shown(simulators, stage, client_of):
    phone = client_of(stage.people[0])
    refused = phone.post("/worker/checks/")
    assert refused.status_code == 422 and not BackgroundCheck.objects.exists()
    assert phone.post("/worker/checks/", {"consent_background_check": "1"}).status_code == 303
    jobs.drain(clock.now() + timedelta(seconds=1))
    assert "通过" in phone.get("/worker/checks/").content.decode()


def test_files_go_out_after_a_fresh_proof_and_come_in_line_by_line(stage, client_of, association_staff):
    agree(stage.people[0].person, Purpose.BACKGROUND)
    desk = client_of(association_staff)
    number = stage.workers[0].number
    assert desk.post("/desk/checks/asking/", {"number": number, "channel": "file"}).status_code == 303
    assert desk.post("/desk/checks/batch/").status_code == 303
    batch = BackgroundCheck.objects.get().batch_id
    answer = desk.get(f"/desk/checks/files/{batch}/")
    assert answer.status_code in (200, 302)
    bad = desk.post("/desk/checks/answers/", {"file": SimpleUploadedFile("a.txt", b"H|nothing\n")})
    assert bad.status_code == 422
    assert client_of(stage.head).post("/desk/checks/batch/").status_code == 403


def big_picture(worker):
    """More than Django keeps in memory by itself: the worker's shape, with ballast behind the picture's end."""
    return shapes.drawn(worker.person.id_number) + os.urandom(5 * 1024 * 1024)


@pytest.mark.requirement("F-3")
def test_a_large_picture_is_compared_and_never_touches_the_disk(
    simulators, stage, client_of, tmp_path, monkeypatch
):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    made = []
    real = tempfile.NamedTemporaryFile
    monkeypatch.setattr(tempfile, "NamedTemporaryFile", lambda *a, **k: made.append(a) or real(*a, **k))
    phone, picture = client_of(stage.people[0]), big_picture(stage.workers[0])
    sent = {"picture": SimpleUploadedFile("me.png", picture, "image/png")}
    refused = phone.post("/worker/checks/face/", sent)
    assert refused.status_code == 422 and not FaceMatch.objects.exists()
    sent = {"picture": SimpleUploadedFile("me.png", picture, "image/png"), "consent_face": "1"}
    assert phone.post("/worker/checks/face/", sent).status_code == 303
    assert FaceMatch.objects.get().result == "match"
    assert made == [] and list(tmp_path.iterdir()) == []
    page = phone.get("/worker/checks/").content.decode()
    assert "一致" in page and "100 分" in page


def test_a_picture_beyond_all_measure_is_dropped_as_it_comes(stage, client_of, tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    agree(stage.people[0].person, Purpose.FACE)
    sent = {
        "picture": SimpleUploadedFile("me.png", b"\x89PNG\r\n\x1a\n" + bytes(9 * 1024 * 1024), "image/png")
    }
    assert client_of(stage.people[0]).post("/worker/checks/face/", sent).status_code == 422
    assert list(tmp_path.iterdir()) == [] and not FaceMatch.objects.exists()


@pytest.mark.requirement("F-3")
def test_a_program_sends_a_picture_and_reads_the_score(simulators, stage, client):
    headers = token_of(stage.people[0].person)
    picture = base64.b64encode(shapes.drawn(stage.workers[0].person.id_number)).decode()
    told = {"worker": stage.workers[0].number, "picture": picture, "consent": 1}
    answer = client.post("/api/v1/face-matches", told, "application/json", headers=headers)
    assert (answer.status_code, answer.json()["result"], answer.json()["score"]) == (201, "match", 100)
    bad = client.post("/api/v1/face-matches", {**told, "picture": "@@"}, "application/json", headers=headers)
    assert bad.status_code == 422
