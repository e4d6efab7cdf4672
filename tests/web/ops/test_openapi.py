"""Tests of the OpenAPI document, and of random requests built from it."""

import re
from collections.abc import Iterator
from dataclasses import make_dataclass
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from jsonschema import Draft202012Validator
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import response_schema_conformance
from sqlalchemy import URL
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from detente.api.case import Case
from detente.cases.case_file import find_shipped_cases
from detente.store.writer import add_release
from detente.web.app import create_app
from detente.web.comments.subjects import collect_subjects
from detente.web.config import ServerConfig
from detente.web.ops.openapi import build_openapi
from detente.web.rendering.responses import page_routes
from support.comments_workbench import CASE, SUBJECTS, BrowserClient, Workbench, open_workbench
from support.releases import make_reading, make_table
from support.workbench import lift_limits


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory, flagship: Case) -> Iterator[Workbench]:
    """The workbench with the flagship case and without rate limits."""
    folder = tmp_path_factory.mktemp("described")
    rows = make_table(["1", "2", "3"], source="ucdp")
    add_release(folder / "store", make_reading(rows, source="ucdp"))
    app = create_app(
        ServerConfig(
            database=f"sqlite:///{folder / 'w.db'}",
            uploads=folder / "uploads",
            case_folder=folder / "cases",
            store=folder / "store",
            host_names=("*",),
        ),
        {flagship.id: flagship},
    )
    app.state.subjects = {**SUBJECTS, flagship.id: collect_subjects(flagship)}
    lift_limits(app)
    yield Workbench(app)
    app.state.database.dispose()


@pytest.fixture(scope="module")
def moderator(whole: Workbench) -> BrowserClient:
    """A browser of an administrator, who may use every route."""
    mod = whole.reader("Mo", "admin")
    mod.say("A comment to work on")
    text = find_shipped_cases()["pakistan-afghanistan"].read_text()
    text = text.replace('id = "pakistan-afghanistan"', 'id = "written"', 1)
    assert mod.send("/cases", text=text, do="save").status_code == 303
    return mod


def test_openapi_describes_every_route(whole: Workbench) -> None:
    """Each route and method is in the document."""
    paths = build_openapi(whole.app.routes)["paths"]
    for route in whole.app.routes:
        if isinstance(route, Route):
            described = paths[re.sub(r":\w+\}", "}", route.path)]
            assert {m.lower() for m in (route.methods or set()) - {"HEAD"}} <= set(described)


# Path parameters of things that exist.
EXISTING = {
    "case": "pakistan-afghanistan", "id": "1", "event": "DL-20251009-01", "claim": "trust", "after": "strike", "answer": "attack",
    "key": "episodes", "own": "written", "number": "1", "source": "ucdp", "release": "A", "month": "2026-03",
}  # fmt: skip
# Not a page, or pages that need an upload or a store.
EXCLUDED = {
    "/openapi.json", "/data/uploads/{upload}.json", "/data/verify.json", "/data/set-aside.json",
}  # fmt: skip


def test_page_data_match_their_schemas(whole: Workbench, moderator: BrowserClient) -> None:
    """The data of each page validate against its schema, and broken data do not."""
    document = moderator.get("/openapi.json").json()
    moderator.send("/comments/1/report", reason="To have one")
    checked = set()
    for path, methods in document["paths"].items():
        if not path.endswith(".json") or path in EXCLUDED:
            continue
        # `page=all` and a query without results are other shapes of the events' page.
        for query in ("", "?page=all", "?text=zzzz") if path == "/{case}/events.json" else ("",):
            response = moderator.get(path.format(**EXISTING) + query)
            assert response.status_code == 200, path
            schema = methods["get"]["responses"]["200"]["content"]["application/json"]["schema"]
            valid = Draft202012Validator({**schema, "components": document["components"]})
            valid.validate(response.json())
            # Without the first field of the page it must be invalid.
            page = response.json()["page"]
            page.pop(next(iter(page)))
            assert not valid.is_valid({**response.json(), "page": page}), path
        checked.add(path)
    assert checked == {p for p in document["paths"] if p.endswith(".json")} - EXCLUDED


def test_equal_part_names_get_separate_schemas() -> None:
    """Classes `Row` of two pages have a schema each."""

    async def handler(request: Request) -> Response:
        raise NotImplementedError

    def page(module: str, kind: type) -> type:
        part = make_dataclass("Row", [("value", kind)], namespace={"__module__": module})
        return make_dataclass("Page", [("rows", list[part])], namespace={"__module__": module})  # type: ignore[valid-type]

    document = build_openapi(
        [*page_routes("/a", handler, page=page("x.one", int)), *page_routes("/b", handler, page=page("x.two", str))]
    )
    schemas = document["components"]["schemas"]
    assert schemas["one.Page.Row"]["properties"]["value"]["type"] == "integer"
    assert schemas["two.Page.Row"]["properties"]["value"]["type"] == "string"
    assert schemas["two.Page"]["properties"]["rows"]["items"] == {"$ref": "#/components/schemas/two.Page.Row"}


