"""Readers say, reply, change, report; moderators hide and restore; nothing is lost and everything is told."""

import re
from datetime import UTC, datetime, timedelta
from html import unescape

import pytest
import sqlalchemy as sa

from detente.web.db.engine import write_transaction
from detente.web.db.tables import action, comment
from support.comments_workbench import CASE, Workbench


def test_a_comment_is_read_by_everybody_at_its_own_address(workbench: Workbench) -> None:
    made = workbench.reader("Ann").say("Torkham was closed.\n\nSee https://example.org/a?b=1&c=2.")
    page = workbench.reader().get(f"/comments/{made}")
    assert "Torkham was closed." in page.text
    assert '<a href="https://example.org/a?b=1&amp;c=2" rel="nofollow ugc noreferrer">' in page.text
    told = workbench.reader().data(f"/comments/{made}.json")["talk"]["first"]
    assert (told["author"], told["kind"], told["key"], told["about"]) == ("Ann", "claim", "trust", "Trust collapsed")
    assert [[p["text"] for p in paragraph] for paragraph in told["paragraphs"]] == [
        ["Torkham was closed."],
        ["See ", "https://example.org/a?b=1&c=2", "."],
    ]


def test_markup_in_a_comment_is_shown_and_never_obeyed(workbench: Workbench) -> None:
    body = "<script>alert(1)</script> <b onclick=x> {{ 7*7 }} https://x.example/\"onmouseover='y' javascript:alert(2)"
    made = workbench.reader("Ann").say(body)
    for address in (f"/comments/{made}", "/comments"):
        text = workbench.reader().get(address).text
        assert "<script>alert" not in text
        assert "<b onclick" not in text
        assert 'href="javascript' not in text
        assert unescape(text).count("{{ 7*7 }}") == 1
        assert '"onmouseover' not in text


def test_after_writing_the_reader_is_back_on_the_page_of_the_claim(workbench: Workbench) -> None:
    done = workbench.reader("Ann").send("/comments", case=CASE, kind="claim", key="trust", body="Well said")
    assert done.headers["location"] == f"/{CASE}/claims/trust#comment-1"


@pytest.mark.parametrize(
    ("kind", "key"), [("claim", "no_such"), ("event", "E-2"), ("planet", "trust"), ("brief", "trust")]
)
def test_nothing_is_said_of_what_is_not_here(workbench: Workbench, kind: str, key: str) -> None:
    done = workbench.reader("Ann").send("/comments", case=CASE, kind=kind, key=key, body="Hm")
    assert done.status_code == 400
    assert f"no {kind} '{key}'" in unescape(done.text)
    assert workbench.reader().data("/comments.json")["comments"] == []


def test_a_comment_on_a_briefs_point_is_a_points(workbench: Workbench) -> None:
    made = workbench.reader("Ann").say("On this point", kind="brief", key="brief", point="trust")
    first = workbench.reader().data(f"/comments/{made}.json")["talk"]["first"]
    assert (first["kind"], first["key"], first["where"]) == ("point", "trust", f"/{CASE}/brief#trust")


def test_replies_stand_beneath_what_they_answer_oldest_first(workbench: Workbench) -> None:
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


def test_the_latest_are_newest_first_and_turned_page_by_page_without_gap_or_repeat(workbench: Workbench) -> None:
    ann = workbench.reader("Ann")
    workbench.account("Ben")
    now = datetime.now(UTC)
    row = {"case": CASE, "kind": "claim", "key": "trust", "author_id": 2, "body": "x", "words": "x", "created": now}
    with write_transaction(workbench.app.state.database) as c:
        c.execute(sa.insert(comment), [row | {"hidden": now if i % 10 == 0 else None} for i in range(1, 76)])
    seen, address = [], "/comments.json"
    while address:
        page = ann.data(address)
        seen.append([x["id"] for x in page["comments"]])
        address = page["older"] and page["older"].replace("/comments?", "/comments.json?")
    assert [i for page in seen for i in page] == [i for i in range(75, 0, -1) if i % 10]
    back = ann.data("/comments.json?before=" + str(seen[1][0] + 1))["newer"].replace("/comments?", "/comments.json?")
    assert [x["id"] for x in ann.data(back)["comments"]] == seen[0]


def test_comments_are_found_by_word_case_subject_and_writer(workbench: Workbench) -> None:
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


