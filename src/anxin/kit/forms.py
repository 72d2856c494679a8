"""Forms and refusals: what an action refused is told beside the field it concerns, and what was typed stays."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django import forms
from django.forms import BaseForm
from django.http import HttpRequest, QueryDict
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _

from anxin.kit.errors import Refusal
from anxin.kit.models import uuid_or_none

DONE = 303


def sent(request: HttpRequest) -> QueryDict | None:
    """What binds a form: what was posted, even if nothing was; None while the form is only asked for."""
    return request.POST if request.method == "POST" else None


def attempt(form: BaseForm, act: Callable[[], object]) -> int:
    """Do what a bound form asks: DONE, or the status of the page that shows the form again with what is wrong.

    200 for a form that nobody sent yet.
    """
    if not form.is_bound:
        return 200
    if not form.is_valid():
        return 422
    try:
        act()
    except Refusal as refusal:
        tell(form, refusal)
        return refusal.status
    return DONE


def tell(form: BaseForm, refusal: Refusal) -> None:
    """Put a refusal on a bound form: at its field if the form has that field, else on top."""
    field = refusal.field if refusal.field in form.fields else None
    form.add_error(field, str(refusal))


@dataclass(frozen=True)
class Resumed:
    """A file that came in parts before the form was sent; the form names it instead of bringing it."""

    upload_id: UUID


@dataclass(frozen=True)
class Chosen:
    """A file that a refused form brought: it waits for the form to be sent again."""

    upload_id: str
    name: str


def chosen(form: BaseForm, name: str) -> list[Chosen]:
    """The files of a refused form's field that wait."""
    waiting: dict[str, list[Chosen]] = getattr(form, "chosen", {})
    return waiting.get(name, [])


class UploadInput(forms.FileInput):
    """A file chosen in the form, or the number of an upload that a script has finished."""

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        given = uuid_or_none(data.get(f"{name}-upload", ""))
        return files.get(name) or (Resumed(given) if given else None)

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return name not in files and f"{name}-upload" not in data


class UploadField(forms.FileField):
    """A file that is sent in parts and resumed where scripts run, and with the form where they do not.

    `kind` is the kind of upload. The cleaned value is an uploaded file or a `Resumed`; `files.store` takes either.
    """

    widget = UploadInput

    def __init__(self, *, kind: str, **options: Any) -> None:
        super().__init__(**options)
        self.kind = kind
        self.widget.attrs |= {
            "data-resume": reverse_lazy("files:uploads"),
            "data-kind": kind,
            "data-words-sending": _("正在上传"),
            "data-words-broken": _("网络断了，联网后会接着上传。"),
        }

    def to_python(self, data: Any) -> Any:
        return data if isinstance(data, Resumed) else super().to_python(data)


class UploadsInput(UploadInput):
    """Several files at once, each chosen in the form or sent before."""

    allow_multiple_selected = True

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        given = [uuid_or_none(one) for one in data.getlist(f"{name}-upload")]
        return files.getlist(name) + [Resumed(one) for one in given if one]


class UploadsField(UploadField):
    """Several files in one field; the cleaned value is a list of what UploadField gives."""

    widget = UploadsInput

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        if not data:
            super().clean(None, initial)
        return [super(UploadsField, self).clean(one, initial) for one in data or ()]


class SigningForm(forms.Form):
    """A signature: drawn by hand, or the signer's name typed."""

    drawn = forms.CharField(widget=forms.HiddenInput, required=False)
    written = forms.CharField(label=_("或者输入您的姓名来签名"), max_length=60, required=False)

    def clean_written(self) -> str:
        written = str(self.cleaned_data["written"])
        if not written and not self.cleaned_data.get("drawn"):
            raise forms.ValidationError(_("请手写签名，或者输入您的姓名。"))
        return written
