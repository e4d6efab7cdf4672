"""Which formats are known, how each becomes events, and what a release's name says of its day."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from detente.events.sql_translator import Translation
from detente.events.translations import acled as from_acled
from detente.events.translations import gdelt as from_gdelt
from detente.events.translations import icews as from_icews
from detente.events.translations import polecat as from_polecat
from detente.events.translations import ucdp as from_ucdp
from detente.sources import gdelt, ucdp
from detente.sources.archive import ReleaseArchive
from detente.sources.detect import Format


@dataclass(frozen=True, slots=True)
class Provider:
    """A provider's short name, and the day by which a release was out, told by its name, or None."""

    source: str
    released: Callable[[ReleaseArchive], date | None]


def _date_from_name(released: Callable[[str], date | None]) -> Callable[[ReleaseArchive], date | None]:
    def last(told: ReleaseArchive) -> date | None:
        own = released(told.path.name)
        found = [own] if own else [released(p.name) for p in told.parts]
        # One file that does not say makes the whole unknown.
        known = [d for d in found if d]
        return max(known) if known and len(known) == len(found) else None

    return last


def _date_unknown(_told: ReleaseArchive) -> date | None:
    return None


PROVIDERS = {
    p.source: p
    for p in (
        Provider("ucdp", _date_from_name(ucdp.parse_release_date)),
        Provider("gdelt", _date_from_name(gdelt.parse_release_date)),
        Provider("acled", _date_unknown),
        Provider("icews", _date_unknown),
        Provider("polecat", _date_unknown),
    )
}

FORMATS: dict[Format, Translation] = {
    **from_ucdp.FORMATS,
    **from_gdelt.FORMATS,
    **from_acled.FORMATS,
    **from_icews.FORMATS,
    **from_polecat.FORMATS,
}
