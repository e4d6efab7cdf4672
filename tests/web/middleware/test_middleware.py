"""Tests of the middleware."""

import re

import pytest
from starlette.testclient import TestClient

from detente.web.middleware.security_headers import SECURITY_HEADERS
from detente.web.middleware.token_bucket import RateLimit, TokenBuckets
from support.comments_workbench import CASE, PASSWORD, BrowserClient, Workbench, open_workbench

FORM = {"case": CASE, "kind": "claim", "key": "trust", "body": "Hello"}


@pytest.mark.parametrize(
    "address", ["/", "/comments", "/comments.json", "/nowhere", "/static/workbench.css", "/healthz"]
)
def test_every_response_has_security_headers(workbench: Workbench, address: str) -> None:
    """Pages, data, files and errors have all security headers."""
    headers = workbench.reader().get(address).headers
    for name, value in SECURITY_HEADERS.items():
        assert headers[name] == value


def test_policy_allows_only_own_scripts(workbench: Workbench) -> None:
    """Pages contain no inline script or style and load nothing from other hosts."""
    policy = dict(d.split(" ", 1) for d in SECURITY_HEADERS["Content-Security-Policy"].split("; "))
    assert policy["script-src"] == policy["style-src"] == "'self'"
    assert policy["default-src"] == policy["frame-ancestors"] == policy["base-uri"] == "'none'"
    ann = workbench.reader("Ann", "moderator")
    number = ann.say("Hello")
    ann.send(f"/comments/{number}/report", reason="x1")
    for page in ("/comments", f"/comments/{number}", f"/comments/{number}/edit", f"/comments/{number}/report", "/moderation",
                 "/moderation/log", "/account", "/account/login"):  # fmt: skip
        text = ann.get(page).text
        assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son[a-z]+=", text), page
        assert not re.search(r"""(?:src|href|action)=["']?(?:https?:)?//""", text), page


@pytest.mark.parametrize(
    "headers",
    [
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"sec-fetch-site": "none"},
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"origin": "https://desk.example"},  # our host, another scheme
        {"origin": "http://desk.example:81"},
    ],
)
def test_form_of_other_site_is_refused(workbench: Workbench, headers: dict[str, str]) -> None:
    """Only forms from our own origin may change something."""
    ann = workbench.reader("Ann")
    del ann.client.headers["sec-fetch-site"]
    assert ann.client.post("/comments", data=FORM, headers=headers).status_code == 403
    for ours in ({"sec-fetch-site": "same-origin"}, {"origin": "http://desk.example"}):
        assert ann.client.post("/comments", data=FORM, headers=ours).status_code == 303


def test_session_without_origin_headers_is_refused(workbench: Workbench) -> None:
    """Without both headers, requests with a session are refused and those without one are not."""
    ann = workbench.reader("Ann")
    del ann.client.headers["sec-fetch-site"]
    assert ann.client.post("/comments", data=FORM).status_code == 403
    assert ann.data("/comments.json")["comments"] == []
    stranger = BrowserClient(workbench.app)
    del stranger.client.headers["sec-fetch-site"]
    assert stranger.client.post("/comments", data=FORM).status_code == 401


def test_every_changing_route_checks_the_origin(workbench: Workbench) -> None:
    """No state-changing route accepts a request from another site."""
    from starlette.routing import Route

    changing = [
        (method, re.sub(r"\{[^}]+\}", "1", r.path))
        for r in workbench.app.routes
        if isinstance(r, Route)
        for method in (r.methods or set()) - {"GET", "HEAD"}
    ]
    assert len(changing) > 8
    mod = workbench.reader("Mo", "moderator")
    mod.say("Hello")
    foreign = {"sec-fetch-site": "cross-site"}
    for method, address in changing:
        response = mod.client.request(method, address, data={"body": "x", "reason": "x1"}, headers=foreign)
        assert response.status_code == 403, address
    assert mod.data("/comments.json")["comments"][0]["hidden"] is None


def test_comment_form_takes_no_file(workbench: Workbench) -> None:
    """A multipart form gives 415 where comments are posted."""
    files = {"file": ("a.csv", b"x" * 100_000)}
    assert workbench.reader("Ann").client.post("/comments", data={"body": "x"}, files=files).status_code == 415


@pytest.mark.parametrize("chunked", [False, True])
def test_body_over_limit_is_refused(workbench: Workbench, chunked: bool) -> None:
    """The limit holds with and without a declared length."""
    ann = workbench.reader("Ann")
    body = b"body=" + b"x" * 300_000
    form = {"content-type": "application/x-www-form-urlencoded"}
    content = (body[i : i + 10_000] for i in range(0, len(body), 10_000)) if chunked else body
    assert ann.client.post("/comments", content=content, headers=form).status_code == 413
    assert ann.get("/comments").status_code == 200


@pytest.mark.parametrize(
    ("body", "status"),
    [(b"body=%ff%fe", 400), ("body=\u00e9".encode(), 400), (b"a=1&" * 50, 400)],
)
def test_malformed_form_is_refused(workbench: Workbench, body: bytes, status: int) -> None:
    """Forms that are not UTF-8 or have too many fields give 400."""
    ann = workbench.reader("Ann")
    form = {"content-type": "application/x-www-form-urlencoded"}
    assert ann.client.post("/comments", content=body, headers=form).status_code == status


