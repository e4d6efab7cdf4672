"""A brief as Markdown, for a note, a repository or another program."""

from detente.brief.document import Brief, ForecastSection
from detente.brief.render.json import build_brief_data, format_check_results
from detente.claims.checks import CHECKS
from detente.claims.finding import Finding
from detente.claims.verdict import VERDICT_SYMBOLS
from detente.core.date_range import format_date_range
from detente.core.publishers import format_publishers, publisher_name
from detente.events.event import Event
from detente.text.sentence import Sentence


def render_markdown(brief: Brief) -> str:
    """Render the brief as Markdown. Pictures appear as title and alternative text, not embedded."""
    p = brief.provenance
    by_id = {e.id: e for e in brief.cited}
    out = [
        f"# {brief.question}",
        f"*{brief.title}. What was known on {p.as_of}; {p.events} sourced events; tested claims, each with the checks it survived.*",
        "## Core demands",
        "\n".join(
            f"{i}. {s.asks}" + "".join(f"\n   - {p.headline}" for p in s.points)
            for i, s in enumerate(brief.sections, 1)
        ),
        "## All findings",
        "| verdict | what was tested | its weakest part | checks |\n| --- | --- | --- | --- |\n"
        + _render_findings_table(brief),
        *([f"## What changed since {brief.since}", _join_sentences(brief.changes)] if brief.changes else []),
        "## Introduction",
        _join_sentences(brief.introduction),
        f"*Figure: {brief.lead.title}.* {brief.lead.alt}",
    ]
    n = 0
    for section in brief.sections:
        out += [f"## {section.title}", f"*{section.asks}*"]
        for point in section.points:
            n += 1
            out += [f"### {n}. {point.headline}", _join_sentences(point.sentences)]
            if point.verdict:
                v = point.verdict
                out.append(
                    f"{v.mark} **{v.word[0].upper()}{v.word[1:]}.** {point.statement} ({format_check_results(v)})"
                )
                out.append("\n".join(f"- {t.text}" for t in point.tests))
            out += [f"- e.g. {format_example(by_id[i], brief)}" for i in point.examples]
            out.append(f"*What this cannot show.* {point.limits.text}")
            if point.claim in section.pictures:
                picture = section.pictures[point.claim]
                out.append(f"*Figure: {picture.title}.* {picture.alt}")
    out += ["## What may come", *_render_forecast_section(brief.outlook)]
    out += ["## Conclusion and way forward", *(_join_sentences(p) for p in brief.conclusion)]
    out.append(
        "\n".join(
            f"- **{w.title}.** {w.proposal} *{w.record.text}*" + "".join(f" {x.text}" for x in w.effect)
            for w in brief.levers
        )
    )
    if brief.alternatives:
        out += ["## Other readings", "\n".join(f"- {s.text}" for s in brief.alternatives)]
    out.append("## What we cannot see")
    out += [f"**{heading}.** {_join_sentences(sentences)}" for heading, sentences in brief.unseen]
    checks = [_render_checks_table(p) for s in brief.sections for p in s.points if p.outcomes]
    if checks:
        out += ["## Checks, one by one", *checks]
    out.append("## Method")
    out += [f"**{heading}.** {_join_sentences(sentences)}" for heading, sentences in brief.method]
    out += [
        "## Sources",
        "| event | when | where | reports |\n| --- | --- | --- | --- |\n" + _render_sources_table(brief),
    ]
    out.append("\n".join(f"- {d.name} ({d.licence}), {d.use}. {d.cite}" for d in brief.datasets))
    out.append(
        f"Provenance: {p.package} {p.version}; case {p.case}; release {p.release}, {p.rows} rows, SHA-256 {p.sha256}; "
        f"as of {p.as_of}; systematic collection to {p.watched_to}; {p.store_text}`{p.command}`."
    )
    return "\n\n".join(out) + "\n"


def format_example(event: Event, brief: Brief) -> str:
    """Format an event as an example: day, place, what is reported, and by whom."""
    disputed = " (disputed)" if event.disputed else ""
    return (
        f"{format_date_range(event.span)}, {brief.where(event)}: {event.summary}{disputed} "
        f"[{event.id}; {format_publishers(event.addresses)}]"
    )


def _render_forecast_section(o: ForecastSection) -> list[str]:
    out = [_join_sentences(o.notes)]
    if o.lines:
        head = "".join(f" | within {d} days" for d in o.horizons)
        rows = "\n".join(f"| {x.what} | " + " | ".join(c.text for c in x.cells) + " |" for x in o.lines)
        out.append(f"| from {o.since}{head} |\n| ---{' | ---' * len(o.horizons)} |\n{rows}")
    if o.picture:
        out.append(f"*Figure: {o.picture.title}.* {o.picture.alt}")
    if o.score:
        out += ["### How such forecasts have done", "\n".join(f"- {s.text}" for s in o.score)]
    return out


def _render_findings_table(brief: Brief) -> str:
    rows = build_brief_data(brief)["findings"]
    return "\n".join(
        f"| {VERDICT_SYMBOLS[r['word']]} {r['word']} | {r['statement']} | "
        f"{'That' if r['number'] else 'Whether'} {r['weakest']}: {r['likely']} | {r['survived']} |"
        for r in rows
    )


def _render_checks_table(point: Finding) -> str:
    titles = {c.key: c.title for c in CHECKS}
    parts = {e.key: e.part for e in point.estimates}
    lines = [f"| {parts[o.part]} | {titles[o.check]} | {o.result} | {o.told.text} |" for o in point.outcomes]
    return "| that | check | outcome | what was seen |\n| --- | --- | --- | --- |\n" + "\n".join(lines)


def _join_sentences(sentences: tuple[Sentence, ...]) -> str:
    return " ".join(s.text for s in sentences)


def _render_sources_table(brief: Brief) -> str:
    return "\n".join(
        f"| {e.id} | {format_date_range(e.span)} | {brief.where(e)} | "
        + " ".join(f"[{publisher_name(a)}](<{a}>)" for a in e.addresses)
        + (f"; {again.text}" if (again := brief.retold.get(e.id)) else "")
        + " |"
        for e in brief.cited
    )
