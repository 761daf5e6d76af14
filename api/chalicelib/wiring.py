"""Where the API is put together; the only place that knows the adapters."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from chalicelib.settings import Settings
from switchboard.ports import Passwords, Ports


@dataclass(frozen=True, slots=True)
class Wiring:
    """All that a view may ask for."""

    settings: Settings
    ports: Ports
    passwords: Passwords


# Called with each request: the answer is kept by whoever gives it.
Wire = Callable[[], Wiring]


def open_wiring(environ: Mapping[str, str]) -> Wiring:
    """The API on AWS, or on whatever the environment's endpoints are. SettingsError names what
    is missing."""
    # Imported late: `app.py` is loaded where there is no AWS, and AWS's libraries take 0.2 s.
    from switchboard.aws import AwsSettings, open_ports
    from switchboard.vault import ArgonPasswords

    return Wiring(
        settings=Settings.from_env(environ),
        ports=open_ports(AwsSettings.from_env(environ)),
        passwords=ArgonPasswords(),
    )
