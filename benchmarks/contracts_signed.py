"""Contracts signed per second: typesetting, the customer's signature, the agency's seal, and the whole of it.

Every contract goes through the same actions that the pages call, with its one-time code, evidence, audit and
outbox, each step committed on its own. Beside it, in the same run, bare pyHanko signs the same PDF twice: no
database, no code, no picture, no evidence.

usage: python -m benchmarks.contracts_signed [number of contracts]
"""

from __future__ import annotations

import io
import os
import platform
import re
import statistics
import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "anxin.config.settings")
os.environ.setdefault("ANXIN_LOG_LEVEL", "ERROR")
django.setup()

from asn1crypto import keys as asn1_keys  # noqa: E402
from asn1crypto import x509 as asn1_x509  # noqa: E402
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter  # noqa: E402
from pyhanko.sign.fields import SigSeedSubFilter  # noqa: E402
from pyhanko.sign.signers import PdfSignatureMetadata, SimpleSigner, sign_pdf  # noqa: E402
from pyhanko_certvalidator.registry import SimpleCertificateStore  # noqa: E402

from anxin.accounts import public as accounts  # noqa: E402
from anxin.contracts import queries  # noqa: E402
from anxin.contracts.actions import draft, keys, sign, typeset  # noqa: E402
from anxin.contracts.engine import certificates, pades  # noqa: E402
from anxin.contracts.models import Contract  # noqa: E402
from anxin.customers import public as customers  # noqa: E402
from anxin.kit import ids  # noqa: E402
from anxin.kit.actor import SYSTEM  # noqa: E402
from anxin.kit.geo import Point  # noqa: E402
from anxin.messaging.models import SmsMessage  # noqa: E402
from anxin.orders import public as orders  # noqa: E402
from anxin.orders.actions import offer  # noqa: E402
from anxin.orders.models import Assignment, Order, Visit  # noqa: E402
from anxin.orders.states import AssignmentState, OrderState  # noqa: E402
from tests import cast, stage  # noqa: E402
from tests.contracts.material import drawn  # noqa: E402

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
    for _ in range(count):
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
    # A run leaves its people behind, so the next takes others.
    salt = next(n for n in range(0, 9990, 10) if accounts.person_by_phone(cast.phone(n + 1)) is None)
    order, person, head, worker = world(salt)
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


BARE = "bare pyHanko, two signatures (PAdES B-B, invisible)"


def report(count: int) -> None:
    machine = f"{platform.machine()}, {os.cpu_count()} cores, {platform.platform()}"
    print(f"machine: {machine}, Python {platform.python_version()}; load {os.getloadavg()[0]:.1f}")
    print(f"date: {date.today()}; scale: {count} contracts, one process, one after the other")
    print(f"{'step':<70}{'median ms':>10}{'p95 ms':>10}{'per s':>9}{'cpu ms':>9}")
    for name, found in times.items():
        middle = statistics.median(found)
        late = sorted(found)[int(len(found) * 0.95)]
        cpu = statistics.median(work[name])
        print(f"{name:<70}{middle * 1000:>10.1f}{late * 1000:>10.1f}{1 / middle:>9.1f}{cpu * 1000:>9.1f}")
    customer, agency = times["customer signs (action)"], times["agency seals (action)"]
    signing = statistics.median(a + b for a, b in zip(customer, agency, strict=True))
    bare, whole = statistics.median(times[BARE]), statistics.median(times["the whole contract"])
    print(
        f"contracts signed per second (customer's signature and agency's seal): {1 / signing:.1f} per process"
    )
    print(f"ratio to bare pyHanko: signing {signing / bare:.2f}, whole contract {whole / bare:.2f}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 60)
