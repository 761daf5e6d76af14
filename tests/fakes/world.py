"""A small telephone company to test with: a sheet, an account with 5.00, a service number."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from switchboard.billing.account import Account, Profile
from switchboard.billing.service_number import ServiceNumber
from switchboard.calls.callback import Callback
from switchboard.calls.trunk import Trunk
from switchboard.desk.accounts import Terms, open_account
from switchboard.numbering import PhoneNumber
from switchboard.ports import Passwords, Ports
from switchboard.rating.sheet import RateSheet
from switchboard.rating.terms import SheetTerms
from tests.fakes.decks import read_deck

ALICE = PhoneNumber("+442071234567")
BOB = PhoneNumber("+14155550100")
CAROL = PhoneNumber("+14155550199")
SERVICE = PhoneNumber("+442079460000")
NOON = datetime(2026, 1, 2, 12, tzinfo=UTC)

DECK = """prefix,destination,rate,connection_fee,initial,increment,blocked
44,United Kingdom,0.02,0,1,1,
1,USA and Canada,0.03,0.01,30,6,
1900,USA premium,1,0,60,60,yes
33,France,0.6,0,60,60,
"""


def retail_sheet(name: str = "retail", **terms) -> RateSheet:
    return RateSheet.of(name, "v1", SheetTerms("EUR", **terms), read_deck(DECK))


def a_callback(**changes) -> Callback:
    """Alice asks to talk to Bob, at noon."""
    asked = Callback(
        id="c1",
        account="alice",
        customer=ALICE,
        destination=BOB,
        trigger="api",
        language="en",
        requested_at=NOON,
        expires_at=NOON + timedelta(seconds=90),
        quote=retail_sheet().quote(ALICE, BOB, NOON),
    )
    return replace(asked, **changes)


def open_alice(
    ports: Ports,
    *,
    opening_micros: int = 5_000_000,
    passwords: Passwords | None = None,
    max_callbacks: int = 5,
) -> Account:
    """Alice has 5.00 EUR, calls from London, and signs in with alice / wonderland."""
    ports.sheets.publish(retail_sheet())
    ports.trunks.save(Trunk("carrier", "127.0.0.1", 5070))
    ports.accounts.add_service_number(ServiceNumber(SERVICE))
    profile = Profile(
        account="alice",
        name="Alice",
        currency="EUR",
        sheet="retail",
        country="GB",
        numbers=(ALICE,),
        login="alice",
        password_hash=passwords.hash("wonderland") if passwords else None,
    )
    return open_account(ports, profile, Terms(opening_micros, max_callbacks=max_callbacks))
