"""Periods in words: days, months, seasons, years, "since the takeover", "in the last six months".

Relative words count from a given day. A season is the one that ended last; winter runs from December to February. What the
civil calendar does not fix, such as Ramadan, or a day that the text does not give, is returned with a problem and no days.
"""

import calendar
import itertools
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from detente.core.date_range import DateRange, format_date, format_date_range

DAY = timedelta(days=1)
NO_CALENDAR = "the record has the civil calendar only"
"""The problem of a period such as Ramadan."""


@dataclass(frozen=True, slots=True)
class Period:
    """A period that a text names.

    Fields:
        first, last: both included; None has no limit on that side. words: as written. start, end: their position.
        problem: why the words give no days, or empty.
    """

    first: date | None
    last: date | None
    words: str
    start: int
    end: int
    problem: str = ""

    @property
    def text(self) -> str:
        """The period in standard words."""
        return format_period(self.first, self.last)

    def holds(self, day: date) -> bool:
        """Return whether a day lies in the period."""
        return (self.first is None or day >= self.first) and (self.last is None or day <= self.last)


def format_period(first: date | None, last: date | None) -> str:
    """Format a period; an open end is named.

    Example:
        >>> format_period(date(2023, 1, 1), date(2023, 12, 31)), format_period(date(2025, 10, 9), None)
        ('2023', 'since 9 October 2025')
    """
    if first is None or last is None:
        return f"since {format_date(first)}" if first else f"until {format_date(last)}" if last else "all days"
    if (first.month, first.day, last.month, last.day) == (1, 1, 12, 31):
        return f"{first.year}" if first.year == last.year else f"{first.year}–{last.year}"
    if first.day == 1 and last == _month_end(first):
        return f"{first:%B %Y}"
    return format_date_range(DateRange(first, last))


@dataclass(frozen=True, slots=True)
class _Atom:
    first: date
    last: date
    start: int
    end: int
    event: bool = False


_MONTHS = {m.lower(): i for i, m in enumerate(calendar.month_name) if m}
_MONTHS |= {m.lower(): i for i, m in enumerate(calendar.month_abbr) if m} | {"sept": 9}
_MONTH = "|".join(sorted(_MONTHS, key=len, reverse=True))
_NUMBERS = {w: i for i, w in enumerate("one two three four five six seven eight nine ten eleven twelve".split(), 1)}
_NUMBERS |= {"a": 1, "an": 1, "couple of": 2, "a couple of": 2, "thirty": 30, "sixty": 60, "ninety": 90}
_NUMBER = r"\d{1,3}|" + "|".join(sorted(_NUMBERS, key=len, reverse=True))
_UNIT = r"(?:day|week|fortnight|month|year|yr)s?"
_SEASONS = {"spring": 3, "summer": 6, "autumn": 9, "fall": 9, "winter": 12}
_HALVES = {"first": 1, "1st": 1, "second": 2, "2nd": 2, "third": 3, "3rd": 3, "fourth": 4, "4th": 4, "last": 4}
_TH = r"(?:st|nd|rd|th)?"
_YEAR = r"(?:1[5-9]|20)\d{2}"
_NO_CALENDAR = re.compile(
    r"\b(?:(?:during|in|since|after|before|last|this|over)\s+)?(?:the\s+)?(?:holy month(?: of)?\s*)?"
    r"(ramadan|ramadhan|ramzan|eid(?:[ -]ul[ -](?:fitr|adha))?|muharram|ashura|nowruz|monsoon|harvest season|fighting season)\b"
)
_VAGUE = re.compile(
    r"\b(?:(?:in|over|during|for)\s+)?(?:the\s+)?(?:last|past|recent|next|coming)\s+(?:few|several|couple of|some)\s+(?:days|weeks|months|years)\b"
    r"|\b(?:in|over|during)\s+the\s+past\b|\b(?:these|those)\s+days\b"
)
_SINCE_EVENT = re.compile(
    r"\b(since|after|before|until|till)\s+((?:the\s+)?(?:[\w'-]+\s+){0,3}?(?:ceasefire|truce|agreement|talks|attack|bombing|strike|strikes|"
    r"election|elections|coup|withdrawal|earthquake|merger))\b"
)


