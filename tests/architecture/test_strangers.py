"""Every address, driven by nobody and by a stranger: no breakdown, no data of others, nothing done.

To have an address driven with somebody else's real number, add its parameter to `things`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.db import transaction
from django.http import HttpResponse
from django.test import Client

from anxin.accounts.models import Appointment, Person, SignIn
from anxin.customers.models import Address as CustomerAddress
from anxin.customers.models import Housemate
from anxin.customers.public import add_housemate
from anxin.files import public as files
from anxin.kit.ids import new_id
from anxin.notices import public as notices
from tests import cast
from tests.architecture.addresses import Address, every

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("A-6.3.3d")]
NEVER = "no-such-thing"
# An address of nobody's network: what is for the operator's machines alone is not there for it.
OUTSIDE = "203.0.113.9"
# One white dot.
PICTURE = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de"
    "0000000c49444154789c63f8ffff3f0005fe02fe0def46b80000000049454e44ae426082"
)


@dataclass
class Things:
    """What belongs to others. `values`: (start of the path, parameter) → the value to drive it with; the longest
    start that fits counts. `secrets`: what no stranger may read anywhere."""

    values: dict[tuple[str, str], str] = field(default_factory=dict)
    secrets: set[str] = field(default_factory=set)

    def fill(self, address: Address) -> str:
        bare = address.path.removeprefix("/api/v1")
        chosen = {}
        for name, _kind in address.parameters:
            fitting = [key for key in self.values if key[1] == name and bare.startswith(key[0])]
            best = max(fitting, key=lambda key: len(key[0]), default=None)
            chosen[name] = self.values[best] if best else str(new_id())
        return address.filled(chosen)


@pytest.fixture
def things(stage: Any, zhou_min: cast.Member) -> Things:
    """An agency's staff, a customer's home and a submitted order of somebody else."""
    order = stage.ask()
    pet = add_housemate(kind="dog", note="会扑人的大黄", by=stage.customer.actor, at=cast.NOON)
    appointment = Appointment.objects.filter(post="agency.head").first()
    worker, paper = stage.workers[0], stage.workers[0].credentials.first()
    found = Things()
    found.values = {
        ("/desk/workers/", "number"): worker.number,
        ("/desk/codes/", "number"): worker.number,
        ("/workers/", "number"): worker.number,
        ("/desk/workers/", "credential_id"): str(paper.pk),
        ("/credentials/", "credential_id"): str(paper.pk),
        ("/", "number"): order.number,
        ("/addresses/", "address_id"): str(stage.address.id),
        ("/household/", "housemate_id"): str(pet.pk),
        ("/staff/", "appointment_id"): str(appointment.pk),
        ("/me/sign-ins/", "sign_in_id"): str(_sign_in(stage.customer).pk),
        ("/desk/customers/", "customer_id"): str(order.customer_id),
        ("/customers/", "customer_id"): str(order.customer_id),
        ("/demo/", "key"): NEVER,
        ("/services/", "code"): "0101",
        ("/catalogue/", "code"): "0101",
        ("/styleguide/", "layout"): "phone",
    }
    notice = notices.tell(
        stage.customer.id,
        kind="orders.x",
        title="给客户的话",
        body="%(what)s",
        params={"what": "只说给本人听"},
        at=cast.NOON,
    )
    photo = files.store_bytes(
        PICTURE, name="a.png", kind="service_photo", by=stage.customer.actor, at=cast.NOON
    )
    found.values |= {
        ("/inbox/", "notice_id"): str(notice.pk),
        ("/files/", "token"): files.url_for(photo, stage.customer.actor).split("/")[2],
        ("/desk/rules/", "key"): "notices.night_starts",
        ("/rules/", "key"): "notices.night_starts",
        ("/desk/points/", "code"): "330112005",
        ("/places/", "code"): "330112005",
    }
    found.secrets = {
        "只说给本人听",
        *(row.phone for row in Person.objects.all()),
        *(row.id_number for row in Person.objects.all() if row.id_number),
        *(row.detail for row in CustomerAddress.objects.all()),
        *(row.note for row in Housemate.objects.all()),
        "家里有一只猫",
    }
    return found


def _sign_in(member: cast.Member) -> SignIn:
    cast.token_of(member.person)
    return SignIn.objects.get(person=member.person)


def drive(client: Client, things: Things, addresses: list[Address]) -> Iterator[tuple[Address, str, Any]]:
    """Call every address by every method it has; each call is undone, so that none changes the next."""
    client.defaults["REMOTE_ADDR"] = OUTSIDE
    cookies = {name: morsel.value for name, morsel in client.cookies.items()}
    for address in addresses:
        path = things.fill(address)
        for method in address.methods:
            client.cookies.clear()
            client.cookies.load(cookies)
            with transaction.atomic():
                answer: Any
                try:
                    answer = (
                        client.generic(method, path, "{}", "application/json")
                        if address.is_api
                        else (getattr(client, method.lower())(path))
                    )
                except Exception as error:  # noqa: BLE001 - any breakdown is the finding
                    answer = error
                transaction.set_rollback(True)
            yield address, method, answer


def faults(client: Client, things: Things, allowed: Callable[[Address], set[int]]) -> list[str]:
    """What went wrong, in words."""
    found = []
    for address, method, answer in drive(client, things, every()):
        if not isinstance(answer, HttpResponse):
            if not getattr(answer, "streaming", False):
                found.append(f"{method} {address.path} broke: {answer!r}")
            continue
        if answer.status_code >= 500:
            found.append(f"{method} {address.path} → {answer.status_code}")
        if answer.status_code not in allowed(address):
            found.append(
                f"{method} {address.path} ({address.rule and address.rule.name}) → {answer.status_code}"
            )
        text = answer.content.decode(errors="replace")
        found += [f"{method} {address.path} shows {one}" for one in things.secrets if one in text]
    return found


REFUSED = {400, 401, 403, 404, 405, 409, 410, 415, 422, 429}
ANY = REFUSED | {200, 201, 202, 204, 301, 302, 303, 304}


def test_nobody_gets_anything_that_is_not_public(client, things):
    def allowed(address: Address) -> set[int]:
        if address.rule and address.rule.name in ("public", "demo only"):
            return ANY
        if address.rule and address.rule.name.startswith("from "):
            return {404}
        return {401} if address.is_api else {302}

    assert faults(client, things, allowed) == []


def test_a_stranger_gets_nothing_of_others(client_of, things, stranger):
    own = things.secrets - {stranger.person.phone, stranger.person.id_number}

    def allowed(address: Address) -> set[int]:
        names = set(address.rule.name.split(" | ")) if address.rule else set()
        if names & {"public", "demo only", "signed in", "verified"}:
            return ANY
        return {404} if any(name.startswith("from ") for name in names) else {403}

    found = faults(client_of(stranger), Things(things.values, own), allowed)
    assert found == []


def test_what_belongs_to_somebody_else_is_not_found(client_of, things, stranger):
    """Each address whose parameter is somebody else's real thing: 404 (or refused for the post), never 2xx."""
    mine = (
        "/addresses/",
        "/household/",
        "/me/sign-ins/",
        "/orders/",
        "/staff/",
        "/customers/",
        "/desk/customers/",
    )
    aimed = [
        one
        for one in every()
        if one.parameters
        and one.path.removeprefix("/api/v1").startswith(mine)
        and one.rule
        and one.rule.name != "public"
    ]
    assert aimed
    wrong = [
        f"{method} {address.path} → {getattr(answer, 'status_code', answer)!r}"
        for address, method, answer in drive(client_of(stranger), things, aimed)
        if getattr(answer, "status_code", 500) not in {403, 404, 409, 422}
    ]
    assert wrong == []
