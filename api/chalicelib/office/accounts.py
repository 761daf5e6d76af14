"""Accounts: found, opened, changed, blocked."""

from collections.abc import Callable, Iterable
from typing import Any

from chalicelib.office.account_bodies import (
    AccountChanges,
    AccountSearch,
    NewAccount,
    OfficeAccount,
    TermsChanges,
)
from chalicelib.office.bodies import page_of
from chalicelib.office.request import OfficeRequest, hide, versioned
from chalicelib.office.route import Route
from switchboard.billing.account import Account, AccountType, Profile
from switchboard.calls.manners import Manners
from switchboard.desk import profiles
from switchboard.desk.accounts import Terms
from switchboard.desk.office import accounts as office
from switchboard.desk.office.accounts import NewLimits, Search
from switchboard.desk.pins import currency_of
from switchboard.desk.profiles import Changes, rules_instead
from switchboard.money import parse_units
from switchboard.numbering import PhoneNumber, parse_number
from switchboard.wire import Body, operators_account_body

MONEY = ("balance", "held", "available", "credit_limit", "daily_limits", "spent_today")
# What changes by itself: by calls, and as time goes by.
MOVING = ("balance", "held", "available", "spent_today", "sheet", "plan")
STATUSES = {"active": True, "blocked": False}
MANNERS = ("confirm", "tell_balance", "tell_limit", "ask_next", "show_number")
ALIKE = ("name", "country", "language", "time_zone", "loss_guard", "own_phones_only")
# Null takes these away.
MAY_MISS = ("email", "tax_id", "login", "owner")


def account_shown(request: OfficeRequest, account: Account) -> Body:
    """An account with as much of its money as whoever asks may see."""
    body = operators_account_body(account, request.ports.clock.now())
    shown = versioned(body, but=MOVING)
    return shown if request.by.sees_money else hide(shown, *MONEY)


def known_account(request: OfficeRequest) -> Account:
    """The account in the path, if it is still what whoever asks knows of it."""
    account = office.find_account(request.ports, request.by, request.part("account"))
    request.check_version(account_shown(request, account))
    return account


def list_accounts(request: OfficeRequest) -> Body:
    asked: AccountSearch = request.query
    search = Search(
        asked.q.strip(),
        None if asked.status is None else STATUSES[asked.status],
        None if asked.type is None else AccountType(asked.type),
        by_name=asked.sort == "name",
    )
    page = office.list_accounts(request.ports, request.by, search, **request.part_of_list)
    return request.listed(page, lambda account: account_shown(request, account))


def show_account(request: OfficeRequest) -> Body:
    return account_shown(request, known_account(request))


def open_account(request: OfficeRequest) -> Body:
    asked: NewAccount = request.body
    ports, now = request.ports, request.ports.clock.now()
    currency = currency_of(ports, asked.sheet, asked.currency)
    blank = Profile(asked.account, asked.name or asked.account, currency, asked.sheet)
    said = {**_customer(request, asked, blank), **_terms(asked, blank), "sheet": None}
    limits = _limits(asked)
    usual = Terms()
    terms = Terms(
        opening_micros=_micros(asked.balance),
        credit_limit_micros=limits.credit_limit_micros or usual.credit_limit_micros,
        max_callbacks=usual.max_callbacks if asked.max_callbacks is None else asked.max_callbacks,
        limits={scope: micros for scope, micros in limits.spend.items() if micros is not None},
    )
    profile = profiles.changed(blank, Changes(**said), now)
    return account_shown(request, office.open_account(ports, request.by, profile, terms))


def change_account(request: OfficeRequest) -> Body:
    profile, asked = known_account(request).profile, request.body
    changes = Changes(**_customer(request, asked, profile))
    return account_shown(
        request, office.change_profile(request.ports, request.by, profile.account, changes)
    )


def change_terms(request: OfficeRequest) -> Body:
    profile, asked = known_account(request).profile, request.body
    changes, limits = Changes(**_terms(asked, profile)), _limits(asked)
    return account_shown(
        request, office.change_account(request.ports, request.by, profile.account, changes, limits)
    )


def block_account(request: OfficeRequest) -> Body:
    return _done(request, office.block_account)


def unblock_account(request: OfficeRequest) -> Body:
    return _done(request, office.unblock_account)


