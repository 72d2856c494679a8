"""Who looks after others does so within a county or a city; nobody holds two of the three administrators."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from anxin.accounts import actions
from anxin.accounts.models import Appointment
from anxin.agencies.models import Agency
from anxin.kit.actor import SYSTEM
from anxin.safetycode.models import SafetyCode
from anxin.workers.models import Worker
from tests import cast
from tests.cast_posts import CITY, FAR_TOWN

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("A-6.3.3d")]


def office(kind: str, serial: int, **place: str):
    row = actions.found_organisation(
        kind=kind,
        name=f"某{kind}单位",
        uscc=cast.uscc(serial),
        city_code=CITY,
        by=SYSTEM,
        at=cast.BEGIN,
        **place,
    )
    code = "supervisor" if kind == "bureau" else "codes"
    return cast.in_post(cast.new_person(serial, "区域人员"), row, f"{kind}.{code}").actor


def test_a_county_sees_its_rows_the_city_all_and_another_county_none(stage):
    county = office("bureau", 601, town_code=cast.JINCHENG)
    city = office("bureau", 602, town_code=cast.JINCHENG, region=CITY)
    other = office("bureau", 603, town_code=FAR_TOWN)
    assert (county.region, city.region, other.region) == ("330112", "3301", "330122")
    for model in (Agency, Worker, SafetyCode):
        everything = model.objects.count()
        assert everything
        assert model.objects.visible_to(county).count() == everything
        assert model.objects.visible_to(city).count() == everything
        assert model.objects.visible_to(other).count() == 0


def test_an_association_issues_codes_in_its_county_only(stage):
    worker = stage.workers[0]
    assert Worker.objects.visible_to(office("association", 604, town_code=cast.JINCHENG)).filter(pk=worker.pk)
    assert not Worker.objects.visible_to(office("association", 605, town_code=FAR_TOWN)).exists()


def test_a_county_reads_its_agencies_and_decides_nothing(stage, client_of):
    row = actions.found_organisation(
        kind="bureau", name="区商务局", uscc=cast.uscc(606), city_code=CITY, town_code=cast.JINCHENG, by=SYSTEM,
        at=cast.BEGIN,
    )  # fmt: skip
    client = client_of(cast.in_post(cast.new_person(606, "监管员甲"), row, "bureau.supervisor"))
    page = client.get("/desk/applications/")
    agency = Agency.objects.first()
    assert page.status_code == 200 and agency.name in page.content.decode()
    one = client.get(f"/desk/applications/{agency.number}/").content.decode()
    assert "suspension" not in one and "/check/" not in one
    answer = client.post(f"/desk/applications/{agency.number}/suspension/", {"why": "不该能做"})
    assert answer.status_code == 403
    agency.refresh_from_db()
    assert agency.state == "live"


@pytest.mark.parametrize("region", ["3302", "33011", "abcdef", "33010"])
def test_a_region_is_a_county_or_the_city_of_the_office(region):
    with pytest.raises(actions.RegionUnknown):
        actions.found_organisation(
            kind="bureau", name="某局", city_code=CITY, region=region, by=SYSTEM, at=cast.BEGIN
        )


@pytest.mark.requirement("A-7.4.4")
@pytest.mark.parametrize("second", ["operator.system", "operator.security"])
def test_nobody_holds_two_of_the_three_administrators_at_a_time(auditor, operator, second):
    with pytest.raises(actions.OneAdministrator):
        actions.appoint(
            person_id=auditor.id, organisation_id=operator.pk, post=second, by=SYSTEM, at=cast.NOON
        )
    # Nor does the database take it, whoever writes, also where the periods only touch for a moment.
    with pytest.raises(IntegrityError), transaction.atomic():
        Appointment.objects.create(
            person=auditor.person, organisation=operator, post=second, created_at=cast.NOON,
            period=DateTimeTZRange(cast.NOON, cast.NOON + timedelta(seconds=1)),
        )  # fmt: skip
    assert list(Appointment.objects.filter(person=auditor.person).values_list("post", flat=True)) == [
        "operator.auditor"
    ]


@pytest.mark.requirement("A-7.4.4")
def test_one_after_the_other_is_no_conflict(auditor, operator):
    actions.dismiss(appointment_id=auditor.appointment.pk, by=SYSTEM, at=cast.NOON)
    row = actions.appoint(
        person_id=auditor.id, organisation_id=operator.pk, post="operator.system", by=SYSTEM, at=cast.NOON
    )
    assert row.covers(cast.NOON)


@pytest.mark.requirement("A-7.4.4")
def test_nobody_gives_themself_more_rights(operator):
    security = cast.in_post(cast.new_person(607, "安全员"), operator, "operator.security")
    with pytest.raises(actions.NotYourOwn):
        actions.appoint(
            person_id=security.id, organisation_id=operator.pk, post="operator.operations", by=security.actor,
            at=cast.NOON,
        )  # fmt: skip
    assert Appointment.objects.filter(person=security.person).count() == 1
