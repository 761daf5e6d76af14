"""Phone bridges, as operators see, admit and revoke them."""

import secrets
from collections.abc import Sequence

from switchboard.calls.bridge import Bridge
from switchboard.desk import bridges
from switchboard.desk.office.rights import log, needs
from switchboard.errors import NotFound
from switchboard.ports import Ports
from switchboard.staff.audit import changes_between
from switchboard.staff.rights import Action, Area
from switchboard.staff.users import Operator

TOKEN_BYTES = 32
# Nobody counts further; texts wait for ten minutes.
MOST_WAITING = 100


@needs(Area.BRIDGES, Action.SEE)
def list_bridges(ports: Ports, _by: Operator) -> Sequence[Bridge]:
    """Every bridge with its last heartbeat, by name."""
    return ports.bridges.all()


@needs(Area.BRIDGES, Action.SEE)
def find_bridge(ports: Ports, _by: Operator, name: str) -> Bridge:
    """A bridge with its last heartbeat. NotFound where there is none."""
    return _known(ports, name)


@needs(Area.BRIDGES, Action.SEE)
def waiting_texts(ports: Ports, _by: Operator, name: str) -> int:
    """How many texts wait for a bridge to fetch them, up to a hundred."""
    return len(ports.bridges.outbox(name, ports.clock.now(), limit=MOST_WAITING))


@needs(Area.BRIDGES, Action.CHANGE)
def add_bridge(ports: Ports, by: Operator, name: str) -> str:
    """The token of a new bridge: to be shown once. AlreadyExists where the name is taken."""
    token = bridges.add_bridge(ports, name, secrets.token_urlsafe(TOKEN_BYTES))
    log(ports, by, "add", f"bridge {name}", changes_between(None, ports.bridges.find(name)))
    return token


@needs(Area.BRIDGES, Action.CHANGE)
def revoke_bridge(ports: Ports, by: Operator, name: str) -> None:
    """Accept nothing from a bridge any more, and drop the texts that wait for it. NotFound where
    there is none."""
    old = _known(ports, name)
    bridges.revoke_bridge(ports, name)
    log(ports, by, "revoke", f"bridge {name}", changes_between(old, None))


def _known(ports: Ports, name: str) -> Bridge:
    found = ports.bridges.find(name)
    if found is None:
        raise NotFound(f"there is no bridge {name}")
    return found
