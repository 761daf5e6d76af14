"""What a customer dials in the place of a whole number: speed dials and redial."""

from switchboard.calls.callback import Callback
from switchboard.errors import NotFound
from switchboard.ports import Ports
from workers.dialogue.keypad import REDIAL

# A speed dial never begins with a zero, a code does.
BALANCE_CODE, VOUCHER_CODE, PHONE_CODE = "*0", "*01", "*02"
# How far back a number to be dialled again may lie.
RECENT = 20


class NothingDialled(NotFound):
    """No number was entered, or there is none behind it; `prompt` says so."""

    code = "nothing_dialled"

    def __init__(self, prompt: str) -> None:
        super().__init__(prompt)
        self.prompt = prompt


def meant(ports: Ports, callback: Callback, entered: str) -> str:
    """The number that is meant, as it would be dialled in full. NothingDialled where there is
    none."""
    if not entered:
        raise NothingDialled("nothing-entered")
    if entered == REDIAL:
        return _last(ports, callback)
    if not entered.startswith("*"):
        return entered
    if entered.startswith("*0"):
        # A code that is not served here.
        raise NothingDialled("invalid-choice")
    dials = ports.phone_books.get(callback.account).speed_dials
    number = dials.get(int(entered[1:])) if entered[1:].isdecimal() else None
    if number is None:
        raise NothingDialled("speed-dial-empty")
    return str(number)


def _last(ports: Ports, callback: Callback) -> str:
    """The number that this call came to last, else the one that the account's last callback did."""
    if callback.destination is not None:
        return str(callback.destination)
    recent = ports.callbacks.recent(callback.account, limit=RECENT, cursor=None).items
    earlier = sorted(recent, key=lambda one: one.customer != callback.customer)
    number = next((one.destination for one in earlier if one.destination is not None), None)
    if number is None:
        raise NothingDialled("no-redial")
    return str(number)
