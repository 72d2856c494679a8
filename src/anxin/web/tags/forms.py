"""Tags for forms: a field with all its words, what is wrong with a form, the key that guards against double sending."""

from __future__ import annotations

import uuid
from typing import Any

from django import template
from django.forms import BaseForm, BoundField
from django.template.context import Context
from django.utils.html import format_html
from django.utils.safestring import SafeString

from anxin.accounts import public as accounts
from anxin.accounts.values import ASKED, CONSENT_FIELD, Purpose
from anxin.kit import kept
from anxin.web import fields

register = template.Library()


@register.simple_tag(takes_context=True)
def idempotency(context: Context, *, fresh: bool = False) -> SafeString:
    """{% idempotency %} in every POST form: a new key, or the one sent when the form comes back with errors.

    `fresh` where the form comes back because it was only looked at: that key has its answer, the next step needs one.
    """
    request: Any = context.get("request")
    sent = request.POST.get("idempotency_key", "") if request is not None and request.method == "POST" else ""
    # Only the first form of a page may keep the key: two forms under one key would refuse each other.
    if not fresh and 8 <= len(sent) <= 100 and not getattr(request, "key_kept", False):
        request.key_kept = True
        key = sent
    else:
        key = str(uuid.uuid4())
    person = getattr(getattr(request, "actor", None), "person_id", None)
    # Who was signed out meanwhile finds the form again; nobody else does.
    whose = (
        format_html('<input type="hidden" name="{}" value="{}">', kept.FIELD, kept.mark_of(person))
        if person
        else ""
    )
    return format_html('<input type="hidden" name="idempotency_key" value="{}">{}', key, whose)


@register.inclusion_tag("web/components/field.html")
def field(bound: BoundField, kind: str = "", label: str = "", help: str = "", **extra: Any) -> dict[str, Any]:
    """{% field form.phone kind="phone" %}: label, control, help, errors, tied together for screen readers.

    kind is guessed from the widget; say it for phone, money, code, search, inline, list, stars. before="", after=""
    put words inside the control; suggestions=list adds a datalist; everything else becomes an attribute.
    """
    before, after = extra.pop("before", ""), extra.pop("after", "")
    context = fields.prepare(bound, kind, label, help, extra)
    return context | {"before": before or ("¥" if context["kind"] == "money" else ""), "after": after}


@register.inclusion_tag("web/components/signature.html")
def signature(
    name: str = "signature",
    value: str = "",
    words: str = "",
    required: bool = True,
    typed: BoundField | None = None,
) -> dict[str, Any]:
    """{% signature "drawn" value=form.drawn.value typed=form.written %}: a drawing as a PNG data address (js/sign.js).

    `typed` is the way for those who cannot draw: no script, no pointer, no steady hand.
    """
    return {"name": name, "value": value or "", "words": words, "required": required, "typed": typed}


@register.inclusion_tag("web/components/scanner.html")
def scanner(name: str = "scanned", auto: bool = False) -> dict[str, Any]:
    """{% scanner "scanned" %} inside a form: camera or a photo fills the field and sends the form; needs js/scan.js.

    Put a field to type the number beneath it: that is what works without a camera and without JavaScript.
    """
    return {"name": name, "auto": auto}


@register.inclusion_tag("web/components/form_errors.html")
def form_errors(form: BaseForm, *more: BaseForm) -> dict[str, Any]:
    """{% form_errors form %}: what is wrong, on top, each line a link to its field. Nothing when all is well."""
    rows: list[dict[str, Any]] = []
    for one in (form, *more):
        if not one or not one.is_bound:
            continue
        rows += [{"bound": None, "text": text} for text in one.non_field_errors()]
        rows += [
            {"bound": one[name], "text": text} for name in one.fields for text in fields.words_of(one[name])
        ]
    return {"rows": rows}


@register.inclusion_tag("web/components/consent.html", takes_context=True)
def consent_box(context: Context, purpose: str, needed: bool = True) -> dict[str, Any]:
    """{% consent_box "location" needed=False %}: a consent where what it is about arises, to be ticked by the reader.

    Nothing is ticked beforehand; who agreed to the present text before is told so. `needed`: without it this form
    is not taken. The page reads it by accounts.public.ticked.
    """
    asked, request = ASKED[Purpose(purpose)], context["request"]
    name = CONSENT_FIELD + purpose
    person = request.actor.person_id
    return {
        "asked": asked, "name": name, "needed": needed,
        "given": bool(person) and accounts.consented(person, asked.purpose),
        "ticked": request.POST.get(name) == str(asked.now.version),
    }  # fmt: skip
