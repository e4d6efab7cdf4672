"""A brief as Markdown, for a note, a repository or another program."""

from detente.brief.document import Brief, BriefArgument, ForecastSection, format_origin
from detente.brief.render.json import build_brief_data, format_check_results
from detente.claims.checks import CHECKS
from detente.claims.evidence_line import list_evidence
from detente.claims.finding import Finding
from detente.claims.reader_text import MARK_SYMBOLS, MARK_WORDS
from detente.claims.recommendations import Recommendation
from detente.claims.stated_evidence import STATED_NOTE
from detente.claims.verdict import VERDICT_SYMBOLS
from detente.core.date_range import format_date_range
from detente.core.publishers import format_publishers, publisher_name
from detente.events.event import Event
from detente.text.sentence import Sentence


def render_markdown(brief: Brief) -> str:
    """Render the brief as Markdown. Pictures appear as title and alternative text, not embedded."""
    out = _render_main_part(brief) + _render_annex(brief)
    return "\n\n".join(out) + "\n"


def _render_main_part(brief: Brief) -> list[str]:
    """The answer, introduction, points, outlook and way forward."""
    p = brief.provenance
    out = [
        f"# {brief.question}",
        f"*{brief.title}. As known on {p.as_of}; {p.events} sourced events. {brief.age.text}*",
        "\n".join(f"{i}. {s.asks}" for i, s in enumerate(brief.sections, 1)),
        "## The answer",
        *_render_answer(brief),
        *([f"## What changed since {brief.since}", _join_sentences(brief.changes)] if brief.changes else []),
        "## Introduction",
        _join_sentences(brief.introduction),
        *([f"*{brief.no_background}*"] if brief.no_background else []),
        *(f"**{n.title}.** {n.text}{f' *{n.note}*' if n.note else ''}" for n in brief.background),
    ]
    by_id = {e.id: e for e in brief.cited}
    n = 0
    for section in brief.sections:
        out.append(f"## {section.title}")
        for point in section.points:
            n += 1
            out.append(f"### {n}. {point.headline}")
            out += _render_argument(section.arguments.get(point.claim))
            if point.reader:
                out.append("\n".join(f"- {m.symbol} {m.sentence.text}" for m in point.reader.sentences))
            out += [f"- For example, {format_example(by_id[i], brief)}" for i in point.examples]
            out += [f"{m.symbol} *{m.sentence.text}*" for m in list_evidence(point)]
            if point.claim in section.pictures:
                picture = section.pictures[point.claim]
                out.append(f"*Figure: {picture.title}.* {picture.alt}")
    out += ["## What may come", *_render_forecast_section(brief.outlook)]
    out += ["## Conclusion and way forward", *(_join_sentences(p) for p in brief.conclusion)]
    return [*out, "\n".join(_render_option(w) for w in brief.levers)]


def _render_answer(brief: Brief) -> list[str]:
    lines: list[str] = []
    heading = ""
    for a in brief.answer:
        if a.heading != heading:
            lines.append(f"\n**{a.heading}**\n" if heading else f"**{a.heading}**\n")
            heading = a.heading
        lines.append(f"- {f'{MARK_SYMBOLS[a.mark]} ' if a.mark else ''}{a.sentence.text}")
    marks = "; ".join(f"{MARK_SYMBOLS[m]} {MARK_WORDS[m]}" for m in brief.marks)
    caution = [brief.caution.text] if brief.caution else []
    return ["\n".join(lines), *caution, f"*{marks}*", f"*Figure: {brief.lead.title}.* {brief.lead.alt}"]


def _render_argument(a: BriefArgument | None) -> list[str]:
    if a is None:
        return []
    counter = f" **Against it.** {a.counter}" if a.counter else ""
    return [f"**The argument.** {a.text} (Held by {'; '.join(a.held_by)}.){counter}"]


def _render_option(w: Recommendation) -> str:
    so_far = f"{w.precedent} {w.record.text}".strip()
    so_far = f" *So far.* {so_far}" if so_far else ""
    expect = f" *What to expect.* {w.expectation.text}" if w.expectation.text else ""
    against = f" *Against it.* {w.objection}" if w.objection else ""
    return f"- **{w.title}.** {w.proposal}{so_far}{expect}{against}"


