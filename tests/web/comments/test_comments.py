"""Tests of comments and moderation through the pages."""

import re
from datetime import UTC, datetime, timedelta
from html import unescape

import pytest
import sqlalchemy as sa

from detente.web.db.engine import write_transaction
from detente.web.db.tables import action, comment
from support.comments_workbench import CASE, Workbench


def test_comment_is_public_at_its_permalink(workbench: Workbench) -> None:
    """A stranger reads the comment as a page and as data."""
    number = workbench.reader("Ann").say("Torkham was closed.\n\nSee https://example.org/a?b=1&c=2.")
    page = workbench.reader().get(f"/comments/{number}")
    assert "Torkham was closed." in page.text
    assert '<a href="https://example.org/a?b=1&amp;c=2" rel="nofollow ugc noreferrer">' in page.text
    first = workbench.reader().data(f"/comments/{number}.json")["talk"]["first"]
    assert (first["author"], first["kind"], first["key"], first["about"]) == (
        "Ann",
        "claim",
        "trust",
        "Trust collapsed",
    )
    assert [[p["text"] for p in paragraph] for paragraph in first["paragraphs"]] == [
        ["Torkham was closed."],
        ["See ", "https://example.org/a?b=1&c=2", "."],
    ]


def test_markup_in_comment_is_escaped(workbench: Workbench) -> None:
    """HTML, templates and script addresses are shown as text."""
    body = "<script>alert(1)</script> <b onclick=x> {{ 7*7 }} https://x.example/\"onmouseover='y' javascript:alert(2)"
    number = workbench.reader("Ann").say(body)
    for address in (f"/comments/{number}", "/comments"):
        text = workbench.reader().get(address).text
        assert "<script>alert" not in text
        assert "<b onclick" not in text
        assert 'href="javascript' not in text
        assert unescape(text).count("{{ 7*7 }}") == 1
        assert '"onmouseover' not in text


def test_posting_redirects_to_page_of_subject(workbench: Workbench) -> None:
    """The redirect leads to the new comment on the page of the claim."""
    response = workbench.reader("Ann").send("/comments", case=CASE, kind="claim", key="trust", body="Well said")
    assert response.headers["location"] == f"/{CASE}/claims/trust#comment-1"


@pytest.mark.parametrize(
    ("kind", "key"), [("claim", "no_such"), ("event", "E-2"), ("planet", "trust"), ("brief", "trust")]
)
def test_posting_rejects_unknown_subjects(workbench: Workbench, kind: str, key: str) -> None:
    """A comment on a subject that does not exist is rejected."""
    response = workbench.reader("Ann").send("/comments", case=CASE, kind=kind, key=key, body="Hm")
    assert response.status_code == 400
    assert repr(key) in unescape(response.text)
    assert workbench.reader().data("/comments.json")["comments"] == []


def test_comment_on_point_has_point_as_subject(workbench: Workbench) -> None:
    """A point chosen in the form of the brief becomes the subject."""
    number = workbench.reader("Ann").say("On this point", kind="brief", key="brief", point="trust")
    first = workbench.reader().data(f"/comments/{number}.json")["talk"]["first"]
    assert (first["kind"], first["key"], first["where"]) == ("point", "trust", f"/{CASE}/brief#trust")


def test_replies_are_listed_oldest_first(workbench: Workbench) -> None:
    """Every comment of an exchange leads to the same exchange, oldest reply first."""
    ann, ben = workbench.reader("Ann"), workbench.reader("Ben")
    first = ann.say("First")
    for text in ("one", "two"):
        assert ben.send(f"/comments/{first}/reply", body=text).status_code == 303
    deeper = ann.send(f"/comments/{first + 1}/reply", body="to one")
    assert deeper.headers["location"] == f"/comments/{first + 3}#comment-{first + 3}"
    for asked in range(first, first + 4):
        talk = ann.data(f"/comments/{asked}.json")["talk"]
        assert talk["first"]["id"] == first
        assert [(r["id"], r["parent"]) for r in talk["replies"]] == [
            (first + 1, first),
            (first + 2, first),
            (first + 3, first + 1),
        ]


