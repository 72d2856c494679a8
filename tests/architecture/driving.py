"""What belongs to others, and how an address is driven with it.

To have an address driven with somebody else's real number, add its parameter to `things`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest
from django.core.signals import got_request_exception
from django.test import Client

from anxin.accounts.models import Appointment, Person, SignIn
from anxin.customers.models import Address as CustomerAddress
from anxin.customers.models import Housemate
from anxin.customers.public import add_housemate
from anxin.files import public as files
from anxin.kit.ids import new_id
from anxin.notices import public as notices
from tests import cast
from tests.architecture.addresses import Address

NEVER = "no-such-thing"
# An address of nobody's network: what is for the operator's machines alone is not there for it.
OUTSIDE = "203.0.113.9"
# One white dot.
PICTURE = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de"
    "0000000c49444154789c63f8ffff3f0005fe02fe0def46b80000000049454e44ae426082"
)


class Caller(Client):
    """Asks and gets the answer. Which templates were drawn with which words is not kept, nor are cookies."""

    def request(self, **request: Any) -> Any:
        got_request_exception.connect(self.store_exc_info, dispatch_uid="caller")
        try:
            answer = self.handler(self._base_environ(**request))
        finally:
            got_request_exception.disconnect(dispatch_uid="caller")
        self.check_exception(answer)
        return answer


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
