"""Workers for programs."""

from ninja import Router

from anxin.workers.api import archive, people

router = Router(tags=["workers"])
for part in (archive, people):
    router.add_router("", part.router)
