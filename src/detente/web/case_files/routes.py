"""Pages for editors: the list of cases, a new case, one case with its versions, and its text."""

from pathlib import Path
from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from detente.cases.case_file import find_shipped_cases
from detente.core.errors import DetenteError
from detente.web.accounts.permission import require_editor, require_moderator
from detente.web.accounts.routes import require_database
from detente.web.case_files.draft import (
    FIELDS,
    CaseDraft,
    build_draft,
    copy_case,
    is_draft_asked,
    list_sources,
)
from detente.web.case_files.errors import CaseChangedMeanwhile, CaseExists, CaseNotEditable, CaseTextInvalid
from detente.web.case_files.folder import check_text, find_case_files, is_case_id, save_text, withdraw_file
from detente.web.case_files.later_releases import find_later_releases
from detente.web.case_files.page_models import (
    CaseListPage,
    CaseListRow,
    CaseState,
    CaseStatePage,
    CaseTextPage,
    CaseVersionPage,
    NewCasePage,
)
from detente.web.case_files.served import ServedCases
from detente.web.case_files.versions import add_version, load_newest_versions, load_text, load_versions
from detente.web.clock import utc_now
from detente.web.db.engine import read_transaction, write_transaction
from detente.web.db.tables import action
from detente.web.errors import describe_for_browser
from detente.web.forms import read_form
from detente.web.openapi_route import form_route
from detente.web.path_number import register_number_paths
from detente.web.preparation import PreparationProgress, read_progress, write_progress
from detente.web.rendering.responses import get_cases, page_routes, respond, wants_json

register_number_paths()

RELOAD_SECONDS = 2


async def list_page(request: Request) -> Response:
    """`/cases`: every case of this server, for editors."""
    require_editor(request)
    engine, folder = require_database(request), _require_folder(request)

    def load() -> CaseListPage:
        with read_transaction(engine) as c:
            newest = load_newest_versions(c)
        files, served = find_case_files(folder), get_cases(request)
        shipped = find_shipped_cases()
        rows = [
            CaseListRow(c.id, c.case.title, "served", False, c.id in shipped, 0, "", None)
            for c in served.values()
            if c.id not in files
        ]
        for key in sorted({*files, *newest}):
            title = served[key].case.title if key in served else key
            v = newest.get(key)
            state = _find_state(request, key)[0]
            rows.append(
                CaseListRow(
                    key,
                    title,
                    state,
                    True,
                    key in files,
                    v.number if v else 0,
                    v.author if v else "",
                    v.created if v else None,
                )
            )
        return CaseListPage(tuple(rows))

    return _no_store(respond(request, "cases/list.html", await run_in_threadpool(load), title="Cases"))


async def new_page(request: Request) -> Response:
    """`/cases/new`: a draft from the template, with the names of a release, or a copy of another case."""
    require_editor(request)
    require_database(request)
    _require_folder(request)
    settings, query = request.app.state.settings, request.query_params
    fields = {name: query.get(name, "")[:120] for name in FIELDS}

    def build() -> tuple[CaseDraft | None, str, int]:
        try:
            if query.get("copy"):
                return copy_case(query["copy"], settings), "", 200
            return (build_draft(fields, settings), "", 200) if is_draft_asked(fields) else (None, "", 200)
        except DetenteError as e:
            return None, describe_for_browser(e), 400

    draft, problem, status = await run_in_threadpool(build)
    if problem and wants_json(request):
        raise HTTPException(status, problem)
    page = NewCasePage(fields, await run_in_threadpool(list_sources, settings), draft, problem)
    return _no_store(respond(request, "cases/new.html", page, title="New case", status=status))