def find_periods(text: str, today: date, named: Mapping[str, tuple[date, date]]) -> tuple[Period, ...]:
    """Find the periods that a text names, in order.

    Args:
        today: the day from which relative words count. named: periods with a name of their own, such as `takeover`.

    Example:
        >>> [p.text for p in find_periods("attacks in 2023 or last winter", date(2026, 7, 20), {})]
        ['2023', '1 December 2025 – 28 February 2026']
        >>> find_periods("attacks in Ramadan", date(2026, 7, 20), {})[0].problem
        'the record has the civil calendar only'
    """
    low = "".join(c.lower() if len(c.lower()) == 1 else c for c in text.replace("’", "'"))
    low = re.sub(r"[–—]", "-", low)
    atoms = _find_atoms(low, today, named)
    out = _join_atoms(low, text, atoms)
    taken = [(p.start, p.end) for p in out]
    problems = [(m, NO_CALENDAR) for m in _NO_CALENDAR.finditer(low)]
    problems += [(m, "it names no number of days") for m in _VAGUE.finditer(low)]
    problems += [(m, "its day is not in the question") for m in _SINCE_EVENT.finditer(low)]
    for m, why in problems:
        if all(m.end() <= a or m.start() >= b for a, b in taken):
            out.append(Period(None, None, text[m.start() : m.end()].strip(), m.start(), m.end(), why))
            taken.append(m.span())
    return tuple(sorted(out, key=lambda p: p.start))


def _find_atoms(low: str, today: date, named: Mapping[str, tuple[date, date]]) -> list[_Atom]:
    out: list[_Atom] = []
    for find in (_named, _full_dates, _relative, _parts_of_years, _month_years, _years, _short_dates):
        for atom in find(low, today, named):
            if all(atom.end <= a.start or atom.start >= a.end for a in out):
                out.append(atom)
    return sorted(out, key=lambda a: a.start)


def _named(low: str, today: date, named: Mapping[str, tuple[date, date]]) -> list[_Atom]:
    out = []
    for pattern, (first, last) in named.items():
        out += [_Atom(first, last, *m.span(), event=first == last) for m in re.finditer(pattern, low)]
    return out


def _full_dates(low: str, today: date, named: Mapping[str, tuple[date, date]]) -> list[_Atom]:
    out = []
    for pattern, order in (
        (rf"\b({_YEAR})-(\d{{1,2}})-(\d{{1,2}})\b", "ymd"),
        (rf"\b(\d{{1,2}}){_TH}(?:\s+of)?[\s-]+({_MONTH})\.?,?[\s-]+({_YEAR})\b", "dmy"),
        (rf"\b({_MONTH})\.?\s+(\d{{1,2}}){_TH},?\s+({_YEAR})\b", "mdy"),
        (rf"\b(\d{{1,2}})[./](\d{{1,2}})[./]({_YEAR})\b", "dmy"),
    ):
        for m in re.finditer(pattern, low):
            parts = dict(zip(order, m.groups(), strict=True))
            month = _MONTHS.get(parts["m"]) or (int(parts["m"]) if parts["m"].isdigit() else 0)
            day = _make_date(int(parts["y"]), month, int(parts["d"]))
            if day:
                out.append(_Atom(day, day, *m.span()))
    # "9 to 19 October 2025", "9-19 October 2025"
    for m in re.finditer(rf"\b(\d{{1,2}}){_TH}\s*(?:-|to|and)\s*(\d{{1,2}}){_TH}\s+({_MONTH})\s+({_YEAR})\b", low):
        month, year = _MONTHS[m[3]], int(m[4])
        first, last = _make_date(year, month, int(m[1])), _make_date(year, month, int(m[2]))
        if first and last and first <= last:
            return [_Atom(first, last, *m.span()), *out]
    # "between 1 January and 30 June 2023": the first day has the year of the second
    for a in list(out):
        m2 = re.search(rf"\b(\d{{1,2}}){_TH}\s+({_MONTH})\s*(?:and|to|until|till|-)\s*$", low[: a.start])
        if m2:
            day = _make_date(a.first.year, _MONTHS[m2[2]], int(m2[1]))
            if day:
                out.append(_Atom(day, day, m2.start(), m2.end(2)))
    return out


def _relative(low: str, today: date, named: Mapping[str, tuple[date, date]]) -> list[_Atom]:
    out = []
    for m in re.finditer(rf"\b(?:(?:the\s+)?(last|past|previous|next|coming)|within|in|over)\s+(?:the\s+)?(?:(last|past|next|coming)\s+)?({_NUMBER})\s+({_UNIT})\b(?! (?:of|after|before)\b)", low):  # fmt: skip
        forward = (m[1] or m[2] or ("next" if m[0].startswith(("within", "in")) else "last")) in ("next", "coming")
        other = _shift(today, _number(m[3]) * (1 if forward else -1), m[4])
        first, last = (today, other) if forward else (other, today)
        out.append(_Atom(first, last, *m.span()))
    for m in re.finditer(rf"\b({_NUMBER})\s+({_UNIT})\s+ago\b", low):
        day = _shift(today, -_number(m[1]), m[2])
        out.append(_Atom(day, day, *m.span()))
    for m in re.finditer(
        r"\b(?:the\s+)?(this|current|last|past|previous|next|coming)\s+(week|month|quarter|year|spring|summer|autumn|fall|winter|half-year)\b",
        low,
    ):
        which = {"current": "this", "past": "last", "previous": "last", "coming": "next"}.get(m[1], m[1])
        out.append(_Atom(*_unit(which, m[2], today), *m.span()))
    for word, day in (("yesterday", today - DAY), ("tomorrow", today + DAY), ("today", today)):
        out += [_Atom(day, day, *m.span()) for m in re.finditer(rf"\b{word}\b", low)]
    return out


