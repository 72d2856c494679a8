"""A form field made ready for its template: which control it is, its ids, its words."""

from __future__ import annotations

from typing import Any

from django import forms
from django.forms import BoundField

CHOICES = {
    "cards": "radio",
    "list": "radio",
    "inline": "radio",
    "checks": "checkbox",
    "stars": "radio",
}
INPUT = {
    "phone": {"type": "tel", "inputmode": "numeric", "autocomplete": "tel-national", "maxlength": "11"},
    "money": {"inputmode": "decimal", "autocomplete": "off"},
    "code": {"inputmode": "numeric", "autocomplete": "one-time-code", "maxlength": "6", "pattern": "[0-9]*"},
    "number": {"inputmode": "numeric"},
    "date": {"type": "date"},
    "time": {"type": "time"},
    "datetime": {"type": "datetime-local"},
    "search": {"type": "search", "enterkeyhint": "search"},
}


def kind_of(bound: BoundField) -> str:
    """What kind of control a field's widget calls for."""
    widget = bound.field.widget
    for kinds, name in (
        (forms.CheckboxSelectMultiple, "checks"),
        (forms.RadioSelect, "cards"),
        (forms.CheckboxInput, "check"),
        (forms.FileInput, "file"),
        (forms.Select, "select"),
        (forms.Textarea, "textarea"),
        (forms.DateTimeInput, "datetime"),
        (forms.DateInput, "date"),
        (forms.TimeInput, "time"),
        (forms.NumberInput, "number"),
    ):
        if isinstance(widget, kinds):
            return name
    return "text"


def prepare(bound: BoundField, kind: str, label: str, help: str, extra: dict[str, Any]) -> dict[str, Any]:
    """The context of components/field.html. `extra` becomes attributes of the control (under_score → dash)."""
    kind = kind or kind_of(bound)
    base = bound.auto_id or bound.html_name
    help = help or str(bound.help_text)
    errors = list(bound.errors)
    described = [f"{base}_helptext"] * bool(help) + [f"{base}_error"] * bool(errors)
    attrs: dict[str, Any] = {
        name.replace("_", "-"): value for name, value in extra.items() if value not in ("", None)
    }
    if described:
        attrs["aria-describedby"] = " ".join(described)
    if errors:
        attrs["aria-invalid"] = "true"
    context = {
        "bound": bound,
        "base": base,
        "kind": kind,
        "label": label or bound.label,
        "help": help,
        "errors": errors,
        "required": bound.field.required,
        "described": attrs.get("aria-describedby", ""),
        "group": kind in CHOICES,
    }
    if kind in CHOICES:
        return context | {"options": _options(bound, CHOICES[kind])}
    return context | {"control": bound.as_widget(attrs=_attrs(bound, kind) | attrs)}


def _attrs(bound: BoundField, kind: str) -> dict[str, Any]:
    if kind == "check":
        return {}
    if kind == "file":
        return {"data-preview": True}
    attrs: dict[str, Any] = {"class": "form-select" if kind == "select" else "form-control"}
    attrs |= INPUT.get(kind, {})
    if kind == "code":
        attrs["class"] += " ax-code-input"
    if kind == "textarea":
        attrs["rows"] = bound.field.widget.attrs.get("rows", "3")
    if kind in ("date", "time", "datetime"):
        # Browsers take ISO values only, whatever the reader's language.
        widget: Any = bound.field.widget
        widget.format = {"date": "%Y-%m-%d", "time": "%H:%M", "datetime": "%Y-%m-%dT%H:%M"}[kind]
    return attrs


def _options(bound: BoundField, kind: str) -> list[dict[str, Any]]:
    """Choices as plain rows: {type, name, value, id, label, note, checked, disabled, required}.

    What follows a line break in a label is its note, shown in small type beneath.
    """
    options = []
    for widget in bound.subwidgets:
        data = widget.data
        words, _, note = str(data["label"]).partition("\n")
        options.append(
            {
                "type": kind,
                "name": data["name"],
                "value": data["value"],
                "id": data["attrs"].get("id", ""),
                "label": words,
                "note": note,
                "checked": data["selected"],
                "disabled": data["attrs"].get("disabled", False),
                "required": bound.field.required and kind == "radio",
            }
        )
    return [option for option in options if option["value"] != "" or kind != "radio"]
