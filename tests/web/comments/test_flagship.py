"""Tests of comments on the real pages of the flagship case."""

from html import unescape

import pytest
from starlette.testclient import TestClient

from detente.api.case import Case
from support.comments_workbench import Workbench


@pytest.mark.parametrize("kind", ["claim", "event", "brief", "point"])
def test_comment_appears_on_page_of_subject(client: TestClient, flagship: Case, kind: str) -> None:
    """A comment on each kind of subject appears once on its real page."""
    keys = {"claim": "trust", "event": flagship.g.events[40].id, "brief": "brief", "point": "trust"}
    workbench = Workbench(client.app)  # type: ignore[arg-type]
    ann = workbench.reader("Ann")
    response = ann.send("/comments", case=flagship.id, kind=kind, key=keys[kind], body="Said of this")
    page = ann.get(response.headers["location"].partition("#")[0])
    assert page.status_code == 200
    assert "Said of this" in page.text
    assert page.text.count('id="comment-1"') == 1
    assert 'action="/comments"' in page.text
    about = ann.data("/comments.json")["comments"][0]["about"]
    assert about
    assert about in unescape(ann.get("/comments").text)
    assert not about.startswith(flagship.id)
