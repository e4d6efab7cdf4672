"""The status of a case: its summary, crossings, recent changes, and verdicts on the claims that have been tested."""

from detente.api.case import Case
from detente.api.crossings import latest_crossing_states
from detente.api.recent_changes import compare_recent_periods
from detente.api.results.texts import CrossingStatus, PeriodChange, StatusResult
from detente.core.disk_cache import use_cache
from detente.text.sentence import Sentence


def build_status(prepared: Case) -> StatusResult:
    """Build the situation of a case; verdicts are given only if the claims have been tested before."""
    recent = compare_recent_periods(prepared)
    crossings = tuple(CrossingStatus(c.key, c.name, c.state, c.said) for c in latest_crossing_states(prepared))
    changes = tuple(PeriodChange(c.channel, c.now, c.before) for c in recent.channels if c.now or c.before)
    brief = prepared.document_if_ready
    points = [f for s in brief.sections for f in s.points] if brief else []
    return StatusResult(
        prepared.header, prepared.case.title, prepared.age.days, _keep_sentences(prepared), crossings,
        changes, f"{recent.now.words}, and {recent.before.words} before. {recent.why} {recent.coverage}".replace("  ", " "),
        {f.claim: f.verdict.word for f in points if f.verdict},
    )  # fmt: skip


def _keep_sentences(prepared: Case) -> tuple[Sentence, ...]:
    """The summary, made once for a record: the relation index in it takes a third of a second."""

    def make() -> tuple[Sentence, ...]:
        from detente.api.summary import summarize_case  # imports what writes a brief

        return summarize_case(prepared)

    with use_cache(prepared.cache):
        return prepared.view.keep("summary", make)
