"""The safety code for programs."""

from ninja import Router

from anxin.safetycode.api import applications, asks, cards, care, checks, codes, exams, filings

router = Router()
for part in (codes, cards, asks, applications, exams, filings, checks, care):
    router.add_router("", part.router)
