"""Case file: a TOML file with the actors, countries, dates and demands of a case.

Loading validates the whole file. Errors name file, key, value and remedy; missing required values are never filled in.
"""

import re
import tomllib
import warnings
from datetime import date, timedelta
from importlib.resources import files
from itertools import pairwise
from pathlib import Path
from typing import Any, Literal, cast

from pydantic import Field, ValidationError, ValidationInfo, field_validator, model_validator

from detente.cases.alias import Alias
from detente.cases.base_model import CaseFileModel, TomlDate
from detente.cases.case_id import check_case_id
from detente.cases.channel_rule import COUNTED_CHANNELS, ChannelRule, check_channels
from detente.cases.data_folder import data_folder, is_inside
from detente.cases.errors import BadCase, UnknownCase
from detente.cases.group_name import check_group_name
from detente.cases.longer_view import LongerViewFile
from detente.core.errors import NoSuchFile
from detente.core.proper_names import declare_names

Role = Literal["target", "host", "group", "rival", "civilians", "mediator", "outsider", "other", "unknown"]


class CasePeriod(CaseFileModel):
    """Days from `first` to `last`, both included; `last` is None for an open end."""

    first: TomlDate = Field(alias="from")
    last: TomlDate | None = Field(default=None, alias="to")

    @model_validator(mode="after")
    def _check_order(self) -> "CasePeriod":
        if self.last is not None and self.last < self.first:
            raise ValueError(f"it ends on {self.last}, before it begins on {self.first}")
        return self

    def holds(self, day: date) -> bool:
        """Return whether the day is within the period."""
        return self.first <= day and (self.last is None or day <= self.last)


class RolePeriod(CasePeriod):
    """The role of an actor during a period: the Taliban were insurgents before they governed."""

    role: Role


class Actor(CaseFileModel):
    """An actor of the cast. `aliases` maps a source to the names that it uses for the actor.

    An alias is a text, or a table if limited to a period or a country: `{ name = "Taleban", to = 2021-08-14 }`.
    """

    key: str
    name: str
    short: str = ""
    role: Role
    of: Literal["target", "host"] | None = None
    note: str = ""
    sides: tuple[RolePeriod, ...] = ()
    aliases: dict[str, tuple[Alias, ...]] = Field(default_factory=dict)

    @field_validator("aliases", mode="before")
    @classmethod
    def _parse_alias_texts(cls, aliases: Any) -> Any:
        if not isinstance(aliases, dict):
            return aliases
        return {
            source: tuple({"name": n} if isinstance(n, str) else n for n in names)
            if isinstance(names, list | tuple)
            else names
            for source, names in aliases.items()
        }

    def named(self, source: str) -> tuple[Alias, ...]:
        """Return the source's names for the actor; without aliases, the actor's key."""
        return self.aliases.get(source, (Alias(name=self.key),))

    @model_validator(mode="after")
    def _check_civilians(self) -> "Actor":
        if (self.role == "civilians") != (self.of is not None):
            raise ValueError("civilians, and only civilians, need of = 'target' or of = 'host'")
        return self


def _check_coverage_interval(interval: tuple[float, float] | None) -> tuple[float, float] | None:
    if interval is not None and not 0 < interval[0] <= interval[1] < float("inf"):
        raise ValueError(f"{list(interval)} is no interval of a coverage. Write two numbers above 0, the lower first")
    return interval


class KindCoverage(CaseFileModel):
    """The reporting coverage of some channels in a window, relative to the reference window.

    `basis` says where it comes from. `assumption` names what is assumed, where nothing measures it: values under one name
    are varied together by a robustness check. Empty: the value was estimated. `interval`: its 95 % interval, where there is one;
    forecasts draw the coverage from it.
    """

    channels: tuple[str, ...] = Field(min_length=1)
    coverage: float = Field(gt=0, allow_inf_nan=False)
    basis: str
    interval: tuple[float, float] | None = None
    assumption: str = ""

    @field_validator("interval")
    @classmethod
    def _check_interval(cls, interval: tuple[float, float] | None) -> tuple[float, float] | None:
        return _check_coverage_interval(interval)

    @field_validator("channels")
    @classmethod
    def _check_channels(cls, channels: tuple[str, ...]) -> tuple[str, ...]:
        return check_channels(channels)


