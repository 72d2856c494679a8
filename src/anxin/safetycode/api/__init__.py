"""The safety code for programs."""

from ninja import Router

from anxin.safetycode.api import applications, codes

router = Router()
for part in (codes, applications):
    router.add_router("", part.router)
