"""`detente forecast`: what may come, in a case or in every country, and how earlier forecasts scored."""

from importlib import import_module

import click

from detente.cli.options import DEFAULT_CASE

COMMANDS = {
    "case": ("detente.cli.forecast_case", "case"),
    "score": ("detente.cli.forecast_case", "score"),
    "countries": ("detente.cli.forecast_countries", "countries"),
    "judge": ("detente.cli.forecast_countries", "judge"),
}


class DefaultCaseGroup(click.Group):
    """A first word that is no command is a case: `detente forecast pakistan-afghanistan` needs no more."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module, attribute = COMMANDS[cmd_name]
        found: click.Command = getattr(import_module(module), attribute)
        return found

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if not args:
            args = ["case", DEFAULT_CASE]
        elif args[0] not in COMMANDS and args[0] not in ("--help", "-h"):
            args = ["case", *args]
        return super().parse_args(ctx, args)


@click.group(cls=DefaultCaseGroup)
def command() -> None:
    """What may come, as probabilities that are scored in public.

    \b
    Examples:
      detente forecast                                     the flagship, 30, 90 and 180 days
      detente forecast pakistan-afghanistan --as-of 2025-09-30 --days 30
      detente forecast score                               how such forecasts did, month by month
      detente forecast countries --panel ucdp.csv --from 1989-01 --out 2025.parquet
      detente forecast judge 2025.parquet --panel ucdp.csv --from 1989-01

    A first word that is none of the commands below is a case.
    """
