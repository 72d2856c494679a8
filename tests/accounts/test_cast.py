"""The cast itself: its people come about, and its clients act as them."""

from __future__ import annotations

import pytest

from anxin.kit import jobs
from tests import cast

pytestmark = pytest.mark.django_db


def test_every_member_of_the_cast_comes_about(
    chen_jing, zhou_min, newcomer, stranger, jia_head, jia_dispatcher, jia_finance, yi_head, yi_dispatcher,
    yi_finance, wang_fang, li_mei, zhao_qiang, operations, reviews_admin, auditor, association_staff, supervisor,
    address_of_chen_jing,
):  # fmt: skip
    assert chen_jing.actor.verified
    assert not newcomer.actor.verified
    assert jia_head.actor.holds("accounts.appoint")
    assert not yi_finance.actor.holds("orders.accept")
    assert address_of_chen_jing.town_name == "锦城街道"


def test_codes_are_sent_as_jobs_in_the_same_transaction(chen_jing):
    from anxin.accounts.public import send_code
    from anxin.kit.actor import ANONYMOUS

    send_code(phone=cast.phone(1), purpose="sign_in", by=ANONYMOUS, at=cast.NOON)
    assert "messaging.deliver" in jobs.registered()
