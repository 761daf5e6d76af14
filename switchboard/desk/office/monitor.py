"""What runs now, as operators see it."""

from switchboard.calls.minutes import Live
from switchboard.desk import monitor
from switchboard.desk.office.rights import needs
from switchboard.ports import Ports
from switchboard.staff.rights import Action, Area
from switchboard.staff.users import Operator


@needs(Area.CALLS, Action.SEE)
def look(ports: Ports, _by: Operator) -> Live:
    """How the fleet is now."""
    return monitor.live(ports)
