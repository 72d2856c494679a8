"""Fixtures of the safety code's tests: the workers' world, an entrusted association, the city's bureau."""

import pytest

from anxin.accounts.models import Organisation
from tests.cast import Member, in_post, new_organisation, new_person
from tests.safetycode.entrusting import entrust
from tests.workers.conftest import world

__all__ = ["world"]


@pytest.fixture
def carer(association_staff: Member) -> Member:
    Organisation.objects.filter(pk=association_staff.organisation.pk).update(region="330112")
    association_staff.organisation.refresh_from_db()
    entrust(association_staff.organisation, "330112")
    return association_staff


@pytest.fixture
def head(db: None) -> Member:
    body = new_organisation("bureau", "杭州市商务主管部门", 409)
    Organisation.objects.filter(pk=body.pk).update(region="3301")
    body.refresh_from_db()
    return in_post(new_person(69, "冯局"), body, "bureau.head")
