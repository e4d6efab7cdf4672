"""A case: one TOML file that says who is who, where, since when, and what to ask.

The file is checked whole when it is loaded. What is wrong is told by file, key, value and remedy,
and nothing is filled in for an author who left it out.
"""

import re
import tomllib
import warnings
from datetime import date
from importlib.resources import files
from itertools import pairwise
from pathlib import Path
from typing import Any, Literal, cast

from pydantic import Field, ValidationError, ValidationInfo, field_validator, model_validator

from detente.cases.alias import Alias
from detente.cases.base_model import CaseFileModel, TomlDate
from detente.cases.channel_rule import ChannelRule
from detente.cases.errors import BadCase, UnknownCase
from detente.core.errors import NoSuchFile

Role = Literal["target", "host", "group", "rival", "civilians", "mediator", "outsider", "other", "unknown"]


class CasePeriod(CaseFileModel):
    """Days from `first` to `last`, both included; an open end is None."""

    first: TomlDate = Field(alias="from")
    last: TomlDate | None = Field(default=None, alias="to")

    @model_validator(mode="after")
    def _check_order(self) -> "CasePeriod":
        if self.last is not None and self.last < self.first:
            raise ValueError(f"it ends on {self.last}, before it begins on {self.first}")
        return self

    def holds(self, day: date) -> bool:
        """Is the day within?"""
        return self.first <= day and (self.last is None or day <= self.last)


class RolePeriod(CasePeriod):
    """The role an actor has during a stretch: the Taliban were insurgents before they governed."""

    role: Role


