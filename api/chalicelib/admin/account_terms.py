"""What an account pays, may spend and may call."""

from collections.abc import Mapping
from datetime import UTC, datetime
from functools import partial
from zoneinfo import ZoneInfo

from chalice.app import Response

from chalicelib.admin.account import crumbs_of, path_of
from chalicelib.admin.account_fields import limit, limit_fields, sheet_field, type_field
from chalicelib.admin.console import Console, Pages
from chalicelib.admin.forms import Entered, Field, FormsOf, ask
from chalicelib.admin.reading import day, lines_of, whole
from chalicelib.translation import mark
from switchboard.billing.account import Account, AccountType, Profile
from switchboard.desk.accounts import check_limits, read_class_limit
from switchboard.desk.office import accounts as office
from switchboard.desk.office.accounts import NewLimits
from switchboard.desk.profiles import Changes, changed, prefix_of, rules_instead
from switchboard.errors import Malformed
from switchboard.ledger.spend import ALL
from switchboard.money import format_micros


def add_to(pages: Pages) -> None:
    """The form."""
    pages.ask("/admin/accounts/{id}/terms", change_terms)


def change_terms(console: Console) -> Response:
    name = console.part("id")
    account = office.find_account(console.ports, console.by, name)

    def act(entered: Entered) -> Response:
        ports, changes = console.ports, _changes(account.profile, entered)
        limits = _limits(account, entered)
        # Checked before, so that nothing is changed by half.
        becomes = changed(account.profile, changes, ports.clock.now())
        check_limits(becomes, entered["credit_limit"], entered["max_callbacks"])
        office.change_account(ports, console.by, name, changes, limits)
        return console.go(path_of(name), console.say(mark("The account was changed.")))

    console.by.check(office.CHANGE_ACCOUNTS)
    console.by.check(office.CHANGE_MONEY)
    forms = FormsOf(path_of(name), crumbs_of(name), office.change_account)
    form = forms.form(mark("Terms"), mark("Save"), fields=_fields(console, account))
    return ask(console, form, act)


def _fields(console: Console, account: Account) -> tuple[Field, ...]:
    profile, balance = account.profile, account.balance
    choices = office.choices_for_accounts(console.ports, console.by)
    sheet = profile.sheet_at(console.ports.clock.now())
    zone = profile.time_zone
    return (
        type_field(profile.type),
        sheet_field(sorted({*choices.sheets, sheet}), sheet),
        Field("since", mark("From"), "date", read=partial(_day, zone), hint=_SINCE),
        *limit_fields(format_micros(balance.credit_limit_micros), balance.max_callbacks),
        *_daily(balance.limits),
        _prefixes("allowed", mark("Allowed prefixes"), profile.allowed_prefixes, _ONLY),
        _prefixes("forbidden", mark("Forbidden prefixes"), profile.forbidden_prefixes),
        Field(
            "classes",
            mark("Classes allowed to it that are blocked for others"),
            "checks",
            values=profile.allowed_classes,
            choices=[
                (one, one) for one in dict.fromkeys((*choices.classes, *profile.allowed_classes))
            ],
        ),
        Field(
            "valid_until",
            mark("Valid until"),
            "date",
            value=_shown_day(profile),
            read=partial(_day, zone),
            hint=mark("To the beginning of that day, by the account's days. Empty: always."),
        ),
        Field(
            "valid_days",
            mark("Valid for days"),
            "number",
            value=str(profile.valid_days or ""),
            longest=5,
            read=whole,
            hint=mark("From its next use on, when they take the place of that day."),
        ),
    )


_SINCE = mark("From when the rate sheet counts, by the account's days. Empty: now.")
_ONLY = mark("One a line; if there are any, it may call these only. * is all numbers.")


def _daily(limits: Mapping[str, int]) -> tuple[Field, ...]:
    of_all = limits.get(ALL)
    of_classes = [
        f"{scope}={format_micros(micros)}"
        for scope, micros in sorted(limits.items())
        if scope != ALL
    ]
    return (
        Field(
            "daily_limit",
            mark("Daily limit"),
            value="" if of_all is None else format_micros(of_all),
            longest=20,
            read=limit,
            hint=mark("Empty: none."),
        ),
        Field(
            "class_limits",
            mark("Daily limits of classes"),
            "lines",
            value="\n".join(of_classes),
            longest=4000,
            read=_class_limits,
            hint=mark("Like premium=5.00, one a line."),
        ),
    )


def _prefixes(name: str, label: str, prefixes: tuple[str, ...], hint: str = "") -> Field:
    return Field(
        name,
        label,
        "lines",
        value="\n".join(prefixes),
        longest=10_000,
        read=lambda text: tuple(map(prefix_of, lines_of(text))),
        hint=hint,
    )


def _class_limits(text: str) -> dict[str, int]:
    read = {}
    for scope, micros in map(read_class_limit, lines_of(text)):
        if micros is not None and micros < 0:
            raise Malformed("a limit is not negative")
        if micros is not None:
            read[scope] = micros
    return read


def _day(zone: str, text: str) -> datetime:
    return day(text).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


def _shown_day(profile: Profile) -> str:
    until = profile.valid_until
    return "" if until is None else f"{until.astimezone(ZoneInfo(profile.time_zone)):%Y-%m-%d}"


def _changes(profile: Profile, entered: Entered) -> Changes:
    until, shown = entered["valid_until"] or None, _shown_day(profile)
    days = None if entered["valid_days"] == "" else entered["valid_days"]
    # An instant within the day that was shown stays.
    if until == (_day(profile.time_zone, shown) if shown else None):
        until = profile.valid_until
    return Changes(
        type=AccountType(entered["type"]),
        sheet=entered["sheet"],
        from_at=entered["since"] or None,
        valid_until=until,
        valid_days=days,
        valid_always=until is None and days is None,
        **rules_instead(
            profile,
            allowed=entered["allowed"],
            forbidden=entered["forbidden"],
            classes=entered["classes"],
        ),
    )


def _limits(account: Account, entered: Entered) -> NewLimits:
    daily = dict(entered["class_limits"] or {})
    if entered["daily_limit"] != "":
        daily[ALL] = entered["daily_limit"]
    gone = dict.fromkeys(account.balance.limits.keys() - daily.keys())
    return NewLimits(entered["credit_limit"], entered["max_callbacks"], {**gone, **daily})
