"""Admission: whom the guards of a worker let in."""

from ipaddress import IPv4Network

import pytest

from switchboard.calls.link import Link
from switchboard.calls.trunk import Trunk
from switchboard.sip.secret import Secret
from workers.addresses import resolve
from workers.admission import Admission
from workers.guard import Guard

ADDRESSES = {"sip.example.net": ["198.51.100.7"], "proxy.example.net": ["198.51.100.8"]}
TRUNK = Trunk(
    *("carrier", "sip.example.net"),
    rings_from=("203.0.113.0/28",),
    rings_as=Secret.of("carrier", "sesame"),
    link=Link(proxy=("proxy.example.net", 5060)),
)
KNOWN = {IPv4Network(one) for one in ("198.51.100.7", "198.51.100.8", "203.0.113.0/28")}


class Gate(Guard):
    """Keeps what it was told last."""

    def admit(self, networks, *, strangers_ring=False) -> None:
        self.told = set(networks), strangers_ring


def test_a_guard_is_told_of_hosts_proxies_and_networks_and_of_strangers_only_for_rings():
    admission, of_calls, of_rings = (
        Admission(lambda: [TRUNK], ADDRESSES.__getitem__),
        Gate(),
        Gate(),
    )
    admission.renew()

    admission.inform(of_calls)
    admission.inform(of_rings, of_rings=True)

    assert (of_calls.told, of_rings.told) == ((KNOWN, False), (KNOWN, True))


def test_strangers_are_let_in_by_no_guard_where_nobody_may_prove_to_be_a_trunk():
    admission, gate = (
        Admission(lambda: [Trunk("carrier", "sip.example.net")], ADDRESSES.get),
        Gate(),
    )
    admission.renew()

    admission.inform(gate, of_rings=True)

    assert gate.told == ({IPv4Network("198.51.100.7")}, False)


@pytest.mark.parametrize("name", ["a" * 64, "a..b", "-", "..", ""])
def test_behind_what_is_no_name_there_is_no_address(name):
    assert list(resolve(name)) == []
