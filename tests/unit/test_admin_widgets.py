"""Widgets in the console: made, pasted, changed, and only those of own accounts for some."""

import pytest

from switchboard.billing.account import Profile
from switchboard.desk.accounts import Terms, open_account
from switchboard.desk.profiles import Changes, change_profile
from switchboard.staff.rights import Role, rights_of
from tests.fakes.api import readable
from tests.fakes.console import console_of
from tests.fakes.console_forms import WIDGET
from tests.fakes.widgets import a_widget

RESELLER = Role("reseller", rights_of("numbers:*", "accounts:*"), own_accounts_only=True)


@pytest.fixture
def console():
    return console_of()


def test_a_widget_is_made_and_its_page_has_what_a_site_pastes(console):
    fields = {**WIDGET, "hours": "mon-fri 09:00-17:00", "time_zone": "Europe/London"}
    added = console.fill("/admin/new-widget", id="shop", enabled="yes", asks_code="yes", **fields)

    page = console.go(added)
    known = console.ports.widgets.get("shop")
    assert (known.account, str(known.destination)) == ("alice", "+442071234567")
    assert (str(known.hours), known.asks_code) == ("mon-fri 09:00-17:00 (Europe/London)", True)
    snippet = "&lt;script async src=&#34;https://call.example.com/widget/shop.js&#34;"
    assert snippet in page.body.decode()
    assert "3/1h" in readable(page)
    assert console.get("/widget/shop").status_code == 200
    assert "add widget shop" in readable(console.get("/admin/audit"))


def test_a_widget_is_changed_and_switched_off(console):
    console.ports.widgets.add(a_widget())

    console.fill("/admin/widgets/support/edit", **{**WIDGET, "countries": "gb fr"})

    assert console.ports.widgets.get("support").countries == ("GB", "FR")
    assert console.get("/widget/support").status_code == 404
    assert "support off" in readable(console.get("/admin/widgets"))
    log = readable(console.get("/admin/audit?about=widget+support"))
    assert "enabled yes → no" in log


@pytest.mark.parametrize(
    ("field", "text", "told"),
    [
        ("id", "Shop!", "small letters"),
        ("account", "nobody", "no account nobody"),
        ("destination", "020 7946 0000", "with the plus"),
        ("origins", "example.com", "is no site"),
        ("countries", "Britain", "country"),
        ("calls_to_phone", "often", "is no limit"),
        ("hours", "9 to 5", "9 to 5"),
        ("language", "xx", "none of the choices"),
    ],
)
def test_what_is_wrong_with_a_widget_is_told(console, field, text, told):
    response = console.fill("/admin/new-widget", **{"id": "shop", **WIDGET, field: text})

    assert response.status_code in {400, 404, 422}
    assert told in readable(response)
    assert console.ports.widgets.all() == []


def test_widgets_are_found_by_name_and_account_part_by_part(console):
    for number in range(60):
        console.ports.widgets.add(a_widget(id=f"shop-{number:02}"))
    console.ports.widgets.add(a_widget())

    first = console.get("/admin/widgets?q=SHOP").body.decode()

    assert "shop-49" in first
    assert "shop-50" not in first
    assert "shop-59" in readable(console.get("/admin/widgets?q=shop&cursor=shop-49"))
    assert "support" in readable(console.get("/admin/widgets?q=sup"))
    assert "There is no such widget." in readable(console.get("/admin/widgets?q=nowhere"))


def test_who_has_own_accounts_only_has_their_widgets_only():
    console = console_of(RESELLER)
    ports = console.ports
    open_account(ports, Profile("bob", name="Bob", currency="EUR", sheet="retail"), Terms())
    change_profile(ports, "alice", Changes(owner="jane"))
    ports.widgets.add(a_widget())
    ports.widgets.add(a_widget(id="bobs", account="bob"))

    page = readable(console.get("/admin/widgets"))

    assert ("support" in page, "bobs" in page) == (True, False)
    assert console.get("/admin/widgets/bobs").status_code == 404
    assert console.get("/admin/widgets/bobs/edit").status_code == 404
    given = console.fill("/admin/widgets/support/edit", **{**WIDGET, "account": "bob"})
    stolen = console.fill("/admin/new-widget", **{**WIDGET, "id": "new", "account": "bob"})
    assert (given.status_code, stolen.status_code) == (404, 404)
    assert ports.widgets.get("support").account == "alice"
