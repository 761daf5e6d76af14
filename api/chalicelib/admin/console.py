"""The console as a page is given it: who asks, for what, and how it is answered."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from urllib.parse import quote, urlencode

from chalice.app import Request, Response

from chalicelib.admin.cookies import heard, say, say_no_more, seal_of, session_of
from chalicelib.admin.navigation import menu_of
from chalicelib.forms import Form, read_form
from chalicelib.readers import Reader, visitor_of
from chalicelib.render import redirect, render
from chalicelib.routes import FORM, Routes, path_part, query_of, source_of, status_of
from chalicelib.sessions import Session
from chalicelib.translation import LANGUAGES, mark
from chalicelib.visits import FORM_TOKEN, StaleForm
from chalicelib.wiring import Wire, Wiring
from switchboard.desk.office.entrance import operator_of, visit_of
from switchboard.errors import Malformed, NotFound, NotSignedIn, Refusal
from switchboard.ports import Ports
from switchboard.staff.rights import Right
from switchboard.staff.users import Operator, User
from switchboard.staff.visits import Visit

LOGIN = "/admin/login"
ROWS = 50
LONGEST_CURSOR = 2048
LONGEST_PART = 128
# A page of the console and nothing else: no host, no other scheme, no way up.
_OWN_PATH = re.compile(r"/admin(/(?!\.)[A-Za-z0-9._~-]+)*(\?[A-Za-z0-9._~%+=&-]*)?")

Crumb = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Console:
    """One request of an operator who is signed in."""

    wiring: Wiring
    request: Request
    by: Operator
    user: User
    visit: Visit
    session: Session
    form: Form = field(default_factory=Form)

    @property
    def reader(self) -> Reader:
        """The operator, by the language that they chose, or what their browser says of them."""
        chosen = self.user.language
        return Reader(chosen) if chosen in LANGUAGES else visitor_of(self.request)

    @property
    def ports(self) -> Ports:
        """The ports of the system."""
        return self.wiring.ports

    @property
    def query(self) -> dict[str, str]:
        """What the address asks for, without spaces around it."""
        return {name: text.strip() for name, text in query_of(self.request).items()}

    @property
    def cursor(self) -> str | None:
        """Which part of a list is asked for. Malformed where it can be none."""
        cursor = self.query.get("cursor")
        if cursor is not None and len(cursor) > LONGEST_CURSOR:
            raise Malformed("this cursor is not one of ours")
        return cursor or None

    def part(self, name: str) -> str:
        """What stands in the path in the place of `{name}`. NotFound where it is longer than
        anything is named, so that no store is asked for it."""
        text = path_part(self.request, name)
        if len(text) > LONGEST_PART:
            raise NotFound("there is no such page")
        return text

    def say(self, text: str, **gaps: object) -> str:
        """A text of ours in the operator's language, its gaps filled."""
        return self.reader.say(text, **gaps)

    def show(
        self,
        template: str,
        *,
        title: str,
        crumbs: Sequence[Crumb] = (),
        status: int = 200,
        **values: object,
    ) -> Response:
        """A page in the shell. `crumbs` are the pages above it, the first page left out."""
        said = heard(self.wiring, self.request)
        frame = {
            "title": title,
            "crumbs": crumbs,
            "said": said,
            "menu": menu_of(self.by),
            "here": self.request.path,
            "user": self.user,
            "may": lambda right: self.by.may(Right.parse(right)),
            "hides_costs": self.by.role.hides_costs,
            "now": self.ports.clock.now(),
            "query": self.query,
            "next_part": self._next_part,
            "form_token": seal_of(self.wiring.settings).form_token(self.session),
        }
        shown = {**frame, **values}
        page = render(self.wiring.settings, template, shown, status=status, reader=self.reader)
        return say_no_more(page, self.wiring.settings) if said else page

    def go(self, path: str, said: str = "") -> Response:
        """On to another page, which says what was done."""
        response = redirect(self.wiring.settings, path)
        return say(response, self.wiring.settings, said) if said else response

    def refuse(self, refusal: Refusal) -> Response:
        """A refusal in the shell."""
        return self.show(
            "admin/problem.html",
            title=mark("This did not work"),
            status=status_of(refusal),
            message=refusal.message,
        )

    def _next_part(self, cursor: str) -> str:
        return "?" + urlencode({**self.query, "cursor": cursor})


