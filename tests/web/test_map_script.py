"""The interactive map: `map.js` draws the same map as the server."""

from collections.abc import Iterator
from datetime import date, timedelta
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Page

from detente.api.case import Case
from detente.api.crossings import crossings_on
from detente.api.events.filters import EventQuery
from detente.api.events.table import CHANNEL_OPTIONS
from detente.cases.channel_rule import FORCE_CHANNELS
from detente.web.app import create_app
from detente.web.config import ServerConfig
from detente.web.map.page import get_event_map
from support.chromium import launch_chromium, open_page, serve_app
from support.workbench import CACHE_FOLDER, lift_limits

HERE = "/pakistan-afghanistan/map"

# Everything that a map shows, read from the interactive page or from the server's HTML.
READ = """(root) => {
  const numbers = (e, name) => (e.getAttribute(name) ?? "").match(/-?[\\d.]+/g).map(Number);
  const text = (e) => e.textContent.replace(/\\s+/g, " ").trim();
  const address = (a) => {
    const [path, query = ""] = a.getAttribute("href").split("?");
    return path + " " + [...new URLSearchParams(query)].map((p) => p.join("=")).sort().join(" ");
  };
  const seen = {signs: {}, crossings: {}, rows: [], bars: [], listed: []};
  for (const spot of root.querySelectorAll(".spot")) {
    for (const a of spot.querySelectorAll("a:not(.off)")) {
      seen.signs[[spot.dataset.n, spot.classList[1], ...numbers(spot, "transform").slice(0, 2), a.dataset.c].join("|")] = {
        size: [...numbers(a.querySelector("use"), "transform")],
        said: [a.querySelector("title").textContent, a.classList.contains("untold"), address(a)],
      };
    }
  }
  for (const item of root.querySelectorAll("#vague li:not([hidden])")) {
    for (const a of item.querySelectorAll("a:not(.off)")) {
      seen.listed.push([item.dataset.n, a.dataset.c, text(a), a.getAttribute("aria-label"), address(a)].join("|"));
    }
  }
  seen.listed.sort();
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
# The script fills the table once the browser says that it is open.
OPEN_TABLE = """() => new Promise((done) => {
  const drawn = document.getElementById("drawn");
  drawn.addEventListener("toggle", done, {once: true});
  drawn.open = true;
})"""
# Names and clusters are drawn with the next frame.
NEXT_FRAME = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done())))"
# The page's policy forbids the evaluation of text, so Playwright cannot wait for an expression.
SCROLLED = """() => new Promise((done) => {
  const look = () => { if (scrollY > 100) done(); };
  addEventListener("scroll", look);
  look();
})"""
SENT = f"""async (address) => {{
  const answer = await fetch(address);
  return ({READ})(new DOMParser().parseFromString(await answer.text(), "text/html"));
}}"""


@pytest.fixture(scope="module")
def page(flagship: Case) -> Iterator[Page]:
    """Open the case's map in a browser, drawn by `map.js`."""
    app = create_app(ServerConfig(cache=CACHE_FOLDER), {flagship.id: flagship})
    lift_limits(app)
    with serve_app(app) as at, launch_chromium() as browser, open_page(browser, at, 1280) as opened:
        opened.page.goto(HERE)
        # The script has started once the frame carries this class; a quiet network does not say so.
        opened.page.wait_for_selector("#sheet.live")
        yield opened.page
        assert opened.faults == []


def list_months(prepared: Case) -> list[date]:
    m = get_event_map(prepared, EventQuery())
    assert m is not None
    return [x.first for x in m.months]


def last_day_of_month(first: date) -> date:
    return (first.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)


# Every month of the slider is tested with one of these window widths, so that each width gets a dozen months.
SPANS = (0, 1, 3, 6, 12)
CHANNEL_SETS = (FORCE_CHANNELS, CHANNEL_OPTIONS, ("dialogue", "truce", "clash"), ("strike",))


@pytest.mark.parametrize("span", SPANS)
def test_script_draws_same_map_as_server(page: Page, flagship: Case, span: int) -> None:
    """In every month `map.js` draws the map that the server would send."""
    firsts = list_months(flagship)
    last = len(firsts) - 1
    for until in range(SPANS.index(span), last + 1, len(SPANS)):
        kinds = CHANNEL_SETS[until % len(CHANNEL_SETS)]
        page.evaluate(MOVE, [until, span, list(kinds)])
        # Kinds that the page does not carry are fetched once.
        page.wait_for_selector("#atlas:not([data-loading])")
        moved = page.evaluate(f"() => ({READ})(document)")
        query = [("channel", k) for k in kinds]
        first = max(0, until - span + 1) if span else 0
        if first:
            query.append(("from", str(firsts[first])))
        if until < last:
            query.append(("to", str(last_day_of_month(firsts[until]))))
        sent = page.evaluate(SENT, f"{HERE}?{urlencode(query)}")
        where = f"{firsts[first]} to {firsts[until]}, {kinds}"
        assert len(sent["bars"]) == last + 1
        for name in ("crossings", "day", "rows", "bars", "account", "listed"):
            assert moved[name] == sent[name], f"{name}: {where}"
        assert moved["heights"] == pytest.approx(sent["heights"], abs=0.051), where
        assert moved["signs"].keys() == sent["signs"].keys(), where
        for sign, expected in sent["signs"].items():
            assert moved["signs"][sign]["said"] == expected["said"], f"{sign}: {where}"
            # The script writes sizes to a tenth of a unit.
            assert moved["signs"][sign]["size"] == pytest.approx(expected["size"], abs=0.101), f"{sign}: {where}"


