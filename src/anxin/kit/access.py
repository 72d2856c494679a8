"""Rules of who may call what. Every page and every API operation carries one; a test refuses those that do not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial, wraps
from typing import Any, TypeVar
from urllib.parse import urlencode
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseNotAllowed, JsonResponse
from django.middleware.csrf import CsrfViewMiddleware
from django.shortcuts import redirect, render
from django.urls import reverse
from django_htmx.http import HttpResponseClientRedirect, trigger_client_event
from django_htmx.middleware import HtmxDetails
from ninja.decorators import decorate_view

from anxin.kit import clock, kept, names
from anxin.kit.actor import Actor
from anxin.kit.errors import (
    AsOneself,
    CrossSite,
    Forbidden,
    NotFound,
    RealNameNeeded,
    Refusal,
    ScopeMissing,
    SignInNeeded,
    StepUpNeeded,
    TooMany,
)
from anxin.kit.network import inside

UNSAFE = frozenset({"POST", "PUT", "PATCH", "DELETE"})


class Request(HttpRequest):
    """What our middleware makes of a request.

    `scopes` are those of the bearer token that came with it, None when the browser's cookie says who acts;
    `sign_in_id` is the sign-in behind either, `appointment_id` the post in which the actor acts. `once` runs the
    write under the key that came with it, None without one.
    """

    actor: Actor
    htmx: HtmxDetails
    request_id: str
    scopes: frozenset[str] | None
    sign_in_id: UUID | None
    appointment_id: UUID | None
    once: Callable[[Callable[[], HttpResponseBase]], HttpResponseBase] | None


@dataclass(frozen=True)
class Rule:
    """`name` is what the permission table shows; `check` returns the refusal, or None.

    `base` is the rule without the fresh proof that this one asks for as well; None if it asks for none.
    """

    name: str
    check: Callable[[Actor], type[Refusal] | None]
    base: Rule | None = None

    def on(self, method: str, methods: tuple[str, ...]) -> Rule:
        """The rule for one method of a page: where a page is looked at and written to, looking asks no fresh proof."""
        return self.base if self.base and method not in UNSAFE and UNSAFE & set(methods) else self


def _signed_in(actor: Actor) -> type[Refusal] | None:
    return None if actor.person_id else SignInNeeded


def _as_oneself(actor: Actor) -> type[Refusal] | None:
    return AsOneself if actor.organisation_id else _signed_in(actor)


def _verified(actor: Actor) -> type[Refusal] | None:
    return None if actor.verified else (_signed_in(actor) or RealNameNeeded)


PUBLIC = Rule("public", lambda actor: None)
SIGNED_IN = Rule("signed in", _signed_in)
ONESELF = Rule("as oneself", _as_oneself)
VERIFIED = Rule("verified", _verified)
DEMO_ONLY = Rule("demo only", lambda actor: None if settings.ANXIN_DEMO else NotFound)


def holds(permission: str) -> Rule:
    """The actor's present post must hold `permission`."""
    return Rule(
        permission,
        lambda actor: None if actor.holds(permission) else (_signed_in(actor) or Forbidden),
    )


def any_of(*rules: Rule) -> Rule:
    """One of the rules is enough."""

    def check(actor: Actor) -> type[Refusal] | None:
        refusals = [rule.check(actor) for rule in rules]
        return None if None in refusals else refusals[-1]

    return Rule(" | ".join(rule.name for rule in rules), check)


def fresh(rule: Rule) -> Rule:
    """What is grave (seals, money, unmasking, exports): besides `rule`, a proof of the last five minutes who acts."""

    def check(actor: Actor) -> type[Refusal] | None:
        return rule.check(actor) or (None if actor.fresh or actor.is_system else StepUpNeeded)

    return Rule(rule.name, check, base=rule)


def prove_first(actor: Actor) -> None:
    """For a page of which only a part is grave (the export of a list): StepUpNeeded without a fresh proof."""
    if not (actor.fresh or actor.is_system):
        raise StepUpNeeded


def from_networks(setting: str) -> Rule:
    """The request must come from one of the networks that `setting` names; from elsewhere there is nothing here."""

    def check(actor: Actor) -> type[Refusal] | None:
        return None if inside(actor.address, getattr(settings, setting)) else NotFound

    return Rule(f"from {setting}", check)


def require(rule: Rule, actor: Actor) -> None:
    """Raise the rule's refusal, if it has one for this actor."""
    if refusal := rule.check(actor):
        raise refusal


View = Callable[..., HttpResponseBase]
Operation = TypeVar("Operation", bound=Callable[..., Any])


