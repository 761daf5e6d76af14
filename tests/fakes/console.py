"""The console over ports in memory, in the browser of a user with any role."""

import html
import re

from chalice.test import HTTPResponse

from chalicelib.wiring import Wiring
from switchboard.calls.trunk import Trunk
from switchboard.desk.office.users import NewUser, add_user
from switchboard.ports import Ports
from switchboard.ports.carriers import Reply
from switchboard.staff.rights import ADMINISTRATOR, READY_MADE, Role
from switchboard.staff.users import User, at_command_line
from tests.fakes.api import SETTINGS, Api
from tests.fakes.passwords import PlainPasswords
from tests.fakes.ports import memory_ports
from tests.fakes.texts import MemoryTexts
from tests.fakes.world import open_alice

PASSWORD = "correct horse battery"
MACHINE = at_command_line("root")


class ConsoleBrowser(Api):
    """Keeps every cookie under its own name, and knows the page that it is on."""

    page: str = ""

    def ask(self, method: str, path: str, body: bytes = b"", **headers: str) -> HTTPResponse:
        kept = dict(re.findall(r"([^=; ]+)=([^;]*)", self.cookie))
        response = super().ask(method, path, body, **headers)
        if "Set-Cookie" in response.headers:
            name, _, text = response.headers["Set-Cookie"].partition(";")[0].partition("=")
            kept[name] = text
        self.cookie = "; ".join(f"{name}={text}" for name, text in kept.items() if text)
        return response

    def submit(self, page: str, path: str, **fields: str) -> HTTPResponse:
        return super().submit(html.unescape(page), path, **fields)

    def fill(self, path: str, **fields: str) -> HTTPResponse:
        """Opens a form and posts it."""
        return self.submit(self.get(path).body.decode(), path, **fields)

    def sign_in(self, login: str = "jane", password: str = PASSWORD, **more: str) -> HTTPResponse:
        return self.fill("/admin/login", login=login, password=password, **more)

    def go(self, response: HTTPResponse) -> HTTPResponse:
        """Follows a redirect."""
        assert response.status_code == 303, response.body
        return self.get(response.headers["Location"])


def add_jane(ports: Ports, role: Role = ADMINISTRATOR, login: str = "jane") -> User:
    """Jane signs in with jane / correct horse battery."""
    if role.name not in READY_MADE:
        ports.staff.add_role(role)
    new = NewUser(login, "Jane Roe", role.name, PASSWORD)
    return add_user(ports, MACHINE, PlainPasswords(), new)


def answers_at_once(_trunk: Trunk) -> Reply:
    """What every carrier answers that is asked for its options."""
    return Reply(200, "OK", 12)


def open_console(role: Role = ADMINISTRATOR) -> ConsoleBrowser:
    """A browser at the door; Jane is a user, Alice has an account."""
    wiring = Wiring(SETTINGS, memory_ports(), PlainPasswords(), MemoryTexts(), answers_at_once)
    browser = ConsoleBrowser(wiring)
    open_alice(browser.ports)
    add_jane(browser.ports, role)
    return browser


def console_of(role: Role = ADMINISTRATOR) -> ConsoleBrowser:
    """A browser where Jane has signed in."""
    browser = open_console(role)
    assert browser.sign_in().status_code == 303
    return browser
