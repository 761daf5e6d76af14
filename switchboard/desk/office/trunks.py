"""Trunks, as operators see and change them. By which sheet one costs is hidden from who sees no
costs."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from switchboard.calls.trunk import Trunk
from switchboard.desk import trunks
from switchboard.desk.office.rights import log, needs
from switchboard.desk.trunk_health import FleetHealth, trunk_health
from switchboard.desk.trunks import TrunkChanges
from switchboard.errors import AlreadyExists, NoReply, NotAllowed, NotFound
from switchboard.ports import Ports
from switchboard.ports.carriers import AskTrunk, Reply
from switchboard.staff.audit import Change, changes_between
from switchboard.staff.rights import Action, Area
from switchboard.staff.users import Operator

Known = tuple[Trunk, FleetHealth]

_PARTS = ("link", "caller_id")


@needs(Area.TRUNKS, Action.SEE)
def list_trunks(ports: Ports, by: Operator) -> Sequence[Known]:
    """Every trunk, by priority, and how the workers find it."""
    found = ports.trunks.all(fresh=True)
    health = trunk_health(ports, found)
    return [(_shown(by, trunk), health[trunk.name]) for trunk in found]


@needs(Area.TRUNKS, Action.SEE)
def find_trunk(ports: Ports, by: Operator, name: str) -> Known:
    """A trunk, and how the workers find it. NotFound where there is none."""
    trunk = trunks.find_trunk(ports, name)
    return _shown(by, trunk), trunk_health(ports, [trunk])[name]


@needs(Area.TRUNKS, Action.CHANGE, writes=False)
def sheets_for_costs(ports: Ports, by: Operator) -> Sequence[str]:
    """The names of the sheets that can say what a trunk costs; none for who sees no costs."""
    return [] if by.role.hides_costs else ports.sheets.names()


@needs(Area.TRUNKS, Action.CHANGE)
def add_trunk(ports: Ports, by: Operator, name: str, address: str, changes: TrunkChanges) -> Trunk:
    """A new trunk at this address, with all that is said of it. AlreadyExists where its name is
    taken; refuses as `save_trunk` does."""
    _check_costs(by, changes)
    new = changes.over(Trunk.parse(name, address, priority=10, credentials=None))
    if any(trunk.name == name for trunk in ports.trunks.all(fresh=True)):
        raise AlreadyExists(f"there is a trunk {name} already")
    trunks.save_trunk(ports, new)
    log(ports, by, "add", f"trunk {name}", list(_changes(None, new)))
    return _shown(by, new)


@needs(Area.TRUNKS, Action.CHANGE)
def change_trunk(ports: Ports, by: Operator, name: str, changes: TrunkChanges) -> Trunk:
    """The trunk with these changes, which workers notice within ten seconds; refuses as
    `save_trunk` does."""
    _check_costs(by, changes)
    old = trunks.find_trunk(ports, name)
    new = trunks.save_trunk(ports, changes.over(old))
    if new != old:
        log(ports, by, "change", f"trunk {name}", list(_changes(old, new)))
    return _shown(by, new)


@needs(Area.TRUNKS, Action.CHANGE)
def remove_trunk(ports: Ports, by: Operator, name: str) -> None:
    """Send no more legs over a trunk, and forget it. NotFound where there is none."""
    old = trunks.find_trunk(ports, name)
    if not ports.trunks.remove(name):
        raise NotFound(f"there is no trunk {name}")
    log(ports, by, "remove", f"trunk {name}", list(_changes(old, None)))


@needs(Area.TRUNKS, Action.CHANGE)
def ask_trunk(ports: Ports, by: Operator, ask: AskTrunk, name: str) -> Reply:
    """What a trunk answers when it is asked for its options. NoReply where it is silent."""
    trunk = trunks.find_trunk(ports, name)
    try:
        reply = ask(trunk)
    except NoReply as silence:
        log(ports, by, "test", f"trunk {name}", [Change("answer", "", silence.message)])
        raise
    log(ports, by, "test", f"trunk {name}", [Change("answer", "", str(reply))])
    return reply


def _shown(by: Operator, trunk: Trunk) -> Trunk:
    return replace(trunk, cost_sheet=None) if by.role.hides_costs else trunk


def _check_costs(by: Operator, changes: TrunkChanges) -> None:
    """A sheet that is no trunk's costs any more would be one that everybody sees."""
    if by.role.hides_costs and changes.cost_sheet is not None:
        raise NotAllowed("what a trunk costs is hidden from you, and not yours to change")


def _changes(old: Trunk | None, new: Trunk | None) -> Iterator[Change]:
    """Part by part what differs: of the link and of the caller ID, too."""
    yield from (change for change in changes_between(old, new) if change.what not in _PARTS)
    for part in _PARTS:
        yield from changes_between(*(one and getattr(one, part) for one in (old, new)))
