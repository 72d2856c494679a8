"""The register knows every column that holds a person."""

import pytest
from django.db import models

from anxin.governance.queries import register
from anxin.governance.values import HOLDINGS, KEEPS
from anxin.kit.fields import EncryptedField

pytestmark = pytest.mark.requirement("B-6.2.3", "A-4.3")


def test_no_column_that_holds_a_person_is_missing() -> None:
    assert register.unregistered() == []


def test_no_entry_leads_to_nothing() -> None:
    assert register.dangling() == []


def test_a_new_sealed_column_or_link_to_a_person_would_be_found() -> None:
    assert register.holds_person(EncryptedField(name="nickname"))
    assert register.holds_person(models.CharField(name="contact_email"))
    assert register.holds_person(models.UUIDField(name="approved_by"))
    assert not register.holds_person(models.CharField(name="state"))


def test_every_class_named_on_a_model_and_every_class_in_the_register_is_declared() -> None:
    named = {getattr(model, "RETENTION", None) for model in register.ours()} - {None, "of its owner"}
    assert named <= set(KEEPS)
    assert {one.keep for one in HOLDINGS} <= set(KEEPS)


def test_every_class_ends_by_a_rule_or_by_a_job_or_with_what_it_belongs_to() -> None:
    for keep in KEEPS.values():
        assert keep.days or keep.own_job or keep.code in {"account", "customer", "audit", "code"}, keep.code
