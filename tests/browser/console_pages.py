"""The pages of the console that no list names: most are forms, which differ in fields only."""

import re

from switchboard.billing.batches import Batch, BatchKind
from switchboard.desk.trunks import set_exchange
from switchboard.ports import Ports
from switchboard.staff.rights import Role
from tests.fakes.clerks import CHECKED, PINS, leave_jobs
from tests.fakes.console_pages import PAGES, PARTS
from tests.fakes.doors import DEAD, furnish_doors

DECK, PREVIEW = f"{8:032x}", f"{9:032x}"
# Files, and parts of pages.
NO_PAGES = re.compile(r"/(now|day|progress|pcap)$|/files/\{file\}$")
HERE = {
    **PARTS,
    "callback": DEAD,
    "job": PINS,
    "file": "winter.csv",
    "check": CHECKED,
    "upload": DECK,
    "preview": PREVIEW,
    "plan": "travel",
    "bucket": "europe",
    "group": "europe",
}


def other_pages(named: dict[str, str]) -> dict[str, str]:
    """All but these, by the names of their pictures."""
    known = {path.partition("?")[0] for path in named.values()}
    left = [path for path in PAGES if not NO_PAGES.search(path) and not _is_in(known, path)]
    return {_name_of(path): path.format_map(HERE) for path in left}


def furnish_pages(ports: Ports) -> None:
    """Something for each of them, but for plans and rates."""
    leave_jobs(ports)
    furnish_doors(ports)
    ports.staff.add_role(Role("guests"))
    set_exchange(ports, "USD", "EUR", 900_000_000_000)
    now = ports.clock.now()
    for name in ("summer", "winter-2026-for-the-resellers-of-the-north"):
        ports.pins.start(Batch(name, BatchKind.VOUCHERS, 500, 12, "EUR", now, 1_000_000))


def _name_of(path: str) -> str:
    return path.removeprefix("/admin/").translate(str.maketrans("/", "-", "{}"))


def _is_in(known: set[str], path: str) -> bool:
    address = re.compile(re.sub(r"\\{\w+\\}", "[^/]+", re.escape(path)))
    return any(map(address.fullmatch, known))
