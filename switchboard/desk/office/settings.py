"""Settings of the whole system, as operators see and change them: classes and velocity."""

from switchboard.billing.classes import Classes, DestinationClass
from switchboard.calls.velocity import Limit, Velocity
from switchboard.desk import permission, velocity
from switchboard.desk.office.known import untold_accounts
from switchboard.desk.office.rights import log, needs
from switchboard.ports import Ports
from switchboard.staff.audit import Change, changes_between, members_changed
from switchboard.staff.rights import Action, Area
from switchboard.staff.users import Operator


@needs(Area.SYSTEM, Action.SEE)
def see_classes(ports: Ports, _by: Operator) -> Classes:
    """The classes of destinations."""
    return ports.settings.classes(fresh=True)


@needs(Area.SYSTEM, Action.CHANGE)
def change_class(
    ports: Ports,
    by: Operator,
    name: str,
    *,
    add: tuple[str, ...] = (),
    remove: tuple[str, ...] = (),
    blocked: bool | None = None,
) -> DestinationClass:
    """A class with other prefixes, or a new one, as the desk makes it."""
    old = ports.settings.classes(fresh=True).find(name)
    new = permission.change_class(ports, name, add=add, remove=remove, blocked=blocked)
    _log(ports, by, name, old, new)
    return new


@needs(Area.SYSTEM, Action.CHANGE)
def reset_class(ports: Ports, by: Operator, name: str) -> DestinationClass | None:
    """A class as it is built in; one that is not goes. Conflict where an account has a rule for
    it."""
    old = ports.settings.classes(fresh=True).find(name)
    with untold_accounts(by):
        new = permission.reset_class(ports, name)
    _log(ports, by, name, old, new)
    return new


@needs(Area.SYSTEM, Action.SEE)
def see_velocity(ports: Ports, _by: Operator) -> Velocity:
    """How often what may happen."""
    return ports.settings.velocity(fresh=True)


@needs(Area.SYSTEM, Action.CHANGE)
def change_velocity(ports: Ports, by: Operator, name: str, limit: Limit | None) -> Velocity:
    """All limits, this one changed, or as it is built in with None."""
    old = ports.settings.velocity(fresh=True)
    new = velocity.change_velocity(ports, name, limit)
    was, became = old.named()[name], new.named()[name]
    if was != became:
        log(ports, by, "change", f"limit {name}", [Change("limit", str(was), str(became))])
    return new


def _log(
    ports: Ports,
    by: Operator,
    name: str,
    old: DestinationClass | None,
    new: DestinationClass | None,
) -> None:
    if new != old:
        deed = "add" if old is None else "remove" if new is None else "change"
        changes = [one for one in changes_between(old, new) if one.what == "blocked"]
        prefixes = (one.prefixes if one else () for one in (old, new))
        log(ports, by, deed, f"class {name}", [*changes, *members_changed("prefixes", *prefixes)])