def _render_annex(brief: Brief) -> list[str]:
    """All estimates, checks, limitations, method and sources."""
    p = brief.provenance
    out = [
        "## Annex: all findings",
        "| verdict | what was tested | its weakest part | checks |\n| --- | --- | --- | --- |\n"
        + _render_findings_table(brief),
        "## Figures, estimates and limits of each point",
        STATED_NOTE,
    ]
    for point in (p for s in brief.sections for p in s.points):
        out += [f"### {point.headline}", _join_sentences(point.sentences)]
        if point.verdict:
            v = point.verdict
            out.append(f"{v.mark} **{v.word[0].upper()}{v.word[1:]}.** {point.statement} ({format_check_results(v)})")
            out.append("\n".join(f"- {t.text}" for t in point.tests))
        if point.stated:
            stated = [f"- {x.told.text} {x.compared}".rstrip() for x in point.stated]
            out.append("\n".join(["*What sources state.*", "", *stated]))
        if point.false_alarms:
            out.append(f"*False alarms.* {point.false_alarms.text}")
        out.append(f"*What this cannot show.* {point.limits.text}")
    out += [f"**{w.title}.** {_join_sentences(w.effect)}" for w in brief.levers if w.effect]
    checks = [_render_checks_table(p) for s in brief.sections for p in s.points if p.outcomes]
    out += ["## Checks, one by one", *checks] if checks else []
    o = brief.outlook
    if o.lines:
        out += [
            "## Forecast: spread and past scores",
            _join_sentences(o.notes),
            "\n".join(f"- {s.text}" for s in o.score),
        ]
    if brief.alternatives:
        out += ["## Other readings", "\n".join(f"- {s.text}" for s in brief.alternatives)]
    out.append("## Limitations")
    out += [f"**{heading}.** {_join_sentences(sentences)}" for heading, sentences in brief.unseen]
    out.append("## Method")
    out += [f"**{heading}.** {_join_sentences(sentences)}" for heading, sentences in brief.method]
    background = [(n.title, n.sources) for n in brief.background]
    background += [
        (p.headline, (*a.sources, *a.counter_sources))
        for s in brief.sections
        for p in s.points
        if (a := s.arguments.get(p.claim))
    ]
    background += [(w.title, (*w.precedent_events, *w.sources)) for w in brief.levers if w.sources]
    if background:
        out.append("## Sources of background, arguments and options")
        out.append("\n".join(f"- **{title}.** {'; '.join(dict.fromkeys(sources))}" for title, sources in background))
    out += [
        "## Sources",
        "| event | when | where | reports |\n| --- | --- | --- | --- |\n" + _render_sources_table(brief),
    ]
    out.append("\n".join(f"- {d.name} ({d.licence}), {d.use}. {d.cite}" for d in brief.datasets))
    out.append(
        f"Provenance: {p.package} {p.version}; case {p.case}; release {p.release}, {p.rows} rows, SHA-256 {p.sha256}; "
        f"as of {p.as_of}; systematic collection to {p.watched_to}; {p.store_text}`{p.command}`."
    )
    return out


def format_example(event: Event, brief: Brief) -> str:
    """Format an event as an example: day, place, what is reported, and by whom."""
    disputed = " (disputed)" if event.disputed else ""
    return (
        f"{format_date_range(event.span)}, {brief.where(event)}: {event.summary}{disputed} "
        f"[{'; '.join(filter(None, (event.id, format_publishers(event.addresses))))}]"
    )


def _render_forecast_section(o: ForecastSection) -> list[str]:
    out = [_join_sentences(o.plain)] if o.plain else [_join_sentences(o.notes)]
    if o.lines:
        head = "".join(f" | within {d} days" for d in o.horizons)
        rows = "\n".join(f"| {x.what} | " + " | ".join(c.text for c in x.cells) + " |" for x in o.lines)
        out.append(f"| from {o.since}{head} |\n| ---{' | ---' * len(o.horizons)} |\n{rows}")
    if o.picture:
        out.append(f"*Figure: {o.picture.title}.* {o.picture.alt}")
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
        + ("" if e.addresses else format_origin(e))
        + (f"; {again.text}" if (again := brief.retold.get(e.id)) else "")
        + " |"
        for e in brief.cited
    )
