"""The safety code for programs."""

from ninja import Router

from anxin.safetycode.api import codes

router = Router()
for part in (codes,):
    router.add_router("", part.router)
