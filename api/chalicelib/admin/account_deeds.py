"""What is done with an account: edited, topped up, corrected, blocked, unblocked."""

from collections.abc import Callable

from chalice.app import Response

from chalicelib.admin.account import crumbs_of, path_of
from chalicelib.admin.account_fields import (
    correction_fields,
    profile_changes,
    profile_fields,
    top_up_fields,
)
from chalicelib.admin.console import Console, Pages
from chalicelib.admin.forms import NONCE, Entered, Field, FormsOf, ask
from chalicelib.translation import mark
from switchboard.desk.office import accounts as office
from switchboard.desk.office import pins


def add_to(pages: Pages) -> None:
    """The forms of an account."""
    pages.ask("/admin/accounts/{id}/edit", edit)
    pages.ask("/admin/accounts/{id}/top-up", top_up)
    pages.ask("/admin/accounts/{id}/correct", correct)
    pages.ask("/admin/accounts/{id}/voucher", redeem)
    pages.ask("/admin/accounts/{id}/block", block)
    pages.ask("/admin/accounts/{id}/unblock", unblock)


def edit(console: Console) -> Response:
    name = console.part("id")
    profile = office.find_account(console.ports, console.by, name).profile

    def act(entered: Entered) -> Response:
        office.change_profile(console.ports, console.by, name, profile_changes(profile, entered))
        return console.go(path_of(name), console.say(mark("The account was changed.")))

    fields = profile_fields(console, profile)
    form = _forms(office.change_profile, name).form(mark("Edit"), mark("Save"), fields=fields)
    return ask(console, form, act)


def top_up(console: Console) -> Response:
    name = console.part("id")
    balance = office.find_account(console.ports, console.by, name).balance

    def act(entered: Entered) -> Response:
        amount, note = entered["amount"], entered["note"]
        reference = entered["reference"] or entered[NONCE]
        office.top_up(console.ports, console.by, name, amount, reference=reference, note=note)
        said = console.say(mark("%(amount)s was credited."), amount=amount)
        return console.go(path_of(name), said)

    text = console.say(mark("The balance is %(balance)s now."), balance=balance.posted)
    fields = top_up_fields(balance.currency)
    form = _forms(office.top_up, name).form(mark("Top up"), mark("Top up"), text, fields)
    return ask(console, form, act)


def correct(console: Console) -> Response:
    name = console.part("id")
    balance = office.find_account(console.ports, console.by, name).balance

    def act(entered: Entered) -> Response:
        amount, note, nonce = entered["amount"], entered["note"], entered[NONCE]
        office.correct(console.ports, console.by, name, amount, reference=nonce, note=note)
        said = console.say(mark("The balance was corrected by %(amount)s."), amount=amount)
        return console.go(path_of(name), said)

    text = console.say(
        mark(
            "The balance is %(balance)s now. No entry is ever changed or taken away: this adds one,"
            " which the customer sees with your note."
        ),
        balance=balance.posted,
    )
    fields = correction_fields(balance.currency)
    title, button = mark("Correct the balance"), mark("Correct")
    form = _forms(office.correct, name).form(title, button, text, fields, danger=True)
    return ask(console, form, act)


def redeem(console: Console) -> Response:
    name = office.find_account(console.ports, console.by, console.part("id")).profile.account

    def act(entered: Entered) -> Response:
        key = console.wiring.settings.pin_key
        account = pins.redeem_voucher(console.ports, console.by, key, name, entered["pin"])
        said = console.say(
            mark("The voucher was redeemed: the balance is %(balance)s now."),
            balance=account.balance.posted,
        )
        return console.go(path_of(name), said)

    pin = Field("pin", mark("PIN"), required=True, longest=40)
    text = mark("The voucher tops this account up, and is used then.")
    title, button = mark("Redeem a voucher"), mark("Redeem")
    return ask(console, _forms(pins.redeem_voucher, name).form(title, button, text, (pin,)), act)


def block(console: Console) -> Response:
    text = mark(
        "It can place no more callbacks, and no payment unblocks it. A call that is under way ends"
        " when what is held for it is used up. Its numbers, its balance and its plan stay."
    )
    title, said = mark("Block this account"), mark("%(account)s is blocked.")
    return _switch(console, office.block_account, title, mark("Block"), text, said, danger=True)


def unblock(console: Console) -> Response:
    text = mark("It can place callbacks again, as far as its balance goes.")
    title, said = mark("Unblock this account"), mark("%(account)s is active again.")
    return _switch(console, office.unblock_account, title, mark("Unblock"), text, said)


def _switch(
    console: Console,
    use_case: Callable[..., None],
    title: str,
    button: str,
    text: str,
    said: str,
    *,
    danger: bool = False,
) -> Response:
    name = office.find_account(console.ports, console.by, console.part("id")).profile.account

    def act(_entered: Entered) -> Response:
        use_case(console.ports, console.by, name)
        return console.go(path_of(name), console.say(said, account=name))

    return ask(console, _forms(use_case, name).form(title, button, text, danger=danger), act)


def _forms(use_case: Callable[..., object], name: str) -> FormsOf:
    return FormsOf(path_of(name), crumbs_of(name), use_case)
