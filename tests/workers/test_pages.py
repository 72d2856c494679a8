"""The worker's phone and the agency's desk: what they show, what they change, and to whom they say no."""

from __future__ import annotations

from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from anxin.accounts.models import Appointment, Person
from anxin.kit.actor import SYSTEM
from anxin.workers import public as workers
from anxin.workers.models import Booking, Credential, Worker
from tests.cast import in_post, signed_in
from tests.seeking import sought
from tests.workers.world import NOW, World, at, hold, make_person, make_worker, span

PAPER = {
    "kind": "training", "title": "岗前培训", "issuer": "临安区家政协会", "conclusion": "passed",
    "valid_from": "2026-01-01", "valid_to": "2027-01-01",
}  # fmt: skip
PHONE_PAGES = ["papers", "profile", "skills", "areas", "shifts", "week", "leave"]
DESK_PAGES = ["", "papers/", "skills/", "areas/", "shifts/", "leave/"]


@pytest.fixture(autouse=True)
def _noon() -> Any:
    with time_machine.travel(NOW, tick=False):
        yield


def worker_client(world: World) -> Client:
    return signed_in(Person.objects.get(pk=world.worker.person_id))


def staff_client(world: World, *, rival: bool = False, post: str = "agency.head") -> Client:
    member = in_post(make_person("店长"), world.rival if rival else world.agency, post)
    assert isinstance(member.appointment, Appointment)
    return signed_in(member.person, member.appointment)


def test_the_phone_pages_open_for_a_worker_and_tell_others_what_to_do(world: World) -> None:
    worker, stranger = worker_client(world), signed_in(Person.objects.get(pk=world.stranger.person_id))
    for name in PHONE_PAGES:
        assert worker.get(f"/worker/{name}/").status_code == 200, name
        other = stranger.get(f"/worker/{name}/")
        assert other.status_code == 404, name
        assert "还没有登记为家政服务员" in other.content.decode(), name
        assert Client().get(f"/worker/{name}/").status_code == 302, name


def test_the_desk_pages_open_for_the_agency_alone(world: World) -> None:
    clients = {
        200: staff_client(world),
        404: staff_client(world, rival=True),
        403: signed_in(Person.objects.get(pk=world.stranger.person_id)),
        302: Client(),
    }
    for name in DESK_PAGES:
        path = f"/desk/workers/{world.worker.number}/{name}"
        assert {status: client.get(path).status_code for status, client in clients.items()} == {
            status: status for status in clients
        }, path


def test_papers_show_their_dates_and_what_runs_out(world: World) -> None:
    workers.add_credential(
        worker_id=world.worker.pk, kind="training", title="急救培训", issuer="红十字会",  # type: ignore[arg-type]
        valid_from=at(9).date(), valid_to=at(9, day=25).date(), by=SYSTEM, at=NOW,
    )  # fmt: skip
    text = worker_client(world).get("/worker/papers/").content.decode()
    assert "急救培训" in text
    assert "待核验" in text
    assert "2026-12-31" in text


def test_a_worker_adds_a_paper_and_the_agency_verifies_it(world: World) -> None:
    mine, desk = worker_client(world), staff_client(world)
    sent = mine.post("/worker/papers/", PAPER)
    assert (sent.status_code, sent.headers["Location"]) == (303, "/worker/papers/")
    paper = Credential.objects.get(title="岗前培训")
    base = f"/desk/workers/{world.worker.number}/papers/{paper.pk}"
    refused = desk.post(f"{base}/verification/", {"how": ""})
    assert refused.status_code == 422
    assert desk.post(f"{base}/verification/", {"how": "电话核实"}).status_code == 303
    paper.refresh_from_db()
    assert paper.verified_how == "电话核实"
    assert mine.post(f"{base}/verification/", {"how": "自查"}).status_code == 403
    assert desk.post(f"{base}/withdrawal/", {"why": "作废"}).status_code == 303
    assert staff_client(world, rival=True).post(f"{base}/withdrawal/", {"why": "x"}).status_code == 404


