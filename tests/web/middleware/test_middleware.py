"""What stands before the pages: each layer lets through what is ours and refuses what is not."""

import re

import pytest
from starlette.testclient import TestClient

from detente.web.middleware.csrf import token_for
from detente.web.middleware.security_headers import HEADERS
from detente.web.middleware.token_bucket import Buckets, Rate
from support.comments_workbench import CASE, PASSWORD, House, Reader, open_house

FORM = {"case": CASE, "kind": "claim", "key": "trust", "body": "Hello"}


@pytest.mark.parametrize(
    "address", ["/", "/comments", "/comments.json", "/nowhere", "/static/workbench.css", "/healthz"]
)
def test_every_answer_says_what_a_browser_may_do_with_it(house: House, address: str) -> None:
    headers = house.reader().get(address).headers
    for name, value in HEADERS.items():
        assert headers[name] == value


def test_the_policy_allows_no_script_or_style_but_our_files(house: House) -> None:
    policy = dict(d.split(" ", 1) for d in HEADERS["Content-Security-Policy"].split("; "))
    assert policy["script-src"] == policy["style-src"] == "'self'"
    assert policy["default-src"] == policy["frame-ancestors"] == policy["base-uri"] == "'none'"
    ann = house.reader("Ann", "moderator")
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
def test_a_form_of_another_site_is_refused_though_it_knew_the_token(house: House, headers: dict[str, str]) -> None:
    ann = house.reader("Ann")
    form = {"csrf": ann.token(), **FORM}
    assert ann.client.post("/comments", data=form, headers=headers).status_code == 403
    for ours in ({"sec-fetch-site": "same-origin"}, {"origin": "http://desk.example"}, {}):
        assert ann.client.post("/comments", data=form, headers=ours).status_code == 303


def test_a_form_needs_the_token_of_this_very_session(house: House) -> None:
    ann, ben = house.reader("Ann"), house.reader("Ben")
    for token in ("", "x", "é", ben.token(), token_for("guess"), token_for("")):
        assert ann.client.post("/comments", data={"csrf": token, **FORM}).status_code == 403
    assert ann.client.post("/comments", data=FORM).status_code == 403
    assert ann.client.post("/comments", json={"csrf": ann.token(), **FORM}).status_code == 403
    assert ann.client.post("/comments", data=FORM, headers={"x-csrf-token": ann.token()}).status_code == 303


def test_a_token_is_written_differently_each_time_and_ends_with_the_session(house: House) -> None:
    ann = house.reader("Ann")
    first, second = ann.token(), ann.token()
    assert first != second
    assert ann.client.post("/comments", data={"csrf": first, **FORM}).status_code == 303
    ann.send("/account/logout")
    ann.login("Ann")
    assert ann.client.post("/comments", data={"csrf": first, **FORM}).status_code == 403


def test_every_address_that_changes_something_asks_for_the_token(house: House) -> None:
    from starlette.routing import Route

    changing = [
        (method, re.sub(r"\{[^}]+\}", "1", r.path))
        for r in house.app.routes
        if isinstance(r, Route)
        for method in (r.methods or set()) - {"GET", "HEAD"}
    ]
    assert len(changing) > 8
    mod = house.reader("Mo", "moderator")
    mod.say("Hello")
    for method, address in changing:
        assert mod.client.request(method, address, data={"body": "x", "reason": "x1"}).status_code == 403, address
    assert mod.data("/comments.json")["comments"][0]["hidden"] is None


def test_a_form_with_files_brings_the_token_first(house: House) -> None:
    ann = house.reader("Ann")
    token = ann.token()
    files = {"file": ("a.csv", b"x" * 100_000)}
    assert ann.client.post("/comments", data={"csrf": token}, files=files).status_code == 415
    assert ann.client.post("/comments", data={"other": "1", "csrf": token}, files=files).status_code == 403


@pytest.mark.parametrize("chunked", [False, True])
def test_a_body_over_the_limit_is_refused_whatever_its_header_says(house: House, chunked: bool) -> None:
    ann = house.reader("Ann")
    body = f"csrf={ann.token()}&body=".encode() + b"x" * 300_000
    form = {"content-type": "application/x-www-form-urlencoded"}
    content = (body[i : i + 10_000] for i in range(0, len(body), 10_000)) if chunked else body
    assert ann.client.post("/comments", content=content, headers=form).status_code == 413
    assert ann.get("/comments").status_code == 200


