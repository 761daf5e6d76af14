"""What became of a callback and why it failed, in plain words for whoever looks after it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from switchboard.calls.callback import Callback, State
from switchboard.calls.cdr import Cdr
from switchboard.calls.ending import Culprit, Ending, Party, Verdict
from switchboard.calls.leg import LegRecord
from switchboard.calls.tracing import SipRecord, Trace


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence in English, which pages say in other languages: its text, with gaps like
    `%(trunk)s`, and what is in them."""

    text: str
    gaps: Mapping[str, "str | Said"] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.text % {name: str(part) for name, part in self.gaps.items()}


def mark(text: str) -> str:
    """The text itself, which is found here for the catalogues of the pages."""
    return text


# What the customer's phone answers with, or the destination's, or a carrier in their place.
ABOUT_CUSTOMERS: Mapping[int, str] = {
    404: mark("the number of the customer does not exist, says the carrier (%(answer)s)"),
    410: mark(
        "the number of the customer is not in service any more, says the carrier (%(answer)s)"
    ),
    480: mark("the phone of the customer cannot be reached, or nobody answers (%(answer)s)"),
    484: mark("the number of the customer is not complete, says the carrier (%(answer)s)"),
    486: mark("the customer was busy (%(answer)s)"),
    487: mark("the customer did not answer in time (%(answer)s)"),
    600: mark("the customer was busy (%(answer)s)"),
    603: mark("the customer declined the call (%(answer)s)"),
    604: mark("the number of the customer exists nowhere, says the carrier (%(answer)s)"),
}
ABOUT_DESTINATIONS: Mapping[int, str] = {
    404: mark("the number of the destination does not exist, says the carrier (%(answer)s)"),
    410: mark(
        "the number of the destination is not in service any more, says the carrier (%(answer)s)"
    ),
    480: mark("the phone of the destination cannot be reached, or nobody answers (%(answer)s)"),
    484: mark("the number of the destination is not complete, says the carrier (%(answer)s)"),
    486: mark("the destination was busy (%(answer)s)"),
    487: mark("the destination did not answer in time (%(answer)s)"),
    600: mark("the destination was busy (%(answer)s)"),
    603: mark("the destination declined the call (%(answer)s)"),
    604: mark("the number of the destination exists nowhere, says the carrier (%(answer)s)"),
}
ABOUT_PEOPLE = {Party.CUSTOMER: ABOUT_CUSTOMERS, Party.DESTINATION: ABOUT_DESTINATIONS}
# What a carrier refuses a leg for, as far as its code tells.
REFUSED: Mapping[Party, str] = {
    Party.CUSTOMER: mark("%(carrier)s refused the customer leg: %(code)s, %(meaning)s"),
    Party.DESTINATION: mark("%(carrier)s refused the destination leg: %(code)s, %(meaning)s"),
}
CARRIER, CARRIER_OF = mark("the carrier"), mark("the carrier (trunk %(trunk)s)")
WORDS = mark("%(meaning)s; it said “%(said)s”")
UNKNOWN = mark("we do not know this code")
ABOUT_CARRIERS: Mapping[int, str] = {
    401: mark("our user name or password is wrong"),
    402: mark("it wants to be paid"),
    403: mark("the caller ID or the number is not allowed"),
    407: mark("our user name or password is wrong"),
    408: mark("it did not reply in time"),
    415: mark("it does not take our audio"),
    488: mark("it takes none of our codecs"),
    500: mark("it failed inside"),
    502: mark("the network behind it failed"),
    503: mark("it is overloaded, or has no way to this number"),
    504: mark("the network behind it did not reply in time"),
    606: mark("it takes none of our codecs"),
    607: mark("the call is unwanted"),
    608: mark("the call was taken for spam"),
}
BY_HUNDREDS: Mapping[int, str] = {
    3: mark("it points to another address, which is not followed"),
    4: mark("it did not accept the request"),
    5: mark("it failed inside"),
    6: mark("no phone takes this call"),
}
# What became of a callback without an answer of a carrier; None is no failure.
ENDINGS: Mapping[Ending, str | None] = {
    Ending.HUNG_UP: mark("it was cut off before anybody talked"),
    Ending.BUSY: mark("the phone was busy"),
    Ending.NO_ANSWER: mark("nobody answered in time"),
    Ending.DECLINED: mark("the call was declined"),
    Ending.NOT_FOUND: mark("the number does not exist"),
    Ending.UNREACHABLE: mark("the carrier could not be reached: no reply came in time"),
    Ending.CARRIER_FAILED: mark("the carrier failed"),
    Ending.TALK_LIMIT: mark("it was cut off: what the account can pay for was used up"),
    Ending.NOT_CONFIRMED: mark("whoever answered did not press the key that confirms the call"),
    Ending.CONFIRMED: None,
    Ending.NO_DESTINATION: mark("the customer dialled no number that can be called"),
    Ending.CANCELLED: mark("it was cancelled"),
    Ending.WORKER_LOST: mark("its worker vanished: the process, its machine or its network"),
    Ending.NO_CREDIT: mark("there was not enough credit for another moment"),
    Ending.REFUSED: mark("it was refused before anybody was called"),
    Ending.FAILED: mark("it failed on our side: the log of the worker has the callback's id"),
}
YOU, THEM = Culprit.CUSTOMER, Culprit.DESTINATION
# Where it can be said whose doing it was.
DOINGS: Mapping[tuple[Ending, Culprit], str] = {
    (Ending.HUNG_UP, YOU): mark("the customer hung up before anybody talked"),
    (Ending.HUNG_UP, THEM): mark("the destination hung up before anybody talked"),
    (Ending.BUSY, YOU): mark("the customer was busy"),
    (Ending.BUSY, THEM): mark("the destination was busy"),
    (Ending.NO_ANSWER, YOU): mark("the customer did not answer in time"),
    (Ending.NO_ANSWER, THEM): mark("the destination did not answer in time"),
    (Ending.DECLINED, YOU): mark("the customer declined the call"),
    (Ending.DECLINED, THEM): mark("the destination declined the call"),
    (Ending.NOT_FOUND, YOU): mark("the number of the customer does not exist"),
    (Ending.NOT_FOUND, THEM): mark("the number of the destination does not exist"),
    (Ending.UNREACHABLE, YOU): mark("the customer could not be reached"),
    (Ending.UNREACHABLE, THEM): mark("the destination could not be reached"),
}
# How those end who talked, and how a phone is confirmed.
WELL: Mapping[Culprit, str] = {
    YOU: mark("the customer hung up"),
    THEM: mark("the destination hung up"),
    Culprit.CARRIER: mark("the carrier ended it"),
    Culprit.US: mark("it ended"),
}
CONFIRMED = mark("the phone was confirmed")
STATES: Mapping[State, str] = {
    State.QUEUED: mark("it waits for a worker"),
    State.CLAIMED: mark("a worker has taken it"),
    State.CALLING_CUSTOMER: mark("the customer is being called"),
    State.CUSTOMER_ANSWERED: mark("the customer answered"),
    State.COLLECTING: mark("the customer dials"),
    State.CALLING_DESTINATION: mark("the destination is being called"),
    State.CONNECTED: mark("they are talking"),
    State.ENDED: mark("it ended"),
    State.REFUSED: mark("it was refused before anybody was called"),
    State.EXPIRED: mark("no worker took it in time"),
}


