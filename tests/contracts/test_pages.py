"""The pages: read, correct, sign, seal, verify; and who sees nothing."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from anxin.contracts import queries
from anxin.contracts.actions import review
from anxin.contracts.actions.texts import BUILT_IN
from anxin.contracts.models import Contract, Evidence, Template
from anxin.contracts.states import ContractState
from tests.cast import NOON, Member
from tests.contracts.conftest import Deal, last_code
from tests.contracts.material import TEXTS, drawn

At = Callable[..., Client]


@pytest.fixture(autouse=True)
def at_noon() -> Any:
    with time_machine.travel(NOON, tick=False):
        yield


def url(deal: Deal, tail: str = "") -> str:
    return f"/contracts/{deal.contract.number}/{tail}"


@pytest.mark.requirement("B-7.3.2")
def test_the_customer_reads_corrects_and_signs_and_the_agency_seals(deal: Deal, client_of: At) -> None:
    customer, head = client_of(deal.stage.customer), client_of(deal.stage.head)
    page = customer.get(url(deal)).content.decode()
    assert page.index("合同要点") < page.index("第一条")
    assert page.index("合同要点") < page.index("合同全文")
    assert "ax-limit" in page
    assert deal.contract.read_at == NOON
    typed = {"place_detail": "临天路 100 号 3 幢 503 室", "contact": "陈静 19900000001", "remarks": "猫怕生"}
    assert customer.post(url(deal, "correction/"), typed).status_code == 303
    assert "503 室" in customer.get(url(deal)).content.decode()
    assert customer.get(url(deal, "signature/")).status_code == 200
    told = customer.post(url(deal, "code/"))
    assert "199****0001" in told.content.decode()
    given = {
        "seen": deal.seen,
        "drawn": drawn(),
        "code": last_code(),
        "consent": "on",
        "consent_handwriting": "2",
    }
    assert customer.post(url(deal, "signature/"), given).headers["Location"] == url(deal)
    assert deal.contract.state == ContractState.CUSTOMER_SIGNED
    desk = head.get("/contracts/").content.decode()
    assert deal.contract.number in desk
    assert head.get(url(deal, "sealing/")).status_code == 200
    assert head.post(url(deal, "sealing/"), {"seen": deal.seen}).status_code == 422
    assert head.post(url(deal, "sealing/"), {"seen": deal.seen, "confirm": "on"}).status_code == 303
    assert deal.contract.state == ContractState.SIGNED
    for client in (customer, head):
        paper = client.get(url(deal, "document/"))
        assert paper.content.startswith(b"%PDF")
        assert "attachment" in paper.headers["Content-Disposition"]
        assert client.get(url(deal, "evidence/")).status_code == 200
        assert client.get(url(deal)).status_code == 200


def test_a_refused_signature_keeps_what_was_drawn_and_says_what_to_do(deal: Deal, client_of: At) -> None:
    customer = client_of(deal.stage.customer)
    customer.post(url(deal, "code/"))
    ink = drawn()
    given = {"seen": deal.seen, "drawn": ink, "code": "000000", "consent": "on", "consent_handwriting": "2"}
    answer = customer.post(url(deal, "signature/"), given | {"idempotency_key": "a-key-of-ours"})
    assert answer.status_code == 422
    assert "验证码不对" in answer.content.decode()
    assert ink in answer.content.decode()
    assert deal.contract.state == ContractState.READY
    assert Evidence.objects.filter(kind="code_refused").count() == 1


def test_who_read_an_older_text_is_shown_the_new_one_and_signs_that(deal: Deal, client_of: At) -> None:
    customer, older = client_of(deal.stage.customer), deal.seen
    review.correct(deal.contract, wishes={"service.remarks": "请走北门"}, by=deal.customer, at=NOON)
    given = {"drawn": drawn(), "consent": "on", "consent_handwriting": "2", "code": deal.code()}
    answer = customer.post(
        url(deal, "signature/"), given | {"seen": older, "idempotency_key": "the-key-of-ours"}
    )
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "合同内容刚刚有变化，请重新阅读后再签" in page
    assert "<details open>" in page
    assert given["drawn"] in page, "and nobody draws it again"
    assert deal.contract.state == ContractState.READY
    [seen] = re.findall(r'name="seen" value="([^"]+)"', page)
    again = customer.post(
        url(deal, "signature/"), given | {"seen": seen, "idempotency_key": "another-of-ours"}
    )
    assert again.status_code == 303
    assert deal.contract.state == ContractState.CUSTOMER_SIGNED


@pytest.mark.requirement("B-7.3.2")
def test_the_stranger_the_worker_and_another_agency_see_nothing(
    signed: Deal, client_of: At, stranger: Member, jia_finance: Member
) -> None:
    others = [stranger, signed.stage.rival, signed.stage.people[0]]
    before = Evidence.objects.count()
    for who in others:
        client = client_of(who)
        for tail in ("", "status/", "correction/", "signature/", "document/", "evidence/"):
            assert client.get(url(signed, tail)).status_code == 404, (who.person.pk, tail)
        assert client.post(url(signed, "code/")).status_code == 404
    for tail in ("", "document/", "signature/"):
        assert Client().get(url(signed, tail)).status_code == 302
    assert client_of(stranger).get(url(signed, "sealing/")).status_code == 403
    assert client_of(signed.stage.rival).get(url(signed, "sealing/")).status_code == 404
    assert client_of(jia_finance).get(url(signed, "sealing/")).status_code == 403
    assert Evidence.objects.count() == before


@pytest.mark.requirement("B-7.3.2")
def test_anybody_verifies_a_contract_and_learns_nothing_personal(signed: Deal) -> None:
    page = Client().get(f"/verify/{signed.contract.number}/").content.decode()
    assert "没有被改动" in page
    assert "陈*" in page
    assert "平台自建，非持牌CA" in page
    assert signed.seen in page
    for secret in ("陈静", "19900000001", "330199", "临天路", "王芳", "150.00"):
        assert secret not in page
    assert Client().get("/verify/").status_code == 200
    assert Client().get("/verify/root/").content == queries.root_certificate()
    assert Client().get("/verify/", {"number": signed.contract.number.lower()}).status_code == 303
    for number in ("安心", "C261123/JPFM2DC8", "Ｃ２６"):
        page = Client().get("/verify/", {"number": number}).content.decode()
        assert "合同编号由字母 C、数字、字母和短横组成" in page and number in page


def test_a_contract_that_nobody_signed_is_not_public(deal: Deal) -> None:
    assert Client().get(f"/verify/{deal.contract.number}/").status_code == 404
    assert Client().get("/verify/C260318-NOSUCHNO/").status_code == 404


@pytest.mark.requirement("B-7.3.2")
def test_a_file_is_compared_and_a_changed_byte_is_found_out(signed: Deal) -> None:
    paper = queries.document_of(signed.contract)
    assert paper is not None
    pdf = paper.read()

    def said(data: bytes) -> str:
        file = SimpleUploadedFile("合同.pdf", data, "application/pdf")
        return Client().post("/verify/file/", {"file": file}).content.decode()

    assert "真实，没有被改动" in said(pdf)
    changed = bytearray(pdf)
    changed[len(pdf) // 3] ^= 1
    assert "已经被改动" in said(bytes(changed))
    assert "内容被改动" in said(bytes(changed))
    assert "已经被改动" in said(pdf + b"%%EOF\n")
    first = signed.contract.documents.get(stage="customer_signed").read()
    assert "还不是双方签好的合同" in said(first)
    assert "不是 PDF" in said(b"hello")
    # every single byte of the signatures' own rooms too, for the file's digest is on record
    last = bytearray(pdf)
    last[-1] ^= 1
    assert "真实" not in said(bytes(last))
    assert Client().post("/verify/file/", {}).status_code == 422


def test_a_stored_file_that_somebody_changed_behind_our_back_is_not_called_intact(signed: Deal) -> None:
    from django.db import connection

    def said() -> bool | None:
        record = queries.public_record(signed.contract.number, at=NOON)
        assert record is not None
        return record.intact

    assert said() is True
    paper = queries.document_of(signed.contract)
    assert paper is not None
    forged = bytearray(paper.read())
    forged[9000] ^= 1
    paper.write(bytes(forged))
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE contracts_document DISABLE TRIGGER contracts_document_append_only")
        cursor.execute("UPDATE contracts_document SET body = %s WHERE id = %s", [paper.body, paper.pk])
    assert said() is False


def test_lists_take_the_same_number_of_queries_for_one_and_for_many(
    signed: Deal, client_of: At, django_assert_num_queries: Any
) -> None:
    def measured(client: Client, path: str) -> int:
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        client.get(path)
        with CaptureQueriesContext(connection) as seen:
            assert client.get(path).status_code == 200
        return len(seen)

    head, customer = client_of(signed.stage.head), client_of(signed.stage.customer)
    pages = [(head, "/contracts/?state=void"), (customer, "/contracts/mine/")]
    copies(signed.contract, 1)
    few = [measured(client, path) for client, path in pages]
    copies(signed.contract, 6)
    assert [measured(client, path) for client, path in pages] == few
    actor = signed.head
    with django_assert_num_queries(1):
        assert len(queries.desk(actor)) == 8


def copies(row: Contract, count: int) -> None:
    """Void contracts beside a real one: enough for a list."""
    for _ in range(count):
        made = Contract(
            number=f"C{Contract.objects.count()}", kind=row.kind, order=row.order, organisation=row.organisation,
            person=row.person, template=row.template, state="void", state_at=NOON, created_at=NOON,
        )  # fmt: skip
        made.facts = row.facts
        made.save(force_insert=True)


@pytest.mark.requirement("A-6.3.2e")
def test_the_head_makes_suspends_and_revokes_the_seal_on_its_page(
    db: None, jia_head: Member, yi_head: Member, jia_dispatcher: Member, client_of: At
) -> None:
    head = client_of(jia_head)
    assert "还没有电子印章" in head.get("/contracts/seal/").content.decode()
    assert head.post("/contracts/seal/").status_code == 303
    seal = queries.seal_of(jia_head.organisation.pk)
    assert seal is not None
    assert seal.number in head.get("/contracts/seal/").content.decode()
    picture = f"/contracts/seal/{seal.pk}/picture/"
    assert head.get(picture).content.startswith(b"\x89PNG")
    assert client_of(yi_head).get(picture).status_code == 404
    assert client_of(jia_dispatcher).get("/contracts/seal/").status_code == 403
    assert head.post(f"/contracts/seal/{seal.pk}/suspension/", {"reason": ""}).status_code == 422
    assert head.post(f"/contracts/seal/{seal.pk}/suspension/", {"reason": "盘点"}).status_code == 303
    assert (
        client_of(yi_head).post(f"/contracts/seal/{seal.pk}/resumption/", {"reason": "x"}).status_code == 404
    )
    assert head.post(f"/contracts/seal/{seal.pk}/resumption/", {"reason": "盘点完"}).status_code == 303
    assert head.post(f"/contracts/seal/{seal.pk}/revocation/", {"reason": "更名"}).status_code == 303
    assert queries.seal_of(jia_head.organisation.pk) is None


def test_the_operator_publishes_a_new_version_of_a_text_and_new_contracts_use_it(
    operations: Member, client_of: At
) -> None:
    operator = client_of(operations)
    assert "ZJ-DEFAULT-1.1" in operator.get("/contracts/texts/").content.decode()
    source = (TEXTS / "zj-default-1.1-once.txt").read_text()
    new = {"form": "once", "code": "ZJ-2026", "version": "1.0", "source": source.replace("单次服务", "单次")}
    assert operator.post("/contracts/texts/", new).status_code == 303
    assert operator.post("/contracts/texts/", new).status_code == 422
    for bad, word in [
        (source.replace("{worker.health}", "{worker.wealth}"), "worker.wealth"),
        (source.replace("<liability>", ""), "liability"),
        (source.replace("@worker\n", "").replace("{worker.health}", "好"), "家政服务员健康状况"),
        ("没有标题", "第 1 行"),
    ]:
        answer = operator.post("/contracts/texts/", new | {"version": "2.0", "source": bad})
        assert answer.status_code == 422
        assert word in answer.content.decode()
    from anxin.contracts.values import Form

    current = queries.template_for(Form.ONCE, NOON)
    assert current is not None
    assert current.name == "ZJ-2026-1.0"
    assert Template.objects.count() == len(BUILT_IN) + 1
    page = Client().get(f"/contracts/texts/{current.pk}/").content.decode()
    assert "（待补充）" in page
