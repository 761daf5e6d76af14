"""What is asked for of an account, and what it means."""

from collections.abc import Iterable
from functools import partial

from chalicelib.admin.console import Console
from chalicelib.admin.forms import Choices, Entered, Field, switch
from chalicelib.admin.reading import whole
from chalicelib.translation import mark
from switchboard.billing.account import (
    AccountType,
    Profile,
    check_id,
    check_language,
    check_time_zone,
)
from switchboard.desk.profiles import Changes, check_password
from switchboard.errors import Malformed
from switchboard.money import Money, parse_units
from switchboard.numbering import PhoneNumber, check_country, parse_number

TYPES: Choices = (("prepaid", mark("Prepaid")), ("postpaid", mark("Postpaid")))
LANGUAGES: Choices = (("en", "English"), ("es", "Español"), ("fr", "Français"), ("pt", "Português"))


def profile_fields(console: Console, profile: Profile) -> tuple[Field, ...]:
    """Who the customer is, how they are spoken to, and who has them."""
    fields = (*_customer(profile), *_region(profile), *_phones(profile))
    return fields if console.by.role.own_accounts_only else (*fields, _owner(profile))


def profile_changes(profile: Profile, entered: Entered) -> Changes:
    """What those fields change."""
    numbers = entered["numbers"] or ()
    return Changes(
        name=entered["name"],
        email=entered["email"],
        tax_id=entered["tax_id"],
        country=entered["country"],
        language=entered["language"],
        time_zone=entered["time_zone"],
        # In the order in which they were entered: the first one is the default.
        remove_numbers=profile.numbers if numbers != profile.numbers else (),
        add_numbers=numbers,
        own_phones_only=entered["own_phones_only"],
        loss_guard=entered["loss_guard"],
        owner=entered.get("owner"),
    )


def sign_in_fields(profile: Profile, hint: str = "") -> tuple[Field, ...]:
    """A login and a password: both, or none where there is no login yet."""
    return (
        Field(
            "login",
            mark("Login"),
            value=profile.login or "",
            # It is changed here, and taken away by a switch of its own.
            required=profile.login is not None,
            longest=64,
            read=partial(check_id, "login"),
        ),
        Field(
            "password",
            mark("Password"),
            "password",
            longest=256,
            read=check_password,
            hint=hint,
            autocomplete="new-password",
        ),
    )


def sign_in_changes(console: Console, entered: Entered) -> Changes:
    """What those fields change. Malformed where a password is without a login."""
    if entered["password"] and not entered["login"]:
        raise Malformed("a password needs a login")
    password = entered["password"]
    return Changes(
        login=entered["login"] or None,
        password_hash=console.wiring.passwords.hash(password) if password else None,
    )


def type_field(kind: AccountType) -> Field:
    """Whether it pays before or after."""
    return Field("type", mark("Type"), "select", value=kind.value, choices=TYPES, required=True)


def sheet_field(names: Iterable[str], value: str = "") -> Field:
    """The rate sheet that prices its callbacks."""
    choices = [(name, name) for name in names]
    return Field("sheet", mark("Rate sheet"), "select", value, choices=choices, required=True)


def limit_fields(credit_limit: str, max_callbacks: int) -> tuple[Field, ...]:
    """How far below zero it may go, and how much at once."""
    return (
        Field(
            "credit_limit",
            mark("Credit limit"),
            value=credit_limit,
            required=True,
            longest=20,
            read=limit,
            hint=mark("How far below zero; postpaid only."),
        ),
        Field(
            "max_callbacks",
            mark("Callbacks at once"),
            "number",
            value=str(max_callbacks),
            required=True,
            longest=5,
            read=whole,
        ),
    )


def limit(text: str) -> int:
    """A limit in micro-units. Malformed where it is below zero."""
    micros = parse_units(text, decimals=6)
    if micros < 0:
        raise Malformed("a limit is not negative")
    return micros


def top_up_fields(currency: str) -> tuple[Field, ...]:
    """A payment."""
    return (
        _amount(currency),
        Field(
            "reference",
            mark("Reference"),
            longest=80,
            hint=mark("The payment's own number, if it has one: the same is never credited twice."),
        ),
        Field("note", mark("Note"), hint=mark("The customer sees it in the statement.")),
    )


def correction_fields(currency: str) -> tuple[Field, ...]:
    """A correction, and why."""
    return (_amount(currency, mark("Less than nothing takes away, like -4.50.")), _reason())


def _customer(profile: Profile) -> tuple[Field, ...]:
    return (
        Field("name", mark("Name"), value=profile.name, required=True, longest=80),
        Field("email", mark("E-mail"), "email", value=profile.email or "", longest=254),
        Field("tax_id", mark("Tax id"), value=profile.tax_id or "", longest=32),
    )


def _region(profile: Profile) -> tuple[Field, ...]:
    other = [(profile.language, profile.language)]
    return (
        Field(
            "country",
            mark("Country"),
            value=profile.country,
            required=True,
            read=check_country,
            longest=2,
            hint=mark("Two letters, like GB: local numbers are read as there."),
        ),
        Field(
            "language",
            mark("Language"),
            "select",
            value=profile.language,
            choices=[*LANGUAGES, *(other if profile.language not in dict(LANGUAGES) else [])],
            required=True,
            read=check_language,
        ),
        Field(
            "time_zone",
            mark("Time zone"),
            value=profile.time_zone,
            required=True,
            read=check_time_zone,
            longest=64,
            hint=mark("Like Europe/London: days begin by it."),
        ),
    )


def _phones(profile: Profile) -> tuple[Field, ...]:
    return (
        Field(
            "numbers",
            mark("Phones"),
            "lines",
            value="\n".join(map(str, profile.numbers)),
            longest=4000,
            read=partial(_numbers, profile.country),
            hint=mark("One a line. Rings from them are known; the first one is called back."),
        ),
        switch(
            "own_phones_only", mark("Only these phones are rung first"), profile.own_phones_only
        ),
        switch(
            "loss_guard",
            mark("Refuse calls that cost more than they are sold for"),
            profile.loss_guard,
        ),
    )


def _owner(profile: Profile) -> Field:
    return Field(
        "owner",
        mark("Owner"),
        value=profile.owner or "",
        read=partial(check_id, "owner"),
        hint=mark("The user that it belongs to: those who see their own accounts only see it."),
    )


def _reason() -> Field:
    return Field("note", mark("Why"), required=True)


def _amount(currency: str, hint: str = "") -> Field:
    read = partial(_money, currency)
    return Field(
        "amount", mark("Amount"), "amount", required=True, read=read, hint=hint, unit=currency
    )


def _money(currency: str, text: str) -> Money:
    return Money.parse(text, currency)


def _numbers(country: str, text: str) -> tuple[PhoneNumber, ...]:
    lines = [line for line in text.splitlines() if line.strip()]
    return tuple(dict.fromkeys(parse_number(line, country) for line in lines))
