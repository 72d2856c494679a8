"""Contracts signed per second: typesetting, the customer's signature, the agency's seal, and the whole of it.

Every contract goes through the same actions that the pages call, with its one-time code, evidence, audit and
outbox, each step committed on its own. Beside it, in the same run, the limit: Typst sets the same words and bare
pyHanko signs the same PDF twice, with no database, no code, no picture, no evidence.

usage: python benchmarks/contracts_signed.py [number of contracts, 60]
"""

from __future__ import annotations

import io
import re
import statistics
import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

if not __package__:
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks import _ground as ground

if __name__ == "__main__":
    ground.own_database("contracts")

from asn1crypto import keys as asn1_keys
from asn1crypto import x509 as asn1_x509
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import SigSeedSubFilter
from pyhanko.sign.signers import PdfSignatureMetadata, SimpleSigner, sign_pdf
from pyhanko_certvalidator.registry import SimpleCertificateStore

from anxin.contracts import queries
from anxin.contracts.actions import draft, keys, sign, typeset
from anxin.contracts.engine import certificates, pades
from anxin.contracts.engine import typeset as setter
from anxin.contracts.models import Contract
from anxin.customers import public as customers
from anxin.kit import ids
from anxin.kit.actor import SYSTEM
from anxin.kit.geo import Point
from anxin.messaging.models import SmsMessage
from anxin.orders import public as orders
from anxin.orders.actions import offer
from anxin.orders.models import Assignment, Order, Visit
from anxin.orders.states import AssignmentState, OrderState
from tests import cast, stage
from tests.contracts.material import drawn

START = cast.NOON
STEP = timedelta(hours=3)  # a phone gets at most ten codes a day
times: dict[str, list[float]] = defaultdict(list)
work: dict[str, list[float]] = defaultdict(
    list
)  # this process's own CPU, which a busy machine does not stretch


@contextmanager
def timed(name: str) -> Iterator[None]:
    begun, worked = time.perf_counter(), time.process_time()
    yield
    times[name].append(time.perf_counter() - begun)
    work[name].append(time.process_time() - worked)


def world(salt: int) -> tuple[Order, Any, Any, Any]:
    """An accepted order, its customer, the agency's head and a worker, made through the actions."""
    birth = date(1950, 1, 1) + timedelta(days=salt)
    person = cast.Member(cast.new_person(salt + 1, "王䶮", birth=birth))
    customers.add_address(
        contact_name="王䶮", contact_phone=cast.phone(salt + 1), town_code=cast.JINCHENG,
        detail="临天路 100 号 3 幢 502 室", label="家", lat=30.2337, lng=119.7205, by=person.actor, at=cast.BEGIN,
    )  # fmt: skip
    agency = cast.new_organisation("agency", "临安基准家政服务有限公司", salt + 2)
    head = cast.in_post(cast.new_person(salt + 2, "钱丽", birth=birth), agency, "agency.head")
    operator = cast.new_organisation("operator", "平台运营", salt + 3)
    clerk = cast.in_post(cast.new_person(salt + 4, "蒋平台", birth=birth), operator, "operator.operations")
    version = stage.publish(head, clerk.actor, agency.name)
    helper = cast.Member(cast.new_person(salt + 3, "李㛃", birth=birth))
    worker = stage.green_worker(helper, agency, home=Point(30.24, 119.72))
    demand = orders.Demand(
        item_code="0101", mode="hourly", quantity=Decimal(3), starts_at=stage.START,
        ends_at=stage.START + timedelta(hours=3), address_id=customers.addresses_of(person.actor)[0].id,
        version_id=version.id, wishes="家里有一只猫", scope={"area": 90, "hours": 3},
    )  # fmt: skip
    order = orders.submit_demand(demand, order_id=ids.new_id(), by=person.actor, at=START)
    orders.offer_to(order, organisation_id=agency.pk, version_id=version.id, by=SYSTEM, at=START)
    offer.accept(order, organisation_id=agency.pk, by=head.actor, at=START)
    return order, person, head, worker


def copy_of(order: Order, worker: Any) -> tuple[Order, Assignment]:
    """The same order once more, its worker agreed: what a contract is made of."""
    values = {f.attname: getattr(order, f.attname) for f in Order._meta.concrete_fields}
    values |= {"id": ids.new_id(), "number": ids.number("O", START), "state": str(OrderState.CONTRACTING)}
    made = Order(**values)
    made.save(force_insert=True)
    visit = Visit.objects.create(
        order=made, starts_at=made.starts_at, ends_at=made.ends_at, state="planned", state_at=START
    )
    assignment = Assignment.objects.create(
        order=made, visit=visit, worker=worker, state=AssignmentState.AGREED, state_at=START, created_at=START
    )
    return orders.by_id(made.pk), assignment


