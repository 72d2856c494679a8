"""The one rule for names that a write does not know: it is refused, and nothing is done.

Passed over in silence, a misspelt `seen_total_fen` would take its guard away from whoever relied on it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cache, wraps
from types import UnionType
from typing import Annotated, Any, ClassVar, Literal, Union, get_args, get_origin

from django.http import HttpRequest, HttpResponseBase
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from ninja.operation import Operation
from pydantic import BaseModel

from anxin.kit.errors import Invalid, Malformed, Refusal

View = Callable[..., HttpResponseBase]
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
# As many unknown names are told, and as much of each.
_TOLD, _LENGTH = 5, 60


class NameUnknown(Invalid):
    """`field` is the first of the names, as the caller sent it."""

    code = "name_unknown"
    message: ClassVar[str | Promise] = _(
        "接口说明中没有这些名称：%(names)s。这一步没有办成；请核对拼写，或删去后重新发送。"
    )


def known(run: View) -> View:
    """Let an operation that writes run only with names that it knows: in the address, in JSON, in a form, of files."""
    operation: Operation = run.__self__  # type: ignore[attr-defined]
    if set(operation.methods) <= SAFE:
        return run

    @wraps(run)
    def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            names = [name[:_LENGTH] for name in _unknown(request, operation)]
            if names:
                raise NameUnknown(names[0], names="、".join(names[:_TOLD]))
        except Refusal as refusal:
            return operation.api.on_exception(request, refusal)
        return run(request, *args, **kwargs)

    return inner


def _unknown(request: HttpRequest, operation: Operation) -> list[str]:
    models = {str(one.__ninja_param_source__): one for one in operation.models}
    found = [name for name in request.GET if name not in _sent(models, "query")]
    if request.content_type == "multipart/form-data":
        # With files beside it, a part of the form may hold a whole body as JSON.
        form = _sent(models, "form") | _sent(models, "body")
        found += [name for name in request.POST if name not in form]
        return found + [name for name in request.FILES if name not in _sent(models, "file")]
    if not request.body:
        return found
    try:
        body = operation.api.parser.parse_body(request)
    except ValueError as error:
        raise Malformed from error
    if "body" not in models:
        return found + (list(body) if isinstance(body, dict) else [])
    single = getattr(models["body"], "__read_from_single_attr__", None)
    form = models["body"].model_fields[single].annotation if single else models["body"]
    return found + list(strange(body, form))


def _sent(models: Mapping[str, Any], source: str) -> set[str]:
    """The names in which a source brings the parameters of an operation."""
    model = models.get(source)
    if model is None:
        return set()
    return set(getattr(model, "__ninja_flatten_map__", None) or _fields(model))


def strange(sent: Any, *forms: Any, place: str = "") -> Iterator[str]:
    """The names in what was sent that none of its possible forms knows, each with its place: `lines.0.colour`."""
    forms = tuple(one for form in forms for one in _alternatives(form))
    if isinstance(sent, list):
        inside = [get_args(one)[0] for one in forms if get_origin(one) in (list, tuple, set, frozenset)]
        for number, one in enumerate(sent if inside else []):
            yield from strange(one, *inside, place=f"{place}{number}.")
    models = [one for one in forms if isinstance(one, type) and issubclass(one, BaseModel)]
    if not isinstance(sent, dict) or not models:
        return
    models = [one for one in models if _of_that_kind(one, sent)] or models
    for name, value in sent.items():
        having = [_fields(one)[name] for one in models if name in _fields(one)]
        if having:
            yield from strange(value, *having, place=f"{place}{name}.")
        else:
            yield place + name


@cache
def _fields(model: type[BaseModel]) -> dict[str, Any]:
    return {field.alias or name: field.annotation for name, field in model.model_fields.items()}


def _of_that_kind(model: type[BaseModel], sent: dict[str, Any]) -> bool:
    """Whether it is this one of several forms, which one word, their kind, tells apart."""
    kinds = {name: get_args(form) for name, form in _fields(model).items() if get_origin(form) is Literal}
    return all(sent.get(name) in words for name, words in kinds.items())


def _alternatives(form: Any) -> list[Any]:
    """What a value may be: the members of a union, each without its annotations."""
    if get_origin(form) is Annotated:
        return _alternatives(get_args(form)[0])
    if get_origin(form) in (Union, UnionType):
        return [one for member in get_args(form) for one in _alternatives(member)]
    return [form]
