"""Permission: whether an account may have a callback between two phones, before money is asked."""

from dataclasses import replace

from switchboard.billing.account import Account
from switchboard.billing.classes import DestinationClass
from switchboard.billing.limits import check_customer, check_destination, check_valid, spend_of
from switchboard.desk.pins import check_batch
from switchboard.desk.velocity import count_stranger
from switchboard.errors import Conflict, NotAllowed, SameNumber, UnconfirmedNumber
from switchboard.ledger.spend import Spend
from switchboard.numbering import PhoneNumber, has_trunk_prefix
from switchboard.ports import Ports


def permit(
    ports: Ports, account: Account, customer: PhoneNumber, destination: PhoneNumber | None
) -> Spend:
    """What the callback counts for of the account's daily limits.

    Refuses an account whose validity is over, or whose batch is blocked, and numbers that it may
    not call: NotAllowed and its kinds, AccountBlocked.
    """
    if customer == destination:
        raise SameNumber("a phone cannot be connected with itself")
    for number in filter(None, (customer, destination)):
        if has_trunk_prefix(number):
            raise NotAllowed("that number has a digit too many behind its country code")
        # It would order the next callback, and that another.
        if ports.accounts.is_service_number(number):
            raise NotAllowed("a service number cannot be called back or be called")
    profile, now, classes = account.profile, ports.clock.now(), ports.settings.classes()
    check_valid(profile, now)
    if profile.batch is not None:
        check_batch(ports, profile.batch)
    check_customer(profile, classes, customer)
    if destination is not None:
        check_destination(profile, classes, destination)
    return spend_of(account, classes, customer, destination, now)


def permit_named(ports: Ports, account: Account, customer: PhoneNumber) -> None:
    """Whether a phone may be rung first that whoever ordered has named. One that the account has
    confirmed may. Two strangers are connected too, since operators' customers count on that
    (design §9), but so often and no more (TooOften), and not for an account that is to have its
    own phones rung only (UnconfirmedNumber)."""
    if customer in account.profile.numbers:
        return
    if account.profile.own_phones_only:
        raise UnconfirmedNumber(
            f"{customer} must be confirmed before it is rung: text R.{customer}, or add it to your"
            " phones"
        )
    count_stranger(ports, account.profile.account, customer)


def change_class(
    ports: Ports,
    name: str,
    *,
    add: tuple[str, ...] = (),
    remove: tuple[str, ...] = (),
    blocked: bool | None = None,
) -> DestinationClass:
    """A class with other prefixes, or a new one; with None it stays as blocked as it is, and a new
    one is not."""
    classes = ports.settings.classes(fresh=True)
    old = classes.find(name) or DestinationClass(name)
    kept = tuple(prefix for prefix in old.prefixes if prefix not in remove)
    new = replace(
        old,
        prefixes=tuple(dict.fromkeys([*kept, *add])),
        blocked=old.blocked if blocked is None else blocked,
    )
    ports.settings.save_classes(classes.with_class(new))
    return new


def reset_class(ports: Ports, name: str) -> DestinationClass | None:
    """A class as it is built in; one that is not goes, and leaves None: Conflict where an account
    has a right or a limit for it."""
    changed = ports.settings.classes(fresh=True).reset(name)
    if name not in changed.names:
        for account in ports.accounts.all():
            if name in account.profile.allowed_classes or name in account.balance.limits:
                raise Conflict(f"account {account.profile.account} has a rule for class {name}")
    ports.settings.save_classes(changed)
    return changed.find(name)
