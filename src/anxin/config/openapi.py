"""What the document of the interface says beyond its operations: who may call, and how every refusal is told."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

from django.conf import settings
from ninja import NinjaAPI, Schema
from ninja.openapi.schema import OpenAPISchema
from ninja.operation import Operation
from pydantic import Field

from anxin.kit.access import PUBLIC, UNSAFE

JSON = "application/json"
REFERENCE = "#/components/schemas/"
NAME = "Refused"
# A program sends a token, the product's own pages the browser's cookie.
SCHEMES = {
    "token": {"type": "http", "scheme": "bearer", "description": "An access token of /sign-in/tokens."},
    "browser": {
        "type": "apiKey",
        "in": "cookie",
        "name": settings.SESSION_COOKIE_NAME,
        "description": "The browser's sign-in; writes also bring X-CSRFToken.",
    },
}
REASONS = {
    400: "The request cannot be read.",
    401: "Nobody is signed in, or the access token is not valid.",
    403: "The person, post or token may not do this.",
    404: "It does not exist, or is not for the caller to see.",
    411: "The body comes without its length.",
    413: "The body is too large.",
    415: "The body is neither JSON in UTF-8 nor, for files, a form.",
    409: "Things are no longer, or not yet, as the request takes for granted.",
    410: "It has run out; a new one is needed.",
    422: "What was sent does not fit; `field` names what it concerns.",
    429: "Too often; wait a little.",
    503: "Something that this needs does not answer just now; the same request may be sent again.",
}
KEY = {
    "in": "header",
    "name": "Idempotency-Key",
    "required": False,
    "description": "Chosen by the caller; the same write with the same key is done once and answered alike.",
    "schema": {"type": "string", "pattern": "^[!-~]{8,100}$"},
}


class Problem(Schema):
    """One thing that does not fit the form of the request."""

    field: str
    problem: str


class Refused(Schema):
    """How every refusal is told."""

    code: str = Field(description="What programs go by.")
    message: str = Field(description="What people read.")
    field: str | None = Field(description="The part of the request that it concerns.")
    request_id: str = Field(description="Names this request to the operator.")
    problems: list[Problem] | None = Field(None, description="Each part that does not fit, when malformed.")


class Document(OpenAPISchema):
    """The document that ninja makes, with refusals, access and the idempotency key added to every operation.

    Two areas may name different forms alike; then the later one carries its area's name, where ninja would let it
    take the place of the first.
    """

    def __init__(self, api: NinjaAPI, path_prefix: str) -> None:
        self._area = ""
        self._names: dict[str, str] = {}
        self._whole: dict[str, str] = {}
        super().__init__(api, path_prefix)
        _close(self["paths"], self["components"]["schemas"])

    def _create_schema_from_model(self, *args: Any, **options: Any) -> tuple[dict[str, Any], bool]:
        self._names = {}
        schema, required = super()._create_schema_from_model(*args, **options)
        return _renamed(schema, self._names), required

    def add_schema_definitions(self, definitions: dict[str, Any]) -> None:
        """Keep forms of a model under names of their own."""
        for name in definitions:
            whole = json.dumps(_whole(name, definitions), sort_keys=True, default=str)
            choices = [name, f"{self._area}{name}", *(f"{self._area}{name}{n}" for n in range(2, 10))]
            chosen = next(one for one in choices if self._whole.setdefault(one, whole) == whole)
            self._names[name] = chosen
        for name, schema in definitions.items():
            self.schemas[self._names[name]] = _renamed(schema, self._names)

    def operation_details(self, operation: Operation) -> dict[str, Any]:
        self._area = operation.view_func.__module__.split(".")[1].capitalize()
        found: dict[str, Any] = super().operation_details(operation)
        rule = getattr(operation.view_func, "rule", PUBLIC)
        unsafe = bool(UNSAFE & set(operation.methods))
        named = any(one["in"] == "path" for one in found["parameters"])
        sent = bool(found["parameters"]) or "requestBody" in found
        statuses = [400, 401, 403, 429, 503]
        own = rule is not PUBLIC
        statuses += [404] if named or unsafe or own else []
        statuses += [409] if unsafe or own else []
        statuses += [410] if unsafe else []
        statuses += [422] if sent or unsafe else []
        statuses += [411, 413, 415] if "requestBody" in found else []
        for status in sorted(statuses):
            _also_refused(found["responses"], status)
        if unsafe and getattr(operation.view_func, "replay", True):
            found["parameters"].append(KEY)
        found["security"] = [{name: []} for name in SCHEMES]
        if not own:
            found["security"].append({})
        found["x-rule"] = rule.name
        return found

    def get_components(self) -> dict[str, Any]:
        components: dict[str, Any] = super().get_components()
        refused = Refused.model_json_schema(ref_template=REFERENCE + "{model}")
        components.setdefault("schemas", {}).update(refused.pop("$defs") | {NAME: refused})
        components["securitySchemes"] = SCHEMES
        return components


def _also_refused(responses: dict[int, Any], status: int) -> None:
    """A refusal of this status, beside what the operation itself may say with it."""
    refused: dict[str, Any] = {"$ref": REFERENCE + NAME}
    own = responses.get(status, {}).get("content", {}).get(JSON)
    if own:
        refused = {"anyOf": [own["schema"], refused]}
    responses[status] = {"description": REASONS[status], "content": {JSON: {"schema": refused}}}


def _renamed(schema: Any, names: dict[str, str]) -> Any:
    """A form with its references renamed."""
    if isinstance(schema, dict):
        return {
            key: REFERENCE + names.get(value.removeprefix(REFERENCE), value.removeprefix(REFERENCE))
            if key == "$ref" and isinstance(value, str)
            else _renamed(value, names)
            for key, value in schema.items()
        }
    return [_renamed(one, names) for one in schema] if isinstance(schema, list) else schema


def _close(paths: dict[str, Any], schemas: dict[str, Any]) -> None:
    """Say of every form that a write sends, and of the forms inside it, that it knows no further names."""
    waiting = [
        found["requestBody"]
        for operations in paths.values()
        for method, found in operations.items()
        if method.upper() in UNSAFE and "requestBody" in found
    ]
    closed = set()
    while waiting:
        one = waiting.pop()
        if isinstance(one, dict):
            if "properties" in one and one.get("type") == "object":
                one.setdefault("additionalProperties", False)
            name = one.get("$ref")
            if isinstance(name, str) and name not in closed:
                closed.add(name)
                waiting.append(schemas[name.removeprefix(REFERENCE)])
            waiting.extend(one.values())
        elif isinstance(one, list):
            waiting.extend(one)


def _whole(name: str, definitions: dict[str, Any], above: tuple[str, ...] = ()) -> Any:
    """A form with what it refers to put in place, so that two can be compared."""

    def inside(found: Any) -> Any:
        if isinstance(found, dict):
            named = str(found.get("$ref", "")).removeprefix(REFERENCE)
            if named in definitions and named not in above:
                return _whole(named, definitions, (*above, name))
            return {key: inside(value) for key, value in found.items()}
        return [inside(one) for one in found] if isinstance(found, list) else found

    return inside(definitions[name])


class Api(NinjaAPI):
    """The JSON API with the fuller document, which is made once: it takes half a second, and anybody may ask for it."""

    def get_openapi_schema(
        self, *, path_prefix: str | None = None, path_params: dict[str, Any] | None = None
    ) -> OpenAPISchema:
        return _document(self, self.get_root_path(path_params or {}) if path_prefix is None else path_prefix)


@cache
def _document(api: Api, path_prefix: str) -> Document:
    return Document(api, path_prefix)