class CoverageWindow(CasePeriod):
    """A period with constant reporting coverage.

    `coverage` is relative to the reference window; None means that collection was not systematic, so every rate
    leaves its days out. `interval` is its 95 % interval, where there is one. `kinds` states the channels whose coverage
    differs from it.
    """

    name: str
    coverage: float | None = Field(default=None, gt=0, allow_inf_nan=False)
    basis: str
    interval: tuple[float, float] | None = None
    kinds: tuple[KindCoverage, ...] = ()

    @field_validator("kinds")
    @classmethod
    def _check_kinds(cls, kinds: tuple[KindCoverage, ...], info: ValidationInfo) -> tuple[KindCoverage, ...]:
        _check_unique("kinds", [c for k in kinds for c in k.channels])
        if kinds and info.data.get("coverage") is None:
            raise ValueError("a window without a coverage is left out of every rate, for all kinds alike")
        return kinds

    @field_validator("interval")
    @classmethod
    def _check_interval(cls, interval: tuple[float, float] | None) -> tuple[float, float] | None:
        return _check_coverage_interval(interval)

    def kind_of(self, channel: str) -> KindCoverage | None:
        """Return the entry that states a channel's own coverage; None if it has that of the window."""
        return next((k for k in self.kinds if channel in k.channels), None)

    def coverage_of(self, channel: str) -> float:
        """Return the coverage of a channel in this window; 0 without systematic collection."""
        kind = self.kind_of(channel)
        return self.coverage or 0.0 if kind is None else kind.coverage

    @model_validator(mode="before")
    @classmethod
    def _accept_old_key(cls, data: Any) -> Any:
        if isinstance(data, dict) and "density" in data and "coverage" not in data:
            name = data.get("name", "")
            warning = f"window {name!r}: the key density is called coverage now. Rename it in the case file."
            warnings.warn(warning, FutureWarning, stacklevel=2)
            data = {("coverage" if k == "density" else k): v for k, v in data.items()}
        return data


class RegimePeriod(CasePeriod):
    """A named period under different conditions: a takeover, a truce or open fighting."""

    name: str
    kind: Literal["takeover", "truce", "fighting"]


class Crossing(CaseFileModel):
    """A border crossing; `places` are the spellings that sources use for it."""

    key: str
    name: str
    latitude: float = Field(ge=-90, le=90)
    longitude: float = Field(ge=-180, le=180)
    places: tuple[str, ...]


class CrossingEvent(CaseFileModel):
    """State of crossings reported by an event, where place and mode alone do not determine it.

    `opens`: the crossing had been closed until then and now opens in part. `continues`: the event only reports that an
    earlier state still lasts.
    """

    event: str
    crossings: tuple[str, ...]
    state: Literal["closed", "no trade", "restricted", "open"]
    opens: bool = False
    continues: bool = False
    why: str


class UserDataSource(CaseFileModel):
    """A source whose releases the user supplies, because they may not be redistributed or are too large to ship.

    `files` are paths relative to the case file's folder. Without any, all releases of the source in the store are used.
    `where` says where to get them.
    """

    source: str
    files: tuple[str, ...] = ()
    where: str


class CaseDemand(CaseFileModel):
    """One demand of the question, with the claims that answer it, in order."""

    key: str
    title: str
    asks: str
    claims: tuple[str, ...]


