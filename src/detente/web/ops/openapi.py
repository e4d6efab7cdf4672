"""`/openapi.json`: every address of this workbench, what it asks and what it answers, made from the routes themselves."""

import re
from collections.abc import Iterable, Mapping
from inspect import getdoc
from typing import Any

from pydantic import TypeAdapter
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Mount, Route

from detente.core.version import __version__
from detente.web.openapi_route import OpenApiRoute
from detente.web.rendering.responses import ProvenanceFooter, json_response

_PATH_PARAMETER = re.compile(r"\{(\w+)(?::(\w+))?\}")
_PARAMETER_SCHEMAS: Mapping[str, Mapping[str, Any]] = {
    "number": {"type": "integer", "minimum": 1, "maximum": 999_999_999},
    "int": {"type": "integer", "minimum": 0},
    "float": {"type": "number", "minimum": 0},
}
ERROR_SCHEMA = {
    "type": "object",
    "required": ["error", "status"],
    "properties": {"error": {"type": "string"}, "status": {"type": "integer"}},
}


def build_openapi(routes: Iterable[BaseRoute]) -> dict[str, Any]:
    """The description (OpenAPI 3.1) of these routes.

    Pages are described by their dataclass where the route names one (`both(..., page=...)`).
    """
    paths: dict[str, dict[str, Any]] = {}
    schemas: dict[str, Any] = {
        "Error": ERROR_SCHEMA,
        "ProvenanceFooter": _build_schema(ProvenanceFooter, {}, "ProvenanceFooter"),
    }
    for route in routes:
        if isinstance(route, Route):
            path = _PATH_PARAMETER.sub(r"{\1}", route.path)
            for method in sorted((route.methods or set()) - {"HEAD"}):
                paths.setdefault(path, {})[method.lower()] = _build_operation(route, method, schemas)
        elif isinstance(route, Mount):
            # Files of ours: nothing to describe but that they are there.
            continue
    return {
        "openapi": "3.1.0",
        "info": {"title": "Détente, the workbench", "version": __version__, "description": API_DESCRIPTION},
        "paths": paths,
        "components": {"schemas": schemas},
    }


API_DESCRIPTION = (
    "Every page is HTML and, with `.json`, its data. Unknown numbers are null. Forms are sent as a browser sends them, with "
    "the session's cookie and an `Origin` or `Sec-Fetch-Site` header, and lead on by 303."
)


def _build_operation(route: Route, method: str, schemas: dict[str, Any]) -> dict[str, Any]:
    described = route if isinstance(route, OpenApiRoute) else None
    told = (getdoc(route.endpoint) or route.name).split("\n")[0]
    parameters = [
        {
            "name": name,
            "in": "path",
            "required": True,
            "schema": dict(_PARAMETER_SCHEMAS.get(kind, {"type": "string", "minLength": 1})),
        }
        for name, kind in _PATH_PARAMETER.findall(route.path)
    ]
    query = described.query if described and method == "GET" else {}
    parameters += [{"name": n, "in": "query", "description": t, "schema": {"type": "string"}} for n, t in query.items()]
    operation: dict[str, Any] = {
        "summary": told,
        "operationId": f"{method.lower()} {route.path}",
        "parameters": parameters,
    }
    twin = route.path.endswith(".json")
    if method == "GET":
        kind = "application/json" if twin else "*/*"
        operation["responses"] = {
            "200": {
                "description": "The page.",
                "content": {kind: {"schema": _build_response_schema(described, twin, schemas)}},
            }
        }
    else:
        operation["responses"] = {"303": {"description": "Done; the address to go on to is in `Location`."}}
        form = described.form if described else {}
        fields = {n: {"type": "string", "description": t} for n, t in form.items()}
        wanted = [n for n, t in form.items() if not t.startswith("optional")]
        body = {"type": "object", "properties": fields, "required": wanted}
        operation["requestBody"] = {"content": {"application/x-www-form-urlencoded": {"schema": body}}}
    error = {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}}
    operation["responses"]["default"] = {
        "description": "What could not be done, and what to do.",
        "content": error if twin else {},
    }
    return operation


def _build_response_schema(route: OpenApiRoute | None, twin: bool, schemas: dict[str, Any]) -> dict[str, Any]:
    if not twin:
        return {}
    known = [{"$ref": f"#/components/schemas/{_register_schema(p, schemas)}"} for p in (route.pages if route else ())]
    page = known[0] if len(known) == 1 else {"anyOf": known} if known else {"type": "object"}
    foot = {"anyOf": [{"$ref": "#/components/schemas/ProvenanceFooter"}, {"type": "null"}]}
    return {"type": "object", "required": ["page", "provenance"], "properties": {"page": page, "provenance": foot}}


def _register_schema(page: type[Any], schemas: dict[str, Any]) -> str:
    """The page's name among the schemas, put there at its first use."""
    name = f"{page.__module__.rpartition('.')[2]}.{page.__name__}"
    if name not in schemas:
        schemas[name] = _build_schema(page, schemas, name)
    return name


def _build_schema(page: type[Any], schemas: dict[str, Any], name: str) -> dict[str, Any]:
    # Names of parts stand under their page's: two pages have rows, each its own.
    made = TypeAdapter(page).json_schema(mode="serialization", ref_template=f"#/components/schemas/{name}.{{model}}")
    for part, schema in made.pop("$defs", {}).items():
        schemas[f"{name}.{part}"] = _make_nullable(schema)
    result: dict[str, Any] = _make_nullable(made)
    return result


def _make_nullable(schema: Any) -> Any:
    """Numbers may be null: what is unknown or without bound is written so (`plain.py`)."""
    if isinstance(schema, dict):
        changed = {k: _make_nullable(v) for k, v in schema.items()}
        if changed.get("type") == "number":
            changed["type"] = ["number", "null"]
        return changed
    if isinstance(schema, list):
        return [_make_nullable(x) for x in schema]
    return schema


async def openapi_page(request: Request) -> Response:
    """`/openapi.json`: this description."""
    return json_response(build_openapi(request.app.routes))


ROUTES = (Route("/openapi.json", openapi_page),)
