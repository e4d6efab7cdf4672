"""Tests of cases written in the browser: drafts, checks, versions, and that every worker serves them."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from starlette.applications import Starlette

from detente.cases.case_file import find_shipped_cases, load_case_file
from detente.events.arrow import SCHEMA
from detente.store.writer import add_release
from detente.web.app import create_app
from detente.web.case_files.folder import check_text, find_case_files
from detente.web.case_files.versions import load_versions
from detente.web.config import ServerConfig
from detente.web.db.engine import read_transaction
from detente.web.preparation import list_case_names, open_served_case
from support.comments_workbench import BrowserClient, Workbench
from support.releases import make_reading, make_table
from support.small_case import make_chronology, make_daily_lines, write_case_folder

DRAFT = "/cases/new?id=mali-burkina&target=Mali&host=BFA&group=JNIM&rival=ISGS&from=2020-01-01&to=2024-12-31"


@pytest.fixture
def config(tmp_path: Path) -> ServerConfig:
    """Settings with a folder of cases, beside the database."""
    return ServerConfig(
        cases=(), cache=tmp_path / "cache", store=tmp_path / "store", case_folder=tmp_path / "cases",
        database=f"sqlite:///{tmp_path / 'workbench.db'}", host_names=("*",),
    )  # fmt: skip


@pytest.fixture
def desk(config: ServerConfig) -> Iterator[Workbench]:
    """A workbench without cases of its own."""
    opened = Workbench(create_app(config, {}))
    yield opened
    opened.app.state.database.dispose()


@pytest.fixture
def editor(desk: Workbench) -> BrowserClient:
    """An editor's browser."""
    return desk.reader("Ed", "editor")


def _copy_of_flagship(key: str = "border-copy") -> str:
    text = find_shipped_cases()["pakistan-afghanistan"].read_text()
    return text.replace('id = "pakistan-afghanistan"', f'id = "{key}"', 1)


def _store_events(config: ServerConfig) -> None:
    """Put five events of Mali and one of another country into the store."""
    names = ["JNIM", "JNIM", "JNIM", "ISGS", "ISGS", "JNIM"]
    rows = make_table([f"A-{i}" for i in range(6)]).to_pylist()
    for i, (row, name) in enumerate(zip(rows, names, strict=True)):
        day = date(2024, 1, 1 + i)
        row |= {"country": "MLI" if i < 5 else "NER", "first": day, "last": day}
        row |= {"raw_initiators": ["Government of Mali"], "raw_recipients": [name]}
    add_release(config.store, make_reading(pa.Table.from_pylist(rows, schema=SCHEMA)))


def _look(app: Starlette) -> None:
    app.state.studies.refresh()


def test_draft_is_valid_case_file(editor: BrowserClient, config: ServerConfig) -> None:
    """The form makes a text that loads as it is, with the named group and rival in their roles."""
    text = editor.data(DRAFT.replace("/new?", "/new.json?"))["draft"]["text"]
    case = check_text(config.case_folder, text, "mali-burkina")
    roles = {a.role: a.name for a in case.cast}
    assert (case.countries["target"], case.countries["host"]) == ("MLI", "BFA")
    assert (roles["group"], roles["rival"]) == ("JNIM", "ISGS")


@pytest.mark.parametrize(("field", "value"), [("target", "Atlantis"), ("host", "Mali"), ("id", "../x"), ("id", "data"), ("from", "soon"), ("to", "1999-01-01"), ("source", "ucdp")])  # fmt: skip
def test_draft_names_bad_field(editor: BrowserClient, field: str, value: str) -> None:
    """A field that cannot be used gives 400 with its value, and keeps the other entries."""
    fields = {"id": "mali-burkina", "target": "Mali", "host": "BFA", "from": "2020-01-01", "to": "2024-12-31"} | {
        field: value
    }
    query = "&".join(f"{k}={v}" for k, v in fields.items())
    answer = editor.get(f"/cases/new.json?{query}")
    assert answer.status_code == 400
    assert value in answer.json()["error"]
    page = editor.get(f"/cases/new?{query}")
    assert page.status_code == 400
    assert f'name="{field}"' in page.text
    assert value in page.text


