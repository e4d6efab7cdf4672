"""Columns and allowed values of the chronology's codebook, and the type of one row."""

from dataclasses import dataclass
from datetime import date

COLUMNS = (
    "event_id,date_start,date_end,date_precision,country,admin1,place,latitude,longitude,"
    "geo_precision,initiator,target,event_type,mode,context,summary,deaths_best,deaths_low,"
    "deaths_high,civilian_deaths,disputed,sources,confidence"
).split(",")

TYPES = (
    "AGREE CONSULT SUPPORT CONCEDE COOPERATE AID RETREAT REQUEST ACCUSE REJECT THREATEN "
    "PROTEST SANCTION MOBILIZE COERCE ASSAULT"
).split()

MODES = {
    "ASSAULT": "airstrike drone-strike artillery firearms explosives suicide-attack abduct assassinate raid clash",
    "SANCTION": "close-crossing suspend-trade suspend-visas expel-diplomat terminate-talks terminate-ceasefire",
    "RETREAT": "reopen-crossing ceasefire release withdraw hand-over",
    "COERCE": "deport arrest ban",
    "CONSULT": "visit talks third-party-talks phone joint-committee",
    "COOPERATE": "intelligence trade extradition joint-patrol arrest-militants relocate-militants",
    "MOBILIZE": "deploy fence alert",
}

CONTEXTS = ("military terrorism territory diplomatic economic migration intelligence humanitarian legal").split()

CONFIDENCES = ("high", "medium", "low")


@dataclass(frozen=True, slots=True)
class ChronologyRow:
    """One row as published. Fields have the codebook's names; empty optional numbers are None."""

    row: int
    event_id: str
    date_start: date
    date_end: date
    date_precision: str
    country: str
    admin1: str
    place: str
    latitude: float | None
    longitude: float | None
    geo_precision: str
    initiator: tuple[str, ...]
    target: tuple[str, ...]
    event_type: str
    mode: str
    context: str
    summary: str
    deaths_best: int | None
    deaths_low: int | None
    deaths_high: int | None
    civilian_deaths: int | None
    disputed: bool
    sources: tuple[str, ...]
    confidence: str
