"""What stands before the pages: each layer lets through what is ours and refuses what is not."""

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
def test_every_answer_says_what_a_browser_may_do_with_it(workbench: Workbench, address: str) -> None:
    headers = workbench.reader().get(address).headers
    for name, value in SECURITY_HEADERS.items():
        assert headers[name] == value


def test_the_policy_allows_no_script_or_style_but_our_files(workbench: Workbench) -> None:
    policy = dict(d.split(" ", 1) for d in SECURITY_HEADERS["Content-Security-Policy"].split("; "))
    assert policy["script-src"] == policy["style-src"] == "'self'"
    assert policy["default-src"] == policy["frame-ancestors"] == policy["base-uri"] == "'none'"
    ann = workbench.reader("Ann", "moderator")
    made = ann.say("Hello")
    ann.send(f"/comments/{made}/report", reason="x1")
    for page in ("/comments", f"/comments/{made}", f"/comments/{made}/edit", f"/comments/{made}/report", "/moderation",
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
def test_form_of_another_site_is_refused(workbench: Workbench, headers: dict[str, str]) -> None:
    """Whatever the browser names as the sender, only our own origin may change something."""
    ann = workbench.reader("Ann")
    del ann.client.headers["sec-fetch-site"]
    assert ann.client.post("/comments", data=FORM, headers=headers).status_code == 403
    for ours in ({"sec-fetch-site": "same-origin"}, {"origin": "http://desk.example"}):
        assert ann.client.post("/comments", data=FORM, headers=ours).status_code == 303


def test_session_without_sender_headers_is_refused(workbench: Workbench) -> None:
    """Both headers are missing: with a session it is refused, without one there is nothing to misuse."""
    ann = workbench.reader("Ann")
    del ann.client.headers["sec-fetch-site"]
    assert ann.client.post("/comments", data=FORM).status_code == 403
    assert ann.data("/comments.json")["comments"] == []
    stranger = BrowserClient(workbench.app)
    del stranger.client.headers["sec-fetch-site"]
    assert stranger.client.post("/comments", data=FORM).status_code == 401


def test_every_changing_address_checks_the_sender(workbench: Workbench) -> None:
    """Asked by a moderator's browser on behalf of another site, no route does anything."""
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
        sent = mod.client.request(method, address, data={"body": "x", "reason": "x1"}, headers=foreign)
        assert sent.status_code == 403, address
    assert mod.data("/comments.json")["comments"][0]["hidden"] is None


def test_comment_form_takes_no_file(workbench: Workbench) -> None:
    """A form with files is another media type, which comments do not take."""
    files = {"file": ("a.csv", b"x" * 100_000)}
    assert workbench.reader("Ann").client.post("/comments", data={"body": "x"}, files=files).status_code == 415


@pytest.mark.parametrize("chunked", [False, True])
def test_a_body_over_the_limit_is_refused_whatever_its_header_says(workbench: Workbench, chunked: bool) -> None:
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
def test_a_form_that_is_no_text_is_refused(workbench: Workbench, body: bytes, status: int) -> None:
    ann = workbench.reader("Ann")
    form = {"content-type": "application/x-www-form-urlencoded"}
    assert ann.client.post("/comments", content=body, headers=form).status_code == status


def test_only_a_named_proxy_is_believed(workbench: Workbench) -> None:
    """Behind a proxy that is not named, neither the client's address nor the scheme is taken from its headers."""
    workbench.account("Ann")
    headers = {"x-forwarded-for": "203.0.113.9, 192.0.2.7", "x-forwarded-proto": "https"}
    strange = BrowserClient(workbench.app, headers=headers).login("Ann").headers["set-cookie"]
    assert "Secure" not in strange
    behind = open_workbench(workbench.app.state.database.url, proxies=("192.0.2.7",))
    believed = BrowserClient(behind.app, headers=headers).login("Ann").headers["set-cookie"]
    assert believed.startswith("__Host-")
    assert set(behind.app.state.limits.asking._full_at) == {"203.0.113.9"}
    # The client can write the first addresses itself; the last that is no proxy's is what a proxy has seen.
    BrowserClient(behind.app, headers={"x-forwarded-for": "198.51.100.1, 203.0.113.8"}).get("/")
    assert set(behind.app.state.limits.asking._full_at) == {"203.0.113.9", "203.0.113.8"}
    # Two header lines, the second written by an inner proxy that is trusted too.
    lines = [("x-forwarded-for", "203.0.113.7"), ("x-forwarded-for", "192.0.2.7")]
    behind.reader().client.get("/", headers=lines)
    assert "203.0.113.7" in behind.app.state.limits.asking._full_at
    behind.app.state.database.dispose()


def test_another_hosts_name_is_refused_where_names_are_given(workbench: Workbench) -> None:
    named = open_workbench(workbench.app.state.database.url, host_names=("desk.example",))
    assert BrowserClient(named.app).get("/").status_code == 200
    assert BrowserClient(named.app, base="http://desk.example:8080").get("/").status_code == 200
    assert BrowserClient(named.app, base="http://evil.example").get("/").status_code == 400
    named.app.state.database.dispose()
    named = open_workbench(workbench.app.state.database.url, host_names=("[::1]",))
    assert BrowserClient(named.app, base="http://[::1]:8000").get("/").status_code == 200
    assert BrowserClient(named.app, base="http://[::2]:8000").get("/").status_code == 400
    named.app.state.database.dispose()


def test_an_address_that_asks_without_end_is_told_to_wait_and_others_are_not(workbench: Workbench) -> None:
    workbench.app.state.limits.asking.rate = RateLimit(burst=5, every_s=60)
    told = [workbench.reader().get("/healthz") for _ in range(7)]
    assert [t.status_code for t in told] == [200] * 5 + [429] * 2
    assert 0 < int(told[-1].headers["retry-after"]) <= 60
    elsewhere = TestClient(workbench.app, client=("198.51.100.4", 1))
    assert elsewhere.get("/healthz").status_code == 200


def test_a_bucket_fills_again_as_time_goes_by() -> None:
    now = 0.0
    b = TokenBuckets(RateLimit(burst=3, every_s=10), clock=lambda: now)
    assert [b.take("a") for _ in range(4)] == [0, 0, 0, 10]
    now = 9.0
    assert b.take("a") == pytest.approx(1)
    now = 10.0
    assert [b.take("a"), b.take("a")] == [0, pytest.approx(10)]
    now = 1000.0
    assert [b.take("a") for _ in range(4)] == [0, 0, 0, 10]


def test_a_flood_from_many_addresses_does_not_fill_the_memory() -> None:
    now = 0.0
    b = TokenBuckets(RateLimit(burst=2, every_s=10), clock=lambda: now, most=100)
    for i in range(1000):
        now = i / 1000
        b.take(f"address {i}")
        b.take("guesser")
    assert len(b._full_at) <= 101
    assert b.take("guesser") > 0


def test_pages_of_somebody_who_is_logged_in_are_kept_by_no_cache(workbench: Workbench) -> None:
    ann = workbench.reader("Ann")
    assert ann.get("/comments").headers["cache-control"] == "private, no-store"
    assert "cookie" in workbench.reader().get("/comments").headers["vary"].lower()


def test_what_breaks_is_told_as_a_page_with_the_same_headers(
    workbench: Workbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks(*_a: object, **_k: object) -> None:
        raise RuntimeError(PASSWORD)

    monkeypatch.setattr("detente.web.comments.routes.find_comments", breaks)
    answer = workbench.reader().get("/comments")
    assert answer.status_code == 500
    assert PASSWORD not in answer.text
    assert answer.headers["content-security-policy"] == SECURITY_HEADERS["Content-Security-Policy"]


def test_a_database_that_is_gone_is_told_as_such(workbench: Workbench) -> None:
    ann = workbench.reader("Ann")
    with workbench.app.state.database.connect() as c:
        c.exec_driver_sql("ALTER TABLE comment RENAME TO gone")
        c.commit()
    answer = ann.get("/comments")
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "60")
    with workbench.app.state.database.connect() as c:
        c.exec_driver_sql("ALTER TABLE gone RENAME TO comment")
        c.exec_driver_sql("ALTER TABLE session RENAME TO gone")
        c.commit()
    assert ann.get("/").status_code == 503