class Actor(CaseFileModel):
    """Somebody of the cast. `aliases` maps a source's name to the names that source uses for them.

    An alias is a text, or a table where it holds for a time or a country: `{ name = "Taleban", to = 2021-08-14 }`.
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
    def _parse_alias_texts(cls, told: Any) -> Any:
        if not isinstance(told, dict):
            return told
        return {
            source: tuple({"name": n} if isinstance(n, str) else n for n in names)
            if isinstance(names, list | tuple)
            else names
            for source, names in told.items()
        }

    def named(self, source: str) -> tuple[Alias, ...]:
        """The names under which a source has the actor; without any they go by their key."""
        return self.aliases.get(source, (Alias(name=self.key),))

    @model_validator(mode="after")
    def _check_civilians(self) -> "Actor":
        if (self.role == "civilians") != (self.of is not None):
            raise ValueError("civilians, and only civilians, need of = 'target' or of = 'host'")
        return self


class CoverageWindow(CasePeriod):
    """A period of the record with one reporting coverage.

    `coverage` is relative to the reference window; None means that collection was not systematic, so its days are left
    out of every rate.
    """

    name: str
    coverage: float | None = Field(default=None, gt=0, allow_inf_nan=False)
    basis: str

    @model_validator(mode="before")
    @classmethod
    def _accept_old_key(cls, data: Any) -> Any:
        if isinstance(data, dict) and "density" in data and "coverage" not in data:
            what = (
                f"window {data.get('name', '')!r}: the key density is called coverage now. Rename it in the case file."
            )
            warnings.warn(what, FutureWarning, stacklevel=2)
            data = {("coverage" if k == "density" else k): v for k, v in data.items()}
        return data


class RegimePeriod(CasePeriod):
    """A named stretch in which the rules of the conflict were others."""

    name: str
    kind: Literal["takeover", "truce", "fighting"]


class Crossing(CaseFileModel):
    """A place where the border is passed; `places` are the names that sources write for it."""

    key: str
    name: str
    latitude: float = Field(ge=-90, le=90)
    longitude: float = Field(ge=-180, le=180)
    places: tuple[str, ...]


class CrossingEvent(CaseFileModel):
    """What an event says of crossings, where place and mode alone do not say it. `opens` means
    that the crossing had been shut until then and now opens in part; `continues`, that the event only
    tells that an earlier state was still lasting on its day."""

    event: str
    crossings: tuple[str, ...]
    state: Literal["closed", "no trade", "restricted", "open"]
    opens: bool = False
    continues: bool = False
    why: str


class UserDataSource(CaseFileModel):
    """A source whose releases the user brings: they may not be passed on, or are too large to come with a case.

    `files` are paths from the case file's folder; without any, all files of the folder that bears the source's name
    within the data folder (`DETENTE_DATA`, or `data` where the command is run). `where` says where to get them.
    """

    source: str
    files: tuple[str, ...] = ()
    where: str


class CaseDemand(CaseFileModel):
    """One thing that the question asks for, with the claims that answer it, in order."""

    key: str
    title: str
    asks: str
    claims: tuple[str, ...]


class DisplayNames(CaseFileModel):
    """How the three are called in a sentence."""

    target: str
    host: str
    host_government: str
    group: str
    border: str


class CaseFile(CaseFileModel):
    """The whole file."""

    id: str
    title: str
    question: str
    countries: dict[Literal["target", "host"], str]
    country_names: dict[str, str] = Field(default_factory=dict)
    names: DisplayNames
    first: TomlDate = Field(alias="from")
    last: TomlDate = Field(alias="to")
    chronology: str = ""
    geometry: str = ""
    brought: tuple[UserDataSource, ...] = ()
    cast: tuple[Actor, ...]
    windows: tuple[CoverageWindow, ...]
    regimes: tuple[RegimePeriod, ...] = ()
    crossings: tuple[Crossing, ...] = ()
    crossing_events: tuple[CrossingEvent, ...] = ()
    truce_events: tuple[str, ...] = ()
    rules: tuple[ChannelRule, ...] = ()
    demands: tuple[CaseDemand, ...]
    file: Path = Field(exclude=True)

    @field_validator("countries")
    @classmethod
    def _check_countries(cls, countries: dict[str, str]) -> dict[str, str]:
        for role in ("target", "host"):
            if role not in countries:
                raise ValueError(f"the country of the {role} is missing")
        for role, code in countries.items():
            if not re.fullmatch("[A-Z]{3}", code):
                raise ValueError(f"the country of the {role} is no three-letter code (ISO 3166-1), such as AFG")
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
            # Who has no alias for a source goes there by the key.
            names = [n for a in cast for n in a.named(source)]
            both = next((a.name for i, a in enumerate(names) for b in names[:i] if a.clashes(b)), None)
            if both is not None:
                raise ValueError(f"aliases.{source}: {both!r} stands there twice for one time and place")
        return cast

    @field_validator("windows")
    @classmethod
    def _check_window_order(cls, windows: tuple[CoverageWindow, ...]) -> tuple[CoverageWindow, ...]:
        for before, after in pairwise(windows):
            if before.last is None or after.first <= before.last:
                raise ValueError(f"window {after.name!r} begins before {before.name!r} has ended")
        if all(w.coverage is None for w in windows):
            raise ValueError("no window has a coverage, so no day was collected systematically and no rate is known")
        return windows

    @field_validator("crossing_events")
    @classmethod
    def _check_crossing_events(cls, told: tuple[CrossingEvent, ...], info: ValidationInfo) -> tuple[CrossingEvent, ...]:
        known = {c.key for c in info.data.get("crossings", ())}
        for e in told:
            for c in e.crossings:
                if c not in known:
                    raise ValueError(f"{e.event} names {c!r}, which is no crossing")
        return told

    @field_validator("crossings")
    @classmethod
    def _check_crossings_unique(cls, crossings: tuple[Crossing, ...]) -> tuple[Crossing, ...]:
        _check_unique("crossings", [c.key for c in crossings])
        return crossings

    @model_validator(mode="after")
    def _check_event_source(self) -> "CaseFile":
        if bool(self.chronology) == bool(self.brought):
            raise ValueError(
                "a case needs either a chronology or [[brought]] sources"
                + (", and this one has both" if self.chronology else ", and this one has neither")
            )
        return self

    @property
    def folder(self) -> Path:
        """Where the paths of the file start from."""
        return self.file.parent

    def actor(self, key: str) -> Actor:
        """The actor with this key; a KeyError would be a fault of ours, since events are resolved."""
        return next(a for a in self.cast if a.key == key)

    def keys(self, role: Role) -> tuple[str, ...]:
        """Keys of the actors that have this role at the end of the case."""
        return tuple(a.key for a in self.cast if a.role == role)


def _check_unique(where: str, names: list[str]) -> None:
    twice = sorted({n for n in names if names.count(n) > 1})
    if twice:
        raise ValueError(f"{where}: {', '.join(map(repr, twice))} stands there twice")


def find_shipped_cases() -> dict[str, Path]:
    """The cases that come with the package, by id."""
    folder = cast("Path", files("detente.cases").joinpath("shipped"))
    return {p.stem.replace("_", "-"): p for p in sorted(folder.glob("*.toml"))}


def load_case_file(name: str) -> CaseFile:
    """A case by its shipped id or by the path of its file.

    Raises:
        UnknownCase: neither. BadCase: the file cannot be used.

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
        # Python tells the line in its message only, and a fault at the end without one.
        line = _parse_line_number(str(e)) or len(text)
        shown = text[line - 1].strip() if 0 < line <= len(text) else ""
        raise BadCase(
            str(path),
            f"line {line}",
            shown,
            f"it is not TOML: {e}",
            "Mend the line; see https://toml.io.",
        ) from e
    try:
        case = CaseFile.model_validate({**data, "file": path})
    except ValidationError as e:
        raise _convert_validation_error(path, e) from e
    for key in ("chronology", "geometry"):
        if getattr(case, key) and not (case.folder / getattr(case, key)).is_file():
            raise BadCase(
                str(path), key, getattr(case, key), f"there is no such file in {case.folder}",
                "Give its path from the case file's folder.",
            )  # fmt: skip
    return case


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except (OSError, ValueError):  # longer than any path may be, or with a byte that none may hold
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
        "literal_error": "Use one of the words that are allowed.",
    }.get(first["type"], "Correct the value.")
    why = first["msg"].removeprefix("Value error, ")
    value = first.get("input") if first["loc"] and first["type"] != "missing" else "(none)"
    if others:
        remedy += f" {len(others)} more fault{'s' * (len(others) > 1)} in this file after that."
    return BadCase(str(path), key, value, why, remedy)