class DisplayNames(CaseFileModel):
    """Names of the parties and the border in sentences; a leading article is small, as within a sentence."""

    target: str
    host: str
    host_government: str
    group: str
    border: str

    def fill(self, text: str) -> str:
        """Fill in the names where a text has a field for one, such as `{group}`; other braces stay.

        Example:
            >>> names = load_case_file("pakistan-afghanistan").names
            >>> names.fill("acts by {host_government} against {group}")
            'acts by the Taliban authorities against the TTP'
        """
        for key, name in self.model_dump().items():
            text = text.replace(f"{{{key}}}", name)
        return text

    @field_validator("*")
    @classmethod
    def _lower_article(cls, name: str) -> str:
        return f"the {name[4:]}" if name.startswith("The ") else name


class ChannelName(CaseFileModel):
    """The reader's name of a channel, and its inclusion rule: what the record collects."""

    key: str
    name: str
    rule: str

    @field_validator("key")
    @classmethod
    def _check_key(cls, key: str) -> str:
        if key not in COUNTED_CHANNELS:
            raise ValueError(f"unknown channel {key!r}. Use: {' '.join(COUNTED_CHANNELS)}")
        return key


class CaseFile(CaseFileModel):
    """All settings of a case file.

    `chronology` is a file of events; `links` a file of stated links between them, `renamed` one of ids that moved,
    `background` one of who is who, arguments, policy options, places and terms. Without `links` nothing is known about
    which act answers which, which is not the same as no answer. `longer_view` names another source's figures by month.
    With `review` a change of the record counts only after a second person accepted it.
    """

    id: str
    title: str
    question: str
    countries: dict[Literal["target", "host"], str]
    country_names: dict[str, str] = Field(default_factory=dict)
    names: DisplayNames
    first: TomlDate = Field(alias="from")
    last: TomlDate = Field(alias="to")
    chronology: str = ""
    links: str = ""
    renamed: str = ""
    background: str = ""
    geometry: str = ""
    brought: tuple[UserDataSource, ...] = ()
    cast: tuple[Actor, ...]
    windows: tuple[CoverageWindow, ...]
    regimes: tuple[RegimePeriod, ...] = ()
    crossings: tuple[Crossing, ...] = ()
    crossing_events: tuple[CrossingEvent, ...] = ()
    truce_events: tuple[str, ...] = ()
    rules: tuple[ChannelRule, ...] = ()
    channels: tuple[ChannelName, ...] = ()
    longer_view: LongerViewFile | None = None
    review: bool = False
    demands: tuple[CaseDemand, ...]
    file: Path = Field(exclude=True)

    @field_validator("id")
    @classmethod
    def _check_id(cls, key: str) -> str:
        return check_case_id(key)

    @field_validator("countries")
    @classmethod
    def _check_countries(cls, countries: dict[str, str]) -> dict[str, str]:
        for role in ("target", "host"):
            if role not in countries:
                raise ValueError(f"the country of the {role} is missing")
        for role, code in countries.items():
            if not re.fullmatch("[A-Z]{3}", code):
                raise ValueError(f"the country of the {role} is not a three-letter ISO 3166-1 code such as AFG")
        if countries["target"] == countries["host"]:
            raise ValueError("target and host are the same country")
        return countries

    @field_validator("last")
    @classmethod
    def _check_last_day(cls, last: date, info: ValidationInfo) -> date:
        first = info.data.get("first")
        if first and last < first:
            raise ValueError(f"it is before the case begins on {first}")
        return last

    @field_validator("cast")
    @classmethod
    def _check_cast(cls, cast: tuple[Actor, ...]) -> tuple[Actor, ...]:
        for role in ("target", "host"):
            if sum(a.role == role for a in cast) != 1:
                raise ValueError(f"the cast needs exactly one actor with role {role!r}")
        if not any(a.role == "group" for a in cast):
            raise ValueError("the cast needs at least one actor with role 'group'")
        _check_unique("cast", [a.key for a in cast])
        for source in {s for a in cast for s in a.aliases}:
            names = [n for a in cast for n in a.named(source)]
            duplicate = next((a.name for i, a in enumerate(names) for b in names[:i] if a.clashes(b)), None)
            if duplicate is not None:
                raise ValueError(f"aliases.{source}: {duplicate!r} appears twice for the same period and country")
        return cast

    @field_validator("windows")
    @classmethod
    def _check_window_order(cls, windows: tuple[CoverageWindow, ...]) -> tuple[CoverageWindow, ...]:
        for before, after in pairwise(windows):
            if before.last is None or after.first <= before.last:
                end = "has no last day" if before.last is None else f"ends on {before.last}"
                last = after.first - timedelta(days=1)
                raise ValueError(
                    f"window {after.name!r} begins on {after.first}, before {before.name!r} has ended, which {end}. "
                    f"Windows follow each other by day and do not overlap; give {before.name!r} a `to` of {last} or earlier"
                )
        if all(w.coverage is None for w in windows):
            raise ValueError("no window has a coverage, so no day counts as observed and no rate can be estimated")
        return windows

    @field_validator("crossing_events")
    @classmethod
    def _check_crossing_events(
        cls, events: tuple[CrossingEvent, ...], info: ValidationInfo
    ) -> tuple[CrossingEvent, ...]:
        known = {c.key for c in info.data.get("crossings", ())}
        for e in events:
            if unknown := [c for c in e.crossings if c not in known]:
                raise ValueError(f"{e.event} names {unknown[0]!r}, which is not one of the crossings")
        return events

    @field_validator("crossings")
    @classmethod
    def _check_crossings_unique(cls, crossings: tuple[Crossing, ...]) -> tuple[Crossing, ...]:
        _check_unique("crossings", [c.key for c in crossings])
        return crossings

    @field_validator("channels")
    @classmethod
    def _check_channels_unique(cls, channels: tuple[ChannelName, ...]) -> tuple[ChannelName, ...]:
        _check_unique("channels", [c.key for c in channels])
        return channels

    @model_validator(mode="after")
    def _check_event_source(self) -> "CaseFile":
        if bool(self.chronology) == bool(self.brought):
            count = "both" if self.chronology else "neither"
            raise ValueError(f"a case needs either a chronology or [[brought]] sources, but this one has {count}")
        for key in ("links", "renamed", "background"):
            if getattr(self, key) and not self.chronology:
                raise ValueError(f"{key} is about the events of a chronology, but this case has none")
        return self

    @model_validator(mode="after")
    def _declare_names(self) -> "CaseFile":
        n = self.names
        declare_names((n.target, n.host, n.host_government, n.group, n.border, *self.country_names.values()))
        declare_names(x for a in self.cast for x in (a.key, a.name, a.short))
        declare_names(x for c in self.crossings for x in (c.name, *c.places))
        return self

    @property
    def folder(self) -> Path:
        """The folder to which the paths in the file are relative."""
        return self.file.parent

    def actor(self, key: str) -> Actor:
        """Return the actor with this key, which must exist: keys of loaded events are resolved."""
        return next(a for a in self.cast if a.key == key)

    def channel_name(self, channel: str) -> str:
        """Return the reader's name of a channel, or its key if the file names none."""
        return next((c.name for c in self.channels if c.key == channel), channel)

    @property
    def command_name(self) -> str:
        """The case as commands take it: its id if it is shipped, else the name of its file, whose folder stays private."""
        return self.id if find_shipped_cases().get(self.id) == self.file else self.file.name

    def keys(self, role: Role) -> tuple[str, ...]:
        """Return the keys of the actors with this role at the end of the case."""
        return tuple(a.key for a in self.cast if a.role == role)


