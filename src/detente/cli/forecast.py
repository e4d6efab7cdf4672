"""`detente forecast`: forecasts of a case or of all countries, and their scores."""

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
    """Treat a first word that is not a command as a case: `detente forecast pakistan-afghanistan`."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module, attribute = COMMANDS[cmd_name]
        command: click.Command = getattr(import_module(module), attribute)
        return command

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if not args:
            args = ["case", DEFAULT_CASE]
        elif args[0] not in COMMANDS and args[0] not in ("--help", "-h"):
            args = ["case", *args]
        return super().parse_args(ctx, args)


@click.group(cls=DefaultCaseGroup)
def command() -> None:
    """Forecast events and deaths; score past forecasts.

    \b
    Examples:
      detente forecast                                     the default case, 30, 90 and 180 days
      detente forecast pakistan-afghanistan --as-of 2025-09-30 --days 30
      detente forecast score                               score past forecasts, month by month
      detente forecast countries --panel ucdp.csv --from 1989-01 --out 2025.parquet
      detente forecast judge 2025.parquet --panel ucdp.csv --from 1989-01

    A first word that is not one of the commands below is a case.
    """
