"""The same through the API: open reads, the agency's own writes, the operator's decisions."""

from __future__ import annotations

import pytest

from anxin.agencies.models import Agency, ServiceVersion
from anxin.agencies.states import AgencyState
from tests.agencies import made
from tests.agencies.prices import HOURLY, content
from tests.cast import BEGIN, token_of, uscc

pytestmark = pytest.mark.django_db
API = "/api/v1"


def headers(member) -> dict[str, str]:
    return token_of(member.person, member.appointment)


def send(client, method, path, data, member=None):
    call = getattr(client, method)
    return call(
        f"{API}{path}", data, content_type="application/json", headers=headers(member) if member else {}
    )


@pytest.mark.requirement("A-6.3.2a", "B-7.1.1", "B-7.1.2")
def test_anybody_finds_compares_and_prices(client, jia_agency, jia_head):
    version = made.offering(jia_agency, jia_head, BEGIN, told=content(HOURLY))
    found = client.get(f"{API}/agencies", {"q": "甲"}).json()
    assert (found["count"], found["items"][0]["uscc"]) == (1, jia_agency.organisation.uscc)
    detail = client.get(f"{API}/agencies/{jia_agency.number}").json()
    assert detail["documents"][0]["verification"] == "verified"
    assert detail["services"][0]["content"]["price_list"]["unit_price_fen"] == 4500
    assert "legal_representative" not in str(detail)
    offers = client.get(f"{API}/services/0101/offers", {"town": "330112006", "sort": "distance"}).json()
    assert offers["count"] == 1 and offers["items"][0]["distance_m"] is not None
    period = {"start": "2026-03-18T09:00:00+08:00", "end": "2026-03-18T12:00:00+08:00"}
    quote = send(
        client, "post", f"/service-versions/{version.id}/quote", {"quantity": "3", "periods": [period]}
    )
    assert quote.json()["total_fen"] == 14_500
    compared = send(
        client, "post", "/compare", {"service_ids": [str(version.service_id)], "quantity": "3"}
    ).json()
    assert compared[0]["quote"]["total_fen"] == 14_500


@pytest.mark.parametrize(
    "wrong",
    [
        {"quantity": "-1"},
        {"quantity": "NaN"},
        {"quantity": "1", "periods": [{"start": "2026-03-18T09:00:00", "end": "2026-03-18T12:00:00"}]},
        {"quantity": "1", "periods": [{"start": "2026-03-18T12:00:00Z", "end": "2026-03-18T09:00:00Z"}]},
        {"quantity": "1", "periods": [{"start": "0001-01-01T00:00:00Z", "end": "9999-12-31T00:00:00Z"}]},
        {"quantity": "1", "extras": [{"code": "nothing"}]},
        {"quantity": "1", "headcount": 0},
        {},
    ],
)
def test_an_absurd_usage_has_no_price(client, cleaning, wrong):
    answer = send(client, "post", f"/service-versions/{cleaning.id}/quote", wrong)
    assert answer.status_code == 422
    assert answer.json()["code"] in {"malformed", "usage_unfit"}


def test_what_is_not_public_is_not_found(client, jia_head):
    row = made.applied(jia_head, BEGIN)
    assert client.get(f"{API}/agencies/{row.number}").status_code == 404
    assert client.get(f"{API}/service-versions/01a20109-ca14-70fb-a995-c1c9193fe1b9").status_code == 404
    assert client.get(f"{API}/services/9999/offers").status_code == 404
    assert client.get(f"{API}/agencies", {"offset": "-5", "limit": "100000"}).status_code == 200


@pytest.mark.requirement("B-7.1.2", "B-7.1.3")
def test_a_program_of_the_agency_publishes_and_is_told_of_a_conflict(client, jia_agency, jia_head):
    opened = send(client, "post", "/own-services", {"item_code": "0101"}, jia_head)
    assert opened.status_code == 201
    service = opened.json()
    body = {"content": content(HOURLY).to_json(), "revision": service["revision"]}
    path = f"/own-services/{service['id']}"
    done = send(client, "post", f"{path}/publication", body, jia_head)
    assert (done.status_code, done.json()["state"], done.json()["current_number"]) == (200, "published", 1)
    stale = send(client, "post", f"{path}/publication", body, jia_head)
    assert (stale.status_code, stale.json()["code"]) == (409, "stale")
    bad = {"content": {**content().to_json(), "towns": ["330112999"]}, "revision": done.json()["revision"]}
    refused = send(client, "put", f"{path}/draft", bad, jia_head)
    assert refused.status_code == 200
    unfit = send(
        client, "post", f"{path}/publication", {**bad, "revision": refused.json()["revision"]}, jia_head
    )
    assert (unfit.status_code, unfit.json()["field"]) == (422, "towns")
    assert send(client, "delete", f"{path}/draft", {}, jia_head).json()["is_draft"] is False
    assert send(client, "post", f"{path}/withdrawal", {}, jia_head).json()["state"] == "withdrawn"
    unit = {"content": {**content().to_json()}, "revision": ""}
    unit["content"]["price_list"] = {**unit["content"]["price_list"], "unit": "acre"}
    assert send(client, "put", f"{path}/draft", unit, jia_head).status_code == 422


def test_strangers_and_other_agencies_write_nothing(client, cleaning, yi_head, stranger, jia_dispatcher):
    body = {"content": content(HOURLY).to_json(), "revision": ""}
    path = f"/own-services/{cleaning.service_id}/publication"
    assert send(client, "post", path, body).status_code == 401
    assert send(client, "post", path, body, stranger).status_code == 403
    assert send(client, "post", path, body, jia_dispatcher).status_code == 403
    assert send(client, "post", path, body, yi_head).status_code == 404
    assert (
        client.get(f"{API}/own-services/{cleaning.service_id}", headers=headers(yi_head)).status_code == 404
    )
    assert ServiceVersion.objects.count() == 1


@pytest.mark.requirement("E-22")
def test_joining_and_verifying_through_the_api(client, stranger, operations, jia_head):
    bad = {"name": "某家政", "uscc": "91330199MATE5T0179", "profile": made.PROFILE}
    refused = send(client, "post", "/own-agency", bad, stranger)
    assert (refused.status_code, refused.json()["field"]) == (422, "uscc")
    assert send(client, "post", "/own-agency", {**bad, "uscc": uscc(66)}, stranger).status_code == 201
    row = made.applied(jia_head, BEGIN)
    document = made.with_licence(row, jia_head.actor, BEGIN)
    assert (
        send(client, "post", "/own-agency/submission", {"agreed": True}, jia_head).json()["state"]
        == "verifying"
    )
    queue = client.get(f"{API}/applications", headers=headers(operations)).json()
    assert queue["items"][0]["number"] == row.number
    assert client.get(f"{API}/applications", headers=headers(jia_head)).status_code == 403
    send(client, "post", f"/documents/{document.pk}/check", {"passed": True, "how": "查询"}, operations)
    done = send(client, "post", f"/applications/{row.number}/decision", {"verdict": "approve"}, operations)
    assert done.json()["state"] == "live"
    assert Agency.objects.get(pk=row.pk).state == AgencyState.LIVE
