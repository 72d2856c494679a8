"""Every page, with made-up parts of its address, filters and fields: no breakdown, whoever asks."""

from __future__ import annotations

from django.db import transaction
from django.test import Client
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from time_machine import travel

from anxin.accounts.models import Organisation
from anxin.config import rights
from tests import cast, thorough
from tests.cast import NOON, in_post, new_organisation, new_person
from tests.fuzz.driver import EXAMPLES, SEED, breakdowns, chosen
from tests.fuzz.world import World, world
from tests.matching.test_dayplan_desk import planned, waiting
from tests.stage import Stage

NAMES = ["page", "from", "to", "format", "s", "state", "view", "city", "issuer", "before", "sort", "day", "worker",
         "next", "year", "row", "version", "why", "reason", "until", "code", "kind"]  # fmt: skip
NONSENSE = ["", "\x00", "9" * 40, "-1", "0", "1", "1-9", "none", "csv", "chosen", "xlsx", "2026-03-18", "0001-01-01",
            "9999-12-31", "3301", "１２", "%00", "\ud7ff", "a" * 2000,
            "00000000-0000-0000-0000-000000000000"]  # fmt: skip
PARTS = [one.replace("/", "") for one in NONSENSE if one] + ["..", "O260322-7KQ4M2XR"]
VALUES = st.one_of(st.sampled_from(NONSENSE), st.text(st.characters(exclude_categories=["Cs"]), max_size=20))
SENT = st.dictionaries(st.sampled_from(NAMES), VALUES, max_size=5)


@travel(NOON, tick=False)
def test_nonsense_breaks_no_page(
    stage: Stage, zhou_min: cast.Member, stranger: cast.Member, operations: cast.Member, auditor: cast.Member
) -> None:
    stage.ask()
    waiting(stage)
    planned(stage)
    known = world(stage, zhou_min, stranger, operations)
    clients = _clients(stage, operations, auditor)
    findings: dict[tuple[str, str], str] = {}
    seen: set[int] = set()
    for number, address in enumerate(rights.pages()):
        if chosen(address.path) and (EXAMPLES or thorough.whole() or number % 3 == 0):
            _drive(address, SEED * 100_000 + number, known, clients, findings, seen)
    assert not findings, f"{len(findings)} findings\n\n" + "\n\n".join(findings.values())
    assert {200, 403, 404} <= seen and 429 not in seen


def _clients(stage: Stage, operations: cast.Member, auditor: cast.Member) -> dict[str, Client]:
    bureau = new_organisation("bureau", "市商务主管部门", 460)
    Organisation.objects.filter(pk=bureau.pk).update(region="3301")
    bureau.refresh_from_db()
    people = {
        "customer": stage.customer, "head": stage.head, "operator": operations, "auditor": auditor,
        "bureau": in_post(new_person(90, "局长"), bureau, "bureau.head"),
    }  # fmt: skip
    clients = {name: cast.signed_in(member.person, member.appointment) for name, member in people.items()}
    clients["nobody"] = Client()
    for one in clients.values():
        one.raise_request_exception = False
    return clients


def _drive(
    address: rights.Address,
    chance: int,
    known: World,
    clients: dict[str, Client],
    findings: dict[tuple[str, str], str],
    seen: set[int],
) -> None:
    names = [name for name, _kind in address.parameters]
    real = known.path_parameters(address.path, names)

    @seed(chance)
    @settings(
        max_examples=EXAMPLES or thorough.examples(2), phases=[Phase.generate], deadline=None, database=None,
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(st.data())
    def drive(data: st.DataObject) -> None:
        # Of the parts that have a real value, one in four is made up.
        parts = {
            name: real[name]
            if name in real and data.draw(st.integers(0, 3))
            else data.draw(st.sampled_from(PARTS))
            for name in names
        }
        name, method = (
            data.draw(st.sampled_from(sorted(clients))),
            data.draw(st.sampled_from(address.methods)),
        )
        path, sent, client = address.filled(parts), data.draw(SENT), clients[name]
        with transaction.atomic(), breakdowns() as broken:
            answer = client.get(path, sent) if method == "GET" else client.post(path, sent)
            transaction.set_rollback(True)
        seen.add(answer.status_code)
        # 503 is told of a partner who does not answer.
        if answer.status_code >= 500 and answer.status_code != 503:
            told = f"{name}: {method} {path} {sent} → {answer.status_code}"
            findings.setdefault((address.path, str(broken[-1:])[-160:]), "\n".join([told, *broken[-1:]]))

    drive()