def test_latest_pages_have_no_gap_or_repeat(workbench: Workbench) -> None:
    """Paging back and forth shows each visible comment once, newest first."""
    ann = workbench.reader("Ann")
    workbench.account("Ben")
    now = datetime.now(UTC)
    row = {"case": CASE, "kind": "claim", "key": "trust", "author_id": 2, "body": "x", "words": "x", "created": now}
    with write_transaction(workbench.app.state.database) as c:
        c.execute(sa.insert(comment), [row | {"hidden": now if i % 10 == 0 else None} for i in range(1, 76)])
    pages, address = [], "/comments.json"
    while address:
        page = ann.data(address)
        pages.append([x["id"] for x in page["comments"]])
        address = page["older"] and page["older"].replace("/comments?", "/comments.json?")
    assert [i for page in pages for i in page] == [i for i in range(75, 0, -1) if i % 10]
    back = ann.data("/comments.json?before=" + str(pages[1][0] + 1))["newer"].replace("/comments?", "/comments.json?")
    assert [x["id"] for x in ann.data(back)["comments"]] == pages[0]


def test_latest_page_filters(workbench: Workbench) -> None:
    """Comments are filtered by word, case, subject and author."""
    ann, ben = workbench.reader("Ann"), workbench.reader("Ben")
    ann.say("Torkham closed", key="trust")
    ann.say("Chaman open", key="safe_haven")
    ben.say("تورخم closed", kind="event", key="E-1")

    def found(query: str) -> list[int]:
        return [x["id"] for x in ann.data(f"/comments.json?{query}")["comments"]]

    assert found("words=clos") == [3, 1]
    assert found("words=تورخم") == [3]
    assert found(f"case={CASE}&kind=claim&key=trust") == [1]
    assert found("by=Ann&words=open") == [2]
    assert found("case=elsewhere") == []
    assert found("before=abc&after=" + "9" * 5000) == [3, 2, 1]


def test_edit_is_limited_to_author_and_time(workbench: Workbench) -> None:
    """Only the author can edit, for 15 minutes; the log keeps the previous text."""
    ann, ben = workbench.reader("Ann"), workbench.reader("Ben")
    number = ann.say("Frist")
    assert ann.send(f"/comments/{number}/edit", body="First").status_code == 303
    talk = ben.data(f"/comments/{number}.json")["talk"]["first"]
    assert (talk["paragraphs"][0][0]["text"], talk["edited"] is not None) == ("First", True)
    assert ben.get(f"/comments/{number}/edit").status_code == 403
    assert ben.send(f"/comments/{number}/edit", body="Mine now").status_code == 403
    with write_transaction(workbench.app.state.database) as c:
        c.execute(sa.update(comment).values(created=datetime.now(UTC) - timedelta(minutes=15)))
    assert ann.send(f"/comments/{number}/edit", body="Too late").status_code == 403
    assert ben.data(f"/comments/{number}.json")["talk"]["first"]["paragraphs"][0][0]["text"] == "First"
    with write_transaction(workbench.app.state.database) as c:
        assert c.execute(sa.select(action.c.before).where(action.c.what == "edit")).scalars().all() == ["Frist"]


def test_duplicate_form_creates_one_comment(workbench: Workbench) -> None:
    """The same text on the same subject by the same author is stored once."""
    ann = workbench.reader("Ann")
    assert ann.say("Once") == ann.say("Once")
    assert ann.say("Once", key="safe_haven") == 2
    assert workbench.reader("Ben").say("Once") == 3


def test_reported_comment_can_be_hidden_and_restored(workbench: Workbench) -> None:
    """A report puts the comment into the queue; a hidden comment shows only the reason."""
    ann, ben, mod = workbench.reader("Ann"), workbench.reader("Ben"), workbench.reader("Mo", "moderator")
    number = ann.say("Rude words")
    ann.send(f"/comments/{number}/reply", body="Calm words")
    for _ in range(2):
        assert ben.send(f"/comments/{number}/report", reason="It is rude").status_code == 303
    waiting = mod.data("/moderation.json")["waiting"]
    assert [(w["comment"]["id"], [(r["by"], r["why"]) for r in w["reports"]]) for w in waiting] == [
        (number, [("Ben", "It is rude")])
    ]
    assert mod.send(f"/comments/{number}/hide", reason="", back="queue").status_code == 400
    assert mod.send(f"/comments/{number}/hide", reason="Rude", back="queue").headers["location"] == "/moderation"
    assert mod.data("/moderation.json")["waiting"] == []
    for address in (f"/comments/{number}", f"/comments/{number}.json", "/comments", "/feeds/comments.atom"):
        assert "Rude words" not in ben.get(address).text
    page = ben.get(f"/comments/{number + 1}").text
    assert "Hidden by a moderator: <bdi>Rude</bdi>" in page
    assert "Calm words" in page
    assert "Rude words" in mod.get(f"/comments/{number}").text
    assert ann.send(f"/comments/{number}/reply", body="Again").status_code == 403
    assert mod.send(f"/comments/{number}/restore", reason="It was a quotation").status_code == 303
    assert "Rude words" in ben.get(f"/comments/{number}").text


