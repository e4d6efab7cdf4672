"""Editors change the record in the browser; every reader sees who changed what."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from httpx2 import Response

from detente.api.case import Case, open_case
from detente.core.disk_cache import DiskCache
from detente.web.app import create_app
from detente.web.config import ServerConfig
from detente.web.record.place_map import WIDTH, PlaceMapView, closer, read_click, read_view, view_box
from support.comments_workbench import BrowserClient, Workbench
from support.databases import copy_migrated

CASE, OLD = "pakistan-afghanistan", "DL-20251009-01"
NEW = {
    "base": "0", "date_start": "2026-11-05", "act": "ASSAULT:explosives", "initiator_1": "TTP", "target_1": "PAK", "place": "Bannu",
    "context": "terrorism", "summary": "A bomb, made for a test.", "deaths_best": "3", "sources": "https://example.org/1",
    "confidence": "medium", "disputed": "no", "date_precision": "day",
}  # fmt: skip


@dataclass
class Desk:
    """A workbench over the flagship's record, without results, with an editor and a reader."""

    app: Workbench
    editor: BrowserClient
    second: BrowserClient
    reader: BrowserClient

    def page(self, path: str) -> Any:
        """The data of a page of the case, as a reader without an account gets it."""
        return BrowserClient(self.app.app).get(f"/{CASE}/{path}").json()["page"]


@pytest.fixture(scope="module")
def as_shipped() -> Case:
    """The flagship's record as shipped; a served case that changes is opened anew, so tests can share it."""
    return Case(CASE, open_case(CASE, store=None).view, DiskCache(None), compute=False)


def open_desk(tmp_path: Path, case: Case, **settings: Any) -> Desk:
    """Open the workbench; its case has no results and computes none."""
    config = ServerConfig(
        store=tmp_path / "store", uploads=tmp_path / "uploads", cache=tmp_path / "cache", host_names=("*",),
        database=copy_migrated(tmp_path / "w.db").render_as_string(), **settings,
    )  # fmt: skip
    workbench = Workbench(create_app(config, {CASE: case}))
    ann, ben = (workbench.reader(name, "editor") for name in ("Ann", "Ben"))
    return Desk(workbench, ann, ben, workbench.reader("Rea"))


@pytest.fixture
def desk(tmp_path: Path, as_shipped: Case) -> Iterator[Desk]:
    """A workbench of this test's own."""
    opened = open_desk(tmp_path, as_shipped)
    yield opened
    opened.app.app.state.database.dispose()


def send(by: BrowserClient, path: str, **form: str) -> Response:
    """Send a form of the case."""
    return by.send(f"/{CASE}/record/{path}", **form)


def fields_of(response: Response) -> dict[str, str]:
    """Values of the text fields of a form."""
    found = re.findall(r'<input[^>]*name="([a-z_0-9]+)" value="([^"]*)"', response.text)
    return {k: unescape(v) for k, v in found}


def test_added_event_is_shown_to_readers(desk: Desk) -> None:
    """A saved event stands in the list and on its page at once, and in the list of changes."""
    saved = send(desk.editor, "add", **NEW, do="save")
    assert (saved.status_code, saved.headers["location"]) == (303, f"/{CASE}/events/NT-20261105-01")
    page = desk.page("events/NT-20261105-01.json")
    assert (page["row"]["deaths"], page["latitude"], page["row"]["channel"]) == ("3", 32.99, "attack")
    (change,) = desk.page("record.json")["done"]
    assert (change["change"]["by"], change["change"]["action"]) == ("Ann", "add")


def test_preview_saves_nothing(desk: Desk) -> None:
    """A preview says what the event would change and leaves the record as it is."""
    shown = send(desk.editor, "add", **NEW, do="preview")
    assert shown.status_code == 200
    assert "1,414 events instead of 1,413" in shown.text
    assert desk.page("record.json")["total"] == 0


def test_preview_names_a_similar_event(desk: Desk) -> None:
    """An event close in time, place and actors to one of the record is pointed out before it is saved."""
    known = next(
        e for e in open_case(CASE, store=None).g.of("attack") if e.place.name == "Bannu" and e.span.precision == "day"
    )
    form = NEW | {"date_start": str(known.day), "initiator_1": known.initiators[0]}
    assert f'/{CASE}/events/{known.id}"' in send(desk.editor, "add", **form, do="preview").text


