"""Tests of accounts, passwords, sessions and invitations."""

import logging
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta, tzinfo

import pytest
import sqlalchemy as sa
from argon2 import PasswordHasher
from sqlalchemy import Engine

from detente.web import clock
from detente.web.accounts import errors
from detente.web.accounts import password as passwords
from detente.web.accounts.account import ROLES, create_account, find_account, give_role, set_disabled, set_password
from detente.web.accounts.invitation import accept_invitation, create_invitation
from detente.web.accounts.session import SESSION_LIFETIME, find_session_account, login
from detente.web.db.engine import read_transaction, write_transaction
from detente.web.db.tables import account, invitation, session
from support.comments_workbench import PASSWORD, Workbench, open_workbench

NOW = datetime(2026, 3, 4, 12, tzinfo=UTC)
# As users have it; `cheap_hashes` replaces it before each test.
FULL_HASHER = passwords.HASHER


@pytest.fixture
def full_hashes(cheap_hashes: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Hash passwords at the cost that users have."""
    monkeypatch.setattr(passwords, "HASHER", FULL_HASHER)
    passwords._dummy_hash.cache_clear()
    yield
    passwords._dummy_hash.cache_clear()


def _create_ann(engine: Engine) -> None:
    with write_transaction(engine) as c:
        create_account(c, "Ann", PASSWORD, now=NOW)


@pytest.mark.parametrize(
    "name", ["", "a", "x" * 41, "two  spaces", " -ann", "a/b", "<b>", "ann\u202e", "\u0410nn", "Ann\u03bf"]
)
def test_create_account_rejects_misleading_names(database: Engine, name: str) -> None:
    """Names with paths, markup, controls, letters of several scripts or a bad length are rejected."""
    with pytest.raises(errors.BadAccountName), write_transaction(database) as c:
        create_account(c, name, PASSWORD, now=NOW)


@pytest.mark.parametrize("name", ["ANN", "ann", "Ａnn", " Ann "])
def test_create_account_ignores_case_and_width(database: Engine, name: str) -> None:
    """A name that differs from another only by case, width or outer spaces is taken."""
    _create_ann(database)
    with pytest.raises(errors.NameTaken) as error, write_transaction(database) as c:
        create_account(c, name, PASSWORD, now=NOW)
    assert error.value.taken == "Ann"


def test_create_account_accepts_any_script(database: Engine) -> None:
    """A Pashto name is valid; white space around a name is removed."""
    with write_transaction(database) as c:
        assert create_account(c, "ann\n", PASSWORD, now=NOW).name == "ann"
        for name in ("گل مکئی", "Анна", "東京タワー", "O\u02bbzbek 7", "Zoë"):
            assert create_account(c, name, PASSWORD, now=NOW).name == name


@pytest.mark.parametrize("weak", ["", "short", "aaaaaaaaaaaaaaa", "Long Name Here", "x" * 201])
def test_create_account_rejects_weak_passwords(database: Engine, weak: str) -> None:
    """Short, long, repetitive passwords and the name itself are rejected."""
    with pytest.raises(errors.WeakPassword), write_transaction(database) as c:
        create_account(c, "Long Name Here", weak, now=NOW)


def test_database_stores_only_hashes_of_secrets(database: Engine) -> None:
    """Passwords, session tokens and invitation tokens are not stored."""
    _create_ann(database)
    _, token = login(database, "Ann", PASSWORD, now=NOW)
    with write_transaction(database) as c:
        invited = create_invitation(c, now=NOW)
        rows = [str(r) for t in (account, session, invitation) for r in c.execute(sa.select(t))]
    assert len(rows) == 3
    for secret in (PASSWORD, token, invited):
        assert not any(secret in r for r in rows)
    assert "$argon2id$" in rows[0]


@pytest.mark.usefixtures("full_hashes")
def test_login_rehashes_password_of_old_cost(database: Engine) -> None:
    """A hash of another cost is replaced at the next login."""
    _create_ann(database)
    old = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
    with write_transaction(database) as c:
        c.execute(sa.update(account).values(password=old))
    login(database, "ann", PASSWORD, now=NOW)
    with read_transaction(database) as c:
        stored = c.execute(sa.select(account.c.password)).scalar_one()
    assert f"m={passwords.HASHER.memory_cost},t={passwords.HASHER.time_cost}" in stored
    login(database, "ann", PASSWORD, now=NOW)


@pytest.mark.usefixtures("full_hashes")
def test_login_costs_same_for_unknown_names(database: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    """An unknown name costs as much as a wrong password and gives the same message."""
    _create_ann(database)
    computed: list[str] = []
    real = passwords.HASHER.verify

    class Counting:
        def verify(self, stored: str, password: bytes) -> bool:
            computed.append(stored.rpartition("$")[0].rpartition("$")[0])  # the cost, without salt and hash
            return real(stored, password)

        def __getattr__(self, name: str) -> object:
            return getattr(passwords.__dict__["PasswordHasher"](time_cost=2, memory_cost=19_456, parallelism=1), name)

    monkeypatch.setattr(passwords, "HASHER", Counting())
    messages = []
    for name, word in (("Ann", "not the password"), ("Nobody", "not the password"), ("Nobody", PASSWORD)):
        with pytest.raises(errors.InvalidCredentials) as error:
            login(database, name, word, now=NOW)
        messages.append(str(error.value))
    assert len(computed) == 3
    assert len(set(computed)) == len(set(messages)) == 1


def test_session_expires(database: Engine) -> None:
    """A session ends after its lifetime, and a wrong token opens none."""
    _create_ann(database)
    _, token = login(database, "Ann", PASSWORD, now=NOW)
    with read_transaction(database) as c:
        assert find_session_account(c, token, now=NOW + SESSION_LIFETIME - timedelta(seconds=1)) is not None
        assert find_session_account(c, token, now=NOW + SESSION_LIFETIME) is None
        assert find_session_account(c, token + "x", now=NOW) is None


@pytest.mark.parametrize("how", ["disabled", "password"])
def test_disabling_or_new_password_ends_sessions(database: Engine, how: str) -> None:
    """A disabled account or a new password ends all sessions at once."""
    _create_ann(database)
    _, token = login(database, "Ann", PASSWORD, now=NOW)
    with write_transaction(database) as c:
        if how == "disabled":
            set_disabled(c, find_account(c, "ann"), True, now=NOW)
        else:
            set_password(c, find_account(c, "ann"), "another four words", now=NOW)
        assert find_session_account(c, token, now=NOW) is None
    with pytest.raises(errors.InvalidCredentials):
        login(database, "Ann", PASSWORD, now=NOW)


def test_disabled_account_can_be_enabled(database: Engine) -> None:
    """An account that is enabled again can log in."""
    _create_ann(database)
    for disabled in (True, False):
        with write_transaction(database) as c:
            set_disabled(c, find_account(c, "ann"), disabled, now=NOW)
    assert login(database, "Ann", PASSWORD, now=NOW)[0].name == "Ann"


def test_find_account_suggests_nearest_name(database: Engine) -> None:
    """The error for an unknown name has the nearest names."""
    _create_ann(database)
    with pytest.raises(errors.NoAccount) as error, read_transaction(database) as c:
        find_account(c, "Anne")
    assert error.value.near == ["Ann"]


def test_invitation_creates_one_account(database: Engine) -> None:
    """Used, expired and unknown invitations are rejected."""
    with write_transaction(database) as c:
        token, late = create_invitation(c, now=NOW, role="moderator"), create_invitation(c, now=NOW)
    with write_transaction(database) as c:
        assert accept_invitation(c, token, "Ann", PASSWORD, now=NOW).moderates
    for t, when in ((token, NOW), (late, NOW + timedelta(days=7)), ("no such", NOW)):
        with pytest.raises(errors.BadInvitation), write_transaction(database) as c:
            accept_invitation(c, t, "Ben", PASSWORD, now=when)


def test_invitation_survives_rejected_name_or_password(database: Engine) -> None:
    """After a rejected name or password the invitation can still be used."""
    _create_ann(database)
    with write_transaction(database) as c:
        token = create_invitation(c, now=NOW)
    for name, word in (("Ann", PASSWORD), ("Ben", "short")):
        with pytest.raises((errors.NameTaken, errors.WeakPassword)), write_transaction(database) as c:
            accept_invitation(c, token, name, word, now=NOW)
    with write_transaction(database) as c:
        assert accept_invitation(c, token, "Ben", PASSWORD, now=NOW).name == "Ben"


def test_invitation_page_creates_account(workbench: Workbench) -> None:
    """The link creates an account, logs its owner in and is then gone."""
    with write_transaction(workbench.app.state.database) as c:
        token = create_invitation(c, now=datetime.now(UTC))
    reader, link = workbench.reader(), f"/account/invitation/{token}"
    assert reader.send(link, name="Ann", password=PASSWORD, again="other words").status_code == 400
    assert reader.send(link, name="Ann", password=PASSWORD, again=PASSWORD).status_code == 303
    assert reader.data("/account.json")["name"] == "Ann"
    assert workbench.reader().get(link).status_code == 410


def test_logout_ends_session_in_database(workbench: Workbench) -> None:
    """A copied cookie is useless after the logout."""
    ann = workbench.reader("Ann")
    before = dict(ann.client.cookies)
    ann.send("/account/logout")
    assert ann.get("/account").status_code == 401
    thief = workbench.reader(headers={"cookie": "; ".join(f"{k}={v}" for k, v in before.items())})
    assert thief.get("/account").status_code == 401


def test_password_change_ends_other_sessions(workbench: Workbench) -> None:
    """A change requires the current password and ends the other sessions."""
    ann, second = workbench.reader("Ann"), workbench.reader()
    second.login("Ann")
    new = {"password": "another four words", "again": "another four words"}
    assert ann.send("/account/password", now="wrong", **new).status_code == 403
    assert ann.send("/account/password", now=PASSWORD, password="short", again="short").status_code == 400
    assert second.get("/account").status_code == 200
    assert ann.send("/account/password", now=PASSWORD, **new).status_code == 303
    assert (ann.get("/account").status_code, second.get("/account").status_code) == (200, 401)
    assert workbench.reader().login("Ann").status_code == 403
    assert workbench.reader().login("Ann", "another four words").status_code == 303


def test_login_limits_failures_by_address_and_name(workbench: Workbench) -> None:
    """After ten failures of one address on one name the server answers it 429."""
    workbench.account("Ann")
    statuses = [workbench.reader().login("Ann", f"guess number {i}").status_code for i in range(12)]
    assert statuses == [403] * 10 + [429] * 2
    assert workbench.reader().login("Ann").status_code == 429
    workbench.account("Bob")
    assert workbench.reader().login("Bob").status_code == 303


def test_nobody_can_lock_another_out(workbench: Workbench) -> None:
    """After fifty wrong guesses from elsewhere the owner of the name can log in, again and again."""
    workbench.account("Ann")
    for i in range(50):
        workbench.reader(client_address=("198.51.100.9", 1)).login("Ann", f"guess number {i}")
    owner = workbench.reader()
    assert [owner.login("Ann").status_code for _ in range(15)] == [303] * 15
    # Changing a password has its own count.
    form = {"now": PASSWORD, "password": "another four words", "again": "another four words"}
    assert owner.send("/account/password", **form).status_code == 303


def test_password_change_limits_failures(workbench: Workbench) -> None:
    """A session that guesses the present password gets 429 after ten failures."""
    ann = workbench.reader("Ann")
    form = {"password": "another four words", "again": "another four words"}
    statuses = [ann.send("/account/password", now=f"guess {i}", **form).status_code for i in range(12)]
    assert statuses == [403] * 10 + [429] * 2


def test_simultaneous_guesses_are_counted(workbench: Workbench) -> None:
    """Guesses that arrive together cannot all pass before the first has failed."""
    workbench.account("Ann")
    with ThreadPoolExecutor(12) as pool:
        statuses = list(pool.map(lambda i: workbench.reader().login("Ann", f"guess {i}").status_code, range(24)))
    assert statuses.count(403) == 10


def test_invitations_do_not_wait_for_each_other(workbench: Workbench) -> None:
    """Thirty people behind one address accept their invitations at once."""
    with write_transaction(workbench.app.state.database) as c:
        tokens = [create_invitation(c, now=datetime.now(UTC)) for _ in range(30)]
    form = {"password": PASSWORD, "again": PASSWORD}
    statuses = [
        workbench.reader().send(f"/account/invitation/{t}", name=f"Guest {i}", **form).status_code
        for i, t in enumerate(tokens)
    ]
    assert statuses == [303] * 30


@pytest.mark.parametrize("then", ["//evil.example", "https://evil.example", "/\\evil.example", "javascript:x", "/a\tb"])
def test_login_redirects_only_to_this_server(workbench: Workbench, then: str) -> None:
    """Targets on other sites are replaced by the home page."""
    workbench.account("Ann")
    response = workbench.reader().send("/account/login", name="Ann", password=PASSWORD, then=then)
    assert (response.status_code, response.headers["location"]) == (303, "/")


def test_session_cookie_has_protective_attributes(workbench: Workbench) -> None:
    """The cookie is HttpOnly and SameSite; over https also Secure and host-bound."""
    workbench.account("Ann")
    cookies = workbench.reader().login("Ann").headers.get_list("set-cookie")
    http_cookie = next(c for c in cookies if c.startswith("detente-session="))
    assert {"HttpOnly", "SameSite=lax", "Path=/"} <= set(http_cookie.split("; "))
    cookies = workbench.reader(base="https://desk.example").login("Ann").headers.get_list("set-cookie")
    https_cookie = next(c for c in cookies if c.startswith("__Host-detente-session="))
    assert {"HttpOnly", "SameSite=lax", "Path=/", "Secure"} <= set(https_cookie.split("; "))
    assert "Domain" not in https_cookie


def test_log_contains_no_secrets(workbench: Workbench, caplog: pytest.LogCaptureFixture) -> None:
    """Passwords and session tokens do not appear in the log."""
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


def test_database_error_shows_no_values(database: Engine) -> None:
    """The text of an integrity error contains no column values."""
    _create_ann(database)
    row = {"name": "secretname", "key": "ann", "password": "secrethash", "role": "reader", "created": NOW}
    with pytest.raises(sa.exc.IntegrityError) as error, write_transaction(database) as c:
        c.execute(sa.insert(account).values(**row))
    assert "secret" not in str(error.value)


def test_private_server_requires_login(workbench: Workbench) -> None:
    """Without a login, pages redirect to the login form and data give 401."""
    private = open_workbench(workbench.app.state.database.url, private=True)
    stranger = private.reader()
    for address in ("/", "/comments", "/feeds/comments.atom", "/openapi.json", "/comments.json"):
        assert stranger.get(address).status_code == (401 if address.endswith(".json") else 303), address
    assert stranger.get("/comments?words=a b").headers["location"] == "/account/login?then=/comments%3Fwords%3Da%2520b"
    assert stranger.get("/account/login").status_code == 200
    assert "need an account" in stranger.get("/account/login").text
    private.account("Ann")
    stranger.login("Ann")
    assert stranger.get("/comments").status_code == 200
    private.app.state.database.dispose()


def test_simultaneous_acceptances_create_one_account(database: Engine) -> None:
    """Of four simultaneous acceptances of an invitation, one succeeds."""
    with write_transaction(database) as c:
        token = create_invitation(c, now=NOW)

    def accept(name: str) -> bool:
        try:
            with write_transaction(database) as c:
                accept_invitation(c, token, name, PASSWORD, now=NOW)
        except errors.BadInvitation:
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(accept, ["Ann", "Ben", "Cem", "Dia"])) == [False, False, False, True]


def test_session_of_disabled_account_is_invalid(database: Engine) -> None:
    """A session that survives the disabling of its account is not accepted."""
    _create_ann(database)
    _, token = login(database, "Ann", PASSWORD, now=NOW)
    with write_transaction(database) as c:
        c.execute(sa.update(account).values(disabled=NOW))
        assert find_session_account(c, token, now=NOW) is None


def test_clock_set_back_ends_sessions(database: Engine) -> None:
    """After the clock was set back thirty days, a session of "the future" opens nothing."""
    _create_ann(database)
    _, token = login(database, "Ann", PASSWORD, now=NOW)
    with read_transaction(database) as c:
        for later in (timedelta(0), timedelta(days=13), timedelta(minutes=-1)):
            assert find_session_account(c, token, now=NOW + later)
        for later in (timedelta(days=-30), timedelta(hours=-1), timedelta(days=15)):
            assert find_session_account(c, token, now=NOW + later) is None


def test_time_never_goes_back(monkeypatch: pytest.MonkeyPatch) -> None:
    """A clock that is set back while the server runs does not set its time back; one that is set forward does."""

    class Clock(datetime):
        at = datetime.now(UTC)

        @classmethod
        def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]
            return cls.at

    before = clock.utc_now()
    monkeypatch.setattr(clock, "datetime", Clock)
    Clock.at = before - timedelta(days=30)
    assert before <= clock.utc_now() < before + timedelta(minutes=1)
    Clock.at = before + timedelta(days=30)
    assert clock.utc_now() == Clock.at


@pytest.mark.parametrize("how", ["role", "disable"])
def test_last_admin_stays(database: Engine, how: str) -> None:
    """The only administrator keeps the role and stays enabled; with a second one either can go."""
    with write_transaction(database) as c:
        ann = create_account(c, "Ann", PASSWORD, now=NOW, role="admin")
        gone = create_account(c, "Ben", PASSWORD, now=NOW, role="admin")
        set_disabled(c, gone, True, now=NOW)

    def take_away() -> None:
        with write_transaction(database) as c:
            if how == "role":
                give_role(c, ann, "moderator", now=NOW)
            else:
                set_disabled(c, ann, True, now=NOW)

    with pytest.raises(errors.LastAdmin):
        take_away()
    with write_transaction(database) as c:
        give_role(c, create_account(c, "Cem", PASSWORD, now=NOW), "admin", now=NOW)
    take_away()


def test_each_role_may_do_what_lower_ones_may(database: Engine) -> None:
    """Administrators moderate and edit, moderators edit, editors only edit, readers do none of these."""
    with write_transaction(database) as c:
        made = [create_account(c, f"{role} {i}", PASSWORD, now=NOW, role=role) for i, role in enumerate(ROLES)]
    assert [(a.edits, a.moderates, a.administers) for a in made] == [
        (False, False, False), (True, False, False), (True, True, False), (True, True, True),
    ]  # fmt: skip
