"""A worker's settings: all have a default, and what is wrong is named."""

from datetime import timedelta
from pathlib import Path

import pytest

from switchboard.billing.pins import PinKey
from switchboard.desk.purse import PurseTerms
from workers.dialogue.asking import AskingTerms
from workers.host import HostTerms
from workers.pjsip import PjsipSettings
from workers.settings import BadSetting, Settings


def test_without_a_setting_a_worker_serves_this_machine():
    settings = Settings.from_env({})

    assert settings.sip == PjsipSettings(
        host="127.0.0.1", rtp_port=10_000, rtp_ports=4000, max_calls=2000
    )
    assert settings.host == HostTerms(
        500, beat_every=timedelta(seconds=5), drain_limit=timedelta(seconds=100)
    )
    assert settings.asking == AskingTerms(timedelta(minutes=5), timedelta(hours=1))
    assert settings.purse == PurseTerms(
        quantum=timedelta(minutes=5),
        ring_limit=timedelta(minutes=1),
        margin=timedelta(seconds=15),
    )


def test_two_workers_of_one_machine_have_two_names():
    assert Settings.from_env({}).worker != Settings.from_env({}).worker


def test_every_setting_is_taken_from_its_variable():
    settings = Settings.from_env(
        {
            "RINGBACK_SIP_HOST": "10.0.0.5",
            "RINGBACK_SIP_PORT": "5060",
            "RINGBACK_RTP_PORT": "40000",
            "RINGBACK_PUBLIC_ADDRESS": "203.0.113.7",
            "RINGBACK_WORKER_CALLBACKS": "40",
            "RINGBACK_BEAT_S": "1",
            "RINGBACK_DRAIN_S": "0",
            "RINGBACK_QUANTUM_S": "60",
            "RINGBACK_MARGIN_S": "5",
            "RINGBACK_RING_LIMIT_S": "30",
            "RINGBACK_ASKING_S": "120",
            "RINGBACK_ASKING_IN_ALL_S": "900",
            "RINGBACK_PROMPTS": "/srv/prompts",
            "RINGBACK_PIN_KEY": "k" * 16,
        }
    )

    assert settings.asking == AskingTerms(timedelta(minutes=2), timedelta(minutes=15))
    assert settings.prompts == Path("/srv/prompts")
    assert settings.pins == PinKey("k" * 16)
    assert settings.sip == PjsipSettings(
        host="10.0.0.5",
        sip_port=5060,
        rtp_port=40_000,
        rtp_ports=320,
        public_address="203.0.113.7",
        # Twice as many as have legs: that of a dead far end keeps its place for a while.
        max_calls=160,
    )
    assert settings.host == HostTerms(40, beat_every=timedelta(seconds=1), drain_limit=timedelta())
    assert settings.purse == PurseTerms(
        quantum=timedelta(seconds=60),
        ring_limit=timedelta(seconds=30),
        margin=timedelta(seconds=5),
    )


def test_an_empty_variable_means_the_default():
    settings = Settings.from_env({"RINGBACK_PUBLIC_ADDRESS": "", "RINGBACK_BEAT_S": ""})

    assert settings.sip.public_address is None
    assert settings.host.beat_every == timedelta(seconds=5)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("RINGBACK_SIP_PORT", "65536"),
        ("RINGBACK_SIP_PORT", "-1"),
        ("RINGBACK_RTP_PORT", "80"),
        # There must be room for ten thousand ports from here on.
        ("RINGBACK_RTP_PORT", "62000"),
        ("RINGBACK_WORKER_CALLBACKS", "0"),
        ("RINGBACK_WORKER_CALLBACKS", "two"),
        ("RINGBACK_WORKER_CALLBACKS", "1001"),
        ("RINGBACK_BEAT_S", "0.5"),
        ("RINGBACK_QUANTUM_S", "٣٠٠"),
        ("RINGBACK_MARGIN_S", " 15"),
        ("RINGBACK_RING_LIMIT_S", "9" * 5000),
    ],
)
def test_a_wrong_value_is_refused_by_name(name, value):
    with pytest.raises(BadSetting, match=name):
        Settings.from_env({name: value})


def test_a_key_of_pins_that_could_be_guessed_is_no_key():
    with pytest.raises(BadSetting, match="RINGBACK_PIN_KEY has less than 16 characters"):
        Settings.from_env({"RINGBACK_PIN_KEY": "k" * 15})