# Random requests find both something and nothing here.
BOTH = ("/comments/{id}.json", "/{case}/claims/{claim}.json", "/{case}/events/{event}.json", "/{case}/events.json")


def test_described_requests_cause_no_server_error(whole: Workbench, moderator: BrowserClient) -> None:
    """Random valid requests give no 5xx, and their data match the schema."""
    schema = schemathesis.openapi.from_asgi("/openapi.json", whole.app)
    session = moderator.client.cookies["detente-session"]
    headers = {"cookie": f"detente-session={session}", "sec-fetch-site": "same-origin", "host": "desk.example"}
    statuses: dict[str, set[int]] = {}
    for result in schema.get_all_operations():
        operation = result.ok() if isinstance(result, Ok) else pytest.fail(str(result.err()))
        # Logging out would end the session of all later requests; the account tests cover it.
        if operation.path == "/account/logout":
            continue

        @settings(
            max_examples=20 if operation.path in BOTH else 6, phases=[Phase.generate], derandomize=True, database=None,
            suppress_health_check=list(HealthCheck),
        )  # fmt: skip
        @given(case=operation.as_strategy())
        def send(case: schemathesis.Case[Any]) -> None:
            # Most random numbers and words name nothing: every second request uses ones that exist.
            parameters = case.path_parameters or {}
            for name in ("id", "number"):
                if parameters.get(name, 0) % 2:
                    parameters[name] = 1
            for name in set(parameters) & set(EXISTING) - {"id", "number"}:
                if len(str(parameters[name])) % 2:
                    parameters[name] = EXISTING[name]
            if case.operation.label == "POST /comments" and isinstance(case.body, dict) and len(case.body) % 2:
                case.body |= {"case": CASE, "kind": "claim", "key": "trust"}
            response = case.call(headers=headers)
            statuses.setdefault(case.operation.label, set()).add(response.status_code)
            assert response.status_code < 500, f"{case.operation.label}: {response.text[:300]}"
            if case.operation.path.endswith(".json"):
                case.validate_response(response, checks=[response_schema_conformance])

        send()
    for path in BOTH:
        assert {200, 404} <= statuses[f"GET {path}"], path
    assert 303 in statuses["POST /comments/{id}/reply"]
    assert len(statuses) >= 20


@pytest.mark.parametrize("text", ["\ud800", "a\x00b", "\u202e", "😀" * 1200, "%", "{{7*7}}", "' OR 1=1 --"])
def test_odd_text_causes_no_server_error(migrated_url: URL, text: str, tmp_path: Path) -> None:
    """Odd text in any query parameter or form field gives no 5xx."""
    workbench = open_workbench(migrated_url, case_folder=tmp_path / "cases")
    mod = workbench.reader("Mo", "admin")
    mod.say("One")
    latin = text.encode("utf-8", "surrogatepass").decode("latin-1")
    for name in ("words", "case", "kind", "key", "by", "before", "after"):
        assert mod.client.get("/comments", params={name: latin}).status_code < 500
        raw = "".join(f"%{b:02x}" for b in text.encode("utf-8", "surrogatepass"))
        assert mod.get(f"/comments?{name}={raw}").status_code < 500
        assert mod.get(f"/feeds/comments.atom?{name}={raw}").status_code < 500
    raw = "".join(f"%{b:02x}" for b in text.encode("utf-8", "surrogatepass"))
    form = {"content-type": "application/x-www-form-urlencoded"}
    fields = "&".join(
        f"{n}={raw}"
        for n in (
            "case",
            "kind",
            "key",
            "body",
            "reason",
            "name",
            "password",
            "now",
            "again",
            "text",
            "policy",
            "daily",
            "role",
        )
    )
    for address in ("/comments", "/comments/1/reply", "/comments/1/edit", "/comments/1/report", "/comments/1/hide",
                    "/account/sign-up", "/accounts/sign-up", "/accounts/1/role", "/accounts/1/disabled", "/accounts/invitations",
                    "/accounts/requests/1/refuse", "/cases", "/cases/x", f"/cases/{raw}", "/account/login", "/account/password", "/account/invitation/x", f"/account/invitation/{raw}"):  # fmt: skip
        assert mod.client.post(address, content=fields, headers=form).status_code < 500, address
    workbench.app.state.database.dispose()
