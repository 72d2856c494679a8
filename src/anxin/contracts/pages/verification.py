"""Anybody checks a contract: by its number, or by the file they have."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from anxin.contracts import queries
from anxin.contracts.engine.certificates import LABEL
from anxin.contracts.forms import FileForm, NumberForm
from anxin.contracts.pages.common import attachment, see_other
from anxin.kit import clock
from anxin.kit.access import PUBLIC, Request, page
from anxin.kit.errors import NotFound


@page(PUBLIC)
def verify(request: Request) -> HttpResponse:
    """Ask for a number or a file. `?number=` leads on to the contract's own page."""
    form = NumberForm(request.GET or None)
    if form.is_bound and form.is_valid():
        return see_other(reverse("contracts:record", args=[form.cleaned_data["number"]]))
    return render(request, "contracts/verify.html", {"form": form, "file_form": FileForm(), "ca": LABEL})


@page(PUBLIC)
def record(request: Request, number: str) -> HttpResponse:
    """What anybody may know of a signed contract; the stored file is verified anew for it."""
    found = queries.public_record(number.upper(), at=clock.now())
    context = {"record": found, "number": number, "file_form": FileForm(), "ca": LABEL}
    return render(request, "contracts/record.html", context, status=200 if found else 404)


# A file is compared and forgotten, so sending it twice does no harm, and the guard need not keep what it said.
@page(PUBLIC, methods=("POST",), replay=False)
def file(request: Request) -> HttpResponse:
    """Compare a file with what was signed, and check its signatures. The file is not kept."""
    form = FileForm(request.POST, request.FILES)
    verdict = None
    if form.is_valid():
        verdict = queries.check_file(form.cleaned_data["file"].read(), at=clock.now())
    context = {"form": NumberForm(), "file_form": form, "verdict": verdict, "ca": LABEL}
    return render(request, "contracts/verify.html", context, status=422 if form.errors else 200)


@page(PUBLIC)
def root(request: Request) -> HttpResponse:
    """The root certificate of the platform's own authority, for those who check with other software."""
    found = queries.root_certificate()
    if found is None:
        raise NotFound
    return attachment(found, "anxin-root.cer", "application/pkix-cert")


@page(PUBLIC)
def revoked(request: Request) -> HttpResponse:
    """The certificates of seals that were revoked, for other software; every seal's certificate names this address."""
    found = queries.revocation_list(clock.now())
    if found is None:
        raise NotFound
    return attachment(found, "anxin-revoked.crl", "application/pkix-crl")
