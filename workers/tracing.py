"""The tape of a callback that is traced: what happens to it, written down while it happens."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from switchboard.calls.callback import Callback, State
from switchboard.calls.cdr import Cdr
from switchboard.calls.ending import Party
from switchboard.calls.leg import RtpQuality
from switchboard.calls.tracing import (
    SipRecord,
    Source,
    Trace,
    TraceEvent,
    TraceSwitch,
    without_secrets,
)
from switchboard.clock import Clock
from switchboard.ledger.balance import Hold
from switchboard.money import Money
from switchboard.ports import Ports
from workers.speech.spoken import Keys, Part

# Far ends confirm our last message in this time, mostly.
LAST_WORDS = timedelta(seconds=0.5)
# More than the longest call has, unless a far end floods us.
MOST_RECORDS = 4_000
# After these questions keys are no secret: one of them, or up to the first #.
QUESTIONS = {
    "press-one": 1,
    "choose-language": 1,
    "remember-number": 1,
    "enter-account": 32,
    "enter-destination": 32,
    "enter-next-destination": 32,
}
HIDDEN = "•"


class Tape:
    """Records nothing: of most callbacks no trace is wanted."""

    records = False

    def sip(
        self, party: Party, ours: str, text: str, *, sent: bool, transport: str, theirs: str
    ) -> None:
        """A SIP message of a leg went out or came in; what is secret in it is not kept."""

    def played(self, party: Party, parts: Sequence[Part]) -> None:
        """Something is said to the far end of a leg."""

    def pressed(self, party: Party, key: str | None) -> None:
        """A key was taken as an answer; None where none came in time. Which digit it was is kept
        only after a question whose answer is no secret."""

    def asked_no_more(self, party: Party) -> None:
        """What is pressed from now on answers no question."""

    def told(self, source: Source, text: str, party: Party | None = None) -> None:
        """Something else happened."""

    def reached(self, state: State) -> None:
        """The callback came into a state."""

    def held(self, what: str, hold: Hold) -> None:
        """The hold was made, or grew."""

    def tried(self, party: Party, trunk: str, what: str) -> None:
        """A leg met a trunk."""

    def settled(self, cdr: Cdr) -> None:
        """The callback was charged."""

    def trace(self, callback: Callback) -> Trace | None:  # noqa: ARG002  a recorder's signature
        """The trace of a callback that is over, as it is now; None where none is wanted."""
        return None


NO_TAPE = Tape()


class Recorder(Tape):
    """Records a callback that one of the switches may concern. Also called by threads."""

    records = True

    def __init__(
        self, clock: Clock, worker: str, callback: Callback, switches: Sequence[TraceSwitch]
    ) -> None:
        self._clock = clock
        self._worker = worker
        self._currency = callback.quote.currency
        self._switches = switches
        self._began_at: datetime = clock.now()
        self._messages: list[SipRecord] = []
        self._events: list[TraceEvent] = []
        self._trunks: dict[str, None] = {}
        # How many keys still answer the question that was put to a party.
        self._open: dict[Party, int] = {}

    def sip(
        self, party: Party, ours: str, text: str, *, sent: bool, transport: str, theirs: str
    ) -> None:
        if len(self._messages) < MOST_RECORDS:
            now, kept = self._clock.now(), without_secrets(text)
            self._messages.append(SipRecord(now, party, sent, transport, ours, theirs, kept))

    def played(self, party: Party, parts: Sequence[Part]) -> None:
        self._open[party] = max((QUESTIONS.get(str(part), 0) for part in parts), default=0)
        said = " ".join(part.text if isinstance(part, Keys) else str(part) for part in parts)
        self.told(Source.IVR, f"plays {said}", party)

    def pressed(self, party: Party, key: str | None) -> None:
        left = self._open.get(party, 0)
        if key is None:
            self._open[party] = 0
            return
        shown = key if left or not key.isdecimal() else HIDDEN
        self._open[party] = 0 if key == "#" else max(0, left - 1)
        self.told(Source.IVR, f"key {shown}", party)

    def asked_no_more(self, party: Party) -> None:
        self._open[party] = 0

    def told(self, source: Source, text: str, party: Party | None = None) -> None:
        if len(self._events) < MOST_RECORDS:
            self._events.append(TraceEvent(self._clock.now(), source, text, party))

    def reached(self, state: State) -> None:
        self.told(Source.STATE, state.value.replace("_", " "))

    def held(self, what: str, hold: Hold) -> None:
        covered = sum(hold.cover.taken_s.values())
        seconds = f" and {covered} included seconds" if covered else ""
        self.told(Source.LEDGER, f"{what} {Money(self._currency, hold.amount_micros)}{seconds}")

    def tried(self, party: Party, trunk: str, what: str) -> None:
        self._trunks[trunk] = None
        self.told(Source.TRUNK, f"{trunk}: {what}", party)

    def settled(self, cdr: Cdr) -> None:
        verdict = cdr.verdict
        ending = verdict.ending.value.replace("_", " ")
        self.told(Source.STATE, f"ended: {ending} ({verdict.culprit.value})")
        for leg in cdr.legs:
            if leg.rtp is not None:
                self.told(Source.AUDIO, _heard(leg.rtp), leg.party)
        self.told(Source.LEDGER, f"settled {cdr.cost} ({cdr.settlement.kind.value})")

    def trace(self, callback: Callback) -> Trace | None:
        earlier = (leg.number for leg in callback.earlier)
        service = () if callback.service is None else (callback.service,)
        trace = Trace(
            callback=callback.id,
            account=callback.account,
            worker=self._worker,
            began_at=self._began_at,
            numbers=tuple(dict.fromkeys([*callback.numbers, *earlier, *service])),
            trunks=tuple(self._trunks),
            messages=tuple(self._messages),
            events=tuple(self._events),
        )
        return trace if any(switch.concerns(trace) for switch in self._switches) else None


def _heard(rtp: RtpQuality) -> str:
    told = f"{rtp.received} packets came, {rtp.lost} were lost, {rtp.discarded} came too late"
    score = "no audio" if rtp.mos is None else f"MOS {rtp.mos}"
    past = f", and for {rtp.released_s} s audio flowed past us" if rtp.released_s else ""
    return f"{score}: {told}, jitter {rtp.jitter_ms:.1f} ms{past}"


def tape_for(ports: Ports, callback: Callback, worker: str) -> Tape:
    """What records a callback that begins, if a switch may concern it."""
    now = ports.clock.now()
    switches = [
        switch
        for switch in ports.settings.traces()
        if switch.until > now and switch.may_concern(callback)
    ]
    return Recorder(ports.clock, worker, callback, switches) if switches else NO_TAPE
