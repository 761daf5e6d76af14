"""Tracing on demand: which calls leave a trace, what is on it, and that no secret is."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest

from switchboard.calls.ending import Party
from switchboard.calls.tracing import Source, Traced, TraceSwitch, without_secrets
from switchboard.desk.tracing import find_traces, switch_off, switch_on, switches
from switchboard.errors import Malformed, NotFound
from switchboard.numbering import PhoneNumber
from tests.fakes.exchange import CENT_A_SECOND, Exchange
from tests.fakes.loop import run_simulated
from tests.fakes.phone import FarEnd
from tests.fakes.ports import MemoryClock, memory_ports
from tests.fakes.weather import Outage
from tests.fakes.world import ALICE, BOB, CAROL, a_callback, open_alice
from workers.session import Session
from workers.tracing import HIDDEN, Recorder

HOUR = timedelta(hours=1)
TALK = {BOB: FarEnd(hangs_up_s=60)}


def traced(exchange: Exchange, kind: Traced, value: str, destination=BOB):
    """The traces that a callback leaves where tracing is on for this."""
    clock = MemoryClock(exchange.ports.clock.start)
    switch_on(replace(exchange.ports, clock=clock), kind, value, HOUR)
    exchange.connect(destination)
    return exchange.ports.traces.find(exchange.callback().id, clock.now())


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (Traced.ACCOUNT, "alice"),
        (Traced.NUMBER, str(ALICE)),
        (Traced.NUMBER, str(BOB)),
        (Traced.TRUNK, "carrier"),
    ],
)
def test_a_call_that_tracing_is_on_for_leaves_a_trace(kind, value):
    [trace] = traced(Exchange(TALK, deck=CENT_A_SECOND), kind, value)

    assert (trace.account, trace.worker, trace.trunks) == ("alice", "w1", ("carrier",))
    assert trace.numbers == (ALICE, BOB)


@pytest.mark.parametrize("number", [str(CAROL), "+442071234568"])
def test_other_calls_leave_none(number):
    assert traced(Exchange(TALK, deck=CENT_A_SECOND), Traced.NUMBER, number) == []


def test_a_number_that_is_dialled_in_the_call_is_found():
    keys = tuple((1 + at / 10, key) for at, key in enumerate("0014155550100#"))
    exchange = Exchange({**TALK, ALICE: FarEnd(presses=keys)}, deck=CENT_A_SECOND)

    [trace] = traced(exchange, Traced.NUMBER, str(BOB), None)

    assert trace.numbers == (ALICE, BOB)
    pressed = [event.text for event in trace.events if event.text.startswith("key ")]
    assert "".join(text.removeprefix("key ") for text in pressed) == "0014155550100#"


def test_the_trace_tells_of_states_prompts_and_money_in_order():
    exchange = Exchange(TALK, deck=CENT_A_SECOND)

    [trace] = traced(exchange, Traced.ACCOUNT, "alice")

    start = exchange.ports.clock.start
    told = [((line.at - start).total_seconds(), line.source, line.text) for line in trace.timeline]
    assert told == [
        (0, Source.LEDGER, "holds 5.00 EUR"),
        (0, Source.STATE, "calling customer"),
        (2, Source.TRUNK, "carrier: answers"),
        (2, Source.STATE, "customer answered"),
        (2, Source.IVR, "plays one-moment"),
        (3, Source.STATE, "calling destination"),
        (5, Source.TRUNK, "carrier: answers"),
        (5, Source.STATE, "connected"),
        (65, Source.STATE, "ended: hung up (destination)"),
        (
            65,
            Source.AUDIO,
            "MOS 4.4: 3150 packets came, 0 were lost, 0 came too late, jitter 0.0 ms",
        ),
        (
            65,
            Source.AUDIO,
            "MOS 4.4: 3000 packets came, 0 were lost, 0 came too late, jitter 0.0 ms",
        ),
        (65, Source.LEDGER, "settled 1.23 EUR (post)"),
    ]


def test_a_digit_is_kept_only_as_an_answer_that_is_no_secret():
    switch = TraceSwitch(Traced.TRUNK, "t", MemoryClock().now())
    tape = Recorder(MemoryClock(), "w1", a_callback(), [switch])

    def press(keys: str) -> None:
        for key in keys:
            tape.pressed(Party.CUSTOMER, key)

    for prompt, keys in (
        ("choose-language", "12"),
        ("enter-pin", "4711#"),
        ("wrong-pin", "9"),
        ("enter-account", "12#34"),
        ("enter-voucher", "777#"),
        ("enter-destination", "*1"),
    ):
        tape.played(Party.CUSTOMER, [prompt])
        press(keys)
    tape.asked_no_more(Party.CUSTOMER)
    press("5##")
    tape.tried(Party.CUSTOMER, "t", "answers")

    shown = "".join(
        event.text.removeprefix("key ")
        for event in tape.trace(a_callback()).events
        if event.text.startswith("key ")
    )
    dot = HIDDEN
    assert shown == f"1{dot}{dot * 4}#{dot}12#{dot * 2}{dot * 3}#*1{dot}##"


def test_what_is_secret_in_a_message_is_crossed_out_and_no_shorter():
    invite = 'INVITE sip:a SIP/2.0\r\nAuthorization: Digest username="u", response="0aF1"\r\n\r\n'
    info = "INFO sip:a SIP/2.0\r\nContent-Length: 10\r\n\r\nSignal= 5\r\n"
    sdp = "INVITE sip:a SIP/2.0\r\n\r\na=crypto:1 AES inline:k\r\nm=audio"

    assert without_secrets(invite) == invite.replace("0aF1", "xxxx")
    assert without_secrets(info) == info.replace("Signal= 5", "xxxxxxx x")
    assert without_secrets(sdp) == sdp.replace("1 AES inline:k", "x xxx xxxxxxxx")


@pytest.mark.parametrize(
    "text",
    [
        "REGISTER sip:a SIP/2.0\r\nauthorization: Digest username=u, Response = §0aF1§\r\n\r\n",
        'REGISTER sip:a SIP/2.0\r\nAuthorization: Digest a="b",\r\n response=\r\n "§0aF1§"\r\n\r\n',
        'SIP/2.0 200 OK\r\nAuthentication-Info: rspauth="§0a1f§", qop=auth\r\n\r\n',
        "INVITE sip:a SIP/2.0\r\nProxy-Authorization: Basic §dXNlcjpwYXNz§\r\n\r\n",
        "SIP/2.0 200 OK\r\n\r\nv=0\r\nk=§base64:abcd§\r\na=CRYPTO:§1§ §AES§ §inline:k§\r\nm=audio",
        "NOTIFY sip:a SIP/2.0\r\n\r\n§<kpml-response§ §digits='1234'/>§",
        "MESSAGE sip:a SIP/2.0\r\n\r\n§pin§ §1234§",
    ],
)
def test_no_secret_is_kept_however_it_is_spelled(text):
    kept = without_secrets(text.replace("§", ""))

    assert kept == re.sub("§(.*?)§", lambda found: "x" * len(found[1]), text)


def test_a_refused_callback_tells_why():
    exchange = Exchange(TALK, deck=CENT_A_SECOND)
    clock = MemoryClock(exchange.ports.clock.start)
    switch_on(replace(exchange.ports, clock=clock), Traced.ACCOUNT, "alice", HOUR)

    async def story():
        callback = exchange.order()
        balance = exchange.ports.books.balance("alice")
        exchange.ports.books.balances["alice"] = replace(balance, active=False)
        await Session(exchange.desk, callback.id).serve()

    run_simulated(story())
    [trace] = exchange.ports.traces.find(exchange.callback().id, clock.now())

    assert [event.text for event in trace.events] == ["refused: account_blocked"]


def test_a_trace_that_cannot_be_kept_harms_no_call():
    exchange = Exchange(TALK, deck=CENT_A_SECOND)
    exchange.desk = replace(
        exchange.desk, ports=replace(exchange.ports, traces=Outage(exchange.ports.traces, keep=1))
    )

    assert traced(exchange, Traced.ACCOUNT, "alice") == []
    assert exchange.breaches == []


# Switches


@pytest.fixture
def ports():
    ports = memory_ports()
    open_alice(ports)
    return ports


def test_a_switch_is_on_for_its_time_and_said_again_for_longer(ports):
    switch_on(ports, Traced.ACCOUNT, "alice", HOUR)
    longer = switch_on(ports, Traced.ACCOUNT, "alice", 2 * HOUR)
    switch_on(ports, Traced.NUMBER, "+44 20 7123 4567", HOUR)

    ports.clock.pass_by(timedelta(minutes=90))

    assert switches(ports) == [longer]


def test_a_switch_is_put_off(ports):
    switch_on(ports, Traced.NUMBER, str(ALICE), HOUR)
    switch_off(ports, Traced.NUMBER, "+44 20 7123 4567")

    assert switches(ports) == []
    with pytest.raises(NotFound, match="tracing is not on for trunk carrier"):
        switch_off(ports, Traced.TRUNK, "carrier")


@pytest.mark.parametrize("kind", [Traced.ACCOUNT, Traced.TRUNK, Traced.CALLBACK])
def test_nothing_is_traced_that_is_not_there(ports, kind):
    with pytest.raises(NotFound):
        switch_on(ports, kind, "nobody", HOUR)


def test_a_switch_is_never_left_on(ports):
    with pytest.raises(Malformed, match="7 days at most"):
        switch_on(ports, Traced.ACCOUNT, "alice", timedelta(days=8))


def test_without_a_trace_there_is_nothing_to_show(ports):
    with pytest.raises(NotFound, match="no trace of callback c9"):
        find_traces(ports, "c9")


def test_phone_numbers_of_a_trace_are_numbers():
    [trace] = traced(Exchange(TALK, deck=CENT_A_SECOND), Traced.TRUNK, "carrier")

    assert all(isinstance(number, PhoneNumber) for number in trace.numbers)
