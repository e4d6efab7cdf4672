"""`detente mcp`: serve the results to clients of the Model Context Protocol."""

from pathlib import Path

import click

from detente.cli.options import cache_option, case_store_option


@click.command()
@click.option("--case", "cases", multiple=True, help="Serve only this case; repeatable.  [default: every shipped case]")
@click.option("--http", is_flag=True, help="Serve over HTTP on this machine instead of standard input and output.")
@click.option("--port", type=click.IntRange(1, 65535), help="Listen on this port; needs --http.  [default: 8765]")
@case_store_option
@cache_option
def command(cases: tuple[str, ...], http: bool, port: int | None, store: Path | None) -> None:
    """Serve the results to programs that speak the Model Context Protocol (MCP), such as chat clients and editors.

    All tools only read: list_cases, ask, status, changes, events, claims, responses, forecast, simulate, counterfactual, brief,
    glossary. Each result has its sources, the age of the record, verdicts with their false-alarm rate, and a text to quote it with.
    Nothing is written but the cache. Needs the extra mcp: pip install "detente[mcp]"

    \b
    Examples:
      detente mcp                                   started by a client; see docs/mcp.md
      detente mcp --case pakistan-afghanistan --no-store
      detente mcp --http --port 8765                then connect to http://127.0.0.1:8765/mcp
    """
    from detente.core.extras import require_extra

    if port is not None and not http:
        raise click.UsageError("--port needs --http.")
    require_extra("mcp")
    from detente.cases.case_file import find_shipped_cases
    from detente.core.disk_cache import active_cache
    from detente.mcp.served_cases import CaseRegistry
    from detente.mcp.server import PORT, run_http, run_stdio

    keeps = active_cache().folder is not None
    served = CaseRegistry(list(cases or find_shipped_cases()), store=store, cache=keeps)
    if not http:
        run_stdio(served)
        return
    click.echo(f"MCP server: http://127.0.0.1:{port or PORT}/mcp  (stop with Ctrl-C)", err=True)
    run_http(served, port or PORT)