PageView = Callable[[Console], Response]


class Pages(Routes):
    """Routes of the console. All but the entrance are for those who are signed in, and no form is
    taken that was not made for this visit."""

    def __init__(self, wire: Wire) -> None:
        super().__init__(wire, refuse_at_the_door)

    def show(self, path: str, view: PageView) -> None:
        """A page that changes nothing."""
        self.add("GET", path, _signed_in(view))

    def refresh(self, path: str, view: PageView) -> None:
        """What a page asks for by itself: a visit does not go on by it."""
        self.add("GET", path, _signed_in(view, by_itself=True))

    def ask(self, path: str, view: PageView) -> None:
        """A form: shown, and posted to the same address."""
        self.show(path, view)
        self.do(path, view)

    def do(self, path: str, view: PageView) -> None:
        """A button that asks nothing more."""
        self.add("POST", path, _signed_in(view), takes=[FORM])


def _signed_in(view: PageView, *, by_itself: bool = False) -> Callable[[Wiring, Request], Response]:
    def with_console(wiring: Wiring, request: Request) -> Response:
        console = open_console(wiring, request, by_itself=by_itself)
        try:
            return view(console)
        except NotSignedIn:
            raise
        except Refusal as refusal:
            return console.refuse(refusal)

    with_console.__name__ = view.__name__
    return with_console


def open_console(wiring: Wiring, request: Request, *, by_itself: bool = False) -> Console:
    """The console of whoever asks, perhaps only their browser by itself. NotSignedIn where nobody
    is signed in; StaleForm where a form was posted that was not made for this visit."""
    session = session_of(wiring, request)
    if session.account is None:
        raise NotSignedIn("please sign in")
    visit = visit_of(wiring.ports, session.account, session.nonce, seen=not by_itself)
    by, user = operator_of(wiring.ports, visit, source_of(request))
    form = posted_form(wiring, request, session) if request.method == "POST" else Form()
    return Console(wiring, request, by, user, visit, session, form)


def posted_form(wiring: Wiring, request: Request, session: Session) -> Form:
    """The form that was posted. StaleForm where it was not made for this session."""
    form = read_form(request)
    if not seal_of(wiring.settings).is_form_of(session, form.text(FORM_TOKEN)):
        raise StaleForm("this page was too old: please try again")
    return form


def refuse_at_the_door(wiring: Wiring, request: Request, refusal: Refusal) -> Response:
    """A refusal of somebody who is not known: they are sent to sign in, and come back."""
    if not isinstance(refusal, NotSignedIn):
        values = {"message": refusal.message, "home": "/admin"}
        status, reader = status_of(refusal), visitor_of(request)
        return render(wiring.settings, "problem.html", values, status=status, reader=reader)
    asked_for = _address(request) if request.method == "GET" else ""
    login = f"{LOGIN}?next={quote(asked_for)}" if asked_for else LOGIN
    response = redirect(wiring.settings, login)
    if "hx-request" in request.headers:
        # htmx would follow a redirect and put the whole page in the place of a part.
        response.status_code = 401
        response.headers["HX-Redirect"] = response.headers.pop("Location")
    return response


def own_path(text: str) -> str:
    """Where a sign-in leads: to the page that was asked for, if it is one of the console's."""
    return text if len(text) <= LONGEST_CURSOR and _OWN_PATH.fullmatch(text) else "/admin"


def _address(request: Request) -> str:
    path = request.path.format_map(request.uri_params or {})
    query = urlencode(query_of(request))
    address = f"{path}?{query}" if query else path
    return address if own_path(address) == address else ""
