"""The safety code for programs."""

from ninja import Router

from anxin.safetycode.api import (
    appeals,
    applications,
    asks,
    cards,
    care,
    checks,
    claims,
    codes,
    exams,
    filings,
)

router = Router()
for part in (codes, cards, asks, applications, appeals, exams, filings, checks, care, claims):
    router.add_router("", part.router)
