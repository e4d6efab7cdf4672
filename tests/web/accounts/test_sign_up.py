"""Tests of sign-up: closed, by request and open; what administrators and moderators decide."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import sqlalchemy as sa

from detente.web.accounts.account import load_accounts
from detente.web.db.engine import read_transaction
from detente.web.db.tables import account_request
from support.comments_workbench import PASSWORD, BrowserClient, Workbench, open_workbench

FORM = {"name": "Ann", "password": PASSWORD, "again": PASSWORD, "reason": "I report on the border."}


def _set_policy(workbench: Workbench, policy: str, daily: int = 20) -> BrowserClient:
    """Choose who can sign up; return the administrator's browser."""
    admin = workbench.reader("Chief", "admin")
    assert admin.send("/accounts/sign-up", policy=policy, daily=str(daily)).status_code == 303
    return admin


def _ask(workbench: Workbench, **changes: str) -> int:
    return workbench.reader().send("/account/sign-up", **(FORM | changes)).status_code


def _count_accounts(workbench: Workbench) -> int:
    with read_transaction(workbench.app.state.database) as c:
        return len(load_accounts(c))


def _log(admin: BrowserClient) -> list[tuple[str, str, str]]:
    return [(d["actor"], d["what"], d["account"]) for d in admin.data("/moderation/log.json")["done"]]


def test_sign_up_is_closed_by_default(workbench: Workbench) -> None:
    """Until an administrator opens it, nobody can make an account or ask for one."""
    assert workbench.reader().data("/account/sign-up.json")["policy"] == "closed"
    assert _ask(workbench) == 403
    assert _count_accounts(workbench) == 0


def test_open_sign_up_makes_reader(workbench: Workbench) -> None:
    """A stranger becomes a reader, is logged in, and stands in the log as the one who acted."""
    admin = _set_policy(workbench, "open")
    ann = workbench.reader()
    assert ann.send("/account/sign-up", **FORM).status_code == 303
    assert ann.data("/account.json")["role"] == "reader"
    assert _log(admin)[0] == ("Ann", "sign up", "Ann")


def test_open_sign_up_stops_at_daily_limit(workbench: Workbench) -> None:
    """After the day's number no further account is made, from whatever address; simultaneous ones count."""
    _set_policy(workbench, "open", daily=3)

    def join(n: int) -> int:
        stranger = workbench.reader(client_address=(f"192.0.2.{n}", 1))
        return stranger.send("/account/sign-up", **(FORM | {"name": f"Guest {n}"})).status_code

    with ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(join, range(1, 9))) == [303] * 3 + [429] * 5
    assert _count_accounts(workbench) == 4


def test_sign_up_limits_attempts_by_address(workbench: Workbench) -> None:
    """An address that tries names gets 429 after ten; another address is not affected."""
    _set_policy(workbench, "open")
    stranger = workbench.reader()
    statuses = [stranger.send("/account/sign-up", **(FORM | {"name": "chief"})).status_code for _ in range(12)]
    assert statuses == [400] * 10 + [429] * 2
    other = workbench.reader(client_address=("198.51.100.9", 1))
    assert other.send("/account/sign-up", **FORM).status_code == 303


@pytest.mark.parametrize("bad", [{"name": "a/b"}, {"password": "short", "again": "short"}, {"again": "other"}])
def test_bad_forms_cost_no_attempt(workbench: Workbench, bad: dict[str, str]) -> None:
    """A form with a bad name or password makes no account, and can be corrected as often as needed."""
    _set_policy(workbench, "open")
    stranger = workbench.reader()
    assert {stranger.send("/account/sign-up", **(FORM | bad)).status_code for _ in range(15)} == {400}
    assert stranger.send("/account/sign-up", **FORM).status_code == 303


def test_accepted_request_can_log_in(workbench: Workbench) -> None:
    """Nobody can log in before the acceptance; afterwards the password of the request works, and its copy is gone."""
    admin = _set_policy(workbench, "request")
    assert _ask(workbench) == 303
    assert workbench.reader().login("Ann").status_code == 403
    moderator = workbench.reader("Mod", "moderator")
    (waiting,) = moderator.data("/accounts.json")["requests"]
    assert (waiting["name"], waiting["reason"]) == ("Ann", FORM["reason"])
    assert moderator.send(f"/accounts/requests/{waiting['id']}/accept").status_code == 303
    ann = workbench.reader()
    assert ann.login("Ann").status_code == 303
    assert ann.data("/account.json")["role"] == "reader"
    assert ("Mod", "accept request", "Ann") in _log(admin)
    with read_transaction(workbench.app.state.database) as c:
        assert c.execute(sa.select(account_request.c.password)).scalar_one() is None


def test_refused_request_is_logged(workbench: Workbench) -> None:
    """A refusal needs a reason, is logged, makes no account, and cannot be decided again."""
    admin = _set_policy(workbench, "request")
    _ask(workbench)
    number = admin.data("/accounts.json")["requests"][0]["id"]
    assert admin.send(f"/accounts/requests/{number}/refuse", reason=" ").status_code == 400
    assert admin.send(f"/accounts/requests/{number}/refuse", reason="No such newspaper.").status_code == 303
    assert admin.send(f"/accounts/requests/{number}/accept").status_code == 409
    (entry, *_) = admin.data("/moderation/log.json")["done"]
    assert (entry["what"], entry["reason"]) == ("refuse request", "Ann: No such newspaper.")
    assert _count_accounts(workbench) == 1
    assert _ask(workbench) == 303


