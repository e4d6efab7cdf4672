"""The map that moves and the map that stands still are one: what the page's module draws is what the server would."""

from collections.abc import Iterator
from datetime import date, timedelta
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Page

from detente.api.case import PreparedCase
from detente.api.crossings import crossings_on
from detente.api.events.filters import EventQuery
from detente.api.events.table import CHANNEL_OPTIONS
from detente.cases.channel_rule import FORCE_CHANNELS
from detente.web.app import create_app
from detente.web.config import ServerConfig
from detente.web.map.page import get_event_map
from detente.web.middleware.token_bucket import RateLimit
from support.chromium import launch_chromium, open_page, serve_app
from support.workbench import CACHE_FOLDER

HERE = "/pakistan-afghanistan/"

# All that a reader sees of a map's marks, from the page that moves or from one as the server sent it.
READ = """(root) => {
  const numbers = (e, name) => (e.getAttribute(name) ?? "").match(/-?[\\d.]+/g).map(Number);
  const text = (e) => e.textContent.replace(/\\s+/g, " ").trim();
  const address = (a) => {
    const [path, query = ""] = a.getAttribute("href").split("?");
    return path + " " + [...new URLSearchParams(query)].map((p) => p.join("=")).sort().join(" ");
  };
  const seen = {signs: {}, crossings: {}, rows: [], bars: []};
  for (const spot of root.querySelectorAll(".spot")) {
    for (const a of spot.querySelectorAll("a:not(.off)")) {
      const ring = a.querySelector("circle");
      seen.signs[[spot.dataset.n, spot.classList[1], ...numbers(spot, "transform").slice(0, 2), a.dataset.c].join("|")] = {
        size: [...numbers(a.querySelector("use"), "transform"), ...(ring ? ["cx", "cy", "r"].map((n) => numbers(ring, n)[0]) : [])],
        said: [a.querySelector("title").textContent, a.classList.contains("untold"), address(a)],
      };
    }
  }
  for (const c of root.querySelectorAll("g.crossing")) {
    const line = root.querySelector(`.gates [data-key="${c.dataset.key}"] .soft`);
    seen.crossings[c.dataset.key] = [c.getAttribute("class"), c.querySelector("title").textContent, text(line)];
  }
  for (const r of root.querySelectorAll("#drawn tbody tr")) seen.rows.push([...r.cells].map(text).join(" | "));
  seen.rows.sort();
  for (const b of root.querySelectorAll("#time .bar")) seen.bars.push([b.classList.contains("in"), text(b)]);
  seen.heights = [...root.querySelectorAll("#time .bar")].map((b) => Number(b.getAttribute("height")));
  seen.account = text(root.querySelector("#account"));
  seen.day = text(root.querySelector("#gate-day"));
  return seen;
}"""
MOVE = """([until, span, kinds]) => {
  document.getElementById("drawn").open = true;
  for (const i of document.querySelectorAll("#atlas-form [name=channel]")) i.checked = kinds.includes(i.value);
  document.getElementById("atlas-form").querySelector("[name=channel]").dispatchEvent(new Event("change", {bubbles: true}));
  document.getElementById("span").value = String(span);
  const slider = document.getElementById("until");
  slider.value = String(until);
  slider.dispatchEvent(new Event("input"));
}"""
SENT = f"""async (address) => {{
  const answer = await fetch(address);
  return ({READ})(new DOMParser().parseFromString(await answer.text(), "text/html"));
}}"""


@pytest.fixture(scope="module")
def page(flagship: PreparedCase) -> Iterator[Page]:
    """The case's first page in a browser, whose module has drawn it."""
    app = create_app(ServerConfig(cache=CACHE_FOLDER), {flagship.id: flagship})
    for buckets in vars(app.state.limits).values():
        buckets.rate = RateLimit(burst=100_000, every_s=0.001)
    with serve_app(app) as at, launch_chromium() as browser, open_page(browser, at, 1280) as seen:
        seen.page.goto(HERE, wait_until="networkidle")
        yield seen.page
        assert seen.faults == []


def months_of(study: PreparedCase) -> list[date]:
    m = get_event_map(study, EventQuery())
    assert m is not None
    return [x.first for x in m.months]


def last_of(first: date) -> date:
    return (first.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)


# Every month of the slider with one width of the window or another, so that each width meets a dozen months.
SPANS = (0, 1, 3, 6, 12)
SOME = (FORCE_CHANNELS, CHANNEL_OPTIONS, ("dialogue", "truce", "clash"), ("strike",))


@pytest.mark.parametrize("span", SPANS)
def test_at_every_month_the_module_draws_what_the_server_would(page: Page, flagship: PreparedCase, span: int) -> None:
    firsts = months_of(flagship)
    last = len(firsts) - 1
    for until in range(SPANS.index(span), last + 1, len(SPANS)):
        kinds = SOME[until % len(SOME)]
        page.evaluate(MOVE, [until, span, list(kinds)])
        moved = page.evaluate(f"() => ({READ})(document)")
        asked = [("channel", k) for k in kinds]
        first = max(0, until - span + 1) if span else 0
        if first:
            asked.append(("from", str(firsts[first])))
        if until < last:
            asked.append(("to", str(last_of(firsts[until]))))
        sent = page.evaluate(SENT, f"{HERE}?{urlencode(asked)}")
        where = f"{firsts[first]} to {firsts[until]}, {kinds}"
        assert len(sent["bars"]) == last + 1
        for name in ("crossings", "day", "rows", "bars", "account"):
            assert moved[name] == sent[name], f"{name}: {where}"
        assert moved["heights"] == pytest.approx(sent["heights"], abs=0.051), where
        assert moved["signs"].keys() == sent["signs"].keys(), where
        for sign, told in sent["signs"].items():
            assert moved["signs"][sign]["said"] == told["said"], f"{sign}: {where}"
            # Written to a tenth of a unit.
            assert moved["signs"][sign]["size"] == pytest.approx(told["size"], abs=0.101), f"{sign}: {where}"


def test_a_crossing_carries_its_state_at_the_end_of_every_month_as_the_rule_says_it(flagship: PreparedCase) -> None:
    m = get_event_map(flagship, EventQuery())
    assert m is not None
    for i, month in enumerate(m.months):
        day = min(last_of(month.first), flagship.g.watched_to)
        assert month.day == day
        on = {c.key: (c.mark, c.said) for c in crossings_on(flagship, day)}
        assert {c.key: c.told[c.at[i]] for c in m.crossings} == on