def test_restored_choice_is_drawn(page: Page, flagship: Case) -> None:
    """On the way back to the page a browser restores the months and kinds that were chosen: the map draws these."""
    last = len(list_months(flagship)) - 1
    for kinds in (CHANNEL_OPTIONS, ("strike",)):
        page.evaluate(MOVE, [last - 3, 6, list(kinds)])
        page.wait_for_selector("#atlas:not([data-loading])")
        left = page.evaluate(f"() => ({READ})(document)")
        page.goto("/pakistan-afghanistan/claims")
        page.go_back()
        page.wait_for_selector("#sheet.live")
        page.wait_for_selector("#atlas:not([data-loading])")
        assert page.locator("#until").input_value() == str(last - 3)
        page.evaluate(OPEN_TABLE)
        restored = page.evaluate(f"() => ({READ})(document)")
        for name in ("crossings", "day", "rows", "bars", "account", "listed", "signs"):
            assert restored[name] == left[name], name


def test_crossing_carries_state_of_every_month(flagship: Case) -> None:
    """A crossing carries its state at the end of every month."""
    m = get_event_map(flagship, EventQuery())
    assert m is not None
    for i, month in enumerate(m.months):
        day = min(last_day_of_month(month.first), flagship.g.watched_to)
        assert month.day == day
        on = {c.key: (c.mark, c.said) for c in crossings_on(flagship, day)}
        assert {c.key: c.told[c.at[i]] for c in m.crossings} == on


def count_drawn(page: Page) -> int:
    """Count the events that signs and clusters stand for."""
    page.evaluate(NEXT_FRAME)
    found: int = page.evaluate("""() => {
      let n = 0;
      for (const c of document.querySelectorAll(".cluster")) for (const t of c.querySelectorAll("text")) n += +t.textContent;
      for (const s of document.querySelectorAll(".spot:not(.gathered)")) for (const a of s.querySelectorAll("a:not(.off)")) n += +a.textContent.match(/, ([\\d,]+) event/)[1].replace(",", "");
      return n;
    }""")
    return found


def test_clusters_lose_no_event(page: Page, flagship: Case) -> None:
    """Clusters and single signs together stand for every located event, at every magnification."""
    page.evaluate(MOVE, [len(list_months(flagship)) - 1, 0, list(FORCE_CHANNELS)])
    m = get_event_map(flagship, EventQuery())
    assert m is not None
    clusters = [page.locator(".cluster").count()]
    for _ in range(3):
        assert count_drawn(page) == m.accounted.at_place
        page.get_by_role("button", name="Zoom in").click()
        page.evaluate(NEXT_FRAME)
        clusters.append(page.locator(".cluster").count())
    assert clusters[0] > 0
    page.get_by_role("button", name="The whole map").click()


def test_cluster_opens_by_enter(page: Page) -> None:
    """Enter on a cluster enlarges the map, and arrow keys lead from sign to sign."""
    page.locator("#sheet").focus()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.matches('#stage a, .cluster')")
    page.evaluate(
        "document.querySelector('.cluster').setAttribute('tabindex', '0'); document.querySelector('.cluster').focus()"
    )
    first = page.evaluate("document.activeElement.getAttribute('aria-label')")
    page.keyboard.press("ArrowDown")
    assert (
        page.evaluate("document.activeElement.getAttribute('aria-label') ?? document.activeElement.textContent")
        != first
    )
    page.evaluate("document.querySelector('.cluster').focus()")
    page.keyboard.press("Enter")
    assert page.locator("#sheet.zoomed").count() == 1
    page.keyboard.press("0")
    assert page.locator("#sheet.zoomed").count() == 0


def test_no_shown_name_covers_another(page: Page) -> None:
    """At three magnifications no shown name lies on another name or on a cluster."""
    for _ in range(3):
        page.evaluate(NEXT_FRAME)
        overlaps: list[str] = page.evaluate("""() => {
          const texts = [...document.querySelectorAll(".name:not(.hide):not(.border) text")].map((t) => [t.textContent, t.getBBox(), t.getCTM()]);
          const boxes = texts.map(([name, b, m]) => [name, b.x * m.a + m.e, b.y * m.d + m.f + 3, (b.x + b.width) * m.a + m.e, (b.y + b.height) * m.d + m.f - 4]);
          const hit = [];
          for (const [i, a] of boxes.entries()) for (const b of boxes.slice(i + 1)) if (a[1] < b[3] - 2 && b[1] < a[3] - 2 && a[2] < b[4] && b[2] < a[4]) hit.push(`${a[0]} ${b[0]}`);
          return hit;
        }""")
        assert overlaps == []
        page.get_by_role("button", name="Zoom in").click()
    assert page.locator(".name.town:not(.hide)").count() > 1
    page.get_by_role("button", name="The whole map").click()


def test_wheel_scrolls_page_after_click(page: Page) -> None:
    """After a click in the map the wheel scrolls the page; with Ctrl it enlarges the map."""
    page.evaluate("scrollTo(0, 0)")
    box = page.locator("#sheet").bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + 60, box["y"] + box["height"] - 60)
    page.mouse.wheel(0, 200)
    page.evaluate(SCROLLED)
    assert page.locator("#sheet.zoomed").count() == 0
    page.evaluate("scrollTo(0, 0)")
    page.keyboard.down("Control")
    page.mouse.wheel(0, -300)
    page.keyboard.up("Control")
    page.wait_for_selector("#sheet.zoomed")
    page.get_by_role("button", name="The whole map").click()