def test_one_may_change_ones_own_comment_for_a_quarter_of_an_hour(workbench: Workbench) -> None:
    ann, ben = workbench.reader("Ann"), workbench.reader("Ben")
    made = ann.say("Frist")
    assert ann.send(f"/comments/{made}/edit", body="First").status_code == 303
    talk = ben.data(f"/comments/{made}.json")["talk"]["first"]
    assert (talk["paragraphs"][0][0]["text"], talk["edited"] is not None) == ("First", True)
    assert ben.get(f"/comments/{made}/edit").status_code == 403
    assert ben.send(f"/comments/{made}/edit", body="Mine now").status_code == 403
    with write_transaction(workbench.app.state.database) as c:
        c.execute(sa.update(comment).values(created=datetime.now(UTC) - timedelta(minutes=15)))
    assert ann.send(f"/comments/{made}/edit", body="Too late").status_code == 403
    assert ben.data(f"/comments/{made}.json")["talk"]["first"]["paragraphs"][0][0]["text"] == "First"
    with write_transaction(workbench.app.state.database) as c:
        assert c.execute(sa.select(action.c.before).where(action.c.what == "edit")).scalars().all() == ["Frist"]


def test_a_form_that_is_sent_twice_makes_one_comment(workbench: Workbench) -> None:
    ann = workbench.reader("Ann")
    assert ann.say("Once") == ann.say("Once")
    assert ann.say("Once", key="safe_haven") == 2
    assert workbench.reader("Ben").say("Once") == 3


def test_what_is_reported_waits_for_a_moderator_who_hides_it_with_a_reason(workbench: Workbench) -> None:
    ann, ben, mod = workbench.reader("Ann"), workbench.reader("Ben"), workbench.reader("Mo", "moderator")
    made = ann.say("Rude words")
    ann.send(f"/comments/{made}/reply", body="Calm words")
    for _ in range(2):
        assert ben.send(f"/comments/{made}/report", reason="It is rude").status_code == 303
    waiting = mod.data("/moderation.json")["waiting"]
    assert [(w["comment"]["id"], [(r["by"], r["why"]) for r in w["reports"]]) for w in waiting] == [
        (made, [("Ben", "It is rude")])
    ]
    assert mod.send(f"/comments/{made}/hide", reason="", back="queue").status_code == 400
    assert mod.send(f"/comments/{made}/hide", reason="Rude", back="queue").headers["location"] == "/moderation"
    assert mod.data("/moderation.json")["waiting"] == []
    for address in (f"/comments/{made}", f"/comments/{made}.json", "/comments", "/feeds/comments.atom"):
        assert "Rude words" not in ben.get(address).text
    page = ben.get(f"/comments/{made + 1}").text
    assert "Hidden by a moderator: <bdi>Rude</bdi>" in page
    assert "Calm words" in page
    assert "Rude words" in mod.get(f"/comments/{made}").text
    assert ann.send(f"/comments/{made}/reply", body="Again").status_code == 403
    assert mod.send(f"/comments/{made}/restore", reason="It was a quotation").status_code == 303
    assert "Rude words" in ben.get(f"/comments/{made}").text


def test_every_act_of_moderation_is_in_the_log(workbench: Workbench) -> None:
    ann, mod = workbench.reader("Ann"), workbench.reader("Mo", "moderator")
    made = ann.say("A")
    ann.send(f"/comments/{made}/report", reason="I regret it")
    for act, why in (("stand", "Fine"), ("hide", "Not fine"), ("restore", "Fine again")):
        mod.send(f"/comments/{made}/{act}", reason=why)
    done = mod.data("/moderation/log.json")["done"]
    assert [(d["actor"], d["what"], d["comment"], d["reason"]) for d in done if d["comment"]] == [
        ("Mo", "restore", made, "Fine again"),
        ("Mo", "hide", made, "Not fine"),
        ("Mo", "let stand", made, "Fine"),
    ]
    assert {(d["what"], d["account"]) for d in done if not d["comment"]} == {("account", "Ann"), ("account", "Mo")}


@pytest.mark.parametrize("address", ["/moderation", "/moderation/log", "/comments/1/hide"])
def test_moderation_is_for_moderators(workbench: Workbench, address: str) -> None:
    ann = workbench.reader("Ann")
    ann.say("A")
    ask = ann.get if "hide" not in address else lambda a: ann.send(a, reason="Mine")
    assert ask(address).status_code == 403
    assert ann.data("/comments.json")["comments"][0]["hidden"] is None


@pytest.mark.parametrize(
    ("body", "why"),
    [("", "holds no letter"), (" \n\u200f\n", "holds no letter"), ("x" * 5001, "5,001 characters"), ("a\0b", "NUL")],
)
def test_what_cannot_be_kept_is_refused_with_the_reason(workbench: Workbench, body: str, why: str) -> None:
    done = workbench.reader("Ann").send("/comments", case=CASE, kind="claim", key="trust", body=body)
    assert done.status_code == 400
    assert why in unescape(done.text)
    assert workbench.reader().data("/comments.json")["comments"] == []


def test_each_paragraph_finds_its_own_direction(workbench: Workbench) -> None:
    made = workbench.reader("Ann").say("طورخم بند ہے\n\nTorkham is closed")
    assert workbench.reader().get(f"/comments/{made}").text.count('<p class="said" dir="auto">') == 2


