"""Matching for programs: the same actions as the pages."""

from ninja import Router

from anxin.matching.api import choosing

router = Router()
router.add_router("", choosing.router)