def page(rule: Rule, methods: tuple[str, ...] = ("GET",), *, replay: bool = True) -> Callable[[View], View]:
    """Make a view a page: its rule is checked, its methods are held to, and a refusal is told in words.

    `replay=False` leaves the view out of the replay guard (it then has its own idempotency).
    """
    allowed = {*methods, *(["HEAD"] if "GET" in methods else [])}

    def decorate(view: View) -> View:
        @wraps(view)
        def inner(request: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if request.method not in allowed:
                return HttpResponseNotAllowed(sorted(allowed))
            try:
                require(rule.on(request.method, methods), request.actor)
                return view(request, *args, **kwargs)
            except Refusal as refusal:
                return refuse(request, refusal)

        inner.rule = rule  # type: ignore[attr-defined]
        inner.methods = tuple(sorted(methods))  # type: ignore[attr-defined]
        inner.replay = replay  # type: ignore[attr-defined]
        return inner

    return decorate


def refuse(request: Request, refusal: Refusal) -> HttpResponse:
    """Tell a refusal: as JSON to a program, by the way to sign-in or real name, as a toast, else as a page."""
    response = _refused(request, refusal)
    if isinstance(refusal, TooMany):
        response.headers["Retry-After"] = str(refusal.retry_after)
    return response


def _refused(request: Request, refusal: Refusal) -> HttpResponse:
    if request.path.startswith("/api/"):
        return JsonResponse(refusal.told(request.request_id), status=refusal.status)
    if isinstance(refusal, (SignInNeeded, RealNameNeeded)) and not request.htmx:
        back = request.get_full_path() if request.method == "GET" else request.headers.get("Referer", "/")
        door = "accounts:sign_in" if isinstance(refusal, SignInNeeded) else "accounts:real_name"
        if kept.keep(request, back, clock.now().timestamp()):
            back = reverse("accounts:kept")
        return redirect(f"{reverse(door)}?{urlencode({'next': back})}")
    if request.htmx and not isinstance(refusal, StepUpNeeded):
        response = HttpResponse(status=refusal.status)
        return trigger_client_event(response, "toast", {"kind": "error", "text": str(refusal)})
    if isinstance(refusal, StepUpNeeded):
        return _to_step_up(request)
    context = {"refusal": refusal, "back": request.headers.get("Referer", "")}
    return render(request, "web/refused.html", context, status=refusal.status)


def _to_step_up(request: Request) -> HttpResponse:
    """To the page where one proves who one is, and back. (What a form holds, config's StepUp carries along.)"""
    back = request.get_full_path() if request.method == "GET" else request.headers.get("Referer", "/")
    target = f"{reverse('accounts:step_up')}?{urlencode({'next': back})}"
    return HttpResponseClientRedirect(target) if request.htmx else redirect(target)


def ruled(rule: Rule, *, reads: bool = False, replay: bool = True) -> Callable[[Operation], Operation]:
    """Give an API operation its rule. Place it below the router's decorator.

    It is checked before the body is read: who may not call learns nothing of its form. A bearer token must carry
    the scope read or write; a browser's cookie must bring the CSRF token to write. `reads`: it is posted only to
    keep what it asks for out of addresses, and the scope read is enough. `replay=False` leaves it out of the replay
    guard, which keeps the answer and holds one transaction around all of it: what hands out a secret, or speaks with
    somebody outside between two writes, is safe to repeat by itself.
    """

    def guard(run: View) -> View:
        @wraps(run)
        def inner(request: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:
            try:
                _guard_program(request, reads)
                require(rule, request.actor)
            except Refusal as refusal:
                return refuse(request, refusal)
            once = getattr(request, "once", None) if replay else None
            return once(partial(run, request, *args, **kwargs)) if once else run(request, *args, **kwargs)

        return inner

    def decorate(operation: Operation) -> Operation:
        # From the inside out: what may not be called tells nobody its names.
        decorate_view(names.known, guard)(operation)
        operation.rule = rule  # type: ignore[attr-defined]
        operation.replay = replay  # type: ignore[attr-defined]
        return operation

    return decorate


def _not_exempt(request: HttpRequest) -> HttpResponse:
    """Stands for the operation: ninja marks its own views exempt, and we want the check."""
    return HttpResponse()


def _guard_program(request: Request, reads: bool) -> None:
    """A token must carry the scope; a cookie alone, which any site can make a browser send, must bring CSRF's token."""
    unsafe = request.method in UNSAFE
    if request.scopes is not None:
        if ("write" if unsafe and not reads else "read") not in request.scopes:
            raise ScopeMissing
    elif unsafe and request.actor.person_id:
        check = CsrfViewMiddleware(lambda _: HttpResponse())
        if check.process_view(request, _not_exempt, (), {}) is not None:
            raise CrossSite
