"""Registry of known formats with their translations, and of publication dates in release names."""

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
    """A provider's short name, and a function that gives a release's publication date by its name, or None."""

    source: str
    released: Callable[[ReleaseArchive], date | None]


def _date_from_name(parse: Callable[[str], date | None]) -> Callable[[ReleaseArchive], date | None]:
    def last_date(archive: ReleaseArchive) -> date | None:
        own = parse(archive.path.name)
        dates = [own] if own else [parse(p.name) for p in archive.parts]
        # One file without a date makes the release's date unknown.
        known = [d for d in dates if d]
        return max(known) if known and len(known) == len(dates) else None

    return last_date


PROVIDERS = {
    "ucdp": Provider("ucdp", _date_from_name(ucdp.parse_release_date)),
    "gdelt": Provider("gdelt", _date_from_name(gdelt.parse_release_date)),
    **{name: Provider(name, lambda _archive: None) for name in ("acled", "icews", "polecat")},
}

FORMATS: dict[Format, Translation] = {
    **from_ucdp.FORMATS, **from_gdelt.FORMATS, **from_acled.FORMATS, **from_icews.FORMATS, **from_polecat.FORMATS,
}  # fmt: skip
