"""Accounts: who gets in, who does not, and that nobody learns why not."""

import logging
from datetime import UTC, datetime, timedelta
from html import unescape

import pytest
import sqlalchemy as sa
from argon2 import PasswordHasher
from sqlalchemy import Engine

from detente.web.accounts import password as passwords
from detente.web.accounts.account import create_account, find_account, set_disabled, set_password
from detente.web.accounts.errors import (
    BadAccountName,
    BadInvitation,
    InvalidCredentials,
    NameTaken,
    NoAccount,
    WeakPassword,
)
from detente.web.accounts.invitation import accept_invitation, create_invitation
from detente.web.accounts.session import SESSION_LIFETIME, find_session_account, login
from detente.web.db.engine import read_transaction, write_transaction
from detente.web.db.tables import account, invitation, session
from support.comments_workbench import PASSWORD, Workbench, open_workbench

NOW = datetime(2026, 3, 4, 12, tzinfo=UTC)


def _ann(engine: Engine) -> None:
    with write_transaction(engine) as c:
        create_account(c, "Ann", PASSWORD, now=NOW)


@pytest.mark.parametrize("name", ["", "a", "x" * 41, "two  spaces", " -ann", "a/b", "<b>", "ann\u202e", "ann\n"])
def test_a_name_that_could_mislead_is_refused(database: Engine, name: str) -> None:
    if name == "ann\n":
        with write_transaction(database) as c:
            assert create_account(c, name, PASSWORD, now=NOW).name == "ann"  # the ends are trimmed
        return
    with pytest.raises(BadAccountName), write_transaction(database) as c:
        create_account(c, name, PASSWORD, now=NOW)


@pytest.mark.parametrize("name", ["ANN", "ann", "Ａnn", " Ann "])
def test_nobody_can_look_like_somebody_else_by_case_or_width(database: Engine, name: str) -> None:
    _ann(database)
    with pytest.raises(NameTaken, match="as 'Ann'"), write_transaction(database) as c:
        create_account(c, name, PASSWORD, now=NOW)


def test_names_in_any_script_are_names(database: Engine) -> None:
    with write_transaction(database) as c:
        assert create_account(c, "گل مکئی", PASSWORD, now=NOW).name == "گل مکئی"


@pytest.mark.parametrize("weak", ["", "short", "aaaaaaaaaaaaaaa", "Long Name Here", "x" * 201])
def test_a_password_that_would_be_tried_first_is_refused(database: Engine, weak: str) -> None:
    with pytest.raises(WeakPassword), write_transaction(database) as c:
        create_account(c, "Long Name Here", weak, now=NOW)


def test_the_database_holds_neither_password_nor_token(database: Engine) -> None:
    _ann(database)
    _, token = login(database, "Ann", PASSWORD, now=NOW)
    with write_transaction(database) as c:
        invited = create_invitation(c, now=NOW)
        rows = [str(r) for t in (account, session, invitation) for r in c.execute(sa.select(t))]
    assert len(rows) == 3
    for secret in (PASSWORD, token, invited):
        assert not any(secret in r for r in rows)
    assert "$argon2id$" in rows[0]


def test_a_password_of_an_older_cost_is_hashed_anew_at_the_next_login(database: Engine) -> None:
    _ann(database)
    old = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
    with write_transaction(database) as c:
        c.execute(sa.update(account).values(password=old))
    login(database, "ann", PASSWORD, now=NOW)
    with read_transaction(database) as c:
        kept = c.execute(sa.select(account.c.password)).scalar_one()
    assert f"m={passwords.HASHER.memory_cost},t={passwords.HASHER.time_cost}" in kept
    login(database, "ann", PASSWORD, now=NOW)


