"""What every result has in common: a header, plain values with a format name, a table, and HTML for notebooks.

`to_dict()` is the schema of the command's `--json` and of the pages' `.json`: `format` names the kind of result and its
version; `case`, `as_of`, `watched_to` and `release` say what it was made from, and `age` how old that is.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, is_dataclass
from datetime import date
from html import escape
from typing import TYPE_CHECKING, Any, Generic, TypeVar, overload

import numpy as np

from detente.cases.load import CaseData
from detente.core.clock import today
from detente.measures.record_age import RecordAge, find_record_age

if TYPE_CHECKING:
    import pandas as pd

Row = TypeVar("Row")
MAX_HTML_ROWS = 20


@dataclass(frozen=True, slots=True)
class ResultHeader:
    """What a result was made from.

    Fields:
        case: its id. as_of: the day of knowledge. watched_to: last day of systematic coverage. release: the data.
        last_event: day of the latest event known, None without events. as_of_given: whether the day was asked for.
        covered_from: the first day of the case. missing_days: from there to `watched_to`, those not collected.
    """

    case: str
    as_of: date
    watched_to: date
    release: str
    last_event: date | None = None
    as_of_given: bool = False
    covered_from: date | None = None
    missing_days: int = 0

    @property
    def age(self) -> RecordAge:
        """The age of the record on the day of reading."""
        read_on = self.as_of if self.as_of_given else today()
        given = self.as_of_given
        return RecordAge(self.watched_to, self.last_event, read_on, not given, self.covered_from, self.missing_days)

    def to_dict(self) -> dict[str, Any]:
        """The header as plain values, with the age of the record."""
        data: dict[str, Any] = to_plain({
            "case": self.case, "as_of": self.as_of, "watched_to": self.watched_to, "release": self.release,
            "age": age_data(self.age),
        })  # fmt: skip
        return data


def age_data(age: RecordAge) -> dict[str, Any]:
    """The age of a record as plain values."""
    data: dict[str, Any] = to_plain({
        "covered_to": age.covered_to, "last_event": age.last_event, "read_on": age.read_on, "days": age.days,
        "sentence": age.sentence,
    })  # fmt: skip
    return data


def header_of(g: CaseData) -> ResultHeader:
    """The header of results made from a case's data."""
    age = find_record_age(g)
    return ResultHeader(
        g.case.id, g.as_of, g.watched_to, g.release.name, age.last_event, g.as_of_given, age.covered_from, age.missing
    )


def result_data(kind: str, header: ResultHeader | None, /, **content: Any) -> dict[str, Any]:
    """Put a result's content under its format name and header; dates become text, NaN and infinity None.

    Example:
        >>> result_data("counts", None, rows=[{"day": date(2025, 1, 2), "share": float("nan")}])
        {'format': 'detente counts 1', 'rows': [{'day': '2025-01-02', 'share': None}]}
    """
    head = {} if header is None else header.to_dict()
    data: dict[str, Any] = to_plain({"format": f"detente {kind} 1", **head, **content})
    return data


def to_plain(x: Any) -> Any:
    """Convert dataclasses, arrays, dates and containers to plain values for JSON."""
    if isinstance(x, np.ndarray):
        return to_plain(x.tolist())
    if isinstance(x, np.generic):
        return to_plain(x.item())
    if isinstance(x, float):
        return x if np.isfinite(x) else None
    if isinstance(x, date):
        return str(x)
    if is_dataclass(x) and not isinstance(x, type):
        return {f.name: to_plain(getattr(x, f.name)) for f in fields(x)}
    if isinstance(x, Mapping):
        return {k if isinstance(k, str) else str(k): to_plain(v) for k, v in x.items()}
    if isinstance(x, list | tuple | set | frozenset):
        return [to_plain(v) for v in x]
    return x


def build_frame(rows: Sequence[Any], columns: Sequence[str] = ()) -> "pd.DataFrame":
    """Build a pandas table from rows that are dataclasses or mappings; dates stay dates, None is missing.

    Args:
        columns: of a table without rows.

    Example:
        >>> list(build_frame([], ["day", "channel"]).columns)
        ['day', 'channel']
    """
    import pandas as pd

    return pd.DataFrame([_to_record(r) for r in rows], columns=None if rows else list(columns))


def _to_record(row: Any) -> dict[str, Any]:
    if isinstance(row, Mapping):
        return dict(row)
    return {f.name: getattr(row, f.name) for f in fields(row)}


def build_html_table(rows: Sequence[Any], caption: str) -> str:
    """Build an HTML table of the first rows, for notebooks."""
    shown = [to_plain(_to_record(r)) for r in rows[:MAX_HTML_ROWS]]
    heads = list(shown[0]) if shown else []
    body = "".join("<tr>" + "".join(f"<td>{escape(_format_cell(r[h]))}</td>" for h in heads) + "</tr>" for r in shown)
    more = f" First {len(shown)} of {len(rows)} rows." if len(rows) > len(shown) else ""
    head = "".join(f"<th>{escape(h)}</th>" for h in heads)
    return (
        f"<table><caption>{escape(caption)}{more}</caption><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
    )


def _format_cell(x: Any) -> str:
    if x is None:
        return ""
    if isinstance(x, float):
        return f"{x:.3g}"
    if isinstance(x, list):
        return ", ".join(map(str, x))
    return str(x)


@dataclass(frozen=True)
class ResultTable(Sequence[Row], Generic[Row]):
    """A result that is a table: a sequence of frozen rows.

    Fields:
        kind: of result, as in its format name. header: what it was made from. rows: in order.
        row_type: class of the rows, so that an empty table has columns too; None if rows say it.
    """

    kind: str
    header: ResultHeader
    rows: tuple[Row, ...]
    row_type: type[Row] | None = field(default=None, kw_only=True, repr=False, compare=False)

    @overload
    def __getitem__(self, at: int) -> Row: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[Row]: ...
    def __getitem__(self, at: int | slice) -> Row | Sequence[Row]:
        return self.rows[at]

    def __len__(self) -> int:
        return len(self.rows)

    def __iter__(self) -> Iterator[Row]:
        return iter(self.rows)

    def __repr__(self) -> str:
        return f"<{self.kind} of {self.header.case} as of {self.header.as_of}: {len(self.rows)} rows>"

    def to_dict(self) -> dict[str, Any]:
        """The table as plain values: `format`, the header, and `rows`."""
        return result_data(self.kind, self.header, rows=self.rows)

    def to_pandas(self) -> "pd.DataFrame":
        """The table as a pandas DataFrame."""
        return build_frame(self.rows, [f.name for f in fields(self.row_type)] if is_dataclass(self.row_type) else ())

    def _repr_html_(self) -> str:
        return build_html_table(self.rows, f"{self.kind.capitalize()}: {self.header.case}, as of {self.header.as_of}.")
