"""What is asked for and told of accounts."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from chalicelib.bodies import E164, AccountTerms, Amount, Currency, Model
from chalicelib.office.bodies import Instant, Name, Part, Patch, Sum, Text, Title, Version
from switchboard.desk.accounts import MOST_NUMBERS

Prefix = Annotated[str, Field(pattern=r"^(\*|\+?[0-9]{1,15})$", examples=["44"])]
Prefixes = Annotated[list[Prefix], Field(max_length=500)]
Scope = Annotated[str, Field(pattern="^[a-z0-9][a-z0-9._-]{0,63}$")]


class AccountSearch(Part):
    """Which accounts; what is left out does not matter."""

    q: Annotated[str, Field(max_length=80)] = ""
    """The beginning of an id or a name, a whole login, or a whole phone number."""
    status: Literal["active", "blocked"] | None = None
    type: Literal["prepaid", "postpaid"] | None = None
    sort: Literal["account", "name"] = "account"


class Manners(Model):
    """How customers are spoken to; null: as usual."""

    confirm: bool | None = None
    """The customer presses 1 before the destination is rung."""
    tell_balance: bool | None = None
    tell_limit: bool | None = None
    """How long they can talk is told."""
    ask_next: bool | None = None
    """The next number is asked for after a call."""
    show_number: bool | None = None
    """The destination is shown who calls."""


class OfficeAccount(AccountTerms):
    """An account as those who run the system know it; its money is null for whoever has no right
    to see it."""

    balance: Amount | None
    held: Amount | None
    available: Amount | None
    credit_limit: Amount | None
    daily_limits: dict[str, Amount] | None
    spent_today: dict[str, Amount] | None
    loss_guard: bool
    own_phones_only: bool
    owner: str | None
    confirm: bool | None
    tell_balance: bool | None
    tell_limit: bool | None
    ask_next: bool | None
    show_number: bool | None
    version: Version


class AccountChanges(Patch, Manners):
    """What to change of a customer: who they are, how they are spoken to, and who has them."""

    name: Title | None = None
    email: Annotated[str | None, Field(max_length=254)] = None
    tax_id: Annotated[str | None, Field(max_length=32)] = None
    country: Annotated[str | None, Field(pattern="^[A-Z]{2}$", examples=["GB"])] = None
    language: Annotated[str | None, Field(min_length=1, max_length=8, examples=["en"])] = None
    time_zone: Annotated[
        str | None, Field(min_length=1, max_length=64, examples=["Europe/London"])
    ] = None
    numbers: Annotated[list[E164] | None, Field(max_length=MOST_NUMBERS)] = None
    """All phones that act for it, in the place of those there were; the first is the default."""
    login: Name | None = None
    """Without one any more, its password is gone, too, and the customer is signed out."""
    password: Annotated[str | None, Field(min_length=8, max_length=256)] = None
    """Another one signs the customer out everywhere."""
    loss_guard: bool | None = None
    """Calls that cost more than they are sold for are refused."""
    own_phones_only: bool | None = None
    """An order names only phones of its own to be rung first."""
    owner: Name | None = None
    """The user that it belongs to."""


class TermsChanges(Patch):
    """What to change of what a customer pays, may spend and may call."""

    type: Literal["prepaid", "postpaid"] | None = None
    credit_limit: Sum | None = None
    """How far below zero; postpaid only."""
    max_callbacks: Annotated[int | None, Field(ge=0, le=10_000)] = None
    daily_limits: Annotated[dict[Scope, Sum | None] | None, Field(max_length=50)] = None
    """What may be spent a day: in `all`, and on classes of destinations; null takes one away."""
    sheet: Title | None = None
    plan: Title | None = None
    since: Instant | None = None
    """From when sheet and plan count; from now where it is left out."""
    valid_until: Instant | None = None
    valid_days: Annotated[int | None, Field(ge=1, le=36_500)] = None
    """For how many days from the next use."""
    allowed_prefixes: Prefixes | None = None
    """In the place of those there were; `*` is all numbers."""
    forbidden_prefixes: Prefixes | None = None
    allowed_classes: Annotated[list[Scope] | None, Field(max_length=50)] = None
    """Classes of destinations that are blocked for others, in the place of those there were."""


class NewAccount(AccountChanges, TermsChanges):
    """An account to be opened."""

    account: Name
    sheet: Title
    """The rate sheet that prices its callbacks."""
    currency: Currency | None = None
    """That of the sheet where it is left out."""
    balance: Sum = "0"


class Payment(Model):
    """Money that came in."""

    amount: Sum
    currency: Currency
    note: Text = ""
    """The customer sees it in the statement."""


class Correction(Model):
    """An entry that sets a balance right, up or down."""

    amount: Sum
    currency: Currency
    note: Annotated[Text, Field(min_length=1)]
    """Why; the customer sees it in the statement."""


class Movement(Model):
    """What moved a balance."""

    at: datetime
    kind: str
    """`call`, or what was entered: topup, voucher, correction, recurring, …"""
    amount: Amount
    balance: Amount
    """What it was then."""
    currency: Currency
    note: str
    entry: str | None
    """The identity of a journal entry: the same is entered once."""
    callback: str | None
    """That of a call."""
