"""Forms about an account's money: what they charge and give back is shown before it is done."""

from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256

from chalice.app import Response

from chalicelib.admin.console import Console
from chalicelib.admin.forms import AskFor, Entered, ask, posted_again
from chalicelib.translation import mark
from switchboard.billing.subscriptions import State
from switchboard.desk.foretelling import Deed, Foretold
from switchboard.desk.office import subscriptions as office
from switchboard.money import Money

CONFIRMED = "confirmed"


def ask_twice(
    console: Console, form: AskFor, deed_of: Callable[[Entered], Deed], done: str
) -> Response:
    """The form; then what its deed would charge and give back; and the deed, once that was
    confirmed. Where it would do something else by then, that is shown first."""

    def act(entered: Entered) -> Response:
        deed = deed_of(entered)
        foretold = office.foretell(console.ports, console.by, deed)
        confirmed = console.form.text(CONFIRMED)
        if confirmed == _print_of(foretold):
            office.perform(console.ports, console.by, deed)
            return console.go(form.back, f"{console.say(done)} {_told(console, foretold)}")
        return console.show(
            "admin/foretold.html",
            title=form.title,
            crumbs=form.crumbs,
            form=form,
            alert=mark("this changed meanwhile: please look again") if confirmed else "",
            foretold=foretold,
            told=_told(console, foretold),
            unpaid=foretold.after.state in (State.UNPAID, State.SUSPENDED),
            kept=[*posted_again(console, form), (CONFIRMED, _print_of(foretold))],
        )

    return ask(console, replace(form, button=mark("Continue"), danger=False), act)


def _told(console: Console, foretold: Foretold) -> str:
    """What a deed does at once, in all."""
    micros = sum(entry.amount_micros for entry in foretold.at_once)
    amount = Money(foretold.balance.currency, abs(micros))
    if micros < 0:
        return console.say(mark("Charged: %(amount)s."), amount=amount)
    if micros > 0:
        return console.say(mark("Given back: %(amount)s."), amount=amount)
    if foretold.at_once:
        return console.say(mark("As much is given back as is charged."))
    return console.say(mark("Nothing is charged or given back now."))


def _print_of(foretold: Foretold) -> str:
    """What tells one outcome from another, whenever it was foretold."""
    entries = [
        [(one.identity, one.amount_micros) for one in some]
        for some in (foretold.at_once, foretold.then)
    ]
    outcome = (foretold.after.state, foretold.after.deal, foretold.after.wish, entries)
    return sha256(repr(outcome).encode()).hexdigest()[:32]