def test_faults_stand_beside_their_fields(desk: Desk) -> None:
    """Each invalid value is marked and explained; what was written stays in the form."""
    bad = NEW | {"date_start": "2026-13-05", "deaths_low": "9", "sources": "example.org", "place": "Nowhere at all"}
    shown = send(desk.editor, "add", **bad, do="save")
    assert shown.status_code == 422
    assert set(re.findall(r'id="wrong-([a-z_0-9]+)"', shown.text)) >= {"date_start", "deaths_low", "sources", "country"}
    assert fields_of(shown)["place"] == "Nowhere at all"
    assert desk.page("record.json")["total"] == 0


def test_click_on_the_map_gives_a_place(desk: Desk) -> None:
    """A click fills in point, country and province, and the next one on the closer map is more exact."""
    first = send(desk.editor, "add", **(NEW | {"place": ""}), **{"point.x": "235", "point.y": "100"})
    form = fields_of(first)
    assert form["admin1"]
    assert form["zoom"] == "4"
    second = send(desk.editor, "add", **(NEW | form), **{"point.x": "170", "point.y": "112"})
    near = fields_of(second)
    assert near["zoom"] == "16"
    assert abs(float(near["latitude"]) - float(form["latitude"])) < 0.2
    assert len(near["latitude"].partition(".")[2]) <= 2


def test_second_editor_sees_the_first_change(desk: Desk) -> None:
    """Of two corrections begun from one version the second gets 409 with both versions, and may then save."""
    forms = [fields_of(by.get(f"/{CASE}/record/edit/{OLD}")) for by in (desk.editor, desk.second)]
    full = _edit_form(desk, forms[0]["base"])
    assert send(desk.editor, f"edit/{OLD}", **(full | {"deaths_high": "12"}), do="save").status_code == 303
    refused = send(desk.second, f"edit/{OLD}", **(full | {"deaths_high": "15"}), do="save")
    assert refused.status_code == 409
    assert "Ann" in refused.text
    assert desk.page(f"events/{OLD}.json")["figures"][2]["value"] == 12
    again = send(
        desk.second, f"edit/{OLD}", **(full | {"deaths_high": "15", "base": fields_of(refused)["base"]}), do="save"
    )
    assert again.status_code == 303
    assert desk.page(f"events/{OLD}.json")["figures"][2]["value"] == 15


def _edit_form(desk: Desk, base: str) -> dict[str, str]:
    form = desk.editor.get(f"/{CASE}/record/edit/{OLD}.json").json()["page"]["fields"]
    return {**form, "base": base, "reason": "Corrected."}


def test_retracted_event_says_who_and_why(desk: Desk) -> None:
    """A retracted event answers 410 with author and reason, leaves the list, and can be restored."""
    assert send(desk.editor, f"retract/{OLD}", base="0", reason="").status_code == 400
    assert send(desk.editor, f"retract/{OLD}", base="0", reason="Told twice.").status_code == 303
    gone = desk.reader.get(f"/{CASE}/events/{OLD}")
    assert gone.status_code == 410
    assert "Told twice." in gone.text
    assert OLD not in {e["id"] for e in desk.page("events.json?from=2025-10-09&to=2025-10-09")["rows"]}
    assert send(desk.editor, f"retract/{OLD}", base="1", reason="Told once.").status_code == 303
    assert desk.reader.get(f"/{CASE}/events/{OLD}").status_code == 200


@pytest.mark.parametrize("path", ["add", "import", f"edit/{OLD}", f"retract/{OLD}"])
def test_only_editors_may_change(desk: Desk, path: str) -> None:
    """Readers get 403 and visitors 401, for the form and for what it sends."""
    visitor = BrowserClient(desk.app.app)
    for by, status in ((desk.reader, 403), (visitor, 401)):
        assert by.get(f"/{CASE}/record/{path}").status_code == status
        assert send(by, path, **NEW, do="save", reason="x").status_code == status
    assert desk.page("record.json")["total"] == 0