def test_log_has_every_moderation_action(workbench: Workbench) -> None:
    """Each action is logged with actor, comment and reason."""
    ann, mod = workbench.reader("Ann"), workbench.reader("Mo", "moderator")
    number = ann.say("A")
    ann.send(f"/comments/{number}/report", reason="I regret it")
    for act, why in (("stand", "Fine"), ("hide", "Not fine"), ("restore", "Fine again")):
        mod.send(f"/comments/{number}/{act}", reason=why)
    done = mod.data("/moderation/log.json")["done"]
    assert [(d["actor"], d["what"], d["comment"], d["reason"]) for d in done if d["comment"]] == [
        ("Mo", "restore", number, "Fine again"),
        ("Mo", "hide", number, "Not fine"),
        ("Mo", "let stand", number, "Fine"),
    ]
    assert {(d["what"], d["account"]) for d in done if not d["comment"]} == {("account", "Ann"), ("account", "Mo")}


@pytest.mark.parametrize("address", ["/moderation", "/moderation/log", "/comments/1/hide"])
def test_moderation_requires_moderator(workbench: Workbench, address: str) -> None:
    """Other accounts get 403 and change nothing."""
    ann = workbench.reader("Ann")
    ann.say("A")
    ask = ann.get if "hide" not in address else lambda a: ann.send(a, reason="Mine")
    assert ask(address).status_code == 403
    assert ann.data("/comments.json")["comments"][0]["hidden"] is None


@pytest.mark.parametrize(
    ("body", "why"),
    [("", "no visible"), (" \n\u200f\n", "no visible"), ("x" * 5001, "5,001"), ("a\0b", "NUL")],
)
def test_posting_rejects_unstorable_text(workbench: Workbench, body: str, why: str) -> None:
    """Empty, too long and binary texts are rejected with the reason."""
    response = workbench.reader("Ann").send("/comments", case=CASE, kind="claim", key="trust", body=body)
    assert response.status_code == 400
    assert why in unescape(response.text)
    assert workbench.reader().data("/comments.json")["comments"] == []


def test_paragraphs_have_separate_directions(workbench: Workbench) -> None:
    """Each paragraph sets its own writing direction."""
    number = workbench.reader("Ann").say("طورخم بند ہے\n\nTorkham is closed")
    assert workbench.reader().get(f"/comments/{number}").text.count('<p class="said" dir="auto">') == 2


def test_stranger_can_read_but_not_post(workbench: Workbench) -> None:
    """Posting without a login gives 401."""
    workbench.reader("Ann").say("A")
    stranger = workbench.reader()
    assert stranger.send("/comments", case=CASE, kind="claim", key="trust", body="B").status_code == 401
    assert [c["id"] for c in stranger.data("/comments.json")["comments"]] == [1]


@pytest.mark.parametrize(
    "address", ["/comments/7", "/comments/7.json", "/comments/999999999", "/comments/" + "9" * 5000]
)
def test_unknown_comment_gives_404(workbench: Workbench, address: str) -> None:
    """Numbers of any length without a comment give 404."""
    assert workbench.reader().get(address).status_code == 404


def test_posting_is_rate_limited(workbench: Workbench) -> None:
    """After ten comments the server answers 429."""
    ann = workbench.reader("Ann")
    done = [
        ann.send("/comments", case=CASE, kind="claim", key="trust", body=f"Number {i}").status_code for i in range(12)
    ]
    assert done == [303] * 10 + [429] * 2


@pytest.fixture
def paged(workbench: Workbench) -> Workbench:
    """The workbench with simple pages of a claim, an event and the brief, which show only the comments."""
    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.routing import Route

    from detente.web.rendering.responses import respond

    async def handler(request: Request) -> Response:
        return respond(request, "comments/thread.html", None)

    for path in ("/{case}/claims/{claim}", "/{case}/events/{event:path}", "/{case}/brief"):
        # Before the real pages, which need a prepared case.
        workbench.app.router.routes.insert(0, Route(path, handler))
    return workbench