@pytest.mark.parametrize(
    ("body", "status"),
    [(b"csrf=T&body=%ff%fe", 400), ("csrf=T&body=\u00e9".encode(), 400), (b"csrf=T&" + b"a=1&" * 50, 400)],
)
def test_a_form_that_is_no_text_is_refused(house: House, body: bytes, status: int) -> None:
    ann = house.reader("Ann")
    form = {"content-type": "application/x-www-form-urlencoded"}
    sent = body.replace(b"T", ann.token().encode(), 1)
    assert ann.client.post("/comments", content=sent, headers=form).status_code == status


def test_only_a_named_proxy_is_believed(house: House) -> None:
    headers = {"x-forwarded-for": "203.0.113.9, 192.0.2.7", "x-forwarded-proto": "https"}
    strange = Reader(house.app, headers=headers).get("/account/login").headers["set-cookie"]
    assert "Secure" not in strange
    behind = open_house(house.app.state.database.url, proxies=("192.0.2.7",))
    believed = Reader(behind.app, headers=headers).get("/account/login").headers["set-cookie"]
    assert believed.startswith("__Host-")
    assert set(behind.app.state.limits.asking._full_at) == {"203.0.113.9"}
    # The client can write the first addresses itself; the last that is no proxy's is what a proxy has seen.
    Reader(behind.app, headers={"x-forwarded-for": "198.51.100.1, 203.0.113.8"}).get("/")
    assert set(behind.app.state.limits.asking._full_at) == {"203.0.113.9", "203.0.113.8"}
    behind.app.state.database.dispose()


def test_another_hosts_name_is_refused_where_names_are_given(house: House) -> None:
    named = open_house(house.app.state.database.url, host_names=("desk.example",))
    assert Reader(named.app).get("/").status_code == 200
    assert Reader(named.app, base="http://desk.example:8080").get("/").status_code == 200
    assert Reader(named.app, base="http://evil.example").get("/").status_code == 421
    named.app.state.database.dispose()


def test_an_address_that_asks_without_end_is_told_to_wait_and_others_are_not(house: House) -> None:
    house.app.state.limits.asking.rate = Rate(burst=5, every_s=60)
    told = [house.reader().get("/healthz") for _ in range(7)]
    assert [t.status_code for t in told] == [200] * 5 + [429] * 2
    assert 0 < int(told[-1].headers["retry-after"]) <= 60
    elsewhere = TestClient(house.app, client=("198.51.100.4", 1))
    assert elsewhere.get("/healthz").status_code == 200


def test_a_bucket_fills_again_as_time_goes_by() -> None:
    now = 0.0
    b = Buckets(Rate(burst=3, every_s=10), clock=lambda: now)
    assert [b.take("a") for _ in range(4)] == [0, 0, 0, 10]
    now = 9.0
    assert b.take("a") == pytest.approx(1)
    now = 10.0
    assert [b.take("a"), b.take("a")] == [0, pytest.approx(10)]
    now = 1000.0
    assert [b.take("a") for _ in range(4)] == [0, 0, 0, 10]


def test_a_flood_from_many_addresses_does_not_fill_the_memory() -> None:
    now = 0.0
    b = Buckets(Rate(burst=2, every_s=10), clock=lambda: now, most=100)
    for i in range(1000):
        now = i / 1000
        b.take(f"address {i}")
        b.take("guesser")
    assert len(b._full_at) <= 101
    assert b.take("guesser") > 0


def test_pages_of_somebody_who_is_logged_in_are_kept_by_no_cache(house: House) -> None:
    ann = house.reader("Ann")
    assert ann.get("/comments").headers["cache-control"] == "private, no-store"
    assert "cookie" in house.reader().get("/comments").headers["vary"].lower()


def test_what_breaks_is_told_as_a_page_with_the_same_headers(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    def breaks(*_a: object, **_k: object) -> None:
        raise RuntimeError(PASSWORD)

    monkeypatch.setattr("detente.web.comments.routes.latest", breaks)
    answer = house.reader().get("/comments")
    assert answer.status_code == 500
    assert PASSWORD not in answer.text
    assert answer.headers["content-security-policy"] == HEADERS["Content-Security-Policy"]


def test_a_database_that_is_gone_is_told_as_such(house: House) -> None:
    ann = house.reader("Ann")
    with house.app.state.database.connect() as c:
        c.exec_driver_sql("ALTER TABLE comment RENAME TO gone")
        c.commit()
    answer = ann.get("/comments")
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "60")
    with house.app.state.database.connect() as c:
        c.exec_driver_sql("ALTER TABLE gone RENAME TO comment")
        c.exec_driver_sql("ALTER TABLE session RENAME TO gone")
        c.commit()
    assert ann.get("/").status_code == 503
