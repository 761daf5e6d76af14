"""How the customer of an account gets in, and how they are spoken to."""

from dataclasses import replace

from chalice.app import Response

from chalicelib.admin.account import crumbs_of, path_of
from chalicelib.admin.account_fields import sign_in_changes, sign_in_fields
from chalicelib.admin.console import Console, Pages
from chalicelib.admin.forms import Entered, Field, FormsOf, ask, switch
from chalicelib.admin.number_fields import manner_fields, manners_of
from chalicelib.translation import mark
from switchboard.billing.account import Profile
from switchboard.desk.office import accounts as office
from switchboard.desk.profiles import Changes
from switchboard.errors import Malformed


def add_to(pages: Pages) -> None:
    """The form."""
    pages.ask("/admin/accounts/{id}/access", change_access)


def change_access(console: Console) -> Response:
    name = console.part("id")
    profile = office.find_account(console.ports, console.by, name).profile

    def act(entered: Entered) -> Response:
        office.change_profile(console.ports, console.by, name, _changes(console, profile, entered))
        return console.go(path_of(name), console.say(mark("The account was changed.")))

    forms = FormsOf(path_of(name), crumbs_of(name), office.change_profile)
    form = forms.form(mark("Access"), mark("Save"), fields=_fields(console, profile))
    return ask(console, form, act)


def _fields(console: Console, profile: Profile) -> tuple[Field, ...]:
    key = console.wiring.settings.pin_key
    pin = Field("pin", mark("PIN"), "password", longest=40, read=key.hash, hint=_KEPT)
    no_pin = switch("no_pin", mark("Take its PIN away"), value=False)
    pins = (pin,) if profile.pin_hash is None else (pin, no_pin)
    no_login = switch("no_login", mark("Take its login away"), value=False, hint=_SIGNED_OUT)
    logins = () if profile.login is None else (no_login,)
    return (*sign_in_fields(profile, _PASSWORD), *logins, *pins, *manner_fields(profile.manners))


_KEPT = mark("Left empty, it stays as it is.")
_SIGNED_OUT = mark("And its password; the customer is signed out everywhere.")
_PASSWORD = mark("Left empty, it stays as it is. Another one signs the customer out everywhere.")


def _changes(console: Console, profile: Profile, entered: Entered) -> Changes:
    changes = sign_in_changes(console, entered)
    if entered.get("no_login", False):
        changes = replace(changes, login="")
    pin, taken = entered["pin"], entered.get("no_pin", False)
    if pin and taken:
        raise Malformed("set another PIN, or take it away: not both")
    manners = manners_of(entered)
    return replace(
        changes,
        pin_hash="" if taken else pin or None,
        new_manners=None if manners == profile.manners else manners,
    )
