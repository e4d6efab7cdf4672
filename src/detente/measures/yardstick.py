"""A yardstick for a count of the record: what another source counts of the nearest comparable kind, over the same months.

The two never count the same thing. The source counts events with deaths, by whoever was party to them; the record
collects acts of one side by its own rule. So a yardstick shows the scale of what a record leaves out, and no error of either.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from detente.cases.load import CaseData
from detente.cases.longer_view import MonthFigure, SourceFigures, YardstickRule, read_source_figures

LAST_MONTHS = 12


@dataclass(frozen=True, slots=True)
class Yardstick:
    """A source's figures beside the record's count over the same months.

    Fields:
        channel: of the record. source: that counts. counts: what it counts, as a noun phrase.
        first, last: the days compared, whole months. months: their number.
        events: the source's. deaths: its best estimate, None where not at hand. record_events: the record's events of
            the channel on these days. provisional_from: the first month with provisional figures, None without. releases: of the source. cite: the source.
    """

    channel: str
    source: str
    counts: str
    first: date
    last: date
    months: int
    events: int
    deaths: int | None
    record_events: int
    provisional_from: date | None
    releases: tuple[str, ...]
    cite: str

    @property
    def period(self) -> str:
        """The months in words: `January 2026`, `October to December 2025`."""
        a, b = self.first, self.last
        if (a.year, a.month) == (b.year, b.month):
            return f"{a:%B %Y}"
        return f"{a:%B} to {b:%B %Y}" if a.year == b.year else f"{a:%B %Y} to {b:%B %Y}"

    @property
    def sentence(self) -> str:
        """The source's figures in one sentence, with what it counts; provisional figures are called so."""
        deaths = "" if self.deaths is None else f" with {self.deaths:,} death{'s' * (self.deaths != 1)} (best estimate)"
        plural = "s" * (self.events != 1)
        status = ""
        if self.provisional_from is not None:
            whole = self.provisional_from == self.first
            status = "; provisional" if whole else f"; provisional from {self.provisional_from:%B %Y} on"
        return f"{self.source} counts {self.events:,} event{plural}{deaths} in {self.period}: {self.counts}{status}."


def source_figures(g: CaseData) -> SourceFigures | None:
    """Return the figures of the case's longer view known on its day; None if it has none, or none were known."""
    settings = g.case.longer_view
    if settings is None:
        return None
    figures = read_source_figures(settings, g.case.folder, g.as_of, str(g.case.file))
    return figures if figures.months else None


def find_yardstick(g: CaseData, channel: str, since: date | None = None, until: date | None = None) -> Yardstick | None:
    """Find what the case's other source counts of the kind nearest to a channel.

    Args:
        since, until: the period, both days included. Whole months inside it are compared; where it holds none, the
            months that it touches. Without them the last twelve months of the figures.

    Returns:
        None where the source counts nothing comparable, or has no month of the period. Of several comparable counts the
        one with most months, and of those the finest.

    Example:
        >>> from detente.cases.case_file import load_case_file
        >>> from detente.cases.load import load_case_data
        >>> g = load_case_data(load_case_file("pakistan-afghanistan"))
        >>> y = find_yardstick(g, "clash", date(2025, 10, 1), date(2025, 10, 31))
        >>> y.events, y.deaths, y.provisional_from
        (12, 131, datetime.date(2025, 10, 1))
        >>> find_yardstick(g, "defiance") is None
        True
    """
    figures = source_figures(g)
    if figures is None or g.case.longer_view is None:
        return None
    found: list[tuple[int, YardstickRule, dict[date, list[MonthFigure]]]] = []
    for rule in g.case.longer_view.yardsticks:
        if channel in rule.channels:
            months = _select_months(_complete_months(figures, rule), since, until)
            found.append((len(months), rule, months))
    if not found:
        return None
    n, rule, months = max(found, key=lambda x: x[0])
    if not n:
        return None
    cells = [m for of in months.values() for m in of]
    first, last = min(months), _last_day(max(months))
    deaths = [m.deaths for m in cells if m.deaths is not None]
    return Yardstick(
        channel, figures.source, rule.counts, first, last, n, sum(m.events for m in cells),
        sum(deaths) if len(deaths) == len(cells) else None, sum(first <= e.day <= last for e in g.of(channel)),
        min((m.month for m in cells if m.provisional), default=None), tuple(sorted({m.release for m in cells})), figures.cite,
    )  # fmt: skip


def _complete_months(figures: SourceFigures, rule: YardstickRule) -> dict[date, list[MonthFigure]]:
    """The figures of a rule by month; a month that lacks one of them is left out, since it is unknown."""
    wanted = {(c, k) for c in rule.countries for k in rule.conflicts}
    by_month: dict[date, list[MonthFigure]] = {}
    for m in figures.months:
        if (m.country, m.conflict) in wanted:
            by_month.setdefault(m.month, []).append(m)
    return {month: of for month, of in sorted(by_month.items()) if len(of) == len(wanted)}


def _select_months(
    by_month: dict[date, list[MonthFigure]], since: date | None, until: date | None
) -> dict[date, list[MonthFigure]]:
    if since is None and until is None:
        return {m: by_month[m] for m in list(by_month)[-LAST_MONTHS:]}
    first, last = since or date.min, until or date.max
    whole = _keep(by_month, (m for m in by_month if first <= m and _last_day(m) <= last))
    return whole or _keep(by_month, (m for m in by_month if m <= last and first <= _last_day(m)))


def _keep(by_month: dict[date, list[MonthFigure]], months: Iterable[date]) -> dict[date, list[MonthFigure]]:
    return {m: by_month[m] for m in months}


def _last_day(month: date) -> date:
    return (month + timedelta(days=31)).replace(day=1) - timedelta(days=1)