def test_page_shows_comments_on_its_subject(paged: Workbench) -> None:
    """Pages show their own comments, and a form for readers who are logged in."""
    ann = paged.reader("Ann")
    for subject in ("claim trust", "claim safe_haven", "event E-1", "brief brief", "point trust"):
        ann.say(f"On {subject}.", *subject.split())
    for address, subjects in {
        f"/{CASE}/claims/trust": ["claim trust"],
        f"/{CASE}/events/E-1": ["event E-1"],
        f"/{CASE}/brief": ["point trust", "brief brief"],
    }.items():
        text = ann.get(address).text
        assert re.findall(r"On (\w+ [\w-]+)\.", text) == subjects
        assert 'method="post" action="/comments"' in text
        assert 'method="post"' not in paged.reader().get(address).text
    assert ann.get(f"/{CASE}/claims/nothing").text.strip() == ""


def test_form_of_page_names_its_subject(paged: Workbench) -> None:
    """A comment sent from the form of a page appears on that page."""
    ann, page = paged.reader("Ann"), f"/{CASE}/events/E-1"
    hidden = dict(re.findall(r'name="(case|kind|key)" value="([^"]+)"', ann.get(page).text))
    response = ann.client.post("/comments", data={**hidden, "body": "Here"})
    assert response.headers["location"] == f"{page}#comment-1"
    assert 'id="comment-1"' in ann.get(page).text


def test_page_shows_newest_exchanges_and_links(paged: Workbench) -> None:
    """A page shows 20 exchanges with 5 replies each and links to the rest."""
    ann = paged.reader("Ann")
    now = datetime.now(UTC)
    row = {"case": CASE, "kind": "claim", "key": "trust", "author_id": 1, "body": "x", "words": "x", "created": now}
    with write_transaction(paged.app.state.database) as c:
        c.execute(sa.insert(comment), [row for _ in range(25)])
        c.execute(sa.insert(comment), [row | {"parent_id": 25, "root_id": 25} for _ in range(8)])
        c.execute(sa.update(comment).where(comment.c.id.in_([23, 24, 27])).values(hidden=now, hidden_why="off topic"))
        c.execute(sa.insert(comment).values(**row, parent_id=24, root_id=24))
    text = ann.get(f"/{CASE}/claims/trust").text
    shown = [int(n) for n in re.findall(r'id="comment-(\d+)"', text)]
    # 23 is hidden without replies; 24 is hidden with a reply.
    assert shown == [25, 26, 27, 28, 29, 30, 24, 34, *range(22, 4, -1)]
    assert "All replies" in text
    assert "Older comments" in text


def test_page_works_without_comment_table(paged: Workbench) -> None:
    """The page says that comments are unavailable, not that there are none."""
    with paged.app.state.database.connect() as c:
        c.exec_driver_sql("ALTER TABLE comment RENAME TO gone")
        c.commit()
    response = paged.reader().get(f"/{CASE}/claims/trust")
    assert response.status_code == 200
    assert 'role="alert">Comments are not available' in response.text
    assert "No comments yet" not in response.text


def test_stranger_gets_no_cookie(workbench: Workbench) -> None:
    """Pages set no cookie without a login."""
    stranger = workbench.reader()
    workbench.reader("Ann").say("Hello")
    for address in ("/", "/comments", "/comments/1", "/account/login", "/account/login.json"):
        assert "set-cookie" not in stranger.get(address).headers


def test_long_exchange_is_paged(workbench: Workbench) -> None:
    """Pages of 100 replies show each reply once."""
    ann = workbench.reader("Ann")
    now = datetime.now(UTC)
    row = {"case": CASE, "kind": "claim", "key": "trust", "author_id": 1, "body": "x", "words": "x", "created": now}
    with write_transaction(workbench.app.state.database) as c:
        c.execute(sa.insert(comment).values(**row))
        c.execute(sa.insert(comment), [row | {"parent_id": 1, "root_id": 1} for _ in range(250)])
    ids: list[int] = []
    address: str | None = "/comments/1"
    for _ in range(3):
        page = ann.data(f"{address}.json")
        ids += [r["id"] for r in page["talk"]["replies"]]
        address = page["later"]
    assert address is None
    assert ids == list(range(2, 252))
    assert "aria-current" in ann.get("/comments/222").text


def test_comment_of_the_future_is_not_editable(workbench: Workbench) -> None:
    """After the clock was set back, a comment that seems to come from the future cannot be edited, and is no duplicate."""
    ann = workbench.reader("Ann")
    number = ann.say("Frist")
    with write_transaction(workbench.app.state.database) as c:
        c.execute(sa.update(comment).values(created=datetime.now(UTC) + timedelta(days=30)))
    assert ann.send(f"/comments/{number}/edit", body="First").status_code == 403
    assert ann.say("Frist") != number
