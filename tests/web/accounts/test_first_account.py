"""Tests of the first account, of rights by role, and that an address gives no right."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from detente.web.accounts.account import load_accounts
from detente.web.accounts.first_account import issue_first_token
from detente.web.accounts.tokens import hash_token, new_token
from detente.web.db.engine import read_transaction
from support.comments_workbench import PASSWORD, BrowserClient, Workbench, open_workbench

FORM = {"name": "Ann", "password": PASSWORD, "again": PASSWORD}


def _open_with_token(workbench: Workbench) -> tuple[Workbench, str]:
    token = issue_first_token(workbench.app.state.database)
    return open_workbench(workbench.app.state.database.url, first_account=hash_token(token)), token


def test_printed_token_makes_first_account_once(workbench: Workbench) -> None:
    """The token makes one administrator; after that it opens nothing, and no further token is issued."""
    fresh, token = _open_with_token(workbench)
    address = f"/account/invitation/{token}"
    assert fresh.reader().get(address).status_code == 200
    ann = fresh.reader()
    assert ann.send(address, **FORM).status_code == 303
    assert ann.data("/account.json")["role"] == "admin"
    assert fresh.reader().get(address).status_code == 410
    assert fresh.reader().send(address, **(FORM | {"name": "Bob"})).status_code in (400, 410)
    assert issue_first_token(fresh.app.state.database) == ""
    fresh.app.state.database.dispose()


def test_login_page_says_that_nobody_has_account(workbench: Workbench) -> None:
    """Before the first account the login page says so, and does not show the token; afterwards it no longer does."""
    fresh, token = _open_with_token(workbench)
    stranger = fresh.reader()
    assert stranger.data("/account/login.json")["nobody"] is True
    assert token not in stranger.get("/account/login").text
    assert "First administrator" in stranger.get(f"/account/invitation/{token}").text
    stranger.send(f"/account/invitation/{token}", **FORM)
    assert fresh.reader().data("/account/login.json")["nobody"] is False
    fresh.app.state.database.dispose()


def test_other_tokens_make_no_account(workbench: Workbench) -> None:
    """A wrong token makes no account, nor does any token where the server has issued none."""
    fresh, _ = _open_with_token(workbench)
    for opened in (fresh, workbench):
        assert opened.reader().get(f"/account/invitation/{new_token()}").status_code == 410
        assert opened.reader().send(f"/account/invitation/{new_token()}", **FORM).status_code >= 400
    with read_transaction(workbench.app.state.database) as c:
        assert load_accounts(c) == []
    fresh.app.state.database.dispose()


def test_simultaneous_use_makes_one_account(workbench: Workbench) -> None:
    """Of eight simultaneous uses of the token, one succeeds."""
    fresh, token = _open_with_token(workbench)

    def use(n: int) -> int:
        return fresh.reader().send(f"/account/invitation/{token}", **(FORM | {"name": f"Ann {n}"})).status_code

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(use, range(8))).count(303) == 1
    with read_transaction(fresh.app.state.database) as c:
        assert len(load_accounts(c)) == 1
    fresh.app.state.database.dispose()


@pytest.mark.parametrize("client", ["127.0.0.1", "::1"])
def test_this_machine_alone_has_no_right(workbench: Workbench, client: str) -> None:
    """A proxy that adds no header makes strangers look local, so a local address may neither send files nor read metrics."""
    local = BrowserClient(workbench.app, base="http://127.0.0.1:8000", client_address=(client, 1))
    assert local.client.post("/data/upload", files={"file": ("x.csv", b"x")}).status_code == 401
    assert local.get("/metrics").status_code == 403
    assert local.get("/data/uploads/" + "A" * 22).status_code == 401
