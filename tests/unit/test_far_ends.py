"""Where a far end may speak from, by its answer."""

from workers.far_ends import hosts_of

ANSWER = """SIP/2.0 200 OK\r
Via: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK1\r
Record-Route: <sip:192.0.2.10;lr>, <sip:edge@192.0.2.11:5080;transport=udp;lr>\r
From: <sip:ringback@192.0.2.1>;tag=1\r
To: <sip:+442079460123@192.0.2.10>;tag=2\r
m : "A <b>" <sips:+442079460123@192.0.2.12:5061>;expires=60\r
contact: sip:gateway.example.net\r
\r
m=audio 9 RTP/AVP 0\r
"""


def test_the_hosts_of_contact_and_route_are_told_and_no_others():
    assert list(hosts_of(ANSWER)) == [
        *("192.0.2.10", "192.0.2.11", "192.0.2.12", "gateway.example.net")
    ]
