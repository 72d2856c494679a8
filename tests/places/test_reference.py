"""Every test finds the tables as the migrations left them, whatever a test before it committed."""

import pytest

from anxin.accounts.models import Person
from anxin.catalogue import public as catalogue
from anxin.places import public as places
from anxin.places.models import Day, Division
from tests import cast
from tests.cast import NOON


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("turn", [1, 2])
def test_reference_data_is_there_in_every_transactional_test(turn):
    assert len(places.towns()) == 18
    assert "别处" not in {town.name for town in places.towns()}
    assert Day.objects.exists()
    assert len(catalogue.items(NOON)) == 38
    assert not Person.objects.exists()
    cast.new_person(7, "某人")
    Day.objects.all().delete()
    Division.objects.filter(code=cast.JINCHENG).update(name="别处")