def test_what_was_typed_stays_when_a_paper_is_refused(world: World) -> None:
    response = worker_client(world).post(
        "/worker/papers/", PAPER | {"title": "血压 120/80", "issuer": "区医院"}
    )
    text = response.content.decode()
    assert response.status_code == 422
    assert "只登记结论和日期" in text
    assert 'value="区医院"' in text
    assert not Credential.objects.filter(issuer="区医院").exists()


def test_a_health_report_is_turned_away_and_a_wrong_file_too(world: World) -> None:
    health = PAPER | {"kind": "health_check", "health_tier": "2"}
    png = SimpleUploadedFile("report.png", b"\x89PNG....", content_type="image/png")
    assert worker_client(world).post("/worker/papers/", health | {"upload": png}).status_code == 422
    text = SimpleUploadedFile("proof.pdf", b"not a pdf", content_type="application/pdf")
    assert worker_client(world).post("/worker/papers/", PAPER | {"upload": text}).status_code in (415, 422)
    assert not Credential.objects.filter(title="岗前培训").exists()


def test_the_same_submission_twice_adds_one_paper(world: World) -> None:
    client, key = worker_client(world), "0190-key-of-this-form"
    for _ in range(2):
        assert client.post("/worker/papers/", PAPER | {"idempotency_key": key}).status_code == 303
    assert Credential.objects.filter(title="岗前培训").count() == 1


def test_shifts_are_changed_by_day_and_half_filled_days_refused(world: World) -> None:
    client = worker_client(world)
    assert client.post("/worker/shifts/", {"from_0": "08:00", "to_0": "00:00"}).status_code == 303
    assert list(world.worker.shifts.values_list("weekday", "from_minute", "to_minute")) == [(0, 480, 1440)]
    refused = client.post("/worker/shifts/", {"from_0": "08:00"})
    assert refused.status_code == 422
    assert "开始和结束要一起填" in refused.content.decode()
    assert world.worker.shifts.count() == 1


def test_areas_and_skills_are_changed_by_the_desk(world: World) -> None:
    from anxin.catalogue import public as catalogue
    from anxin.places import public as places

    places.load(by=SYSTEM, at=NOW) if not places.towns() else None
    desk, base = staff_client(world), f"/desk/workers/{world.worker.number}"
    towns = [town.code for town in places.towns()[:3]]
    assert desk.post(f"{base}/areas/", {"towns": towns}).status_code == 303
    assert sorted(world.worker.areas.values_list("town_code", flat=True)) == sorted(towns)
    assert desk.post(f"{base}/areas/", {"towns": ["999999999"]}).status_code == 422
    items = catalogue.items(NOW)
    given = {f"item_{items[0].code}": "3"} if items else {}
    assert desk.post(f"{base}/skills/", given).status_code == 303
    assert world.worker.skills.count() == len(given)


@pytest.mark.requirement("A-6.2.3")
def test_the_week_shows_what_is_booked_and_turns_its_pages(world: World) -> None:
    hold(world.worker, span(14, 16))
    text = worker_client(world).get("/worker/week/?from=2026-03-18").content.decode()
    assert "14:00–16:00" in text
    assert "上门服务" in text
    assert "?from=2026-03-25" in text
    assert worker_client(world).get("/worker/week/?from=nonsense").status_code == 200


