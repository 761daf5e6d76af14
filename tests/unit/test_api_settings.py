"""What the environment must say, and what the secret protects."""

import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from chalicelib.sessions import Seal, Session
from chalicelib.settings import Settings, SettingsError
from chalicelib.wiring import open_wiring
from switchboard.billing.pins import PinKey

ENVIRONMENT = {
    "RINGBACK_PUBLIC_URL": "https://call.example.com/",
    "RINGBACK_SECRET_KEY": "k" * 32,
    "TWILIO_AUTH_TOKEN": "token",
    "RINGBACK_PIN_KEY": "p" * 16,
}
NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
API = Path(__file__).parents[2] / "api"


def test_settings_are_read_from_the_environment():
    settings = Settings.from_env(ENVIRONMENT)

    assert settings == Settings("https://call.example.com", "k" * 32, "token", PinKey("p" * 16))


@pytest.mark.parametrize("name", ENVIRONMENT)
def test_a_missing_variable_is_named(name):
    with pytest.raises(SettingsError, match=name):
        Settings.from_env({**ENVIRONMENT, name: ""})


@pytest.mark.parametrize("url", ["call.example.com", "ftp://x", "https://", "https://x/?a=b"])
def test_a_public_address_that_is_none_is_refused(url):
    with pytest.raises(SettingsError, match="RINGBACK_PUBLIC_URL"):
        Settings.from_env({**ENVIRONMENT, "RINGBACK_PUBLIC_URL": url})


def test_a_short_secret_is_refused():
    with pytest.raises(SettingsError, match="RINGBACK_SECRET_KEY"):
        Settings.from_env({**ENVIRONMENT, "RINGBACK_SECRET_KEY": "k" * 31})


def test_a_short_key_of_pins_is_refused():
    with pytest.raises(SettingsError, match="RINGBACK_PIN_KEY"):
        Settings.from_env({**ENVIRONMENT, "RINGBACK_PIN_KEY": "p" * 15})


def test_secrets_are_not_shown():
    assert repr(Settings.from_env(ENVIRONMENT)) == "Settings(public_url='https://call.example.com')"


def test_the_region_of_aws_is_named_where_it_is_missing():
    with pytest.raises(SettingsError, match="AWS_DEFAULT_REGION"):
        open_wiring(ENVIRONMENT)


def test_nothing_happens_when_lambda_loads_the_app():
    names = "print([name for name in sys.modules if name in ('boto3', 'pynamodb', 'argon2')])"

    loaded = subprocess.run(
        [sys.executable, "-c", f"import sys, app; {names}"],
        cwd=API,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": f"{API}:{API.parent}"},
        capture_output=True,
        text=True,
        check=True,
        timeout=30,
    )

    assert loaded.stdout.strip() == "[]"


def test_a_session_is_opened_as_it_was_closed():
    seal = Seal("k" * 32, "use")
    session = Session.begin("alice", NOW, timedelta(hours=1))

    assert seal.open(seal.close(session), NOW) == session


def test_a_session_ends_at_its_second():
    seal = Seal("k" * 32, "use")
    sealed = seal.close(Session.begin("alice", NOW, timedelta(hours=1)))

    assert seal.open(sealed, NOW + timedelta(seconds=3599)) is not None
    assert seal.open(sealed, NOW + timedelta(seconds=3600)) is None


@pytest.mark.parametrize(("key", "use"), [("l" * 32, "use"), ("k" * 32, "other use")])
def test_a_session_is_opened_by_its_own_key_for_its_own_use_only(key, use):
    sealed = Seal("k" * 32, "use").close(Session.begin("alice", NOW, timedelta(hours=1)))

    assert Seal(key, use).open(sealed, NOW) is None


def test_a_form_belongs_to_one_session():
    seal = Seal("k" * 32, "use")
    first, second = (Session.begin("alice", NOW, timedelta(hours=1)) for _ in range(2))

    assert seal.is_form_of(first, seal.form_token(first))
    assert not seal.is_form_of(second, seal.form_token(first))
