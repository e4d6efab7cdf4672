"""The documented configurations of nginx and Caddy, with the real servers."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from support.comments_workbench import PASSWORD, Workbench, open_workbench
from support.databases import copy_migrated
from support.proxies import (
    HOST,
    ProxyClient,
    ProxyName,
    free_port,
    run_documented_proxy,
    run_nginx,
    serve_behind,
    wait_for_port,
)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Workbench]:
    """The workbench as `detente serve --address https://desk.example.org --proxy 127.0.0.1` sets it up."""
    opened = open_workbench(
        copy_migrated(tmp_path / "w.db"), host_names=(), proxies=("127.0.0.1",),
        address=f"https://{HOST}", uploads=tmp_path / "uploads", store=tmp_path / "store",
    )  # fmt: skip
    yield opened
    opened.app.state.database.dispose()


@pytest.mark.parametrize("proxy", ["nginx", "caddy"])
def test_documented_proxy_serves_safely(desk: Workbench, tmp_path: Path, proxy: ProxyName) -> None:
    """Readers keep their addresses, forged ones are not believed, cookies are secure, files pass, metrics do not."""
    (folder := tmp_path / proxy).mkdir()
    desk.account("Ann", "moderator")
    with (
        serve_behind(desk.app, ("127.0.0.1",)) as backend,
        run_documented_proxy(proxy, folder, backend) as port,
        ProxyClient(port, folder) as ann,
    ):
        forged = {"X-Forwarded-For": "203.0.113.9", "X-Forwarded-Proto": "http", "Forwarded": "for=203.0.113.9"}
        page = ann.request("GET", "/comments", headers=forged)
        assert page.status_code == 200
        assert page.headers["strict-transport-security"].startswith("max-age=")
        assert set(desk.app.state.limits.asking._full_at) == {"127.0.0.7"}
        login = ann.request("POST", "/account/login", data={"name": "Ann", "password": PASSWORD, "then": "/comments"})
        assert (login.status_code, login.headers["location"]) == (303, "/comments")
        cookie = login.headers["set-cookie"]
        assert cookie.startswith("__Host-")
        assert "Secure" in cookie
        session = {"Cookie": cookie.partition(";")[0]}
        assert ann.request("GET", "/account", headers=session).status_code == 200
        # More than nginx takes without `client_max_body_size`.
        sent = ann.request("POST", "/data/upload", headers=session, files={"file": ("x.csv", b"x" * 3_000_000)})
        assert sent.status_code == 303
        assert ann.request("GET", "/metrics", headers=session).status_code == 403
        foreign = {**session, "Origin": "https://evil.example"}
        assert ann.request("POST", "/account/logout", headers=foreign).status_code == 403


def test_bare_proxy_gives_strangers_no_right(desk: Workbench, tmp_path: Path) -> None:
    """nginx that only passes requests on makes strangers look local: they may neither write nor read metrics."""
    (folder := tmp_path / "bare").mkdir()
    port = free_port()
    bare = open_workbench(desk.app.state.database.url, host_names=(), uploads=tmp_path / "u", store=tmp_path / "s")
    with serve_behind(bare.app, ()) as backend:
        block = f"server {{ listen 127.0.0.1:{port}; location / {{ proxy_pass http://127.0.0.1:{backend}; }} }}"
        with run_nginx(folder, block):
            wait_for_port(port, folder)
            base = f"http://127.0.0.1:{port}"
            assert httpx.get(f"{base}/comments").status_code == 200
            assert httpx.post(f"{base}/data/upload", files={"file": ("x.csv", b"x")}).status_code == 401
            assert httpx.post(f"{base}/comments", data={"body": "x"}).status_code == 401
            assert httpx.get(f"{base}/metrics").status_code == 403
    bare.app.state.database.dispose()