def test_saved_case_is_served_by_every_worker(editor: BrowserClient, desk: Workbench, config: ServerConfig) -> None:
    """After saving, two workers serve the case with all its events, and the preparing process knows it."""
    second = create_app(config, {})
    saved = editor.send("/cases", text=_copy_of_flagship(), do="save")
    assert (saved.status_code, saved.headers["location"]) == (303, "/cases/border-copy")
    assert editor.data("/cases/border-copy.json")["state"] == "being read"
    for app in (desk.app, second):
        _look(app)
        assert BrowserClient(app).get("/border-copy/events").status_code == 200
    assert editor.data("/cases/border-copy.json")["state"] == "served"
    (name,) = list_case_names(config)
    assert open_served_case(name, config).id == "border-copy"
    assert str(config.case_folder) not in open_served_case(name, config).shown_name
    second.state.database.dispose()


def test_running_server_finds_new_case(config: ServerConfig) -> None:
    """A running worker serves a case within seconds, without a restart."""
    import time

    from starlette.testclient import TestClient

    app = create_app(config, {})
    with TestClient(app, raise_server_exceptions=False) as client:
        assert client.get("/border-copy/").status_code == 404
        editor = Workbench(app).reader("Ed", "editor")
        assert editor.send("/cases", text=_copy_of_flagship(), do="save").status_code == 303
        until = time.monotonic() + 60
        while client.get("/border-copy/events").status_code != 200 and time.monotonic() < until:
            time.sleep(0.2)
        assert client.get("/border-copy/events").status_code == 200


BAD_TEXTS = {
    "no toml": ("id = ", "line 1"),
    "unknown key": (_copy_of_flagship() + "\n[extra]\na = 1\n", "extra"),
    "foreign file": (
        _copy_of_flagship().replace("pakistan_afghanistan/chronology.csv", "../../secret.csv"),
        "chronology",
    ),
    "absolute file": (_copy_of_flagship().replace("pakistan_afghanistan/chronology.csv", "/etc/passwd"), "chronology"),
    "bad id": (_copy_of_flagship("../up"), "id"),
    "too long": ("# " + "x" * 100_001, "(the whole file)"),
}


@pytest.mark.parametrize("text", BAD_TEXTS)
def test_invalid_text_is_not_saved(editor: BrowserClient, config: ServerConfig, text: str) -> None:
    """The error names the key, as the loader does, shows no folder of the server, and nothing is kept."""
    body, key = BAD_TEXTS[text]
    answer = editor.send("/cases", text=body, do="save")
    assert answer.status_code == 422
    assert f"Key {key}" in answer.text
    assert str(config.case_folder) not in answer.text
    assert find_case_files(config.case_folder) == {}
    assert not config.case_folder.exists() or list(config.case_folder.iterdir()) == []


