"""Orders for programs: the same actions as the pages."""

from ninja import Router

from anxin.orders.api import demands, oversight, visits

router = Router()
router.add_router("", demands.router)
router.add_router("", visits.router)
router.add_router("", oversight.router)
