"""Accounts for programs: tokens, who am I, posts, real name, staff."""

from ninja import Router

from anxin.accounts.api import me, sign_in, staff

router = Router()
for part in (sign_in, me, staff):
    router.add_router("", part.router)