def _check_unique(where: str, names: list[str]) -> None:
    if duplicates := sorted({n for n in names if names.count(n) > 1}):
        raise ValueError(f"{where}: {', '.join(map(repr, duplicates))} appears twice")


def find_shipped_cases() -> dict[str, Path]:
    """Return the paths of the shipped case files by case id."""
    folder = cast("Path", files("detente.cases").joinpath("shipped"))
    return {p.stem.replace("_", "-"): p for p in sorted(folder.glob("*.toml"))}


def load_case_file(name: str) -> CaseFile:
    """Load a case by its shipped id or by the path of its file.

    Raises:
        UnknownCase: not a shipped case, and not a file. NoSuchFile: no .toml file at the path.
        BadCase: the file is invalid.

    Example:
        >>> load_case_file("pakistan-afghanistan").names.group
        'the TTP'
    """
    known = find_shipped_cases()
    path = known.get(name) or Path(name)
    if not _is_file(path):
        if path.suffix == ".toml":
            raise NoSuchFile(path, "case file")
        raise UnknownCase(name, list(known))
    try:
        data: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
    except UnicodeDecodeError as e:
        remedy = "Save the file as UTF-8."
        raise BadCase(str(path), f"byte {e.start}", e.object[e.start : e.start + 1], "it is not UTF-8", remedy) from e
    except tomllib.TOMLDecodeError as e:
        text = path.read_text(encoding="utf-8").splitlines()
        # Python gives the line only in the message, and none for an error at the end of the file.
        line = _parse_line_number(str(e)) or len(text)
        shown = text[line - 1].strip() if 0 < line <= len(text) else ""
        remedy = "Correct the line; see https://toml.io."
        raise BadCase(str(path), f"line {line}", shown, f"it is not valid TOML: {e}", remedy) from e
    try:
        case = CaseFile.model_validate({**data, "file": path})
    except ValidationError as e:
        raise _convert_validation_error(path, e) from e
    _check_paths(case)
    check_group_name(case)
    return case


