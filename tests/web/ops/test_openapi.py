"""The description of the whole is true, and nothing that can be sent by it breaks the workbench."""

import re
from collections.abc import Iterator
from dataclasses import make_dataclass
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

from detente.api.case import PreparedCase
from detente.web.app import create_app
from detente.web.comments.subjects import collect_subjects
from detente.web.config import ServerConfig
from detente.web.middleware.token_bucket import RateLimit
from detente.web.ops.openapi import build_openapi
from detente.web.rendering.responses import page_routes
from support.comments_workbench import CASE, SUBJECTS, BrowserClient, Workbench, open_workbench


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory, flagship: PreparedCase) -> Iterator[Workbench]:
    """The workbench with the flagship, where nobody is told to wait."""
    folder = tmp_path_factory.mktemp("described")
    app = create_app(
        ServerConfig(database=f"sqlite:///{folder / 'w.db'}", uploads=folder / "uploads", store=folder / "store"),
        {flagship.id: flagship},
    )
    app.state.subjects = {**SUBJECTS, flagship.id: collect_subjects(flagship)}
    for buckets in vars(app.state.limits).values():
        buckets.rate = RateLimit(burst=100_000, every_s=0.001)
    yield Workbench(app)
    app.state.database.dispose()


@pytest.fixture(scope="module")
def moderator(whole: Workbench) -> BrowserClient:
    """Somebody who may do everything."""
    mod = whole.reader("Mo", "moderator")
    mod.say("A comment to work on")
    return mod


def test_every_route_is_described(whole: Workbench) -> None:
    paths = build_openapi(whole.app.routes)["paths"]
    for route in whole.app.routes:
        if isinstance(route, Route):
            described = paths[re.sub(r":\w+\}", "}", route.path)]
            assert {m.lower() for m in (route.methods or set()) - {"HEAD"}} <= set(described)


# What stands in addresses for what is there.
THERE = {
    "case": "pakistan-afghanistan", "id": "1", "event": "DL-20251009-01", "claim": "trust", "after": "strike", "answer": "attack",
}  # fmt: skip
# Not a page, and pages that need an upload or a store.
ELSEWHERE = {
    "/openapi.json", "/data/uploads/{upload}.json", "/data/verify.json", "/data/set-aside.json",
}  # fmt: skip


def test_the_data_of_pages_are_as_described(whole: Workbench, moderator: BrowserClient) -> None:
    told = moderator.get("/openapi.json").json()
    moderator.send("/comments/1/report", reason="To have one")
    checked = set()
    for path, methods in told["paths"].items():
        if not path.endswith(".json") or path in ELSEWHERE:
            continue
        # `page=all` and a question that finds nothing are other shapes of the events' page.
        for query in ("", "?page=all", "?text=zzzz") if path == "/{case}/events.json" else ("",):
            answer = moderator.get(path.format(**THERE) + query)
            assert answer.status_code == 200, path
            schema = methods["get"]["responses"]["200"]["content"]["application/json"]["schema"]
            valid = Draft202012Validator({**schema, "components": told["components"]})
            valid.validate(answer.json())
            # Without its page's first field it is no such page.
            page = answer.json()["page"]
            page.pop(next(iter(page)))
            assert not valid.is_valid({**answer.json(), "page": page}), path
        checked.add(path)
    assert checked == {p for p in told["paths"] if p.endswith(".json")} - ELSEWHERE


def test_parts_of_one_name_on_two_pages_are_told_apart() -> None:
    async def nobody(request: Request) -> Response:
        raise NotImplementedError

    def page(module: str, kind: type) -> type:
        part = make_dataclass("Row", [("value", kind)], namespace={"__module__": module})
        return make_dataclass("Page", [("rows", list[part])], namespace={"__module__": module})  # type: ignore[valid-type]

    told = build_openapi(
        [*page_routes("/a", nobody, page=page("x.one", int)), *page_routes("/b", nobody, page=page("x.two", str))]
    )
    schemas = told["components"]["schemas"]
    assert schemas["one.Page.Row"]["properties"]["value"]["type"] == "integer"
    assert schemas["two.Page.Row"]["properties"]["value"]["type"] == "string"
    assert schemas["two.Page"]["properties"]["rows"]["items"] == {"$ref": "#/components/schemas/two.Page.Row"}


