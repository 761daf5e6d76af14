"""SMS providers that are not built in: how each speaks, and how a message of it would be read."""

from collections.abc import Sequence
from dataclasses import replace
from enum import Enum

from chalice.app import Response

from chalicelib.admin.console import Console, Pages
from chalicelib.admin.forms import AskFor, Choices, Entered, Field, FormsOf, ask
from chalicelib.admin.reading import lines_of, pairs_of
from chalicelib.translation import mark
from switchboard.desk.office import sms_providers as office
from switchboard.texts.provider import Format, Method, Proof, SmsProvider

PROVIDERS = (mark("SMS providers"), "/admin/sms-providers")
PROOFS: Choices = (
    ("hmac", mark("HMAC-SHA256 of the body by the secret")),
    ("secret", mark("The secret itself")),
)
# What a form begins with, and a secret that nobody is told of.
USUAL = SmsProvider("new", "x" * 16)
_THEIRS = (
    ("id_field", mark("Field of the message's id")),
    ("from_field", mark("Field of the sender")),
    ("to_field", mark("Field of the service number")),
    ("text_field", mark("Field of the text")),
)


def add_to(pages: Pages) -> None:
    """The list of providers, the page of one, and its forms."""
    pages.show("/admin/sms-providers", show_providers)
    pages.ask("/admin/new-sms-provider", add)
    pages.show("/admin/sms-providers/{provider}", show_provider)
    pages.ask("/admin/sms-providers/{provider}/edit", edit)
    pages.ask("/admin/sms-providers/{provider}/test", test)
    pages.ask("/admin/sms-providers/{provider}/remove", remove)


def show_providers(console: Console) -> Response:
    found = office.list_providers(console.ports, console.by)
    return console.show("admin/sms_providers.html", title=PROVIDERS[0], providers=found)


def show_provider(console: Console) -> Response:
    provider = _known(console)
    address = f"{console.wiring.settings.public_url}/webhooks/sms/{provider.name}"
    return console.show(
        "admin/sms_provider.html",
        title=provider.name,
        crumbs=[PROVIDERS],
        provider=provider,
        address=address,
        proofs=dict(PROOFS),
    )


def add(console: Console) -> Response:
    def act(entered: Entered) -> Response:
        name, secret = entered["name"], entered["secret"]
        provider = _changed(SmsProvider(name, secret), entered)
        office.add_provider(console.ports, console.by, provider)
        return console.go(path_of(name), console.say(mark("%(name)s was added."), name=name))

    hint = mark("Of its address; small letters, digits and dashes.")
    form = AskFor(
        mark("New SMS provider"),
        mark("Add"),
        (
            Field("name", mark("Name"), required=True, longest=40, hint=hint),
            *_fields(USUAL, replace(_secret(mark("At least 16 characters.")), required=True)),
        ),
        back=PROVIDERS[1],
        crumbs=[PROVIDERS],
        use_case=office.add_provider,
    )
    return ask(console, form, act)


def edit(console: Console) -> Response:
    old = _known(console)

    def act(entered: Entered) -> Response:
        secret = entered["secret"] or old.secret
        office.change_provider(
            console.ports, console.by, _changed(replace(old, secret=secret), entered)
        )
        said = console.say(mark("%(name)s was changed."), name=old.name)
        return console.go(path_of(old.name), said)

    fields = _fields(old, _secret(mark("Left empty, it stays as it is.")))
    return ask(console, _forms(old.name).form(mark("Edit"), mark("Save"), fields=fields), act)


def test(console: Console) -> Response:
    provider = _known(console)

    def act(entered: Entered) -> dict[str, object]:
        sent = entered["sent"]
        read = office.try_message(console.ports, console.by, provider.name, sent)
        return {"message": read}

    example = {"id": "1", "from": "442071234567", "to": "442079460999", "text": "14155550100"}
    lines = [f"{theirs}={example[ours]}" for ours, theirs in provider.fields.items()]
    sent = Field(
        "sent",
        mark("What the provider sends"),
        "lines",
        value="\n".join(lines),
        required=True,
        longest=8000,
        read=pairs_of,
        hint=mark("Field by field, one a line; a field of JSON within another like message.text."),
    )
    text = mark("Shows how such a message would be read. Nothing is ordered, and nobody is rung.")
    form = replace(
        _forms(provider.name).form(mark("Test this provider"), mark("Test"), text, (sent,)),
        use_case=office.try_message,
    )
    return ask(console, form, act, template="admin/sms_test.html", message=None)


def remove(console: Console) -> Response:
    name = _known(console).name

    def act(_entered: Entered) -> Response:
        office.remove_provider(console.ports, console.by, name)
        return console.go(PROVIDERS[1], console.say(mark("%(name)s is gone."), name=name))

    text = mark("Within seconds no text is taken from it, and its secret is forgotten.")
    form = _forms(name).form(mark("Remove this provider"), mark("Remove"), text, danger=True)
    return ask(console, form, act)


def path_of(provider: str) -> str:
    """The page of a provider."""
    return f"{PROVIDERS[1]}/{provider}"


def _known(console: Console) -> SmsProvider:
    return office.find_provider(console.ports, console.by, console.part("provider"))


def _fields(provider: SmsProvider, secret: Field) -> tuple[Field, ...]:
    theirs = (
        Field(name, label, value=getattr(provider, name), required=True, longest=100)
        for name, label in _THEIRS
    )
    return (
        _select("method", mark("Method"), provider.method, _named(Method)),
        _select("format", mark("Format of a body"), provider.format, _named(Format)),
        _select("proof", mark("Proof that it is itself"), provider.proof, PROOFS),
        Field(
            "proof_in",
            mark("Header or field of the proof"),
            value=provider.proof_in,
            required=True,
            longest=100,
        ),
        secret,
        *theirs,
        Field(
            "networks",
            mark("Networks"),
            "lines",
            value="\n".join(provider.networks),
            longest=4000,
            read=lambda text: tuple(lines_of(text)),
            hint=mark("Where it may come from, like 203.0.113.0/24, one a line; empty: anywhere."),
        ),
        Field(
            "answer",
            mark("Answer"),
            "lines",
            value=provider.answer,
            longest=2000,
            hint=mark("What it wants to read; {reply} is the reply to the sender."),
        ),
        Field(
            "answer_type",
            mark("Content type of the answer"),
            value=provider.answer_type,
            required=True,
            longest=100,
        ),
    )


def _changed(provider: SmsProvider, entered: Entered) -> SmsProvider:
    """The provider with what those fields say."""
    return replace(
        provider,
        method=Method(entered["method"]),
        format=Format(entered["format"]),
        proof=Proof(entered["proof"]),
        networks=entered["networks"] or (),
        **{name: entered[name] for name in ("proof_in", "answer", "answer_type")},
        **{name: entered[name] for name, _ in _THEIRS},
    )


def _secret(hint: str) -> Field:
    return Field(
        "secret", mark("Secret"), "password", longest=256, hint=hint, autocomplete="new-password"
    )


def _select(name: str, label: str, value: Enum, choices: Choices) -> Field:
    return Field(name, label, "select", value=str(value.value), choices=choices, required=True)


def _named(kind: type[Enum]) -> Sequence[tuple[str, str]]:
    return [(str(one.value), str(one.value)) for one in kind]


def _forms(name: str) -> FormsOf:
    path = path_of(name)
    return FormsOf(path, [PROVIDERS, (name, path)], office.change_provider)
