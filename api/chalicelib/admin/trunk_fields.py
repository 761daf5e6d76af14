"""What is asked for of a trunk, part by part, and what it means."""

from collections.abc import Sequence
from datetime import timedelta

from chalicelib.admin.forms import Entered, Field, switch
from chalicelib.admin.reading import lines_of, whole
from chalicelib.translation import mark
from switchboard.calls.link import Codec, Transport
from switchboard.calls.rewriting import Rewrite
from switchboard.calls.trunk import Trunk, check_network
from switchboard.desk.trunks import NONE, TrunkChanges
from switchboard.sip.secret import Secret

CODECS = ("pcmu,pcma", "pcma,pcmu", "pcmu", "pcma")
RULES = mark("Like 44=strip2,prepend0044, one a line, * for all others; the first that fits.")
KEPT = mark("Left empty, it stays as it is.")


def choice_fields(trunk: Trunk, costs: tuple[Field, ...]) -> tuple[Field, ...]:
    """Where it is, when it is chosen, what it costs, and how it is sent numbers."""
    return (
        _address(f"{trunk.host}:{trunk.port}"),
        _number("priority", mark("Priority"), trunk.priority, mark("The lowest is tried first.")),
        _number(
            "weight",
            mark("Weight"),
            trunk.weight,
            mark("Its share among trunks of equal priority and equal cost."),
        ),
        _limit("capacity", mark("Most legs at once"), trunk.capacity),
        _limit("calls_per_second", mark("Most calls a second"), trunk.calls_per_second),
        *costs,
        _rules("rewrites", mark("How numbers are sent"), trunk.rewrites),
        switch("enabled", mark("In use"), trunk.enabled),
    )


def cost_field(trunk: Trunk, sheets: Sequence[str]) -> Field:
    """By which sheet it costs."""
    # It may cost by a sheet that was taken away since.
    costs = trunk.cost_sheet or ""
    named = sorted({*sheets, *filter(None, [costs])})
    return Field(
        "cost_sheet",
        mark("Cost sheet"),
        "select",
        value=costs,
        choices=[(name, name) for name in named],
        unset=mark("not known"),
        hint=mark("The rate sheet with its prices."),
    )


def choice_changes(entered: Entered, _trunk: Trunk) -> TrunkChanges:
    """What those fields change."""
    return TrunkChanges(
        address=entered["address"],
        priority=entered["priority"],
        weight=entered["weight"],
        capacity=entered["capacity"] or 0,
        calls_per_second=entered["calls_per_second"] or 0,
        cost_sheet=entered.get("cost_sheet"),
        rewrites=entered["rewrites"] or (),
        enabled=entered["enabled"],
    )


def link_fields(trunk: Trunk) -> tuple[Field, ...]:
    """How it is spoken to, and what it is expected to answer."""
    link, user = trunk.link, trunk.credentials[0] if trunk.credentials else ""
    proxy = "" if link.proxy is None else f"{link.proxy[0]}:{link.proxy[1]}"
    keep_alive = None if trunk.keep_alive is None else _seconds(trunk.keep_alive)
    codecs = ",".join(codec.value for codec in link.codecs)
    transports = [(one.value, one.name) for one in Transport]
    return (
        _select("transport", mark("Transport"), link.transport.value, transports),
        Field("proxy", mark("Proxy"), value=proxy, hint=mark("host or host:port, if any.")),
        Field("user", mark("User"), value=user, longest=128, hint=_USER_HINT),
        _password("password", mark("Password")),
        switch("registers", mark("Workers register there"), link.registers),
        _select("codecs", mark("Codecs"), codecs, [(one, one.upper()) for one in CODECS]),
        switch("srtp", mark("Encrypted audio (SRTP), with TLS only"), link.srtp),
        switch("session_timers", mark("Session timers"), link.session_timers),
        switch(
            "release_media",
            mark("Audio may flow past the worker"),
            link.release_media,
            mark("To another trunk that allows it, too."),
        ),
        _number("reply_limit", mark("Seconds to reply"), _seconds(trunk.reply_limit), _REPLY),
        _number("rests_after", mark("Rests after failures"), trunk.rests_after, _RESTS),
        _limit("keep_alive", mark("Seconds between OPTIONS"), keep_alive, mark("Empty: never.")),
    )