def test_nothing_that_the_description_allows_breaks_the_workbench(whole: Workbench, moderator: BrowserClient) -> None:
    schema = schemathesis.openapi.from_asgi("/openapi.json", whole.app)
    session = moderator.client.cookies["detente-session"]
    headers = {"cookie": f"detente-session={session}", "sec-fetch-site": "same-origin", "host": "desk.example"}
    seen: dict[str, set[int]] = {}
    for result in schema.get_all_operations():
        operation = result.ok() if isinstance(result, Ok) else pytest.fail(str(result.err()))
        # Logging out would send everything that follows to the login page; it is tested with the accounts.
        if operation.path == "/account/logout":
            continue

        @settings(
            max_examples=20, phases=[Phase.generate], derandomize=True, database=None,
            suppress_health_check=list(HealthCheck),
        )  # fmt: skip
        @given(case=operation.as_strategy())
        def send(case: schemathesis.Case[Any]) -> None:
            # Most numbers name no comment and most words no subject: every second time one that is there is meant.
            parameters = case.path_parameters or {}
            if parameters.get("id", 0) % 2:
                parameters["id"] = 1
            for name in set(parameters) & set(THERE) - {"id"}:
                if len(str(parameters[name])) % 2:
                    parameters[name] = THERE[name]
            if case.operation.label == "POST /comments" and isinstance(case.body, dict) and len(case.body) % 2:
                case.body |= {"case": CASE, "kind": "claim", "key": "trust"}
            answer = case.call(headers=headers)
            seen.setdefault(case.operation.label, set()).add(answer.status_code)
            assert answer.status_code < 500, f"{case.operation.label}: {answer.text[:300]}"
            if case.operation.path.endswith(".json"):
                case.validate_response(answer, checks=[response_schema_conformance])

        send()
    for path in ("/comments/{id}", "/{case}/claims/{claim}", "/{case}/events/{event}", "/{case}/events"):
        assert {200, 404} <= seen[f"GET {path}.json"], path
    assert 303 in seen["POST /comments/{id}/reply"]
    assert len(seen) >= 20


@pytest.mark.parametrize("text", ["\ud800", "a\x00b", "\u202e", "😀" * 1200, "%", "{{7*7}}", "' OR 1=1 --"])
def test_odd_text_in_every_field_breaks_nothing(url: URL, text: str) -> None:
    workbench = open_workbench(url)
    mod = workbench.reader("Mo", "moderator")
    mod.say("One")
    sent = text.encode("utf-8", "surrogatepass").decode("latin-1")
    for name in ("words", "case", "kind", "key", "by", "before", "after"):
        assert mod.client.get("/comments", params={name: sent}).status_code < 500
        raw = "".join(f"%{b:02x}" for b in text.encode("utf-8", "surrogatepass"))
        assert mod.get(f"/comments?{name}={raw}").status_code < 500
        assert mod.get(f"/feeds/comments.atom?{name}={raw}").status_code < 500
    raw = "".join(f"%{b:02x}" for b in text.encode("utf-8", "surrogatepass"))
    form = {"content-type": "application/x-www-form-urlencoded"}
    fields = "&".join(
        f"{n}={raw}" for n in ("case", "kind", "key", "body", "reason", "name", "password", "now", "again")
    )
    for address in ("/comments", "/comments/1/reply", "/comments/1/edit", "/comments/1/report", "/comments/1/hide",
                    "/account/login", "/account/password", "/account/invitation/x", f"/account/invitation/{raw}"):  # fmt: skip
        assert mod.client.post(address, content=fields, headers=form).status_code < 500, address
    workbench.app.state.database.dispose()
