"""The API over ports in memory, and a client for it that is in the same process."""

import base64
import hmac
from dataclasses import dataclass, field
from urllib.parse import urlencode

from chalice.test import Client, HTTPResponse
from chalicelib.factory import make_app
from chalicelib.settings import Settings
from chalicelib.wiring import Wiring

from switchboard.ports import Ports
from tests.fakes.ports import PlainPasswords, memory_ports

PUBLIC_URL = "https://call.example.com"
TWILIO_AUTH_TOKEN = "a token that only Twilio and this test know"
SETTINGS = Settings(PUBLIC_URL, "k" * 32, TWILIO_AUTH_TOKEN)


def wired(ports: Ports | None = None, settings: Settings = SETTINGS) -> Wiring:
    return Wiring(settings, ports or memory_ports(), PlainPasswords())
