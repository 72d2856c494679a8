"""Where the channel tells us what happened. Its signature is its only sign-in; nothing else is asked or believed."""

from __future__ import annotations

from django.http import HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt

from anxin.kit import clock
from anxin.kit.access import PUBLIC, Request, page
from anxin.payments import actions
from anxin.payments.values import Outcome

LONGEST = 64 * 1024
REFUSED = {Outcome.FORGED: 401, Outcome.UNKNOWN: 404, Outcome.MISMATCH: 400}


@csrf_exempt
@page(PUBLIC, methods=("POST",), replay=False)
def wechatpay(request: Request) -> HttpResponse:
    """Take a notice: 204 when it is heard (the channel stops repeating), else the channel's own form of refusal."""
    length = request.headers.get("Content-Length") or "0"
    if not (length.isascii() and length.isdigit()) or len(length) > 9 or int(length) > LONGEST:
        return JsonResponse({"code": "FAIL", "message": "too long"}, status=413)
    if request.content_type != "application/json":
        return JsonResponse({"code": "FAIL", "message": "not JSON"}, status=415)
    outcome = actions.take_notice(
        headers=dict(request.headers),
        body=request.body,
        address=request.META.get("REMOTE_ADDR", ""),
        at=clock.now(),
    )
    if outcome in REFUSED:
        return JsonResponse({"code": "FAIL", "message": str(outcome)}, status=REFUSED[outcome])
    return HttpResponse(status=204)