def test_request_hides_whose_name_is_taken(workbench: Workbench) -> None:
    """A name that is asked for and a name of an account get the same answer."""
    _set_policy(workbench, "request")
    _ask(workbench)
    answers = [workbench.reader().send("/account/sign-up", **(FORM | {"name": n})).text for n in ("ann", "CHIEF")]
    assert answers[0].replace("ann", "X") == answers[1].replace("CHIEF", "X")


def test_request_of_too_many_is_refused(workbench: Workbench) -> None:
    """The day's number limits requests as it limits accounts."""
    _set_policy(workbench, "request", daily=2)
    assert [_ask(workbench, name=f"Guest {i}") for i in range(3)] == [303, 303, 429]


@pytest.mark.parametrize("form", [{"policy": "sometimes", "daily": "5"}, {"policy": "open", "daily": "0"}, {"policy": "open", "daily": "²"}, {"policy": "open"}])  # fmt: skip
def test_bad_settings_change_nothing(workbench: Workbench, form: dict[str, str]) -> None:
    """Values outside the allowed ones give 400, and the setting stays."""
    admin = _set_policy(workbench, "request", daily=7)
    assert admin.send("/accounts/sign-up", **form).status_code == 400
    assert admin.data("/accounts.json")["sign_up"] == {"policy": "request", "daily": 7}


ADMIN_FORMS: list[tuple[str, dict[str, str]]] = [
    ("/accounts/sign-up", {"policy": "open", "daily": "5"}), ("/accounts/1/role", {"role": "reader"}),
    ("/accounts/1/disabled", {"disabled": "yes"}), ("/accounts/invitations", {"role": "editor"}),
]  # fmt: skip


@pytest.mark.parametrize("role", ["reader", "editor", "moderator"])
def test_only_admins_change_settings_and_roles(workbench: Workbench, role: Any) -> None:
    """Others get 403 (an invitation with more than a reader's role: at least 400), and nothing changes."""
    admin = workbench.reader("Chief", "admin")
    other = workbench.reader("Ben", role)
    before = admin.data("/accounts.json")
    for address, form in ADMIN_FORMS:
        assert other.send(address, **form).status_code in ((400, 403) if "invit" in address else (403,)), address
    assert admin.data("/accounts.json") == before
    assert other.get("/accounts").status_code == (200 if role == "moderator" else 403)


def test_admin_changes_role_and_state(workbench: Workbench) -> None:
    """A new role holds at once; a disabled account is out at once, until it is enabled."""
    admin, ben = workbench.reader("Chief", "admin"), workbench.reader("Ben")
    number = next(a["id"] for a in admin.data("/accounts.json")["accounts"] if a["name"] == "Ben")
    assert admin.send(f"/accounts/{number}/role", role="moderator").status_code == 303
    assert ben.get("/accounts").status_code == 200
    assert admin.send(f"/accounts/{number}/role", role="king").status_code == 400
    assert admin.send(f"/accounts/{number}/disabled", disabled="yes").status_code == 303
    assert ben.get("/account").status_code == 401
    assert ben.login("Ben").status_code == 403
    assert admin.send(f"/accounts/{number}/disabled", disabled="no").status_code == 303
    assert ben.login("Ben").status_code == 303
    assert admin.send("/accounts/999/role", role="reader").status_code == 404


def test_last_admin_stays_in_browser(workbench: Workbench) -> None:
    """The only administrator can neither step down nor be disabled; of two who remove each other, one stays."""
    admin = workbench.reader("Chief", "admin")
    own = admin.data("/accounts.json")["accounts"][0]["id"]
    assert admin.send(f"/accounts/{own}/role", role="reader").status_code == 400
    assert admin.send(f"/accounts/{own}/disabled", disabled="yes").status_code == 400
    second = workbench.reader("Vice", "admin")
    other = next(a["id"] for a in admin.data("/accounts.json")["accounts"] if a["name"] == "Vice")

    def demote(who: tuple[BrowserClient, int]) -> int:
        return who[0].send(f"/accounts/{who[1]}/role", role="reader").status_code

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(demote, [(admin, other), (second, own)])) in ([303, 400], [303, 403])


def test_invitation_is_shown_once(workbench: Workbench) -> None:
    """A moderator invites readers, an administrator any role; the page of accounts does not show the address again."""
    admin = workbench.reader("Chief", "admin")
    shown = admin.send("/accounts/invitations", role="editor").text
    link = "/account/invitation/" + shown.partition("/account/invitation/")[2].partition('"')[0]
    assert link not in admin.get("/accounts").text
    guest = workbench.reader()
    assert guest.send(link, name="Ed", password=PASSWORD, again=PASSWORD).status_code == 303
    assert guest.data("/account.json")["role"] == "editor"
    moderator = workbench.reader("Mod", "moderator")
    assert moderator.send("/accounts/invitations", role="reader").status_code == 200
    assert "invite" in [what for _, what, _ in _log(admin)]


def test_private_server_allows_sign_up(workbench: Workbench) -> None:
    """On a private server the sign-up page is open to strangers, the rest is not."""
    private = open_workbench(workbench.app.state.database.url, private=True)
    assert private.reader().get("/account/sign-up").status_code == 200
    assert private.reader().get("/accounts").status_code == 303
    private.app.state.database.dispose()
