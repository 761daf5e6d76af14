"""The options of a trunk, declared once for `ringback trunks add` and `set`."""

from dataclasses import asdict, dataclass
from datetime import timedelta
from enum import Enum
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer

from ringback.cli.secret import ask_secret

if TYPE_CHECKING:
    from switchboard.calls.rewriting import Rewrite
    from switchboard.desk.trunks import TrunkChanges

Chosen = TypeVar("Chosen", bound=Enum)
Priority = typer.Option(help="The lowest is tried first.")


@dataclass(frozen=True, slots=True)
class TrunkOptions:
    """What can be said of any trunk, beside its address."""

    priority: Annotated[int | None, Priority] = None
    weight: Annotated[
        int | None, typer.Option(help="Its share among trunks of equal priority and cost.")
    ] = None
    capacity: Annotated[
        int | None, typer.Option(min=0, help="The most legs at once; 0: no limit.")
    ] = None
    calls_per_second: Annotated[
        int | None, typer.Option(min=0, help="The most calls that begin in a second; 0: no limit.")
    ] = None
    cost_sheet: Annotated[
        str | None,
        typer.Option(metavar="SHEET", help="The rate sheet with its prices; empty: none."),
    ] = None
    rewrites: Annotated[
        list[str] | None,
        typer.Option(
            "--rewrite",
            metavar="PREFIX=strip2,prepend0044",
            help="How numbers with a prefix are sent, * for all others; the first that fits"
            " counts. Repeatable, and in place of all there were; `none` for none.",
        ),
    ] = None
    enabled: Annotated[
        bool | None, typer.Option("--enabled/--disabled", help="Whether it is used.")
    ] = None
    user: Annotated[
        str | None,
        typer.Option(
            help="For digest authentication, empty for none; the password is asked for, or taken"
            " from $RINGBACK_TRUNK_PASSWORD."
        ),
    ] = None
    reply_limit: Annotated[
        int | None,
        typer.Option(
            min=1, max=32, help="Seconds within which it has to reply; else the next one is tried."
        ),
    ] = None
    rests_after: Annotated[
        int | None,
        typer.Option(min=0, help="It rests after so many failures in a row; 0: never."),
    ] = None
    keep_alive: Annotated[
        int | None,
        typer.Option(min=0, help="Seconds after which it is asked for its options; 0: never."),
    ] = None
    sender: Annotated[
        str | None,
        typer.Option(
            "--from",
            metavar="caller|account|NUMBER",
            help="Whose number From has: who calls, the first of the account's, or always this.",
        ),
    ] = None
    sender_rewrites: Annotated[
        list[str] | None,
        typer.Option(
            "--rewrite-from", metavar="RULE", help="How numbers are written there; as --rewrite."
        ),
    ] = None
    sender_domain: Annotated[
        str | None,
        typer.Option("--from-domain", help="Behind that number; empty: our own address."),
    ] = None
    asserted: Annotated[
        str | None,
        typer.Option(
            metavar="none|caller|account|NUMBER",
            help="The same of P-Asserted-Identity, for carriers that trust us with it.",
        ),
    ] = None
    asserted_rewrites: Annotated[
        list[str] | None,
        typer.Option(
            "--rewrite-asserted",
            metavar="RULE",
            help="How numbers are written there; as --rewrite.",
        ),
    ] = None
    transport: Annotated[str | None, typer.Option(metavar="udp|tcp|tls")] = None
    proxy: Annotated[
        str | None,
        typer.Option(metavar="HOST[:PORT]", help="All requests go by it; empty: to the trunk."),
    ] = None
    registers: Annotated[
        bool | None,
        typer.Option("--register/--no-register", help="Whether workers register there."),
    ] = None
    srtp: Annotated[
        bool | None, typer.Option("--srtp/--no-srtp", help="Encrypted audio; with TLS only.")
    ] = None
    codecs: Annotated[
        str | None, typer.Option(metavar="pcmu,pcma", help="Offered in this order.")
    ] = None
    session_timers: Annotated[
        bool | None,
        typer.Option(
            "--session-timers/--no-session-timers",
            help="Whether both sides look if the other is still there (RFC 4028).",
        ),
    ] = None
    release_media: Annotated[
        bool | None,
        typer.Option(
            "--release-media/--keep-media",
            help="Whether the audio of a talk may flow to another carrier past the worker.",
        ),
    ] = None


@dataclass(frozen=True, slots=True)
class NewTrunk(TrunkOptions):
    """The same of a trunk that is added."""

    priority: Annotated[int, Priority] = 10


def changes_of(options: TrunkOptions, address: str | None) -> "TrunkChanges":
    """What the options say is to change; asks for the password of a user."""
    from switchboard.calls.link import Codec, Transport
    from switchboard.desk.trunks import TrunkChanges

    given: dict[str, Any] = {
        name: value for name, value in asdict(options).items() if value is not None
    }
    for rules in given.keys() & {"rewrites", "sender_rewrites", "asserted_rewrites"}:
        given[rules] = _rules(given[rules])
    for span in given.keys() & {"reply_limit", "keep_alive"}:
        given[span] = timedelta(seconds=given[span])
    if "transport" in given:
        given["transport"] = _one_of(Transport, given["transport"])
    if "codecs" in given:
        given["codecs"] = tuple(_one_of(Codec, word) for word in given["codecs"].split(","))
    if "user" in given:
        given["credentials"] = login_of(given.pop("user"))
    return TrunkChanges(address, **given)


def _one_of(kind: type[Chosen], word: str) -> Chosen:
    from switchboard.errors import Malformed

    known = {one.value: one for one in kind}
    if word.strip().lower() not in known:
        raise Malformed(f"“{word[:20]}” is none of {', '.join(known)}")
    return known[word.strip().lower()]


def _rules(texts: list[str]) -> "tuple[Rewrite, ...]":
    from switchboard.calls.rewriting import Rewrite

    return () if texts == ["none"] else tuple(map(Rewrite.parse, texts))


def login_of(user: str | None) -> tuple[str, str] | None:
    """The user with a password, which is asked for; without one where the name is empty."""
    if not user:
        return None if user is None else ("", "")
    return user, ask_secret("Password", "RINGBACK_TRUNK_PASSWORD")
