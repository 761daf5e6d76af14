"""`ringback sms-providers`: how providers of texts that are not built in speak to the webhook."""

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ringback.cli.common import AsJson, State, operator, ports_for, show_list, show_one
from ringback.cli.grouped import grouped
from ringback.cli.secret import ask_secret

if TYPE_CHECKING:
    from switchboard.texts.provider import SmsProvider

app = typer.Typer(
    help="SMS providers for /webhooks/sms/NAME; Twilio needs none.", no_args_is_help=True
)

Name = Annotated[str, typer.Argument(metavar="NAME")]


@dataclass(frozen=True, slots=True)
class ProviderOptions:
    """What can be said of a provider, beside its secret."""

    method: Annotated[str | None, typer.Option("--method", help="GET or POST.")] = None
    format: Annotated[str | None, typer.Option("--format", help="Of a body: form or json.")] = None
    proof: Annotated[
        str | None,
        typer.Option("--proof", help="hmac (SHA-256 of the body) or secret (sent as it is)."),
    ] = None
    proof_in: Annotated[str | None, typer.Option(help="The header or field of the proof.")] = None
    field: Annotated[
        list[str] | None,
        typer.Option(
            "--field",
            metavar="OURS=THEIRS",
            help="What the provider calls id, from, to and text; message.text is text within"
            " message; repeatable.",
        ),
    ] = None
    network: Annotated[
        list[str] | None,
        typer.Option("--network", help="Where it may come from, like 203.0.113.0/24; repeatable."),
    ] = None
    answer: Annotated[
        str | None, typer.Option("--answer", help="What it wants to read; {reply} is the reply.")
    ] = None
    answer_type: Annotated[str | None, typer.Option(help="The answer's content type.")] = None


@app.command()
@grouped
def add(
    name: Name,
    options: ProviderOptions,
    state: State = None,
    as_json: AsJson = False,
) -> None:
    """Add a provider; its secret is asked for, or taken from $RINGBACK_SMS_SECRET."""
    from switchboard.desk.office.sms_providers import add_provider
    from switchboard.texts.provider import SmsProvider

    ports = ports_for(state)
    terms = _terms(options)
    provider = SmsProvider(name, ask_secret("Secret", "RINGBACK_SMS_SECRET"), **terms)
    add_provider(ports, operator(), provider)
    _show(provider, as_json=as_json)


@app.command("set")
@grouped
def change(
    name: Name,
    options: ProviderOptions,
    secret: Annotated[bool, typer.Option("--secret", help="Ask for a new secret.")] = False,
    state: State = None,
    as_json: AsJson = False,
) -> None:
    """Change what is given. It counts within seconds."""
    from dataclasses import replace

    from switchboard.desk.office.sms_providers import change_provider, find_provider

    ports, by = ports_for(state), operator()
    terms = _terms(options)
    if secret:
        terms["secret"] = ask_secret("Secret", "RINGBACK_SMS_SECRET")
    provider = replace(find_provider(ports, by, name), **terms)
    change_provider(ports, by, provider)
    _show(provider, as_json=as_json)


@app.command("list")
def list_providers(state: State = None, as_json: AsJson = False) -> None:
    """Every provider, without its secret."""
    from switchboard.desk.office.sms_providers import list_providers
    from switchboard.wire import sms_provider_body

    found = list_providers(ports_for(state), operator())
    rows = [sms_provider_body(provider) for provider in found]
    columns = ("provider", "method", "format", "proof", "proof_in", "fields", "networks")
    show_list(rows, columns, as_json=as_json)


@app.command()
def remove(name: Name, state: State = None) -> None:
    """Take no more texts from a provider, within seconds."""
    from switchboard.desk.office.sms_providers import remove_provider

    remove_provider(ports_for(state), operator(), name)
    typer.echo(f"{name} is removed")


@app.command("test")
def try_message(
    name: Name,
    sent: Annotated[
        list[str], typer.Argument(metavar="FIELD=VALUE…", help="As the provider sends them.")
    ],
    state: State = None,
    as_json: AsJson = False,
) -> None:
    """Show how a message of a provider would be read, without doing what it asks for."""
    from switchboard.desk.office.sms_providers import try_message

    fields = dict(_pair(pair) for pair in sent)
    show_one(try_message(ports_for(state), operator(), name, fields), as_json=as_json)


def _terms(options: ProviderOptions) -> dict[str, Any]:
    """What was given, by the names of a provider's fields."""
    from switchboard.errors import Malformed
    from switchboard.texts.provider import Format, Method, Proof

    given: dict[str, Any] = {
        name: getattr(options, name) for name in ("proof_in", "answer", "answer_type")
    }
    for option, kind in (("method", Method), ("format", Format), ("proof", Proof)):
        given[option] = _one_of(kind, option, getattr(options, option))
    given["networks"] = tuple(options.network) if options.network else None
    for ours, theirs in map(_pair, options.field or ()):
        if ours not in ("id", "from", "to", "text"):
            raise Malformed(f"“{ours[:40]}” is none of id, from, to and text")
        given[f"{ours}_field"] = theirs
    return {term: value for term, value in given.items() if value is not None}


def _pair(pair: str) -> tuple[str, str]:
    from switchboard.errors import Malformed

    name, equals, value = pair.partition("=")
    if not equals:
        raise Malformed(f"“{pair[:40]}”: write it like from=msisdn")
    return name.strip(), value


def _one_of(kind: type[Enum], option: str, written: str | None) -> Enum | None:
    from switchboard.errors import Malformed

    if not written:
        return None
    known = {one.value.lower(): one for one in kind}
    if written.lower() not in known:
        raise Malformed(f"--{option} is “{written[:40]}”: write {' or '.join(known)}")
    return known[written.lower()]


def _show(provider: "SmsProvider", *, as_json: bool) -> None:
    from switchboard.wire import sms_provider_body

    show_one(sms_provider_body(provider), as_json=as_json)
