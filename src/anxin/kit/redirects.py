"""Where to go after a write: post, redirect, get; and never to somebody else's site."""

from __future__ import annotations

from django.http import HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme

from anxin.kit.access import Request


def see_other(target: str) -> HttpResponse:
    """303: the browser fetches `target`, and a reload repeats nothing."""
    return HttpResponseRedirect(target, status=303)


def next_of(request: Request, default: str = "/") -> str:
    """The address in `next` (form or query) if it is one of our own, else `default`."""
    return ours(request, request.POST.get("next") or request.GET.get("next") or default, default)


def ours(request: Request, target: str, default: str) -> str:
    """`target` if it is one of our own addresses, else `default`."""
    allowed = url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure())
    # With no host behind them two slashes lead nowhere: Django lets them pass, a browser does not.
    return target if allowed and not target.replace("\\", "/").startswith("//") else default
