"""Debian's nginx and Caddy in front of the workbench, with the configurations of docs/serving.md."""

import os
import re
import shutil
import socket
import ssl
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

import httpx
import pytest
import uvicorn
from starlette.applications import Starlette

from detente.web.connections import LimitedH11Protocol
from detente.web.server import NoDelayConfig

SERVING = Path(__file__).parents[2] / "docs/serving.md"
HOST = "desk.example.org"
ProxyName = Literal["nginx", "caddy"]


def read_configuration(proxy: ProxyName) -> str:
    """Return the proxy's configuration from the documentation."""
    (block,) = re.findall(rf"```{proxy}\n(.+?)```", SERVING.read_text(encoding="utf-8"), re.DOTALL)
    return str(block)


def find_program(name: str) -> str:
    """Return the path of a program; the test is skipped if it is not installed."""
    path = shutil.which(name, path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")
    if path is None:
        package = {"nginx": "nginx-light"}.get(name, name)
        pytest.skip(f"{name} is not installed; on Debian: apt-get install --no-install-recommends {package}")
    return path


def free_port() -> int:
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return int(s.getsockname()[1])


def make_certificate(folder: Path) -> tuple[Path, Path]:
    """Make a self-signed certificate of the host; return certificate and key."""
    certificate, key = folder / "host.pem", folder / "host.key"
    command = [
        find_program("openssl"),
        "req",
        "-x509",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:prime256v1",
        "-nodes",
    ]
    command += ["-days", "2", "-subj", f"/CN={HOST}", "-addext", f"subjectAltName=DNS:{HOST}"]
    subprocess.run([*command, "-keyout", str(key), "-out", str(certificate)], check=True, capture_output=True)
    return certificate, key


@contextmanager
def serve_behind(app: Starlette, proxies: tuple[str, ...]) -> Iterator[int]:
    """Serve the application as `detente serve` does, and return its port."""
    config = NoDelayConfig(app, http=LimitedH11Protocol, proxy_headers=False, log_level="error", limit_concurrency=500)
    config.proxies = proxies
    server = uvicorn.Server(config)
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
        thread.start()
        while not server.started:
            assert thread.is_alive()
            time.sleep(0.02)
        yield int(listening.getsockname()[1])
        server.should_exit = True
        thread.join(20)


@contextmanager
def run_nginx(folder: Path, server_block: str) -> Iterator[None]:
    """Run nginx with this server block until the block ends."""
    paths = " ".join(f"{n}_temp_path {folder}/{n};" for n in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
    user = "user root;" if os.geteuid() == 0 else ""
    text = f"{user} pid {folder}/pid; error_log {folder}/error.log; events {{}} http {{ access_log off; {paths}\n{server_block} }}"
    (folder / "nginx.conf").write_text(text, encoding="utf-8")
    command = [find_program("nginx"), "-p", str(folder), "-c", str(folder / "nginx.conf"), "-g", "daemon off;"]
    with _run(command, folder):
        yield


@contextmanager
def run_caddy(folder: Path, site: str) -> Iterator[None]:
    """Run Caddy with this site until the block ends."""
    text = "{\n\tadmin off\n\tauto_https disable_redirects\n\tskip_install_trust\n}\n" + site
    (folder / "Caddyfile").write_text(text, encoding="utf-8")
    command = [find_program("caddy"), "run", "--config", str(folder / "Caddyfile"), "--adapter", "caddyfile"]
    with _run(command, folder):
        yield


@contextmanager
def _run(command: list[str], folder: Path) -> Iterator[None]:
    env = {**os.environ, "HOME": str(folder), "XDG_DATA_HOME": str(folder), "XDG_CONFIG_HOME": str(folder)}
    with (folder / "output.log").open("wb") as log:
        process = subprocess.Popen(command, cwd=folder, env=env, stdout=log, stderr=log)
        try:
            yield
        finally:
            process.terminate()
            process.wait(20)


@contextmanager
def run_documented_proxy(proxy: ProxyName, folder: Path, backend: int) -> Iterator[int]:
    """Run the proxy with its documented configuration, other ports and a certificate of our own; return its port."""
    port, (certificate, key) = free_port(), make_certificate(folder)
    text = read_configuration(proxy)
    assert "127.0.0.1:8000" in text
    text = text.replace("127.0.0.1:8000", f"127.0.0.1:{backend}")
    if proxy == "nginx":
        text = text.replace("listen 443 ssl", f"listen 127.0.0.1:{port} ssl")
        text = text.replace(f"/etc/ssl/{HOST}.pem", str(certificate)).replace(f"/etc/ssl/{HOST}.key", str(key))
        running = run_nginx(folder, text)
    else:
        text = text.replace(f"{HOST} {{", f"https://{HOST}:{port} {{\n\ttls {certificate} {key}", 1)
        running = run_caddy(folder, text)
    with running:
        wait_for_port(port, folder)
        yield port


def wait_for_port(port: int, folder: Path) -> None:
    for _ in range(300):
        with socket.socket() as s:
            if s.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    logs = "".join(p.read_text(encoding="utf-8", errors="replace") for p in folder.glob("*.log"))
    raise AssertionError(f"the proxy did not start: {logs[-2000:]}")


class ProxyClient:
    """A browser behind the proxy, from an address of its own; follows no redirects."""

    def __init__(self, port: int, folder: Path, address: str = "127.0.0.7") -> None:
        context = ssl.create_default_context(cafile=str(folder / "host.pem"))
        context.check_hostname = False
        self.port, self.base = port, f"https://{HOST}:{port}"
        transport = httpx.HTTPTransport(verify=context, local_address=address)
        self.client = httpx.Client(transport=transport, timeout=60)

    def __enter__(self) -> "ProxyClient":
        return self

    def __exit__(self, *_: object) -> None:
        self.client.close()

    def request(self, method: str, path: str, **more: object) -> httpx.Response:
        headers = {"Host": f"{HOST}:{self.port}", "Origin": self.base, **more.pop("headers", {})}  # type: ignore[dict-item]
        return self.client.request(
            method, f"https://127.0.0.1:{self.port}{path}", headers=headers,
            extensions={"sni_hostname": HOST}, **more,  # type: ignore[arg-type]
        )  # fmt: skip
