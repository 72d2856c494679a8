"""Orders for programs: the same actions as the pages."""

from ninja import Router

from anxin.orders.api import apart, demands, oversight, visits

router = Router()
# Before the orders: /apart/ is no order's number.
router.add_router("", apart.router)
router.add_router("", demands.router)
router.add_router("", visits.router)
router.add_router("", oversight.router)
