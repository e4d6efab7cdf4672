"""`detente serve`: run the workbench."""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

import click

from detente.cli.options import DEFAULT_CASE, folder_option, resolve_store_path, store_option


@click.command()
@click.argument("cases", nargs=-1)
@click.option("--host", default="127.0.0.1", show_default=True, help="Listen on this address.")
@click.option("--port", type=click.IntRange(0, 65535), default=8000, show_default=True, help="Listen on this port.")
@click.option(
    "--workers", type=click.IntRange(1, 64), default=1, show_default=True, help="Run this many server processes."
)
@click.option("--private", is_flag=True, help="Require an account for reading too.")
@folder_option
@store_option
@click.option("--no-store", is_flag=True, help="Leave the store out of the served cases; uploads still go into it.")
@click.option(
    "--case-folder",
    type=click.Path(path_type=Path),
    help="Keep the cases that editors write in the browser in this folder.  [default: cases, in the folder of --folder]",
)
@click.option("--address", help="Public base URL behind a reverse proxy, such as https://desk.example.org.")
@click.option(
    "--host-name",
    "host_names",
    multiple=True,
    help="Answer requests for this host name too; repeatable. Others than this machine's and that of --address are refused.",
)
@click.option("--no-browser", is_flag=True, help="Do not open the browser for the first account.")
@click.option("--open-metrics", is_flag=True, help="Serve /metrics to everybody, not only to moderators.")
@click.option("--review", is_flag=True, help="A change of a record counts only after a second person accepted it.")
@click.option("--proxy", "proxies", multiple=True, help="Trust X-Forwarded-* headers from this proxy address.")
def command(
    cases: tuple[str, ...], host: str, port: int, workers: int, private: bool, folder: Path | None,
    store: Path | None, no_store: bool, address: str | None, proxies: tuple[str, ...],
    host_names: tuple[str, ...], open_metrics: bool, review: bool, no_browser: bool, case_folder: Path | None,
) -> None:  # fmt: skip
    """Serve the workbench: read, ask, simulate, print and comment in a browser.

    CASES are shipped cases or paths of case files; the default is the Pakistan–Afghanistan case. Each case is prepared
    in the background, in about half a minute, and cached; its events, map and crossings are there at once. The store holds
    the releases of cases that bring their own, and other sources, whose reports an event's page shows. The workbench listens
    on this machine only, unless --host names another address.

    \b
    Examples:
      detente serve
      detente serve pakistan-afghanistan my_case.toml --port 8080
      detente serve --store data/store      compare with your UCDP, ACLED or GDELT
      detente serve --workers 2 --private --address https://desk.example.org --proxy 10.0.0.2
    """
    from detente.cases.case_file import load_case_file
    from detente.cli.first_visit import has_own_browser, open_first_page, write_first_page
    from detente.core.disk_cache import default_cache_folder, usable_folder
    from detente.web.accounts.first_account import issue_first_token
    from detente.web.accounts.tokens import hash_token
    from detente.web.config import ServerConfig, default_folder, to_environment
    from detente.web.db.engine import open_database
    from detente.web.db.migrate import upgrade
    from detente.web.db.url import database_url
    from detente.web.preparation import start_preparing
    from detente.web.server import run_server

    # What the server writes is for its owner only.
    os.umask(0o077)
    home = (folder or default_folder()).absolute()
    # Workers need the password in the address. They get it through the environment, never as an argument.
    url = database_url(folder=folder)
    database = url.render_as_string(hide_password=False)
    engine = open_database(url)
    upgrade(engine)
    token = issue_first_token(engine)
    engine.dispose()
    settings = ServerConfig(
        cases=cases or (DEFAULT_CASE,), private=private, store=resolve_store_path(store), read_store=not no_store,
        uploads=home / "uploads", case_folder=case_folder or home / "cases", cache=usable_folder(default_cache_folder()),
        database=database, proxies=proxies, host_names=host_names, open_metrics=open_metrics, review=review,
        address=address or f"http://{host}:{port}", first_account=hash_token(token) if token else "",
    )  # fmt: skip
    for name in settings.cases:
        load_case_file(name)  # a case that cannot be used ends the command here, not a worker
    to_environment(settings)
    start_preparing()
    _prepare_folders(home, workers)
    click.echo(f"Workbench: http://{host}:{port}/  (stop with Ctrl-C)", err=True)
    click.echo(f"Accounts and comments: {url.render_as_string(hide_password=True)}", err=True)
    if token:
        first = f"{settings.address.rstrip('/')}/account/invitation/{token}"
        click.echo(f"Nobody has an account here yet. Make the first one, an administrator's, at {first}", err=True)
        if not no_browser and has_own_browser(host):
            page = write_first_page(home, first)
            atexit.register(page.unlink, missing_ok=True)
            open_first_page(page, host, port)
    run_server(
        "detente.web.app:create_app_from_env", host=host, port=port, workers=workers, log_level="warning", server_header=False,
        proxy_headers=False, timeout_graceful_shutdown=20, proxies=proxies,
    )  # fmt: skip


def _prepare_folders(home: Path, workers: int) -> None:
    """Spool uploads on the disk of their destination; give several workers a shared folder for metrics."""
    if "TMPDIR" not in os.environ:
        spool = home / "spool"
        spool.mkdir(mode=0o700, parents=True, exist_ok=True)
        # The system's temporary folder is often in memory, and an upload may be half a gigabyte.
        os.environ["TMPDIR"] = tempfile.tempdir = str(spool)
    if workers > 1:
        shared = tempfile.mkdtemp(prefix="detente-metrics-")
        atexit.register(shutil.rmtree, shared, ignore_errors=True)
        os.environ["PROMETHEUS_MULTIPROC_DIR"] = shared
