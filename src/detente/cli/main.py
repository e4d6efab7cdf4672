"""The command `detente`: one subcommand per floor, each imported only when it is called.

Starting up must be quick, so this file imports nothing but click and the errors. An error of ours is
told in one line on standard error, and its exit code says what kind it was.
"""

import os
import sys
import warnings
from importlib import import_module

import click

from detente.core.errors import DetenteError
from detente.core.version import __version__

# name: (module, what it does in a line)
COMMANDS = {
    "answer": ("detente.cli.answer", "Answer a question in plain words."),
    "brief": ("detente.cli.brief", "Write the brief of a case: web page, PDF, Markdown, JSON."),
    "case": ("detente.cli.case", "Look at cases: cast, channels, what is unassigned."),
    "data": ("detente.cli.store", "The store: list, add, remove, verify, history, diff of releases."),
    "events": ("detente.cli.events", "List and export the events of a case."),
    "explain": ("detente.cli.explain", "Who answers whom, above what would happen anyway."),
    "fetch": ("detente.cli.fetch", "Download what is published: UCDP, GDELT, and ACLED with your account."),
    "forecast": ("detente.cli.forecast", "What may come, as probabilities that are scored in public."),
    "ingest": ("detente.cli.ingest", "Read published files into the store, each whole or not at all."),
    "measure": ("detente.cli.measure", "Measure: counts, rates, relation, episodes, crossings, distance, truces."),
    "serve": ("detente.cli.serve", "The workbench: read, ask, try levers and comment in a browser."),
    "user": ("detente.cli.user", "Accounts of the workbench: add, invite, moderator, disable."),
    "whatif": ("detente.cli.whatif", "Pull levers: what would change, assumed and estimated kept apart."),
}


class LazyGroup(click.Group):
    """Loads a subcommand's module when it is asked for, and lists them without loading any."""

    def invoke(self, ctx: click.Context) -> object:
        try:
            done: object = super().invoke(ctx)
            sys.stdout.flush()
        except BrokenPipeError:
            # The reader of a pipe, such as head, has seen enough: no error of ours. What is still
            # waiting goes nowhere, or Python would complain of it on the way out.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            ctx.exit(0)
        return done

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = import_module(COMMANDS[cmd_name][0]).command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, told) for name, (_, told) in COMMANDS.items()])


EXIT_CODES = """\b
Exit codes: 0 done; 2 wrong usage; 3 no such case or file; 4 a case file that cannot be used;
5 a source file that cannot be read; 6 nothing known for what was asked; 7 output not writable;
8 too few words allowed; 9 a question that cannot be read or asks nothing, or a provider or an engine that
cannot be used."""


@click.group(
    cls=LazyGroup,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog=EXIT_CODES,
)
@click.version_option(__version__, prog_name="detente")
def cli() -> None:
    """Conflicts between two states over an armed group that shelters in one of them.

    \b
    Begin with:
      detente brief pakistan-afghanistan            the flagship brief, into ./out
      detente brief pakistan-afghanistan --as-of 2025-10-08
      detente answer "How do the border clashes hurt trade between Pakistan and Afghanistan?"
      detente case show pakistan-afghanistan        who is who, and what is unassigned
      detente events pakistan-afghanistan --channel strike --from 2025-10-01
      detente measure relation pakistan-afghanistan

    Every command takes --json. COMMAND --help teaches by example.
    """


def main() -> None:
    """Run the command; one of our errors ends it with a line and its exit code."""
    # A warning is for the person who runs the command: one line, without the place in our code.
    warnings.showwarning = lambda message, *_args, **_named: click.echo(f"detente: {message}", err=True)
    try:
        cli()
    except DetenteError as e:
        click.echo(f"detente: {e}", err=True)
        sys.exit(e.exit_code)