def why(cdr: Cdr | None, traces: Sequence[Trace]) -> Said | None:
    """Why a callback failed, by its record and by what was traced; None where it did not, or
    nothing is known."""
    if cdr is None:
        return next(filter(None, (_by_messages(trace) for trace in reversed(traces))), None)
    if cdr.talked_s and cdr.verdict.ending is Ending.HUNG_UP:
        return None
    leg = _failed(cdr)
    if leg is not None and leg.sip_code is not None:
        said = _said(traces, leg.party, leg.sip_code)
        return refusal(leg.sip_code, leg.party, trunk=leg.trunk, said=said)
    return _ending(cdr.verdict)


def became(cdr: Cdr) -> Said:
    """What became of a call: why it failed, or who hung up."""
    return why(cdr, ()) or _well(cdr.verdict)


def stands(callback: Callback, now: datetime) -> Said:
    """How a callback stands, or what became of it, as far as that is known without its record."""
    state, verdict = callback.state_at(now), callback.verdict
    if verdict is None or not state.final:
        return Said(STATES[state])
    # Whether anybody talked before, the record tells.
    failed = None if verdict.ending is Ending.HUNG_UP else _ending(verdict)
    return failed or _well(verdict)


def refusal(code: int, party: Party, *, trunk: str = "", said: str = "") -> Said:
    """What a final answer to our INVITE means; `said` are the carrier's own words."""
    about = ABOUT_PEOPLE[party]
    if code in about:
        return Said(about[code], {"answer": f"{code}, “{said}”" if said else str(code)})
    carrier = Said(CARRIER_OF, {"trunk": trunk}) if trunk else Said(CARRIER)
    meaning = Said(ABOUT_CARRIERS.get(code) or BY_HUNDREDS.get(code // 100, UNKNOWN))
    if said:
        meaning = Said(WORDS, {"meaning": meaning, "said": said})
    return Said(REFUSED[party], {"carrier": carrier, "code": str(code), "meaning": meaning})


def _ending(verdict: Verdict) -> Said | None:
    general = ENDINGS[verdict.ending]
    words = DOINGS.get((verdict.ending, verdict.culprit), general)
    return None if words is None else Said(words)


def _well(verdict: Verdict) -> Said:
    return Said(CONFIRMED if verdict.ending is Ending.CONFIRMED else WELL[verdict.culprit])


def _failed(cdr: Cdr) -> LegRecord | None:
    """The leg whose failure was the callback's: not one that we gave up as the other had ended."""
    failed = [leg for leg in cdr.legs if leg.answered_at is None and leg.verdict == cdr.verdict]
    return failed[-1] if failed else None


def _by_messages(trace: Trace) -> Said | None:
    """By the last answer to an INVITE, if it was none to be glad of."""
    answers = list(_final_answers(trace.messages))
    if not answers:
        return None
    party, code, said = answers[-1]
    return None if code < 300 else refusal(code, party, said=said)


def _said(traces: Sequence[Trace], party: Party, code: int) -> str:
    found = (
        said
        for trace in traces
        for whose, answer, said in _final_answers(trace.messages)
        if (whose, answer) == (party, code)
    )
    return max(found, key=len, default="")


def _final_answers(messages: Iterable[SipRecord]) -> Iterable[tuple[Party, int, str]]:
    for message in messages:
        code, _, phrase = message.title.partition(" ")
        is_answer = not message.sent and code.isdigit() and len(code) == 3 and int(code) >= 200
        if is_answer and _is_of_invite(message.text):
            yield message.party, int(code), phrase.strip()


def _is_of_invite(text: str) -> bool:
    lines = text.splitlines()
    return any(line.lower().startswith("cseq") and line.endswith("INVITE") for line in lines)