def _done(request: OfficeRequest, use_case: Callable[..., None]) -> Body:
    name = known_account(request).profile.account
    use_case(request.ports, request.by, name)
    return account_shown(request, office.find_account(request.ports, request.by, name))


def _customer(request: OfficeRequest, asked: AccountChanges, old: Profile) -> dict[str, Any]:
    """What is said of a customer, as changes of a profile."""
    said = asked.said()
    changes = {name: said[name] for name in ALIKE if name in said}
    changes |= {name: said[name] or "" for name in MAY_MISS if name in said}
    changes["manners"] = Manners(**{name: said[name] for name in MANNERS if name in said})
    if asked.password is not None:
        changes["password_hash"] = request.wiring.passwords.hash(asked.password)
    if asked.numbers is not None:
        numbers = _numbers(asked.numbers, asked.country or old.country)
        changes["add_numbers"] = numbers
        # In the order in which they are named: the first one is the default.
        changes["remove_numbers"] = old.numbers if numbers != old.numbers else ()
    return changes


def _terms(asked: TermsChanges, old: Profile) -> dict[str, Any]:
    """What is said of what a customer pays and may call, as changes of a profile."""
    changes: dict[str, Any] = {
        "type": None if asked.type is None else AccountType(asked.type),
        "sheet": asked.sheet,
        "from_at": asked.since,
        "valid_until": asked.valid_until,
        "valid_days": asked.valid_days,
    }
    if "plan" in asked.said():
        changes["plan"] = asked.plan or ""
    rules = rules_instead(
        old,
        allowed=asked.allowed_prefixes,
        forbidden=asked.forbidden_prefixes,
        classes=asked.allowed_classes,
    )
    return {**changes, **rules}


def _limits(asked: TermsChanges) -> NewLimits:
    spend = (asked.daily_limits or {}).items()
    return NewLimits(
        None if asked.credit_limit is None else _micros(asked.credit_limit),
        asked.max_callbacks,
        {scope: None if limit is None else _micros(limit) for scope, limit in spend},
    )


def _micros(amount: str) -> int:
    return parse_units(amount, decimals=6)


def _numbers(texts: Iterable[str], country: str) -> tuple[PhoneNumber, ...]:
    return tuple(dict.fromkeys(parse_number(text, country) for text in texts))


ROUTES = (
    Route(
        "GET",
        "/accounts",
        list_accounts,
        (office.list_accounts,),
        "List accounts, or find some",
        page_of(OfficeAccount),
        query=AccountSearch,
    ),
    Route(
        "POST",
        "/accounts",
        open_account,
        (office.open_account,),
        "Open an account; other terms than the usual ones need money:change, too",
        OfficeAccount,
        status=201,
        body=NewAccount,
        example={
            "account": "bob",
            "sheet": "retail",
            "country": "GB",
            "numbers": ["+442079460124"],
        },
        refused_with=(404, 409, 422),
    ),
    Route(
        "GET",
        "/accounts/{account}",
        show_account,
        (office.find_account,),
        "Show an account",
        OfficeAccount,
    ),
    Route(
        "PATCH",
        "/accounts/{account}",
        change_account,
        (office.find_account, office.change_profile),
        "Change who a customer is, and how they are spoken to",
        OfficeAccount,
        body=AccountChanges,
        example={"name": "Alice Liddell", "language": "fr", "email": None},
        refused_with=(409, 422),
        versioned=True,
    ),
    Route(
        "PATCH",
        "/accounts/{account}/terms",
        change_terms,
        (office.find_account, office.change_profile, office.change_account),
        "Change what a customer pays, may spend and may call",
        OfficeAccount,
        body=TermsChanges,
        example={"max_callbacks": 3, "daily_limits": {"all": "20.00"}},
        refused_with=(409, 422),
        versioned=True,
    ),
    Route(
        "POST",
        "/accounts/{account}/block",
        block_account,
        (office.find_account, office.block_account),
        "Let an account place no more callbacks",
        OfficeAccount,
    ),
    Route(
        "POST",
        "/accounts/{account}/unblock",
        unblock_account,
        (office.find_account, office.unblock_account),
        "Let an account place callbacks again",
        OfficeAccount,
    ),
)
