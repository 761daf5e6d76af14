"""What every user does for themselves: password, second factor, where they are signed in."""

from collections.abc import Sequence

import segno
from chalice.app import Response

from chalicelib.admin.console import Console, Pages
from chalicelib.admin.forms import AskFor, Entered, Field, ask
from chalicelib.translation import LANGUAGES, mark
from switchboard.desk.office import own as office
from switchboard.desk.office.known import LONGEST_PASSWORD
from switchboard.errors import Malformed
from switchboard.staff.codes import enrolment_uri, is_secret, new_secret

ME = "/admin/me"
CRUMBS = [(mark("My sign-in"), ME)]


def add_to(pages: Pages) -> None:
    """The page of whoever is signed in, and its forms."""
    pages.show(ME, show_me)
    pages.ask("/admin/me/password", change_password)
    pages.do("/admin/me/language", choose_language)
    pages.ask("/admin/me/second-factor", add_second_factor)
    pages.ask("/admin/me/no-second-factor", remove_second_factor)
    pages.do("/admin/me/visits/{id}/end", end_visit)
    pages.do("/admin/me/visits/end-others", end_others)


def show_me(console: Console) -> Response:
    visits = office.own_visits(console.ports, console.by)
    return console.show(
        "admin/me.html", title=mark("My sign-in"), visits=visits, present=console.visit
    )


def change_password(console: Console) -> Response:
    def act(entered: Entered) -> Response:
        passwords, old, new = console.wiring.passwords, entered["old"], entered["new"]
        ports, by, visit = console.ports, console.by, console.visit
        office.change_own_password(ports, by, passwords, old, new, visit=visit)
        return console.go(ME, console.say(mark("Your password was changed.")))

    hint = mark("12 characters or more. You are signed out everywhere else.")
    fields = (
        _password("old", mark("Your password now"), "current-password"),
        _password("new", mark("Your new password"), "new-password", hint),
    )
    title, button = mark("Change my password"), mark("Change")
    return ask(console, AskFor(title, button, fields, back=ME, crumbs=CRUMBS), act)


def choose_language(console: Console) -> Response:
    language = console.form.text("language")
    if language and language not in LANGUAGES:
        raise Malformed("this language is none of ours")
    office.choose_language(console.ports, console.by, language)
    return console.go(ME)


def add_second_factor(console: Console) -> Response:
    given = console.form.text("secret")
    secret = given if is_secret(given) else new_secret()

    def act(entered: Entered) -> Response:
        codes = _enrolled(console, secret, entered)
        title = mark("Your recovery codes")
        return console.show("admin/recovery.html", title=title, crumbs=CRUMBS, codes=codes)

    code = Field("code", mark("Code"), required=True, longest=10, autocomplete="one-time-code")
    title, button = mark("Sign in with a code"), mark("Switch on")
    known = (_password("password", mark("Your password"), "current-password"), code)
    fields = (code,) if console.user.second_factor is None else known
    form = AskFor(title, button, fields, back=ME, crumbs=CRUMBS)
    picture = segno.make(enrolment_uri(secret, console.by.login), micro=False)
    drawn = picture.svg_inline(scale=5, border=4, dark="#000", light="#fff")
    return ask(
        console, form, act, template="admin/second_factor.html", secret=secret, picture=drawn
    )


def _enrolled(console: Console, secret: str, entered: Entered) -> Sequence[str]:
    ports, by, wiring = console.ports, console.by, console.wiring
    if "password" not in entered:
        return office.add_second_factor(ports, by, wiring.safe, secret, entered["code"])
    return office.replace_second_factor(
        ports,
        by,
        wiring.passwords,
        wiring.safe,
        secret,
        entered["code"],
        password=entered["password"],
    )


def remove_second_factor(console: Console) -> Response:
    def act(entered: Entered) -> Response:
        password = entered["password"]
        ports, by, passwords = console.ports, console.by, console.wiring.passwords
        office.remove_second_factor(ports, by, passwords, password)
        return console.go(ME, console.say(mark("The password alone signs you in now.")))

    fields = (_password("password", mark("Your password"), "current-password"),)
    text = mark("The password alone signs you in then. Your recovery codes are good for nothing.")
    title, button = mark("Sign in without a code"), mark("Switch off")
    form = AskFor(title, button, fields, text, danger=True, back=ME, crumbs=CRUMBS)
    return ask(console, form, act)


def end_visit(console: Console) -> Response:
    office.end_own_visit(console.ports, console.by, console.part("id"))
    return console.go(ME, console.say(mark("That browser is signed out.")))


def end_others(console: Console) -> Response:
    office.end_other_visits(console.ports, console.by, console.visit)
    return console.go(ME, console.say(mark("You are signed out everywhere else.")))


def _password(name: str, label: str, autocomplete: str, hint: str = "") -> Field:
    return Field(
        name,
        label,
        "password",
        required=True,
        hint=hint,
        longest=LONGEST_PASSWORD,
        autocomplete=autocomplete,
    )
