"""Users, roles and the audit log, as an operator types them."""

from collections.abc import Iterator

import pytest

from tests.integration.shell import Shell, shell_of_a_new_system

pytestmark = pytest.mark.integration


@pytest.fixture(scope="module")
def shell(tmp_path_factory) -> Iterator[Shell]:
    with shell_of_a_new_system(tmp_path_factory.mktemp("aws"), "users-") as shell:
        shell.import_sheet()
        yield shell


def test_a_user_is_added_listed_changed_and_logged(shell):
    jane = shell.json(
        "users", "add", "jane", "--role", "support", RINGBACK_PASSWORD="correct horse battery"
    )

    assert shell.json("users", "list") == [jane]
    changed = shell.json("users", "set", "jane", "--role", "finance", "--blocked")
    assert (changed["role"], changed["status"]) == ("finance", "blocked")
    change, add = shell.json("audit", "list", "--about", "user jane")
    assert (add["deed"], add["door"], change["deed"]) == ("add", "command line", "change")
    assert {"what": "role", "was": "support", "became": "finance"} in change["changes"]
    assert "correct horse" not in str(add)


def test_a_role_is_made_of_rights_and_owners_have_accounts(shell):
    role = shell.json(
        "roles", "add", "reseller", "--right", "accounts:see,change", "--own-accounts-only"
    )
    assert role["rights"] == ["accounts:change", "accounts:see"]
    assert role in shell.json("roles", "list")
    shell.json("accounts", "add", "owned", "--sheet", "retail", "--owner", "rita")

    changed = shell.json("accounts", "set", "owned", "--owner", "", "--max-callbacks", "2")

    assert changed["owner"] is None
    change, opened = shell.json("audit", "list", "--about", "account owned")
    assert opened["deed"] == "open"
    assert {"what": "owner", "was": "", "became": "rita"} in opened["changes"]
    assert change["changes"] == [
        {"what": "owner", "was": "rita", "became": ""},
        {"what": "max_callbacks", "was": "5", "became": "2"},
    ]
