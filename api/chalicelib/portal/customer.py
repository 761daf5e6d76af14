"""Whom a page is for: the customer who is signed in, with what all their pages show."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import wraps

from chalice.app import Request, Response

from chalicelib.forms import Form
from chalicelib.readers import Reader, reader_of
from chalicelib.refusals import reason_of
from chalicelib.render import redirect, render
from chalicelib.routes import View, query_of, status_of
from chalicelib.sessions import Session
from chalicelib.visits import own_form, seal_of, signed_in
from chalicelib.wiring import Wiring
from switchboard.billing.account import Account
from switchboard.errors import Refusal
from switchboard.ports import Ports


@dataclass(frozen=True, slots=True)
class Customer:
    """One request of a customer's browser, and how it is answered."""

    wiring: Wiring
    request: Request
    visit: Session
    account: Account

    @property
    def ports(self) -> Ports:
        return self.wiring.ports

    @property
    def id(self) -> str:
        """The account's."""
        return self.account.profile.account

    @property
    def reader(self) -> Reader:
        return reader_of(self.account)

    @property
    def _route(self) -> str:
        """The page that is shown, as an address that can be asked for again; else the first one."""
        path = self.request.path
        return path if self.request.method == "GET" and "{" not in path else "/"

    def form(self) -> Form:
        """The form that was posted. StaleForm where it was not made for this visit."""
        return own_form(self.wiring, self.request, self.visit)

    def page(
        self, template: str, values: Mapping[str, object], *, refusal: Refusal | None = None
    ) -> Response:
        """A whole page, or a part of one; with a refusal that it tells of."""
        profile = self.account.profile
        frame = {
            "customer_name": profile.name,
            "balance": self.account.balance.available,
            "form_token": seal_of(self.wiring.settings).form_token(self.visit),
            "route": self._route,
            "done": query_of(self.request).get("done", ""),
            "alert": None if refusal is None else reason_of(refusal, self.reader),
        }
        status = 200 if refusal is None else status_of(refusal)
        settings, reader = self.wiring.settings, self.reader
        return render(settings, template, {**frame, **values}, status=status, reader=reader)

    def go(self, path: str) -> Response:
        """The answer to a form that was taken: on to another page of ours."""
        return redirect(self.wiring.settings, path)


def for_customer(view: Callable[[Customer], Response]) -> View:
    """A view that is given the customer. NotSignedIn where nobody is signed in."""

    @wraps(view)
    @signed_in
    def with_customer(
        wiring: Wiring, request: Request, visit: Session, account_id: str
    ) -> Response:
        return view(Customer(wiring, request, visit, wiring.ports.accounts.get(account_id)))

    return with_customer