def one(order: Order, assignment: Assignment, person: Any, head: Any, ink: str, at: datetime) -> None:
    with timed("draft and complete (action)"):
        draft.complete(order_id=order.pk, assignment_id=assignment.pk, by=SYSTEM, at=at)
    contract = queries.by_id(Contract.objects.get(order=order).pk)
    with timed("  of which typesetting and storing"):
        typeset.typeset(contract, by=SYSTEM, at=at)
    with timed("send the code (action)"):
        sign.send_code(contract, by=person, at=at)
    code = re.findall(r"\b\d{6}\b", str(SmsMessage.objects.latest("id").params))[0]
    assert contract.document is not None
    with timed("customer signs (action)"):
        contract = sign.sign(
            contract, drawn=ink, code=code, consent=True, seen=contract.document.sha256, by=person, at=at
        )
    assert contract.document is not None
    with timed("agency seals (action)"):
        sign.apply_seal(contract, seen=contract.document.sha256, by=head, at=at)


def floor(contract: Contract, count: int) -> None:
    """Bare pyHanko, and our own signing engine, on the same PDF."""
    paper = contract.documents.filter(stage="typeset").latest("revision").read()
    at = START
    root = certificates.make_root(at)
    stamps = certificates.issue(
        root, certificates.Subject(certificates.STAMP_NAME), certificates.Use.STAMP, at
    )
    identity = certificates.issue(root, certificates.Subject("王䶮", "P"), certificates.Use.ACT, at)
    seal = queries.seal_of(contract.organisation_id)
    assert seal is not None
    picture = contract.signatures.get(party="customer").read_picture()
    signer = SimpleSigner(
        signing_cert=asn1_x509.Certificate.load(identity.certificate),
        signing_key=asn1_keys.PrivateKeyInfo.load(identity.key),
        cert_registry=SimpleCertificateStore(),
    )
    words = queries.page_of(contract)
    named = {
        "number": contract.number,
        "date": "",
        "customer": "王䶮",
        "agency": "",
        "notice": "",
        "code_svg": SVG,
    }
    for _ in range(count):
        with timed(SET):
            setter.contract_pdf(words, **named, at=at)
        with timed(BARE):
            data = paper
            for name in ("A", "B"):
                meta = PdfSignatureMetadata(
                    field_name=name, subfilter=SigSeedSubFilter.PADES, md_algorithm="sha256"
                )
                out = sign_pdf(IncrementalPdfFileWriter(io.BytesIO(data)), meta, signer=signer)
                data = out.getvalue()
        with timed("our engine, two signatures (PAdES B-T, visible, certified, locked)"):
            first = pades.sign(
                paper, pades.Field.CUSTOMER, identity=identity, stamps=stamps, picture=picture,
                stamp=pades.Stamp("甲方"), at=at,
            )  # fmt: skip
            pades.sign(
                first, pades.Field.AGENCY, identity=seal.identity(root.certificate), stamps=stamps,
                picture=bytes(seal.vector), stamp=pades.Stamp("乙方"), at=at,
            )  # fmt: skip


def main(count: int) -> None:
    order, person, head, worker = world(0)
    keys.make_seal(organisation_id=head.organisation.pk, by=head.actor, at=START)
    customer, sealer, ink = person.actor, head.actor, drawn()
    made = [copy_of(order, worker) for _ in range(count + 3)]
    for number, (each, assignment) in enumerate(made):
        if number == 3:
            work.clear()
            times.clear()  # the first three warm up fonts, layout and plans
        with timed("the whole contract"):
            one(each, assignment, customer, sealer, ink, START + STEP * number)
    floor(Contract.objects.filter(order=made[-1][0]).get(), count)
    report(count)


SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"/>'
SET = "limit: bare Typst, one contract"
BARE = "limit: bare pyHanko, two signatures (PAdES B-B, invisible)"


def report(count: int) -> None:
    rows: list[list[object]] = []
    for name, found in times.items():
        middle, late = ground.middle(found), ground.quantile(found, 0.95)
        rows.append([name, f"{middle * 1000:.1f}", f"{late * 1000:.1f}", f"{1 / middle:.1f}",
                     f"{statistics.mean(work[name]) * 1000:.1f}"])  # fmt: skip
    customer, agency = "customer signs (action)", "agency seals (action)"
    signing = ground.middle(a + b for a, b in zip(times[customer], times[agency], strict=True))
    whole, limit = (
        ground.middle(times["the whole contract"]),
        sum(ground.middle(times[n]) for n in (SET, BARE)),
    )
    worked = statistics.mean(work[customer]) + statistics.mean(work[agency])
    told = (
        f"Contracts signed per second, one process: {1 / signing:.1f} (both signatures), {1 / whole:.1f} (all of it,"
        f" from the draft on); the limit of bare typesetting and bare signing: {1 / limit:.1f}. With a core to"
        f" itself: {1 / worked:.1f} (both signatures, this process's processor time).\n\n"
        f"Beside the limit: signing {signing / ground.middle(times[BARE]):.2f} × bare pyHanko, the whole"
        f" {whole / limit:.2f} × bare typesetting and signing."
    )
    head = ["step", "median ms", "p95 ms", "per second", "processor ms"]
    scale = f"{count} contracts, one process, one after the other"
    ground.publish("contracts_signed", "Contracts signed", scale, f"{told}\n\n{ground.table(head, rows)}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 60)
