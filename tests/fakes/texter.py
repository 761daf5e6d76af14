"""A texter in front of the desk, in memory."""

from datetime import timedelta

from switchboard.calls.callback import Trigger
from switchboard.desk.profiles import Changes, change_profile
from switchboard.desk.text_senders import Incoming
from switchboard.desk.triggers import Answer, take_text
from switchboard.numbering import PhoneNumber
from tests.fakes.passwords import PlainPasswords
from tests.fakes.ports import memory_ports
from tests.fakes.texts import PIN_KEY, text_keys
from tests.fakes.world import ALICE, NOON, SERVICE, open_alice

STRANGER = PhoneNumber("+447700900123")
PIN = "73918264"
UNKNOWN = "Sorry, we do not know this number or PIN."
HOUR = timedelta(hours=1)


class Line:
    """A texter in front of the desk; each text has an id of its own unless it says otherwise."""

    def __init__(self) -> None:
        self.ports = memory_ports()
        self.ports.clock.at = NOON
        self.keys = text_keys()
        open_alice(self.ports, passwords=PlainPasswords())
        change_profile(
            self.ports, "alice", Changes(pin_hash=PIN_KEY.hash(PIN), time_zone="Europe/Berlin")
        )
        self.count = 0

    def text(self, text: str, sender=ALICE, identity: str | None = None) -> Answer:
        self.count += 1
        trigger = Trigger("sms", identity or str(self.count))
        return take_text(self.ports, self.keys, Incoming(trigger, sender, SERVICE), text)

    def words(self, text: str, **how) -> str | None:
        return self.text(text, **how).words

    @property
    def calls(self) -> list[tuple[PhoneNumber, PhoneNumber | None]]:
        return [(one.customer, one.destination) for one in self.ports.callbacks.placed.values()]
