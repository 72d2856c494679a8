"""Forgetting by the clock."""

from datetime import datetime

from django.conf import settings

from anxin.accounts import actions
from anxin.kit.jobs import periodic


@periodic("accounts.forget_codes", cron="23 3 * * *")
def forget_codes(*, at: datetime) -> None:
    actions.forget_codes(at=at)


@periodic("accounts.forget_challenges", cron="17 * * * *")
def forget_challenges(*, at: datetime) -> None:
    actions.forget_challenges(at=at)
    actions.forget_links(at=at)


@periodic("accounts.forget_sign_ins", cron="29 3 * * *")
def forget_sign_ins(*, at: datetime) -> None:
    actions.forget_sign_ins(at=at)


@periodic("accounts.lapse_unused", cron="41 3 * * *")
def lapse_unused(*, at: datetime) -> None:
    # The demo's staff act without signing in: their posts only look unused.
    if not settings.ANXIN_DEMO:
        actions.lapse_unused(at=at)
