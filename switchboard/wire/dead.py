"""Dead orders, for those who run the system."""

from datetime import datetime

from switchboard.calls.dead import Dead
from switchboard.wire.callbacks import callback_body
from switchboard.wire.forms import Body, instant

OF_THE_CALLBACK = ("status", "from", "to", "requested_at", "expires_at", "ending")


def dead_body(dead: Dead, now: datetime) -> Body:
    """An order that no worker could serve, with its callback where that can be read."""
    callback = dead.callback
    known = {} if callback is None else callback_body(callback, now)
    return {
        "callback": dead.callback_id,
        "sent_at": instant(dead.sent_at),
        "standing": dead.standing.value,
        "account": None if callback is None else callback.account,
        **{name: known.get(name) for name in OF_THE_CALLBACK},
    }
