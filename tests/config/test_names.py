"""A write that brings a name which its form does not know is refused whole."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from anxin.config.api import api
from anxin.kit.access import UNSAFE
from anxin.orders.models import Order
from tests import cast
from tests.orders.played import accepted
from tests.stage import Stage

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("A-6.3.3d")]
QUOTE = "/service-versions/00000000-0000-0000-0000-000000000000/quote"


def told(answer: Any) -> tuple[int, str, str | None]:
    return answer.status_code, answer.json()["code"], answer.json()["field"]


def post(path: str, body: Any, **more: Any) -> Any:
    return Client().post(f"/api/v1{path}", body, content_type="application/json", **more)


def test_a_misspelt_guard_does_not_pass_for_none(stage: Stage) -> None:
    order = accepted(stage)
    path = f"/orders/{order.number}/cancellation/"
    token = cast.token_of(stage.customer.person)

    misspelt = post(path, {"reason": "不用了", "seen_fee": 0}, headers=token)

    assert told(misspelt) == (422, "name_unknown", "seen_fee")
    assert "seen_fee" in misspelt.json()["message"]
    assert Order.objects.get(pk=order.pk).state == order.state
    assert told(post(path, {"reason": "不用了", "seen_fee_fen": 999}, headers=token))[1] != "name_unknown"


@pytest.mark.parametrize(
    ("path", "body", "name"),
    [
        ("/sign-in/codes?phome=1", {"phone": "1"}, "phome"),
        ("/sign-in/codes", {"phone": "1", "语言": "zh"}, "语言"),
        (QUOTE, {"quantity": 2, "extras": [{"code": "x", "qty": 1}]}, "extras.0.qty"),
        ("/sign-in/passkeys/questions", {"surplus": 1}, "surplus"),
    ],
)
def test_a_name_is_refused_in_the_body_in_the_address_and_where_no_body_is_wanted(
    path: str, body: Any, name: str
) -> None:
    assert told(post(path, body)) == (422, "name_unknown", name)


def test_a_name_inside_a_list_is_refused_with_its_place(stage: Stage) -> None:
    token = cast.token_of(stage.head.person, stage.head.appointment)
    shifts = {"shifts": [{"weekday": 0, "from_minute": 480, "to_minute": 960, "till_minute": 1080}]}

    answer = Client().put(
        f"/api/v1/workers/{stage.workers[0].number}/shifts", shifts, content_type="application/json", headers=token
    )  # fmt: skip

    assert told(answer) == (422, "name_unknown", "shifts.0.till_minute")


def test_the_name_of_a_file_and_of_a_field_beside_it_are_known_too(stage: Stage) -> None:
    token = cast.token_of(stage.head.person, stage.head.appointment)
    paper = {"kind": "honour", "title": "先进", "issuer": "协会"}
    scan = SimpleUploadedFile("scan.pdf", b"%PDF-1.7", "application/pdf")

    for sent, name in (
        ({"valid_untill": "2030-01-01", "file": scan}, "valid_untill"),
        ({"scan": scan}, "scan"),
    ):
        answer = Client().post("/api/v1/own-agency/documents", paper | sent, headers=token)
        assert told(answer) == (422, "name_unknown", name)


def test_who_may_not_call_learns_no_names() -> None:
    assert told(post("/orders/", {"surplus": 1})) == (401, "sign_in_needed", None)


def test_the_document_closes_every_form_that_is_sent() -> None:
    document = api.get_openapi_schema(path_prefix="/api/v1/")
    schemas = document["components"]["schemas"]
    open_forms, seen, sent = set(), set(), 0

    def look(found: Any, where: str) -> None:
        if isinstance(found, list):
            for one in found:
                look(one, where)
        if not isinstance(found, dict):
            return
        if "properties" in found and found.get("additionalProperties") is not False:
            open_forms.add(where)
        if (name := found.get("$ref")) and name not in seen:
            seen.add(name)
            look(schemas[name.rpartition("/")[2]], name)
        for value in found.values():
            look(value, where)

    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            if method.upper() in UNSAFE and "requestBody" in operation:
                sent += 1
                look(operation["requestBody"], f"{method} {path}")
    assert open_forms == set()
    assert sent > 100
    # What is only given may gain names without breaking whoever reads it.
    assert "additionalProperties" not in schemas["OrderOut"]