def test_leave_is_taken_and_cancelled_and_refused_over_a_visit(world: World) -> None:
    client = worker_client(world)
    hold(world.worker, span(14, 16))
    over = {"since": "2026-03-20T13:00", "until": "2026-03-20T18:00"}
    refused = client.post("/worker/leave/", over)
    assert refused.status_code == 409
    assert "已有上门安排" in refused.content.decode()
    assert client.post("/worker/leave/", {"since": over["until"], "until": over["since"]}).status_code == 422
    free = {"since": "2026-03-21T08:00", "until": "2026-03-21T20:00", "note": "家里有事"}
    assert client.post("/worker/leave/", free).status_code == 303
    leave = Booking.objects.get(kind="leave")
    assert leave.span.lower == at(8, day=21)
    rival = staff_client(world, rival=True)
    assert rival.post(f"/worker/leave/{leave.pk}/cancellation/").status_code == 303
    assert Booking.objects.filter(pk=leave.pk).exists()
    assert client.post(f"/worker/leave/{leave.pk}/cancellation/").status_code == 303
    assert not Booking.objects.filter(pk=leave.pk).exists()


def test_the_staff_list_is_searched_by_whole_name_number_or_phone(world: World) -> None:
    other = make_worker(world.agency, name="李四")
    desk = staff_client(world)
    for text in ("李四", other.number, other.person.phone):
        page = sought(desk, "/desk/workers/", f"q={text}").content.decode()
        assert other.number in page
        assert world.worker.number not in page
    assert "没有符合条件" in sought(desk, "/desk/workers/", "q=李").content.decode()
    assert "没有符合条件" in desk.get("/desk/workers/", {"colour": "green"}).content.decode()
    assert other.person.phone not in desk.get("/desk/workers/").content.decode()


def test_the_staff_list_takes_a_fixed_number_of_queries(world: World, django_assert_max_num_queries) -> None:  # type: ignore[no-untyped-def]
    desk = staff_client(world)
    desk.get("/desk/workers/")
    with django_assert_max_num_queries(16):
        desk.get("/desk/workers/")
    for n in range(5):
        make_worker(world.agency, name=f"服务员{n}")
    with django_assert_max_num_queries(16):
        desk.get("/desk/workers/")


def test_taking_on_pausing_and_leaving_from_the_desk(world: World) -> None:
    person, desk = make_person("郑爱华"), staff_client(world)
    given = {"phone": person.phone, "name": "郑爱华", "kind": "flexible"}
    assert desk.post("/desk/workers/new/", given | {"name": "别人"}).status_code == 404
    sent = desk.post("/desk/workers/new/", given | {"may_grab": "on"})
    assert sent.status_code == 303
    worker = Worker.objects.get(person=person)
    base = sent.headers["Location"]
    assert desk.post(f"{base}state/", {"to": "paused"}).status_code == 303
    assert desk.post(f"{base}grabbing/", {"allowed": "0"}).status_code == 303
    worker.refresh_from_db()
    assert worker.state == "paused"
    assert not worker.affiliations.get().may_grab
    with time_machine.travel(at(12), tick=False):
        assert (
            staff_client(world).post(f"{base}departure/", {"read": "on"}).headers["Location"]
            == "/desk/workers/former/"
        )
    assert staff_client(world).get(base).status_code == 404


def test_finance_reads_but_changes_nothing(world: World) -> None:
    desk, base = staff_client(world, post="agency.finance"), f"/desk/workers/{world.worker.number}"
    assert desk.get(f"{base}/").status_code == 200
    assert desk.post(f"{base}/state/", {"to": "paused"}).status_code == 403
    assert "登记证件" not in desk.get(f"{base}/").content.decode()
    world.worker.refresh_from_db()
    assert world.worker.state == "active"


def test_a_verified_person_enrols_from_the_phone(world: World) -> None:
    person = make_person("孙丽")
    from anxin.places import public as places

    places.load(by=SYSTEM, at=NOW) if not places.towns() else None
    client = signed_in(person)
    assert client.get("/worker/enrolment/").status_code == 200
    assert client.post("/worker/enrolment/", {"home_town": ""}).status_code == 422
    sent = client.post("/worker/enrolment/", {"home_town": places.towns()[0].code, "intro": "做事细心"})
    assert (sent.status_code, sent.headers["Location"]) == (303, "/worker/papers/")
    assert Worker.objects.get(person=person).lat is not None
    assert client.get("/worker/enrolment/").status_code == 303
