"""No parser of outside input without a test that feeds it nonsense."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

import pytest

from tests.fuzz.register import FUZZED, parsers

# Why nobody outside can reach it.
OURS = "reads what this house wrote into its own database or files"
SHIPPED = "reads a file that comes with the product"
KEYS = "reads the operator's own keys and settings"
BY_FORMS = "gets what the interface's forms let through: test_api drives them; and what our database holds"
INSIDE = {
    "accounts.api.factors.ask_new_passkey": OURS,
    "accounts.api.factors.begin_totp": OURS,
    "accounts.api.sign_in.ask_passkey": OURS,
    "agencies.values.content.Hours.from_json": BY_FORMS,
    "agencies.values.content.ServiceContent.from_json": BY_FORMS,
    "agencies.values.content.SpecStep.from_json": BY_FORMS,
    "agencies.values.pricing.Line.from_json": OURS,
    "agencies.values.pricing.PriceList.from_json": BY_FORMS,
    "agencies.values.pricing.Quote.from_json": OURS,
    "agencies.values.pricing.Usage.from_json": OURS,
    "audit.actions.retention._keep": OURS,
    "audit.actions.verify._stamps": OURS,
    "audit.actions.verify._tail": OURS,
    "audit.adapters.anchors.last": OURS,
    "audit.adapters.anchors.read": OURS,
    "audit.adapters.anchors.stamps": OURS,
    "audit.adapters.archives.rows": OURS,
    "audit.adapters.signing._public": KEYS,
    "audit.queries._newest": OURS,
    "audit.rules.marked": OURS,
    "catalogue.actions.parsed": SHIPPED,
    "catalogue.adapters.edition.read": SHIPPED,
    "catalogue.rules.parse_item": SHIPPED,
    "catalogue.rules.parse_question": SHIPPED,
    "catalogue.rules.parse_step": SHIPPED,
    "config.evidence.facts._backup": OURS,
    "config.evidence.facts._key": KEYS,
    "config.settings._database": KEYS,
    "contracts.engine.pades._SealContent.render": OURS,
    "contracts.engine.pades._style": OURS,
    "contracts.models.keys.Authority.identity": OURS,
    "contracts.models.keys.Seal.identity": OURS,
    "files.adapters.parts.look": OURS,
    "kit.crypto.kms._json": KEYS,
    "kit.crypto.kms.unwrap": KEYS,
    "kit.crypto.ring._key": KEYS,
    "kit.crypto.ring._read": KEYS,
    "kit.crypto.ring._secret": KEYS,
    "kit.crypto.ring.change": KEYS,
    "kit.crypto.ring.parse": KEYS,
    "kit.fields.EncryptedJSONField.decode": OURS,
    "kit.handing.handed": OURS,
    "kit.forms.UploadField.to_python": "takes an upload that has been judged, or leaves it to Django's own field",
    "kit.jobs._found": OURS,
    "kit.postgres.sending._Moment.load": "reads moments as PostgreSQL writes them",
    "matching.pages.batch._unserved_row": OURS,
    "matching.queries.dayplan._said": OURS,
    "matching.rules.dayplan_caps.room": OURS,
    "matching.rules.dayplan_hours.span_of": OURS,
    "places.adapters.seed._rows": SHIPPED,
    "places.adapters.seed.days": SHIPPED,
    "places.adapters.seed.linan_outline": SHIPPED,
    "safetycode.api.checks.match": "takes Base64 or refuses; test_api drives it",
    "safetycode.engine.binding.bound": OURS,
    "safetycode.engine.shapes.alike": "stands for somebody else: only the simulator of faces compares by it",
    "safetycode.pages.applying.words.evidence": OURS,
    "safetycode.queries.codes._day": OURS,
    "safetycode.queries.codes._facts": OURS,
    "safetycode.rules.sets.read_book": SHIPPED,
    "safetycode.rules.sets.read_set": SHIPPED,
    "workers.queries.people.papers_from": OURS,
}


@pytest.fixture(scope="module", autouse=True)
def every_test() -> None:
    for file in Path(__file__).parent.glob("test_*.py"):
        import_module(f"tests.fuzz.{file.stem}")


def test_every_parser_is_driven_or_out_of_reach() -> None:
    known = parsers()
    left = known - set(FUZZED) - set(INSIDE)
    assert not left, "add a test with @fuzzes, or the reason to INSIDE:\n" + "\n".join(sorted(left))


def test_no_entry_outlives_its_parser() -> None:
    assert set(INSIDE) <= parsers()
    for name in FUZZED:
        assert _exists(f"anxin.{name}"), name
    assert not set(FUZZED) & set(INSIDE)


def _exists(name: str) -> bool:
    parts = name.split(".")
    for cut in range(len(parts) - 1, 0, -1):
        try:
            found: object = import_module(".".join(parts[:cut]))
        except ModuleNotFoundError:
            continue
        for part in parts[cut:]:
            found = getattr(found, part, None)
        return found is not None
    return False
