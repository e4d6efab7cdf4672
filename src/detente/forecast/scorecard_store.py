"""Stored score cards: a backtest takes minutes, so its result is stored once for a release and read from then on.

A card belongs to one release of a case, identified by its SHA-256, to one version of the model, and to the knowledge of
one day. It is used with that release and version from that day on; in a brief of an earlier day it would reveal the future. The flagship's card is shipped
(`cards/`, made by `studies/forecast_case.py`); `detente forecast score --keep` stores a new one.
"""

import glob
import json
import os
from dataclasses import dataclass
from datetime import date, timedelta
from importlib.resources import files
from pathlib import Path
from typing import Any

from platformdirs import user_cache_path

from detente.cases.load import CaseData
from detente.core.version import __version__
from detente.forecast.case import last_observed_day
from detente.forecast.scorecard import ForecastRecord, ScoreCard, as_data
from detente.forecast.stacking import MemberWeights, equal_weights
from detente.model.version import MODEL_VERSION
from detente.sources.errors import BrokenFile

OLD_FORMATS = ("detente kept score card 1",)
FORMAT, ENV_VARIABLE = "detente kept score card 2", "DETENTE_SCORES"


@dataclass(frozen=True, slots=True)
class StoredScoreCard:
    """A stored score card.

    Fields:
        case, release, sha256: what it scores. as_of: day whose knowledge it contains. detente: version that made it.
        model: version of the model whose forecasts it scores; cards of other versions are not used.
        card: from `scorecard.as_data`.
    """

    case: str
    release: str
    sha256: str
    as_of: date
    detente: str
    model: int
    card: dict[str, Any]


def scorecard_folder() -> Path:
    """Return the folder of the user's score cards: `DETENTE_SCORES`, or else the platform's cache folder."""
    configured = os.environ.get(ENV_VARIABLE, "").strip()
    return Path(configured).expanduser() if configured else user_cache_path("detente", appauthor=False) / "scores"


def latest_knowledge_date(g: CaseData) -> date:
    """Return the day by which the whole backtest was known: the latest `known_on` of events on observed days."""
    end = last_observed_day(g)
    return max((e.known_on for e in g.events if e.day <= end), default=end)


def scorecard_filename(g: CaseData) -> str:
    """Return the file name of the card of a case, its release and its knowledge date."""
    return f"{g.case.id}-{g.release.sha256[:12]}-{latest_knowledge_date(g)}.json"


def serialise_scorecard(c: ScoreCard, g: CaseData) -> bytes:
    """Serialise a card with its origin; `g` is the case as the backtest read it."""
    data = {
        "format": FORMAT, "case": c.case, "release": g.release.name, "sha256": g.release.sha256, "as_of": str(latest_knowledge_date(g)),
        "detente": __version__, "model": MODEL_VERSION, "card": as_data(c),
    }  # fmt: skip
    return (json.dumps(data, ensure_ascii=False, indent=1, allow_nan=False) + "\n").encode()


def load_scorecard(g: CaseData) -> StoredScoreCard | None:
    """Load the card of this release with the most knowledge up to `g.as_of`, the user's before the shipped; None without one.

    Raises:
        BrokenFile: a card is damaged.
    """
    return max((k for k in _list_cards(g) if k.as_of <= g.as_of), key=lambda k: k.as_of, default=None)


def load_weights(g: CaseData) -> MemberWeights:
    """Load the latest weights of the forecast's members that rest on outcomes known by `g.as_of`; equal weights without any.

    Those of an earlier day are in the card too, each fitted to what was known then.
    """
    entries = [
        MemberWeights(
            {str(k): float(v) for k, v in w["of"].items()}, w["origins"], w["learned"], date.fromisoformat(w["day"])
        )
        for card in sorted(_list_cards(g), key=lambda k: k.as_of)[-1:]
        for w in card.card.get("weights", ())
    ]
    known = [w for w in entries if w.day <= g.as_of]
    return max(known, key=lambda w: w.day, default=equal_weights(g.as_of))


def load_history(g: CaseData) -> tuple[ForecastRecord, ...]:
    """Load the past forecasts whose horizon had ended by `g.as_of`, with their outcomes; empty without a card."""
    card = max(_list_cards(g), key=lambda k: k.as_of, default=None)
    rows = [] if card is None else card.card.get("history", [])
    out = [
        ForecastRecord(date.fromisoformat(r["origin"]), r["days"], r["channel"], r["probability"], r["median"], r["low"], r["high"], r["came"])
        for r in rows
    ]  # fmt: skip
    return tuple(h for h in out if h.origin + timedelta(days=h.days) <= g.as_of)


def _list_cards(g: CaseData) -> list[StoredScoreCard]:
    """List the cards of this release and model version, the user's last ones first."""
    own = sorted(scorecard_folder().glob(f"{glob.escape(g.case.id)}-*.json")) if scorecard_folder().is_dir() else []
    shipped = files(__package__).joinpath("cards", f"{g.case.id}.json")
    cards = [_parse_scorecard(str(p), p.read_text(encoding="utf-8")) for p in (shipped, *own) if p.is_file()]
    wanted = (g.case.id, g.release.sha256, MODEL_VERSION)
    return [k for k in reversed(cards) if k is not None and (k.case, k.sha256, k.model) == wanted]


def _parse_scorecard(where: str, text: str) -> StoredScoreCard | None:
    """Read a card; None if an earlier version wrote it."""
    try:
        data = json.loads(text)
        if data["format"] in OLD_FORMATS:
            return None
        if data["format"] != FORMAT:
            raise ValueError(f"its format is {data['format']!r} and not {FORMAT!r}")
        return StoredScoreCard(
            data["case"], data["release"], data["sha256"], date.fromisoformat(data["as_of"]), data["detente"],
            int(data.get("model", 1)), dict(data["card"]),
        )  # fmt: skip
    except (ValueError, KeyError, TypeError) as e:
        raise BrokenFile(where, f"it is not a score card ({e}); make it again: detente forecast score --keep") from e
