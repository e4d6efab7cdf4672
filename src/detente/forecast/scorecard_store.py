"""Score cards that are kept: a backtest takes minutes, so what it found is made once for a release and read from then on.

A card speaks of one release of a case, known by its SHA-256, and of all that was known on one day. It is used where
that release is read and nothing less is known; in a brief of an earlier day it would tell what came later. One for the
flagship is shipped (`cards/`, made by `studies/forecast_case.py`); `detente forecast score --keep` makes one's own.
"""

import glob
import json
import os
from dataclasses import dataclass
from datetime import date
from importlib.resources import files
from pathlib import Path
from typing import Any

from platformdirs import user_cache_path

from detente.cases.load import CaseData
from detente.core.version import __version__
from detente.forecast.case import last_observed_day
from detente.forecast.scorecard import ScoreCard, as_data
from detente.sources.errors import BrokenFile

FORMAT, ENV_VARIABLE = "detente kept score card 1", "DETENTE_SCORES"


@dataclass(frozen=True, slots=True)
class StoredScoreCard:
    """A score card as kept.

    Fields:
        case, release, sha256: of what. as_of: all that was known then is in it. detente: the version that made it.
        card: as `scorecard.as_data` gives it.
    """

    case: str
    release: str
    sha256: str
    as_of: date
    detente: str
    card: dict[str, Any]


def scorecard_folder() -> Path:
    """Where one's own score cards are kept: `DETENTE_SCORES`, else the user's cache folder of this kind of machine."""
    named = os.environ.get(ENV_VARIABLE, "").strip()
    return Path(named).expanduser() if named else user_cache_path("detente", appauthor=False) / "scores"


def latest_knowledge_date(g: CaseData) -> date:
    """The day by which all was known that judges a backtest of the case: the last of what happened on watched days."""
    end = last_observed_day(g)
    return max((e.known_on for e in g.events if e.day <= end), default=end)


def scorecard_filename(g: CaseData) -> str:
    """The file that holds the card of a case, its release and the day by which all in it was known."""
    return f"{g.case.id}-{g.release.sha256[:12]}-{latest_knowledge_date(g)}.json"


def serialise_scorecard(c: ScoreCard, g: CaseData) -> bytes:
    """A card with what it was made from, to be kept.

    Args:
        g: the case as the backtest read it.
    """
    data = {
        "format": FORMAT, "case": c.case, "release": g.release.name, "sha256": g.release.sha256, "as_of": str(latest_knowledge_date(g)),
        "detente": __version__, "card": as_data(c),
    }  # fmt: skip
    return (json.dumps(data, ensure_ascii=False, indent=1, allow_nan=False) + "\n").encode()


def load_scorecard(g: CaseData) -> StoredScoreCard | None:
    """The score card made from the release that is read: of those that know no more than `g.as_of` the one that knows most,
    one's own before the shipped; None if there is none.

    Raises:
        BrokenFile: there is one, and it is damaged.
    """
    own = sorted(scorecard_folder().glob(f"{glob.escape(g.case.id)}-*.json")) if scorecard_folder().is_dir() else []
    shipped = files(__package__).joinpath("cards", f"{g.case.id}.json")
    found = [_parse_scorecard(str(p), p.read_text(encoding="utf-8")) for p in (shipped, *own) if p.is_file()]
    fit = [k for k in found if (k.case, k.sha256) == (g.case.id, g.release.sha256) and k.as_of <= g.as_of]
    return max(reversed(fit), key=lambda k: k.as_of, default=None)


def _parse_scorecard(where: str, text: str) -> StoredScoreCard:
    try:
        data = json.loads(text)
        if data["format"] != FORMAT:
            raise ValueError(f"its format is {data['format']!r} and not {FORMAT!r}")
        return StoredScoreCard(
            data["case"],
            data["release"],
            data["sha256"],
            date.fromisoformat(data["as_of"]),
            data["detente"],
            dict(data["card"]),
        )
    except (ValueError, KeyError, TypeError) as e:
        raise BrokenFile(
            where, f"it is no kept score card ({e}); make it again with detente forecast score --keep"
        ) from e