async def do_create(request: Request) -> Response:
    """Check or save the text of a new case; the id in the text becomes its address."""
    require_editor(request)
    form, folder = await read_form(request), _require_folder(request)
    text = form.get("text", "")
    try:
        case = await run_in_threadpool(check_text, folder, text)
        if case.id in request.app.state.studies.fixed or case.id in find_shipped_cases():
            raise CaseNotEditable(case.id)
        if case.id in find_case_files(folder):
            raise CaseExists(case.id)
    except DetenteError as e:
        return _text_page(
            request,
            CaseTextPage("", 0, text, str(e), False),
            409 if isinstance(e, CaseNotEditable | CaseExists) else 422,
        )
    if form.get("do") == "check":
        return _text_page(request, CaseTextPage("", 0, text, "", True))
    return await _save(request, case.id, text, 0, new=True)


async def state_page(request: Request) -> Response:
    """`/cases/{id}`: whether a case written here is served, and its versions."""
    who, engine, key = require_editor(request), require_database(request), _own_case(request)

    def load() -> CaseStatePage:
        with read_transaction(engine) as c:
            versions = load_versions(c, key)
        state, why = _find_state(request, key)
        served = get_cases(request).get(key)
        progress = read_progress(request.app.state.settings.cache, key)
        prepared = served is not None and served.document_if_ready is not None
        working = state == "served" and progress.total > 0 and not (prepared or progress.failed)
        again = RELOAD_SECONDS if state == "being read" or working else 0
        later = find_later_releases(served.case, request.app.state.settings.case_store) if served else ()
        title = served.case.title if served else key
        return CaseStatePage(key, title, state, why, prepared, progress, versions, who.moderates, again, later)

    page = await run_in_threadpool(load)
    if not page.versions and page.state == "withdrawn":
        raise _unknown(request, key)
    return _no_store(respond(request, "cases/state.html", page, title=page.title))


async def edit_page(request: Request) -> Response:
    """`/cases/{id}/edit`: the text of a case written here."""
    require_editor(request)
    engine, key, folder = require_database(request), _own_case(request), _require_folder(request)

    def load() -> tuple[str, int]:
        with read_transaction(engine) as c:
            newest = next(iter(load_versions(c, key)), None)
            stored = load_text(c, key, newest.number) if newest else None
        path = find_case_files(folder).get(key)
        if stored is None and path is None:
            raise _unknown(request, key)
        return path.read_text(encoding="utf-8") if path else stored or "", newest.number if newest else 0

    text, base = await run_in_threadpool(load)
    return _text_page(request, CaseTextPage(key, base, text, "", False))


async def do_edit(request: Request) -> Response:
    """Check or save a new version of a case."""
    require_editor(request)
    form, folder, key = await read_form(request), _require_folder(request), _own_case(request)
    text, base = form.get("text", ""), form.get("base", "")
    number = int(base) if base.isascii() and base.isdigit() and len(base) < 9 else 0
    if form.get("do") == "check":
        try:
            await run_in_threadpool(check_text, folder, text, key)
        except DetenteError as e:
            return _text_page(request, CaseTextPage(key, number, text, str(e), False), 422)
        return _text_page(request, CaseTextPage(key, number, text, "", True))
    return await _save(request, key, text, number)


async def version_page(request: Request) -> Response:
    """`/cases/{id}/versions/{number}`: the text of one version."""
    require_editor(request)
    engine, key, number = require_database(request), _own_case(request), request.path_params["number"]

    def load() -> str | None:
        with read_transaction(engine) as c:
            return load_text(c, key, number)

    text = await run_in_threadpool(load)
    if text is None:
        raise HTTPException(404, f"The case {key!r} has no version {number}. Its page lists all: /cases/{key}.")
    return respond(request, "cases/version.html", CaseVersionPage(key, number, text), title=f"{key}, version {number}")


async def do_withdraw(request: Request) -> Response:
    """Stop serving a case written here; its versions stay, and saving one serves it again."""
    who, engine, key, folder = (
        require_moderator(request),
        require_database(request),
        _own_case(request),
        _require_folder(request),
    )

    def withdraw() -> None:
        with write_transaction(engine) as c:
            row = {"at": utc_now(), "actor_id": who.id, "what": "case withdrawn", "reason": key}
            c.execute(action.insert().values(**row))
            withdraw_file(folder, key)

    await run_in_threadpool(withdraw)
    await run_in_threadpool(_served(request).refresh)
    return RedirectResponse(f"/cases/{quote(key)}", 303)