def test_files_of_server_cannot_be_named(
    editor: BrowserClient, config: ServerConfig, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A text cannot read a release from the server's data folder."""
    data = config.case_folder.parent / "data"
    data.mkdir()
    (data / "secret.csv").write_text("x")
    monkeypatch.setenv("DETENTE_DATA", str(data))
    text = editor.data(DRAFT.replace("/new?", "/new.json?"))["draft"]["text"]
    named = text.replace('source = "ucdp"', f"source = \"ucdp\"\nfiles = ['{data / 'secret.csv'}']")
    answer = editor.send("/cases", text=named, do="save")
    assert answer.status_code == 422
    assert find_case_files(config.case_folder) == {}


def test_check_saves_nothing(editor: BrowserClient, config: ServerConfig) -> None:
    """Checking says that a text is valid and leaves no file and no version."""
    assert editor.send("/cases", text=_copy_of_flagship(), do="check").status_code == 200
    assert find_case_files(config.case_folder) == {}
    assert editor.data("/cases.json")["cases"] == []


def test_edit_keeps_versions_and_authors(editor: BrowserClient, desk: Workbench, config: ServerConfig) -> None:
    """Each version is kept whole with its author; the served case is the newest."""
    first = _copy_of_flagship()
    editor.send("/cases", text=first, do="save")
    second = first.replace('title = "', 'title = "Changed: ', 1)
    other = desk.reader("Mod", "moderator")
    assert other.send("/cases/border-copy", text=second, base="1", do="save").status_code == 303
    page = editor.data("/cases/border-copy.json")
    assert [(v["number"], v["author"]) for v in page["versions"]] == [(2, "Mod"), (1, "Ed")]
    assert editor.data("/cases/border-copy/versions/1.json")["text"] == first
    _look(desk.app)
    assert desk.app.state.studies["border-copy"].case.title.startswith("Changed: ")
    assert find_case_files(config.case_folder)["border-copy"].read_text() == second
    assert ("Mod", "case saved") in [(d["actor"], d["what"]) for d in other.data("/moderation/log.json")["done"]]


def test_simultaneous_edit_is_refused(editor: BrowserClient, desk: Workbench) -> None:
    """Who saves a text made from an older version gets 409 with the own text, and the newer version stays."""
    text = _copy_of_flagship()
    editor.send("/cases", text=text, do="save")
    editor.send("/cases/border-copy", text=text + "\n# mine\n", base="1", do="save")
    late = desk.reader("Late", "editor")
    answer = late.send("/cases/border-copy", text=text + "\n# too late\n", base="1", do="save")
    assert answer.status_code == 409
    assert "# too late" in answer.text
    with read_transaction(desk.app.state.database) as c:
        assert load_versions(c, "border-copy")[0].number == 2


def test_bad_edit_keeps_earlier_file(editor: BrowserClient, desk: Workbench, config: ServerConfig) -> None:
    """An invalid version, or one with another id, changes neither the file nor what is served."""
    text = _copy_of_flagship()
    editor.send("/cases", text=text, do="save")
    for bad in ("id = ", text.replace('"border-copy"', '"other"', 1)):
        assert editor.send("/cases/border-copy", text=bad, base="1", do="save").status_code == 422
    assert find_case_files(config.case_folder)["border-copy"].read_text() == text


def test_ids_of_other_cases_are_refused(editor: BrowserClient) -> None:
    """A new case can neither take the id of a shipped case nor of one written here; shipped ones cannot be edited."""
    editor.send("/cases", text=_copy_of_flagship(), do="save")
    assert editor.send("/cases", text=_copy_of_flagship(), do="save").status_code == 409
    assert editor.send("/cases", text=_copy_of_flagship("pakistan-afghanistan"), do="save").status_code == 409
    for page in ("", "/edit"):
        assert editor.get(f"/cases/pakistan-afghanistan{page}").status_code == 409
    assert editor.send("/cases/pakistan-afghanistan", text=_copy_of_flagship(), base="0").status_code == 409


def test_copy_of_shipped_case_loads(editor: BrowserClient, config: ServerConfig) -> None:
    """The copy has another id, and its events are those of the shipped case."""
    text = editor.data("/cases/new.json?copy=pakistan-afghanistan")["draft"]["text"]
    assert editor.send("/cases", text=text, do="save").status_code == 303
    (path,) = find_case_files(config.case_folder).values()
    copy = load_case_file(str(path))
    assert (copy.id, copy.title) == ("pakistan-afghanistan-copy", "Pakistan, Afghanistan and the TTP (copy)")
    assert (path.parent / "pakistan_afghanistan" / "chronology.csv").stat().st_mode & 0o077 == 0


def test_case_without_data_says_why(editor: BrowserClient, desk: Workbench) -> None:
    """A case whose release is missing is kept, is not served, and its page says what is missing."""
    text = editor.data(DRAFT.replace("/new?", "/new.json?"))["draft"]["text"]
    assert editor.send("/cases", text=text, do="save").status_code == 303
    _look(desk.app)
    page = editor.data("/cases/mali-burkina.json")
    assert page["state"] == "not readable"
    assert "UCDP" in page["why"]
    assert BrowserClient(desk.app).get("/mali-burkina/").status_code == 404


def test_withdrawn_case_is_not_served(editor: BrowserClient, desk: Workbench) -> None:
    """A moderator withdraws a case; an editor cannot, but can save its text again."""
    editor.send("/cases", text=_copy_of_flagship(), do="save")
    _look(desk.app)
    assert editor.client.post("/cases/border-copy/withdraw", content=b"").status_code == 403
    moderator = desk.reader("Mod", "moderator")
    assert moderator.client.post("/cases/border-copy/withdraw", content=b"").status_code == 303
    assert BrowserClient(desk.app).get("/border-copy/events").status_code == 404
    page = editor.data("/cases/border-copy/edit.json")
    assert editor.send("/cases/border-copy", text=page["text"], base=str(page["base"]), do="save").status_code == 303
    _look(desk.app)
    assert BrowserClient(desk.app).get("/border-copy/events").status_code == 200


def test_pages_render_in_every_state(editor: BrowserClient, desk: Workbench) -> None:
    """Each page renders as HTML: without a draft, with one, after a check, being read, served and withdrawn."""
    for page in ("/cases", "/cases/new", DRAFT, "/cases/new?id=x", "/cases/new?copy=none"):
        assert editor.get(page).status_code in (200, 400), page
    editor.send("/cases", text=_copy_of_flagship(), do="save")
    for look in (False, True):
        if look:
            _look(desk.app)
        for page in ("/cases", "/cases/border-copy", "/cases/border-copy/edit", "/cases/border-copy/versions/1"):
            assert editor.get(page).status_code == 200, page
    assert editor.send("/cases/border-copy", text=_copy_of_flagship(), base="1", do="check").status_code == 200
    desk.reader("Mod", "moderator").client.post("/cases/border-copy/withdraw", content=b"")
    assert editor.get("/cases/border-copy").status_code == 200
    assert editor.get("/cases/none").status_code == 404
    assert editor.get("/cases/border-copy/versions/9").status_code == 404


@pytest.mark.parametrize("role", ["", "reader"])
def test_only_editors_see_case_pages(desk: Workbench, role: Any) -> None:
    """Strangers get 401 and readers 403, on pages and forms."""
    who = desk.reader("Ann", role) if role else desk.reader()
    expected = 403 if role else 401
    for page in ("/cases", "/cases/new", "/cases/x", "/cases/x/edit", "/cases/x/versions/1"):
        assert who.get(page).status_code == expected, page
    for form in ("/cases", "/cases/x", "/cases/x/withdraw"):
        assert who.send(form, text="x").status_code == expected, form


def test_served_case_file_comes_first(tmp_path: Path, config: ServerConfig) -> None:
    """A case of the settings keeps its id, whatever lies in the folder."""
    path = write_case_folder(tmp_path, make_chronology(*make_daily_lines(3)))
    given = open_served_case(str(path), replace(config, cases=(str(path),)))
    home = config.case_folder / given.id
    home.mkdir(parents=True)
    (home / "case.toml").write_text(_copy_of_flagship(given.id))
    app = create_app(config, {given.id: given})
    _look(app)
    assert app.state.studies[given.id] is given
    assert list(app.state.studies) == [given.id]
    assert json.loads(BrowserClient(app).get("/index.json").text)["page"]["cases"][0]["case"] == given.id
    app.state.database.dispose()


def test_draft_offers_names_of_stored_release(editor: BrowserClient, config: ServerConfig) -> None:
    """With a source of the store the draft lists its names, takes its days, and gives the chosen one the role of group."""
    _store_events(config)
    query = "id=mali-burkina&target=MLI&host=BFA&source=made"
    draft = editor.data(f"/cases/new.json?{query}")["draft"]
    assert {n["name"]: n["events"] for n in draft["names"]} == {"Government of Mali": 5, "JNIM": 3, "ISGS": 2}
    case = check_text(config.case_folder, draft["text"], "mali-burkina")
    assert {a.name: a.role for a in case.cast if a.role in ("group", "other")} == {"JNIM": "group", "ISGS": "other"}
    assert (str(case.first), str(case.last)) == ("2024-01-01", "2024-01-06")
    chosen = editor.data(f"/cases/new.json?{query}&group=isgs&rival=JNIM")["draft"]["text"]
    roles = {a.role: a.name for a in check_text(config.case_folder, chosen, "mali-burkina").cast}
    assert (roles["group"], roles["rival"]) == ("ISGS", "JNIM")
    other = editor.get(f"/cases/new.json?{query.replace('MLI', 'TUR').replace('BFA', 'IRQ')}")
    assert other.status_code == 400
    assert "Mali" in other.json()["error"]


def test_case_page_names_later_releases(editor: BrowserClient, desk: Workbench, config: ServerConfig) -> None:
    """The page of a case says that a release added later goes on after the case's last day."""
    _store_events(config)
    text = editor.data("/cases/new.json?id=mali-burkina&target=MLI&host=BFA&source=made")["draft"]["text"]
    editor.send("/cases", text=text, do="save")
    _look(desk.app)
    assert editor.data("/cases/mali-burkina.json")["later"] == []
    row = make_table(["B-1"]).to_pylist()[0] | {"country": "MLI", "first": date(2026, 1, 9), "last": date(2026, 1, 9)}
    table = pa.Table.from_pylist([row | {"release": "later"}], schema=SCHEMA)
    add_release(config.store, make_reading(table, release="later"))
    (later,) = editor.data("/cases/mali-burkina.json")["later"]
    assert (later["names"], later["to"], later["last"]) == (["later"], "2024-01-06", "2026-01-09")
    assert "9 January 2026" in editor.get("/cases/mali-burkina").text
