"""`ringback demo`: one callback, from a text message to two phones that hear each other."""

import asyncio
import tempfile
import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from uuid import uuid4

from rich.console import Console

from ringback.carrier.call import PhoneCall
from ringback.carrier.carrier import SimulatedCarrier
from ringback.carrier.media.sound import Tone
from ringback.carrier.script import PhoneScript
from ringback.local.report import Checks, show_checks, show_money, show_record, show_timeline
from ringback.local.sample import ACCOUNT, CUSTOMER, DESTINATION, SERVICE, add_sample
from ringback.local.system import LocalSystem, SystemOptions
from ringback.local.webhook import post_text
from ringback.wiring import passwords
from switchboard.calls.callback import Callback, Trigger
from switchboard.calls.cdr import Cdr
from switchboard.desk.check_books import check_books
from switchboard.ledger.balance import Balance
from switchboard.ports import Ports

CUSTOMER_TONE = Tone(700)
DESTINATION_TONE = Tone(1200)
SCRIPTS = {
    str(CUSTOMER): PhoneScript(ring_for=timedelta(seconds=1), sound=CUSTOMER_TONE),
    str(DESTINATION): PhoneScript(
        ring_for=timedelta(seconds=3),
        sound=DESTINATION_TONE,
        hang_up_after=timedelta(seconds=4),
    ),
}
LIMIT_S = 45
POLL_S = 0.05


@dataclass(frozen=True, slots=True)
class Story:
    """All that happened, from both ends: ours, and the phones'."""

    posted_at: datetime
    reply: str
    callback: Callback
    cdr: Cdr
    holds_micros: tuple[int, ...]
    before: Balance
    after: Balance
    customer: PhoneCall
    destination: PhoneCall
    breaches: tuple[str, ...]


def run_demo() -> bool:
    """Whether each phone heard the other and the money adds up; all of it is printed."""
    console = Console(highlight=False)
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="ringback-demo-") as state:
        story = asyncio.run(_tell(Path(state), console))
    show_timeline(console, story.posted_at, story.callback, story.cdr)
    show_record(console, story.cdr)
    show_money(console, story.before, story.holds_micros, story.cdr, story.after)
    checks = _check(story)
    show_checks(console, checks)
    console.print(f"\ntook {time.monotonic() - started:.1f} s")
    return checks.all_hold


async def _tell(state: Path, console: Console) -> Story:
    async with SimulatedCarrier(SCRIPTS) as carrier:
        options = SystemOptions(state, carrier_port=carrier.port)
        console.print("starting the embedded AWS, the API, a media worker and a carrier …")
        system = LocalSystem(options)
        # On this thread: the parts live as long as the thread that starts them.
        with system:
            add_sample(system.ports, passwords(), system.env["RINGBACK_DEMO_PASSWORD"])
            async with asyncio.timeout(LIMIT_S):
                return await _play(system, carrier, console)


async def _play(system: LocalSystem, carrier: SimulatedCarrier, console: Console) -> Story:
    ports = system.ports
    before = ports.books.balance(ACCOUNT)
    message_id = f"SM{uuid4().hex}"
    console.print(f"texting “{DESTINATION.digits}” from {CUSTOMER} to {SERVICE}")
    posted_at = ports.clock.now()
    answer = await asyncio.to_thread(
        post_text,
        system.url,
        system.env["TWILIO_AUTH_TOKEN"],
        sender=str(CUSTOMER),
        service=str(SERVICE),
        text=DESTINATION.digits,
        message_id=message_id,
    )
    answer.raise_for_status()
    callback_id = Trigger("twilio-sms", message_id).callback_id
    customer = await carrier.next_call(str(CUSTOMER))
    destination = await carrier.next_call(str(DESTINATION))
    await destination.wait_answered()
    held = tuple(hold.amount_micros for hold in ports.books.balance(ACCOUNT).holds.values())
    await asyncio.gather(customer.wait_ended(), destination.wait_ended())
    callback = await _ended(ports, callback_id)
    cdr = ports.books.cdr(ACCOUNT, callback_id, callback.requested_at)
    assert cdr is not None, "an ended callback has a CDR"
    return Story(
        posted_at=posted_at,
        reply=answer.text,
        callback=callback,
        cdr=cdr,
        holds_micros=held,
        before=before,
        after=ports.books.balance(ACCOUNT),
        customer=customer,
        destination=destination,
        breaches=tuple(str(breach) for breach in check_books(ports)),
    )


async def _ended(ports: Ports, callback_id: str) -> Callback:
    while True:
        callback = await asyncio.to_thread(ports.callbacks.find, callback_id)
        holds = (await asyncio.to_thread(ports.books.balance, ACCOUNT)).holds
        if callback is not None and callback.state.final and callback_id not in holds:
            return callback
        await asyncio.sleep(POLL_S)


def _check(story: Story) -> Checks:
    customer, destination, cdr = story.customer, story.destination, story.cdr
    assert destination.answered is not None, "the story was told to its end"
    connected = destination.answered.monotonic
    checks = Checks()
    checks.tone(
        "customer hears ringback", customer.heard.between(connected - 2.5, connected), 440, 480
    )
    talk = (connected + 0.5, connected + 3.5)
    checks.tone("customer hears the destination", customer.heard.between(*talk), 1200)
    checks.tone("destination hears the customer", destination.heard.between(*talk), 700)
    checks.that("the reply says what happens", "calling you" in story.reply)
    checks.that("the destination hung up", cdr.verdict.culprit.value == "destination")
    checks.that("both legs are in the CDR", len(list(cdr.legs)) == 2)
    checks.that("one hold was made", len(story.holds_micros) == 1 and story.holds_micros[0] > 0)
    checks.that("the hold was released", not story.after.holds and story.after.held_micros == 0)
    cost = sum(leg.cost_micros for leg in cdr.legs)
    spent = story.before.posted_micros - story.after.posted_micros
    checks.that("the account paid what both legs cost", spent == cost > 0)
    checks.that("the books are in order", not story.breaches)
    return checks
