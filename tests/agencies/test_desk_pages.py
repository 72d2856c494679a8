"""The agency's desk and the operator's: joining, papers, the editor of services, decisions."""

from __future__ import annotations

import io
import json
import re
import zipfile
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from anxin.agencies import queries
from anxin.agencies.models import Agency, Document, ServiceItem, ServiceVersion
from anxin.agencies.states import AgencyState, ItemState
from anxin.files import public as files
from tests.agencies import made
from tests.agencies.prices import HOURLY, content
from tests.cast import BEGIN, uscc

pytestmark = pytest.mark.django_db
PAPER = {"kind": "licence", "title": "营业执照", "issuer": "临安区市场监督管理局", "number": "9133"}


def text(response) -> str:
    return response.content.decode()


def pdf() -> SimpleUploadedFile:
    return SimpleUploadedFile("执照.pdf", made.PDF, "application/pdf")


def form_of(service_id, **changes: Any) -> dict[str, Any]:
    """What the editor's form sends for 日常保洁."""
    newest = queries.newest(service_id)
    return {
        "revision": queries.revision_of(newest),
        "name": "日常保洁", "description": "两居室约 3 小时", "unit": "hour", "price": "48.00", "minimum": "2",
        "step": "0.5", "base_fee": "", "deposit": "", "included": "清洁剂\n抹布", "tax_note": "含税",
        "weekend": "10", "statutory": "100", "night": "20", "night_from": "22:00", "night_to": "06:00",
        "towns": ["330112006", "330112005"], "notice_hours": "2",
        "step_title": ["进门确认", "清洁", ""], "step_standard": ["出示安心码", "无浮灰", ""], "step_photo": ["1"],
        "extra_code": ["", ""], "extra_label": ["烤箱", ""], "extra_price": ["80", ""], "extra_unit": ["台", ""],
        "travel_town": ["330112102", "330112006"], "travel_fee": ["30", ""],
        **{f"from_{day}": ["08:00", ""] for day in range(7)},
        **{f"to_{day}": ["20:00", ""] for day in range(7)},
        **changes,
    }  # fmt: skip


@pytest.mark.requirement("E-22")
def test_a_person_joins_on_the_pages_and_an_operator_lets_them_in(client_of, stranger, operations):
    browser = client_of(stranger)
    answer = browser.post(
        "/join/application/", {**made.PROFILE, "name": "临安安顺家政", "uscc": uscc(900)}, follow=True
    )
    assert answer.status_code == 200
    row = Agency.objects.get(name="临安安顺家政")
    assert "上传资料" in text(answer)
    answer = browser.post("/desk/agency/documents/", {**PAPER, "file": pdf()}, follow=True)
    assert "提交审核" in text(answer)
    assert browser.post("/desk/agency/submission/", {}).status_code == 422
    assert "审核中" in text(browser.post("/desk/agency/submission/", {"agreed": "on"}, follow=True))

    desk = client_of(operations)
    assert row.name in text(desk.get("/desk/applications/"))
    page = text(desk.get(f"/desk/applications/{row.number}/"))
    assert "校验位正确" in page and "钱丽" in page
    document = Document.objects.get(agency=row)
    refused = desk.post(f"/desk/applications/{row.number}/decision/", {"verdict": "approve"})
    assert (refused.status_code, "营业执照还没有核实" in text(refused)) == (409, True)
    check = f"/desk/applications/{row.number}/documents/{document.pk}/check/"
    assert desk.post(check, {"passed": "1", "how": ""}).status_code == 422
    assert desk.post(check, {"passed": "1", "how": "公示系统查询"}).status_code == 303
    assert desk.post(f"/desk/applications/{row.number}/decision/", {"verdict": "approve"}).status_code == 303
    row.refresh_from_db()
    assert row.state == AgencyState.LIVE
    assert browser.get(f"/agencies/{row.number}/").status_code == 200


@pytest.mark.parametrize("code", ["91330199MATE5T0179", "1234"])
def test_a_wrong_credit_code_comes_back_at_its_field_with_what_was_typed(client_of, stranger, code):
    answer = client_of(stranger).post("/join/application/", {**made.PROFILE, "name": "某家政", "uscc": code})
    assert answer.status_code == 422
    assert "统一社会信用代码" in text(answer) and code in text(answer) and "某家政" in text(answer)
    assert not Agency.objects.exists()


def test_an_unverified_person_is_sent_to_prove_their_name(client_of, newcomer):
    answer = client_of(newcomer).get("/join/application/")
    assert answer.status_code in (302, 403)


