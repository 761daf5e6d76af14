"""A customer with something on every page: calls, minutes, names, plans, a long history."""

from datetime import timedelta

from chalicelib.wiring import Wiring
from switchboard.billing.catalogue import Item
from switchboard.billing.plans import Allowance, Group, Plan
from switchboard.billing.subscriptions import Deal
from switchboard.calls.callback import Trigger
from switchboard.calls.ending import Culprit, Ending, Verdict
from switchboard.calls.planned import Planned
from switchboard.desk.accounts import top_up
from switchboard.desk.catalogue import save_group, save_item, save_plan
from switchboard.desk.phone_books import set_names, set_speed_dials
from switchboard.desk.profiles import Changes, change_profile
from switchboard.desk.recurring import run_recurring
from switchboard.desk.subscriptions import subscribe
from switchboard.money import Money
from switchboard.numbering import PhoneNumber
from switchboard.ports import Ports, Visit
from tests.fakes.api import SETTINGS, Api, visit
from tests.fakes.history import past_call
from tests.fakes.passwords import PlainPasswords
from tests.fakes.ports import memory_ports
from tests.fakes.texts import MemoryTexts
from tests.fakes.world import ALICE, BOB, CAROL, open_alice

MOBILE = PhoneNumber("+447700900123")
BUSY = Verdict(Ending.BUSY, Culprit.DESTINATION)
NOBODY = Verdict(Ending.NO_ANSWER, Culprit.CUSTOMER)
LONG_NAME = "Aunt Wilhelmina in Llanfairpwllgwyngyll"
SCRIPT = "<script>alert(1)</script>"


def furnished_api() -> Api:
    """A browser where she has signed in."""
    api = Api(Wiring(SETTINGS, memory_ports(), PlainPasswords(), MemoryTexts()))
    furnish(api.wiring)
    visit(api)
    return api


def furnish(wiring: Wiring) -> None:
    """Alice as she is after a month, in London."""
    ports = wiring.ports
    open_alice(ports, opening_micros=20_000_000, passwords=wiring.passwords)
    changes = Changes(
        name="Alice Pleasance Liddell of the Long Name Trading Company",
        time_zone="Europe/London",
        email="alice@example.com",
        add_numbers=(MOBILE,),
    )
    change_profile(ports, "alice", changes)
    offer_travel(ports)
    for day in range(31):
        ports.clock.pass_by(timedelta(days=1))
        verdict = (BUSY, NOBODY)[day % 2] if day % 5 == 4 else None
        charge = 0 if verdict else 123_400 + 17_000 * (day % 7)
        name = f"{day:032x}"
        to = CAROL if day % 3 else BOB
        if verdict:
            past_call(ports, name, charge, to=to, verdict=verdict, seconds=0)
        else:
            past_call(ports, name, charge, to=to, seconds=61 * (day + 1))
        if day in (12, 24):
            amount = Money("EUR", 5_000_000)
            top_up(ports, "alice", amount, reference=f"r{day}", note=f"Receipt {day} {SCRIPT}")
    run_recurring(ports)
    _furnish_book(ports)
    now = ports.clock.now()
    for hours, to in ((3, BOB), (30, None)):
        trigger = Trigger("web", f"alice#{hours}")
        at = now + timedelta(hours=hours)
        ports.schedule.put(Planned("alice", ALICE, to, trigger, at, now))
    agent = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Safari/604.1"
    elsewhere = Visit("elsewhere", now, now + timedelta(hours=5), agent, "2001:db8::1")
    ports.visits.save("alice", (), (elsewhere,))


def offer_travel(ports: Ports) -> None:
    """Plans and numbers, of which Alice has one each."""
    save_group(ports, Group("europe", ("33", "44", "49")), new=True)
    save_group(ports, Group("america", ("1",)), new=True)
    allowances = (Allowance("europe", "europe", 6_000), Allowance("america", "america", 600))
    plan = Plan("travel", "Travel Europe and America", allowances)
    item = Item("travel", "EUR", 3_000_000, "Travel Europe and America", plan="travel")
    save_plan(ports, plan, item, new=True)
    save_item(ports, Item("did", "EUR", 1_500_000, "A number of your own in London"), new=True)
    change_profile(ports, "alice", Changes(plan="travel"))
    subscribe(ports, "alice", Deal("did"))
    run_recurring(ports)


def _furnish_book(ports) -> None:
    names = {"Bob": BOB, "Carol at work": CAROL, LONG_NAME: MOBILE, "<b>Mallory</b>": BOB}
    set_names(ports, "alice", names)
    set_speed_dials(ports, "alice", {1: BOB, 2: CAROL, 99: MOBILE})