def test_review_needs_another_editor(tmp_path: Path, as_shipped: Case) -> None:
    """On a server with review a change counts only once another editor accepted it."""
    desk = open_desk(tmp_path, as_shipped, review=True)
    assert send(desk.editor, "add", **NEW, do="save").headers["location"] == f"/{CASE}/record"
    assert [v["change"]["event"] for v in desk.page("record.json")["waiting"]] == ["NT-20261105-01"]
    assert desk.reader.get(f"/{CASE}/events/NT-20261105-01").status_code == 404
    assert send(desk.editor, "decide/1", do="accept").status_code == 400
    assert send(desk.reader, "decide/1", do="accept").status_code == 403
    assert send(desk.second, "decide/1", do="accept").status_code == 303
    assert desk.reader.get(f"/{CASE}/events/NT-20261105-01").status_code == 200
    desk.app.app.state.database.dispose()


def test_import_shows_plan_before_saving(desk: Desk) -> None:
    """A file is first planned, with its rejected rows, and saved on the second press."""
    head = "event_id,date_start,country,geo_precision,initiator,target,event_type,mode,context,summary,sources"
    good = ",2026-11-06,PAK,country,TTP,PAK,ASSAULT,raid,terrorism,Made for a test.,https://example.org/2"
    bad = ",2026-11-06,PAK,country,TPP,PAK,ASSAULT,raid,terrorism,Made for a test.,https://example.org/2"
    text = f"{head}\n{good}\n{bad}\n"
    sent = desk.editor.client.post(
        f"/{CASE}/record/import", files={"file": ("new.csv", text.encode())}, data={"do": "preview"}
    )
    assert sent.status_code == 200
    assert "'TTP'" in unescape(sent.text)
    held = send(desk.editor, "import", text=text, do="save", reason="November")
    assert held.status_code == 200
    assert desk.page("record.json")["total"] == 0
    assert send(desk.editor, "import", text=text, do="save", reason="November", valid_only="yes").status_code == 303
    assert desk.page("record.json")["total"] == 1


def test_feed_of_changes_is_atom(desk: Desk) -> None:
    """The feed lists changes with author and time, newest first."""
    send(desk.editor, "add", **NEW, do="save")
    send(desk.editor, f"retract/{OLD}", base="0", reason="Told twice.")
    answer = desk.reader.get(f"/{CASE}/record.atom")
    atom = "{http://www.w3.org/2005/Atom}"
    entries = ET.fromstring(answer.text).findall(f"{atom}entry")
    assert [e.findtext(f"{atom}author/{atom}name") for e in entries] == ["Ann", "Ann"]
    assert "Told twice." in (entries[0].findtext(f"{atom}content") or "")


@pytest.mark.parametrize(
    ("path", "form", "status"),
    [
        ("add", {"base": "x"}, 400), ("edit/DL-19990101-01", NEW, 404), ("decide/99", {"do": "accept"}, 400),
        ("decide/1", {"do": "burn"}, 400), ("retract/DL-19990101-01", {"base": "0", "reason": "x"}, 404),
        ("import", {"text": "a,b\n1,2\n", "do": "save"}, 400), ("add", {**NEW, "point.x": "nan", "point.y": "1e9"}, 200),
        ("add", {**NEW, "zoom": "-1", "centre": "inf,inf", "point.x": "5", "point.y": "5"}, 200),
    ],
)  # fmt: skip
def test_rough_input_gets_an_answer(desk: Desk, path: str, form: dict[str, str], status: int) -> None:
    """Odd values get a clear answer and change nothing."""
    assert send(desk.editor, path, **form).status_code == status
    assert desk.page("record.json")["total"] == 0


def test_click_lands_where_it_was_drawn(desk: Desk) -> None:
    """A click at the pixel of a point gives that point, at each zoom, to within a pixel."""
    from detente.web.map.page import get_basemap

    ground = get_basemap(open_case(CASE, store=None))
    assert ground is not None
    lon, lat = 70.6, 32.99
    view = read_view(ground, {})
    for zoom in (1, 4, 16):
        left, top, w, _ = view_box(ground, view)
        x, y = ground.frame.xy(lon, lat)
        pixel = ((x - left) / w * WIDTH, (y - top) / w * WIDTH)
        found = read_click(ground, view, *map(str, pixel))
        assert found is not None
        tolerance = 1.5 * w / WIDTH / ground.frame.scale + 0.51 * 10 ** -{1: 1, 4: 2, 16: 3}[zoom]
        assert abs(found[1] - lat) <= tolerance
        view = closer(view, lon, lat)
    assert view == PlaceMapView(16, lon, lat)
