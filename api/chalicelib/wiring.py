"""Where the API is put together; the only place that knows the adapters."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from chalicelib.settings import Settings, SettingsError
from chalicelib.twilio_texts import NoTexts, TwilioTexts
from switchboard.calls.trunk import Trunk
from switchboard.desk.text_senders import TextKeys
from switchboard.desk.work import Tools
from switchboard.ports import Inbox, Passwords, Ports, Texts
from switchboard.ports.carriers import AskTrunk, Reply
from switchboard.staff.safe import Safe
from switchboard.tables.cells import Cell


def ask_trunk(trunk: Trunk) -> Reply:
    """Ask a trunk for its options. NoReply where it is silent."""
    from switchboard.ping import ask_trunk

    return ask_trunk(trunk)


@dataclass(frozen=True, slots=True)
class Wiring:
    """All that a view may ask for."""

    settings: Settings
    ports: Ports
    passwords: Passwords
    texts: Texts
    ask_trunk: AskTrunk = ask_trunk

    @property
    def tools(self) -> Tools:
        """What jobs work with."""
        # Imported late, as all that few requests need.
        from switchboard.spreadsheets.files import FileSpreadsheets

        return Tools(FileSpreadsheets(), self.settings.pin_key)

    @property
    def safe(self) -> Safe:
        """Where secrets of users are locked up. Its key is that of PINs, which never changes as
        that of sessions may."""
        return Safe(self.settings.pin_key.secret)

    @property
    def text_keys(self) -> TextKeys:
        """What texts are checked with."""
        return TextKeys(self.passwords, self.settings.pin_key, self.texts)


def table_file(kind: str, header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """A table as a file of this kind: `xlsx`, `csv` or `txt`. No text in it becomes a formula."""
    from switchboard.spreadsheets.writing import write_file

    with TemporaryDirectory() as folder:
        path = Path(folder) / f"table.{kind}"
        write_file(path, header, rows)
        return path.read_bytes()


# Called with each request: the answer is kept by whoever gives it.
Wire = Callable[[], Wiring]


def open_wiring(environ: Mapping[str, str]) -> Wiring:
    """The API on AWS, or on whatever the environment's endpoints are. SettingsError names what
    is missing."""
    # Imported late: `app.py` is loaded where there is no AWS, and AWS's libraries take 0.2 s.
    from switchboard.aws import AwsSettings, open_ports
    from switchboard.vault import ArgonPasswords

    settings = Settings.from_env(environ)
    try:
        ports = open_ports(AwsSettings.from_env(environ))
    except KeyError as error:
        raise SettingsError(f"the environment does not set {error.args[0]}") from error
    return Wiring(settings, ports, ArgonPasswords(), texts_of(settings))


def open_jobs_inbox(environ: Mapping[str, str]) -> Inbox:
    """Where jobs are taken from, where no Lambda is handed them."""
    from switchboard.aws import AwsSettings, jobs_inbox

    return jobs_inbox(AwsSettings.from_env(environ))


def texts_of(settings: Settings) -> Texts:
    """The way out for texts, where one is configured."""
    if not (settings.twilio_account_sid and settings.texts_from):
        return NoTexts()
    sid, token = settings.twilio_account_sid, settings.twilio_auth_token
    return TwilioTexts(sid, token, settings.texts_from)
