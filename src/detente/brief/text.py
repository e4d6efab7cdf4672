"""A brief as Markdown: the same words, for a note, a repository or another program."""

from detente.brief.document import Brief
from detente.claims.sentence import Sentence
from detente.events.event import Event
from detente.ground.cite import publisher, publishers
from detente.ground.span import span_in_words


def as_markdown(brief: Brief) -> str:
    """The brief as Markdown text; pictures are named, with what they show, and not embedded."""
    p = brief.provenance
    by_id = {e.id: e for e in brief.cited}
    out = [
        f"# {brief.question}",
        f"*{brief.title}. What was known on {p.as_of}; {p.events} sourced events; descriptive findings, no cause tested.*",
        "## Core demands",
        "\n".join(
            f"{i}. {s.asks}" + "".join(f"\n   - {p.headline}" for p in s.points)
            for i, s in enumerate(brief.sections, 1)
        ),
        "## Introduction",
        _prose(brief.introduction),
        f"*Figure: {brief.lead.title}.* {brief.lead.alt}",
    ]
    n = 0
    for section in brief.sections:
        out += [f"## {section.title}", f"*{section.asks}*"]
        for point in section.points:
            n += 1
            out += [f"### {n}. {point.headline}", _prose(point.sentences)]
            out += [f"- e.g. {example(by_id[i], brief)}" for i in point.examples]
            out.append(f"*What this cannot show.* {point.limits.text}")
            if point.claim in section.pictures:
                picture = section.pictures[point.claim]
                out.append(f"*Figure: {picture.title}.* {picture.alt}")
    out += ["## Conclusion and way forward", _prose(brief.conclusion)]
    out.append("\n".join(f"- **{w.title}.** {w.proposal} *{w.record.text}*" for w in brief.levers))
    out.append("## Method")
    out += [f"**{heading}.** {_prose(sentences)}" for heading, sentences in brief.method]
    out += ["## Sources", "| event | when | where | reports |\n| --- | --- | --- | --- |\n" + _sources(brief)]
    out.append("\n".join(f"- {d.name} ({d.licence}), {d.use}. {d.cite}" for d in brief.datasets))
    out.append(
        f"Provenance: {p.package} {p.version}; case {p.case}; release {p.release}, {p.rows} rows, SHA-256 {p.sha256}; "
        f"as of {p.as_of}; systematic collection to {p.watched_to}; `{p.command}`."
    )
    return "\n\n".join(out) + "\n"


def example(event: Event, brief: Brief) -> str:
    """An event as an example: day, place, what is reported, and by whom."""
    disputed = " (disputed)" if event.disputed else ""
    return (
        f"{span_in_words(event.span)}, {brief.where(event)}: {event.summary}{disputed} "
        f"[{event.id}; {publishers(event.addresses)}]"
    )


def _prose(sentences: tuple[Sentence, ...]) -> str:
    return " ".join(s.text for s in sentences)


def _sources(brief: Brief) -> str:
    return "\n".join(
        f"| {e.id} | {span_in_words(e.span)} | {brief.where(e)} | "
        + " ".join(f"[{publisher(a)}](<{a}>)" for a in e.addresses)
        + " |"
        for e in brief.cited
    )