def link_changes(entered: Entered, trunk: Trunk) -> TrunkChanges:
    """What those fields change."""
    known = trunk.credentials[0] if trunk.credentials else ""
    return TrunkChanges(
        transport=Transport(entered["transport"]),
        proxy=entered["proxy"],
        credentials=_login(known, entered["user"], entered["password"]),
        registers=entered["registers"],
        codecs=tuple(map(Codec, entered["codecs"].split(","))),
        srtp=entered["srtp"],
        session_timers=entered["session_timers"],
        release_media=entered["release_media"],
        reply_limit=timedelta(seconds=entered["reply_limit"]),
        rests_after=entered["rests_after"],
        keep_alive=timedelta(seconds=entered["keep_alive"] or 0),
    )


def caller_fields(trunk: Trunk) -> tuple[Field, ...]:
    """How it is told who calls."""
    caller = trunk.caller_id
    asserted = NONE if caller.asserted is None else caller.asserted.says
    rules = () if caller.asserted is None else caller.asserted.rewrites
    return (
        Field(
            "sender", mark("From"), value=caller.sender.says, required=True, longest=21, hint=_WHOSE
        ),
        _rules("sender_rewrites", mark("How From is written"), caller.sender.rewrites),
        Field(
            "sender_domain",
            mark("Domain"),
            value=caller.domain,
            longest=253,
            hint=mark("Behind that number; empty: our own address."),
        ),
        Field(
            "asserted",
            mark("P-Asserted-Identity"),
            value=asserted,
            required=True,
            longest=21,
            hint=mark("none, caller, account, or a number: for carriers that trust us with it."),
        ),
        _rules("asserted_rewrites", mark("How it is written"), rules),
    )


def caller_changes(entered: Entered, _trunk: Trunk) -> TrunkChanges:
    """What those fields change."""
    return TrunkChanges(
        sender=entered["sender"],
        sender_rewrites=entered["sender_rewrites"] or (),
        sender_domain=entered["sender_domain"],
        asserted=entered["asserted"],
        asserted_rewrites=entered["asserted_rewrites"] or (),
    )


def ring_fields(trunk: Trunk) -> tuple[Field, ...]:
    """From where it sends rings on our service numbers."""
    return (
        Field(
            "rings_from",
            mark("Networks"),
            "lines",
            value="\n".join(trunk.rings_from),
            longest=4000,
            read=lambda text: tuple(map(check_network, lines_of(text))),
            hint=mark("Like 203.0.113.0/28 or an address, one a line, beside its own host."),
        ),
        Field(
            "user",
            mark("User"),
            value=_ring_user(trunk.rings_as),
            longest=64,
            hint=mark("By digest authentication, from anywhere; empty: from nowhere else."),
        ),
        _password("password", mark("Password")),
    )


def ring_changes(entered: Entered, trunk: Trunk) -> TrunkChanges:
    """What those fields change."""
    known = _ring_user(trunk.rings_as)
    return TrunkChanges(
        rings_from=entered["rings_from"] or (),
        rings_as=_login(known, entered["user"], entered["password"]),
    )


_USER_HINT = mark("For digest authentication; empty where the carrier knows us by our address.")
_REPLY = mark("1 to 32; then the next trunk is tried.")
_RESTS = mark("In a row; 0: never.")
_WHOSE = mark("caller, account (the first number of the account), or a number.")


def _address(value: str) -> Field:
    hint = mark("host or host:port.")
    return Field("address", mark("Address"), value=value, required=True, hint=hint)


def _number(name: str, label: str, value: int, hint: str) -> Field:
    return Field(name, label, "number", str(value), required=True, longest=9, read=whole, hint=hint)


def _limit(name: str, label: str, value: int | None, hint: str = "") -> Field:
    shown = "" if value is None else str(value)
    hint = hint or mark("Empty: no limit.")
    return Field(name, label, "number", shown, longest=9, read=whole, hint=hint)


def _select(name: str, label: str, value: str, choices: Sequence[tuple[str, str]]) -> Field:
    return Field(name, label, "select", value=value, choices=choices, required=True)


def _rules(name: str, label: str, rules: Sequence[Rewrite]) -> Field:
    return Field(
        name,
        label,
        "lines",
        value="\n".join(map(str, rules)),
        longest=8000,
        read=lambda text: tuple(map(Rewrite.parse, lines_of(text))),
        hint=RULES,
    )


def _password(name: str, label: str) -> Field:
    return Field(name, label, "password", longest=256, hint=KEPT, autocomplete="new-password")


def _login(known: str, user: str, password: str) -> tuple[str, str] | None:
    """A user name and a password; None where they stay: nobody wrote another one."""
    if user == known and not password:
        return None
    return (user, password) if user else ("", "")


def _ring_user(secret: Secret | None) -> str:
    return "" if secret is None else secret.user


def _seconds(span: timedelta) -> int:
    return span // timedelta(seconds=1)
