"""Decisions of editors on reports of other sources: the same event, another event, or open again.

The decision stands in the text file beside the store, which `detente store match` reads too; the log of actions keeps who
decided what, also after a decision was undone.
"""

from collections.abc import Mapping
from pathlib import Path

import sqlalchemy as sa
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from detente.api.case import Case
from detente.api.events.event_row import build_event_address
from detente.api.events.table import get_event_columns
from detente.core.errors import DetenteError
from detente.events.matching.decisions import (
    MAX_REASON_LENGTH,
    DecisionRecord,
    decisions_path,
    read_decision_records,
    record_decision,
    remove_decision,
)
from detente.events.matching.linkage import pair_id, report_id
from detente.web.accounts.account import UserAccount
from detente.web.accounts.permission import require_account
from detente.web.accounts.routes import require_database
from detente.web.clock import utc_now
from detente.web.db.engine import write_transaction
from detente.web.db.tables import action
from detente.web.forms import read_form
from detente.web.rendering.responses import get_record_case

ACTIONS = {"same": "same event", "different": "different event", "undo": "undo decision"}
MATCH_FIELDS = {
    "report": "the other source's report, as source:id",
    "decision": "same, different, or undo",
    "reason": f"optional: why, in {MAX_REASON_LENGTH} characters at most",
}


def may_decide(who: UserAccount | None) -> bool:
    """Return whether an account may decide which reports describe the same event."""
    return who is not None and who.edits


def require_decider(request: Request) -> UserAccount:
    """Return the account of the request if it may decide.

    Raises:
        HTTPException: 401 without a login, 403 for other accounts.
    """
    who = require_account(request)
    if not may_decide(who):
        raise HTTPException(403, "Only editors and moderators can decide which reports describe the same event.")
    return who


def load_decisions(request: Request) -> Mapping[frozenset[str], DecisionRecord] | None:
    """Return the decisions of people as they are now; None if there is no store, or its file cannot be read."""
    store: Path = request.app.state.beside.path
    if store == Path() or not decisions_path(store).is_file():
        return None if store == Path() else {}
    try:
        return read_decision_records(decisions_path(store))
    except (DetenteError, OSError, UnicodeDecodeError):
        return None  # reading the store gives the reason, which the page shows


async def decide_match(request: Request) -> Response:
    """Mark a report of another source as the same event or as another, or undo that."""
    who, form = require_decider(request), await read_form(request)
    prepared, key = get_record_case(request), request.path_params["event"]
    what, reason = form.get("decision", ""), " ".join(form.get("reason", "").split())
    if what not in ACTIONS:
        raise HTTPException(400, f"Unknown decision {what[:20]!r}. Known: {', '.join(ACTIONS)}.")
    if len(reason) > MAX_REASON_LENGTH:
        raise HTTPException(400, f"The reason is longer than {MAX_REASON_LENGTH} characters. Write fewer words.")
    pair = await run_in_threadpool(_find_pair, request, prepared, key, form.get("report", ""))
    await run_in_threadpool(_decide, request, who, pair, what, reason)
    if what == "undo":
        # A decision is shown at once, but what the comparison finds without it is only known after comparing again.
        await run_in_threadpool(request.app.state.beside.read, prepared)
    return RedirectResponse(f"{build_event_address(prepared, key)}#elsewhere", 303)


def _find_pair(request: Request, prepared: Case, key: str, report: str) -> frozenset[str]:
    """Return the pair of the event and a report that may describe it.

    Raises:
        HTTPException: 404, if there is no such event, or the report is not one that may describe it.
    """
    columns = get_event_columns(prepared)
    if key not in columns.at:
        raise HTTPException(404, f"No event {key[:80]!r} is known as of {prepared.g.as_of}.")
    found = request.app.state.beside.status(prepared).found
    links = found.links.get(key, ()) if found else ()
    for n in links:
        if report_id(n.b) == report:
            return pair_id(n.a, n.b)
    raise HTTPException(
        404, f"No report {report[:80]!r} of another source may describe {key}. Reload the event's page."
    )


def _decide(request: Request, who: UserAccount, pair: frozenset[str], what: str, reason: str) -> None:
    path, now = decisions_path(request.app.state.beside.path), utc_now()
    text = f"{' '.join(sorted(pair))}" + (f": {reason}" if reason else "")
    # The log is committed only if the file was written.
    with write_transaction(require_database(request)) as c:
        c.execute(sa.insert(action).values(at=now, actor_id=who.id, what=ACTIONS[what], reason=text))
        if what == "undo":
            remove_decision(path, pair)
        else:
            record_decision(path, pair, "accept" if what == "same" else "refuse", by=who.name, at=now, reason=reason)
