"""Charts of a fitted model."""

from xml.etree import ElementTree as Tree

import numpy as np

from detente.charts import residuals, response_matrix
from detente.model.diagnostics import diagnose_fit
from detente.model.fit import fit_model
from detente.model.summaries import Responses, direct_responses
from detente.model.synthetic import one_sided_response


def test_response_matrix_lists_certain_signs() -> None:
    """The matrix names the cells with a certain sign, counts them, and draws the number of every cell."""
    mean = np.array([[0.1, -0.4], [0.5, 0.0]])
    positive = np.array([[0.7, 0.02], [0.99, 0.5]])
    p = response_matrix.draw_response_matrix(Responses(("raid", "reply"), 30, 0.9, mean, mean - 1, mean + 1, positive))
    assert "reply after raid +0.50" in p.alt
    assert "raid after reply −0.40" in p.alt
    assert "raid after raid" not in p.alt
    assert "2 of 4 links" in p.caption
    labels = [x.text for x in Tree.fromstring(p.svg).iter("{http://www.w3.org/2000/svg}text")]
    assert [labels.count(x) for x in ("+0.10", "−0.40", "+0.50", "+0.00")] == [1, 1, 1, 1]


def test_residual_chart_draws_every_channel() -> None:
    """The residual chart of a fit shows each channel's own bars."""
    w = one_sided_response(np.random.default_rng(3), events=1500)
    s = fit_model(w.y, channels=w.channels, rng=np.random.default_rng(0))
    assert "b after a" in response_matrix.draw_response_matrix(direct_responses(s)).alt
    c = diagnose_fit(s, np.random.default_rng(0))
    picture = residuals.draw_residuals(c)
    assert "failing: none" in picture.alt
    # One bar per lag and channel.
    assert picture.svg.count("apart: autocorrelation") == c.echo.size
