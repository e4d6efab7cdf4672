"""Importing a file of events: first what it would change, then, confirmed, all of it at once."""

from collections.abc import Mapping
from dataclasses import dataclass

from python_multipart.exceptions import MultipartParseError
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from detente.api.case import Case
from detente.api.record_changes import ColumnChange, find_differences
from detente.cases.edits.changes import current_row, import_rows, state_of
from detente.cases.edits.entry import MAX_REASON
from detente.cases.edits.errors import EditRefused, InvalidEvent
from detente.cases.edits.import_file import ImportPlan, plan_import
from detente.cases.edits.row import clean_row
from detente.core.row_error import RowError
from detente.sources.chronology_schema import COLUMNS
from detente.web.forms import clean_text, read_form
from detente.web.openapi_route import form_route
from detente.web.record.access import answer_errors, follow_change, needs_review, require_record_editor
from detente.web.record.changes_page import load_journal
from detente.web.rendering.responses import get_record_case, page_routes, provenance_footer, respond

MOST_SHOWN = 50
MAX_CHARACTERS = 400_000


@dataclass(frozen=True, slots=True)
class CorrectedRow:
    """An event that the file corrects, with what differs."""

    event: str
    summary: str
    differences: tuple[ColumnChange, ...]


@dataclass(frozen=True, slots=True)
class ImportPage:
    """The form of an import, and what its text would do.

    Fields:
        text, reason: as sent. problem: why nothing was saved; empty if nothing is wrong. planned: whether the counts below
            are of a text. rows, new, corrections, unchanged, rejected: numbers of rows.
        added, corrected, faults: the first of each. columns: of the codebook. review: whether a second person must accept.
    """

    text: str
    reason: str
    problem: str
    planned: bool
    rows: int
    new: int
    corrections: int
    unchanged: int
    rejected: int
    added: tuple[Mapping[str, str], ...]
    corrected: tuple[CorrectedRow, ...]
    faults: tuple[RowError, ...]
    columns: tuple[str, ...]
    review: bool
    longest: int
    longest_reason: int


@answer_errors
async def import_form(request: Request) -> Response:
    """Show the form of an import."""
    record = get_record_case(request)
    require_record_editor(request, record)
    return _respond(request, record, "", "", None)


@answer_errors
async def receive_import(request: Request) -> Response:
    """Show what a text would change, or save it."""
    record = get_record_case(request)
    editor, form = require_record_editor(request, record), await _read_import(request)
    text, reason = form.get("text", ""), form.get("reason", "")
    if len(text) > MAX_CHARACTERS:
        raise HTTPException(413, f"The text has {len(text):,} characters; at most {MAX_CHARACTERS:,} are read at once.")

    def run() -> Response:
        try:
            plan = plan_import(record.g, state_of(load_journal(request, record)), text)
        except EditRefused as e:
            return _respond(request, record, text, reason, None, str(e), 400)
        if form.get("do") != "save" or (plan.faults and form.get("valid_only") != "yes"):
            return _respond(request, record, text, reason, plan)
        try:
            import_rows(editor, (*plan.new, *plan.corrections), reason)
        except (EditRefused, InvalidEvent) as e:
            return _respond(request, record, text, reason, plan, str(e), 400)
        follow_change(request, record)
        return RedirectResponse(f"/{record.id}/record", 303)

    return await run_in_threadpool(run)


async def _read_import(request: Request) -> dict[str, str]:
    """Read the form: with a file its text, else the text that was written or confirmed."""
    if not request.headers.get("content-type", "").lower().startswith("multipart/form-data"):
        return await read_form(request)
    try:
        async with request.form(max_files=1, max_fields=10, max_part_size=MAX_CHARACTERS * 4) as sent:
            fields = {k: clean_text(v) for k, v in sent.items() if isinstance(v, str)}
            file = next((v for v in sent.values() if isinstance(v, UploadFile) and v.filename), None)
            if file is not None:
                fields["text"] = clean_text((await file.read()).decode("utf-8-sig"))
            return fields
    except UnicodeDecodeError as e:
        raise HTTPException(400, "The file is not UTF-8. Save it as CSV in UTF-8 and send it again.") from e
    except MultipartParseError as e:
        raise HTTPException(400, f"The form cannot be read ({e}). Send it again.") from e


def _respond(
    request: Request,
    record: Case,
    text: str,
    reason: str,
    plan: ImportPlan | None,
    problem: str = "",
    status: int = 200,
) -> Response:
    p = plan or ImportPlan((), (), (), {})
    content = ImportPage(
        text, reason, problem, plan is not None, p.rows, len(p.new), len(p.corrections), len(p.unchanged), len(p.faults),
        p.new[:MOST_SHOWN], tuple(_describe_correction(record, r) for r in p.corrections[:MOST_SHOWN]),
        tuple(f for fs in p.faults.values() for f in fs)[:MOST_SHOWN], tuple(COLUMNS), needs_review(request, record),
        MAX_CHARACTERS, MAX_REASON,
    )  # fmt: skip
    return respond(
        request, "record/import.html", content, foot=provenance_footer(record), title="Import events", status=status
    )


def _describe_correction(record: Case, row: Mapping[str, str]) -> CorrectedRow:
    event = record.g.event(row["event_id"])
    edits = record.g.edits
    before = clean_row(current_row(edits.states.get(event.id) if edits else None, event))
    return CorrectedRow(event.id, event.summary, find_differences(before, row))


ROUTES = (
    *page_routes("/{case}/record/import", import_form, page=ImportPage),
    form_route(
        "/{case}/record/import", receive_import, "import events",
        {"text": "CSV with the codebook's columns", "reason": "optional: why; needed to save",
         "do": "optional: preview or save", "valid_only": "optional: yes saves the valid rows although others are rejected"},
    ),
)  # fmt: skip
