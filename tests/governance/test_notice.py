"""The privacy notice: open to everybody, versioned, made from the register."""

import pytest
from django.test import Client

from anxin.governance.values import KEEPS
from anxin.governance.values.notice import NOTICES, notice_of
from anxin.policies import public as policies
from tests import cast

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("B-6.2.3")]
# What was published stays: a changed text is a new version.
PUBLISHED = {1: "e63eb9d22f1c7c25314759416a1d325cadac3b5fb2d578e2db25c9d51c401f15"}


def test_published_versions_are_never_changed() -> None:
    assert {one.version: one.digest for one in NOTICES} == PUBLISHED
    assert [one.version for one in NOTICES] == sorted(PUBLISHED)


def test_the_version_of_a_day_is_the_last_that_began() -> None:
    assert notice_of(NOTICES[-1].since) is NOTICES[-1]


def test_anybody_reads_purposes_bases_times_and_who_sees(client: Client) -> None:
    told = client.get("/privacy/").content.decode()
    for words in ("实名注册、联系您、签订合同", "身份证号码与实名核验结果", "电子商务法", "个人信息保护法第二十九条",
                  "订单完结之日起 3 年", "打码后：", "注销时销毁", "第 1 版"):  # fmt: skip
        assert words in told, words


def test_the_times_shown_are_the_operators_present_rules(client: Client, operations: cast.Member) -> None:
    policies.change(policy=KEEPS["health_original"].days, value=60, valid_from=cast.BEGIN,
                    reason="缩短", by=operations.actor, at=cast.BEGIN)  # fmt: skip
    assert "证明到期之日起 60 天" in client.get("/privacy/").content.decode()


def test_an_earlier_version_can_be_read_and_an_unknown_one_is_not_there(client: Client) -> None:
    assert client.get("/privacy/?version=1").status_code == 200
    assert client.get("/privacy/?version=99").status_code == 404
