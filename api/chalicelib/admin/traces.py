"""Tracing: what it is on for, what was traced, and one callback from end to end."""

from datetime import timedelta

from chalice.app import Response

from chalicelib.admin.console import ROWS, Console, Pages
from chalicelib.admin.forms import AskFor, Entered, Field, ask
from chalicelib.admin.ladder import PARTIES, WIDTH, ladders
from chalicelib.render import attach
from chalicelib.translation import mark
from switchboard.calls.tracing import Traced
from switchboard.desk.office import tracing as office
from switchboard.errors import Malformed

PATH = "/admin/trace"
TRACES = (mark("Tracing"), PATH)
PCAP = "application/vnd.tcpdump.pcap"
KINDS = {
    Traced.ACCOUNT: mark("Account"),
    Traced.NUMBER: mark("Phone number"),
    Traced.TRUNK: mark("Trunk"),
    Traced.CALLBACK: mark("Callback"),
}
SPANS = {
    15: mark("15 minutes"),
    60: mark("An hour"),
    8 * 60: mark("8 hours"),
    24 * 60: mark("A day"),
    7 * 24 * 60: mark("A week"),
}


def add_to(pages: Pages) -> None:
    """What is traced, its switches, and a page for each traced callback."""
    pages.show(PATH, show_traces)
    pages.ask("/admin/new-trace", trace)
    pages.do("/admin/end-trace", trace_no_more)
    pages.show(f"{PATH}/{{callback}}", show_trace)
    pages.show(f"{PATH}/{{callback}}/pcap", download)


def show_traces(console: Console) -> Response:
    page = office.list_traces(console.ports, console.by, limit=ROWS, cursor=console.cursor)
    switches = office.switches(console.ports, console.by)
    return console.show(
        "admin/traces.html", title=TRACES[0], page=page, switches=switches, kinds=KINDS
    )


def trace(console: Console) -> Response:
    def act(entered: Entered) -> Response:
        span = timedelta(minutes=entered["minutes"])
        office.switch_on(console.ports, console.by, entered["kind"], entered["value"], span)
        return console.go(PATH, console.say(mark("Tracing is on.")))

    query = console.query
    fields = (
        Field(
            "kind",
            mark("What"),
            "select",
            value=query.get("kind", Traced.ACCOUNT.value),
            choices=[(kind.value, label) for kind, label in KINDS.items()],
            required=True,
            read=_kind,
        ),
        Field(
            "value",
            mark("Which"),
            value=query.get("value", "")[:128],
            hint=mark("Its id, its name, or a number with its country: +44…"),
            required=True,
            longest=128,
        ),
        Field(
            "minutes",
            mark("For"),
            "select",
            value="60",
            choices=[(str(minutes), label) for minutes, label in SPANS.items()],
            required=True,
            read=int,
        ),
    )
    text = mark(
        "Callbacks that begin from now on are traced, within ten seconds: their SIP, prompts, keys"
        " and money, without PINs and passwords. A trace is kept for a week."
    )
    title, button = mark("Switch tracing on"), mark("Switch on")
    form = AskFor(
        title, button, fields, text, back=PATH, crumbs=[TRACES], use_case=office.switch_on
    )
    return ask(console, form, act)


def trace_no_more(console: Console) -> Response:
    kind, value = _kind(console.form.text("kind")), console.form.text("value")
    office.switch_off(console.ports, console.by, kind, value)
    return console.go(PATH, console.say(mark("Tracing is off.")))


def show_trace(console: Console) -> Response:
    name = console.part("callback")
    story = office.read_trace(console.ports, console.by, name)
    return console.show(
        "admin/trace.html",
        title=mark("Trace of a callback"),
        crumbs=[TRACES],
        callback=name,
        story=story,
        ladders=ladders(story.traces),
        width=WIDTH,
        parties=PARTIES,
    )


def download(console: Console) -> Response:
    name = console.part("callback")
    content = office.export_trace(console.ports, console.by, name)
    return attach(console.wiring.settings, content, PCAP, f"{name}.pcap")


def _kind(text: str) -> Traced:
    try:
        return Traced(text)
    except ValueError:
        raise Malformed("choose what is traced") from None
