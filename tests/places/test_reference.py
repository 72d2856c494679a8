"""Reference data survives tests that empty the tables."""

import pytest

from anxin.catalogue import public as catalogue
from anxin.places import public as places
from tests.cast import NOON


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("turn", [1, 2])
def test_reference_data_is_there_in_every_transactional_test(turn):
    assert len(places.towns()) == 18
    assert len(catalogue.items(NOON)) == 38
