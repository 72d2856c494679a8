"""Figures per issuer within a city: bureaus see houses beside each other, each house sees itself."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from time_machine import travel

from anxin.accounts.models import Organisation
from anxin.kit.actor import SYSTEM
from anxin.kit.clock import at_local, local_date
from anxin.safetycode import public as codes
from anxin.safetycode.actions.refreshing import open_refreshes
from anxin.safetycode.models import Fault, Issue, SafetyCode
from anxin.safetycode.queries.figures import BY_CODE, FIGURES, NOBODY, Span, by_city, by_issuer, rows_of
from anxin.safetycode.values.care import Task
from tests.cast import NOON, Member, in_post, new_organisation, new_person, token_of
from tests.safetycode.care_world import DAY, recorded
from tests.safetycode.entrusting import entrust
from tests.safetycode.test_care_pages import sheet, worker
from tests.tape import taped
from tests.workers.world import make_worker

__all__ = ["worker"]
pytestmark = [pytest.mark.django_db, pytest.mark.requirement("D-6a"), pytest.mark.requirement("D-9")]
T = NOON + 184 * DAY
SPAN = Span(at_local(local_date(NOON).replace(month=1, day=1), 0), T + DAY)


@taped
def credit(db: None) -> Member:
    """Who issues for a credit agency that the city entrusted; not who manages the codes of a region."""
    body = new_organisation("credit", "信用服务机构", 420)
    Organisation.objects.filter(pk=body.pk).update(region="3301")
    body.refresh_from_db()
    entrust(body, "3301", tasks=[Task.ISSUE])
    return in_post(new_person(71, "信员"), body, "credit.issuer")


@taped
def issued(worker: Any, credit: Member) -> dict[str, Any]:
    """One code of the association, two of the credit agency, and something of every kind about one of these."""
    both = [make_worker(name=f"信用{n}") for n in range(2)]
    for one in both:
        codes.issue(worker_id=one.pk, by=credit.actor, at=NOON)
    record = recorded(both[0], state="frozen")
    record.differences = ["frozen"]
    record.save()
    Fault.objects.create(check_code="colour_apart", worker=both[0], subject=str(both[0].pk), found_at=T)
    open_refreshes(by=SYSTEM, at=T)
    codes.suspend(worker_id=both[0].pk, why="核查", by=SYSTEM, at=T)
    return {"association": worker, "credit": both}


def counts(values: dict[str, Any]) -> dict[str, int]:
    return {code: value.count for code, value in values.items()}


def test_issuers_together_are_the_city_in_every_figure(
    issued: dict[str, Any], head: Member, carer: Member, credit: Member, django_assert_max_num_queries: Any
) -> None:
    with django_assert_max_num_queries(len(FIGURES) + 1):
        found = by_issuer(head.actor, SPAN, T, "3301")
    assert set(found) == {str(carer.organisation.pk), str(credit.organisation.pk)}
    ours, theirs = counts(found[str(carer.organisation.pk)]), counts(found[str(credit.organisation.pk)])
    assert (ours["issued"], theirs["issued"]) == (1, 2)
    assert {code: theirs[code] for code in ("suspended", "faults", "differing")} == {
        "suspended": 1, "faults": 1, "differing": 1,
    }  # fmt: skip
    assert not {"suspended", "faults", "differing"} & set(ours)
    [city] = by_city(head.actor, SPAN, T).values()
    assert {code: ours.get(code, 0) + theirs.get(code, 0) for code in counts(city)} == counts(city)
    for code, count in theirs.items():
        rows = rows_of(BY_CODE[code], head.actor, SPAN, T, "3301", str(credit.organisation.pk))
        assert rows.count() == count, code


def test_an_issuer_sees_itself_alone(issued: dict[str, Any], carer: Member, credit: Member) -> None:
    for member, n in ((carer, 1), (credit, 2)):
        found = by_issuer(member.actor, SPAN, T, "3301")
        assert {one: values["issued"].count for one, values in found.items()} == {
            str(member.organisation.pk): n
        }
    for member, other in ((credit, carer), (carer, credit)):
        asked = str(other.organisation.pk)
        assert not rows_of(BY_CODE["issued"], member.actor, SPAN, T, "3301", asked).exists()
    # Who manages no region has their own in the whole city's figures too.
    assert by_city(credit.actor, SPAN, T)["3301"]["issued"].count == 2
    assert rows_of(BY_CODE["issued"], credit.actor, SPAN, T, "3301").count() == 2
    assert by_city(carer.actor, SPAN, T)["3301"]["issued"].count == 3


def test_another_citys_bureau_and_a_house_without_codes_see_none(issued: dict[str, Any]) -> None:
    for kind, post, region in (("bureau", "bureau.head", "3302"), ("credit", "credit.head", "3301")):
        body = new_organisation(kind, "别处", 430 + int(region[3]))
        Organisation.objects.filter(pk=body.pk).update(region=region)
        body.refresh_from_db()
        member = in_post(new_person(80 + int(region[3]), "别人"), body, post)
        assert by_issuer(member.actor, SPAN, T, "3301") == {}
        assert not rows_of(BY_CODE["issued"], member.actor, SPAN, T, "3301").exists()


def test_codes_of_before_issuers_were_kept_stand_apart(issued: dict[str, Any], head: Member) -> None:
    code = SafetyCode.objects.get(worker=issued["association"].pk)
    SafetyCode.objects.filter(pk=code.pk).update(issuer=None)
    Issue.objects.filter(code=code).update(issuer=None, delegation=None)
    found = by_issuer(head.actor, SPAN, T, "3301")
    assert found[NOBODY]["issued"].count == 1
    assert rows_of(BY_CODE["issued"], head.actor, SPAN, T, "3301", NOBODY).get().code_id == code.pk


def test_the_page_sets_houses_side_by_side_and_each_figure_opens_its_rows(
    issued: dict[str, Any], head: Member, credit: Member, carer: Member, client_of: Callable[..., Client]
) -> None:
    with travel(T, tick=False):
        desk = client_of(head)
        assert "/desk/care/cities/3301/" in desk.get("/desk/care/figures/").content.decode()
        page = desk.get("/desk/care/cities/3301/").content.decode()
        house = credit.organisation
        assert house.name in page and carer.organisation.name in page
        for one in FIGURES:
            there = f"/desk/care/figures/{one.code}/?city=3301&amp;issuer={house.pk}"
            assert there in page or there.replace("&amp;", "&") in page, one.code
        shown = desk.get(f"/desk/care/figures/issued/?city=3301&issuer={house.pk}").content.decode()
        assert all(one.number in shown for one in issued["credit"])
        assert issued["association"].number not in shown and house.name in shown
        table = desk.get("/desk/care/cities/3301/?format=csv").content.decode("utf-8-sig").splitlines()
        assert len(table) == 3 and any(house.name in line for line in table)
        assert house.name in sheet(desk.get("/desk/care/cities/3301/?format=xlsx").content)


def test_on_pages_an_issuer_finds_its_own_and_others_no_page(
    issued: dict[str, Any], credit: Member, carer: Member, jia_head: Member, client_of: Callable[..., Client]
) -> None:
    with travel(T, tick=False):
        own = client_of(credit)
        page = own.get("/desk/care/cities/3301/").content.decode()
        assert credit.organisation.name in page and carer.organisation.name not in page
        for asked in (f"issuer={carer.organisation.pk}", "", "issuer=nonsense", f"issuer={NOBODY}"):
            rows = own.get(f"/desk/care/figures/issued/?city=3301&{asked}").content.decode()
            assert issued["association"].number not in rows, asked
        for path in ("figures/", "figures/issued/", "cities/3301/"):
            assert client_of(jia_head).get(f"/desk/care/{path}").status_code == 403


def test_programs_are_told_the_same(
    issued: dict[str, Any], head: Member, credit: Member, client: Client
) -> None:
    with travel(T, tick=False):
        for member, houses in ((head, 2), (credit, 1)):
            mark = token_of(member.person, member.appointment)
            rows = client.get("/api/v1/safety-code/figures/3301", headers=mark).json()
            found = {row["issuer"]: row["count"] for row in rows if row["figure"] == "issued"}
            assert len(found) == houses and found[str(credit.organisation.pk)] == 2
        assert client.get("/api/v1/safety-code/figures/3302", headers=mark).json() == []