def _check_paths(case: CaseFile) -> None:
    """Refuse a file that is missing, or that lies outside the case's folder; releases may also lie in the data folder."""
    shown = str(case.file)
    files = {key: getattr(case, key) for key in ("chronology", "links", "renamed", "background", "geometry")}
    if case.longer_view is not None:
        files |= {f"longer_view.{key}": getattr(case.longer_view, key) for key in ("months", "years")}
    for key, name in files.items():
        if name and not is_inside(case.folder / name, case.folder):
            remedy = "Put the file there, and give the path relative to the case file's folder."
            raise BadCase(shown, key, name, f"it leads out of {case.folder}", remedy)
        if name and not (case.folder / name).is_file():
            remedy = "Give the path relative to the case file's folder."
            raise BadCase(shown, key, name, f"there is no such file in {case.folder}", remedy)
    for brought in case.brought:
        for name in brought.files:
            if not is_inside(case.folder / name, case.folder, data_folder()):
                remedy = f"Put the file there, or into {data_folder().absolute()} (DETENTE_DATA)."
                raise BadCase(shown, f"brought.{brought.source}.files", name, f"it leads out of {case.folder}", remedy)


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except (OSError, ValueError):  # too long for a path, or with a null byte
        return False


def _parse_line_number(message: str) -> int:
    words = message.replace(",", " ").split()
    return int(words[words.index("line") + 1]) if "line" in words else 0


def _convert_validation_error(path: Path, error: ValidationError) -> BadCase:
    first, *others = error.errors(include_url=False)
    key = ".".join(str(p) for p in first["loc"]) or "(the whole file)"
    remedy = {
        "missing": "Add the key.",
        "extra_forbidden": "Remove the key, or correct its spelling.",
        "literal_error": "Use one of the allowed words.",
    }.get(first["type"], "Correct the value.")
    why = first["msg"].removeprefix("Value error, ")
    value = first.get("input") if first["loc"] and first["type"] != "missing" else "(none)"
    if key == "windows" and isinstance(value, list):
        value = _describe_windows(value)
    if others:
        remedy += f" The file has {len(others)} more error{'s' * (len(others) > 1)}."
    return BadCase(str(path), key, value, why, remedy)


def _describe_windows(windows: list[Any]) -> str:
    """Tell the days of each window in words, as far as they are given."""
    given = [w for w in windows if isinstance(w, dict)]
    return "; ".join(f"{w.get('name', '?')}: {w.get('from', '?')} to {w.get('to', 'the end')}" for w in given)