def test_a_head_of_an_agency_entered_already_only_adds_the_rest(client_of, jia_head, jia):
    browser = client_of(jia_head)
    assert jia.name in text(browser.get("/join/application/"))
    assert browser.post("/join/application/", made.PROFILE).status_code == 303
    assert Agency.objects.get(organisation=jia).name == jia.name


@pytest.mark.parametrize(
    ("name", "bytes_"),
    [("a.pdf", b"MZ\x90\x00 not a pdf"), ("a.svg", b"<svg onload=alert(1)>"), ("a.png", b"")],
)
def test_a_file_of_the_wrong_kind_is_refused_in_words(client_of, jia_head, jia_agency, name, bytes_):
    upload = SimpleUploadedFile(name, bytes_, "application/pdf")
    answer = client_of(jia_head).post("/desk/agency/documents/", {**PAPER, "kind": "honour", "file": upload})
    assert answer.status_code == 422
    assert Document.objects.filter(agency=jia_agency).count() == 1


def test_the_file_of_a_refused_form_waits_and_goes_with_the_next(client_of, jia_head, jia_agency):
    browser, before = client_of(jia_head), Document.objects.filter(agency=jia_agency).count()
    paper = PAPER | {"kind": "grade", "title": "特级"}
    refused = browser.post("/desk/agency/documents/", {**paper, "file": pdf()})
    assert refused.status_code == 422 and "已选好“执照”" in text(refused)
    waiting = re.search(r'name="file-upload" value="([^"]+)" checked', text(refused))
    assert waiting is not None
    again = browser.post("/desk/agency/documents/", {**paper, "file-upload": waiting[1]})
    assert again.status_code == 422 and waiting[1] in text(again)
    assert Document.objects.filter(agency=jia_agency).count() == before
    taken = browser.post("/desk/agency/documents/", {**paper, "title": "AAA", "file-upload": waiting[1]})
    assert taken.status_code == 303
    kept = files.file(Document.objects.get(agency=jia_agency, kind="grade").file_id)
    assert kept is not None and files.content(kept) == made.PDF
    assert browser.post("/desk/agency/documents/", {**paper, "title": "AAAA"}).status_code == 422


@pytest.mark.requirement("B-7.1.2", "B-7.1.3")
def test_the_editor_publishes_what_was_typed(client_of, jia_head, jia_agency):
    browser = client_of(jia_head)
    answer = browser.post("/desk/services/new/", {"item_code": "0101"})
    service = ServiceItem.objects.get()
    assert answer.headers["Location"] == f"/desk/services/{service.pk}/"
    assert "进门确认" in text(browser.get(f"/desk/services/{service.pk}/"))
    answer = browser.post(f"/desk/services/{service.pk}/publication/", form_of(service.pk))
    assert answer.status_code == 303, text(answer)
    service.refresh_from_db()
    told = service.current.content
    assert service.state == ItemState.PUBLISHED
    assert told.price_list.unit_price_fen == 4800
    assert [n.factor_bp for n in told.price_list.nights] == [12_000]
    assert {str(f.kind): f.factor_bp for f in told.price_list.day_factors} == {
        "weekend": 11_000,
        "statutory": 20_000,
    }
    assert [(t.town_code, t.fee_fen) for t in told.price_list.travel] == [("330112102", 3000)]
    assert [(e.label, e.unit, e.unit_price_fen) for e in told.price_list.extras] == [("烤箱", "台", 8000)]
    assert [(s.title, s.photo) for s in told.specification] == [("进门确认", True), ("清洁", False)]
    assert (len(told.hours), told.hours[0].end_minute, told.notice_minutes) == (7, 1200, 120)
    assert told.towns == ("330112005", "330112006")
    assert told.price_list.included == ("清洁剂", "抹布")


def test_the_editor_gives_back_exactly_what_is_published(client_of, jia_head, jia_agency):
    version = made.offering(jia_agency, jia_head, BEGIN, told=content(HOURLY))
    page = client_of(jia_head).get(f"/desk/services/{version.service_id}/")
    form = page.context["form"]
    sent: dict[str, Any] = {
        name: form[name].value() for name in form.fields if form[name].value() is not None
    }
    sent |= {
        "step_title": [r["title"] for r in form.step_rows], "step_standard": [r["standard"] for r in form.step_rows],
        "step_photo": [str(r["n"]) for r in form.step_rows if r["photo"]],
        "travel_town": [r["code"] for r in form.travel_rows], "travel_fee": [r["fee"] for r in form.travel_rows],
        **{f"extra_{key}": [r[key] for r in form.extra_rows] for key in ("code", "label", "unit", "price")},
    }  # fmt: skip
    for row in form.hour_rows:
        sent[f"from_{row['day']}"] = [a for a, _ in row["slots"]]
        sent[f"to_{row['day']}"] = [b for _, b in row["slots"]]
    answer = client_of(jia_head).post(f"/desk/services/{version.service_id}/publication/", sent)
    assert answer.status_code == 409
    assert "完全一样" in text(answer)


