"""Generate the reference pages from the code, and the picture of the README.

.venv/bin/python docs/make_reference.py             the pages
.venv/bin/python docs/make_reference.py --picture   the picture too
"""

import argparse
import io
from pathlib import Path

import click

from detente.cases.channel_rule import CHANNELS, COUNTED_CHANNELS
from detente.cases.channels import load_channel_rules, name_parties
from detente.cli.main import COMMANDS, cli
from detente.events.crosswalk import load_crosswalk
from detente.events.plover import event_types
from detente.sources.testimony import format_source_name, load_testimony
from detente.text.glossary import load_glossary

HERE = Path(__file__).parent / "reference"


def channels() -> str:
    """Return the channel table."""
    rows = "\n".join(
        f"| {r.channel} | {r.initiators} | {r.recipients} | {r.types} | {r.modes} | {r.soil} | {r.why} |"
        for r in name_parties(load_channel_rules())
    )
    return (
        "# Channels\n\n"
        f"A channel is one kind of act between roles. The model has ten: {', '.join(CHANNELS)}. An eleventh, "
        f"{', '.join(c for c in COUNTED_CHANNELS if c not in CHANNELS)}, is counted and listed, not fitted. The table is read from the "
        "top and the first row that fits decides; `-` as a channel lists events that belong to none, with the reason. "
        "In the columns of roles a space means *or*, `a+b` both, `!a` that no such actor may be there, `*` anything, "
        "`-` nobody. `soil` is whose country it happened in. A case file may put rows of its own before the table, "
        "which may name `places`.\n\n"
        "| channel | initiators | recipients | types | modes | soil | why |\n| --- | --- | --- | --- | --- | --- | --- |\n"
        f"{rows}\n"
    )


def types() -> str:
    """Return the table of the sixteen PLOVER types."""
    rows = "\n".join(
        f"| {t.name} | {t.quad} | {t.intensity:+.1f} | {' '.join(t.cameo_roots)} | {t.meaning} |"
        for t in event_types().values()
    )
    return (
        "# Event types\n\n"
        "PLOVER's sixteen types and four quad classes. Intensity is on Goldstein's scale (Goldstein 1992), -10 to +10, "
        "published for CAMEO's root codes; a PLOVER type takes the mean over the roots that it replaces.\n\n"
        "| type | quad class | intensity | CAMEO roots | meaning |\n| --- | --- | ---: | --- | --- |\n"
        f"{rows}\n"
    )


def provider_codes() -> str:
    """Return the PLOVER meaning of each provider's codes."""
    titles = {
        "ucdp": (
            "UCDP",
            "GED and Candidate code three types of violence. POLECAT is PLOVER already and needs no table.",
        ),
        "acled": ("ACLED", "An event type and a sub-event type."),
        "cameo": ("CAMEO", "Used by GDELT and ICEWS."),
    }
    parts = [
        (
            "# Codes\n\nProvider code, and the PLOVER type, mode and context that it becomes. `-`: PLOVER has no type for it, and such "
            "rows are rejected under that reason. Modes are PLOVER's words, or the chronology codebook's where it names the same "
            "act. Intensity is on Goldstein's scale: of the CAMEO code, else of the PLOVER type. Empty: unknown. The table is "
            "`src/detente/events/codes.tsv`; the facts for CAMEO follow the PLOVER project's conversion table of 2021.\n"
        )
    ]
    for source, (title, note) in titles.items():
        rows = "\n".join(
            f"| {c.code} | {c.type or '-'} | {c.mode} | {c.context} | {'' if c.intensity is None else f'{c.intensity:+.1f}'} | {c.meaning} |"
            for c in load_crosswalk().values()
            if c.source == source
        )
        head = "| code | type | mode | context | intensity | meaning |\n| --- | --- | --- | --- | ---: | --- |\n"
        parts.append(f"\n## {title}\n\n{note}\n\n{head}{rows}\n")
    return "".join(parts)


