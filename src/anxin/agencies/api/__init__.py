"""The API of agencies: open reads, the agency's own writes, the operator's decisions."""

from ninja import Router

from anxin.agencies.api import desk, open, operator

router = Router()
for part in (open, desk, operator):
    router.add_router("", part.router)

__all__ = ["router"]