async def _save(request: Request, key: str, text: str, base: int, new: bool = False) -> Response:
    """Store a version and its file; on an error the text is shown again and nothing has changed."""
    who, engine, folder, now = require_editor(request), require_database(request), _require_folder(request), utc_now()

    def save() -> None:
        check_text(folder, text, key)
        write_progress(request.app.state.settings.cache, PreparationProgress(key))  # that of the earlier text is void
        with write_transaction(engine) as c:
            add_version(c, key, text, base, now=now, by=who)
            save_text(folder, text, key)  # last, so that a full disk stores no version

    try:
        await run_in_threadpool(save)
    except CaseChangedMeanwhile as e:
        what = str(CaseExists(key) if new else e)
        return _text_page(request, CaseTextPage("" if new else key, 0 if new else e.number, text, what, False), 409)
    except CaseTextInvalid as e:
        return _text_page(request, CaseTextPage("" if new else key, base, text, str(e), False), 422)
    return RedirectResponse(f"/cases/{quote(key)}", 303)


def _text_page(request: Request, page: CaseTextPage, status: int = 200) -> Response:
    title = f"Edit {page.case}" if page.case else "New case"
    return _no_store(respond(request, "cases/edit.html", page, title=title, status=status))


def _no_store(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    return response


def _require_folder(request: Request) -> Path:
    folder: Path = request.app.state.settings.case_folder
    if folder == Path():
        raise HTTPException(503, "This server has no folder for cases written in the browser. Tell those who run it.")
    return folder


def _served(request: Request) -> ServedCases:
    served: ServedCases = request.app.state.studies
    return served


def _own_case(request: Request) -> str:
    """Return the id in the address, unless the case comes with the server."""
    key: str = request.path_params["own"]
    if not is_case_id(key):
        raise _unknown(request, key)
    if key in _served(request).fixed or key in find_shipped_cases():
        raise HTTPException(409, f"{CaseNotEditable(key)} See /cases/new?copy={quote(key)}.")
    return key


def _unknown(request: Request, key: str) -> HTTPException:
    known = ", ".join(find_case_files(_require_folder(request))) or "none"
    return HTTPException(404, f"No case {key[:80]!r} was written here. Written here: {known}.")


def _find_state(request: Request, key: str) -> tuple[CaseState, str]:
    served = _served(request)
    if key not in find_case_files(_require_folder(request)):
        return "withdrawn", ""
    if not served.is_current(key):
        return "being read", ""
    return ("served", "") if key in served else ("not readable", served.find_problem(key))


TEXT_FIELDS = {"text": "the case file, TOML", "do": "optional: `check` saves nothing"}
NEW_FIELDS = {
    "id": "the id of the new case", "target": "country", "host": "country", "group": "name of the armed group",
    "rival": "name of the host's rival", "source": "a source of the store", "from": "first day", "to": "last day",
    "copy": "the id of a case to copy",
}  # fmt: skip

ROUTES = (
    *page_routes("/cases", list_page, page=CaseListPage),
    form_route("/cases", do_create, "save a new case", TEXT_FIELDS),
    *page_routes("/cases/new", new_page, page=NewCasePage, query=NEW_FIELDS),
    *page_routes("/cases/{own}", state_page, page=CaseStatePage),
    form_route("/cases/{own}", do_edit, "save a version of a case", {"base": "the version that the text was made from", **TEXT_FIELDS}),
    *page_routes("/cases/{own}/edit", edit_page, page=CaseTextPage),
    *page_routes("/cases/{own}/versions/{number:number}", version_page, page=CaseVersionPage),
    form_route("/cases/{own}/withdraw", do_withdraw, "withdraw a case", {}),
)  # fmt: skip
