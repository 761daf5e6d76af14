"""Phone books of customers, and codes that confirm their phones, in the hands of operators."""

from collections.abc import Mapping

from switchboard.calls.phonebook import PhoneBook
from switchboard.desk import code_calls, phone_books
from switchboard.desk.callback_numbers import CodeMaker
from switchboard.desk.code_calls import CodeCall
from switchboard.desk.office.known import own_account
from switchboard.desk.office.rights import log, needs
from switchboard.errors import NotFound
from switchboard.numbering import PhoneNumber
from switchboard.ports import Ports
from switchboard.staff.audit import Change
from switchboard.staff.rights import Action, Area
from switchboard.staff.users import Operator


@needs(Area.ACCOUNTS, Action.SEE)
def show_phone_book(ports: Ports, by: Operator, account: str) -> PhoneBook:
    """The phone book and the speed dials of an account."""
    own_account(ports, by, account)
    return ports.phone_books.get(account)


@needs(Area.ACCOUNTS, Action.CHANGE)
def set_lines(
    ports: Ports,
    by: Operator,
    account: str,
    *,
    names: Mapping[str, PhoneNumber | None],
    dials: Mapping[int, PhoneNumber | None],
) -> PhoneBook:
    """The phone book with these names and speed dials added or changed; None takes one away.
    NotFound where one that is taken away is not there; all others stay, whoever adds some now."""
    own_account(ports, by, account)
    old = ports.phone_books.get(account).lines()
    gone = {name for name, number in names.items() if number is None}
    gone |= {f"*{key}" for key, number in dials.items() if number is None}
    if missing := sorted(gone - old.keys()):
        raise NotFound(f"the phone book of {account} has no {', '.join(missing)}")
    book = phone_books.set_lines(ports, account, names=names, dials=dials)
    new = book.lines()
    changes = [
        Change(line, str(old.get(line, "")), str(new.get(line, "")))
        for line in sorted(old.keys() | new.keys())
        if old.get(line) != new.get(line)
    ]
    if changes:
        log(ports, by, "change phone book", f"account {account}", changes)
    return book


@needs(Area.ACCOUNTS, Action.CHANGE)
def call_for_code(
    ports: Ports, by: Operator, maker: CodeMaker, account: str, number: PhoneNumber
) -> CodeCall:
    """Ring a phone at our cost, and have the code keyed in there that is given here: then it is one
    of the account's. Refuses as the desk's `call_for_code` does."""
    call = code_calls.call_for_code(ports, maker, own_account(ports, by, account), number)
    rung = Change("callback", "", call.callback.id)
    log(
        ports,
        by,
        "confirm a phone",
        f"account {account}",
        [Change("number", "", str(number)), rung],
    )
    return call
