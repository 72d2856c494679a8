"""A new version of the ranking, announced before it holds."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from anxin.kit.actor import Actor
from anxin.kit.errors import Conflict
from anxin.matching.queries import rules_at
from anxin.matching.values import AHEAD_DAYS, NUMBERS, Rules
from anxin.policies import public as policies
from anxin.policies.values import Unfit


class NothingNew(Conflict):
    code = "ranking_unchanged"
    message = _("与届时的排序规则相同，没有要公布的修改。")


def fitted_rules(typed: Mapping[str, Any]) -> Rules:
    """The numbers of a version from what was typed, by the keys of `NUMBERS`; each must be there.

    Refuses: ValueUnfit of the first that does not fit, its key as the field.
    """
    values = {}
    for policy in NUMBERS:
        try:
            values[policy.key] = policy.fit(typed.get(policy.key))
        except Unfit as unfit:
            wrong = gettext(unfit.message) % unfit.params
            raise policies.ValueUnfit(field=policy.key, wrong=wrong) from unfit
    return Rules.of(values)


@transaction.atomic
def announce_rules(
    *, rules: Rules, reason: str, by: Actor, at: datetime, valid_from: datetime | None = None
) -> datetime:
    """Publish these numbers, all from one moment on: seven days from now unless later; returns that moment.

    Refuses: NothingNew; what `policies.change` refuses of each number (no permission, out of bounds, no reason, sooner
    than seven days). What was ranked before keeps the explanation it had. Source: 电子商务法 art. 34.
    """
    moment = valid_from or at + timedelta(days=AHEAD_DAYS)
    then, wanted = rules_at(moment).values(), rules.values()
    changed = [policy for policy in NUMBERS if then[policy.key] != wanted[policy.key]]
    if not changed:
        raise NothingNew
    for policy in changed:
        policies.change(
            policy=policy, value=wanted[policy.key], valid_from=moment, reason=reason, by=by, at=at
        )
    return moment
