"""What went out by SMS, for the operator: to whom (masked), which template, and whether it arrived at the provider."""

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render

from anxin.kit.access import Request, holds, page
from anxin.messaging import queries


@page(holds("operator.desk"))
def outbox(request: Request) -> HttpResponse:
    """The newest messages with their state."""
    context = {
        "messages_out": queries.recent(),
        "counts": queries.counts(),
        "screens": f"{settings.ANXIN_SIMULATOR_URL}/sms/" if settings.ANXIN_DEMO else "",
    }
    return render(request, "messaging/outbox.html", context)
