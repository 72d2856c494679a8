"""Addresses for machines that watch over the house."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpResponse, JsonResponse
from prometheus_client import CONTENT_TYPE_LATEST

from anxin.config.operations import figures, health
from anxin.kit import clock
from anxin.kit.access import PUBLIC, Request, from_networks, page
from anxin.kit.network import inside


@page(PUBLIC)
def ready(request: Request) -> HttpResponse:
    """200 when requests may be sent here, else 503. What is wrong is told to the operator's networks only."""
    checks = health.look(clock.now())
    fine = health.ready(checks)
    answer: dict[str, object] = {"ready": fine}
    if inside(request.actor.address, settings.ANXIN_METRICS_NETWORKS):
        answer["checks"] = {check.name: check.words for check in checks}
    return JsonResponse(answer, status=200 if fine else 503)


@page(from_networks("ANXIN_METRICS_NETWORKS"))
def metrics(request: Request) -> HttpResponse:
    """Figures in the text format of Prometheus."""
    return HttpResponse(figures.exposition(), content_type=CONTENT_TYPE_LATEST)
