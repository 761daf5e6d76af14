"""Service numbers: added, changed and removed by the operator."""

from switchboard.billing.service_number import ServiceNumber
from switchboard.errors import Conflict, NotFound
from switchboard.numbering import PhoneNumber
from switchboard.ports import Ports


def add_service_number(ports: Ports, service: ServiceNumber) -> None:
    """Add a number. AlreadyExists where it is in use; NotFound where its account does not exist."""
    _check_account(ports, service)
    ports.accounts.add_service_number(service)


def find_service_number(ports: Ports, number: PhoneNumber) -> ServiceNumber:
    """A service number. NotFound where it is none."""
    found = ports.accounts.look_up(None, number).service
    if found is None:
        raise NotFound(f"{number} is not a service number")
    return found


def change_service_number(ports: Ports, old: ServiceNumber, new: ServiceNumber) -> None:
    """Replace a number by itself with other terms. Conflict where it is no longer `old`."""
    _check_account(ports, new)
    if not ports.accounts.change_service_number(old, new):
        raise Conflict(f"{old.number} is being changed by somebody else")


def remove_service_number(ports: Ports, number: PhoneNumber) -> None:
    """Take a number away. NotFound where it is none."""
    if not ports.accounts.remove_service_number(number):
        raise NotFound(f"{number} is not a service number")


def _check_account(ports: Ports, service: ServiceNumber) -> None:
    if service.account is not None:
        ports.accounts.get(service.account)
