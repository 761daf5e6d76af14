"""Service numbers and DIDs, as operators see and change them."""

from collections.abc import Iterator, Mapping

from switchboard.billing.service_number import ServiceNumber
from switchboard.desk import service_numbers
from switchboard.desk.office.known import own_account
from switchboard.desk.office.rights import log, needs
from switchboard.errors import NotAllowed, NotFound
from switchboard.numbering import PhoneNumber
from switchboard.ports import Page, Ports
from switchboard.staff.audit import Change, changes_between
from switchboard.staff.rights import Action, Area
from switchboard.staff.users import Operator

# Read for one page where few of them are asked for.
MOST_PARTS = 10


@needs(Area.NUMBERS, Action.SEE)
def list_numbers(
    ports: Ports, by: Operator, text: str = "", *, limit: int, cursor: str | None = None
) -> Page[ServiceNumber]:
    """A part of the numbers, in their order, that have these digits, or an account whose id begins
    so. A part may be shorter than the limit, or empty, and not the last."""
    is_number = not text.strip("+ -().0123456789")
    digits = "".join(filter(str.isdigit, text)) if is_number else ""
    account = "" if is_number else text.lower()
    found: list[ServiceNumber] = []
    for _ in range(MOST_PARTS):
        page = ports.accounts.service_page(digits, limit=limit - len(found), cursor=cursor)
        found += [
            service
            for service in page.items
            if (service.account or "").startswith(account) and _is_own(ports, by, service)
        ]
        cursor = page.cursor
        if cursor is None or len(found) == limit:
            break
    return Page(found, cursor)


@needs(Area.NUMBERS, Action.SEE)
def find_number(ports: Ports, by: Operator, number: PhoneNumber) -> ServiceNumber:
    """A service number. NotFound where it is none, or none for this operator."""
    return _own_number(ports, by, number)


@needs(Area.NUMBERS, Action.SEE)
def refused_today(ports: Ports, by: Operator, number: PhoneNumber) -> Mapping[str, int]:
    """How many rings on a number were refused today (UTC), by reason."""
    service = _own_number(ports, by, number)
    return ports.rings.refused(service.number, ports.clock.now().date())


@needs(Area.NUMBERS, Action.CHANGE)
def add_number(ports: Ports, by: Operator, service: ServiceNumber) -> None:
    """Add a number. AlreadyExists where it is in use; NotFound where its account does not exist."""
    _check_owner(ports, by, service)
    service_numbers.add_service_number(ports, service)
    log(ports, by, "add", f"number {service.number}", list(_changes(None, service)))


@needs(Area.NUMBERS, Action.CHANGE)
def change_number(ports: Ports, by: Operator, old: ServiceNumber, new: ServiceNumber) -> None:
    """Replace a number by itself with other terms. Conflict where it is no longer `old`."""
    _check_owner(ports, by, old)
    _check_owner(ports, by, new)
    service_numbers.change_service_number(ports, old, new)
    if new != old:
        log(ports, by, "change", f"number {old.number}", list(_changes(old, new)))


@needs(Area.NUMBERS, Action.CHANGE)
def remove_number(ports: Ports, by: Operator, number: PhoneNumber) -> None:
    """Take no more orders through a number. NotFound where it is none."""
    old = _own_number(ports, by, number)
    service_numbers.remove_service_number(ports, number)
    log(ports, by, "remove", f"number {number}", list(_changes(old, None)))


def _own_number(ports: Ports, by: Operator, number: PhoneNumber) -> ServiceNumber:
    service = service_numbers.find_service_number(ports, number)
    if not _is_own(ports, by, service):
        raise NotFound(f"{number} is not a service number")
    return service


def _is_own(ports: Ports, by: Operator, service: ServiceNumber) -> bool:
    """Whether this operator may know of it: those with their own accounts only have the numbers of
    these."""
    if not by.role.own_accounts_only:
        return True
    return service.account is not None and by.has(ports.accounts.get(service.account).profile)


def _check_owner(ports: Ports, by: Operator, service: ServiceNumber) -> None:
    if service.account is not None:
        own_account(ports, by, service.account)
    elif by.role.own_accounts_only:
        raise NotAllowed("a number of yours belongs to an account of yours")


def _changes(old: ServiceNumber | None, new: ServiceNumber | None) -> Iterator[Change]:
    """What differs, manner by manner."""
    yield from (change for change in changes_between(old, new) if change.what != "manners")
    yield from changes_between(old and old.manners, new and new.manners)
