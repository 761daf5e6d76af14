"""What is asked for of an account, and what it means."""

from functools import partial

from chalicelib.admin.console import Console
from chalicelib.admin.forms import Choices, Entered, Field, switch
from chalicelib.translation import mark
from switchboard.billing.account import Profile, check_id, check_language, check_time_zone
from switchboard.desk.profiles import Changes
from switchboard.money import Money
from switchboard.numbering import PhoneNumber, check_country, parse_number

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
