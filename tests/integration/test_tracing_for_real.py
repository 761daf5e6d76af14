"""A call that is traced: SIP of both legs as it was on the wire, for the terminal and Wireshark."""

import asyncio
import json
import subprocess
from datetime import timedelta
from pathlib import Path

import pytest

from ringback.carrier import PhoneScript, Tone
from switchboard.calls.ending import Party
from switchboard.calls.tracing import Traced
from switchboard.desk.tracing import find_traces, switch_on
from switchboard.sip.pcap import Datagram, capture, endpoint
from tests.fakes.world import NOON
from tests.integration.caller import in_real_time
from tests.integration.shell import Shell
from tests.integration.system import make_system
from tests.integration.test_callbacks_for_real import AT_ONCE, seconds

pytestmark = pytest.mark.integration

# What tshark says of both checksums, and of what is malformed.
UNBROKEN = ["1", "1", ""]
TALKS = PhoneScript(ring_for=seconds(0.2), sound=Tone(700))
HANGS_UP = PhoneScript(ring_for=AT_ONCE, sound=Tone(1200), hang_up_after=seconds(0.5))


@in_real_time
async def test_a_traced_call_shows_both_legs_and_opens_in_wireshark(aws, tmp_path):
    system = make_system(aws, tmp_path / "worker.log", RINGBACK_LOG="json")
    alice, other = system.customer(), system.customer()
    switch_on(system.ports, Traced.NUMBER, str(alice.friend), timedelta(minutes=5))
    phones = {one.phone: TALKS for one in (alice, other)}
    phones |= {one.friend: HANGS_UP for one in (alice, other)}

    with system.worker():
        async with system.carrier(phones):
            placed = [
                await asyncio.to_thread(system.order, one, one.friend) for one in (alice, other)
            ]
            for callback in placed:
                await system.ended(callback)
    [trace] = find_traces(system.ports, placed[0].id)
    assert system.ports.traces.find(placed[1].id, system.ports.clock.now()) == []

    titles = {
        party: [
            f"{'>' if one.sent else '<'} {one.title}"
            for one in trace.messages
            if one.party is party
        ]
        for party in Party
    }
    ending = {Party.CUSTOMER: ["> BYE", "< 200 OK"], Party.DESTINATION: ["< BYE", "> 200 OK"]}
    for party, found in titles.items():
        assert found[0] == "> INVITE"
        assert [one for one in found if "100" not in one][-4:] == [
            "< 200 OK",
            "> ACK",
            *ending[party],
        ]
    check_the_capture(system, tmp_path, trace)
    check_the_log(system, placed)


def check_the_log(system, placed) -> None:
    """Every line is JSON, each callback is followed by its id, and nobody's number is in it."""
    text = system.log.read_text()
    lines = [json.loads(line) for line in text.splitlines()]

    assert len({line["worker"] for line in lines}) == 1
    for callback in placed:
        named = [line for line in lines if line.get("callback") == callback.id]
        told = [line.get("outcome") or line["ending"] for line in named]
        assert told == ["answers", "answers", "hung_up"]
        assert str(callback.customer)[1:] not in text


def check_the_capture(system, folder, trace) -> None:
    shell, file = Shell(system.env, folder), folder / "call.pcap"
    shown = shell.run("trace", "show", trace.callback, "--pcap", str(file))
    assert (shown.returncode, shown.stderr) == (0, "")
    assert any(line.endswith("|") and "INVITE" in line for line in shown.stdout.splitlines())
    assert "ivr     customer: plays one-moment" in shown.stdout

    listed = json.loads(shell.run("trace", "list", "--json").stdout)
    assert [one["kind"] for one in listed["on"]] == ["number"]
    assert [one["callback"] for one in listed["traces"]] == [trace.callback]
    assert trace.callback in shell.run("trace", "list").stdout

    rows = read_by_tshark(file, system.carrier_port)
    assert [row[3:6] for row in rows] == [UNBROKEN for _ in trace.messages]
    for row, message in zip(rows, trace.messages, strict=True):
        assert round(float(row[0]) * 1e6) == round(message.at.timestamp() * 1e6)
        assert (row[6] or row[7]) == message.title.split(" ")[0]
        assert int(row[2 if message.sent else 1]) == system.carrier_port


def test_a_capture_of_the_new_internet_opens_in_wireshark(tmp_path):
    ends = endpoint("[2001:db8::1]:5060"), endpoint("[2001:db8::2]:5070")
    texts = ("OPTIONS sip:a@b SIP/2.0\r\n\r\n", "OPTIONS sip:ab@b SIP/2.0\r\n\r\n")
    file = tmp_path / "six.pcap"

    file.write_bytes(capture(Datagram(NOON, *ends, text.encode()) for text in texts))

    at = f"{NOON.timestamp():.9f}"
    found = read_by_tshark(file, 5070, ip_checksum="ipv6.version")
    assert found == [[at, "5060", "5070", "6", "1", "", "OPTIONS", ""]] * 2


def read_by_tshark(file: Path, sip_port: int, ip_checksum: str = "ip.checksum.status"):
    """A row for each packet: when, from and to which port, what is wrong with it, and its SIP."""
    fields = f"frame.time_epoch udp.srcport udp.dstport {ip_checksum} udp.checksum.status".split()
    fields += "_ws.malformed sip.Method sip.Status-Code".split()
    told = [word for field in fields for word in ("-e", field)]
    checked = ["-o", "ip.check_checksum:TRUE", "-o", "udp.check_checksum:TRUE"]
    decoded = ["-d", f"udp.port=={sip_port},sip"]
    read = subprocess.run(
        ["tshark", "-n", "-r", str(file), *checked, *decoded, "-T", "fields", *told],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    return [line.split("\t") for line in read.stdout.splitlines()]
