"""The first page, and the sign of life."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render

from anxin.kit.access import PUBLIC, Request, page


@page(PUBLIC)
def home(request: Request) -> HttpResponse:
    return render(request, "web/home.html")


@page(PUBLIC)
def health(request: Request) -> HttpResponse:
    return HttpResponse("ok", content_type="text/plain")