def test_an_unknown_name_costs_as_much_as_a_wrong_password(database: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    _ann(database)
    computed: list[str] = []
    real = passwords.HASHER.verify

    class Counting:
        def verify(self, kept: str, password: bytes) -> bool:
            computed.append(kept.rpartition("$")[0].rpartition("$")[0])  # the cost, without salt and hash
            return real(kept, password)

        def __getattr__(self, name: str) -> object:
            return getattr(passwords.__dict__["PasswordHasher"](time_cost=2, memory_cost=19_456, parallelism=1), name)

    monkeypatch.setattr(passwords, "HASHER", Counting())
    told = []
    for name, word in (("Ann", "not the password"), ("Nobody", "not the password"), ("Nobody", PASSWORD)):
        with pytest.raises(InvalidCredentials) as refusal:
            login(database, name, word, now=NOW)
        told.append(str(refusal.value))
    assert len(computed) == 3
    assert len(set(computed)) == len(set(told)) == 1


def test_a_session_ends_after_its_time(database: Engine) -> None:
    _ann(database)
    _, token = login(database, "Ann", PASSWORD, now=NOW)
    with read_transaction(database) as c:
        assert find_session_account(c, token, now=NOW + SESSION_LIFETIME - timedelta(seconds=1)) is not None
        assert find_session_account(c, token, now=NOW + SESSION_LIFETIME) is None
        assert find_session_account(c, token + "x", now=NOW) is None


@pytest.mark.parametrize("how", ["disabled", "password"])
def test_a_disabled_account_and_a_new_password_end_all_sessions_at_once(database: Engine, how: str) -> None:
    _ann(database)
    _, token = login(database, "Ann", PASSWORD, now=NOW)
    with write_transaction(database) as c:
        if how == "disabled":
            set_disabled(c, find_account(c, "ann"), True, now=NOW)
        else:
            set_password(c, find_account(c, "ann"), "another four words", now=NOW)
        assert find_session_account(c, token, now=NOW) is None
    with pytest.raises(InvalidCredentials):
        login(database, "Ann", PASSWORD, now=NOW)


def test_a_disabled_account_can_be_let_in_again(database: Engine) -> None:
    _ann(database)
    for disabled in (True, False):
        with write_transaction(database) as c:
            set_disabled(c, find_account(c, "ann"), disabled, now=NOW)
    assert login(database, "Ann", PASSWORD, now=NOW)[0].name == "Ann"


def test_somebody_unknown_is_refused_with_the_nearest_name(database: Engine) -> None:
    _ann(database)
    with pytest.raises(NoAccount, match="Nearest: 'Ann'"), read_transaction(database) as c:
        find_account(c, "Anne")


def test_an_invitation_makes_one_account_within_its_time(database: Engine) -> None:
    with write_transaction(database) as c:
        token, late = create_invitation(c, now=NOW, role="moderator"), create_invitation(c, now=NOW)
    with write_transaction(database) as c:
        assert accept_invitation(c, token, "Ann", PASSWORD, now=NOW).moderates
    for t, when in ((token, NOW), (late, NOW + timedelta(days=7)), ("no such", NOW)):
        with pytest.raises(BadInvitation), write_transaction(database) as c:
            accept_invitation(c, t, "Ben", PASSWORD, now=when)


def test_an_invitation_stays_open_when_name_or_password_are_refused(database: Engine) -> None:
    _ann(database)
    with write_transaction(database) as c:
        token = create_invitation(c, now=NOW)
    for name, word in (("Ann", PASSWORD), ("Ben", "short")):
        with pytest.raises((NameTaken, WeakPassword)), write_transaction(database) as c:
            accept_invitation(c, token, name, word, now=NOW)
    with write_transaction(database) as c:
        assert accept_invitation(c, token, "Ben", PASSWORD, now=NOW).name == "Ben"


def test_by_the_link_one_gets_an_account_and_is_in(workbench: Workbench) -> None:
    with write_transaction(workbench.app.state.database) as c:
        token = create_invitation(c, now=datetime.now(UTC))
    reader, link = workbench.reader(), f"/account/invitation/{token}"
    assert "differ" in reader.send(link, name="Ann", password=PASSWORD, again="other words").text
    assert reader.send(link, name="Ann", password=PASSWORD, again=PASSWORD).status_code == 303
    assert reader.data("/account.json")["name"] == "Ann"
    assert workbench.reader().get(link).status_code == 410


def test_logging_out_ends_the_session_in_the_database_too(workbench: Workbench) -> None:
    ann = workbench.reader("Ann")
    before = dict(ann.client.cookies)
    ann.send("/account/logout")
    assert ann.get("/account").status_code == 401
    thief = workbench.reader(headers={"cookie": "; ".join(f"{k}={v}" for k, v in before.items())})
    assert thief.get("/account").status_code == 401


def test_changing_ones_password_needs_the_present_one_and_ends_other_sessions(workbench: Workbench) -> None:
    here, there = workbench.reader("Ann"), workbench.reader()
    there.login("Ann")
    new = {"password": "another four words", "again": "another four words"}
    assert here.send("/account/password", now="wrong", **new).status_code == 403
    assert here.send("/account/password", now=PASSWORD, password="short", again="short").status_code == 400
    assert there.get("/account").status_code == 200
    assert here.send("/account/password", now=PASSWORD, **new).status_code == 303
    assert (here.get("/account").status_code, there.get("/account").status_code) == (200, 401)
    assert workbench.reader().login("Ann").status_code == 403
    assert workbench.reader().login("Ann", "another four words").status_code == 303


def test_guessing_passwords_is_stopped_for_a_name_wherever_it_comes_from(workbench: Workbench) -> None:
    workbench.account("Ann")
    told = [workbench.reader().login("Ann", f"guess number {i}").status_code for i in range(12)]
    assert told == [403] * 10 + [429] * 2


@pytest.mark.parametrize("then", ["//evil.example", "https://evil.example", "/\\evil.example", "javascript:x", "/a\tb"])
def test_after_logging_in_nobody_is_led_to_another_site(workbench: Workbench, then: str) -> None:
    workbench.account("Ann")
    done = workbench.reader().send("/account/login", name="Ann", password=PASSWORD, then=then)
    assert (done.status_code, done.headers["location"]) == (303, "/")


def test_the_sessions_cookie_is_out_of_reach_of_scripts_and_other_sites(workbench: Workbench) -> None:
    workbench.account("Ann")
    plain = workbench.reader().login("Ann").headers.get_list("set-cookie")
    near = next(c for c in plain if c.startswith("detente-session="))
    assert {"HttpOnly", "SameSite=lax", "Path=/"} <= set(near.split("; "))
    safe = workbench.reader(base="https://desk.example").login("Ann").headers.get_list("set-cookie")
    far = next(c for c in safe if c.startswith("__Host-detente-session="))
    assert {"HttpOnly", "SameSite=lax", "Path=/", "Secure"} <= set(far.split("; "))
    assert "Domain" not in far


def test_no_secret_is_written_to_a_log(workbench: Workbench, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        ann = workbench.reader("Ann")
        ann.say("Hello")
        workbench.reader().login("Ann", "my wrong password")
        with write_transaction(workbench.app.state.database) as c:
            link = f"/account/invitation/{create_invitation(c, now=datetime.now(UTC))}"
        workbench.reader().get(link)
    text = caplog.text + str([r.__dict__ for r in caplog.records if not r.name.startswith(("httpx", "httpcore"))])
    session_token = next(v for k, v in ann.client.cookies.items() if "session" in k)
    for secret in (PASSWORD, "my wrong password", session_token):
        assert secret not in text


def test_an_error_of_the_database_shows_no_value(database: Engine) -> None:
    _ann(database)
    row = {"name": "secretname", "key": "ann", "password": "secrethash", "role": "reader", "created": NOW}
    with pytest.raises(sa.exc.IntegrityError) as refusal, write_transaction(database) as c:
        c.execute(sa.insert(account).values(**row))
    assert "secret" not in str(refusal.value)


def test_a_private_workbench_shows_nothing_to_strangers(workbench: Workbench) -> None:

    shut = open_workbench(workbench.app.state.database.url, private=True)
    stranger = shut.reader()
    for address in ("/", "/comments", "/feeds/comments.atom", "/openapi.json", "/comments.json"):
        answer = stranger.get(address)
        assert answer.status_code in (303, 401), address
    assert stranger.get("/comments?words=a b").headers["location"] == "/account/login?then=/comments%3Fwords%3Da%2520b"
    assert stranger.get("/account/login").status_code == 200
    assert "needs an account" in unescape(stranger.get("/account/login").text)
    shut.account("Ann")
    stranger.login("Ann")
    assert stranger.get("/comments").status_code == 200
    shut.app.state.database.dispose()


def test_two_who_accept_one_invitation_at_once_make_one_account(database: Engine) -> None:
    from concurrent.futures import ThreadPoolExecutor

    with write_transaction(database) as c:
        token = create_invitation(c, now=NOW)

    def take(name: str) -> bool:
        try:
            with write_transaction(database) as c:
                accept_invitation(c, token, name, PASSWORD, now=NOW)
        except BadInvitation:
            return False
        return True

    with ThreadPoolExecutor(4) as at_once:
        assert sorted(at_once.map(take, ["Ann", "Ben", "Cem", "Dia"])) == [False, False, False, True]


def test_a_session_that_was_opened_while_its_account_was_disabled_is_nobodys(database: Engine) -> None:
    _ann(database)
    _, token = login(database, "Ann", PASSWORD, now=NOW)
    with write_transaction(database) as c:
        c.execute(sa.update(account).values(disabled=NOW))
        assert find_session_account(c, token, now=NOW) is None
