"""What the API is told by its environment."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Self
from urllib.parse import urlsplit

from switchboard.billing.pins import LEAST_KEY_LENGTH, PinKey

PUBLIC_URL = "RINGBACK_PUBLIC_URL"
SECRET_KEY = "RINGBACK_SECRET_KEY"  # noqa: S105 - the name of a variable, not a secret
TWILIO_AUTH_TOKEN = "TWILIO_AUTH_TOKEN"  # noqa: S105 - the name of a variable, not a secret
PIN_KEY = "RINGBACK_PIN_KEY"
# Both are needed to send texts that answer nobody: codes for new phones.
TWILIO_ACCOUNT_SID = "TWILIO_ACCOUNT_SID"
TEXTS_FROM = "RINGBACK_TEXTS_FROM"

SHORTEST_SECRET = 32


class SettingsError(Exception):
    """The environment does not say what is needed; the message names the variable."""


@dataclass(frozen=True, slots=True)
class Settings:
    """`public_url` is where the world reaches this API, without a slash at its end; it may have a
    path, such as the stage of an API Gateway."""

    public_url: str
    secret_key: str = field(repr=False)
    twilio_auth_token: str = field(repr=False)
    pin_key: PinKey = field(repr=False)
    twilio_account_sid: str = field(default="", repr=False)
    texts_from: str = field(default="", repr=False)

    @classmethod
    def from_env(cls, environ: Mapping[str, str]) -> Self:
        """SettingsError where a variable is missing or cannot be used."""
        names = (PUBLIC_URL, SECRET_KEY, TWILIO_AUTH_TOKEN, PIN_KEY)
        missing = [name for name in names if not environ.get(name)]
        if missing:
            raise SettingsError(f"the environment does not set {', '.join(missing)}")
        public_url, secret_key, twilio_auth_token, pin_key = (environ[name] for name in names)
        url = urlsplit(public_url)
        if url.scheme not in {"http", "https"} or not url.hostname or url.query or url.fragment:
            raise SettingsError(f"{PUBLIC_URL} is not an address like https://call.example.com")
        if len(secret_key) < SHORTEST_SECRET:
            raise SettingsError(f"{SECRET_KEY} has less than {SHORTEST_SECRET} characters")
        if len(pin_key) < LEAST_KEY_LENGTH:
            raise SettingsError(f"{PIN_KEY} has less than {LEAST_KEY_LENGTH} characters")
        return cls(
            public_url.rstrip("/"),
            secret_key,
            twilio_auth_token,
            PinKey(pin_key),
            environ.get(TWILIO_ACCOUNT_SID, ""),
            environ.get(TEXTS_FROM, ""),
        )

    @property
    def secure(self) -> bool:
        """Whether browsers reach us over TLS only."""
        return self.public_url.startswith("https://")

    def link(self, path: str) -> str:
        """The path by which a browser reaches one of ours."""
        return urlsplit(self.public_url).path + path
