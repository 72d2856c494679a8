"""The only writer of the operator's rules."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from anxin.audit import public as audit
from anxin.kit.actor import Actor
from anxin.kit.errors import Conflict, Forbidden, Invalid, NotFound
from anxin.kit.events import announce
from anxin.policies.events import PolicyChanged
from anxin.policies.models import PolicyVersion
from anxin.policies.queries import read
from anxin.policies.values import CHANGE, Policy, Unfit, declared


class UnknownPolicy(NotFound):
    code = "unknown_policy"
    message = _("没有名为“%(key)s”的规则。")


class ValueUnfit(Invalid):
    code = "policy_value_unfit"
    message = "%(wrong)s"


class ReasonMissing(Invalid):
    code = "reason_missing"
    message = _("请写明修改原因，它会随规则一起公示。")


class InThePast(Invalid):
    code = "policy_in_the_past"
    message = _("生效时间不能早于现在：已经发生的业务按当时的规则处理。")


class TooSoon(Invalid):
    code = "policy_too_soon"
    message = _("这条规则的修改要提前 %(days)s 天公布，生效时间不能更早。")


class Unchanged(Conflict):
    code = "policy_unchanged"
    message = _("新值与届时的规则相同，没有保存。")


@transaction.atomic
def change(
    *, policy: Policy[Any], value: Any, valid_from: datetime, reason: str, by: Actor, at: datetime
) -> PolicyVersion:
    """Give `policy` a new value from `valid_from` on; what happened before keeps the rule it had.

    `value` is the JSON form (number, text, list or mapping). Refuses: no permission, an undeclared policy, a value
    of the wrong type or out of bounds, an empty reason, a moment in the past or sooner than
    the rule may change, a value equal to what would hold then.
    Source: published rules with their history (电子商务法 art. 32–34: rules public, changes announced beforehand).
    """
    if not by.holds(CHANGE):
        raise Forbidden
    if declared().get(policy.key) is not policy:
        raise UnknownPolicy(key=policy.key)
    try:
        fitted = policy.fit(value)
    except Unfit as unfit:
        raise ValueUnfit(field="value", wrong=gettext(unfit.message) % unfit.params) from unfit
    reason = reason.strip()
    if not reason:
        raise ReasonMissing(field="reason")
    if valid_from < at:
        raise InThePast(field="valid_from")
    if valid_from < policy.earliest(at):
        raise TooSoon(field="valid_from", days=policy.ahead_days)
    before = read(policy, at=valid_from)
    if before == fitted:
        raise Unchanged(field="value")
    row = PolicyVersion.objects.create(
        key=policy.key,
        value=policy.to_json(fitted),
        valid_from=valid_from,
        reason=reason[:500],
        by_person_id=by.person_id,
        created_at=at,
    )
    audit.record(
        "policies.change",
        by=by,
        at=at,
        subject="policies.policy",
        subject_id=policy.key,
        detail={
            "before": policy.to_json(before),
            "after": row.value,
            "valid_from": valid_from.isoformat(),
            "reason": reason[:200],
        },
    )
    announce(PolicyChanged(key=policy.key, valid_from=valid_from))
    return row