def testimony() -> str:
    """Return the table of what each provider can hold."""
    rows = "\n".join(
        f"| {format_source_name(t.provider)} | {t.kind.replace('_', ' ')} | {'yes' if t.holds else 'no'} | {t.why} |"
        for held in load_testimony().values()
        for t in held.values()
    )
    return (
        "# What each provider can hold\n\n"
        "Zero events of a kind that a provider never records is not zero: it is unknown. Claims, estimates and checks about such kinds are "
        "not applicable in a case made from that provider, with the reason. `yes`: the provider records the kind by a rule of its own. "
        "`no`: it does not, or so incompletely that absence says nothing. Of a table that is not listed, a kind counts as recorded if at "
        "least one event of it is there. The table is `src/detente/sources/testimony.tsv`.\n\n"
        f"| provider | kind of event | holds it | why |\n| --- | --- | --- | --- |\n{rows}\n"
    )


def commands() -> str:
    """Return the help of every command."""
    parts = ["# Commands\n", _help(cli, "detente")]
    for name in COMMANDS:
        command = cli.get_command(click.Context(cli), name)
        assert command is not None
        parts.append(_help(command, f"detente {name}"))
        if isinstance(command, click.Group):
            inner = click.Context(command)
            for k in command.list_commands(inner):
                c = command.get_command(inner, k)
                assert c is not None
                parts.append(_help(c, f"detente {name} {k}"))
    return "\n".join(parts)


def glossary() -> str:
    """Return every term of pages, briefs and help, by group."""
    entries = load_glossary()
    opening = "The same words explain the pages, `detente glossary` and definitions in answers: `src/detente/text/glossary.toml`."
    parts = [f"# Glossary\n\n{opening}\n"]
    for group in dict.fromkeys(e.group for e in entries.values()):
        parts.append(f"## {group}\n")
        for e in (e for e in entries.values() if e.group == group):
            see = f" See: {', '.join(entries[k].term for k in e.see)}." if e.see else ""
            parts.append(f"**{e.term}.** {' '.join(x for x in (e.short, e.longer) if x)}{see}\n")
    return "\n".join(parts)


def _help(command: click.Command, name: str) -> str:
    # Pass the names of --help, because a command keeps those of its first call.
    with click.Context(command, info_name=name, **cli.context_settings) as context:
        context.terminal_width = 100
        return f"## {name}\n\n```\n{command.get_help(context)}\n```\n"


PAGES = {
    "channels.md": channels, "codes.md": provider_codes, "event-types.md": types, "testimony.md": testimony, "commands.md": commands,
    "glossary.md": glossary,
}  # fmt: skip


def picture() -> bytes:
    """Return the first two pages of the flagship brief, side by side, as PNG."""
    import typst

    from detente.brief.build import BriefRequest, build_brief
    from detente.brief.render.pdf import render_page_images

    pages = render_page_images(
        build_brief(BriefRequest("pakistan-afghanistan", command="detente brief pakistan-afghanistan")), ppi=80
    )
    source = (
        '#set page(width: auto, height: auto, margin: 12pt, fill: rgb("#c9cdd2"))\n'
        '#grid(columns: 2, gutter: 12pt, image("a.png", width: 595.28pt), image("b.png", width: 595.28pt))'
    )
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        for name, page in zip(("a.png", "b.png"), pages, strict=False):
            (Path(folder) / name).write_bytes(page)
        (Path(folder) / "two.typ").write_text(source)
        out = typst.compile(str(Path(folder) / "two.typ"), root=folder, format="png", ppi=80)
    return io.BytesIO(out).getvalue()


def main() -> None:
    """Write the pages."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--picture", action="store_true", help="also draw docs/brief.png")
    options = parser.parse_args()
    HERE.mkdir(exist_ok=True)
    for name, make in PAGES.items():
        (HERE / name).write_text(make(), encoding="utf-8")
        print(HERE / name)
    if options.picture:
        (HERE.parent / "brief.png").write_bytes(picture())
        print(HERE.parent / "brief.png")


if __name__ == "__main__":
    main()
