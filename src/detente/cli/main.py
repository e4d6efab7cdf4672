"""The command `detente`. Each subcommand is imported only when it is called.

Starting up must be quick, so this file imports only click, the errors and the version.
"""

import os
import sys
import warnings
from importlib import import_module

import click

from detente.core.errors import DetenteError
from detente.core.version import __version__

# name: (module, summary)
COMMANDS = {
    "answer": ("detente.cli.answer", "Answer a question in plain words."),
    "brief": ("detente.cli.brief", "Write the brief of a case: web page, PDF, Word, Markdown, JSON."),
    "cache": ("detente.cli.cache", "Show, list and clear the cached results."),
    "case": ("detente.cli.case", "List, show and create cases: actors, channels, unassigned events."),
    "digest": ("detente.cli.digest", "Print what happened in a month, and whether it was better or worse than before."),
    "events": ("detente.cli.events", "List and export the events of a case."),
    "explain": ("detente.cli.explain", "Estimate how each kind of event raises or lowers the rate of the others."),
    "fetch": ("detente.cli.fetch", "Download published data: UCDP, GDELT, and ACLED with your account."),
    "forecast": ("detente.cli.forecast", "Forecast events and deaths; score past forecasts."),
    "glossary": ("detente.cli.glossary", "Explain the words of pages and briefs."),
    "ingest": ("detente.cli.ingest", "Read published files into the store."),
    "mcp": ("detente.cli.mcp", "Serve the results to clients of the Model Context Protocol."),
    "measure": ("detente.cli.measure", "Measure counts, rates, relations, episodes, crossings, distances, truces."),
    "serve": ("detente.cli.serve", "Serve the workbench: read, ask, simulate and comment in a browser."),
    "status": ("detente.cli.status", "Print the situation of a case: relations, crossings, recent changes."),
    "store": ("detente.cli.store", "Manage the store: list, add, remove, verify, compare and match releases."),
    "user": ("detente.cli.user", "Manage workbench accounts: add, invite, role, disable."),
    "whatif": ("detente.cli.whatif", "Simulate policy changes; report assumed and estimated effects separately."),
}


class LazyGroup(click.Group):
    """Load a subcommand's module when it is called; list subcommands without loading any."""

    def invoke(self, ctx: click.Context) -> object:
        try:
            result: object = super().invoke(ctx)
            sys.stdout.flush()
        except BrokenPipeError:
            # The reader of a pipe, such as head, has closed it. Python would report the unwritten rest at exit.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            ctx.exit(0)
        return result

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args[:1] == ["data"]:  # the former name of `detente store`
            new, rest = (["store", "match"], args[2:]) if args[1:2] == ["same"] else (["store"], args[1:])
            if not ctx.resilient_parsing:
                click.echo(f"detente: `data` is deprecated. Use `detente {' '.join(new)}`.", err=True)
            args = [*new, *rest]
        return super().resolve_command(ctx, args)

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = import_module(COMMANDS[cmd_name][0]).command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, summary) for name, (_, summary) in COMMANDS.items()])


EXIT_CODES = """\b
Exit codes: 0 done; 2 wrong usage; 3 no such case or file; 4 invalid case file;
5 unreadable source file; 6 no data for the request; 7 output not writable;
8 word limit too low; 9 unreadable question; 10 data provider, engine or extra unavailable."""


@click.group(
    cls=LazyGroup,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog=EXIT_CODES,
)
@click.version_option(__version__, prog_name="detente")
def cli() -> None:
    """Measure, explain and forecast conflicts between two states over an armed group that shelters in one of them.

    \b
    Examples:
      detente brief pakistan-afghanistan            write the default brief to ./out
      detente brief pakistan-afghanistan --as-of 2025-10-08
      detente answer "How do the border clashes hurt trade between Pakistan and Afghanistan?"
      detente case show pakistan-afghanistan        list actors and channels
      detente events pakistan-afghanistan --channel strike --from 2025-10-01
      detente measure relation pakistan-afghanistan

    Most commands take --json. COMMAND --help shows examples.
    """


def main() -> None:
    """Run the command. An error of ours ends it with one line on standard error and its exit code."""
    # Case files use no plug-in of pydantic, which would look through every installed package for one.
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    # Users need the message of a warning, not the line of our code that raised it.
    warnings.showwarning = lambda message, *_args, **_named: click.echo(f"detente: {message}", err=True)
    try:
        cli()
    except DetenteError as e:
        click.echo(f"detente: {e}", err=True)
        sys.exit(e.exit_code)
