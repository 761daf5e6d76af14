"""What a new system begins with, so that the first callback needs no set-up."""

from switchboard.billing.account import Profile
from switchboard.billing.service_number import ServiceNumber
from switchboard.desk.accounts import Terms, open_account
from switchboard.desk.decks import import_deck
from switchboard.desk.office.users import NewUser, add_user
from switchboard.errors import NotFound
from switchboard.numbering import PhoneNumber
from switchboard.ports import Passwords, Ports
from switchboard.rating.terms import SheetTerms
from switchboard.staff.users import at_command_line
from switchboard.tables.cells import Row, Worksheet

ACCOUNT = "demo"
SHEET = "retail"
ADMINISTRATOR = "admin"
CUSTOMER = PhoneNumber("+442079460123")
DESTINATION = PhoneNumber("+14155550100")
SERVICE = PhoneNumber("+442079460999")

DECK = """prefix,destination,rate,connection_fee,initial,increment
1,USA and Canada,0.012,0,6,6
33,France,0.018,0,1,1
34,Spain,0.019,0,1,1
351,Portugal,0.021,0,1,1
44,United Kingdom,0.015,0.005,1,1
447,United Kingdom mobile,0.04,0.005,30,6
49,Germany,0.016,0,1,1
55,Brazil,0.035,0.01,30,6
91,India,0.028,0,1,1
"""


def add_sample(ports: Ports, passwords: Passwords, password: str) -> bool:
    """A sheet, a service number and the account `demo` with 5.00 EUR, unless they are there."""
    try:
        ports.accounts.get(ACCOUNT)
    except NotFound:
        pass
    else:
        return False
    rows = [Row(line, tuple(row.split(","))) for line, row in enumerate(DECK.splitlines(), start=1)]
    import_deck(ports, SHEET, SheetTerms("EUR"), [Worksheet("", rows)])
    if not ports.accounts.service_numbers():
        ports.accounts.add_service_number(ServiceNumber(SERVICE))
    profile = Profile(
        account=ACCOUNT,
        name="Demo customer",
        currency="EUR",
        sheet=SHEET,
        country="GB",
        numbers=(CUSTOMER,),
        login=ACCOUNT,
        password_hash=passwords.hash(password),
    )
    open_account(ports, profile, Terms(opening_micros=5_000_000))
    return True


def add_administrator(ports: Ports, passwords: Passwords, password: str) -> bool:
    """The user `admin` of the console, unless there is any user."""
    if ports.staff.all():
        return False
    new = NewUser(ADMINISTRATOR, "Administrator", "administrator", password)
    add_user(ports, at_command_line("ringback up"), passwords, new)
    return True
