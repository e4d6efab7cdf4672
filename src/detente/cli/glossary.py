"""`detente glossary`: what a word means here."""

from dataclasses import asdict

import click

from detente.cli.options import DEFAULT_CASE, json_option, print_json


@click.command()
@click.argument("term", required=False, default="")
@click.option("--case", default=DEFAULT_CASE, show_default=True, help="Explain the kinds of event of this case too.")
@json_option
def command(term: str, case: str, as_json: bool) -> None:
    """Explain TERM, or list every word that pages, briefs and commands use in a special sense.

    \b
    Examples:
      detente glossary
      detente glossary "Brier score"
      detente glossary strike --json
    """
    from detente.cases.case_file import load_case_file
    from detente.text.glossary import find_entry, list_general_entries, list_kinds, load_glossary

    named = load_case_file(case)
    entries = (find_entry(term, named),) if term else (*list_general_entries([named]), *list_kinds(named))
    if as_json:
        print_json({"entries": [asdict(e) for e in entries]})
        return
    group = ""
    for e in entries:
        if e.group != group and not term:
            click.echo(f"\n{e.group}" if group else e.group)
            group = e.group
        click.echo(f"{'' if term else '  '}{e.term}: {e.short}{f' {e.longer}' if term and e.longer else ''}")
    if term and entries[0].see:
        click.echo(f"See also: {', '.join(load_glossary()[k].term for k in entries[0].see if k in load_glossary())}.")
