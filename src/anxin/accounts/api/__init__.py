"""Accounts for programs: tokens, who am I, posts, real name, staff."""

from ninja import Router

from anxin.accounts.api import factors, me, sign_in, staff

router = Router()
for part in (sign_in, me, factors, staff):
    router.add_router("", part.router)
