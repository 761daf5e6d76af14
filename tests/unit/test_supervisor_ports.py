"""The ports of the processes of one machine."""

import pytest

from workers.settings import BadSetting, Settings
from workers.supervisor import ports_of


def ports(processes: int, **env: str) -> list[tuple[int, int]]:
    """Where SIP is and RTP begins, of each process."""
    settings = Settings.from_env({f"RINGBACK_{name}": value for name, value in env.items()})
    found = ports_of(settings, processes)
    return [(int(one["RINGBACK_SIP_PORT"]), int(one["RINGBACK_RTP_PORT"])) for one in found]


def test_each_process_has_ports_of_its_own():
    assert ports(3, SIP_PORT="5060", WORKER_CALLBACKS="100") == [
        (5060, 10_000),
        (5061, 10_800),
        (5062, 11_600),
    ]


def test_the_engine_of_a_process_keeps_to_what_it_was_given():
    settings = Settings.from_env({"RINGBACK_WORKER_CALLBACKS": "100"})

    assert settings.sip.rtp_ports == 800


def test_five_full_processes_leave_the_ports_alone_that_the_system_deals_out():
    assert ports(5)[-1][1] + 4_000 <= 32_768


@pytest.mark.parametrize(
    "env",
    [
        {"RTP_PORT": "60000"},
        {"SIP_PORT": "65534"},
        {"SIP_PORT": "5058", "RINGS_PORT": "5060"},
        {"SIP_PORT": "12000"},
        {"RINGS_PORT": "21999"},
    ],
    ids=["beyond the last", "SIP beyond", "SIP on rings", "SIP in RTP", "rings in RTP"],
)
def test_no_port_is_given_twice(env):
    with pytest.raises(BadSetting, match="port"):
        ports(3, **env)
