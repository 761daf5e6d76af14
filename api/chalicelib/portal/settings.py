"""Settings: the password, and the browsers and apps in which the customer is signed in."""

import re
from dataclasses import dataclass
from datetime import datetime

from chalice.app import Response

from chalicelib.portal.customer import Customer, for_customer
from chalicelib.refusals import Misentered
from chalicelib.routes import source_of
from chalicelib.visits import begin, keep
from switchboard.desk.passwords import SHORTEST_PASSWORD, change_password
from switchboard.desk.visits import end_visit, end_visits, open_visits
from switchboard.errors import Refusal
from switchboard.ports import Visit, VisitKind
from switchboard.wire.agents import DIALER, dialer_version

# By what browsers call themselves; most call themselves by other names, too.
BROWSERS = (
    ("Edg", "Edge"),
    ("OPR", "Opera"),
    ("Firefox", "Firefox"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS", "macOS"),
    ("Linux", "Linux"),
)
_ID = re.compile(r"[\w-]{1,64}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Shown:
    """A visit as its customer recognises it."""

    id: str
    name: str
    system: str
    address: str
    begun_at: datetime
    own: bool
    is_app: bool


@for_customer
def show_settings(customer: Customer) -> Response:
    return _settings(customer)


@for_customer
def post_password(customer: Customer) -> Response:
    """Changes it, ends every visit, and begins a new one here."""
    form = customer.form()
    old, new, again = (form.get(name, [""])[0] for name in ("old", "new", "again"))
    try:
        if len(new) < SHORTEST_PASSWORD:
            shortest = {"shortest": SHORTEST_PASSWORD}
            raise Misentered(customer.reader.say("%(shortest)s characters at least.", **shortest))
        if new != again:
            raise Misentered(customer.reader.say("The new password is not twice the same."))
        address = source_of(customer.request)
        passwords = customer.wiring.passwords
        changed = change_password(customer.ports, passwords, customer.id, old, new, address)
    except Refusal as refusal:
        return _settings(customer, refusal)
    visit = begin(customer.wiring, customer.request, changed.profile)
    return keep(customer.go("/portal/settings?done=password"), customer.wiring.settings, visit)


@for_customer
def post_visit_end(customer: Customer) -> Response:
    form = customer.form()
    if _ID.fullmatch(form.text("visit")):
        end_visit(customer.ports, customer.id, form.text("visit"))
    return customer.go("/portal/settings?done=ended")


@for_customer
def post_other_visits_end(customer: Customer) -> Response:
    customer.form()
    end_visits(customer.ports, customer.id, kept=customer.visit.nonce)
    return customer.go("/portal/settings?done=ended")


def _settings(customer: Customer, refusal: Refusal | None = None) -> Response:
    visits = open_visits(customer.ports, customer.id)
    shown = {
        "profile": customer.account.profile,
        "visits": [_shown(customer, visit) for visit in reversed(visits)],
        "shortest": SHORTEST_PASSWORD,
    }
    return customer.page("portal/settings.html", shown, refusal=refusal)


def _shown(customer: Customer, visit: Visit) -> Shown:
    is_app = visit.kind is VisitKind.APP
    if is_app:
        name = _app(visit.agent) or customer.reader.say("without a name")
    else:
        name = _known(visit.agent, BROWSERS) or customer.reader.say("A browser")
    return Shown(
        visit.id,
        name,
        _known(visit.agent, SYSTEMS),
        visit.address,
        visit.begun_at,
        own=visit.id == customer.visit.nonce,
        is_app=is_app,
    )


def _app(agent: str) -> str:
    """What an app calls itself, with its version: `curl/8.5.0 (…)` is “curl 8.5.0”."""
    version = dialer_version(agent)
    if version is not None:
        return f"{DIALER} {version}".strip()
    return agent.partition(" ")[0].replace("/", " ", 1)


def _known(agent: str, names: tuple[tuple[str, str], ...]) -> str:
    return next((name for sign, name in names if sign in agent), "")
