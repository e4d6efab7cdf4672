"""The crises of force between the two states as traced numbers: how many, with which reported deaths, and how many without."""

from dataclasses import dataclass

from detente.cases.load import CaseData
from detente.cases.testimony import list_sources
from detente.claims.context import ClaimContext
from detente.measures.event_filter import EventFilter
from detente.measures.quantity import Quantity, deaths_quantity, tally_quantity
from detente.model.intervention_spec import STATE_FORCE_CHANNELS


@dataclass(frozen=True, slots=True)
class CrisisQuantities:
    """Numbers of the crises up to the last covered day.

    Fields:
        crises: their number. deaths: reported in strikes and clashes, as a range. without_deaths: strikes and clashes
            without any figure, whose deaths are unknown and not zero.
    """

    crises: Quantity
    deaths: Quantity
    without_deaths: Quantity


def count_crises(view: ClaimContext) -> CrisisQuantities:
    """Count the crises of a case, and the deaths that are reported in its strikes and clashes.

    Example:
        >>> from detente.cases.case_file import load_case_file
        >>> from detente.cases.load import load_case_data
        >>> counted = count_crises(ClaimContext(load_case_data(load_case_file("pakistan-afghanistan"))))
        >>> counted.crises.value > 20, counted.deaths.low < counted.deaths.high
        (True, True)
    """
    g, crises = view.g, view.episodes
    force = EventFilter(channels=STATE_FORCE_CHANNELS, last=g.watched_to)
    deaths = deaths_quantity(g, "force_deaths", force)
    return CrisisQuantities(
        tally_quantity(
            "episodes", len(crises), "episodes", "runs of strikes and clashes without a gap of more than two weeks",
            {"kind": "episodes", "gap": 14}, tuple(e for c in crises for e in c.events),
        ),
        deaths,
        tally_quantity(
            "force_untold", int(deaths.recipe["untold"]), "events", "strikes and clashes without any figure of deaths",
            {"kind": "untold deaths", "of": force.as_data()}, deaths.events,
        ),
    )  # fmt: skip


def describe_spread(g: CaseData) -> str:
    """Say where a range of deaths comes from: from several reports, or from one provider's lowest and highest figures.

    Example:
        >>> from detente.cases.case_file import load_case_file
        >>> from detente.cases.load import load_case_data
        >>> describe_spread(load_case_data(load_case_file("pakistan-afghanistan")))
        'depending on the source'
    """
    one = not g.case.chronology and len(list_sources(g)) == 1
    return "by the lowest and the highest figures" if one else "depending on the source"