def test_only_configured_proxy_is_trusted(workbench: Workbench) -> None:
    """Forwarding headers count only if they come from a configured proxy."""
    workbench.account("Ann")
    headers = {"x-forwarded-for": "203.0.113.9, 192.0.2.7", "x-forwarded-proto": "https"}
    untrusted = BrowserClient(workbench.app, headers=headers).login("Ann").headers["set-cookie"]
    assert "Secure" not in untrusted
    behind = open_workbench(workbench.app.state.database.url, proxies=("192.0.2.7",))
    trusted = BrowserClient(behind.app, headers=headers).login("Ann").headers["set-cookie"]
    assert trusted.startswith("__Host-")
    assert set(behind.app.state.limits.asking._full_at) == {"203.0.113.9"}
    # The client can forge the first addresses; only the last one that is not a proxy's was written by a proxy.
    BrowserClient(behind.app, headers={"x-forwarded-for": "198.51.100.1, 203.0.113.8"}).get("/")
    assert set(behind.app.state.limits.asking._full_at) == {"203.0.113.9", "203.0.113.8"}
    # Two header lines; the second is by an inner proxy, which is trusted too.
    lines = [("x-forwarded-for", "203.0.113.7"), ("x-forwarded-for", "192.0.2.7")]
    behind.reader().client.get("/", headers=lines)
    assert "203.0.113.7" in behind.app.state.limits.asking._full_at
    behind.app.state.database.dispose()


def test_unknown_host_name_is_refused(workbench: Workbench) -> None:
    """With configured host names, requests for other hosts give 400."""
    named = open_workbench(workbench.app.state.database.url, host_names=("desk.example",))
    assert BrowserClient(named.app).get("/").status_code == 200
    assert BrowserClient(named.app, base="http://desk.example:8080").get("/").status_code == 200
    assert BrowserClient(named.app, base="http://evil.example").get("/").status_code == 400
    named.app.state.database.dispose()
    named = open_workbench(workbench.app.state.database.url, host_names=("[::1]",))
    assert BrowserClient(named.app, base="http://[::1]:8000").get("/").status_code == 200
    assert BrowserClient(named.app, base="http://[::2]:8000").get("/").status_code == 400
    named.app.state.database.dispose()


def test_only_own_names_are_answered_by_default(workbench: Workbench) -> None:
    """Without further names only this machine's and that of the address are answered, so a rebound name reads nothing."""
    desk = open_workbench(workbench.app.state.database.url, host_names=(), address="https://desk.example:8443")
    expected = {
        "http://desk.example": 200, "http://127.0.0.1:8000": 200, "http://localhost:8000": 200, "http://[::1]:8000": 200,
        "http://evil.example": 400, "http://127.0.0.1.evil.example": 400, "http://192.0.2.7": 400,
    }  # fmt: skip
    assert {base: BrowserClient(desk.app, base=base).get("/").status_code for base in expected} == expected
    desk.app.state.database.dispose()


def test_requests_are_limited_by_address(workbench: Workbench) -> None:
    """An address over its limit gets 429; other addresses do not."""
    workbench.app.state.limits.asking.rate = RateLimit(burst=5, every_s=60)
    responses = [workbench.reader().get("/healthz") for _ in range(7)]
    assert [r.status_code for r in responses] == [200] * 5 + [429] * 2
    assert 0 < int(responses[-1].headers["retry-after"]) <= 60
    other = TestClient(workbench.app, client=("198.51.100.4", 1))
    assert other.get("/healthz").status_code == 200


def test_token_bucket_refills_over_time() -> None:
    """Tokens return at the given rate up to the burst."""
    now = 0.0
    b = TokenBuckets(RateLimit(burst=3, every_s=10), clock=lambda: now)
    assert [b.take("a") for _ in range(4)] == [0, 0, 0, 10]
    now = 9.0
    assert b.take("a") == pytest.approx(1)
    now = 10.0
    assert [b.take("a"), b.take("a")] == [0, pytest.approx(10)]
    now = 1000.0
    assert [b.take("a") for _ in range(4)] == [0, 0, 0, 10]


def test_token_buckets_bound_their_memory() -> None:
    """The number of buckets stays bounded, and a frequent client stays limited."""
    now = 0.0
    b = TokenBuckets(RateLimit(burst=2, every_s=10), clock=lambda: now, most=100)
    for i in range(1000):
        now = i / 1000
        b.take(f"address {i}")
        b.take("guesser")
    assert len(b._full_at) <= 101
    assert b.take("guesser") > 0


def test_personal_pages_are_not_cached(workbench: Workbench) -> None:
    """Pages for a session are not stored, and all responses vary by cookie."""
    ann = workbench.reader("Ann")
    assert ann.get("/comments").headers["cache-control"] == "private, no-store"
    assert "cookie" in workbench.reader().get("/comments").headers["vary"].lower()


def test_server_error_page_has_security_headers(workbench: Workbench, monkeypatch: pytest.MonkeyPatch) -> None:
    """An internal error gives a page without its details."""

    def fail(*_a: object, **_k: object) -> None:
        raise RuntimeError(PASSWORD)

    monkeypatch.setattr("detente.web.comments.routes.find_comments", fail)
    response = workbench.reader().get("/comments")
    assert response.status_code == 500
    assert PASSWORD not in response.text
    assert response.headers["content-security-policy"] == SECURITY_HEADERS["Content-Security-Policy"]


def test_broken_database_gives_503(workbench: Workbench) -> None:
    """A failing query or session lookup gives 503."""
    ann = workbench.reader("Ann")
    with workbench.app.state.database.connect() as c:
        c.exec_driver_sql("ALTER TABLE comment RENAME TO gone")
        c.commit()
    response = ann.get("/comments")
    assert (response.status_code, response.headers["retry-after"]) == (503, "60")
    with workbench.app.state.database.connect() as c:
        c.exec_driver_sql("ALTER TABLE gone RENAME TO comment")
        c.exec_driver_sql("ALTER TABLE session RENAME TO gone")
        c.commit()
    assert ann.get("/").status_code == 503
