"""Matching for programs: the same actions as the pages."""

from ninja import Router

from anxin.matching.api import batch, choosing, credit, dayplan, rolling, weights, words

router = Router()
router.add_router("", choosing.router)
router.add_router("", batch.router)
router.add_router("", credit.router)
router.add_router("", dayplan.router)
router.add_router("", rolling.router)
router.add_router("", weights.router)
router.add_router("", words.router)
