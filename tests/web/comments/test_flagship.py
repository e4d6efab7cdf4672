"""On the flagship's own pages: what is said stands beneath what it is said of."""

from html import unescape

import pytest
from starlette.testclient import TestClient

from detente.api.case import PreparedCase
from support.comments_workbench import Workbench


@pytest.mark.parametrize("kind", ["claim", "event", "brief", "point"])
def test_a_comment_leads_to_its_subject_and_stands_there(client: TestClient, flagship: PreparedCase, kind: str) -> None:
    keys = {"claim": "trust", "event": flagship.g.events[40].id, "brief": "brief", "point": "trust"}
    workbench = Workbench(client.app)  # type: ignore[arg-type]
    ann = workbench.reader("Ann")
    done = ann.send("/comments", case=flagship.id, kind=kind, key=keys[kind], body="Said of this")
    page = ann.get(done.headers["location"].partition("#")[0])
    assert page.status_code == 200
    assert "Said of this" in page.text
    assert page.text.count('id="comment-1"') == 1
    assert 'action="/comments"' in page.text
    about = ann.data("/comments.json")["comments"][0]["about"]
    assert about
    assert about in unescape(ann.get("/comments").text)
    assert not about.startswith(flagship.id)
