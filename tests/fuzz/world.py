"""The people who call, the real things that they call with, and what none of them may read."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from anxin.accounts.models import Appointment, Person, SignIn
from anxin.customers.models import Address, Housemate
from anxin.customers.public import add_housemate
from anxin.matching.models import DayPlan
from anxin.messaging.models import SmsMessage
from anxin.notices.models import Notice
from anxin.orders.models import Assignment, Change, Extra, Order, Step, Visit
from anxin.payments.models import Bill, InvoiceRequest, ReconciliationDifference, Refund
from anxin.safetycode import public as safetycode
from anxin.safetycode.models import Delegation
from anxin.workers.models import Block, Booking
from tests import cast
from tests.stage import START, Stage

NOTE = "会扑人的大黄"


@dataclass
class Caller:
    """Somebody who calls, and what they may not read; a contract tells its parties who they are."""

    name: str
    headers: dict[str, str]
    secrets: set[str]
    in_contracts: set[str] = field(default_factory=set)

    def hidden(self, path: str) -> set[str]:
        return self.secrets - self.in_contracts if "/contracts/" in path else self.secrets


@dataclass
class World:
    """`paths`: (start of the path, parameter) → real value, the longest start that fits counts. `bodies`: name of a
    field, wherever it stands → real values."""

    callers: list[Caller] = field(default_factory=list)
    paths: dict[tuple[str, str], str] = field(default_factory=dict)
    bodies: dict[str, list[Any]] = field(default_factory=dict)

    def path_parameters(self, path: str, names: Iterable[str]) -> dict[str, str]:
        """The real value of each parameter of a path that has one."""
        bare, found = path.removeprefix("/api/v1"), {}
        for name in names:
            fitting = [key for key in self.paths if key[1] == name and bare.startswith(key[0])]
            if fitting:
                found[name] = self.paths[max(fitting, key=lambda key: len(key[0]))]
        return found


def world(stage: Stage, neighbour: cast.Member, stranger: cast.Member, operations: cast.Member) -> World:
    """Everybody and everything as it now stands; call it again when the order has moved on."""
    found = World(paths=_paths(stage))
    found.bodies = _bodies(stage)
    ids = {row.id_number for row in Person.objects.all() if row.id_number}
    hidden = ids | {row.password for row in Person.objects.all() if row.password}
    hidden |= {row.token_hash for row in SignIn.objects.all() if row.token_hash}
    hidden |= {str(row.params["code"]) for row in SmsMessage.objects.all() if "code" in row.params}
    parties = {row.id_number for row in Person.objects.all() if row.name in {"陈静", "王芳"}}
    phones = {row.name: row.phone for row in Person.objects.all()}
    details = {row.contact_name: row.detail for row in Address.objects.all()}
    private = {*phones.values(), *details.values(), NOTE, stage.demand.wishes}

    def caller(name: str, member: cast.Member, *sees: str) -> None:
        """`sees`: the persons whose phone and door this caller may come to know."""
        own = {phones[one] for one in (member.person.name, *sees)}
        own |= {details[one] for one in (member.person.name, *sees) if one in details}
        if "陈静" in (member.person.name, *sees):
            own |= {NOTE, stage.demand.wishes}
        headers = cast.token_of(member.person, member.appointment)
        party = member.person.name in {"陈静", "王芳", "钱丽"}
        found.callers.append(Caller(name, headers, hidden | (private - own), parties if party else set()))

    found.callers.append(Caller("nobody", {}, hidden | private))
    caller("stranger", stranger)
    caller("neighbour", neighbour)
    caller("customer", stage.customer, "王芳")
    caller("worker", stage.people[0], "陈静")
    caller("other worker", stage.people[1])
    caller("head", stage.head, "陈静", "王芳", "李梅")
    caller("rival", stage.rival, "赵强")
    caller("operator", operations, *phones)
    return found


def _paths(stage: Stage) -> dict[tuple[str, str], str]:
    order = Order.objects.order_by("created_at").last()
    worker, paper = stage.workers[0], stage.workers[0].credentials.first()
    found: dict[tuple[str, str], Any] = {
        ("/", "number"): order and order.number,
        ("/workers/", "number"): worker.number,
        ("/workers/", "worker_id"): worker.pk,
        ("/credentials/", "credential_id"): paper.pk,
        ("/addresses/", "address_id"): stage.address.id,
        ("/customers/", "customer_id"): order and order.customer_id,
        ("/catalogue/", "code"): "0101",
        ("/services/", "code"): "0101",
        ("/places/", "code"): "330112005",
        ("/rules/", "key"): "notices.night_starts",
        ("/safety-code/figures/", "city"): "3301",
        ("/desk/care/cities/", "city"): "3301",
        ("/desk/care/figures/", "code"): "issued",
        ("/service-versions/", "version_id"): stage.version.id,
        ("/own-services/", "service_id"): stage.version.service_id,
        ("/staff/", "appointment_id"): Appointment.objects.filter(post="agency.head").first().pk,
        ("/reconciliations/", "day"): "2026-03-17",
        ("/me/sign-ins/", "sign_in_id"): SignIn.objects.first() and SignIn.objects.first().pk,
    }
    newest = {
        ("/visits/", "visit_id"): Visit, ("/steps/", "step_id"): Step, ("/extras/", "extra_id"): Extra,
        ("/changes/", "change_id"): Change, ("/household/", "housemate_id"): Housemate,
        ("/leave/", "booking_id"): Booking, ("/inbox/", "notice_id"): Notice,
        ("/reconciliation-differences/", "difference_id"): ReconciliationDifference,
        ("/dispatch/plans/", "plan_id"): DayPlan, ("/desk/dispatch/plans/", "plan_id"): DayPlan,
        ("/desk/dispatch/plans/", "order_id"): Order, ("/apart/", "block_id"): Block,
        ("/safety-code/delegations/", "key"): Delegation, ("/desk/care/delegations/", "key"): Delegation,
    }  # fmt: skip
    for key, model in newest.items():
        row = model._default_manager.first()
        found[key] = row and row.pk
    from anxin.agencies.models import Agency, Document
    from anxin.contracts.models import Contract

    agency = Agency.objects.get(organisation=stage.head.organisation.pk)
    found[("/agencies/", "agency_id")] = agency.pk
    found[("/agencies/", "number")] = found[("/applications/", "number")] = agency.number
    found[("/documents/", "document_id")] = Document.objects.first().pk
    for prefix, model in {
        "/contracts/": Contract, "/verification/": Contract, "/bills/": Bill, "/refunds/": Refund,
        "/invoice-requests/": InvoiceRequest,
    }.items():  # fmt: skip
        row = model._default_manager.first()
        found[(prefix, "number")] = row and row.number
    return {key: str(value) for key, value in found.items() if value}


def _bodies(stage: Stage) -> dict[str, list[Any]]:
    from anxin.contracts.models import Contract
    from tests.contracts.material import drawn

    token = safetycode.display_token(stage.workers[0].pk, START)
    contract = Contract.objects.first()
    codes = [row.params["code"] for row in SmsMessage.objects.all() if "code" in row.params]
    assigned = Assignment.objects.first()
    return {
        "item_code": ["0101", "0102"],
        "mode": ["hourly"],
        "quantity": ["3", "1.5", "0", "-1", "99999999999", "0.0001"],
        "starts_at": [START.isoformat(), "2026-03-19T06:00:00+00:00", "0001-01-01T00:00:00Z",
                      "9999-12-31T23:59:59+14:00"],
        "ends_at": ["2026-03-20T09:00:00+00:00", "9999-12-31T23:59:59-14:00"],
        "address_id": [str(stage.address.id)],
        "version_id": [str(stage.version.id)],
        "worker_id": [str(stage.workers[0].pk), str(stage.workers[1].pk)],
        "assignment_id": [str(assigned.pk)] if assigned else [],
        "town_code": [cast.JINCHENG, "330112002", "999999999"],
        "phone": [cast.phone(4), cast.phone(77), "12345"],
        "uscc": [cast.uscc(778), "91"],
        "id_number": [cast.id_number(77), "1"],
        "token": [token, token[:-1], "https://example.org/"],
        "code": [*codes[-2:], "000000"],
        "seen": [contract.document.sha256 if contract and contract.document else "0" * 64],
        "drawn": [drawn(), "data:image/png;base64,AAAA"],
        "lat": [30.2337, 0, -90, 90.0001, 1e308],
        "lng": [119.7205, 180, -180.1, -1e308],
        "price_fen": [1500, 0, -1, 2**31, 2**63],
        "amount_fen": [1500, 0, -1, 2**31, 2**63],
        "post": ["agency.dispatcher", "operator.operations", "no.such"],
        "organisation_id": [str(stage.head.organisation.pk), str(stage.rival.organisation.pk)],
        "appointment_id": [str(stage.head.appointment.pk)] if stage.head.appointment else [],
        "consent": [True],
        "scores": [{"content": 5, "scope": 5, "quality": 5, "fee": 4}],
        "way": ["native", "jsapi", "cash"],
    }  # fmt: skip


def pet(stage: Stage) -> None:
    """Something that only those may read who come to the door."""
    add_housemate(kind="dog", note=NOTE, by=stage.customer.actor, at=cast.NOON)
