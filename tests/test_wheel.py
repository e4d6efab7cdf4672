"""The wheel, installed outside the checkout: the core alone, then with each extra that a newcomer needs.

The tests share one environment and run in the order of this file: each installs one extra more. Packages come from the cache of
uv, whose files are linked and not unpacked again.

The installed files get the times of the sources, so that their stamp (`core/version.py`) is that of the checkout: the code is the
same. The environment's own cache begins with the results that the checkout has kept, the prepared flagship among them. A fit and a
brief of a small case are computed there from nothing.
"""

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
import venv
import zipfile
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import pytest

from detente.api.case import Case
from detente.brief.render import BRIEF_FORMATS
from detente.core.version import code_stamp
from support.small_case import make_chronology, make_daily_lines, write_case_folder
from support.wheel_copy import copy_sources
from support.workbench import CACHE_FOLDER

ROOT = Path(__file__).parents[1]
UV = shutil.which("uv", path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
CASE = "pakistan-afghanistan"
FIRST_BYTES = {"pdf": b"%PDF-", "docx": b"PK", "html": b"<!doctype html>", "json": b"{", "bib": b"@", "ris": b"TY  -"}

ALL_HELP = """
from click.testing import CliRunner
from detente.cli.main import COMMANDS, cli

for name in COMMANDS:
    shown = CliRunner().invoke(cli, [name, "--help"], catch_exceptions=False)
    assert shown.exit_code == 0, name
print(len(COMMANDS))
"""
COMMANDS_OF_CORE = """
import json
import sys
from click.testing import CliRunner
from detente.cli.main import cli

for words in json.loads(sys.argv[1]):
    shown = CliRunner().invoke(cli, words, catch_exceptions=False)
    assert shown.exit_code == 0, words
    print(json.dumps(shown.stdout))
"""
FIT_FROM_NOTHING = """
import detente

world = detente.datasets.synthetic("one_sided_response", seed=3, events=1500)
print(detente.fit(world.y, channels=world.channels).responses()["a", "b"].probability)
"""
WHICH_ARE_FOUND = """
import sys
from importlib.util import find_spec

print(*(name for name in sys.argv[1:] if find_spec(name) is not None))
"""
MISSING_IN_PYTHON = """
import json
import detente
from detente.core.extras import MissingExtra

case = detente.open("pakistan-afghanistan")
calls = {
    "brief": case.brief,
    "arviz": case.fit.to_arviz,
    "store": lambda: detente.open("pakistan-afghanistan", engine="duckdb"),
}
found = {}
for name, call in calls.items():
    try:
        call()
    except MissingExtra as e:
        found[name] = e.extra
print(json.dumps(found))
"""
RUN_NOTEBOOK = """
import sys
import nbformat
from nbclient import NotebookClient

notebook = nbformat.read(sys.argv[1], 4)
notebook.cells.append(nbformat.v4.new_code_cell("print(detente.__file__)"))
NotebookClient(notebook, timeout=300, kernel_name="python3").execute()
print(notebook.cells[-1].outputs[0].text)
"""


@dataclass(frozen=True)
class Environment:
    """An environment outside the checkout, a working folder in it, and the wheel."""

    folder: Path
    wheel: Path

    @property
    def work(self) -> Path:
        """The folder in which commands run."""
        return self.folder / "work"

    @property
    def variables(self) -> dict[str, str]:
        """Nothing of the environment of the tests but its temporary folder: no PYTHONPATH, a cache and a store of its own."""
        own = {
            "PATH": f"{self.folder / 'env/bin'}{os.pathsep}/usr/bin{os.pathsep}/bin",
            "HOME": str(self.folder / "home"),
            "LANG": "C.UTF-8",
            "DETENTE_CACHE": str(self.folder / "cache"),
            "XDG_DATA_HOME": str(self.folder / "data"),
        }
        kept = ("TMPDIR", "OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "NUMBA_NUM_THREADS")
        return own | {k: os.environ[k] for k in kept if k in os.environ}

    def install(self, extra: str = "") -> None:
        """Install the wheel with an extra; what is installed is not installed again."""
        wheel = f"{self.wheel}[{extra}]" if extra else str(self.wheel)
        python = str(self.folder / "env/bin/python")
        run_uv("pip", "install", "--python", python, "--constraint", str(ROOT / "constraints.txt"), wheel)

    def date_files(self) -> None:
        """Give the installed files the times of the sources from which they were made."""
        (package,) = self.folder.glob("env/lib/python*/site-packages/detente")
        for source in list_sources():
            at = source.stat()
            os.utime(package / source.relative_to(ROOT / "src/detente"), ns=(at.st_atime_ns, at.st_mtime_ns))

    def run(self, *words: str, status: int = 0) -> subprocess.CompletedProcess[str]:
        """Run a program of the environment, such as `detente` or `python`; its exit status must be `status`."""
        program = str(self.folder / "env/bin" / words[0])
        done = subprocess.run(
            [program, *words[1:]], cwd=self.work, env=self.variables, capture_output=True, text=True, timeout=400, check=False
        )  # fmt: skip
        assert done.returncode == status, (
            f"{words}: exit status {done.returncode}\n{done.stdout[-1500:]}\n{done.stderr[-1500:]}"
        )
        return done

    def python(self, code: str, *words: str) -> str:
        """Run Python code in the environment and return what it prints."""
        return self.run("python", "-c", code, *words).stdout

    def found(self, *modules: str) -> set[str]:
        """Return which of these modules can be found there."""
        return set(self.python(WHICH_ARE_FOUND, *modules).split())


def run_uv(*words: str) -> None:
    """Run uv with its own configuration, but without the paths of the tests; its output is part of the failure."""
    assert UV is not None, "uv is not installed; make installs it with the other development tools"
    variables = {k: v for k, v in os.environ.items() if k not in ("PYTHONPATH", "VIRTUAL_ENV")}
    done = subprocess.run(
        [UV, "--quiet", "--no-progress", *words], env=variables, capture_output=True, text=True, timeout=400, check=False
    )  # fmt: skip
    assert done.returncode == 0, f"uv {' '.join(words)}\n{done.stdout[-1500:]}\n{done.stderr[-3000:]}"


def list_sources() -> list[Path]:
    """List the files of the package in the checkout."""
    found = (ROOT / "src/detente").rglob("*")
    return [p for p in found if p.is_file() and "__pycache__" not in p.parts]


def link_results(source: Path, target: Path) -> None:
    """Link the results of one cache into another, or copy them where links are impossible."""
    for result in source.glob("*/[!.]*.*"):
        folder = target / result.parent.name
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with suppress(FileNotFoundError):  # another process has removed it meanwhile
            try:
                os.link(result, folder / result.name)
            except FileNotFoundError:
                raise
            except OSError:
                shutil.copy(result, folder / result.name)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Build the wheel from a copy of the sources, so that nothing is written into the checkout."""
    folder = tmp_path_factory.mktemp("wheel")
    try:
        run_uv("pip", "install", "--dry-run", "--target", str(folder / "nothing"), "setuptools>=77")
    except AssertionError as e:
        if UV is None:
            raise
        pytest.skip(f"the package index cannot be reached: {str(e).splitlines()[-1]}")
    run_uv("build", "--wheel", "--python", sys.executable, "--out-dir", str(folder), str(copy_sources(folder / "copy")))
    (built,) = folder.glob("*.whl")
    yield built
    run_uv("cache", "clean", "detente")  # each run builds another wheel, which nobody needs again


@pytest.fixture(scope="module")
def core(wheel: Path, tmp_path_factory: pytest.TempPathFactory, flagship: Case) -> Iterator[Environment]:
    """Make an empty environment with the wheel, nothing but the core's dependencies, and the results that the checkout has kept."""
    made = Environment(tmp_path_factory.mktemp("outside"), wheel)
    assert not made.folder.is_relative_to(ROOT)
    for name in ("work", "home"):
        (made.folder / name).mkdir()
    link_results(CACHE_FOLDER, Path(made.variables["DETENTE_CACHE"]))
    venv.create(made.folder / "env", with_pip=False)
    made.install()
    made.date_files()
    yield made
    shutil.rmtree(made.folder)


@pytest.fixture(scope="module")
def with_brief(core: Environment) -> Environment:
    """Add the extra `brief`."""
    core.install("brief")
    return core


@pytest.fixture(scope="module")
def with_web(with_brief: Environment) -> Environment:
    """Add the extra `web`."""
    with_brief.install("web")
    return with_brief


@pytest.fixture(scope="module")
def with_docs(with_web: Environment) -> Environment:
    """Add the extra `docs`."""
    with_web.install("docs")
    return with_web


def read_first_python_block() -> str:
    """Return the first Python lines of the README, without the line that writes a brief."""
    found = re.search(r"^```python\n(.*?)^```$", (ROOT / "README.md").read_text(encoding="utf-8"), flags=re.M | re.S)
    assert found is not None
    lines = found[1].splitlines()
    assert sum(".brief()" in line for line in lines) == 1
    return "\n".join(line for line in lines if ".brief()" not in line)


def test_wheel_holds_exactly_the_sources(wheel: Path) -> None:
    """Every file of the package is in the wheel, data included; beside them only metadata and licences."""
    names = set(zipfile.ZipFile(wheel).namelist())
    packed = {n for n in names if n.startswith("detente/")}
    assert packed == {p.relative_to(ROOT / "src").as_posix() for p in list_sources()}
    others = {n.partition(".dist-info/")[2] for n in names - packed}
    metadata = {"METADATA", "WHEEL", "RECORD", "top_level.txt", "entry_points.txt"}
    assert others == metadata | {"licenses/LICENSE", "licenses/LICENSE-CHRONOLOGY.md"}


def test_wheel_carries_no_acled_rows(wheel: Path) -> None:
    """No table in the wheel has the columns of ACLED, ICEWS or GTD, whose rows may not be passed on."""
    archive = zipfile.ZipFile(wheel)
    tables = [n for n in archive.namelist() if n.endswith((".csv", ".tsv", ".json", ".geojson"))]
    assert any(n.endswith("chronology.csv") for n in tables)
    for name in tables:
        head = archive.read(name)[:4000].lower()
        assert not any(c in head for c in (b"event_id_cnty", b"cameo code", b"eventid,iyear")), name


def test_core_comes_from_the_wheel(core: Environment) -> None:
    """The package is imported from the environment, its code is that of the checkout, and no package of an extra is there."""
    printed = core.python("import detente, sys; print(detente.__file__); print(*sys.path)")
    assert printed.startswith(str(core.folder / "env"))
    assert str(ROOT) not in printed
    assert core.python("from detente.core.version import code_stamp; print(code_stamp())").strip() == code_stamp()
    extras = ("typst", "vl_convert", "docx", "starlette", "deltalake", "ibis", "httpx")
    assert core.found("numpy", *extras) == {"numpy"}


def test_core_explains_every_command(core: Environment) -> None:
    """Every command shows its help with the core alone."""
    assert "Commands:" in core.run("detente", "--help").stdout
    assert int(core.python(ALL_HELP)) >= 18


def test_core_fits_from_nothing(core: Environment) -> None:
    """Counts that are in no cache are fitted, and a true response is found."""
    assert float(core.python(FIT_FROM_NOTHING)) > 0.95


def test_core_measures_and_answers(core: Environment) -> None:
    """The README's Python and the commands of the core run."""
    printed = core.python(read_first_python_block())
    assert "Understood" in printed
    calls = (
        ["explain", "--json"], ["events", "--channel", "strike", "--from", "2025-10-01"], ["answer", "Is Torkham open right now?"],
    )  # fmt: skip
    explained, listed, answered = map(json.loads, core.python(COMMANDS_OF_CORE, json.dumps(calls)).splitlines())
    assert json.loads(explained)["responses"]
    assert "DL-" in listed
    assert "Torkham" in answered


@pytest.mark.parametrize(
    ("words", "extra"),
    [
        (["brief"], "brief"),
        (["forecast", "score"], "brief"),
        (["serve", "--port", "0"], "web"),
        (["user", "list"], "web"),
        (["store", "list", "--store", "nowhere"], "store"),
        (["ingest", "file.csv"], "store"),
        (["fetch", "ucdp", "26.0.1"], "fetch"),
        (["mcp"], "mcp"),
        (["answer", "--meaning", "Is Torkham open?"], "nlp"),
    ],
    ids=lambda x: "-".join(x[:2]) if isinstance(x, list) else x,
)
def test_core_names_the_missing_extra(core: Environment, words: list[str], extra: str) -> None:
    """A command that needs an extra says in one line which, and how to install it."""
    said = core.run("detente", *words, status=10).stderr
    assert f'pip install "detente[{extra}]"' in said
    assert len(said.splitlines()) == 1


def test_core_python_names_the_missing_extra(core: Environment) -> None:
    """So do the functions of the package."""
    assert json.loads(core.python(MISSING_IN_PYTHON)) == {"brief": "brief", "arviz": "arviz", "store": "store"}


def test_brief_extra_writes_every_format(with_brief: Environment) -> None:
    """With the extra `brief` the command writes every format, without the packages of the workbench."""
    assert with_brief.found("typst", "starlette") == {"typst"}
    with_brief.run("detente", "brief", CASE, "--out", "written")
    written = {p.suffix[1:]: p.read_bytes() for p in (with_brief.work / "written").iterdir()}
    assert written.keys() == {f.extension for f in BRIEF_FORMATS}
    for extension, first in FIRST_BYTES.items():
        assert written[extension].lstrip().lower().startswith(first.lower()), extension


def test_brief_is_computed_from_nothing(with_brief: Environment, tmp_path: Path) -> None:
    """Every step from the events of a small case to its brief works there, with no result kept before."""
    path = write_case_folder(tmp_path, make_chronology(*make_daily_lines(31)))
    with_brief.run("detente", "brief", str(path), "--no-cache", "--out", "small")
    assert (with_brief.work / "small/brief.pdf").read_bytes().startswith(b"%PDF-")


def test_web_extra_serves_a_page(with_web: Environment) -> None:
    """With the extra `web` the workbench answers with the page of the case."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    log = with_web.folder / "server.log"
    with log.open("w") as out:
        server = subprocess.Popen(
            [str(with_web.folder / "env/bin/detente"), "serve", "--no-browser", "--port", str(port)],
            cwd=with_web.work, env=with_web.variables, stdout=out, stderr=out,
        )  # fmt: skip
        try:
            page = ask_page(f"http://127.0.0.1:{port}/{CASE}/", server, log)
        finally:
            server.terminate()
            server.wait(timeout=60)
    assert "<h1" in page
    assert "Pakistan" in page


def ask_page(address: str, server: subprocess.Popen[bytes], log: Path) -> str:
    """Ask for a page until the server answers."""
    for _ in range(600):
        assert server.poll() is None, log.read_text()[-1500:]
        try:
            with urllib.request.urlopen(address, timeout=30) as answer:
                return str(answer.read().decode())
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.2)
    raise AssertionError(f"no answer within two minutes: {log.read_text()[-1500:]}")


def test_docs_extra_runs_the_first_notebook(with_docs: Environment) -> None:
    """With the extra `docs` the first notebook runs to its end and saves a brief."""
    printed = with_docs.python(RUN_NOTEBOOK, str(ROOT / "docs/notebooks/first-steps.ipynb"))
    assert printed.strip().startswith(str(with_docs.folder / "env"))
    assert (with_docs.work / "out/brief.pdf").read_bytes().startswith(b"%PDF-")
