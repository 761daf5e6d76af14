"""Velocity: how often callbacks may be ordered (design §11); a caller ID is no proof."""

from datetime import timedelta

from switchboard.errors import TooOften
from switchboard.numbering import PhoneNumber
from switchboard.ports import Limit, Ports

# More often, nobody means it: somebody has found out which caller ID makes that phone ring.
RINGS_OF_A_PHONE = Limit(12, timedelta(hours=1))
# A program that went mad, or fell into other hands.
ORDERS_OF_AN_ACCOUNT = Limit(120, timedelta(minutes=10))
# Somebody who tries many accounts' tokens; offices share an address.
ORDERS_OF_AN_ADDRESS = Limit(120, timedelta(minutes=1))

# A phone that is no account's, or another's: its holder did not ask for us, and may be a victim.
RINGS_OF_A_STRANGER = Limit(30, timedelta(hours=1))
STRANGERS_OF_AN_ACCOUNT = Limit(120, timedelta(hours=1))


def count_ring(ports: Ports, customer: PhoneNumber) -> None:
    """TooOften where this phone was rung back too often; a write."""
    _count(ports, f"ring#{customer}", RINGS_OF_A_PHONE)


def count_order(ports: Ports, account: str, address: str) -> None:
    """TooOften where this account, or whoever is at this address, orders too often; two writes."""
    _count(ports, f"order#account#{account}", ORDERS_OF_AN_ACCOUNT)
    _count(ports, f"order#address#{address}", ORDERS_OF_AN_ADDRESS)


def count_stranger(ports: Ports, account: str, customer: PhoneNumber) -> None:
    """TooOften where this phone was rung first too often for accounts that it does not belong to,
    or where this account has such phones rung too often; two writes."""
    _count(ports, f"stranger#{customer}", RINGS_OF_A_STRANGER)
    _count(ports, f"strangers#account#{account}", STRANGERS_OF_AN_ACCOUNT)


def _count(ports: Ports, key: str, limit: Limit) -> None:
    now = ports.clock.now()
    if not ports.throttle.take(key, limit, now):
        wait = limit.ends_at(now) - now
        raise TooOften("too many callbacks were ordered in a short time: wait a while", wait)
