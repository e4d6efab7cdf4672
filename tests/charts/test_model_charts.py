"""Pictures of a fitted system show what it says, and count what chance would show."""

import numpy as np

from detente.charts import residuals, response_matrix
from detente.model.diagnostics import diagnose_fit
from detente.model.fit import fit_model
from detente.model.summaries import Responses, direct_responses
from detente.model.synthetic import one_sided_response


def test_the_matrix_names_the_cells_whose_sign_is_as_good_as_known_and_how_many_chance_would_give() -> None:
    mean = np.array([[0.1, -0.4], [0.5, 0.0]])
    positive = np.array([[0.7, 0.02], [0.99, 0.5]])
    p = response_matrix.draw_response_matrix(Responses(("raid", "reply"), 30, 0.9, mean, mean - 1, mean + 1, positive))
    assert "reply after raid +0.50" in p.alt
    assert "raid after reply −0.40" in p.alt
    assert "raid after raid" not in p.alt
    assert "2 are." in p.caption
    assert p.svg.startswith("<svg")


def test_a_fit_and_its_leftovers_can_be_drawn() -> None:
    w = one_sided_response(np.random.default_rng(3), events=1500)
    s = fit_model(w.y, channels=w.channels, rng=np.random.default_rng(0))
    assert "b after a" in response_matrix.draw_response_matrix(direct_responses(s)).alt
    c = diagnose_fit(s, np.random.default_rng(0))
    drawn = residuals.draw_residuals(c)
    assert "failing: none" in drawn.alt
    # Each row shows its own channel: as many bars as lags, for each channel once.
    assert drawn.svg.count("days apart:") == c.echo.size
