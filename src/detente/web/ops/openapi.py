"""OpenAPI document of all routes, generated from the routes."""

import re
from collections.abc import Iterable, Mapping
from inspect import getdoc
from typing import Any

from pydantic import TypeAdapter
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

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
    """Describe the routes in OpenAPI 3.1.

    A route that names the dataclass of its page (`page_routes(..., page=...)`) gets the schema of that class.
    """
    paths: dict[str, dict[str, Any]] = {}
    footer = _build_schema(ProvenanceFooter, {}, "ProvenanceFooter")
    schemas: dict[str, Any] = {"Error": ERROR_SCHEMA, "ProvenanceFooter": footer}
    for route in routes:
        if isinstance(route, Route):  # static files, which are mounted, need no description
            path = _PATH_PARAMETER.sub(r"{\1}", route.path)
            for method in sorted((route.methods or set()) - {"HEAD"}):
                paths.setdefault(path, {})[method.lower()] = _build_operation(route, method, schemas)
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
    text = {"type": "string", "minLength": 1}
    parameters = [
        {"name": name, "in": "path", "required": True, "schema": dict(_PARAMETER_SCHEMAS.get(kind, text))}
        for name, kind in _PATH_PARAMETER.findall(route.path)
    ]
    query = described.query if described and method == "GET" else {}
    parameters += [{"name": n, "in": "query", "description": t, "schema": {"type": "string"}} for n, t in query.items()]
    operation: dict[str, Any] = {
        "summary": (getdoc(route.endpoint) or route.name).split("\n")[0],
        "operationId": f"{method.lower()} {route.path}",
        "parameters": parameters,
    }
    is_json = route.path.endswith(".json")
    if method == "GET":
        media_type = "application/json" if is_json else "*/*"
        content = {media_type: {"schema": _build_response_schema(described, is_json, schemas)}}
        operation["responses"] = {"200": {"description": "The page.", "content": content}}
    else:
        operation["responses"] = {"303": {"description": "Done; the address to go on to is in `Location`."}}
        form = described.form if described else {}
        fields = {n: {"type": "string", "description": t} for n, t in form.items()}
        required = [n for n, t in form.items() if not t.startswith("optional")]
        body = {"type": "object", "properties": fields, "required": required}
        operation["requestBody"] = {"content": {"application/x-www-form-urlencoded": {"schema": body}}}
    error = {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}}
    default = {"description": "What could not be done, and what to do.", "content": error if is_json else {}}
    operation["responses"]["default"] = default
    return operation


def _build_response_schema(route: OpenApiRoute | None, is_json: bool, schemas: dict[str, Any]) -> dict[str, Any]:
    if not is_json:
        return {}
    pages = [{"$ref": f"#/components/schemas/{_register_schema(p, schemas)}"} for p in (route.pages if route else ())]
    page = pages[0] if len(pages) == 1 else {"anyOf": pages} if pages else {"type": "object"}
    footer = {"anyOf": [{"$ref": "#/components/schemas/ProvenanceFooter"}, {"type": "null"}]}
    return {"type": "object", "required": ["page", "provenance"], "properties": {"page": page, "provenance": footer}}


def _register_schema(page: type[Any], schemas: dict[str, Any]) -> str:
    """Return the schema name of a page and add its schema at the first use."""
    name = f"{page.__module__.rpartition('.')[2]}.{page.__name__}"
    if name not in schemas:
        schemas[name] = _build_schema(page, schemas, name)
    return name


def _build_schema(page: type[Any], schemas: dict[str, Any], name: str) -> dict[str, Any]:
    # Parts are named under their page, since several pages have a class `Row` of their own.
    page_schema = TypeAdapter(page).json_schema(
        mode="serialization", ref_template=f"#/components/schemas/{name}.{{model}}"
    )
    for part, schema in page_schema.pop("$defs", {}).items():
        schemas[f"{name}.{part}"] = _make_nullable(schema)
    result: dict[str, Any] = _make_nullable(page_schema)
    return result


def _make_nullable(schema: Any) -> Any:
    """Allow null for numbers: `rendering/jsonable.py` writes unknown and infinite ones so."""
    if isinstance(schema, dict):
        changed = {k: _make_nullable(v) for k, v in schema.items()}
        if changed.get("type") == "number":
            changed["type"] = ["number", "null"]
        return changed
    if isinstance(schema, list):
        return [_make_nullable(x) for x in schema]
    return schema


async def openapi_page(request: Request) -> Response:
    """`/openapi.json`: the OpenAPI document."""
    return json_response(build_openapi(request.app.routes))


ROUTES = (Route("/openapi.json", openapi_page),)
