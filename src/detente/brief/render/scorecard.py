"""The score card of a case's forecasts as a page, as JSON, and as a calibration chart."""

import json
from importlib.resources import files
from typing import Any

import jinja2
import numpy as np

from detente.charts import calibration
from detente.forecast.backtest import OURS
from detente.forecast.scorecard import REFERENCE_MODEL, ScoreCard, as_data, lead_verdict
from detente.forecast.scores.sign_flip import ScoreLead
from detente.text.probability_words import format_percent


def render_scorecard_files(c: ScoreCard, title: str) -> dict[str, bytes]:
    """Render the page, the JSON and the picture, by file name."""
    data, drawn = as_data(c), calibration.draw_calibration(c)
    env = jinja2.Environment(autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    env.filters["percent"], env.filters["figure"] = format_percent, format_score
    page = env.from_string(files(__package__).joinpath("scorecard.html").read_text(encoding="utf-8")).render(
        c=data, title=title, verdict=summarise_scorecard(c), picture=drawn, svg=drawn.svg, ours=OURS,
        horizons=sorted({r["days"] for r in data["models"]}),
        css=files(__package__).joinpath("brief.css").read_text(encoding="utf-8"),
    )  # fmt: skip
    return {
        "scorecard.html": page.encode(),
        "scorecard.json": (json.dumps(data, ensure_ascii=False, indent=1, allow_nan=False) + "\n").encode(),
        "calibration.svg": drawn.svg.encode(),
    }


def summarise_scorecard(c: ScoreCard) -> str:
    """Summarise in words: leads over the reference model by horizon, lowest Brier scores, CRPS at constant coverage."""
    leads = [f"within {days} days {_format_lead(lead)}" for days, lead in sorted(c.leads.items())]
    best, better_even = [], []
    for days in sorted({r.days for r in c.rows}):
        rows = [r for r in c.rows if r.days == days]
        best.append(f"{min(rows, key=lambda r: r.yes.score).model} within {days} days")
        even = [r for r in rows if r.even == r.even]
        if even:
            ours = next(r for r in even if r.model == OURS)
            lower = ", ".join(r.model for r in even if r.even < ours.even)
            better_even.append(f"within {days} days {lower or 'none'}")
    text = "There are too few rounds to compare models."
    if leads:
        text = f"Numbers of events, against {REFERENCE_MODEL} (lead in log CRPS): {'; '.join(leads)}."
    text += f" Lowest Brier score: {'; '.join(best)}."
    if c.deaths_leads:
        on_deaths = [
            f"{series.removeprefix('reported deaths, ')} within {days} days {_format_lead(lead)}"
            for (series, days), lead in c.deaths_leads.items()
        ]
        text += f" Reported deaths: {'; '.join(on_deaths)}."
    if better_even:
        text += f" Lower CRPS than the {OURS} in periods of constant coverage: {'; '.join(better_even)}."
    return text


def _format_lead(lead: ScoreLead) -> str:
    verdict = lead_verdict(lead.p_holm, lead.mean)
    interval = (
        f"90 % interval {lead.low:+.3f} to {lead.high:+.3f}"
        if np.isfinite(lead.low)
        else "too few blocks for an interval"
    )
    return f"{verdict} ({lead.mean:+.3f}, {interval}, {lead.blocks} blocks, p {lead.p:.3f}, Holm {lead.p_holm:.3f})"


def format_score(x: Any) -> str:
    """Format a score for a table."""
    return "none" if x is None else f"{x:.3f}" if abs(x) < 10 else f"{x:.1f}"