VERBS = ("draft", "publication", "withdrawal", "discarding", "preview")
WRONG: list[tuple[dict[str, Any], str]] = [
    ({"price": "-5"}, "单价必须大于 0"),
    ({"price": "四十"}, "不是金额"),
    ({"weekend": "150"}, "不超过 100%"),
    ({"night_from": ""}, "几点到几点"),
    ({"towns": []}, "至少选择一个服务镇街"),
    ({"travel_fee": ["abc", ""]}, "交通费"),
    ({"extra_price": ["x", ""]}, "加项"),
    ({"from_0": ["20:00", ""], "to_0": ["08:00", ""]}, "承接时间"),
    ({"from_0": ["8点", ""]}, "08:00"),
    ({"step_title": ["", "", ""], "step_standard": ["", "", ""]}, "服务规范"),
    ({"minimum": "NaN"}, ""),
    ({"step": "0"}, "步长"),
]


def test_what_is_wrong_is_said_and_what_was_typed_comes_back(client_of, jia_head, cleaning):
    head = client_of(jia_head)
    for change, words in WRONG:
        answer = head.post(
            f"/desk/services/{cleaning.service_id}/publication/",
            form_of(cleaning.service_id, name="改过的名字", **change),
        )
        assert answer.status_code == 422, change
        assert words in text(answer) and "改过的名字" in text(answer), change
        assert ServiceVersion.objects.count() == 1, change


def test_a_draft_can_be_saved_previewed_and_dropped(client_of, jia_head, cleaning):
    browser, base = client_of(jia_head), f"/desk/services/{cleaning.service_id}"
    preview = browser.post(f"{base}/preview/", form_of(cleaning.service_id), headers={"HX-Request": "true"})
    assert "周六白天" in text(preview) and "¥158.40" in text(preview)  # 3 h at 48 and ten percent more
    assert ServiceVersion.objects.count() == 1
    assert browser.post(f"{base}/draft/", form_of(cleaning.service_id)).status_code == 303
    assert "有未发布的修改" in text(browser.get("/desk/services/"))
    page = text(browser.get(f"{base}/versions/"))
    assert "¥40.00" in page and "¥48.00" in page
    assert browser.post(f"{base}/discarding/").status_code == 303
    assert ServiceVersion.objects.count() == 1


def test_what_was_previewed_can_be_published(client_of, jia_head, cleaning):
    """The page sends both under one key: a look must not use it up."""
    browser, base = client_of(jia_head), f"/desk/services/{cleaning.service_id}"
    given = form_of(cleaning.service_id) | {"idempotency_key": "one-key-for-both"}
    for _look in range(2):
        assert "¥158.40" in text(browser.post(f"{base}/preview/", given, headers={"HX-Request": "true"}))
    assert browser.post(f"{base}/publication/", given).status_code == 303
    assert ServiceVersion.objects.count() == 2


def test_the_second_of_two_editors_is_told_and_keeps_what_they_typed(client_of, jia_head, cleaning):
    browser, base = client_of(jia_head), f"/desk/services/{cleaning.service_id}"
    first = form_of(cleaning.service_id)
    assert browser.post(f"{base}/publication/", first).status_code == 303
    answer = browser.post(f"{base}/publication/", {**first, "price": "51.00"})
    assert answer.status_code == 409
    assert "51.00" in text(answer) and "内容已经变了" in text(answer)
    # As the page says: having seen the newest they send again, and it goes through.
    shown = re.findall(r'name="revision" value="([^"]+)"', text(answer))
    assert shown == [queries.revision_of(queries.newest(cleaning.service_id))]
    again = browser.post(f"{base}/publication/", {**first, "price": "51.00", "revision": shown[0]})
    assert again.status_code == 303
    assert queries.newest(cleaning.service_id).content.price_list.unit_price_fen == 5100


def test_another_agencys_service_is_not_there(client_of, yi_head, stranger, cleaning):
    rival, other = client_of(yi_head), client_of(stranger)
    reads = [("get", path) for path in ("", "versions/")]
    for method, path in reads + [("post", f"{verb}/") for verb in VERBS]:
        address = f"/desk/services/{cleaning.service_id}/{path}"
        sent = form_of(cleaning.service_id) if method == "post" else {}
        assert getattr(rival, method)(address, sent).status_code == 404, address
        assert getattr(other, method)(address, sent).status_code == 403, address
        assert ServiceVersion.objects.count() == 1, address
        assert ServiceItem.objects.get().state == ItemState.PUBLISHED, address