def _parts_of_years(low: str, today: date, named: Mapping[str, tuple[date, date]]) -> list[_Atom]:
    out = []
    ordinal = "|".join(_HALVES)
    for m in re.finditer(rf"\b(?:the\s+)?(?:({ordinal})\s+(quarter|half)|(q|h)([1-4]))\s*(?:of\s+)?({_YEAR})\b", low):
        size = 3 if (m[2] == "quarter" or m[3] == "q") else 6
        n = int(m[4]) if m[4] else (12 // size if m[1] == "last" else _HALVES[m[1]])
        if n * size <= 12:
            first = date(int(m[5]), (n - 1) * size + 1, 1)
            out.append(_Atom(first, _month_end(_add_months(first, size - 1)), *m.span()))
    seasons = re.finditer(
        rf"\b(?:the\s+)?(spring|summer|autumn|winter|fall(?!\s+in\b))\s+(?:of\s+|in\s+)?({_YEAR})\b", low
    )
    out += [_Atom(*_season(m[1], int(m[2])), *m.span()) for m in seasons]
    for m in re.finditer(rf"\b(early|mid|late)[\s-]+(?:in\s+)?(?:({_MONTH})\s+)?({_YEAR})\b", low):
        i = ("early", "mid", "late").index(m[1])
        if m[2]:
            first = date(int(m[3]), _MONTHS[m[2]], 1)
            cut = [first, first.replace(day=11), first.replace(day=21), _month_end(first) + DAY]
        else:
            cut = [date(int(m[3]), k, 1) for k in (1, 5, 9)] + [date(int(m[3]) + 1, 1, 1)]
        out.append(_Atom(cut[i], cut[i + 1] - DAY, *m.span()))
    return out


def _month_years(low: str, today: date, named: Mapping[str, tuple[date, date]]) -> list[_Atom]:
    out = []
    for m in re.finditer(rf"\b({_MONTH})\.?,?\s+(?:of\s+)?({_YEAR})\b", low):
        first = date(int(m[2]), _MONTHS[m[1]], 1)
        out.append(_Atom(first, _month_end(first), *m.span()))
        # "October and November 2025", "February to March 2026": the first month has the same year
        before = re.search(rf"\b({_MONTH})\s*(?:and|to|until|-|,)\s*$", low[: m.start()])
        if before:
            first = date(int(m[2]), _MONTHS[before[1]], 1)
            out.append(_Atom(first, _month_end(first), before.start(), before.end(1)))
    return out


def _years(low: str, today: date, named: Mapping[str, tuple[date, date]]) -> list[_Atom]:
    out = []
    for m in re.finditer(rf"\b({_YEAR})/(\d{{2}})\b", low):
        first, last = int(m[1]), int(m[1][:2] + m[2])
        if first <= last:
            out.append(_Atom(date(first, 1, 1), date(last, 12, 31), *m.span()))
    out += [_Atom(date(int(m[0]), 1, 1), date(int(m[0]), 12, 31), *m.span()) for m in re.finditer(rf"\b{_YEAR}\b", low)]
    return out


def _short_dates(low: str, today: date, named: Mapping[str, tuple[date, date]]) -> list[_Atom]:
    """Days and months without a year: the latest that has come."""
    out = []
    for m in re.finditer(rf"\b(?:(\d{{1,2}}){_TH}\s+({_MONTH})|({_MONTH})\s+(\d{{1,2}}){_TH})\b", low):
        day = _latest(today, _MONTHS[m[2] or m[3]], int(m[1] or m[4]))
        if day:
            out.append(_Atom(day, day, *m.span()))
    # "May" and "March" are also verbs, so a month alone needs a preposition.
    for m in re.finditer(
        rf"\b(?:in|since|during|until|till|last|this|of|from|between|for|by|early|late)\s+({_MONTH})\b", low
    ):
        first = _latest(today, _MONTHS[m[1]], 1)
        if first:
            out.append(_Atom(first, _month_end(first), m.start(1), m.end(1)))
    return out


_RANGE = re.compile(r"\s*(?:-|to|until|till|through|and)\s*(?:the\s+)?")
_SINCE = re.compile(r"\b(since|after|from|starting|as of|beginning in)\s+(?:the\s+)?(?:about\s+)?(?:end of\s+)?$")
_UNTIL = re.compile(r"\b(before|until|till|up to|by|prior to)\s+(?:the\s+)?(?:end of\s+)?$")
_WITHIN = re.compile(r"\b(in|on|during|over|of|for|at|within|throughout|around)\s+(?:the\s+)?(?:year\s+|month of\s+)?$")


def _join_atoms(low: str, text: str, atoms: Sequence[_Atom]) -> list[Period]:
    out: list[Period] = []
    i = 0
    while i < len(atoms):
        a = atoms[i]
        start, end = a.start, a.end
        first: date | None = a.first
        last: date | None = a.last
        following = atoms[i + 1] if i + 1 < len(atoms) else None
        lead = re.search(r"\b(between|from|since)\s+(?:the\s+)?$", low[:start])
        joint = _RANGE.fullmatch(low[end : following.start]) if following else None
        dash = bool(joint) and "and" not in joint.group() if joint else False
        if following and joint and (dash or (lead and lead[1] == "between")) and following.last >= a.first:
            last, end, start = following.last, following.end, lead.start() if lead else start
            i += 1
        elif m := _SINCE.search(low[:start]):
            first, last = (a.last + DAY if m[1] == "after" and not a.event else a.first), None
            start = m.start()
        elif m := _UNTIL.search(low[:start]):
            first, last = None, (a.first - DAY if m[1] in ("before", "prior to") else a.last)
            start = m.start()
        elif m := _WITHIN.search(low[:start]):
            start = m.start()
        out.append(Period(first, last, text[start:end], start, end))
        i += 1
    # "since 2021 ... until March 2025" is one period
    for p, q in itertools.pairwise(out):
        if p.first and p.last is None and q.first is None and q.last and q.last >= p.first:
            joined = replace(p, last=q.last, words=f"{p.words} {q.words}", end=q.end)
            return [joined if x is p else x for x in out if x is not q]
    return out


def split_period(period: Period, today: date, named: Mapping[str, tuple[date, date]]) -> tuple[Period, ...]:
    """Return the two ends of a period, such as 2022 and 2023 of "from 2022 to 2023"; nothing if it has no two.

    Example:
        >>> year = find_periods("strikes from 2022 to 2023", date(2026, 7, 20), {})[0]
        >>> [p.text for p in split_period(year, date(2026, 7, 20), {})]
        ['2022', '2023']
    """
    words = re.sub(r"^(?:from|between|since)\s+", "", period.words.strip(), flags=re.IGNORECASE)
    ends = re.split(r"\s*(?:[-–—]|\b(?:to|until|till|through|and)\b)\s*", words, flags=re.IGNORECASE)
    if len(ends) != 2 or period.first is None or period.last is None:
        return ()
    found = [find_periods(f"in {end}", today, named) for end in ends]
    if any(len(f) != 1 or f[0].problem or f[0].first is None or f[0].last is None for f in found):
        return ()
    return tuple(replace(f[0], start=period.start, end=period.end) for f in found)


def _make_date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _number(word: str) -> int:
    return int(word) if word.isdigit() else _NUMBERS[word]


def _month_end(day: date) -> date:
    return day.replace(day=calendar.monthrange(day.year, day.month)[1])


def _add_months(day: date, months: int) -> date:
    n = day.year * 12 + day.month - 1 + months
    year, month = n // 12, n % 12 + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def _shift(day: date, n: int, unit: str) -> date:
    unit = unit.rstrip("s")
    if unit in ("month", "year", "yr"):
        return _add_months(day, n * (1 if unit == "month" else 12))
    return day + n * {"day": 1, "week": 7, "fortnight": 14}[unit] * DAY


def _season(name: str, year: int) -> tuple[date, date]:
    first = date(year, _SEASONS[name], 1)
    return first, _month_end(_add_months(first, 2))


def _unit(which: str, unit: str, today: date) -> tuple[date, date]:
    step = {"last": -1, "this": 0, "next": 1}[which]
    if unit in _SEASONS:
        years = [_season(unit, y) for y in range(today.year - 2, today.year + 2)]
        if which == "last":
            return next(s for s in reversed(years) if s[1] < today)
        if which == "this":
            return next((s for s in years if s[0] <= today <= s[1]), next(s for s in years if s[0] > today))
        return next(s for s in years if s[0] > today)
    if unit == "week":
        monday = today - today.weekday() * DAY + 7 * step * DAY
        return monday, monday + 6 * DAY
    if unit == "year":
        return date(today.year + step, 1, 1), date(today.year + step, 12, 31)
    size = {"month": 1, "quarter": 3, "half-year": 6}[unit]
    first = _add_months(date(today.year, (today.month - 1) // size * size + 1, 1), size * step)
    return first, _month_end(_add_months(first, size - 1))


def _latest(today: date, month: int, day: int) -> date | None:
    this = _make_date(today.year, month, day)
    return this if this and this <= today else _make_date(today.year - 1, month, day)
