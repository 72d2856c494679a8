"""The desks of care: what each actor finds on them, and that a stranger finds nothing."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from openpyxl import load_workbook
from time_machine import travel

from anxin.accounts.models import Organisation
from anxin.kit.actor import SYSTEM
from anxin.kit.masks import mask_name
from anxin.safetycode import public as codes
from anxin.safetycode.actions.funds import open_claim
from anxin.safetycode.actions.refreshing import open_refreshes
from anxin.safetycode.models import Claim, Delegation, Measure, Refresh, SafetyCode
from anxin.safetycode.queries.faults import CHECKS
from anxin.safetycode.queries.figures import FIGURES
from anxin.workers import public as workers
from anxin.workers.values import AffiliationKind
from tests.cast import BEGIN, NOON, Member, in_post, new_organisation, new_person
from tests.safetycode.care_world import DAY, recorded
from tests.tape import taped
from tests.workers.world import make_worker

LISTS = (
    "",
    "refresh/",
    "delegations/",
    "figures/",
    "claims/",
    "certificates/",
    "faults/colour_older/",
    "figures/issued/",
)


@taped
def worker(jia: Organisation, carer: Member) -> Any:
    found = make_worker(name="王桂芳")
    workers.join_agency(
        worker_id=found.pk, organisation_id=jia.pk, kind=AffiliationKind.EMPLOYEE, by=SYSTEM, at=BEGIN
    )
    codes.issue(worker_id=found.pk, by=carer.actor, at=NOON)
    recorded(found)
    return found


@travel(NOON, tick=False)
@pytest.mark.requirement("D-6a", "D-9")
def test_association_and_bureau_read_every_list_empty_or_not_and_others_none(
    carer: Member, head: Member, jia_head: Member, stranger: Member, client_of: Callable[..., Client]
) -> None:
    for who in (carer, head):
        desk = client_of(who)
        for path in LISTS:
            assert desk.get(f"/desk/care/{path}").status_code == 200, path
    for who in (jia_head, stranger):
        closed = client_of(who)
        for path in LISTS:
            if path != "refresh/" or who is stranger:
                assert closed.get(f"/desk/care/{path}").status_code == 403, path


@travel(NOON, tick=False)
@pytest.mark.requirement("D-6a")
def test_a_measure_tells_what_it_does_and_asks_why(
    carer: Member, worker: Any, client_of: Callable[..., Client]
) -> None:
    desk = client_of(carer)
    page = desk.get(f"/desk/codes/{worker.number}/").content.decode()
    for kind in ("update", "suspend", "recall", "cancel", "supersede"):
        assert f"/desk/codes/{worker.number}/measures/{kind}/" in page
        assert desk.get(f"/desk/codes/{worker.number}/measures/{kind}/").status_code == 200
    there = f"/desk/codes/{worker.number}/measures/suspend/"
    assert desk.post(there, {"ground": "complaint", "why": ""}).status_code == 422
    assert desk.post(there, {"ground": "complaint", "why": "核查", "until": "2026-03-01"}).status_code == 422
    assert SafetyCode.objects.get().state == "issued"
    assert (
        desk.post(there, {"ground": "complaint", "why": "核查投诉", "until": "2026-03-25"}).status_code == 303
    )
    row = Measure.objects.get()
    assert (row.why, str(row.until)) == ("核查投诉", "2026-03-25")
    page = desk.get(f"/desk/codes/{worker.number}/").content.decode()
    assert "核查投诉" in page and "measures/resume/" in page and "measures/suspend/" not in page
    assert desk.get(f"/desk/codes/{worker.number}/measures/nonsense/").status_code == 404


@travel(NOON, tick=False)
@pytest.mark.requirement("D-9")
def test_the_bureau_entrusts_on_a_page_and_takes_back(
    carer: Member, head: Member, client_of: Callable[..., Client]
) -> None:
    desk = client_of(head)
    Delegation.objects.all().delete()
    form = {
        "issuer": str(carer.organisation.pk), "tasks": ["issues"], "area": "330112", "starts_on": "2026-03-18",
        "ends_on": "2027-03-17", "document": "杭商务〔2026〕3号", "reason": "委托发码",
    }  # fmt: skip  # fmt: skip
    assert desk.post("/desk/care/delegations/new/", form | {"document": ""}).status_code == 422
    assert desk.post("/desk/care/delegations/new/", form | {"tasks": []}).status_code == 422
    assert client_of(carer).post("/desk/care/delegations/new/", form).status_code == 403
    assert desk.post("/desk/care/delegations/new/", form).status_code == 303
    row = Delegation.objects.get()
    assert (row.reviews, row.issues) == (False, True)
    assert "杭商务〔2026〕3号" in client_of(carer).get("/desk/care/delegations/").content.decode()
    assert desk.post(f"/desk/care/delegations/{row.pk}/revocation/", {"why": "改由市协会"}).status_code == 303
    row.refresh_from_db()
    assert row.revoked_why == "改由市协会"


@travel(NOON + 184 * DAY, tick=False)
@pytest.mark.requirement("D-6b")
def test_an_agency_confirms_rows_at_once_and_is_told_row_by_row(
    jia_head: Member, worker: Any, client_of: Callable[..., Client]
) -> None:
    open_refreshes(by=SYSTEM, at=NOON + 184 * DAY)
    row, desk = Refresh.objects.get(), client_of(jia_head)
    assert "王桂芳" in desk.get("/desk/care/refresh/").content.decode()
    told = desk.post("/desk/care/refresh/confirmation/", {"row": [str(row.pk), "nonsense"]})
    assert told.status_code == 200 and "不能确认属实" in told.content.decode()
    page = desk.get(f"/desk/care/refresh/{row.pk}/").content.decode()
    assert "未提交" in page
    there = f"/desk/care/refresh/{row.pk}/answers/"
    assert desk.post(there, {"fact": "photo", "answer": "right"}).status_code == 409
    assert desk.post(there, {"fact": "phone", "answer": "wrong"}).status_code == 422
    assert desk.post(there, {"fact": "phone", "answer": "right"}).status_code == 303
    assert row.facts.get().answer == "right"


@travel(NOON, tick=False)
@pytest.mark.requirement("D-9")
def test_every_figure_opens_its_rows_and_exports_after_a_proof(
    head: Member,
    carer: Member,
    worker: Any,
    client_of: Callable[..., Client],
    django_assert_max_num_queries: Any,
) -> None:
    desk = client_of(head)
    page = desk.get("/desk/care/figures/").content.decode()
    for one in FIGURES:
        assert f"/desk/care/figures/{one.code}/?city=3301" in page
        assert desk.get(f"/desk/care/figures/{one.code}/?city=3301").status_code == 200
    shown = desk.get("/desk/care/figures/issued/?city=3301").content.decode()
    assert mask_name("王桂芳") in shown and "王桂芳" not in shown
    assert "王桂芳" in client_of(carer).get("/desk/care/figures/issued/?city=3301").content.decode()
    with django_assert_max_num_queries(40):
        desk.get("/desk/care/figures/")
    table = desk.get("/desk/care/figures/?format=csv").content.decode("utf-8-sig").splitlines()
    assert len(table) == 2 and "杭州市" in table[1]
    rows = sheet(desk.get("/desk/care/figures/issued/?city=3301&format=xlsx").content)
    assert mask_name("王桂芳") in rows and SafetyCode.objects.get().number in rows


@travel(NOON, tick=False)
@pytest.mark.requirement("D-7")
def test_a_batch_goes_from_the_association_to_the_bureau_on_pages(
    head: Member, carer: Member, worker: Any, client_of: Callable[..., Client]
) -> None:
    desk = client_of(carer)
    there = desk.post("/desk/care/claims/", {"year": "2026"})
    assert there.status_code == 303
    row = Claim.objects.get()
    path = f"/desk/care/claims/{row.number}/"
    assert "130.00" in desk.get(path).content.decode()
    assert desk.post("/desk/care/claims/", {"year": "2026"}).status_code == 409
    desk.post(path + "submission/")
    row.refresh_from_db()
    assert row.state == "submitted"
    bureau = client_of(head)
    assert "批准" in bureau.get(path).content.decode()
    assert bureau.post(path + "decision/", {"return": "1", "why": ""}).status_code == 422
    assert bureau.post(path + "decision/", {"approve": "1"}).status_code == 303
    paid = {"reference": "财付-1", "paid_on": "2026-03-18"}
    assert bureau.post(path + "payment/", paid).status_code == 303
    assert Claim.objects.get().state == "paid"
    assert SafetyCode.objects.get().number in bureau.get(path + "export/").content.decode()


@travel(NOON, tick=False)
@pytest.mark.requirement("D-6a")
def test_the_finder_is_run_by_the_association_and_lists_each_check(
    carer: Member, head: Member, worker: Any, client_of: Callable[..., Client]
) -> None:
    desk = client_of(carer)
    assert client_of(head).post("/desk/care/faults/").status_code == 403
    assert desk.post("/desk/care/faults/").status_code == 303
    page = desk.get("/desk/care/").content.decode()
    for one in CHECKS:
        assert f"/desk/care/faults/{one.code}/" in page
        assert desk.get(f"/desk/care/faults/{one.code}/").status_code == 200
    assert desk.get("/desk/care/faults/nonsense/").status_code == 404


@travel(NOON, tick=False)
def test_another_citys_bureau_finds_no_row(
    carer: Member, worker: Any, client_of: Callable[..., Client]
) -> None:
    body = new_organisation("bureau", "宁波市商务主管部门", 410)
    Organisation.objects.filter(pk=body.pk).update(region="3302")
    body.refresh_from_db()
    far = client_of(in_post(new_person(70, "远方"), body, "bureau.head"))
    open_claim(year=2026, by=carer.actor, at=NOON)
    row = Claim.objects.get()
    assert worker.number not in far.get("/desk/care/figures/issued/").content.decode()
    assert far.get(f"/desk/care/claims/{row.number}/").status_code == 404
    assert row.number not in far.get("/desk/care/claims/").content.decode()


def sheet(body: bytes) -> set[object]:
    """The cells of a workbook's first sheet."""
    rows = load_workbook(io.BytesIO(body)).worksheets[0].iter_rows(values_only=True)
    return {cell for row in rows for cell in row}