def test_a_dispatcher_may_look_but_not_change(client_of, jia_dispatcher, cleaning):
    browser = client_of(jia_dispatcher)
    assert browser.get("/desk/services/").status_code == 200
    assert browser.get("/desk/agency/").status_code == 200
    assert browser.get(f"/desk/services/{cleaning.service_id}/").status_code == 200
    assert browser.post(f"/desk/services/{cleaning.service_id}/withdrawal/").status_code == 403
    assert browser.get("/desk/agency/export/").status_code == 403


@pytest.mark.parametrize("who", ["jia_head", "stranger", "auditor"])
def test_only_the_verifying_post_reaches_the_applications(client_of, who, jia_agency, request):
    browser = client_of(request.getfixturevalue(who))
    for path in ("", f"{jia_agency.number}/"):
        assert browser.get(f"/desk/applications/{path}").status_code == 403
    assert (
        browser.post(f"/desk/applications/{jia_agency.number}/suspension/", {"why": "随便停一下"}).status_code
        == 403
    )
    jia_agency.refresh_from_db()
    assert jia_agency.state == AgencyState.LIVE


def test_a_bureau_reads_the_applications_and_changes_nothing(client_of, supervisor, jia_agency):
    browser = client_of(supervisor)
    assert browser.get("/desk/applications/").status_code == 200
    before = Agency.objects.get(pk=jia_agency.pk).state
    path = f"/desk/applications/{jia_agency.number}/suspension/"
    assert browser.post(path, {"why": "随便停一下"}).status_code == 403
    assert Agency.objects.get(pk=jia_agency.pk).state == before


def test_the_operator_suspends_verifies_again_and_reinstates(client_of, operations, jia_agency, client):
    desk, base = client_of(operations), f"/desk/applications/{jia_agency.number}"
    assert desk.post(f"{base}/suspension/", {"why": ""}).status_code == 422
    assert desk.post(f"{base}/suspension/", {"why": "多起投诉未处理"}).status_code == 303
    assert client.get(f"/agencies/{jia_agency.number}/").status_code == 404
    assert desk.post(f"{base}/reverification/", {"how": "现场核查"}).status_code == 303
    assert desk.post(f"{base}/reinstatement/").status_code == 303
    assert client.get(f"/agencies/{jia_agency.number}/").status_code == 200


@pytest.mark.requirement("E-22")
def test_the_agency_takes_its_data_along(client_of, jia_head, jia_agency, cleaning):
    answer = client_of(jia_head).get("/desk/agency/export/")
    bundle = zipfile.ZipFile(io.BytesIO(answer.content))
    told = json.loads(bundle.read("data.json"))
    assert told["agency"]["uscc"] == jia_agency.organisation.uscc
    assert told["agency"]["legal_representative"] == "钱丽"
    assert told["service_versions"][0]["price_list"]["unit_price_fen"] == 4000
    assert len(told["documents"]) == 1
    assert told["missing_files"] == []
    assert any(name.startswith("documents/") for name in bundle.namelist())


def test_leaving_and_staying_on_the_pages(client_of, jia_head, jia_agency):
    browser = client_of(jia_head)
    assert browser.post("/desk/agency/departure/", {"why": ""}).status_code == 422
    page = browser.post("/desk/agency/departure/", {"why": "准备停业，回老家"}, follow=True)
    assert "退出平台" in text(page)
    assert browser.post("/desk/agency/return/").status_code == 303
    jia_agency.refresh_from_db()
    assert (jia_agency.state, jia_agency.leaves_at) == (AgencyState.LIVE, None)


def test_the_same_submission_twice_opens_one_service(client_of, jia_head, jia_agency):
    browser = client_of(jia_head)
    sent = {"item_code": "0101", "idempotency_key": "same-key-0001"}
    first, second = (browser.post("/desk/services/new/", sent) for _ in range(2))
    assert first.headers["Location"] == second.headers["Location"]
    assert ServiceItem.objects.count() == 1


def test_the_queue_takes_the_same_number_of_queries_for_one_and_for_many(
    client_of, operations, jia_agency, request
):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    desk = client_of(operations)
    desk.get("/desk/applications/")
    with CaptureQueriesContext(connection) as one:
        desk.get("/desk/applications/")
    request.getfixturevalue("yi_agency")
    with CaptureQueriesContext(connection) as many:
        desk.get("/desk/applications/")
    assert len(many) == len(one)
