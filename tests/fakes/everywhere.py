"""A browser that may go everywhere, and every address that it can go to."""

import html
import re
from collections.abc import Iterator

from chalice import Chalice
from chalice.test import HTTPResponse

from chalicelib.wiring import Wiring
from tests.fakes.api import visit
from tests.fakes.console import ConsoleBrowser
from tests.fakes.console_pages import PARTS
from tests.fakes.full import NEWEST
from tests.fakes.world import BOB

# What stands in the addresses of other pages; what is not known here is not there.
OTHER_PARTS = {
    "id": NEWEST,
    "name": "app.css",
    "provider": "acme",
    "call": "none",
}
# What is looked for in lists: something, something rare, and something that is not there.
SOUGHT = (
    "/admin/accounts?q=customer-0000",
    "/admin/accounts?q=Customer+0000",
    "/admin/accounts?q=%2B442080000007",
    "/admin/accounts?q=nobody",
    "/admin/accounts?sort=name",
    "/admin/accounts?status=blocked",
    "/admin/accounts?type=postpaid&sort=name",
    "/admin/numbers?q=7900",
    "/admin/numbers?q=customer-00001",
    "/admin/numbers?q=nobody",
    "/admin/audit?by=user-3",
    "/admin/audit?about=account+alice",
    "/admin/audit?about=account+alice&by=user-1",
    "/portal/calls?number=5550100",
    "/portal/calls?number=999999",
    "/portal/rates?q=place",
    "/portal/rates?q=atlantis",
    "/api/v1/calls?limit=100",
    "/api/v1/callbacks?limit=100",
    "/api/v1/callbacks?planned=true",
    f"/api/v1/quote?to={BOB.digits}",
    f"/price?to={BOB.digits}",
)
_NEXT = re.compile(r'href="([^"]*[?&](?:amp;)?cursor=[^"]*)"')


class Everywhere(ConsoleBrowser):
    """Alice is signed in to the portal, and an administrator to the console."""

    def __init__(self, wiring: Wiring) -> None:
        super().__init__(wiring)
        visit(self)
        self.sign_in()
        credentials = {"login": "alice", "password": "wonderland"}
        token = self.send("/api/v1/sessions", credentials).json_body["token"]
        self.headers["authorization"] = f"Bearer {token}"

    def deep(self, path: str, parts: int) -> str | None:
        """The address so many parts further in a list, or as far as it goes; None where a page has
        no further part."""
        found = path
        for _ in range(parts):
            link = _next(found, self.get(found))
            if link is None:
                break
            found = link
        return None if found == path else found


def addresses(app: Chalice) -> Iterator[str]:
    """Every page, and what is looked for in lists."""
    for path, methods in sorted(app.routes.items()):
        if "GET" in methods:
            parts = PARTS if path.startswith("/admin") else OTHER_PARTS
            yield path.format_map(_Known(parts))
    yield from SOUGHT


class _Known(dict[str, str]):
    def __missing__(self, _name: str) -> str:
        return "none"


def _next(path: str, answer: HTTPResponse) -> str | None:
    """Where the next part of a list is."""
    plain, _, query = path.partition("?")
    if "json" in answer.headers.get("Content-Type", ""):
        cursor = answer.json_body.get("cursor")
        kept = "&".join(one for one in query.split("&") if one and not one.startswith("cursor="))
        return f"{plain}?{kept}&cursor={cursor}" if cursor else None
    links = [html.unescape(one) for one in _NEXT.findall(answer.body.decode(errors="replace"))]
    link = next((one for one in links if one.startswith(("?", plain))), None)
    return f"{plain}{link}" if link and link.startswith("?") else link
