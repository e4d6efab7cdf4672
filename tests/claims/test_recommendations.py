"""A case file without policy options proposes nothing, and a short record simulates nothing."""

from dataclasses import replace

import pytest

from detente.brief.first_page import summarise_ways
from detente.claims.context import ClaimContext
from detente.claims.recommendations import NO_SENTENCE, Recommendation, has_year, list_recommendations
from detente.text.sentence import make_sentence
from support.worlds import make_event, make_world, nth_day


def _make_view(days: int) -> ClaimContext:
    events = [make_event(nth_day(i), "TTP", "PAK", "ASSAULT", country="PAK") for i in range(0, days, 2)]
    return ClaimContext(replace(make_world(events, days), background=None), draws=40)


def test_short_record_simulates_no_option() -> None:
    """A case with less than a year of covered days lists no option and says that its file gives none."""
    view = _make_view(120)
    assert not has_year(view)
    assert list_recommendations(view) == ()
    assert summarise_ways(()).text == "The case file gives no policy options."


def test_case_without_options_names_settings_only() -> None:
    """Without options in the case file only settings of the simulator are listed, and no proposal or its record."""
    (setting,) = list_recommendations(_make_view(400))
    assert (setting.given, setting.title, setting.record) == (False, "Fewer attacks", NO_SENTENCE)
    assert "committee" not in setting.proposal
    told = summarise_ways([setting]).text
    assert told.startswith("The case file gives no policy options. The simulator can try fewer attacks.")
    assert "Proposed" not in told


@pytest.mark.parametrize("given", [True, False])
def test_only_given_options_are_proposed(given: bool) -> None:
    """The word Proposed is kept for options that the case file gives."""
    way = Recommendation("border_control", "Border control", "What it is.", make_sentence("None is recorded."), None)
    assert ("Proposed" in summarise_ways([replace(way, given=given)]).text) == given
