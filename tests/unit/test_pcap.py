"""A capture of SIP messages, where an end is known by its name only."""

from ipaddress import ip_address

import pytest

from switchboard.sip.pcap import UNKNOWN, Datagram, capture, endpoint
from tests.fakes.world import NOON


@pytest.mark.parametrize(
    ("text", "address", "port"),
    [
        ("192.0.2.1:5060", "192.0.2.1", 5060),
        ("[2001:db8::1]:5061", "2001:db8::1", 5061),
        ("sip.example.net:5060", str(UNKNOWN), 5060),
    ],
)
def test_an_endpoint_is_an_address_and_a_port(text, address, port):
    assert endpoint(text) == (ip_address(address), port)


@pytest.mark.parametrize(("other", "header"), [("192.0.2.1:5070", 20), ("[2001:db8::1]:5070", 40)])
def test_an_end_that_is_not_known_is_of_the_other_ones_family(other, header):
    ends = endpoint(other), endpoint("sip.example.net:5060")

    [once, back] = [
        capture([Datagram(NOON, source, sink, b"x")]) for source, sink in (ends, ends[::-1])
    ]

    assert len(once) == len(back) == 24 + 16 + header + 8 + 1
