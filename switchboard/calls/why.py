"""Why a call failed, in plain words for whoever looks after it."""

from collections.abc import Iterable, Mapping, Sequence

from switchboard.calls.cdr import Cdr
from switchboard.calls.ending import Ending, Party, Verdict
from switchboard.calls.leg import LegRecord
from switchboard.calls.tracing import SipRecord, Trace

# What a person's phone answers with, or a carrier in its place: {whose} leg it was.
ABOUT_PEOPLE: Mapping[int, str] = {
    404: "the number of the {whose} does not exist, says the carrier",
    410: "the number of the {whose} is not in service any more, says the carrier",
    480: "the phone of the {whose} cannot be reached, or nobody answers",
    484: "the number of the {whose} is not complete, says the carrier",
    486: "the {whose} was busy",
    487: "the {whose} did not answer in time",
    600: "the {whose} was busy",
    603: "the {whose} declined the call",
    604: "the number of the {whose} exists nowhere, says the carrier",
}
# What a carrier refuses a leg for, as far as its code tells.
ABOUT_CARRIERS: Mapping[int, str] = {
    401: "our user name or password is wrong",
    402: "it wants to be paid",
    403: "the caller ID or the number is not allowed",
    407: "our user name or password is wrong",
    408: "it did not reply in time",
    415: "it does not take our audio",
    488: "it takes none of our codecs",
    500: "it failed inside",
    502: "the network behind it failed",
    503: "it is overloaded, or has no way to this number",
    504: "the network behind it did not reply in time",
    606: "it takes none of our codecs",
    607: "the call is unwanted",
    608: "the call was taken for spam",
}
BY_HUNDREDS: Mapping[int, str] = {
    3: "it points to another address, which is not followed",
    4: "it did not accept the request",
    5: "it failed inside",
    6: "no phone takes this call",
}
# What became of a callback without an answer of a carrier; None is no failure.
ENDINGS: Mapping[Ending, str | None] = {
    Ending.HUNG_UP: "the {culprit} hung up before anybody talked",
    Ending.BUSY: "the {culprit} was busy",
    Ending.NO_ANSWER: "the {culprit} did not answer in time",
    Ending.DECLINED: "the {culprit} declined the call",
    Ending.NOT_FOUND: "the number of the {culprit} does not exist",
    Ending.UNREACHABLE: "the {culprit} could not be reached: no reply came in time",
    Ending.CARRIER_FAILED: "the carrier failed",
    Ending.TALK_LIMIT: "it was cut off: what the account can pay for was used up",
    Ending.NOT_CONFIRMED: "whoever answered did not press the key that confirms the call",
    Ending.CONFIRMED: None,
    Ending.NO_DESTINATION: "the customer dialled no number that can be called",
    Ending.CANCELLED: "it was cancelled",
    Ending.WORKER_LOST: "its worker vanished: the process, its machine or its network",
    Ending.NO_CREDIT: "there was not enough credit for another moment",
    Ending.REFUSED: "it was refused before anybody was called",
    Ending.FAILED: "it failed on our side: the log of the worker has the callback's id",
}


def why(cdr: Cdr | None, traces: Sequence[Trace]) -> str | None:
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


def refusal(code: int, party: Party, *, trunk: str = "", said: str = "") -> str:
    """What a final answer to our INVITE means; `said` are the carrier's own words."""
    words = f" ({code}{f', “{said}”' if said else ''})"
    if code in ABOUT_PEOPLE:
        return ABOUT_PEOPLE[code].format(whose=party.value) + words
    carrier = f"the carrier (trunk {trunk})" if trunk else "the carrier"
    meaning = ABOUT_CARRIERS.get(code) or BY_HUNDREDS.get(code // 100, "we do not know this code")
    ours = f"; it said “{said}”" if said else ""
    return f"{carrier} refused the {party.value} leg: {code}, {meaning}{ours}"


def _ending(verdict: Verdict) -> str | None:
    words = ENDINGS[verdict.ending]
    return None if words is None else words.format(culprit=verdict.culprit.value)


def _failed(cdr: Cdr) -> LegRecord | None:
    """The leg whose failure was the callback's: not one that we gave up as the other had ended."""
    failed = [leg for leg in cdr.legs if leg.answered_at is None and leg.verdict == cdr.verdict]
    return failed[-1] if failed else None


def _by_messages(trace: Trace) -> str | None:
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
