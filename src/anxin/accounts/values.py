"""Kinds of organisations, posts and the permissions each post holds. Plain."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from anxin.kit.text import gettext_noop


class OrganisationKind(StrEnum):
    AGENCY = "agency"
    OPERATOR = "operator"
    ASSOCIATION = "association"
    BUREAU = "bureau"
    OUTLET = "outlet"


@dataclass(frozen=True)
class Post:
    """A post within one kind of organisation; `permissions` are "area.verb"."""

    code: str
    label: str
    kind: OrganisationKind
    permissions: frozenset[str]


AGENCY_READ = {"agencies.read", "orders.read", "workers.read"}
_posts = [
    Post(
        "head", gettext_noop("店长"), OrganisationKind.AGENCY,
        frozenset(
            AGENCY_READ
            | {"agencies.manage", "agencies.publish", "orders.accept", "orders.dispatch", "orders.warnings",
               "workers.manage", "contracts.seal", "payments.bill", "payments.invoice", "ledger.read",
               "reviews.answer", "accounts.appoint"}
        ),
    ),
    Post("dispatcher", gettext_noop("派单员"), OrganisationKind.AGENCY,
         frozenset(AGENCY_READ | {"orders.accept", "orders.dispatch", "orders.warnings"})),
    Post("finance", gettext_noop("财务"), OrganisationKind.AGENCY,
         frozenset(AGENCY_READ | {"payments.bill", "payments.invoice", "ledger.read"})),
    Post("service", gettext_noop("客服"), OrganisationKind.AGENCY,
         frozenset(AGENCY_READ | {"orders.warnings", "reviews.answer"})),
    Post("operations", gettext_noop("平台运营"), OrganisationKind.OPERATOR,
         frozenset({"operator.desk", "agencies.verify", "policies.change", "notices.send", "contracts.template",
                    "payments.reconcile"})),
    Post("reviews", gettext_noop("评价管理员"), OrganisationKind.OPERATOR,
         frozenset({"operator.desk", "reviews.manage"})),
    Post("auditor", gettext_noop("审计管理员"), OrganisationKind.OPERATOR,
         frozenset({"operator.desk", "audit.read"})),
    Post("codes", gettext_noop("安心码管理员"), OrganisationKind.ASSOCIATION,
         frozenset({"safetycode.issue", "safetycode.manage"})),
    Post("supervisor", gettext_noop("监管员"), OrganisationKind.BUREAU, frozenset({"governance.supervise"})),
]  # fmt: skip
POSTS: dict[str, Post] = {f"{post.kind}.{post.code}": post for post in _posts}