def test_who_is_not_logged_in_can_read_and_not_write(workbench: Workbench) -> None:
    workbench.reader("Ann").say("A")
    stranger = workbench.reader()
    assert stranger.send("/comments", case=CASE, kind="claim", key="trust", body="B").status_code == 401
    assert [c["id"] for c in stranger.data("/comments.json")["comments"]] == [1]


@pytest.mark.parametrize(
    "address", ["/comments/7", "/comments/7.json", "/comments/999999999", "/comments/" + "9" * 5000]
)
def test_a_comment_that_is_not_there_is_a_page_not_found(workbench: Workbench, address: str) -> None:
    assert workbench.reader().get(address).status_code == 404


def test_somebody_who_writes_too_much_waits(workbench: Workbench) -> None:
    ann = workbench.reader("Ann")
    done = [
        ann.send("/comments", case=CASE, kind="claim", key="trust", body=f"Number {i}").status_code for i in range(12)
    ]
    assert done == [303] * 10 + [429] * 2


@pytest.fixture
def paged(workbench: Workbench) -> Workbench:
    """The workbench with a page of a claim, of an event and of the brief, as other floors have them."""
    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.routing import Route

    from detente.web.rendering.responses import respond

    async def handler(request: Request) -> Response:
        return respond(request, "comments/thread.html", None)

    for path in ("/{case}/claims/{claim}", "/{case}/events/{event:path}", "/{case}/brief"):
        # Before the real pages, which would want a prepared case.
        workbench.app.router.routes.insert(0, Route(path, handler))
    return workbench


def test_the_comments_stand_beneath_the_page_of_what_they_are_about(paged: Workbench) -> None:
    ann = paged.reader("Ann")
    for kind, key in (
        ("claim", "trust"),
        ("claim", "safe_haven"),
        ("event", "E-1"),
        ("brief", "brief"),
        ("point", "trust"),
    ):
        ann.say(f"On {kind} {key}.", kind, key)
    for address, told in {
        f"/{CASE}/claims/trust": ["claim trust"],
        f"/{CASE}/events/E-1": ["event E-1"],
        f"/{CASE}/brief": ["point trust", "brief brief"],
    }.items():
        text = ann.get(address).text
        assert re.findall(r"On (\w+ [\w-]+)\.", text) == told
        assert 'method="post" action="/comments"' in text
        assert 'method="post"' not in paged.reader().get(address).text
    assert ann.get(f"/{CASE}/claims/nothing").text.strip() == ""


def test_a_form_beneath_a_page_comments_on_what_the_page_is_about(paged: Workbench) -> None:
    ann, page = paged.reader("Ann"), f"/{CASE}/events/E-1"
    hidden = dict(re.findall(r'name="(case|kind|key)" value="([^"]+)"', ann.get(page).text))
    done = ann.client.post("/comments", data={**hidden, "body": "Here"})
    assert done.headers["location"] == f"{page}#comment-1"
    assert 'id="comment-1"' in ann.get(page).text


def test_beneath_a_page_stand_the_newest_exchanges_and_the_way_to_the_rest(paged: Workbench) -> None:
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
    # 23 is hidden and nobody answered it; 24 is hidden and was answered.
    assert shown == [25, 26, 27, 28, 29, 30, 24, 34, *range(22, 4, -1)]
    assert "All replies" in text
    assert "Older comments" in text


def test_a_page_stays_readable_when_its_comments_cannot_be_read(paged: Workbench) -> None:
    with paged.app.state.database.connect() as c:
        c.exec_driver_sql("ALTER TABLE comment RENAME TO gone")
        c.commit()
    answer = paged.reader().get(f"/{CASE}/claims/trust")
    assert answer.status_code == 200
    assert "cannot be read at the moment" in answer.text
    assert "Nobody has commented" not in answer.text


def test_strangers_get_no_cookie(workbench: Workbench) -> None:
    stranger = workbench.reader()
    workbench.reader("Ann").say("Hello")
    for address in ("/", "/comments", "/comments/1", "/account/login", "/account/login.json"):
        assert "set-cookie" not in stranger.get(address).headers


def test_a_long_exchange_is_read_page_by_page(workbench: Workbench) -> None:
    ann = workbench.reader("Ann")
    now = datetime.now(UTC)
    row = {"case": CASE, "kind": "claim", "key": "trust", "author_id": 1, "body": "x", "words": "x", "created": now}
    with write_transaction(workbench.app.state.database) as c:
        c.execute(sa.insert(comment).values(**row))
        c.execute(sa.insert(comment), [row | {"parent_id": 1, "root_id": 1} for _ in range(250)])
    seen: list[int] = []
    address: str | None = "/comments/1"
    for _ in range(3):
        page = ann.data(f"{address}.json")
        seen += [r["id"] for r in page["talk"]["replies"]]
        address = page["later"]
    assert address is None
    assert seen == list(range(2, 252))
    assert "aria-current" in ann.get("/comments/222").text
