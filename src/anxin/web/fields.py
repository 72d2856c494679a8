"""A form field made ready for its template: which control it is, its ids, its words."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms import BoundField
from django.utils.translation import gettext as _

from anxin.kit.forms import chosen

CHOICES = {
    "cards": "radio",
    "list": "radio",
    "inline": "radio",
    "checks": "checkbox",
    "stars": "radio",
}
INPUT = {
    "phone": {"inputmode": "numeric", "autocomplete": "tel-national", "maxlength": "11"},
    "money": {"inputmode": "decimal", "autocomplete": "off"},
    "code": {"inputmode": "numeric", "autocomplete": "one-time-code", "maxlength": "6", "pattern": "[0-9]*"},
    "number": {"inputmode": "numeric"},
    "search": {"enterkeyhint": "search"},
}
TYPES = {"phone": "tel", "date": "date", "time": "time", "datetime": "datetime-local", "search": "search"}
FORMATS = {"date": "%Y-%m-%d", "time": "%H:%M", "datetime": "%Y-%m-%dT%H:%M"}


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
    base = extra.get("id") or bound.auto_id or bound.html_name
    help = help or str(bound.help_text)
    errors = words_of(bound)
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
    _retype(bound.field.widget, kind)
    if kind == "file" and (waiting := chosen(bound.form, bound.name)):
        context["chosen"] = waiting
        attrs["required"] = False
    return context | {"control": bound.as_widget(attrs=_attrs(bound, kind) | attrs)}


def words_of(bound: BoundField) -> list[str]:
    """The errors of a field in words that say what to do: 请填写手机号, not 这个字段是必填项."""
    found = bound.form.errors.get(bound.name)
    if not found:
        return []
    return [_words(bound, error, text) for error, text in zip(found.as_data(), found, strict=True)]


def _words(bound: BoundField, error: ValidationError, text: Any) -> str:
    """Django's own words for what is missing or out of bounds name no field and sound like a machine."""
    named = {"label": bound.label, **(error.params or {})}
    own = str(error.message) == str(bound.field.error_messages.get(error.code or "", error.message))
    if _told_by_form(bound.field, error.code or ""):
        return str(text)
    if error.code == "required":
        return _missing(bound)
    if error.code == "min_value" and "limit_value" in named:
        return _("%(label)s不能小于 %(limit_value)s") % named
    if error.code == "max_value" and "limit_value" in named:
        return _("%(label)s不能大于 %(limit_value)s") % named
    if error.code == "max_decimal_places" and "max" in named:
        return _("%(label)s最多 %(max)s 位小数") % named
    if error.code == "max_length" and "limit_value" in named:
        return _("%(label)s最多 %(limit_value)s 个字，现在有 %(show_value)s 个") % named
    if error.code == "invalid" and own and isinstance(bound.field, forms.IntegerField | forms.DecimalField):
        return _("%(label)s请填写数字") % named
    if error.code == "invalid" and own and isinstance(bound.field, forms.DateField):
        return _("%(label)s请按年-月-日填写，比如 2026-03-22") % named
    return str(text)


def _told_by_form(field: forms.Field, code: str) -> bool:
    """Whether the form gave its field words of its own for this."""
    usual = (kind.__dict__.get("default_error_messages", {}).get(code) for kind in type(field).__mro__)
    return field.error_messages.get(code) is not next(filter(None, usual), None)


def _missing(bound: BoundField) -> str:
    kind = kind_of(bound)
    if kind == "check":
        return _("请先勾选：%(label)s") % {"label": bound.label}
    if kind == "file":
        return _("请上传%(label)s") % {"label": bound.label}
    if kind in {"select", "date", "time", "datetime"} or kind in CHOICES:
        return _("请选择%(label)s") % {"label": bound.label}
    return _("请填写%(label)s") % {"label": bound.label}


def _retype(widget: Any, kind: str) -> None:
    """Give the control its HTML type. Browsers take ISO dates only, whatever the reader's language."""
    if kind in TYPES and hasattr(widget, "input_type"):
        widget.input_type = TYPES[kind]
    if kind in FORMATS and hasattr(widget, "format"):
        widget.format = FORMATS[kind]


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
        # Django's own 10 rows push the next field off a phone's screen.
        rows = str(bound.field.widget.attrs.get("rows", "10"))
        attrs["rows"] = "3" if rows == "10" else rows
    return attrs


def _options(bound: BoundField, kind: str) -> list[dict[str, Any]]:
    """Choices as plain rows: {type, name, value, id, label, note, checked, disabled, required}.

    What follows a line break in a label is its note, shown in small type beneath.
    """
    options = []
    for widget in bound.subwidgets:
        data = widget.data
        words, _break, note = str(data["label"]).partition("\n")
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
